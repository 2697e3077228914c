package org.barestack.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.barestack.testing.IsoReplica.Media;

/**
 * An {@link IsoReplica} that boots on SeaBIOS and OVMF, as disc and as disk: the stand-in's kernel
 * and installer, signed loaders of this host's distribution, and menus like Rocky's own. Kept in
 * {@code target/standin/media} and made anew only when an input changed.
 */
public final class BootableIso {
  private static final Path FOLDER = Path.of("target/standin/media");
  private static final Path BIOS_MODULES = Path.of("/usr/lib/grub/i386-pc");

  /** In folders of Debian, and of Rocky Linux. */
  private static final List<String> ISOLINUX = List.of("/usr/lib/ISOLINUX", "/usr/share/syslinux");

  private static final List<String> SYSLINUX =
      List.of("/usr/lib/syslinux/modules/bios", "/usr/share/syslinux");

  private BootableIso() {}

  /** Of Rocky Linux 9 or 10. The same octets each time. */
  public static synchronized Path of(int major, Media media) {
    // another process may make it at the same time
    try (FileChannel file = FileChannel.open(lock(), CREATE, WRITE)) {
      file.lock();
      IsoReplica replica = major == 9 ? IsoReplica.rocky9(media) : IsoReplica.rocky10(media);
      fill(major, replica);
      Path iso = FOLDER.resolve(replica.fileName());
      Path mark = FOLDER.resolve(replica.fileName() + ".inputs");
      String inputs = digest(replica);
      if (!Files.exists(iso) || !Files.exists(mark) || !Files.readString(mark).equals(inputs)) {
        make(replica, iso);
        Files.writeString(mark, inputs);
      }
      return iso;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One with other files beside, which is not kept.
   *
   * @param more a folder that holds them
   * @param into a folder for the image
   */
  public static Path with(int major, Media media, Path more, Path into) {
    try {
      IsoReplica replica = major == 9 ? IsoReplica.rocky9(media) : IsoReplica.rocky10(media);
      fill(major, replica);
      return replica.beside(more).write(into);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path lock() throws IOException {
    return Files.createDirectories(FOLDER).resolve("lock");
  }

  private static void make(IsoReplica replica, Path iso) throws IOException {
    Files.createDirectories(FOLDER);
    Path work = Files.createTempDirectory(FOLDER, "making");
    try {
      Files.move(replica.write(work), iso, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      run("rm", "-rf", work.toString());
    }
  }

  /** Everything that goes into it but the arguments of xorriso, which are this code's. */
  private static String digest(IsoReplica replica) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      replica
          .files()
          .forEach((path, content) -> {
            digest.update((path + " " + content.length + "\n").getBytes(UTF_8));
            digest.update(content);
          });
      digest.update(replica.efiPartition());
      return HexFormat.of().formatHex(digest.digest()) + "\n";
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void fill(int major, IsoReplica replica) throws IOException {
    Path tree = Path.of("target/standin").resolve(replica.version());
    run("src/standin/build.sh", tree.toString(), replica.version());
    for (String path :
        List.of("images/pxeboot/vmlinuz", "images/pxeboot/initrd.img", "images/install.img")) {
      replica.with(path, Files.readAllBytes(tree.resolve(path)));
    }
    Map<String, byte[]> loaders = new TreeMap<>();
    loaders.put("BOOTX64.EFI", signed("shim/shimx64.efi"));
    loaders.put("mmx64.efi", signed("shim/mmx64.efi"));
    // the GRUB for media: it reads the grub.cfg beside itself
    loaders.put("grubx64.efi", signed("grub/x86_64-efi-signed/gcdx64.efi"));
    loaders.put("grub.cfg", grubMenu(replica, "linuxefi", "initrdefi").getBytes(UTF_8));
    loaders.forEach((name, content) -> replica.with("EFI/BOOT/" + name, content));
    replica.efiPartition(efiPartition(loaders));
    if (major == 9) {
      isolinux(replica);
    } else {
      grub(replica);
    }
    packages(replica);
  }

  /** All of one maker: Debian's, or those that a Rocky host boots by. */
  private static byte[] signed(String file) throws IOException {
    Path debian = Path.of("/usr/lib", file + ".signed");
    return Files.readAllBytes(
        Files.exists(debian)
            ? debian
            : Path.of("/boot/efi/EFI/rocky")
                .resolve(debian.getFileName().toString().replace(".signed", "")));
  }

  private static byte[] in(List<String> folders, String name) throws IOException {
    for (String folder : folders) {
      if (Files.exists(Path.of(folder, name))) {
        return Files.readAllBytes(Path.of(folder, name));
      }
    }
    throw new AssertionError(name + " is in none of " + folders + ": make test installs it");
  }

  private static void isolinux(IsoReplica replica) throws IOException {
    replica.with("isolinux/isolinux.bin", in(ISOLINUX, "isolinux.bin"));
    for (String module : List.of("ldlinux", "libcom32", "libutil", "vesamenu")) {
      replica.with("isolinux/" + module + ".c32", in(SYSLINUX, module + ".c32"));
    }
    replica.with("isolinux/isolinux.cfg", isolinuxMenu(replica));
    replica.with("isolinux/boot.msg", "Rocky Linux " + replica.version() + "\n");
    replica.bootCode(in(ISOLINUX, "isohdpfx.bin"));
  }

  private static void grub(IsoReplica replica) throws IOException {
    Path work = Files.createTempDirectory("bootable-iso");
    Path image = work.resolve("eltorito.img");
    run(
        Files.exists(Path.of("/usr/bin/grub2-mkimage")) ? "grub2-mkimage" : "grub-mkimage",
        "-O",
        "i386-pc-eltorito",
        "-d",
        BIOS_MODULES.toString(),
        "-o",
        image.toString(),
        "-p",
        "/boot/grub2",
        "iso9660",
        "biosdisk");
    replica.with("images/eltorito.img", Files.readAllBytes(image));
    run("rm", "-rf", work.toString());
    try (Stream<Path> modules = Files.list(BIOS_MODULES)) {
      for (Path module : modules.filter(BootableIso::isModule).toList()) {
        replica.with("boot/grub2/i386-pc/" + module.getFileName(), Files.readAllBytes(module));
      }
    }
    replica.with("boot/grub2/grub.cfg", grubMenu(replica, "linux", "initrd"));
    replica.bootCode(Files.readAllBytes(BIOS_MODULES.resolve("boot_hybrid.img")));
  }

  private static boolean isModule(Path file) {
    return file.toString().endsWith(".mod") || file.toString().endsWith(".lst");
  }

  /** As lorax makes it: a FAT file system with the loaders alone, and hardly room for more. */
  private static byte[] efiPartition(Map<String, byte[]> loaders) throws IOException {
    Path work = Files.createTempDirectory("bootable-iso");
    long octets = 0;
    for (Map.Entry<String, byte[]> one : loaders.entrySet()) {
      Path file = Files.write(work.resolve(one.getKey()), one.getValue());
      Files.setLastModifiedTime(file, FileTime.from(IsoReplica.DATE));
      octets += (one.getValue().length + 2047L) / 2048 * 2048;
    }
    Path image = work.resolve("efiboot.img");
    long kibibytes = (octets + 256 * 2048 + 1023) / 1024;
    String fat = image.toString();
    run("mkfs.vfat", "-C", "-n", "ANACONDA", "-i", "0BA5E001", fat, "" + kibibytes);
    run("mmd", "-i", fat, "::EFI", "::EFI/BOOT");
    for (String name : loaders.keySet()) {
      run("mcopy", "-m", "-i", fat, work.resolve(name).toString(), "::EFI/BOOT/" + name);
    }
    byte[] content = Files.readAllBytes(image);
    run("rm", "-rf", work.toString());
    return content;
  }

  /** Small stand-ins for packages: nobody installs them, but who looks for metadata finds some. */
  private static void packages(IsoReplica replica) {
    for (String path : List.copyOf(replica.files().keySet())) {
      if (path.endsWith("/repodata/repomd.xml")) {
        replica.with(
            path,
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <repomd xmlns="http://linux.duke.edu/metadata/repo">
              <revision>1777863721</revision>
            </repomd>
            """);
      }
    }
  }

  private static String arguments(IsoReplica replica) {
    return "inst.stage2=hd:LABEL=" + replica.label();
  }

  /** Lorax's isolinux.cfg for Rocky 9, without the memory test. */
  private static String isolinuxMenu(IsoReplica replica) {
    return """
    default vesamenu.c32
    timeout 600

    display boot.msg

    # Clear the screen when exiting the menu, instead of leaving the menu displayed.
    menu clear
    menu background splash.png
    menu title Rocky Linux @VERSION@
    menu vshift 8
    menu rows 18
    menu margin 8
    #menu hidden
    menu helpmsgrow 15
    menu tabmsgrow 13

    # Border Area
    menu color border * #00000000 #00000000 none
    # Selected item
    menu color sel 0 #ffffffff #00000000 none
    # Title bar
    menu color title 0 #ff7ba3d0 #00000000 none
    # Press [Tab] message
    menu color tabmsg 0 #ff3a6496 #00000000 none
    # Unselected menu item
    menu color unsel 0 #84b8ffff #00000000 none
    # Selected hotkey
    menu color hotsel 0 #84b8ffff #00000000 none
    # Unselected hotkey
    menu color hotkey 0 #ffffffff #00000000 none
    # Help text
    menu color help 0 #ffffffff #00000000 none
    # A scrollbar of some type? Not sure.
    menu color scrollbar 0 #ffffffff #ff355594 none
    # Timeout msg
    menu color timeout 0 #ffffffff #00000000 none
    menu color timeout_msg 0 #ffffffff #00000000 none
    # Command prompt text
    menu color cmdmark 0 #84b8ffff #00000000 none
    menu color cmdline 0 #ffffffff #00000000 none

    # Do not display the actual menu unless the user presses a key. All that is displayed is a \
    timeout message.

    menu tabmsg Press Tab for full configuration options on menu items.

    menu separator # insert an empty line
    menu separator # insert an empty line

    label linux
      menu label ^Install Rocky Linux @VERSION@
      kernel vmlinuz
      append initrd=initrd.img @ARGUMENTS@ quiet

    label check
      menu label Test this ^media & install Rocky Linux @VERSION@
      menu default
      kernel vmlinuz
      append initrd=initrd.img @ARGUMENTS@ rd.live.check quiet

    menu separator # insert an empty line

    # utilities submenu
    menu begin ^Troubleshooting
      menu title Troubleshooting Rocky Linux @VERSION@

    label basic
      menu indent count 5
      menu label Install using ^basic graphics mode
      text help
    \tTry this option out if you're having trouble installing
    \tRocky Linux @VERSION@.
      endtext
      kernel vmlinuz
      append initrd=initrd.img @ARGUMENTS@ nomodeset quiet

    label rescue
      menu indent count 5
      menu label ^Rescue a Rocky Linux system
      text help
    \tIf the system will not boot, this lets you access files
    \tand edit config files to try to get it booting again.
      endtext
      kernel vmlinuz
      append initrd=initrd.img @ARGUMENTS@ inst.rescue quiet

    menu separator # insert an empty line

    label local
      menu label Boot from ^local drive
      localboot 0xffff

    menu separator # insert an empty line
    menu separator # insert an empty line

    label returntomain
      menu label Return to ^main menu
      menu exit

    menu end
    """
        .replace("@VERSION@", replica.version())
        .replace("@ARGUMENTS@", arguments(replica));
  }

  /** Lorax's grub.cfg: one text for BIOS and EFI but for two words. */
  private static String grubMenu(IsoReplica replica, String kernel, String initrd) {
    return """
    set default="1"

    function load_video {
      insmod all_video
    }

    load_video
    set gfxpayload=keep
    insmod gzio
    insmod part_gpt
    insmod ext2
    insmod chain

    set timeout=60
    ### END /etc/grub.d/00_header ###

    search --no-floppy --set=root -l '@LABEL@'

    ### BEGIN /etc/grub.d/10_linux ###
    menuentry 'Install Rocky Linux @VERSION@' --class fedora --class gnu-linux --class gnu --class os {
    \t@KERNEL@ /images/pxeboot/vmlinuz @ARGUMENTS@ quiet
    \t@INITRD@ /images/pxeboot/initrd.img
    }
    menuentry 'Test this media & install Rocky Linux @VERSION@' --class fedora --class gnu-linux --class gnu --class os {
    \t@KERNEL@ /images/pxeboot/vmlinuz @ARGUMENTS@ rd.live.check quiet
    \t@INITRD@ /images/pxeboot/initrd.img
    }
    submenu 'Troubleshooting -->' {
    \tmenuentry 'Install Rocky Linux @VERSION@ using basic graphics mode' --class fedora --class gnu-linux --class gnu --class os {
    \t\t@KERNEL@ /images/pxeboot/vmlinuz @ARGUMENTS@ nomodeset quiet
    \t\t@INITRD@ /images/pxeboot/initrd.img
    \t}
    \tmenuentry 'Rescue a Rocky Linux system' --class fedora --class gnu-linux --class gnu --class os {
    \t\t@KERNEL@ /images/pxeboot/vmlinuz @ARGUMENTS@ inst.rescue quiet
    \t\t@INITRD@ /images/pxeboot/initrd.img
    \t}
    }
    """
        .replace("@VERSION@", replica.version())
        .replace("@LABEL@", replica.label())
        .replace("@ARGUMENTS@", arguments(replica))
        .replace("@KERNEL@", kernel)
        .replace("@INITRD@", initrd);
  }

  private static void run(String... words) {
    Command.Result result =
        Command.of(words).with("SOURCE_DATE_EPOCH", IsoReplica.DATE.getEpochSecond()).run();
    if (result.status() != 0) {
      throw new AssertionError(words[0] + ": " + result.all());
    }
  }
}
