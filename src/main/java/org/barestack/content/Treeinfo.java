package org.barestack.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.barestack.model.PlainText;

/**
 * A {@code .treeinfo} file: sections of keys, the INI form that productmd writes.
 *
 * @param sections keys and values by section
 */
public record Treeinfo(Map<String, Map<String, String>> sections) {
  /** What it is called, in the root of a tree. */
  public static final String NAME = ".treeinfo";

  /** A release, as {@code rocky.release} of a site has it. */
  static final String VERSION = "[0-9]{1,3}[.][0-9]{1,3}";

  static final String ARCH = "[a-z0-9_]{1,16}";

  /** Octets. Rocky's have 2,000. */
  public static final int LARGEST = 1 << 20;

  /** Reads the text; lines that are neither section, key nor comment say nothing. */
  public static Treeinfo parse(String text) {
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    Map<String, String> section = new HashMap<>();
    for (String raw : text.split("\\R", -1)) {
      String line = raw.strip();
      int equals = line.indexOf('=');
      if (line.startsWith("[") && line.endsWith("]")) {
        section =
            sections.computeIfAbsent(
                line.substring(1, line.length() - 1), name -> new LinkedHashMap<>());
      } else if (equals > 0 && !line.startsWith("#") && !line.startsWith(";")) {
        section.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return new Treeinfo(sections);
  }

  /**
   * Reads it from a source.
   *
   * @param source for messages
   * @throws ImportException if it is too large for one
   */
  static Treeinfo read(String source, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(source, in.readNBytes(LARGEST + 1));
    }
  }

  /**
   * The same of octets that were read.
   *
   * @throws ImportException if they are too many for one
   */
  static Treeinfo of(String source, byte[] octets) throws ImportException {
    if (octets.length > LARGEST) {
      throw new ImportException(source + ": .treeinfo is larger than any of Rocky Linux's");
    }
    return parse(new String(octets, StandardCharsets.UTF_8));
  }

  /** The value, if it is there and not empty. */
  public Optional<String> value(String section, String key) {
    return Optional.ofNullable(sections.getOrDefault(section, Map.of()).get(key))
        .filter(value -> !value.isEmpty());
  }

  /** The folder in which a site looks for a release: {@code Site.Rocky.folder()}. */
  static String folder(String version, String arch) {
    return "rocky-" + version + "-" + arch;
  }

  /** The release that it says it is. */
  public Optional<String> version() {
    return value("general", "version").or(() -> value("release", "version"));
  }

  /** The machines it is for. */
  public Optional<String> arch() {
    return value("general", "arch").or(() -> value("tree", "arch"));
  }

  /** Paths of its repositories, relative to the tree. */
  Set<String> repositories() {
    Set<String> paths = new LinkedHashSet<>();
    sections.forEach((name, keys) -> {
      String path = keys.getOrDefault("repository", "");
      if (name.startsWith("variant-") && !path.isEmpty()) {
        paths.add(path);
      }
    });
    return paths;
  }

  /**
   * What files must be, by their paths relative to the tree; those by other means than SHA-2 not.
   */
  Map<String, Digest> checksums() {
    Map<String, Digest> digests = new LinkedHashMap<>();
    sections
        .getOrDefault("checksums", Map.of())
        .forEach((path, value) -> {
          int colon = value.indexOf(':');
          if (colon > 0) {
            try {
              digests.put(
                  path, Digest.named(value.substring(0, colon), value.substring(colon + 1)));
            } catch (IllegalArgumentException e) {
              // md5 or sha1: proves nothing, so it counts as not named
            }
          }
        });
    return digests;
  }

  /**
   * Paths of what is needed to boot it, relative to the tree: kernel, initrd, install image.
   *
   * @throws ImportException if it does not name one of them; {@code source} is for that message
   */
  List<String> images(String source) throws ImportException {
    String machine = "images-" + arch().orElse("");
    List<String> paths = new ArrayList<>();
    for (String[] key :
        new String[][] {{machine, "kernel"}, {machine, "initrd"}, {"stage2", "mainimage"}}) {
      paths.add(
          value(key[0], key[1])
              .orElseThrow(() ->
                  new ImportException(
                      source
                          + ": .treeinfo has no "
                          + key[1]
                          + " in ["
                          + PlainText.of(key[0])
                          + "]; this is no tree that boots")));
    }
    return paths;
  }
}
