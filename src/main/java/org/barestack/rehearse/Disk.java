package org.barestack.rehearse;

import java.nio.file.Path;

/**
 * A virtio disk in a sparse raw file.
 *
 * @param file made at the first power-on if it is not there
 * @param gibibytes its size when it is made
 * @param serial at most 20 ASCII characters (virtio 1.2, §5.2.6.2)
 */
public record Disk(Path file, int gibibytes, String serial) {
  public Disk {
    if (gibibytes < 1) {
      throw new IllegalArgumentException("disk " + file + ": a size of " + gibibytes + " GiB");
    }
    if (!serial.matches("[A-Za-z0-9_.-]{1,20}")) {
      throw new IllegalArgumentException("disk " + file + ": serial '" + serial + "'");
    }
  }
}
