package org.barestack.content;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.barestack.model.Octets;

/** Whether a disk has room. */
public final class Room {
  /** Left free, octets. */
  private static final long RESERVE = 16 << 20;

  private Room() {}

  /**
   * Whether the kernel copies a file into that folder by sharing its blocks: that takes no room.
   */
  public static boolean sharesBlocks(Path file, Path folder) throws IOException {
    FileStore there = Files.getFileStore(folder);
    return Set.of("btrfs", "xfs").contains(there.type()) && there.equals(Files.getFileStore(file));
  }

  /**
   * Holds what is to come against what is free.
   *
   * @throws ImportException if it is too little; says both
   */
  static void check(Path folder, String what, long octets) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (octets > 0 && octets + RESERVE > free) {
      throw new ImportException(
          what
              + " takes "
              + Octets.words(octets)
              + " more in "
              + folder
              + ", where "
              + Octets.words(free)
              + " are free. Make room for "
              + Octets.words(octets + RESERVE - free)
              + ", or name a folder on another disk with --http-root");
    }
  }
}
