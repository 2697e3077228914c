package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.barestack.format.disk.Gpt;
import org.barestack.format.disk.PartitionTables;
import org.barestack.format.image.Content;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.OverlayMedium;
import org.barestack.format.iso.BootCatalog.BootEntry;
import org.barestack.format.iso.IsoEntry.IsoDirectory;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoEntry.IsoLink;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images in Rocky's layouts made anew, and judged by the tools that people trust. */
class RemasterTest {
  @TempDir private Path folder;

  private Path replica(int major) {
    return (major == 9 ? IsoReplica.rocky9(Media.DVD) : IsoReplica.rocky10(Media.DVD))
        .write(folder);
  }

  private static byte[] octets(int length, long seed) {
    byte[] octets = new byte[length];
    new SplittableRandom(seed).nextBytes(octets);
    return octets;
  }

  private static byte[] read(IsoImage image, String path) throws IOException {
    try (InputStream in = image.read((IsoFile) image.entry(path).orElseThrow())) {
      return in.readAllBytes();
    }
  }

  private static String gdisk(Path iso) {
    String output = Command.of("sgdisk", "-v", iso.toString()).run().output();
    // isohybrid's GPT overlaps itself; where its second partition ends is by chance.
    return (output.contains("MBR partitions 1 and 2 overlap")
            ? output.replaceAll("Caution: .*\n.*\n\n", "")
            : output)
        .replaceAll("[0-9]+", "N");
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void filesOfAllKindsArePut(int major) throws Exception {
    Path source = replica(major);
    byte[] menu = octets(5_000, 1);
    Path made =
        Remade.made(
            source,
            folder.resolve("made.iso"),
            remaster ->
                remaster
                    .put("EFI/BOOT/grub.cfg", Content.of(menu))
                    .put("media.repo", Content.of("short"))
                    .put("barestack/node-1/kickstart.cfg", Content.of("ks"))
                    .put("barestack/empty", Content.of(""))
                    .put("images/updates.img", Content.of(octets(70_000, 2)))
                    .label("MADE-ANEW"));
    Set<String> put =
        Set.of(
            "EFI/BOOT/grub.cfg",
            "media.repo",
            "barestack/node-1/kickstart.cfg",
            "barestack/empty",
            "images/updates.img");
    Remade.judge(source, made, put);
    try (IsoImage image = IsoImage.open(made);
        IsoImage old = IsoImage.open(source)) {
      assertThat(image.label()).isEqualTo("MADE-ANEW");
      assertThat(image.volumes().getLast().label()).isEqualTo("MADE-ANEW");
      assertThat(read(image, "EFI/BOOT/grub.cfg")).isEqualTo(menu);
      assertThat(read(image, "media.repo")).isEqualTo("short".getBytes(UTF_8));
      assertThat(((IsoFile) image.entry("media.repo").orElseThrow()).extents().getFirst().block())
          .isEqualTo(
              ((IsoFile) old.entry("media.repo").orElseThrow()).extents().getFirst().block());
      IsoEntry kickstart = image.entry("barestack/node-1/kickstart.cfg").orElseThrow();
      assertThat(kickstart.mode()).isEqualTo(0644);
      assertThat(kickstart.modified()).isEqualTo(IsoReplica.DATE);
      assertThat(image.entry("barestack").orElseThrow().mode()).isEqualTo(0755);
      assertThat(unchangedDirectories(old, image)).isGreaterThan(5);
    }
    assertThat(gdisk(made)).isEqualTo(gdisk(source));
    if (major == 10) {
      assertThat(gdisk(made)).contains("No problems found");
    }
  }

  /** How many directories stand where they stood. */
  private static long unchangedDirectories(IsoImage old, IsoImage made) {
    return old.entries().stream()
        .filter(IsoDirectory.class::isInstance)
        .filter(one ->
            ((IsoDirectory) made.entry(one.path()).orElseThrow())
                .extent()
                .equals(((IsoDirectory) one).extent()))
        .count();
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void bootsAsBefore(int major) throws Exception {
    Path source = replica(major);
    Path made =
        Remade.made(
            source,
            folder.resolve("made.iso"),
            remaster -> remaster.put("new", Content.of(octets(500_000, 3))));
    List<String> elTorito = List.of("-report_el_torito", "plain");
    String before = report(source, elTorito);
    String after = report(made, elTorito);
    if (major == 9) {
      assertThat(after).isEqualTo(before);
    } else {
      assertThat(after.replaceAll("(UEFI .*|img blks .*) [0-9]+\n", "$1\n"))
          .isEqualTo(before.replaceAll("(UEFI .*|img blks .*) [0-9]+\n", "$1\n"));
    }
    String area = report(made, List.of("-report_system_area", "plain"));
    assertThat(shape(area))
        .isEqualTo(shape(report(source, List.of("-report_system_area", "plain"))));
    assertThat(area)
        .contains("ISO image size/512 : " + Files.size(made) / 512)
        .contains("GPT lba range      :      64  " + (Files.size(made) / 512 - 64));
    try (IsoImage image = IsoImage.open(made)) {
      Extent efi = Remaster.of(image).efiPartition().orElseThrow();
      byte[] octets = new byte[(int) efi.length()];
      image.medium().read(efi.offset(), octets, 0, octets.length);
      assertThat(octets)
          .startsWith(
              (major == 9 ? IsoReplica.rocky9(Media.DVD) : IsoReplica.rocky10(Media.DVD))
                  .efiPartition());
      BootEntry entry = image.bootCatalog().orElseThrow().entries().getLast();
      assertThat(entry.block()).isEqualTo(efi.block());
      PartitionTables tables = PartitionTables.read(image.medium());
      assertThat(tables.gpt().orElseThrow().isSound()).isTrue();
      assertThat(tables.backup().orElseThrow().isSound()).isTrue();
      assertThat(tables.backup().map(Gpt::header).orElseThrow().self())
          .isEqualTo(Files.size(made) / 512 - 1);
    }
  }

  private static String report(Path iso, List<String> what) {
    return Remade.run("xorriso", "-indev", iso.toString(), what.get(0), what.get(1));
  }

  /** Without numbers of sectors. */
  private static String shape(String report) {
    return report
        .replaceAll("(?m)^(MBR partition  .*0x..) +[0-9]+ +[0-9]+$", "$1")
        .replaceAll(
            "(?m)^(GPT start and size|GPT lba range|ISO image size/512|MBR partition ).*", "$1")
        .replaceAll("(?m)^(MBR heads per cyl|MBR secs per head).*", "");
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void theEfiPartitionIsReplaced(int major) throws Exception {
    Path source = replica(major);
    byte[] same = octets(16_384, 4);
    byte[] longer = octets(300_000, 5);
    for (byte[] content : List.of(same, longer)) {
      Path made =
          Remade.made(
              source,
              folder.resolve("made.iso"),
              remaster -> remaster.efiPartition(Content.of(content)));
      Remade.judge(source, made, major == 9 ? Set.of("images/efiboot.img") : Set.of());
      try (IsoImage image = IsoImage.open(made);
          IsoImage old = IsoImage.open(source)) {
        Extent efi = Remaster.of(image).efiPartition().orElseThrow();
        byte[] octets = new byte[(int) efi.length()];
        image.medium().read(efi.offset(), octets, 0, octets.length);
        assertThat(Arrays.copyOf(octets, content.length)).isEqualTo(content);
        assertThat(octets.length - content.length).isLessThan(32_768);
        BootEntry entry = image.bootCatalog().orElseThrow().entries().getLast();
        assertThat(entry.block()).isEqualTo(efi.block());
        assertThat(entry.sectors() * 512L).isGreaterThanOrEqualTo(content.length);
        if (content.length == same.length) {
          assertThat(efi).isEqualTo(Remaster.of(old).efiPartition().orElseThrow());
          assertThat(image.size()).isEqualTo(old.size());
        }
        // What a stick boots is what a disc boots.
        assertThat(new SystemArea(image.medium()).at(efi.block()).orElseThrow().length())
            .isBetween((long) content.length, content.length + 32_767L);
      }
      assertThat(gdisk(made)).isEqualTo(gdisk(source));
    }
  }

  /** El Torito has 16 bits for its sectors; with 0, firmware takes FAT's own number. */
  @Test
  void anEfiPartitionOfMoreThan32MebibytesHasNoSectorCount() throws Exception {
    Path source = replica(10);
    Path esp = folder.resolve("esp");
    try (FileChannel channel =
        FileChannel.open(esp, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 40L << 20);
    }
    try (IsoImage image = IsoImage.open(source);
        FileChannel channel = FileChannel.open(source)) {
      Overlay overlay = Remaster.of(image).efiPartition(Content.of(esp, (40L << 20) + 1)).overlay();
      try (OverlayMedium medium = OverlayMedium.open(overlay, Medium.of(channel))) {
        IsoImage made = IsoImage.of(medium);
        assertThat(made.bootCatalog().orElseThrow().entries().getLast().sectors()).isZero();
        assertThat(Remaster.of(made).efiPartition().orElseThrow().length())
            .isBetween(40L << 20, (40L << 20) + 32_768);
      }
    }
  }

  /** Each kind of boot image has numbers of itself in itself. */
  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void bootImagesTellWhereTheyAre(int major) throws Exception {
    Path source = replica(major);
    String path = major == 9 ? "isolinux/isolinux.bin" : "images/eltorito.img";
    byte[] content = octets(9_001, 6);
    if (major == 9) {
      System.arraycopy(new byte[] {(byte) 0xfb, (byte) 0xc0, 0x78, 0x70}, 0, content, 64, 4);
    }
    Path made =
        Remade.made(source, folder.resolve("made.iso"), one -> one.put(path, Content.of(content)));
    Remade.judge(source, made, Set.of(path));
    String report = report(made, List.of("-report_el_torito", "plain"));
    assertThat(report)
        .contains("El Torito img path :   1  /" + path)
        .contains(
            major == 9 ? "boot-info-table isohybrid-suitable" : "boot-info-table grub2-boot-info");
    try (IsoImage image = IsoImage.open(made)) {
      long block = ((IsoFile) image.entry(path).orElseThrow()).extents().getFirst().block();
      Octets code = Octets.read(image.medium(), 0, 512, "MBR");
      assertThat(code.little32(432)).isEqualTo(block * 4 + (major == 9 ? 0 : 4));
      byte[] now = read(image, path);
      assertThat(Arrays.copyOfRange(now, 64, 2548))
          .isEqualTo(Arrays.copyOfRange(content, 64, 2548));
    }
  }

  /** A path that is put changes alone, though another one had the same octets. */
  @Test
  void aHardLinkIsParted() throws Exception {
    Path source = replica(9);
    Path made =
        Remade.made(
            source,
            folder.resolve("made.iso"),
            remaster -> remaster.put("isolinux/vmlinuz", Content.of("another kernel")));
    Remade.judge(source, made, Set.of("isolinux/vmlinuz"));
    try (IsoImage image = IsoImage.open(made);
        IsoImage old = IsoImage.open(source)) {
      assertThat(read(image, "isolinux/vmlinuz")).isEqualTo("another kernel".getBytes(UTF_8));
      assertThat(read(image, "images/pxeboot/vmlinuz"))
          .isEqualTo(read(old, "images/pxeboot/vmlinuz"));
    }
    assertThat(Remade.run("isoinfo", "-l", "-R", "-i", made.toString()))
        .containsPattern("-rw-r--r--   1 .* vmlinuz ");
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void theSameInIsTheSameOutAndAgain(int major) throws Exception {
    Path source = replica(major);
    Path tree =
        CuriousTree.withLongLinks(
            linksInside(CuriousTree.in(Files.createDirectory(folder.resolve("tree")))));
    Remade.Change change =
        remaster ->
            remaster
                .putAll("added/repository", tree)
                .put("EFI/BOOT/grub.cfg", Content.of("x".repeat(3000)));
    Path one = Remade.made(source, folder.resolve("one.iso"), change);
    Path other = Remade.made(source, folder.resolve("other.iso"), change);
    assertThat(Files.mismatch(one, other)).isEqualTo(-1);
    Remade.byXorriso(one);
    // Made anew of what was made anew
    Path again =
        Remade.made(
            one,
            folder.resolve("again.iso"),
            remaster -> remaster.put("added/more", Content.of(octets(9_000, 7))).label("AGAIN"));
    Remade.untouched(one, again, Set.of("added/more"));
    Remade.pathTables(again);
    Remade.byXorriso(again);
    assertThat(gdisk(again)).isEqualTo(gdisk(source));
  }

  /** Those that lead out are refused, so they go. */
  private static Path linksInside(Path tree) throws IOException {
    for (int number : new int[] {1, 2, 5}) {
      Files.deleteIfExists(tree.resolve("links/link" + number));
    }
    return tree;
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void aWholeFolderIsPut(int major) throws Exception {
    Path source = replica(major);
    Path tree = linksInside(CuriousTree.in(Files.createDirectory(folder.resolve("tree"))));
    CuriousTree.withLongLinks(tree);
    Path made = Remade.made(source, folder.resolve("made.iso"), one -> one.putAll("added", tree));
    Remade.pathTables(made);
    Remade.byXorriso(made);
    Remade.byIsoinfo(made);
    try (IsoImage image = IsoImage.open(made);
        var all = Files.walk(tree)) {
      for (Path path : all.filter(path -> !path.equals(tree)).toList()) {
        IsoEntry entry = image.entry("added/" + tree.relativize(path)).orElseThrow();
        if (Files.isSymbolicLink(path)) {
          assertThat(((IsoLink) entry).target()).isEqualTo(Files.readSymbolicLink(path).toString());
        } else if (Files.isRegularFile(path)) {
          assertThat(read(image, entry.path())).isEqualTo(Files.readAllBytes(path));
          int mode = (Integer) Files.getAttribute(path, "unix:mode");
          assertThat(entry.mode()).isEqualTo((mode & 0100) == 0 ? 0644 : 0755);
        }
        assertThat(entry.modified()).isEqualTo(IsoReplica.DATE);
      }
    }
  }

  /** As many as a large repository has, in one folder. */
  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void twentyThousandFilesArePut(int major) throws Exception {
    Path source = replica(major);
    Path tree = Files.createDirectories(folder.resolve("tree/Packages"));
    for (int i = 0; i < 20_000; i++) {
      Files.writeString(
          tree.resolve("python3-some-package-" + i + "-1.0-1.el9.noarch.rpm"), "" + i);
    }
    Path made =
        Remade.made(
            source,
            folder.resolve("made.iso"),
            one -> one.putAll("repository", tree.resolveSibling("")));
    Remade.treesAgree(made);
    Remade.pathTables(made);
    try (IsoImage image = IsoImage.open(made)) {
      assertThat(image.entries()).hasSizeGreaterThan(20_000);
      assertThat(read(image, "repository/Packages/python3-some-package-19999-1.0-1.el9.noarch.rpm"))
          .isEqualTo("19999".getBytes(UTF_8));
      for (IsoImage set : Remade.sets(image).values()) {
        // The names of ECMA-119 are unique too.
        ImageVolume primary = set.volumes().getFirst();
        ImageVolume plain =
            new ImageVolume(
                primary.sector(),
                ImageVolume.Names.PLAIN,
                primary.label(),
                primary.blocks(),
                primary.pathTables(),
                primary.root());
        assertThat(set.entries(plain)).hasSameSizeAs(set.entries());
      }
    }
    assertThat(Remade.run("xorriso", "-indev", made.toString(), "-find", "/", "-type", "f").lines())
        .hasSizeGreaterThan(20_000);
  }

  /** More than one record can tell of. */
  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void aFileOfMoreThan4GibibytesIsPut(int major) throws Exception {
    Path source = replica(major);
    Path tree = Files.createDirectory(folder.resolve("tree"));
    long length = (9L << 30) + 12_345;
    Path big = tree.resolve("big.img");
    try (FileChannel channel =
        FileChannel.open(big, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap("begin".getBytes(UTF_8)), 0);
      channel.write(ByteBuffer.wrap("end".getBytes(UTF_8)), length - 3);
    }
    Files.writeString(tree.resolve("small"), "small");
    Path made = Remade.made(source, folder.resolve("made.iso"), one -> one.putAll("big", tree));
    Remade.treesAgree(made);
    try (IsoImage image = IsoImage.open(made)) {
      IsoFile file = (IsoFile) image.entry("big/big.img").orElseThrow();
      assertThat(file.length()).isEqualTo(length);
      assertThat(file.extents()).hasSize(3);
      try (InputStream in = image.read(file, length - 3)) {
        assertThat(in.readAllBytes()).isEqualTo("end".getBytes(UTF_8));
      }
      try (InputStream in = image.read(file)) {
        assertThat(in.readNBytes(5)).isEqualTo("begin".getBytes(UTF_8));
      }
    }
    assertThat(Remade.run("xorriso", "-indev", made.toString(), "-find", "/big", "-exec", "lsdl"))
        .containsPattern(length + " .*'/big/big.img'")
        .containsPattern(" 5 .*'/big/small'");
    assertThat(gdisk(made)).isEqualTo(gdisk(source));
    // And of several sections it becomes one again.
    Path again =
        Remade.made(
            made, folder.resolve("again.iso"), one -> one.put("big/big.img", Content.of("x")));
    Remade.treesAgree(again);
  }

  /** Any names and sizes, as xorriso lists them. */
  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void anyNamesAndSizes(int major) throws Exception {
    Path source = replica(major);
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("any names and sizes: -Dseed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 6; round++) {
      TreeMap<String, Integer> files = new TreeMap<>();
      Set<String> folders = new HashSet<>();
      int count = 1 + random.nextInt(60);
      for (int i = 0; i < count; i++) {
        String path = "random";
        for (int depth = random.nextInt(5); depth > 0; depth--) {
          path += "/d" + name(random).substring(0, 1) + random.nextInt(3);
          folders.add(path);
        }
        files.put(path + "/f" + name(random), random.nextInt(5) == 0 ? 0 : random.nextInt(20_000));
      }
      files.keySet().removeAll(folders);
      Path made =
          Remade.made(
              source,
              folder.resolve("made" + round + ".iso"),
              remaster ->
                  files.forEach(
                      (path, length) -> remaster.put(path, Content.of(octets(length, length)))));
      Remade.untouched(source, made, files.keySet());
      Remade.pathTables(made);
      Remade.byXorriso(made);
      try (IsoImage image = IsoImage.open(made)) {
        for (var one : files.entrySet()) {
          assertThat(read(image, one.getKey()))
              .as("-Dseed=%d: %s", seed, one.getKey())
              .isEqualTo(octets(one.getValue(), one.getValue()));
        }
      }
    }
  }

  private static String name(SplittableRandom random) {
    String alphabet = "abcXYZ019._-+ ~;ü日";
    StringBuilder name = new StringBuilder();
    int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 80 : 12);
    for (int i = 0; i < length; i++) {
      name.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return name.toString();
  }

  @Test
  void nothingPutIsTheSameImage() throws Exception {
    for (int major : new int[] {9, 10}) {
      Path source = replica(major);
      Path made = Remade.made(source, folder.resolve("made.iso"), _ -> {});
      assertThat(Files.mismatch(source, made)).isEqualTo(-1);
    }
  }

  /** It would be wrong after any change. */
  @Test
  void theCheckSumGoes() throws Exception {
    Path source = replica(9);
    Remade.run("implantisomd5", source.toString());
    Path made = Remade.made(source, folder.resolve("made.iso"), one -> one.label("OTHER"));
    assertThat(new String(Files.readAllBytes(made), 16 * 2048 + 883, 512, US_ASCII)).isBlank();
  }

  @Test
  void whatCannotBeAPathOrALabel() throws Exception {
    try (IsoImage image = IsoImage.open(replica(9))) {
      Remaster remaster = Remaster.of(image);
      for (String path : List.of("", "/a", "a/", "a//b", "../a", "a/.", "a\nb", "n".repeat(256))) {
        assertThatIllegalArgumentException()
            .as(path)
            .isThrownBy(() -> remaster.put(path, Content.of("")));
      }
      for (String label : List.of("", " a", "a ", "ä", "l".repeat(33))) {
        assertThatIllegalArgumentException().as(label).isThrownBy(() -> remaster.label(label));
      }
    }
  }
}
