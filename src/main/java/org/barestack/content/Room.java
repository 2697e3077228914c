package org.barestack.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Whether a disk has room, and sizes for people. */
final class Room {
  /** Left free, octets. */
  private static final long RESERVE = 16 << 20;

  private Room() {}

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
              + size(octets)
              + " more in "
              + folder
              + ", where "
              + size(free)
              + " are free. Make room for "
              + size(octets + RESERVE - free)
              + ", or name a folder on another disk with --http-root");
    }
  }

  /** For people. */
  static String size(long octets) {
    double size = octets;
    String unit = "B";
    for (String next : new String[] {"KiB", "MiB", "GiB"}) {
      if (size >= 1024) {
        size /= 1024;
        unit = next;
      }
    }
    return String.format(Locale.ROOT, unit.equals("B") ? "%.0f %s" : "%.1f %s", size, unit);
  }
}
