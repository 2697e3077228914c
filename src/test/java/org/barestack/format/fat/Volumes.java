package org.barestack.format.fat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.barestack.testing.Command;

/** File systems of mkfs.vfat and mtools, and what these and fsck.fat say of one. */
final class Volumes {
  /**
   * No letter with an accent that has two cases: where the name fits a short one, mtools keeps the
   * case apart and cannot turn it back, or writes the letter without its accent.
   */
  private static final String ALPHABET = "abcXYZ019 ._-+=雪☃ß";

  private Volumes() {}

  /** What mkfs.vfat makes. */
  record Kind(int bits, int clusterSectors, int kibibytes) {
    static final List<Kind> ALL =
        List.of(
            new Kind(12, 1, 200),
            new Kind(12, 4, 3_000),
            new Kind(12, 8, 16_000),
            new Kind(16, 1, 4_000),
            new Kind(16, 4, 12_288),
            new Kind(32, 1, 34_000));
  }

  /** One with these files in it, put there by mcopy. */
  static byte[] made(Kind kind, Map<String, byte[]> files) {
    return within(folder -> {
      Path image = folder.resolve("fat.img");
      run(
          "mkfs.vfat",
          "-C",
          "-F",
          kind.bits + "",
          "-s",
          kind.clusterSectors + "",
          "-i",
          "1badcafe",
          "-n",
          "ANACONDA",
          image.toString(),
          kind.kibibytes + "");
      Path tree = Files.createDirectory(folder.resolve("tree"));
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path to = tree.resolve(file.getKey());
        Files.createDirectories(to.getParent());
        Files.write(to, file.getValue());
      }
      try (Stream<Path> top = Files.list(tree)) {
        for (Path one : top.sorted().toList()) {
          run("mcopy", "-s", "-i", image.toString(), one.toString(), "::/");
        }
      }
      return Files.readAllBytes(image);
    });
  }

  /** Its files, as mcopy gets them out, after fsck.fat had no complaint. */
  static Map<String, byte[]> judged(byte[] image) {
    return within(folder -> {
      Path file = Files.write(folder.resolve("fat.img"), image);
      String said = run("fsck.fat", "-n", file.toString());
      assertThat(said.lines().skip(1)).as(said).hasSize(1);
      Path tree = Files.createDirectory(folder.resolve("tree"));
      if (!run("mdir", "-/", "-b", "-i", file.toString(), "::").isBlank()) {
        run("mcopy", "-s", "-n", "-i", file.toString(), "::*", tree.toString());
      }
      Map<String, byte[]> files = new TreeMap<>();
      try (Stream<Path> all = Files.walk(tree)) {
        for (Path one : all.filter(Files::isRegularFile).toList()) {
          files.put(tree.relativize(one).toString(), Files.readAllBytes(one));
        }
      }
      return files;
    });
  }

  /** All paths that mdir lists. */
  static List<String> listed(byte[] image) {
    return within(folder -> {
      Path file = Files.write(folder.resolve("fat.img"), image);
      return run("mdir", "-/", "-a", "-b", "-i", file.toString(), "::")
          .lines()
          .map(line -> line.substring(3).replaceAll("/$", ""))
          .sorted()
          .toList();
    });
  }

  /** Files of any names in any directories, some hundred kilobytes in all. */
  static Map<String, byte[]> random(SplittableRandom random, int count, int longest) {
    Map<String, byte[]> files = new TreeMap<>();
    List<String> folders = new ArrayList<>(List.of(""));
    for (int i = 0; i < count; i++) {
      if (random.nextInt(4) == 0) {
        folders.add(folders.get(random.nextInt(folders.size())) + name(random, "d" + i) + "/");
      }
      byte[] content = new byte[random.nextInt(8) == 0 ? 0 : random.nextInt(longest)];
      random.nextBytes(content);
      files.put(folders.get(random.nextInt(folders.size())) + name(random, "f" + i), content);
    }
    return files;
  }

  private static String name(SplittableRandom random, String unique) {
    StringBuilder name = new StringBuilder();
    int length = random.nextInt(10) == 0 ? random.nextInt(100) : random.nextInt(12);
    for (int i = 0; i < length; i++) {
      name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    String body = name.toString().replaceFirst("^[ .]+", "");
    String extension = List.of("", ".cfg", ".EFI", ".long").get(random.nextInt(4));
    return switch (random.nextInt(3)) {
      case 0 -> unique + extension;
      case 1 -> unique.toUpperCase(Locale.ROOT) + extension;
      default -> body + unique + extension;
    };
  }

  static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }

  static Map<String, byte[]> files(FatImage image) throws IOException, FatException {
    Map<String, byte[]> files = new TreeMap<>();
    for (FatEntry entry : image.entries()) {
      if (!entry.isDirectory()) {
        files.put(entry.path(), image.content(entry.path()));
      }
    }
    return files;
  }

  private static String run(String... words) {
    Command.Result result =
        Command.of(words).with("LC_ALL", "C.UTF-8").with("MTOOLS_SKIP_CHECK", 1).run();
    assertThat(result.status()).as(String.join(" ", words) + "\n" + result.all()).isZero();
    return result.output();
  }

  private interface Work<T> {
    T in(Path folder) throws IOException;
  }

  private static <T> T within(Work<T> work) {
    try {
      Path folder = Files.createTempDirectory("fat");
      try {
        return work.in(folder);
      } finally {
        Command.of("rm", "-r", folder.toString()).run();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
