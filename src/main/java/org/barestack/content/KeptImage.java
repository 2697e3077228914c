package org.barestack.content;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/**
 * The image that a release came from, beside the release: what media of nodes are made of. Like the
 * release it holds no secrets, and unlike it no route serves it.
 */
final class KeptImage {
  /** Octets that are copied at once. */
  private static final long PIECE = 64 << 20;

  private KeptImage() {}

  /** Where that of a release is, or would be. */
  static Path place(Path httpRoot, String release) {
    return httpRoot.resolve("media").resolve(release + ".iso");
  }

  /**
   * Copies an image there; on a file system that can, the copy shares its blocks. One of the same
   * size and date is there already.
   *
   * @param same throws if the image is not any more what it was when it was verified
   */
  static Path keep(Path httpRoot, String release, Path image, Progress progress, Check same)
      throws IOException {
    Path place = place(httpRoot, release);
    Path folder = place.resolveSibling("");
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(folder);
    }
    FileTime date = Files.getLastModifiedTime(image);
    if (Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)
        && Files.size(place) == Files.size(image)
        && Files.getLastModifiedTime(place).equals(date)) {
      return place;
    }
    Path fresh = folder.resolve(".import-" + release + ".iso");
    Files.deleteIfExists(fresh); // of a run that was killed: the lock is ours
    try (FileChannel from = FileChannel.open(image, StandardOpenOption.READ);
        FileChannel to = Staging.create(fresh)) {
      long size = from.size();
      if (!Room.sharesBlocks(image, folder)) {
        Room.check(folder, "the image", size);
      }
      progress.begin("keeping " + image.getFileName(), size);
      for (long at = 0; at < size; ) {
        long moved = from.transferTo(at, Math.min(PIECE, size - at), to);
        if (moved == 0) {
          break; // it became shorter, as is seen below
        }
        at += moved;
        progress.passed(moved);
      }
      progress.end();
      same.check();
      Files.setLastModifiedTime(fresh, date);
      to.force(true);
      Staging.rename(fresh, place);
      return place;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Holds something, or throws. */
  interface Check {
    void check() throws IOException;
  }
}
