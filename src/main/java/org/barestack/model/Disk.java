package org.barestack.model;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.barestack.model.Node.DiskRule;

/**
 * A disk as an installer's {@code %pre} found it.
 *
 * @param name the kernel's name in that boot, {@code sda}
 * @param size octets
 * @param serial empty where the disk reports none
 * @param wwn empty where the disk reports none
 * @param model empty where the disk reports none
 * @param paths further names under {@code /dev/disk}
 * @param medium whether the installer itself was started from it
 * @param readOnly whether the kernel refuses writes
 * @param used whether it, or anything built on it, is mounted or swapped on, or it is one way of
 *     several to a multipath disk or a member of the firmware's RAID; an LVM or RAID that nobody
 *     uses is data like any other
 * @param edgesZero whether its first and last 4 MiB hold nothing but zeros
 * @param signatures what wipefs and blkid name on it and its partitions, {@code gpt}, {@code xfs}
 * @param labels file-system labels on it and its partitions
 */
public record Disk(
    String name,
    long size,
    String serial,
    String wwn,
    String model,
    List<String> paths,
    boolean medium,
    boolean readOnly,
    boolean used,
    boolean edgesZero,
    List<String> signatures,
    List<String> labels) {
  public Disk {
    paths = List.copyOf(paths);
    signatures = List.copyOf(signatures);
    labels = List.copyOf(labels);
  }

  /**
   * How a kickstart names it: by a name that means this disk and no other, so that a disk put in
   * its place after the claim is not taken for it; by the kernel's name of this boot where it has
   * none. Names of what is on a disk ({@code lvm-pv-…}) go away with it.
   */
  public String lastingName() {
    return paths.stream()
        .filter(path -> path.matches("/dev/disk/by-id/(?!dm-|md-|lvm-)[A-Za-z0-9._:+@=-]+"))
        .findFirst()
        .orElse(name);
  }

  /** Whether nothing is on it: no signature anywhere, and zeros at both ends. */
  public boolean blank() {
    return edgesZero && signatures.isEmpty() && labels.isEmpty();
  }

  /**
   * What stays the same about it from boot to boot: its WWN, else its serial number with its size,
   * else (virtual disks report neither) its name with its size. Never with a comma, which parts
   * identities in an event.
   */
  public String identity() {
    String text =
        !wwn.isEmpty()
            ? "wwn:" + wwn.toLowerCase(Locale.ROOT)
            : (serial.isEmpty() ? "name:" + name : "serial:" + serial) + "/" + size;
    return text.replace(',', '_');
  }

  /** Whether two looks at it found the same on it; the order of what was found says nothing. */
  public boolean holdsTheSameAs(Disk other) {
    return edgesZero == other.edgesZero
        && Set.copyOf(signatures).equals(Set.copyOf(other.signatures))
        && Set.copyOf(labels).equals(Set.copyOf(other.labels));
  }

  /** Whether the rule means this disk. */
  public boolean matches(DiskRule rule) {
    return switch (rule) {
      case DiskRule.Serial(String wanted) -> serial.equals(wanted);
      case DiskRule.Wwn(String wanted) -> wwn.equalsIgnoreCase(wanted);
      case DiskRule.DevicePath(String path) -> path.equals("/dev/" + name) || paths.contains(path);
      case DiskRule.Size(long minimum, Long maximum) ->
          size >= minimum && (maximum == null || size <= maximum);
    };
  }

  /** For people: name, size, what is on it. */
  public String describe() {
    StringBuilder text = new StringBuilder(name).append(" (").append(sizeText());
    if (!model.isEmpty()) {
      text.append(", ").append(model);
    }
    if (!serial.isEmpty()) {
      text.append(", serial ").append(serial);
    }
    return text.append(", ").append(content()).append(")").toString();
  }

  private String sizeText() {
    return size >= 1L << 40
        ? String.format(Locale.ROOT, "%.1f TiB", size / (double) (1L << 40))
        : String.format(Locale.ROOT, "%.0f GiB", size / (double) (1L << 30));
  }

  /** What is on it, for people: {@code blank}, {@code gpt xfs labelled data}. */
  public String content() {
    if (blank()) {
      return "blank";
    }
    if (signatures.isEmpty() && labels.isEmpty()) {
      return "data without a signature";
    }
    String found = signatures.isEmpty() ? "data" : String.join(" ", signatures);
    return labels.isEmpty() ? found : found + " labelled " + String.join(" ", labels);
  }
}
