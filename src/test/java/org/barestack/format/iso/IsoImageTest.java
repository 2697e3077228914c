package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.BootCatalog.BootEntry;
import org.barestack.format.iso.ImageVolume.Names;
import org.barestack.format.iso.IsoEntry.IsoDirectory;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What xorriso and genisoimage write, read here and by xorriso. */
class IsoImageTest {
  /** What {@code -exec report_lba} prints of a file: its block, its blocks, its path. */
  private static final Pattern FILE_DATA =
      Pattern.compile("File data lba: +[0-9]+ , +([0-9]+) , +([0-9]+) , +[0-9]+ , '/(.*)'");

  @TempDir private Path folder;

  /** Programs and arguments that write an image of a folder. */
  enum Written {
    GENISOIMAGE_ROCK_RIDGE(Names.ROCK_RIDGE, "genisoimage -quiet -R"),
    GENISOIMAGE_BOTH(Names.ROCK_RIDGE, "genisoimage -quiet -R -J -joliet-long -hide-rr-moved"),
    GENISOIMAGE_HIDDEN(Names.ROCK_RIDGE, "genisoimage -quiet -R -hidden of1 -hidden many"),
    GENISOIMAGE_JOLIET(Names.JOLIET, "genisoimage -quiet -J -joliet-long"),
    GENISOIMAGE_PLAIN(Names.PLAIN, "genisoimage -quiet"),
    GENISOIMAGE_LEVEL_3(Names.PLAIN, "genisoimage -quiet -iso-level 3"),
    XORRISO_ROCK_RIDGE(Names.ROCK_RIDGE, "xorriso -as mkisofs -quiet -R -iso-level 3"),
    XORRISO_BOTH(Names.ROCK_RIDGE, "xorriso -as mkisofs -quiet -R -J -partition_offset 16"),
    XORRISO_DEDUCED(Names.ROCK_RIDGE, "xorriso -as mkisofs -quiet -R --hardlinks --old-empty"),
    XORRISO_MOVED(Names.ROCK_RIDGE, "xorriso -compliance deep_paths_off -rr_reloc_dir moved"),
    XORRISO_JOLIET(Names.JOLIET, "xorriso -as mkisofs -quiet --norock -J -joliet-long"),
    XORRISO_PLAIN(Names.PLAIN, "xorriso -as mkisofs -quiet --norock -iso-level 1");

    private final Names names;
    private final String words;

    Written(Names names, String words) {
      this.names = names;
      this.words = words;
    }
  }

  private static Command.Result run(List<String> words) {
    Command.Result result =
        Command.of(words.toArray(String[]::new)).with("LC_ALL", "C.UTF-8").run();
    assertThat(result.status()).as(result.all()).isZero();
    return result;
  }

  private Path written(Written how, Path tree) throws IOException {
    Path iso = folder.resolve("x.iso");
    List<String> words = new ArrayList<>(List.of(how.words.split(" ")));
    if (how.name().startsWith("GENISOIMAGE")) {
      words.addAll(List.of("-input-charset", "utf-8"));
    } else {
      CuriousTree.withLongLinks(tree);
    }
    words.addAll(
        how == Written.XORRISO_MOVED
            ? List.of("-outdev", iso.toString(), "-map", tree.toString(), "/")
            : List.of("-o", iso.toString(), tree.toString()));
    run(words);
    return iso;
  }

  @ParameterizedTest
  @EnumSource
  void isReadAsXorrisoReadsIt(Written how) throws Exception {
    Path tree = CuriousTree.in(Files.createDirectory(folder.resolve("tree")));
    Path iso = written(how, tree);
    Map<String, Extracted> ours = Extracted.byUs(iso);
    assertThat(ours).hasSizeGreaterThan(150);
    Map<String, Extracted> theirs = Extracted.byXorriso(iso, folder.resolve("out"));
    assertThat(Extracted.differences(ours, theirs)).isEmpty();
    try (IsoImage image = IsoImage.open(iso)) {
      assertThat(image.volume().names()).isEqualTo(how.names);
      sameExtents(iso, image);
    }
  }

  /** Both trees of one image have the same files. */
  @Test
  void jolietBesideRockRidge() throws Exception {
    Path iso = IsoReplica.rocky9(Media.DVD).write(folder);
    try (IsoImage image = IsoImage.open(iso)) {
      assertThat(image.volumes())
          .extracting(ImageVolume::names)
          .containsExactly(Names.ROCK_RIDGE, Names.JOLIET);
      assertThat(image.entries(image.volumes().getLast()))
          .extracting(IsoEntry::path)
          .containsExactlyElementsOf(image.entries().stream().map(IsoEntry::path).toList());
    }
  }

  /** Each file's blocks, as "first+count". */
  private static void sameExtents(Path iso, IsoImage image) {
    Map<String, List<String>> ours = new TreeMap<>();
    for (IsoEntry entry : image.entries()) {
      // The catalog is no file to xorriso, but of a type of its own.
      if (entry instanceof IsoFile file && !file.path().endsWith("boot.cat")) {
        for (Extent extent : file.extents()) {
          if (extent.length() > 0) {
            ours.computeIfAbsent(file.path(), path -> new ArrayList<>())
                .add(extent.block() + "+" + (extent.length() + 2047) / 2048);
          }
        }
      }
    }
    Map<String, List<String>> theirs = new TreeMap<>();
    FILE_DATA
        .matcher(
            run(List.of(
                    "xorriso",
                    "-indev",
                    iso.toString(),
                    "-find",
                    "/",
                    "-type",
                    "f",
                    "-exec",
                    "report_lba"))
                .output())
        .results()
        .filter(line -> !line.group(2).equals("0"))
        .forEach(line ->
            theirs
                .computeIfAbsent(line.group(3), path -> new ArrayList<>())
                .add(line.group(1) + "+" + line.group(2)));
    assertThat(ours).isEqualTo(theirs);
  }

  @ParameterizedTest
  @EnumSource
  void replicasOfRockysMedia(Media media) throws Exception {
    for (IsoReplica replica : List.of(IsoReplica.rocky9(media), IsoReplica.rocky10(media))) {
      Path iso = replica.write(folder);
      Path out = folder.resolve("out " + replica.label());
      assertThat(Extracted.differences(Extracted.byUs(iso), Extracted.byXorriso(iso, out)))
          .isEmpty();
      try (IsoImage image = IsoImage.open(iso)) {
        assertThat(image.label()).isEqualTo(replica.label());
        assertThat(image.volume().sector()).isEqualTo(16);
        assertThat(image.size()).isEqualTo(Files.size(iso));
        for (Map.Entry<String, byte[]> file : replica.files().entrySet()) {
          if (!file.getKey().equals(replica.patched())) {
            assertThat(content(image, file.getKey(), 0)).isEqualTo(file.getValue());
          }
        }
        sameExtents(iso, image);
        sameTables(iso, image.volume());
      }
    }
  }

  /** As xorriso reports it; the EFI entry is the second. */
  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void whatFirmwareBoots(int major) throws Exception {
    IsoReplica replica =
        major == 9 ? IsoReplica.rocky9(Media.BOOT) : IsoReplica.rocky10(Media.BOOT);
    Path iso = replica.write(folder);
    String report =
        run(List.of("xorriso", "-indev", iso.toString(), "-report_el_torito", "plain")).output();
    try (IsoImage image = IsoImage.open(iso)) {
      BootCatalog catalog = image.bootCatalog().orElseThrow();
      assertThat(report).containsPattern("El Torito catalog  : " + catalog.sector() + "  1\n");
      List<BootEntry> entries = catalog.entries();
      assertThat(entries)
          .extracting(BootEntry::platform)
          .containsExactly(BootCatalog.X86, BootCatalog.EFI);
      for (int i = 0; i < 2; i++) {
        BootEntry entry = entries.get(i);
        assertThat(entry.bootable()).isTrue();
        assertThat(report)
            .containsPattern(
                "El Torito boot img : +%d +%s +y +none +0x0000 +0x00 +%d +%d\n"
                    .formatted(i + 1, i == 0 ? "BIOS" : "UEFI", entry.sectors(), entry.block()));
      }
      byte[] loaded = Files.readAllBytes(iso);
      int from = (int) entries.get(1).block() * 2048;
      assertThat(Arrays.copyOfRange(loaded, from, from + entries.get(1).sectors() * 512))
          .as("the EFI partition")
          .isEqualTo(replica.efiPartition());
    }
  }

  @Test
  void manyThreadsReadOneImage() throws Exception {
    Path iso = IsoReplica.rocky9(Media.DVD).write(folder);
    try (IsoImage image = IsoImage.open(iso)) {
      List<String> paths =
          image.entries().stream().filter(IsoFile.class::isInstance).map(IsoEntry::path).toList();
      Map<String, byte[]> alone = new TreeMap<>();
      for (String path : paths) {
        alone.put(path, content(image, path, 0));
      }
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Map<String, Future<byte[]>> together = new TreeMap<>();
        for (int i = 0; i < 20; i++) {
          for (String path : paths) {
            together.put(path + " " + i, threads.submit(() -> content(image, path, 0)));
          }
        }
        for (Map.Entry<String, Future<byte[]>> one : together.entrySet()) {
          String path = one.getKey().replaceAll(" [0-9]+$", "");
          assertThat(one.getValue().get()).isEqualTo(alone.get(path));
        }
      }
    }
  }

  @Test
  void noCatalog() throws Exception {
    IsoImage image = IsoImage.of(Medium.of(volume("x")));
    assertThat(image.bootRecord()).isEmpty();
    assertThat(image.bootCatalog()).isEmpty();
  }

  /** As isoinfo tells of the path tables, and of the root directory. */
  private static void sameTables(Path iso, ImageVolume volume) {
    assertThat(run(List.of("isoinfo", "-d", "-debug", "-i", iso.toString())).output())
        .contains(
            "Path table size is:     %d\n".formatted(volume.pathTables().length()),
            "L Path table start:     %d\n".formatted(volume.pathTables().little()),
            "M Path table start:     %d\n".formatted(volume.pathTables().big()),
            "Volume size is: %d\n".formatted(volume.blocks()),
            "Root directory extent:  %d size: %d\n"
                .formatted(volume.root().block(), volume.root().length()));
  }

  private static byte[] content(IsoImage image, String path, long from) throws IOException {
    IsoFile file = (IsoFile) image.entry(path).orElseThrow();
    try (InputStream in = image.read(file, from)) {
      return in.readAllBytes();
    }
  }

  @Test
  void everyEntryKnowsItsDirectoryRecord() throws Exception {
    Path iso =
        written(
            Written.GENISOIMAGE_ROCK_RIDGE,
            CuriousTree.in(Files.createDirectory(folder.resolve("tree"))));
    byte[] octets = Files.readAllBytes(iso);
    try (IsoImage image = IsoImage.open(iso)) {
      for (IsoEntry entry : image.entries()) {
        int at = (int) entry.record();
        int block = ByteBuffer.wrap(octets, at + 6, 4).getInt();
        switch (entry) {
          case IsoFile file -> assertThat(file.extents().getFirst().block()).isEqualTo(block);
          case IsoDirectory directory -> {
            boolean isMoved = (octets[at + 25] & 2) == 0;
            assertThat(directory.extent().block() == block).isNotEqualTo(isMoved);
          }
          case IsoEntry.IsoLink _ -> assertThat(octets[at + 25]).isZero();
        }
      }
      assertThat(image.entry("deep0")).isPresent();
      assertThat(image.entry("deep")).isEmpty();
    }
  }

  @Test
  void aFileIsReadFromAnyOffset() throws Exception {
    Path iso = IsoReplica.rocky10(Media.BOOT).write(folder);
    try (IsoImage image = IsoImage.open(iso)) {
      byte[] all = content(image, "images/install.img", 0);
      for (int from : new int[] {1, 2047, 2048, 2049, all.length - 1, all.length}) {
        assertThat(content(image, "images/install.img", from))
            .isEqualTo(Arrays.copyOfRange(all, from, all.length));
      }
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> content(image, "images/install.img", all.length + 1));
    }
  }

  /**
   * Two sections, as xorriso would write them: a volume of ours, changed by hand and sparse, since
   * gigabytes take xorriso half a minute.
   */
  @Test
  void aFileOfMoreThanFourGibibytes() throws Exception {
    byte[] octets = volume("big", "mid", "small");
    List<Long> records =
        IsoImage.of(Medium.of(octets)).entries().stream().map(IsoEntry::record).toList();
    long section = 0xffff_f800L;
    long block = 100;
    section(octets, records.get(0), block, section, 0x80);
    section(octets, records.get(1), block + section / 2048, 3000, 0);
    Path iso = Files.write(folder.resolve("big.iso"), octets);
    String border = "what stands at the border of both";
    try (FileChannel channel = FileChannel.open(iso, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(border.getBytes(UTF_8)), block * 2048 + section - 9);
      channel.write(ByteBuffer.allocate(1), block * 2048 + section + 2 * 2048 - 1);
    }
    try (IsoImage image = IsoImage.open(iso)) {
      IsoFile big = (IsoFile) image.entry("big").orElseThrow();
      assertThat(big.extents()).hasSize(2);
      assertThat(big.length()).isEqualTo(section + 3000);
      assertThat(image.entries()).hasSize(2);
      assertThat(content(image, "small", 0)).asString().isEqualTo("of small");
      try (InputStream in = image.read(big, section - 9)) {
        assertThat(in.readNBytes(border.length())).asString().isEqualTo(border);
      }
      assertThat(content(image, "big", section + 2990)).hasSize(10);
      sameExtents(iso, image);
    }
  }

  private static byte[] volume(String... names) throws IOException {
    List<FileSection> files = new ArrayList<>();
    for (String name : names) {
      files.add(new FileSection(name, 0600, ("of " + name).getBytes(UTF_8)));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Volume("cidata", IsoReplica.DATE, files).write(out);
    return out.toByteArray();
  }

  /** Makes a directory record that of a section of the volume's first file. */
  private static void section(byte[] image, long record, long block, long length, int flags) {
    byte[] numbers = new Field().both32(block).both32(length).octets();
    System.arraycopy(numbers, 0, image, (int) record + 2, numbers.length);
    image[(int) record + 25] = (byte) flags;
    String names = new String(image, (int) record + 33, 90, ISO_8859_1);
    byte[] same = names.replace("FILE0001", "FILE0000").replace("mid", "big").getBytes(ISO_8859_1);
    System.arraycopy(same, 0, image, (int) record + 33, same.length);
  }

  @Test
  void ourOwnVolumesAreRead() throws Exception {
    Path iso = folder.resolve("seed.iso");
    Files.write(iso, volume("user-data"));
    try (IsoImage image = IsoImage.open(iso)) {
      assertThat(image.label()).isEqualTo("cidata");
      assertThat(image.volume().names()).isEqualTo(Names.ROCK_RIDGE);
      IsoFile read = (IsoFile) image.entries().getFirst();
      assertThat(read.mode()).isEqualTo(0600);
      assertThat(read.modified()).isEqualTo(IsoReplica.DATE);
      assertThat(content(image, "user-data", 0)).asString().isEqualTo("of user-data");
    }
  }
}
