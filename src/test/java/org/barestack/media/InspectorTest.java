package org.barestack.media;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.barestack.format.disk.Chs.Geometry;
import org.barestack.format.disk.Mbr;
import org.barestack.format.disk.MbrEntry;
import org.barestack.format.fat.FatException;
import org.barestack.format.fat.FatImage;
import org.barestack.format.image.Medium;
import org.barestack.media.Inspection.CheckSumState;
import org.barestack.media.Inspection.Finding;
import org.barestack.media.Inspection.Way;
import org.barestack.testing.Command;
import org.barestack.testing.Golden;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said of images in Rocky's layouts, of other programs', of ones changed, and of broken
 * ones.
 */
class InspectorTest {
  private static final String ISOLINUX =
      """
      default vesamenu.c32
      timeout 600
      menu title Rocky Linux 9.7
      label linux
        menu label ^Install Rocky Linux 9.7
        kernel vmlinuz
        append initrd=initrd.img inst.stage2=hd:LABEL=Rocky-9-7-x86_64-dvd quiet
      label check
        menu label Test this ^media & install Rocky Linux 9.7
        menu default
        kernel vmlinuz
        append initrd=initrd.img inst.stage2=hd:LABEL=Rocky-9-7-x86_64-dvd rd.live.check quiet
      """;

  @TempDir private Path folder;

  private static String run(String... words) {
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(String.join(" ", words) + "\n" + result.all()).isZero();
    return result.output();
  }

  private byte[] esp(Map<String, byte[]> files) throws IOException {
    Path file = Files.createTempFile(folder, "esp", ".img");
    Files.delete(file);
    run("mkfs.vfat", "-C", "-i", "1badcafe", "-n", "ANACONDA", file.toString(), "400");
    byte[] empty = Files.readAllBytes(file);
    try {
      return FatImage.read(Medium.of(empty), 0, empty.length).with(files);
    } catch (FatException e) {
      throw new AssertionError(e);
    }
  }

  /** With what Rocky has on its EFI partition; the menu there is the tree's if none is given. */
  private IsoReplica whole(IsoReplica replica, String... menu) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String path : List.of("BOOTX64.EFI", "grubx64.efi", "mmx64.efi", "grub.cfg")) {
      String name = "EFI/BOOT/" + path;
      files.put(name, Objects.requireNonNull(replica.files().get(name)));
    }
    for (String text : menu) {
      files.put("EFI/BOOT/grub.cfg", text.getBytes(UTF_8));
    }
    return replica.efiPartition(esp(files));
  }

  private IsoReplica rocky9() {
    return IsoReplica.rocky9(Media.BOOT).with("isolinux/isolinux.cfg", ISOLINUX);
  }

  private static Inspection inspect(Path iso) throws IOException {
    return Inspector.inspect(Medium.of(Files.readAllBytes(iso)));
  }

  private Inspection inspect(IsoReplica replica) throws IOException {
    return inspect(replica.write(Files.createTempDirectory(folder, "iso")));
  }

  private static List<String> problems(Inspection inspection) {
    return inspection.findings().stream().map(Finding::problem).toList();
  }

  @Test
  void rockysLayouts() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    IsoReplica nine = whole(rocky9());
    IsoReplica ten =
        whole(
            IsoReplica.rocky10(Media.DVD)
                .with(
                    "EFI/BOOT/grub.cfg",
                    """
                    set default="0>1"
                    set timeout=60
                    search --no-floppy --set=root -l 'Rocky-10-1-x86_64-dvd'
                    submenu 'Nodes' { # of the site
                      menuentry "kvm1" --class red --id one {
                        linuxefi /images/pxeboot/vmlinuz inst.ks=hd:LABEL=Rocky-10-1-x86_64-dvd:/ks/kvm1.ks \\
                          inst.stage2=hd:LABEL=Rocky-10-1-x86_64-dvd quiet
                        initrdefi /images/pxeboot/initrd.img
                      }
                      menuentry 'kvm2' { linux ($root)/images/pxeboot/vmlinuz inst.ks=http://192.0.2.1/x
                        initrd /images/pxeboot/initrd.img }
                    }
                    menuentry 'Power off' { halt }
                    """)
                .with("ks/kvm1.ks", "text\n")
                .with("ks.cfg", "text\n"));
    for (Map.Entry<String, IsoReplica> one : Map.of("rocky9", nine, "rocky10", ten).entrySet()) {
      Inspection inspection = inspect(one.getValue());
      texts.put(one.getKey() + ".txt", InspectionText.of("x.iso", inspection, false));
      texts.put(
          one.getKey() + ".json",
          JsonMapper.builder()
                  .build()
                  .writerWithDefaultPrettyPrinter()
                  .writeValueAsString(InspectionText.fields("x.iso", inspection))
              + "\n");
    }
    Golden.check("media/inspection", texts);
  }

  @Test
  void whatIsWrongIsNamed() throws IOException {
    String label = "Rocky-10-1-x86_64-dvd";
    IsoReplica ten = IsoReplica.rocky10(Media.BOOT);
    assertThat(problems(inspect(whole(ten)))).isEmpty();
    assertThat(problems(inspect(whole(IsoReplica.rocky10(Media.BOOT), "menuentry 'x' { halt }"))))
        .singleElement()
        .asString()
        .matches(
            "the menu on the EFI system at sector \\d+ differs from EFI/BOOT/grub.cfg in the tree");
    assertThat(
            problems(
                inspect(
                    whole(
                        IsoReplica.rocky10(Media.BOOT)
                            .label("OTHER")
                            .with(
                                "EFI/BOOT/grub.cfg",
                                "set timeout=1\nmenuentry x {\nlinux /no inst.stage2=hd:LABEL="
                                    + label
                                    + " inst.ks=hd:LABEL=OTHER:/gone.ks rd.live.check\n}")))))
        .anySatisfy(one ->
            assertThat(one)
                .matches("EFI/BOOT/grub.cfg on .* starts no, which is not on the medium"))
        .anySatisfy(one ->
            assertThat(one)
                .contains("looks for a volume called " + label + ", and this one is called OTHER"))
        .anySatisfy(one ->
            assertThat(one).contains("names the kickstart /gone.ks, which is not on the medium"))
        .anySatisfy(one ->
            assertThat(one).contains("checks the medium by default, and it has no check sum"));
    assertThat(problems(inspect(IsoReplica.rocky9(Media.BOOT))))
        .anySatisfy(one ->
            assertThat(one)
                .contains("(El Torito's UEFI entry) cannot be read: boot sector: no FAT"));
    Path iso =
        whole(IsoReplica.rocky10(Media.BOOT)).write(Files.createTempDirectory(folder, "broken"));
    byte[] octets = Files.readAllBytes(iso);
    octets[512 + 16] ^= 1;
    assertThat(problems(Inspector.inspect(Medium.of(octets))))
        .contains("GPT at sector 1: the header's check sum is wrong");
    assertThat(problems(Inspector.inspect(Medium.of(Arrays.copyOf(octets, octets.length / 2)))))
        .anySatisfy(one -> assertThat(one).startsWith("its files cannot be read: "));
    assertThat(problems(Inspector.inspect(Medium.of("no image\n".getBytes(UTF_8)))))
        .anySatisfy(one -> assertThat(one).isEqualTo("nothing boots from this image"));
  }

  /** A new EFI partition appended for sticks, and El Torito's entry left on the old one. */
  @Test
  void discAndStickDiffer() throws IOException {
    byte[] old = Files.readAllBytes(whole(rocky9()).write(folder));
    byte[] esp =
        esp(
            Map.of(
                "EFI/BOOT/BOOTX64.EFI",
                new byte[10],
                "EFI/BOOT/grub.cfg",
                "menuentry 'new' { halt }".getBytes(UTF_8)));
    byte[] image = Arrays.copyOf(old, old.length + esp.length);
    System.arraycopy(esp, 0, image, old.length, esp.length);
    Mbr mbr = Mbr.of(Arrays.copyOf(old, 512));
    MbrEntry moved =
        mbr.entries().get(1).withRange(old.length / 512, esp.length / 512, new Geometry(64, 32));
    System.arraycopy(mbr.with(moved).octets(), 0, image, 0, 512);
    Inspection inspection = Inspector.inspect(Medium.of(image));
    assertThat(problems(inspection))
        .anySatisfy(one ->
            assertThat(one).startsWith("UEFI shows another menu from a CD (EFI/BOOT/grub.cfg on"));
    assertThat(inspection.efi()).hasSize(2);
  }

  @Test
  void otherProgramsImages() throws IOException {
    Path tree =
        Files.createDirectories(folder.resolve("tree/boot/grub")).resolve("../..").normalize();
    Files.writeString(
        tree.resolve("boot/grub/grub.cfg"), "set timeout=3\nmenuentry 'Off' { halt }\n");
    Path rescue = folder.resolve("rescue.iso");
    run("grub-mkrescue", "-o", rescue.toString(), tree.toString());
    Inspection inspection = inspect(rescue);
    assertThat(problems(inspection)).isEmpty();
    assertThat(inspection.ways())
        .allSatisfy(way -> assertThat(way.starts()).isNotEmpty())
        .allSatisfy(way -> assertThat(way.menu()).isEqualTo("boot/grub/grub.cfg"));
    assertThat(inspection.ways().stream().map(way -> way.firmware() + ", " + way.as()))
        .containsExactly("BIOS, CD", "BIOS, disk", "UEFI, CD", "UEFI, disk");

    Path plain = folder.resolve("plain.iso");
    run(
        "genisoimage",
        "-quiet",
        "-R",
        "-J",
        "-V",
        "OEMDRV",
        "-o",
        plain.toString(),
        tree.toString());
    assertThat(problems(inspect(plain))).containsExactly("nothing boots from this image");
    assertThat(inspect(plain).trees()).containsExactly("Rock Ridge", "Joliet");

    Files.write(tree.resolve("isolinux.bin"), new byte[4096]);
    Files.writeString(
        tree.resolve("isolinux.cfg"), "default a\nlabel a\nlinux /boot/grub/grub.cfg\n");
    run(
        "genisoimage",
        "-quiet",
        "-b",
        "isolinux.bin",
        "-c",
        "boot.cat",
        "-no-emul-boot",
        "-boot-load-size",
        "4",
        "-R",
        "-o",
        plain.toString(),
        tree.toString());
    Inspection disc = inspect(plain);
    assertThat(disc.ways().getFirst())
        .isEqualTo(new Way("BIOS", "CD", "isolinux.bin", "isolinux.cfg"));
    assertThat(problems(disc)).containsExactly("BIOS boots it as a CD and not as a disk");
  }

  @Test
  void mediaCheck() throws IOException {
    Path iso = whole(rocky9().with("images/install.img", new byte[2_000_000])).write(folder);
    assertThat(problems(inspect(iso)))
        .containsExactly(
            "isolinux/isolinux.cfg checks the medium by default, and it has no check sum");
    run("implantisomd5", iso.toString());
    Inspection unread = inspect(iso);
    assertThat(unread.checkSum()).isEqualTo(CheckSumState.UNVERIFIED);
    assertThat(problems(unread)).isEmpty();
    byte[] octets = Files.readAllBytes(iso);
    assertThat(Inspector.verify(Medium.of(octets), new Silent()).checkSum())
        .isEqualTo(CheckSumState.GOOD);
    octets[1_500_000] ^= 1;
    Inspection wrong = Inspector.verify(Medium.of(octets), new Silent());
    assertThat(wrong.checkSum()).isEqualTo(CheckSumState.WRONG);
    assertThat(problems(wrong))
        .singleElement()
        .asString()
        .startsWith("the media check's sum is wrong");
  }

  /** Whatever is in it, nothing of it steers the terminal, and looking at it ends. */
  @Test
  void hostileImages() throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("hostile images: -Dseed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    String menu =
        "set default='\033]0;x\007'\n"
            + "set timeout=9\n"
            + "menuentry '\033[2J\u202e' {\n"
            + "linux /\033[31m\u0000 inst.ks=hd:LABEL=\033[5m:/x }\n"
            + "submenu a {".repeat(3000)
            + "}".repeat(9000)
            + "menuentry b { linux /x }\n".repeat(5000);
    byte[] good =
        Files.readAllBytes(
            whole(
                    IsoReplica.rocky10(Media.BOOT)
                        .with("EFI/BOOT/grub.cfg", menu)
                        .with(".discinfo", "1\nRocky\033[7m\nx\n"))
                .write(folder));
    good[16 * 2048 + 41] = 0x1b; // in the label
    List<byte[]> images = new ArrayList<>(List.of(good));
    for (int i = 0; i < 400; i++) {
      byte[] changed = good.clone();
      for (int changes = random.nextInt(1, 30); changes > 0; changes--) {
        int at = random.nextInt(3) == 0 ? random.nextInt(changed.length) : random.nextInt(150_000);
        changed[at % changed.length] = (byte) (random.nextBoolean() ? 0xff : random.nextInt(256));
      }
      images.add(changed);
    }
    for (byte[] image : images) {
      Inspection inspection = Inspector.inspect(Medium.of(image));
      assertThat(InspectionText.of("x.iso", inspection, false))
          .doesNotContainPattern("[\\p{Cc}\\p{Cf}&&[^\n]]");
      assertThat(InspectionText.fields("x.iso", inspection)).isNotEmpty();
    }
  }

  @Test
  void menusAsLoadersReadThem() {
    BootMenu menu =
        BootMenu.grub(
            """
            # menuentry 'no' { }
            if [ x = x ]; then set default=two; fi
            timeout=5
            function f { set timeout=9; }
            menuentry "one \\"1\\"" { linux /a b='c d' ; initrd /i /j }
            menuentry 'two' --id two { linux16 (cd0)/k ; }
            """);
    assertThat(menu.entries())
        .extracting(BootMenu.Entry::title)
        .containsExactly("one \"1\"", "two");
    assertThat(menu.entries().getFirst().kernel()).isEqualTo("a");
    assertThat(menu.entries().getFirst().initrds()).containsExactly("i", "j");
    assertThat(menu.byDefault().orElseThrow().kernel()).isEqualTo("k");
    assertThat(
            BootMenu.grub(
                    """
                    menuentry 'Install' {
                      if linux /images/pxeboot/vmlinuz quiet; then
                        initrd /images/pxeboot/initrd.img
                      fi
                    }
                    """)
                .entries())
        .singleElement()
        .returns("images/pxeboot/vmlinuz", BootMenu.Entry::kernel)
        .returns(List.of("images/pxeboot/initrd.img"), BootMenu.Entry::initrds);
    BootMenu syslinux =
        BootMenu.isolinux(
            "TIMEOUT 0\nLABEL a\n KERNEL /x/k\n INITRD i,/j\nLABEL b\n LINUX k\n", "d/");
    assertThat(syslinux.timeout()).isNull();
    assertThat(syslinux.entries().getFirst().initrds()).containsExactly("d/i", "j");
    assertThat(syslinux.byDefault().orElseThrow().title()).isEqualTo("a");
    assertThat(BootMenu.grub("").entries()).isEmpty();
  }
}
