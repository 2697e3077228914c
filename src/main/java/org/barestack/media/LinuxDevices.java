package org.barestack.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.barestack.model.PlainText;
import org.jspecify.annotations.Nullable;

/** Devices as Linux tells of them in sysfs and proc. */
public final class LinuxDevices implements Devices {
  /** POSIX: the kind of a file, and that of block devices. */
  private static final int KIND = 0170000;

  private static final int BLOCK_DEVICE = 0060000;

  /** sysfs counts in these, whatever the device has. */
  private static final int SECTOR = 512;

  private final Path root;

  /**
   * Those of a host.
   *
   * @param root its root directory
   */
  public LinuxDevices(Path root) {
    this.root = root;
  }

  @Override
  public Device look(Path path) throws IOException {
    Path real;
    try {
      real = path.toRealPath();
    } catch (NoSuchFileException e) {
      throw new MediumException(path + " is not there; lsblk lists what is", e);
    }
    if (((int) Files.getAttribute(real, "unix:mode") & KIND) != BLOCK_DEVICE) {
      throw new MediumException(path + " is no block device; lsblk lists them");
    }
    return look(real, number((long) Files.getAttribute(real, "unix:rdev")));
  }

  /** {@code major:minor}, as glibc's makedev(3) packs them. */
  private static String number(long packed) {
    long major = ((packed >>> 8) & 0xfff) | ((packed >>> 32) & ~0xfffL);
    long minor = (packed & 0xff) | ((packed >>> 12) & ~0xffL);
    return major + ":" + minor;
  }

  /**
   * The same by number.
   *
   * @param number {@code major:minor}
   */
  Device look(Path path, String number) throws IOException {
    Path folder = root.resolve("sys/dev/block").resolve(number).toRealPath();
    if (Files.exists(folder.resolve("partition"))) {
      throw new MediumException(
          path
              + " is a partition; name the whole device, /dev/"
              + folder.resolveSibling("").getFileName());
    }
    boolean usb = folder.toString().matches(".*/usb[0-9]+/.*");
    // Soldered eMMC is on that bus too, and is of type MMC.
    boolean card = text(folder.resolve("device/type")).equals("SD");
    return new Device(
        path,
        Long.parseLong(text(folder.resolve("size"))) * SECTOR,
        text(folder.resolve("removable")).equals("1") || usb || card,
        text(folder.resolve("ro")).equals("1"),
        model(folder),
        above(folder, "serial"),
        usb ? "USB" : card ? "SD" : "",
        uses(folder));
  }

  private String model(Path folder) throws IOException {
    String model =
        text(folder.resolve("device/vendor")) + " " + text(folder.resolve("device/model"));
    return model.isBlank() ? text(folder.resolve("device/name")) : model.strip();
  }

  /** The nearest file of that name: USB's serial number is the device's that the disk is on. */
  private String above(Path folder, String name) throws IOException {
    Path top = root.resolve("sys").toRealPath();
    String near = text(folder.resolve("device").resolve(name));
    for (@Nullable Path up = folder;
        near.isEmpty() && up != null && !up.equals(top);
        up = up.getParent()) {
      near = text(up.resolve(name));
    }
    return near;
  }

  /** One line; empty without such a file. */
  private static String text(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return "";
    }
    try {
      String content = Files.readString(file, StandardCharsets.ISO_8859_1);
      return PlainText.of(content.lines().findFirst().orElse("")).strip();
    } catch (NoSuchFileException e) {
      return ""; // it was taken out just now
    }
  }

  private List<String> uses(Path disk) throws IOException {
    Map<String, String> parts = new LinkedHashMap<>(); // names by number
    parts.put(text(disk.resolve("dev")), disk.getFileName().toString());
    List<String> uses = new ArrayList<>(holders(disk));
    try (DirectoryStream<Path> inner = Files.newDirectoryStream(disk)) {
      for (Path part : inner) {
        if (Files.exists(part.resolve("partition"))) {
          parts.put(text(part.resolve("dev")), part.getFileName().toString());
          uses.addAll(holders(part));
        }
      }
    }
    for (String line : lines("proc/self/mountinfo")) {
      String[] words = line.split(" ", -1);
      int dash = List.of(words).indexOf("-");
      // Btrfs has numbers of its own there, but names its device.
      @Nullable String name =
          parts.containsKey(words[2])
              ? parts.get(words[2])
              : dash > 0 && dash + 2 < words.length ? named(words[dash + 2], parts) : null;
      if (name != null) {
        uses.add("/dev/" + name + " is mounted at " + PlainText.of(words[4]));
      }
    }
    for (String line : lines("proc/swaps")) {
      String name = named(line.split("\\s", 2)[0], parts);
      if (name != null) {
        uses.add("/dev/" + name + " is swap space");
      }
    }
    return uses;
  }

  private static List<String> holders(Path device) throws IOException {
    Path folder = device.resolve("holders");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<String> holders = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      for (Path holder : found) {
        holders.add(
            "/dev/"
                + device.getFileName()
                + " is part of /dev/"
                + holder.getFileName()
                + " (LVM, RAID or encryption)");
      }
    }
    return holders;
  }

  private @Nullable String named(String path, Map<String, String> parts) throws IOException {
    if (!path.startsWith("/dev/")) {
      return null;
    }
    Path there = root.resolve(path.substring(1));
    String name = (Files.exists(there) ? there.toRealPath() : there).getFileName().toString();
    return parts.containsValue(name) ? name : null;
  }

  private List<String> lines(String file) throws IOException {
    Path path = root.resolve(file);
    return Files.exists(path)
        ? Files.readString(path, StandardCharsets.UTF_8).lines().toList()
        : List.of();
  }
}
