package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Files that fill an image, as packages do: octets that no disk and no network can shorten. */
final class Filler {
  private Filler() {}

  /**
   * Writes files into the folders in which Rocky's DVD has its packages.
   *
   * @param folder that gets them; made if it is not there
   * @param count how many
   * @param length octets of each
   */
  static Path write(Path folder, int count, int length) throws IOException {
    SplittableRandom random = new SplittableRandom(count);
    byte[] content = new byte[length];
    for (int i = 0; i < count; i++) {
      random.nextBytes(content);
      Path shelf = shelf(folder, i);
      Files.write(shelf.resolve("filler-" + i + "-1.el9.x86_64.bin"), content);
    }
    return folder;
  }

  /** Puts copies of one package there, under names of their own. */
  static Path packages(Path folder, int count, Path rpm) throws IOException {
    for (int i = 0; i < count; i++) {
      Files.copy(rpm, shelf(folder, i).resolve("package" + i + "-1-1.el9.x86_64.rpm"));
    }
    return folder;
  }

  private static Path shelf(Path folder, int i) throws IOException {
    return Files.createDirectories(
        folder.resolve("AppStream/Packages").resolve(Character.toString('a' + i % 26)));
  }
}
