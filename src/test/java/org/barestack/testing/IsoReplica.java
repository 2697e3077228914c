package org.barestack.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An ISO image in the layout of Rocky Linux's media: made by the program and with the arguments
 * that Rocky uses, and kilobytes long, since nothing in it boots. Its files may be replaced, so
 * that a test has real ones where it needs them. The same replica is always the same octets.
 */
public final class IsoReplica {
  /** What all files and the volume bear. */
  public static final Instant DATE = Instant.parse("2026-05-04T03:02:01Z");

  /** What stands on it. */
  public enum Media {
    /** The installer alone. */
    BOOT,
    /** With one repository, for the smallest installation. */
    MINIMAL,
    /** With the variants BaseOS and AppStream. */
    DVD;

    /** Folders of its repositories. */
    private List<String> variants() {
      return switch (this) {
        case BOOT -> List.of();
        case MINIMAL -> List.of("Minimal");
        case DVD -> List.of("AppStream", "BaseOS");
      };
    }
  }

  private final int major;
  private final String version;
  private final Media media;
  private final TreeMap<String, byte[]> files = new TreeMap<>();
  private final List<Path> folders = new ArrayList<>();
  private String label;
  private byte[] efiPartition = dummy("efiboot.img", 16_384);
  private byte[] bootCode;

  private IsoReplica(int major, String version, Media media) {
    this.major = major;
    this.version = version;
    this.media = media;
    this.label = "Rocky-" + version.replace('.', '-') + "-x86_64-dvd";
    this.bootCode = new byte[major == 9 ? 432 : 512];
    installer();
    media.variants().forEach(this::variant);
  }

  /**
   * Rocky Linux 9: isolinux, the EFI partition a file of the tree, kernel and initrd under two
   * names.
   */
  public static IsoReplica rocky9(Media media) {
    return new IsoReplica(9, "9.7", media);
  }

  /**
   * Rocky Linux 10: GRUB, the EFI partition appended, a second set of volume descriptors whose
   * blocks count from the first partition's begin.
   */
  public static IsoReplica rocky10(Media media) {
    return new IsoReplica(10, "10.1", media);
  }

  /** One file more, or another content for one that is there. */
  public IsoReplica with(String path, byte[] content) {
    files.put(path, content.clone());
    return this;
  }

  /** Text, in UTF-8. */
  public IsoReplica with(String path, String content) {
    return with(path, content.getBytes(UTF_8));
  }

  /** All regular files of a folder, under that path; an empty one is the root. */
  public IsoReplica withFolder(String path, Path folder) {
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        String below = folder.relativize(file).toString();
        with(path.isEmpty() ? below : path + "/" + below, Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /**
   * With all that a folder holds when the image is written: unlike {@link #withFolder}, of any
   * size, and only in the image.
   */
  public IsoReplica beside(Path folder) {
    folders.add(folder);
    return this;
  }

  /** Without a file. */
  public IsoReplica without(String path) {
    files.remove(path);
    return this;
  }

  /** With another label. */
  public IsoReplica label(String text) {
    label = text;
    return this;
  }

  /** Its label. */
  public String label() {
    return label;
  }

  /**
   * All files by their paths, with the {@code .treeinfo} that fits them. The image may have more
   * ({@code isolinux/boot.cat}), and has other octets where {@link #patched} says so.
   */
  public Map<String, byte[]> files() {
    TreeMap<String, byte[]> all = new TreeMap<>(files);
    all.putIfAbsent(".treeinfo", treeinfo().getBytes(UTF_8));
    if (major == 9) {
      for (String name : List.of("vmlinuz", "initrd.img")) {
        byte[] content = all.get("images/pxeboot/" + name);
        if (content != null) {
          all.put("isolinux/" + name, content);
        }
      }
    }
    return all;
  }

  /** The file into which xorriso writes where it stands (the boot info table). */
  public String patched() {
    return major == 9 ? "isolinux/isolinux.bin" : "images/eltorito.img";
  }

  /** The EFI partition, which Rocky 9 has as a file too. */
  public byte[] efiPartition() {
    return files.getOrDefault("images/efiboot.img", efiPartition).clone();
  }

  /** With another EFI partition, such as a FAT file system that boots; at most 32 MiB. */
  public IsoReplica efiPartition(byte[] content) {
    efiPartition = content.clone();
    if (major == 9) {
      with("images/efiboot.img", content);
    }
    return this;
  }

  /** With the code that firmware starts of a disk: 432 octets of isolinux, 512 of GRUB. */
  public IsoReplica bootCode(byte[] code) {
    bootCode = code.clone();
    return this;
  }

  /** What Rocky calls the image. */
  public String fileName() {
    return "Rocky-%s-x86_64-%s.iso".formatted(version, media.name().toLowerCase(Locale.ROOT));
  }

  /** The version, as the site has it. */
  public String version() {
    return version;
  }

  /** Writes the image into a folder, called like Rocky's. */
  public Path write(Path folder) {
    Path iso = folder.resolve(fileName());
    try {
      Path work = Files.createTempDirectory(folder, "replica");
      Path tree = tree(Files.createDirectory(work.resolve("tree")));
      List<String> words = new ArrayList<>(List.of("xorriso", "-as", "mkisofs", "-quiet"));
      words.addAll(List.of("-o", iso.toString(), "-V", label));
      words.addAll(major == 9 ? isolinux(work) : grub(work));
      words.addAll(List.of("-R", "-J", "-joliet-long", tree.toString()));
      folders.forEach(more -> words.add(more.toString()));
      Command.Result result =
          Command.of(words.toArray(String[]::new))
              .with("SOURCE_DATE_EPOCH", DATE.getEpochSecond())
              .run();
      if (result.status() != 0) {
        throw new AssertionError("xorriso: " + result.all());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return iso;
  }

  /** Writes the tree alone, and returns its folder. */
  public Path tree(Path folder) {
    try {
      for (Map.Entry<String, byte[]> file : files().entrySet()) {
        Path to = folder.resolve(file.getKey());
        Files.createDirectories(to.resolveSibling(""));
        Path twin = folder.resolve("images/pxeboot").resolve(to.getFileName());
        if (major == 9 && file.getKey().startsWith("isolinux/") && Files.exists(twin)) {
          Files.createLink(to, twin);
        } else {
          Files.write(to, file.getValue());
        }
      }
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path one : all.toList()) {
          Files.setLastModifiedTime(one, FileTime.from(DATE));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  private List<String> isolinux(Path work) throws IOException {
    Path mbr = Files.write(work.resolve("isohdpfx.bin"), bootCode);
    return List.of(
        "-isohybrid-mbr",
        mbr.toString(),
        "-b",
        "isolinux/isolinux.bin",
        "-c",
        "isolinux/boot.cat",
        "-no-emul-boot",
        "-boot-load-size",
        "4",
        "-boot-info-table",
        "-eltorito-alt-boot",
        "-e",
        "images/efiboot.img",
        "-no-emul-boot",
        "-isohybrid-gpt-basdat");
  }

  private List<String> grub(Path work) throws IOException {
    Path mbr = Files.write(work.resolve("boot_hybrid.img"), bootCode);
    Path partition = Files.write(work.resolve("efiboot.img"), efiPartition);
    return List.of(
        "--grub2-mbr",
        mbr.toString(),
        "-partition_offset",
        "16",
        "-appended_part_as_gpt",
        "-append_partition",
        "2",
        "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
        partition.toString(),
        "-iso_mbr_part_type",
        "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7",
        "-c",
        "boot.cat",
        "--boot-catalog-hide",
        "-b",
        "images/eltorito.img",
        "-no-emul-boot",
        "-boot-load-size",
        "4",
        "-boot-info-table",
        "--grub2-boot-info",
        "-eltorito-alt-boot",
        "-e",
        "--interval:appended_partition_2:all::",
        "-no-emul-boot");
  }

  private void installer() {
    for (String name : List.of("vmlinuz", "initrd.img")) {
      with("images/pxeboot/" + name, dummy(name, 6_000));
    }
    with("images/install.img", dummy("install.img", 30_000));
    for (String name : List.of("BOOTX64.EFI", "grubx64.efi", "mmx64.efi")) {
      with("EFI/BOOT/" + name, dummy(name, 3_000));
    }
    with("EFI/BOOT/grub.cfg", menu());
    with(".discinfo", "1777863721.000000\nRocky Linux " + version + "\nx86_64\nALL\n");
    with("media.repo", "[InstallMedia]\nname=Rocky Linux " + version + "\n");
    with("LICENSE", "A licence.\n");
    with("RPM-GPG-KEY-Rocky-" + major, "A key.\n");
    if (major == 9) {
      with("images/efiboot.img", efiPartition);
      with("isolinux/isolinux.bin", isolinuxBinary());
      with("isolinux/isolinux.cfg", "default vesamenu.c32\ntimeout 600\n");
      with("isolinux/ldlinux.c32", dummy("ldlinux.c32", 2_500));
    } else {
      with("images/eltorito.img", dummy("eltorito.img", 4_096));
      with("boot/grub2/grub.cfg", menu());
      with("boot/grub2/i386-pc/normal.mod", dummy("normal.mod", 2_500));
    }
  }

  private void variant(String name) {
    with(name + "/repodata/repomd.xml", "<repomd/>\n");
    with(name + "/repodata/0123456789abcdef-primary.xml.gz", dummy(name, 3_000));
    for (char letter = 'a'; letter < 'e'; letter++) {
      String rpm = letter + "-1.0-1.el" + major + ".x86_64.rpm";
      with(name + "/Packages/" + letter + "/" + rpm, dummy(name + rpm, 2_200));
    }
  }

  private String menu() {
    return """
    search --no-floppy --set=root -l '%s'
    menuentry 'Install Rocky Linux %s' {
      linux /images/pxeboot/vmlinuz inst.stage2=hd:LABEL=%1$s quiet
      initrd /images/pxeboot/initrd.img
    }
    """
        .formatted(label, version);
  }

  /** What productmd writes, with the digests of the images as they are now. */
  private String treeinfo() {
    StringBuilder text = new StringBuilder("[header]\ntype = productmd.treeinfo\nversion = 1.2\n");
    text.append("\n[release]\nname = Rocky Linux\nshort = Rocky\nversion = ").append(version);
    text.append("\n\n[tree]\narch = x86_64\nbuild_timestamp = 1777863721\n");
    text.append("platforms = x86_64,xen\nvariants = ");
    text.append(String.join(",", media.variants())).append('\n');
    text.append("\n[general]\narch = x86_64\nfamily = Rocky Linux");
    text.append(media == Media.MINIMAL ? " Minimal" : "").append("\nname = Rocky Linux ");
    text.append(version).append("\nversion = ").append(version).append('\n');
    if (media == Media.MINIMAL) {
      text.append("packagedir = Minimal/Packages\nrepository = Minimal\n");
    }
    text.append("\n[stage2]\nmainimage = images/install.img\n");
    text.append("\n[images-x86_64]\nkernel = images/pxeboot/vmlinuz\n");
    text.append("initrd = images/pxeboot/initrd.img\n");
    text.append("\n[media]\ndiscnum = 1\ntotaldiscs = 1\n\n[checksums]\n");
    files.forEach((path, content) -> {
      if (path.startsWith("images/") && !path.equals(patched())) {
        text.append(path).append(" = sha256:").append(sha256(content)).append('\n');
      }
    });
    for (String name : media.variants()) {
      text.append("\n[variant-%s]\nid = %1$s\nname = %1$s\ntype = variant\n".formatted(name));
      text.append("uid = %s\npackages = %1$s/Packages\nrepository = %1$s\n".formatted(name));
    }
    return text.toString();
  }

  /** xorriso looks for isohybrid's mark before it writes its MBR. */
  private static byte[] isolinuxBinary() {
    byte[] octets = dummy("isolinux.bin", 4_096);
    byte[] mark = {(byte) 0xfb, (byte) 0xc0, 0x78, 0x70};
    System.arraycopy(mark, 0, octets, 64, mark.length);
    return octets;
  }

  private static byte[] dummy(String name, int length) {
    byte[] octets = new byte[length];
    new SplittableRandom(name.hashCode()).nextBytes(octets);
    return octets;
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
