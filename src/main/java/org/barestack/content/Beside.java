package org.barestack.content;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Small files beside a source: digests, signatures, keys. */
interface Beside {
  /** Octets of such a file; Rocky's have 5,000. */
  int LARGEST = 1 << 20;

  /** How the files of keys are called on Rocky's media and mirrors. */
  String KEY = "RPM-GPG-KEY-";

  /** A file of that name; empty if it is not there. */
  Optional<byte[]> read(String name) throws IOException;

  /** Where a file of that name is, for messages. */
  String place(String name);

  /** Files that may hold keys, by where they are. */
  Map<String, byte[]> keys() throws IOException;

  /**
   * A small file.
   *
   * @return empty if it is not there
   * @throws ImportException if it is not small
   */
  static Optional<byte[]> small(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] octets = in.readNBytes(LARGEST + 1);
      if (octets.length > LARGEST) {
        throw new ImportException(file + " is larger than " + LARGEST + " octets");
      }
      return Optional.of(octets);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Keys of a folder. */
  static Map<String, byte[]> keys(Path folder) throws IOException {
    Map<String, byte[]> keys = new LinkedHashMap<>();
    if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
      return keys;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.getFileName().toString().startsWith(KEY)).sorted().toList();
    }
    for (Path file : files) {
      if (Files.isReadable(file)
          && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.size(file) <= LARGEST) {
        keys.put(file.toString(), Files.readAllBytes(file));
      }
    }
    return keys;
  }

  /**
   * On this host.
   *
   * @param folder in which the image lies, or the tree itself
   */
  record OfFolder(Path folder) implements Beside {
    @Override
    public Optional<byte[]> read(String name) throws IOException {
      return small(folder.resolve(name));
    }

    @Override
    public String place(String name) {
      return folder.resolve(name).toString();
    }

    @Override
    public Map<String, byte[]> keys() throws IOException {
      return Beside.keys(folder);
    }
  }

  /**
   * On a web server.
   *
   * @param folder ends with a slash
   */
  record OfUrl(Http http, URI folder) implements Beside {
    /** pub/rocky/10.1/isos/x86_64/ and .../BaseOS/x86_64/os/ have their keys in pub/rocky/. */
    private static final int HIGHEST = 5;

    @Override
    public Optional<byte[]> read(String name) throws IOException {
      return http.small(Http.below(folder, name), LARGEST);
    }

    @Override
    public String place(String name) {
      return Http.shown(Http.below(folder, name));
    }

    @Override
    public Map<String, byte[]> keys() throws IOException {
      Map<String, byte[]> keys = new LinkedHashMap<>();
      URI at = folder;
      List<String> wanted = new ArrayList<>(List.of("10", "9"));
      for (int up = 0; up <= HIGHEST && !wanted.isEmpty(); up++) {
        for (String major : List.copyOf(wanted)) {
          URI key = Http.below(at, KEY + "Rocky-" + major);
          Optional<byte[]> octets = http.small(key, LARGEST);
          if (octets.isPresent()) {
            keys.put(Http.shown(key), octets.get());
            wanted.remove(major);
          }
        }
        if (at.getPath().equals("/")) {
          break;
        }
        at = at.resolve("../");
      }
      return keys;
    }
  }
}
