package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A folder with everything that Rock Ridge can tell. */
final class CuriousTree {
  private CuriousTree() {}

  static Path in(Path folder) throws IOException {
    Path deep = folder;
    for (int i = 0; i < 14; i++) {
      deep = deep.resolve("deep" + i);
    }
    Files.createDirectories(deep);
    Files.writeString(deep.resolve("ground"), "down here\n");
    Files.createSymbolicLink(deep.resolve("up"), Path.of("../../deep12"));
    Path names = Files.createDirectory(folder.resolve("names"));
    for (String name :
        List.of("a", "a.b.c", "UPPER", "upper", "ends.", ".dot", "semi;1", "Grüße-日本", "x y")) {
      Files.writeString(names.resolve(name), name);
    }
    Files.writeString(names.resolve("n".repeat(255)), "long");
    Files.createDirectory(names.resolve("empty directory"));
    Path sizes = Files.createDirectory(folder.resolve("sizes"));
    for (int size : new int[] {0, 1, 2047, 2048, 2049, 70_000}) {
      Files.write(sizes.resolve("of" + size), "z".repeat(size).getBytes(UTF_8));
    }
    Files.createLink(sizes.resolve("twin"), sizes.resolve("of70000"));
    Path many = Files.createDirectory(folder.resolve("many"));
    for (int i = 0; i < 120; i++) {
      Files.writeString(many.resolve("file-with-a-name-" + i), "" + i);
    }
    links(Files.createDirectory(folder.resolve("links")));
    modes(Files.createDirectory(folder.resolve("modes")));
    date(folder);
    return folder;
  }

  private static void links(Path folder) throws IOException {
    int number = 0;
    for (String target :
        List.of(
            "../sizes/of1",
            "/",
            "/etc/passwd",
            ".",
            "..",
            "../../../../out",
            "./a/./b/../c",
            "nowhere",
            "Grüße",
            "c".repeat(255))) {
      Files.createSymbolicLink(folder.resolve("link" + number++), Path.of(target));
    }
    Files.createSymbolicLink(folder.resolve("l".repeat(200)), Path.of("m".repeat(200)));
  }

  /** Two links that go on in several areas; genisoimage 1.1.11 writes without end on either. */
  static Path withLongLinks(Path folder) throws IOException {
    for (String target :
        List.of(
            "d".repeat(250) + "/" + "e".repeat(250) + "/" + "f".repeat(250),
            "g/".repeat(400) + "g")) {
      Files.createSymbolicLink(folder.resolve("links/long" + target.charAt(0)), Path.of(target));
    }
    return folder;
  }

  private static void modes(Path folder) throws IOException {
    for (int mode : new int[] {0, 0400, 0644, 0755, 04755, 02755}) {
      Path file = Files.writeString(folder.resolve("m" + mode), "");
      Files.setAttribute(file, "unix:mode", mode);
    }
    Path sticky = Files.createDirectory(folder.resolve("sticky"));
    Files.setAttribute(sticky, "unix:mode", 01777);
  }

  /** Each with a date of its own, deepest first, since a folder's changes with what is in it. */
  private static void date(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      Instant date = Instant.parse("2001-02-03T04:05:06Z");
      for (Path one : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        if (!Files.isSymbolicLink(one)) {
          Files.setLastModifiedTime(one, FileTime.from(date));
          date = date.plusSeconds(86_461);
        }
      }
    }
  }
}
