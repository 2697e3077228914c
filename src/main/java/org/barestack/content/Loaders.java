package org.barestack.content;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.barestack.model.Architecture;
import org.barestack.model.ClientKind;
import org.jspecify.annotations.Nullable;

/** The loaders that firmware is given, as {@code pxe/loaders.yaml} names them. */
public final class Loaders {
  private static final String FILE = "pxe/loaders.yaml";

  private final Map<String, Loader> loaders = new LinkedHashMap<>();
  private final Map<ClientKind, String> names = new EnumMap<>(ClientKind.class);

  /**
   * One loader of the file.
   *
   * @param files where it may lie, best first
   * @param install a command that brings it, by distribution
   * @param known what files with these SHA-256 digests are
   */
  record Loader(
      Set<ClientKind> clients,
      List<Path> files,
      Map<String, String> install,
      Map<String, String> known) {}

  /** What there is of a loader on this machine. */
  public sealed interface Answer {
    /**
     * It is there.
     *
     * @param size octets
     * @param sha256 hexadecimal, lower case
     * @param knownAs what it is; null for a digest that {@code loaders.yaml} does not list
     */
    record Found(Path file, long size, String sha256, @Nullable String knownAs) implements Answer {}

    /** It is not there; the message says how to get it. */
    record Missing(String message) implements Answer {}
  }

  private Loaders(String source, Map<String, @Nullable Loader> read) {
    read.forEach((name, loader) -> {
      if (loader == null) {
        throw new IllegalArgumentException(source + ": " + name + " says nothing");
      }
      loaders.put(name, loader);
      for (ClientKind client : loader.clients()) {
        String other = names.putIfAbsent(client, name);
        if (other != null) {
          throw new IllegalArgumentException(
              source + ": " + client + " is given both " + other + " and " + name);
        }
      }
    });
  }

  /**
   * Reads {@code pxe/loaders.yaml} of the site's folder, or else the one that comes with Barestack.
   *
   * @throws IllegalArgumentException if the file is not of that form; says where
   * @throws IOException if it cannot be read
   */
  public static Loaders read(Path siteFolder) throws IOException {
    Path own = siteFolder.resolve(FILE);
    if (Files.exists(own)) {
      return parse(own.toString(), Files.readString(own));
    }
    try (InputStream ours = Loaders.class.getResourceAsStream("/" + FILE)) {
      if (ours == null) {
        throw new IllegalStateException("the class path has no " + FILE);
      }
      return parse(FILE, new String(ours.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  static Loaders parse(String source, String yaml) {
    try {
      Map<String, @Nullable Loader> loaders =
          JsonMapper.builder(new YAMLFactory())
              .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
              .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
              .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
              .build()
              .readerFor(new TypeReference<LinkedHashMap<String, Loader>>() {})
              .readValue(yaml);
      return new Loaders(source, loaders);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    }
  }

  /** The name under which that kind of client is given its loader; empty for iPXE. */
  public Optional<String> name(ClientKind client) {
    return Optional.ofNullable(names.get(client));
  }

  /**
   * Looks for the loader of that name; empty if none is called so.
   *
   * @throws IOException if the file is there and cannot be read
   */
  public Optional<Answer> find(String name) throws IOException {
    Loader loader = loaders.get(name);
    return loader == null ? Optional.empty() : Optional.of(find(name, loader));
  }

  /**
   * Looks for every loader that machines of these architectures need, by name.
   *
   * @throws IOException if a file is there and cannot be read
   */
  public Map<String, Answer> find(Set<Architecture> architectures) throws IOException {
    Map<String, Answer> answers = new LinkedHashMap<>();
    for (var entry : loaders.entrySet()) {
      if (entry.getValue().clients().stream()
          .anyMatch(client -> architectures.contains(client.architecture()))) {
        answers.put(entry.getKey(), find(entry.getKey(), entry.getValue()));
      }
    }
    return answers;
  }

  private static Answer find(String name, Loader loader) throws IOException {
    for (Path file : loader.files()) {
      if (Files.isRegularFile(file)) {
        byte[] bytes = Files.readAllBytes(file);
        String sha256 = sha256(bytes);
        return new Answer.Found(file, bytes.length, sha256, loader.known().get(sha256));
      }
    }
    String files = loader.files().stream().map(Path::toString).collect(Collectors.joining(" or "));
    String commands =
        loader.install().entrySet().stream()
            .map(entry -> entry.getValue() + " (" + entry.getKey() + ")")
            .collect(Collectors.joining(", or "));
    return new Answer.Missing(
        "the loader "
            + name
            + " is not on this machine, not at "
            + files
            + ". To get it: "
            + commands
            + "; or name its place in "
            + FILE
            + " of the site");
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
