package org.barestack.rehearse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.NodeName;

/** Blank disks, as a node's disk rules ask for them. */
final class Disks {
  /** Enough for each role; files are sparse. */
  private static final long USUAL_GIBIBYTES = 12;

  private Disks() {}

  /**
   * One for each rule.
   *
   * @throws IOException if QEMU has no such disk; says what to do
   */
  static List<Disk> of(Node node, Path directory) throws IOException {
    List<Disk> disks = new ArrayList<>();
    for (DiskRule rule : node.os()) {
      int number = disks.size();
      String usual =
          node.name().text().toUpperCase(Locale.ROOT) + (number == 0 ? "" : "-" + number);
      try {
        disks.add(
            new Disk(
                file(directory, node.name(), number),
                gibibytes(rule),
                rule instanceof DiskRule.Serial(String serial) ? serial : usual));
      } catch (IllegalArgumentException e) {
        throw unlike(node, String.valueOf(e.getMessage()));
      }
      if (rule instanceof DiskRule.Wwn
          || (rule instanceof DiskRule.DevicePath(String path) && !path.startsWith("/dev/vd"))) {
        throw unlike(node, "the disk's " + (rule instanceof DiskRule.Wwn ? "WWN" : "path"));
      }
    }
    return disks;
  }

  private static IOException unlike(Node node, String what) {
    return new IOException(
        node.name()
            + " names its disk by something that a virtual disk has not ("
            + what
            + "); to rehearse it, name the disk by size, or by a serial number of at most 20"
            + " characters, in a copy of the site");
  }

  static Path file(Path directory, NodeName node, int number) {
    return directory.resolve(node + (number == 0 ? "" : "." + number) + ".raw");
  }

  private static int gibibytes(DiskRule rule) {
    if (rule instanceof DiskRule.Size(long minimum, Long maximum)) {
      long least = (minimum + (1L << 30) - 1) >> 30;
      long most = maximum == null ? Long.MAX_VALUE : Math.max(least, maximum >> 30);
      return Math.toIntExact(Math.clamp(USUAL_GIBIBYTES, least, most));
    }
    return (int) USUAL_GIBIBYTES;
  }
}
