package org.barestack.content;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.barestack.model.Architecture;
import org.barestack.model.ClientKind;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;

/** The loaders that firmware is given, as {@code pxe/loaders.yaml} names them. */
public final class Loaders {
  private static final String FILE = "pxe/loaders.yaml";

  private final Map<String, Loader> loaders = new LinkedHashMap<>();

  /** Which loader a file belongs to. */
  private final Map<String, Loader> files = new LinkedHashMap<>();

  private final Map<Use, String> names = new LinkedHashMap<>();
  private final Supplier<List<Path>> release;

  /**
   * One entry of the file, as it is written there.
   *
   * @param secure for machines with Secure Boot
   * @param files where it may lie, best first; null if {@code sets} says it
   * @param sets where the files of a loader may lie that needs several, by name
   * @param install a command that brings it, by distribution
   * @param known what files with these SHA-256 digests are
   */
  record Entry(
      @Nullable Set<ClientKind> clients,
      boolean secure,
      @Nullable List<String> files,
      @Nullable List<Map<String, String>> sets,
      @Nullable Map<String, String> install,
      @Nullable Map<String, String> known) {}

  /**
   * A loader that can be looked for.
   *
   * @param places sets of files by name, best first; a path that is not absolute is the release's
   */
  private record Loader(
      String name,
      Set<ClientKind> clients,
      boolean secure,
      List<Map<String, Path>> places,
      Map<String, String> install,
      Map<String, String> known) {}

  /** Who is given a loader. */
  private record Use(ClientKind client, boolean secure) {}

  /** What there is of a file. */
  public sealed interface Answer {
    /**
     * It is there.
     *
     * @param known what files of it are known as, by digest
     */
    record Found(Path file, Map<String, String> known) implements Answer {
      public Found {
        known = Map.copyOf(known);
      }

      /**
       * Reads it whole, so not for each machine that wants it.
       *
       * @throws IOException if it cannot be read
       */
      public Identity identity() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String sha256 = Digest.sha256(bytes);
        return new Identity(bytes.length, sha256, known.get(sha256));
      }
    }

    /** It is not there; the message says how to get it. */
    record Missing(String message) implements Answer {}
  }

  /**
   * What a loader's file holds.
   *
   * @param size octets
   * @param sha256 hexadecimal, lower case
   * @param knownAs what it is; null for a digest that {@code loaders.yaml} does not list
   */
  public record Identity(long size, String sha256, @Nullable String knownAs) {}

  private Loaders(String source, Map<String, @Nullable Entry> read, Supplier<List<Path>> release) {
    this.release = release;
    read.forEach((name, entry) -> {
      if (entry == null) {
        throw new IllegalArgumentException(source + ": " + name + " says nothing");
      }
      Loader loader;
      try {
        loader = loader(name, entry);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(source + ": " + name + ": " + e.getMessage(), e);
      }
      loaders.put(name, loader);
      for (String file : loader.places().getFirst().keySet()) {
        Loader other = files.putIfAbsent(file, loader);
        if (other != null) {
          throw new IllegalArgumentException(
              source + ": " + file + " is a file of both " + other.name() + " and " + name);
        }
      }
      for (ClientKind client : loader.clients()) {
        String other = names.putIfAbsent(new Use(client, loader.secure()), name);
        if (other != null) {
          throw new IllegalArgumentException(
              source + ": " + client + " is given both " + other + " and " + name);
        }
      }
    });
  }

  private static Loader loader(String name, Entry entry) {
    List<Map<String, Path>> places = new ArrayList<>();
    if (entry.sets() == null) {
      for (String file : given("files", entry.files())) {
        places.add(Map.of(name, place(file)));
      }
    } else if (entry.files() != null) {
      throw new IllegalArgumentException("it has both files and sets");
    } else {
      for (Map<String, String> set : entry.sets()) {
        Map<String, Path> files = new LinkedHashMap<>();
        set.forEach((file, path) -> files.put(file, place(path)));
        places.add(files);
      }
    }
    if (places.isEmpty()) {
      throw new IllegalArgumentException("it lies nowhere: name a file");
    }
    for (Map<String, Path> files : places) {
      if (!files.containsKey(name) || !files.keySet().equals(places.getFirst().keySet())) {
        throw new IllegalArgumentException(
            "each of its sets has " + name + " in it, and the same names as the others");
      }
    }
    return new Loader(
        name,
        given("clients", entry.clients()),
        entry.secure(),
        List.copyOf(places),
        given("install", entry.install()),
        given("known", entry.known()));
  }

  private static <T> T given(String key, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException("it has no " + key);
    }
    return value;
  }

  private static Path place(String path) {
    Path place = Path.of(path);
    if (path.isEmpty() || (!place.isAbsolute() && place.normalize().startsWith(".."))) {
      throw new IllegalArgumentException("'" + path + "' leads out of the release");
    }
    return place;
  }

  /**
   * Reads {@code pxe/loaders.yaml} of the site's folder, or else the one that comes with Barestack.
   *
   * @param release the folders in which files of the site's release lie, asked for at each look:
   *     {@link Releases#roots}
   * @throws IllegalArgumentException if the file is not of that form; says where
   * @throws IOException if it cannot be read
   */
  public static Loaders read(Path siteFolder, Supplier<List<Path>> release) throws IOException {
    Path own = siteFolder.resolve(FILE);
    if (Files.exists(own)) {
      return parse(own.toString(), Files.readString(own), release);
    }
    try (InputStream ours = Loaders.class.getResourceAsStream("/" + FILE)) {
      if (ours == null) {
        throw new IllegalStateException("the class path has no " + FILE);
      }
      return parse(FILE, new String(ours.readAllBytes(), StandardCharsets.UTF_8), release);
    }
  }

  static Loaders parse(String source, String yaml, Supplier<List<Path>> release) {
    try {
      Map<String, @Nullable Entry> entries =
          JsonMapper.builder(new YAMLFactory())
              .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
              .build()
              .readerFor(new TypeReference<LinkedHashMap<String, Entry>>() {})
              .readValue(yaml);
      return new Loaders(source, entries, release);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    }
  }

  /**
   * The name under which that kind of client is given its loader; empty for iPXE.
   *
   * @param secure whether its firmware starts only what is signed; counts on UEFI
   */
  public Optional<String> name(ClientKind client, boolean secure) {
    return Optional.ofNullable(names.get(new Use(client, secure && client.uefi())));
  }

  /**
   * Looks for the file that is served under that name; empty if none is. A loader's further files
   * are those of the same set as the loader itself.
   *
   * @throws IOException if the file is there and cannot be read
   */
  public Optional<Answer> find(String name) throws IOException {
    Loader loader = files.get(name);
    return loader == null
        ? Optional.empty()
        : Optional.ofNullable(find(loader).getOrDefault(name, missing(loader)));
  }

  /**
   * Looks for every file that machines of the site need, by name. Of a loader that is not there,
   * only its own name is in the answer.
   *
   * @throws IOException if a file is there and cannot be read
   */
  public Map<String, Answer> find(Site site) throws IOException {
    Set<Boolean> kinds = new LinkedHashSet<>();
    kinds.add(site.provisioning().strangers() == Node.Firmware.UEFI_SECURE);
    site.nodes().forEach(node -> kinds.add(node.firmware() == Node.Firmware.UEFI_SECURE));
    return find(Set.of(site.rocky().arch()), kinds);
  }

  private Map<String, Answer> find(Set<Architecture> architectures, Set<Boolean> secure)
      throws IOException {
    Map<String, Answer> answers = new LinkedHashMap<>();
    for (Loader loader : loaders.values()) {
      if (secure.contains(loader.secure())
          && loader.clients().stream()
              .anyMatch(client -> architectures.contains(client.architecture()))) {
        answers.putAll(find(loader));
        answers.putIfAbsent(loader.name(), missing(loader));
      }
    }
    return answers;
  }

  /** The files of the first set that is whole, by name; none if there is no such set. */
  private Map<String, Answer> find(Loader loader) throws IOException {
    for (Map<String, Path> set : loader.places()) {
      boolean ofThisHost = set.values().stream().allMatch(Path::isAbsolute);
      for (Path root : ofThisHost ? List.of(Path.of("/")) : release.get()) {
        Map<String, Answer> answers = new LinkedHashMap<>();
        for (var one : set.entrySet()) {
          Path file = root.resolve(one.getValue());
          if (Files.isRegularFile(file) && (one.getValue().isAbsolute() || inside(root, file))) {
            answers.put(one.getKey(), new Answer.Found(file, loader.known()));
          }
        }
        if (answers.size() == set.size()) {
          return answers;
        }
      }
    }
    return Map.of();
  }

  /** A release is what others made, so no link of it leads to files of this host. */
  private static boolean inside(Path root, Path file) throws IOException {
    return file.toRealPath().startsWith(root.toRealPath());
  }

  private Answer missing(Loader loader) {
    List<Path> roots = release.get();
    String files =
        loader.places().stream()
            .map(set -> set.get(loader.name()))
            .filter(file -> file != null && (file.isAbsolute() || !roots.isEmpty()))
            .map(file -> file.isAbsolute() ? file : roots.getFirst().resolve(file))
            .map(Path::toString)
            .collect(Collectors.joining(" or "));
    String others =
        loader.places().getFirst().keySet().stream()
            .filter(name -> !name.equals(loader.name()))
            .collect(Collectors.joining(" and "));
    String commands =
        loader.install().entrySet().stream()
            .map(entry -> entry.getValue() + " (" + entry.getKey() + ")")
            .collect(Collectors.joining(", or "));
    return new Answer.Missing(
        "the loader "
            + loader.name()
            + " is not on this machine, not at "
            + files
            + (others.isEmpty() ? "" : ", with " + others + " beside it")
            + ". To get it: "
            + commands
            + "; or name its place in "
            + FILE
            + " of the site");
  }
}
