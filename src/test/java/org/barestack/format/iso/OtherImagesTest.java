package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.format.image.Content;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that other programs wrote, or wrote anew, made anew by us; or refused with the reason. */
class OtherImagesTest {
  private static final String ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";

  @TempDir private Path folder;

  /** Programs and arguments that write an image of a folder. */
  enum Written {
    GENISOIMAGE_ROCK_RIDGE("genisoimage -quiet -R"),
    GENISOIMAGE_BOTH("genisoimage -quiet -R -J -joliet-long"),
    GENISOIMAGE_RATIONAL("genisoimage -quiet -r -J -hide-rr-moved"),
    GENISOIMAGE_LEVEL_4("genisoimage -quiet -R -J -iso-level 4"),
    GENISOIMAGE_LONG("genisoimage -quiet -R -iso-level 3"),
    XORRISO_ROCK_RIDGE("xorriso -as mkisofs -quiet -R -iso-level 3"),
    XORRISO_BOTH("xorriso -as mkisofs -quiet -R -J -joliet-long -partition_offset 16"),
    XORRISO_LEVEL_4("xorriso -as mkisofs -quiet -R -J -iso-level 4"),
    XORRISO_RELAXED("xorriso -as mkisofs -quiet -R -J -U"),
    XORRISO_DEDUCED("xorriso -as mkisofs -quiet -R --hardlinks --old-empty"),
    XORRISO_NEW_RR("xorriso -compliance new_rr:aaip_susp_1_10 -hardlinks on -acl on -xattr on"),
    XORRISO_MOVED("xorriso -compliance deep_paths_off -rr_reloc_dir moved");

    private final String words;

    Written(String words) {
      this.words = words;
    }

    boolean isNative() {
      return !words.contains(" -as ") && words.startsWith("xorriso");
    }
  }

  private Path written(Written how, Path tree) {
    Path iso = folder.resolve("x.iso");
    List<String> words = new ArrayList<>(List.of(how.words.split(" ", -1)));
    if (how.name().startsWith("GENISOIMAGE")) {
      words.addAll(
          List.of("-input-charset", how == Written.GENISOIMAGE_LEVEL_4 ? "iso8859-1" : "utf-8"));
    }
    words.addAll(
        how.isNative()
            ? List.of("-outdev", iso.toString(), "-map", tree.toString(), "/")
            : List.of("-o", iso.toString(), tree.toString()));
    Remade.run(words.toArray(String[]::new));
    return iso;
  }

  /** With links, names, depths and dates of every kind. */
  @ParameterizedTest
  @EnumSource
  void curiousTrees(Written how) throws Exception {
    Path tree = CuriousTree.in(Files.createDirectory(folder.resolve("tree")));
    if (how == Written.GENISOIMAGE_LEVEL_4) {
      // It cuts such a name off, amid its entries.
      Files.delete(tree.resolve("names").resolve("n".repeat(255)));
    }
    Path source = written(how, tree);
    String deep = "deep0/deep1/deep2/deep3/deep4/deep5/deep6/deep7/deep8/deep9";
    Path made =
        Remade.made(
            source,
            folder.resolve("made.iso"),
            remaster -> {
              remaster.put("names/A.b.c", Content.of("similar"));
              remaster.put("many/more/and more/n", Content.of("new"));
              remaster.put(deep + "/new/file", Content.of("deep"));
              remaster.put("sizes/of70000", Content.of("z".repeat(70_001)));
              remaster.put("sizes/of2048", Content.of("y"));
              for (int i = 0; i < 40; i++) {
                remaster.put("many/" + "m".repeat(120) + i, Content.of("" + i));
              }
              remaster.label("OTHER_LABEL");
            });
    List<String> put = new ArrayList<>(List.of("names/A.b.c", "many/more/and more/n"));
    put.addAll(List.of(deep + "/new/file", "sizes/of70000", "sizes/of2048"));
    for (int i = 0; i < 40; i++) {
      put.add("many/" + "m".repeat(120) + i);
    }
    Remade.untouched(source, made, Set.copyOf(put));
    Remade.pathTables(made);
    Remade.byXorriso(made);
    links(source, made);
    try (IsoImage image = IsoImage.open(made)) {
      assertThat(image.label()).isEqualTo("OTHER_LABEL");
      for (IsoImage set : Remade.sets(image).values()) {
        for (ImageVolume volume : set.volumes()) {
          List<IsoEntry> entries = set.entries(volume);
          assertThat(entries).hasSizeGreaterThan(150);
          assertThat(entries)
              .as("hard links")
              .anySatisfy(entry -> assertThat(length(entry)).isEqualTo(70_001))
              .anySatisfy(entry -> assertThat(length(entry)).isEqualTo(70_000));
        }
      }
    }
  }

  private static long length(IsoEntry entry) {
    return entry instanceof IsoFile file ? file.length() : -1;
  }

  /** Directories count what is in them as they did: by isoinfo's own eyes. */
  private static void links(Path source, Path made) {
    String line = "(?m)^d\\S+ +([0-9]+) .* many *$";
    String before = Remade.run("isoinfo", "-l", "-R", "-i", source.toString());
    String after = Remade.run("isoinfo", "-l", "-R", "-i", made.toString());
    int had = links(before, line);
    assertThat(links(after, line)).isEqualTo(had >= 2 ? had + 1 : had);
  }

  private static int links(String listing, String line) {
    var matcher = Pattern.compile(line).matcher(listing);
    assertThat(matcher.find()).as(listing).isTrue();
    return Integer.parseInt(matcher.group(1));
  }

  /** Without Rock Ridge, names are Joliet's, or ECMA-119's alone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "genisoimage -quiet -J -joliet-long -input-charset utf-8",
        "genisoimage -quiet -input-charset utf-8",
        "xorriso -as mkisofs -quiet --norock -J -joliet-long",
        "xorriso -as mkisofs -quiet --norock -iso-level 1"
      })
  void withoutRockRidge(String words) throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree/efi/boot")).resolve("../..");
    Files.writeString(tree.resolve("efi/boot/grub.cfg"), "old");
    Files.writeString(tree.resolve("readme.txt"), "old");
    Files.createDirectories(tree.resolve("a longer name"));
    Files.writeString(tree.resolve("a longer name/and a file"), "old");
    List<String> all = new ArrayList<>(List.of(words.split(" ", -1)));
    Path source = folder.resolve("x.iso");
    all.addAll(List.of("-o", source.toString(), tree.toString()));
    Remade.run(all.toArray(String[]::new));
    boolean joliet = words.contains("-J");
    Path made =
        Remade.made(
            source,
            folder.resolve("made.iso"),
            remaster -> {
              remaster.put("efi/boot/grub.cfg", Content.of("new"));
              remaster.put("efi/new/ks.cfg", Content.of("ks"));
              if (joliet) {
                remaster.put("a longer name/and another file", Content.of("long"));
                remaster.put("a longer name/and a file", Content.of("new"));
              }
            });
    Remade.pathTables(made);
    Remade.byXorriso(made);
    try (IsoImage image = IsoImage.open(made)) {
      for (ImageVolume volume : image.volumes()) {
        assertThat(
                image.entries(volume).stream().filter(one -> length(one) == 3).map(IsoEntry::path))
            .hasSize(3);
      }
      String grub = joliet ? "efi/boot/grub.cfg" : "EFI/BOOT/GRUB.CFG";
      try (InputStream in = image.read((IsoFile) image.entry(grub).orElseThrow())) {
        assertThat(in.readAllBytes()).isEqualTo("new".getBytes(UTF_8));
      }
    }
    assertThatExceptionOfType(IsoException.class)
        .isThrownBy(() ->
            Remade.made(
                source,
                folder.resolve("refused.iso"),
                remaster -> remaster.put("efi/" + "n".repeat(70) + ".cfg", Content.of(""))))
        .withMessageContaining("no Rock Ridge");
  }

  /** As mkksiso does it: xorriso's replay, another EFI partition appended. */
  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void thoseThatXorrisoMadeAnew(int major) throws Exception {
    Path source =
        (major == 9 ? IsoReplica.rocky9(Media.DVD) : IsoReplica.rocky10(Media.DVD)).write(folder);
    Path esp = Files.write(folder.resolve("esp"), new byte[20_480]);
    Path added = Files.writeString(folder.resolve("added"), "added");
    Path replayed = folder.resolve("replayed.iso");
    Remade.run(
        "xorriso",
        "-indev",
        source.toString(),
        "-outdev",
        replayed.toString(),
        "-boot_image",
        "any",
        "replay",
        "-joliet",
        "on",
        "-compliance",
        "joliet_long_names",
        "-volid",
        "REPLAYED",
        "-append_partition",
        "2",
        ESP,
        esp.toString(),
        "-update",
        added.toString(),
        "/EFI/BOOT/grub.cfg",
        "-map",
        added.toString(),
        "/added");
    byte[] efi = new byte[100_000];
    Arrays.fill(efi, (byte) 'e');
    Path made =
        Remade.made(
            replayed,
            folder.resolve("made.iso"),
            remaster ->
                remaster
                    .efiPartition(Content.of(efi))
                    .put("EFI/BOOT/grub.cfg", Content.of("new".repeat(2000)))
                    .put("more/ks.cfg", Content.of("ks")));
    Set<String> put =
        major == 9
            ? Set.of("EFI/BOOT/grub.cfg", "more/ks.cfg", "images/efiboot.img")
            : Set.of("EFI/BOOT/grub.cfg", "more/ks.cfg");
    Remade.judge(replayed, made, put);
    // Disc and stick boot the same.
    try (IsoImage image = IsoImage.open(made)) {
      Extent disc = Remaster.of(image).efiPartition().orElseThrow();
      Extent stick = new SystemArea(image.medium()).efi().orElseThrow();
      for (Extent extent : List.of(disc, stick)) {
        byte[] octets = new byte[efi.length];
        image.medium().read(extent.offset(), octets, 0, octets.length);
        assertThat(octets).isEqualTo(efi);
      }
    }
    // xorriso pads behind the backup of the GPT, of which sgdisk complains; we do not.
    assertThat(gdisk(replayed)).containsAll(gdisk(made));
    assertThat(Remade.run("xorriso", "-indev", made.toString(), "-toc"))
        .contains("Media summary: 1 session");
    // A label and nothing else
    Path again =
        Remade.made(made, folder.resolve("again.iso"), remaster -> remaster.label("AGAIN"));
    Remade.judge(made, again, Set.of());
    assertThat(Files.size(again)).isEqualTo(Files.size(made));
  }

  private static List<String> gdisk(Path iso) {
    return Command.of("sgdisk", "-v", iso.toString())
        .run()
        .output()
        .lines()
        .filter(line -> line.startsWith("Problem") || line.startsWith("Warning"))
        .toList();
  }

  /** grub-mkrescue for BIOS alone: GRUB's MBR, and its core as a hidden file. */
  @Test
  void thatOfGrubMkrescue() throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree/dir"));
    Files.writeString(tree.resolve("file"), "old");
    Path source = folder.resolve("x.iso");
    Remade.run(
        "grub-mkrescue",
        "-d",
        "/usr/lib/grub/i386-pc",
        "-o",
        source.toString(),
        tree.resolveSibling("").toString());
    Path made =
        Remade.made(
            source,
            folder.resolve("made.iso"),
            remaster -> remaster.put("boot/grub/grub.cfg", Content.of("set timeout=1\n")));
    Remade.judge(source, made, Set.of("boot/grub/grub.cfg"));
    List<String> what = List.of("-report_el_torito", "plain");
    assertThat(Remade.run("xorriso", "-indev", made.toString(), what.get(0), what.get(1)))
        .isEqualTo(Remade.run("xorriso", "-indev", source.toString(), what.get(0), what.get(1)));
  }

  /** One that grew, and has nothing that leads to what it was before. */
  @Test
  void oneThatGrew() throws Exception {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.writeString(tree.resolve("file"), "old");
    Path source = folder.resolve("x.iso");
    Remade.run(
        "xorriso", "-as", "mkisofs", "-quiet", "-R", "-o", source.toString(), tree.toString());
    Remade.run("xorriso", "-dev", source.toString(), "-map", tree.toString(), "/two");
    Path made =
        Remade.made(
            source,
            folder.resolve("made.iso"),
            one -> one.put("two/file", Content.of("new")).put("three/file", Content.of("new")));
    Remade.judge(source, made, Set.of("two/file", "three/file"));
  }

  /** What is refused, and what is told. */
  enum Refused {
    HFS("an Apple partition map") {
      @Override
      Path write(Path folder, Path tree) {
        Path iso = folder.resolve("x.iso");
        Remade.run("grub-mkrescue", "-o", iso.toString(), tree.toString());
        return iso;
      }
    },
    UDF("a UDF file system") {
      @Override
      Path write(Path folder, Path tree) {
        Path iso = folder.resolve("x.iso");
        Remade.run("genisoimage", "-quiet", "-R", "-udf", "-o", iso.toString(), tree.toString());
        return iso;
      }
    },
    SESSIONS("several sessions") {
      @Override
      Path write(Path folder, Path tree) {
        Path iso = folder.resolve("x.iso");
        Remade.run("xorriso", "-outdev", iso.toString(), "-map", tree.toString(), "/one");
        Remade.run("xorriso", "-dev", iso.toString(), "-map", tree.toString(), "/two");
        return iso;
      }
    },
    ZISOFS("a compressed file (zisofs)") {
      @Override
      Path write(Path folder, Path tree) throws IOException {
        Path iso = folder.resolve("x.iso");
        Files.writeString(tree.resolve("long"), "x".repeat(100_000));
        Remade.run(
            "xorriso",
            "-outdev",
            iso.toString(),
            "-map",
            tree.toString(),
            "/",
            "-set_filter_r",
            "--zisofs",
            "/",
            "--");
        return iso;
      }
    },
    CUT_OFF("it was cut off") {
      @Override
      Path write(Path folder, Path tree) throws IOException {
        Path iso = IsoReplica.rocky10(Media.BOOT).write(folder);
        byte[] octets = Files.readAllBytes(iso);
        return Files.write(iso, Arrays.copyOf(octets, octets.length - 8192));
      }
    },
    GPT("a GPT whose check sums are wrong") {
      @Override
      Path write(Path folder, Path tree) throws IOException {
        Path iso = IsoReplica.rocky10(Media.BOOT).write(folder);
        byte[] octets = Files.readAllBytes(iso);
        octets[1024 + 60] ^= 1;
        return Files.write(iso, octets);
      }
    };

    private final String told;

    Refused(String told) {
      this.told = told;
    }

    abstract Path write(Path folder, Path tree) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void isRefused(Refused what) throws Exception {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.writeString(tree.resolve("file"), "old");
    Path iso = what.write(folder, tree);
    assertThatExceptionOfType(IsoException.class)
        .isThrownBy(() ->
            Remade.made(iso, folder.resolve("made.iso"), one -> one.put("new", Content.of("new"))))
        .withMessageMatching("(?s)sector [0-9]+, octet [0-9]+ \\(.+\\): .*")
        .withMessageContaining(what.told);
  }

  /** A path that cannot be put, and why. */
  record Wrong(String path, String told) {}

  private static Stream<Wrong> wrong() {
    return Stream.of(
        new Wrong("images", "is a directory on the image, and no file"),
        new Wrong("media.repo/below", "is a file on the image, and no directory"),
        new Wrong("isolinux/boot.cat", "is the boot catalog"),
        new Wrong("isolinux/isolinux.bin", "a boot image of 3 octets cannot"));
  }

  @ParameterizedTest
  @MethodSource
  void wrong(Wrong wrong) throws Exception {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(folder);
    assertThatExceptionOfType(IsoException.class)
        .isThrownBy(() ->
            Remade.made(
                iso, folder.resolve("made.iso"), one -> one.put(wrong.path(), Content.of("new"))))
        .withMessageContaining(wrong.told())
        .withMessageContaining("/" + wrong.path().replace("/below", ""));
  }

  /** What of a folder of this host cannot be put. */
  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../../out", "..", "sub/../../x"})
  void linksThatLeadOutAreRefused(String target) throws Exception {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(folder);
    Path tree = Files.createDirectory(folder.resolve("added"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of(target));
    assertThatExceptionOfType(IsoException.class)
        .isThrownBy(
            () -> Remade.made(iso, folder.resolve("made.iso"), one -> one.putAll("r", tree)))
        .withMessageContaining("(/r/link): ")
        .withMessageContaining("is a symbolic link to " + target + ", out of the folder");
  }

  @Test
  void anythingButFilesIsRefused() throws Exception {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(folder);
    Path tree = Files.createDirectory(folder.resolve("added"));
    Remade.run("mkfifo", tree.resolve("pipe").toString());
    assertThatExceptionOfType(IsoException.class)
        .isThrownBy(() -> Remade.made(iso, folder.resolve("made.iso"), one -> one.putAll("", tree)))
        .withMessageContaining("is neither file, folder nor symbolic link");
    assertThatExceptionOfType(IsoException.class)
        .isThrownBy(() ->
            Remade.made(
                iso, folder.resolve("made.iso"), one -> one.putAll("", folder.resolve("nowhere"))))
        .withMessageContaining("is no folder");
  }
}
