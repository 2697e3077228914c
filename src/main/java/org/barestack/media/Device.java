package org.barestack.media;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A whole block device.
 *
 * @param path without symbolic links
 * @param size octets
 * @param removable whether it can be taken out: the kernel says so, or it is on USB, or an SD card
 * @param readOnly whether it has a switch that is set
 * @param model as its maker calls it; empty if it does not say
 * @param serial its serial number; empty if it does not say
 * @param bus {@code USB}, {@code SD}, or empty for what is neither
 * @param uses for what it, or a part of it, is used: {@code /dev/sdb1 is mounted at /mnt}
 */
public record Device(
    Path path,
    long size,
    boolean removable,
    boolean readOnly,
    String model,
    String serial,
    String bus,
    List<String> uses) {
  public Device {
    uses = List.copyOf(uses);
  }

  /** By what people tell it from others, in one line. */
  public String text() {
    return path
        + ": "
        + (model.isEmpty() ? "a device that does not say its model" : model)
        + (serial.isEmpty() ? ", no serial number" : ", serial number " + serial)
        + String.format(Locale.ROOT, ", %.1f GB", size / 1e9)
        + (bus.isEmpty() ? "" : ", " + bus);
  }

  /**
   * That it may be written to.
   *
   * @param octets that are to be written
   * @throws MediumException if it may not be; says why and what to do
   */
  public void check(long octets) throws MediumException {
    if (!uses.isEmpty()) {
      throw new MediumException(
          path + " is in use: " + String.join("; ", uses) + ". Unmount or stop that first");
    }
    if (!removable) {
      throw new MediumException(
          text() + ": it is not removable, and only what is removable is written to");
    }
    if (readOnly) {
      throw new MediumException(path + " is read-only; look for a switch on it");
    }
    if (octets > size) {
      throw new MediumException(
          text()
              + ": it has "
              + size
              + " octets, and "
              + octets
              + " are needed; take a larger one");
    }
  }
}
