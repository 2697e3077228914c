package org.barestack.format.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.barestack.format.disk.Chs.Geometry;
import org.barestack.format.disk.Finding.Kind;
import org.barestack.format.image.Medium;
import org.barestack.testing.Command;
import org.barestack.testing.Golden;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that sgdisk, sfdisk and xorriso wrote, and what these say of ours. */
class PartitionTablesTest {
  private static final int SECTORS = 40_960;

  @TempDir private Path folder;

  private Path sgdisk(String... arguments) throws IOException {
    Path disk = empty(SECTORS);
    List<String> words = new ArrayList<>(List.of("sgdisk"));
    words.addAll(List.of(arguments));
    words.add(disk.toString());
    run(words.toArray(String[]::new));
    return disk;
  }

  private Path sfdisk(String script) throws IOException {
    Path disk = empty(SECTORS);
    Command.Result result = Command.of("sfdisk", "--quiet", disk.toString()).input(script).run();
    assertThat(result.status()).as(result.all()).isZero();
    return disk;
  }

  private Path empty(long sectors) throws IOException {
    Path disk = Files.createTempFile(folder, "disk", ".img");
    run("truncate", "-s", Long.toString(sectors * 512), disk.toString());
    return disk;
  }

  private static String run(String... words) {
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(String.join(" ", words) + "\n" + result.all()).isZero();
    return result.output();
  }

  private static PartitionTables read(byte[] disk) throws IOException {
    return PartitionTables.read(Medium.of(disk));
  }

  private static PartitionTables read(Path disk) throws IOException {
    return read(Files.readAllBytes(disk));
  }

  private Path several() throws IOException {
    return sgdisk(
        "--disk-guid=11111111-2222-3333-4444-555555555555",
        "--set-alignment=1",
        "--resize-table=200",
        "--new=1:64:2047",
        "--partition-guid=1:01234567-89ab-cdef-0123-456789abcdef",
        "--change-name=1:Grüße, 你好",
        "--new=7:4096:8191",
        "--typecode=7:ef00",
        "--partition-guid=7:00000000-0000-0000-0000-00000000000a",
        "--attributes=7:set:0",
        "--attributes=7:set:60",
        "--change-name=7:" + "n".repeat(36),
        "--new=200:8192:40000",
        "--partition-guid=200:00000000-0000-0000-0000-00000000000b");
  }

  private static String mbr() {
    return """
    label: dos
    label-id: 0x1badcafe
    start=2048, size=2048, type=ef, bootable
    start=4096, size=8192, type=83
    start=16384, type=c
    """;
  }

  private Map<String, Path> real() throws IOException {
    return Map.of(
        "sgdisk", several(),
        "sfdisk-dos", sfdisk(mbr()),
        "rocky9", IsoReplica.rocky9(Media.BOOT).write(Files.createTempDirectory(folder, "el9")),
        "rocky10", IsoReplica.rocky10(Media.BOOT).write(Files.createTempDirectory(folder, "el10")));
  }

  @Test
  void realOnes() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, Path> disk : real().entrySet()) {
      texts.put(disk.getKey() + ".txt", text(read(disk.getValue())));
    }
    Golden.check("format/disk", texts);
  }

  private static String text(PartitionTables tables) {
    StringBuilder text = new StringBuilder(tables.sectors() + " sectors\n");
    tables
        .mbr()
        .ifPresent(mbr -> {
          text.append("MBR %08x code %s%n".formatted(mbr.diskId(), mbr.hasCode()));
          mbr.partitions().forEach(entry -> text.append("  ").append(entry).append('\n'));
        });
    tables.gpt().ifPresent(gpt -> text.append(text("GPT", gpt)));
    tables.backup().ifPresent(gpt -> text.append(text("backup", gpt)));
    text.append("in force: ").append(tables.inForce().isPresent() ? "GPT\n" : "MBR\n");
    tables.findings().forEach(one -> text.append(one.kind()).append(' ').append(one).append('\n'));
    return text.toString();
  }

  private static String text(String what, Gpt gpt) {
    StringBuilder text = new StringBuilder(what + " sound " + gpt.isSound() + "\n");
    text.append("  ").append(gpt.header()).append('\n');
    gpt.partitions().forEach(entry -> text.append("  ").append(entry).append('\n'));
    return text.toString();
  }

  /** What they write themselves is what they wrote before. */
  @Test
  void nothingChangedIsTheSameOctets() throws IOException {
    for (Path disk : real().values()) {
      byte[] octets = Files.readAllBytes(disk);
      PartitionTables tables = read(octets);
      Mbr mbr = tables.mbr().orElseThrow();
      for (MbrEntry entry : mbr.entries()) {
        mbr = mbr.with(entry);
      }
      assertThat(mbr.octets()).isEqualTo(Arrays.copyOf(octets, 512));
      if (tables.gpt().isPresent()) {
        Gpt gpt = tables.gpt().get();
        for (GptEntry entry : gpt.partitions()) {
          gpt = gpt.with(entry);
        }
        byte[] again = octets.clone();
        write(gpt.resized(tables.sectors()), again);
        assertThat(again).isEqualTo(octets);
      }
    }
  }

  private static void write(Gpt gpt, byte[] disk) {
    gpt.octets()
        .forEach((at, octets) -> System.arraycopy(octets, 0, disk, at.intValue(), octets.length));
  }

  /** A disk that has become longer, and partitions elsewhere: sgdisk has nothing to say. */
  @Test
  void longerDiskAndOtherRanges() throws IOException {
    for (String name : List.of("sgdisk", "rocky10")) {
      byte[] octets = Files.readAllBytes(real().get(name));
      PartitionTables before = read(octets);
      long sectors = before.sectors() + 3000;
      Gpt gpt = before.gpt().orElseThrow().resized(sectors);
      GptEntry last = gpt.partitions().getLast();
      gpt = gpt.with(last.withRange(last.first() + 8, sectors - 100));
      byte[] longer = Arrays.copyOf(octets, (int) sectors * 512);
      write(gpt, longer);
      Mbr mbr = before.mbr().orElseThrow();
      MbrEntry whole = mbr.entries().getFirst();
      mbr = mbr.with(whole.withRange(1, sectors - 1, Geometry.ofImage(sectors)));
      System.arraycopy(mbr.octets(), 0, longer, 0, 512);

      PartitionTables after = read(longer);
      assertThat(after.findings()).isEmpty();
      assertThat(after.gpt().orElseThrow().header().disk())
          .isEqualTo(before.gpt().orElseThrow().header().disk());
      assertThat(after.inForce().orElseThrow().partitions().getLast().last())
          .isEqualTo(sectors - 100);
      Path file = Files.write(folder.resolve(name), longer);
      assertThat(run("sgdisk", "-v", file.toString())).contains("No problems found");
      assertThat(run("sfdisk", "-d", file.toString()))
          .contains("size=%12d".formatted(sectors - 100 - last.first() - 8 + 1));
    }
  }

  /** Of xorriso's hybrid images, too: the numbers that it would have written. */
  @Test
  void cylindersAsXorrisoCountsThem() throws IOException {
    for (int major : List.of(9, 10)) {
      Path work = Files.createTempDirectory(folder, "el");
      Path iso =
          (major == 9 ? IsoReplica.rocky9(Media.BOOT) : IsoReplica.rocky10(Media.BOOT))
              .with("images/install.img", new byte[7_000_000])
              .write(work);
      PartitionTables tables = read(iso);
      MbrEntry whole = tables.mbr().orElseThrow().entries().getFirst();
      MbrEntry moved =
          whole
              .withRange(5, 6, new Geometry(255, 63))
              .withRange(whole.start(), whole.sectors(), Geometry.ofImage(tables.sectors()));
      assertThat(moved.last()).isEqualTo(whole.last());
    }
    assertThat(Geometry.ofImage(5_358_208)).isEqualTo(new Geometry(164, 32)); // seen of xorriso
    assertThat(Geometry.ofImage(20_000_000)).isEqualTo(new Geometry(255, 63));
    assertThat(Chs.of(20_000_000, new Geometry(255, 63))).isEqualTo(Chs.BEYOND);
  }

  private record Bad(int at, int value, String finding) {}

  /** Octets of a good disk that are made others, and what is then said. */
  @Test
  void eachClaimIsChecked() throws IOException {
    byte[] good = Files.readAllBytes(several());
    assertThat(read(good).findings()).isEmpty();
    int backup = (SECTORS - 1) * 512;
    for (Bad bad :
        List.of(
            new Bad(446, 0x40, "MBR, partition 1: its status is 0x40, where 0 or 0x80 belong"),
            new Bad(454, 2, "MBR, partition 1: it shall keep a GPT from harm and begins at sector"),
            new Bad(459, 3, "MBR, partition 1: it shall keep a GPT from harm and ends at sector"),
            new Bad(512, 'X', "MBR: it says that there is a GPT, and at sector 1 there is none"),
            new Bad(512 + 8, 1, "GPT at sector 1: its revision is 0x10001"),
            new Bad(512 + 12, 9, "GPT at sector 1: its header has 9 octets"),
            new Bad(512 + 16, 0, "GPT at sector 1: the header's check sum is wrong"),
            new Bad(512 + 24, 5, "GPT at sector 1: it says that it is at sector 5"),
            new Bad(512 + 32, 9, "GPT at sector 1: its backup should be in the disk's last sector"),
            new Bad(512 + 40, 9, "GPT at sector 1: it lies within the sectors that can be used"),
            new Bad(512 + 54, 9, "GPT at sector 1: it says that sectors"),
            new Bad(512 + 79, 0x80, "GPT at sector 1: 200 entries of 128 octets from sector"),
            new Bad(512 + 83, 1, "GPT at sector 1: 16777416 entries of 128 octets"),
            new Bad(512 + 84, 0, "GPT at sector 1: its entries have 0 octets"),
            new Bad(512 + 88, 0, "GPT at sector 1: the entries' check sum is wrong"),
            new Bad(1024 + 32, 50, "GPT at sector 1, partition 1: it goes from sector 50 to 2047"),
            new Bad(1024 + 41, 0x20, "GPT at sector 1, partition 7: it overlaps partition 1"),
            new Bad(1024 + 47, 0x80, "GPT at sector 1, partition 1: it goes from sector 64 to 92"),
            new Bad(backup, 'X', "GPT at sector 1: its backup should be at sector 40959, and is"),
            new Bad(backup + 56, 0, "it is not the same as what it is the backup of"),
            new Bad(backup + 16, 0, ": the header's check sum is wrong"))) {
      byte[] octets = good.clone();
      octets[bad.at] = (byte) bad.value;
      assertThat(read(octets).findings())
          .as(bad.toString())
          .anySatisfy(one -> {
            assertThat(one.toString()).contains(bad.finding);
            assertThat(one.kind()).isEqualTo(Kind.WRONG);
          });
    }
  }

  @Test
  void brokenPrimaryLeavesTheBackupInForce() throws IOException {
    byte[] octets = Files.readAllBytes(several());
    octets[1024] ^= 1;
    PartitionTables tables = read(octets);
    assertThat(tables.gpt().orElseThrow().isSound()).isFalse();
    assertThat(tables.inForce()).isEqualTo(tables.backup()).isPresent();
    assertThatThrownBy(() -> tables.gpt().orElseThrow().octets())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> tables.backup().orElseThrow().octets())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void badTablesOfTheMbr() throws IOException {
    byte[] octets = Files.readAllBytes(sfdisk(mbr()));
    octets[446 + 16] = (byte) 0x80;
    octets[446 + 16 + 8] = 0;
    octets[446 + 16 + 9] = 9;
    octets[446 + 32 + 15] = 1;
    assertThat(read(octets).findings())
        .extracting(Finding::toString)
        .containsExactly(
            "MBR, partition 2: it overlaps partition 1",
            "MBR, partition 3: it ends at sector 16818175, and the disk has 40960",
            "MBR: more than one partition is active");
    octets[510] = 0;
    assertThat(read(octets).mbr()).isEmpty();
    assertThat(read(new byte[511]).mbr()).isEmpty();
  }

  @Test
  void namesThatAreNoTextStay() throws IOException {
    byte[] octets = Files.readAllBytes(several());
    octets[1024 + 56] = 0;
    octets[1024 + 57] = (byte) 0xd8;
    Gpt gpt = read(octets).gpt().orElseThrow();
    GptEntry entry = gpt.partitions().getFirst();
    byte[] written = Objects.requireNonNull(gpt.with(entry.withRange(70, 80)).octets().get(1024L));
    assertThat(written[57]).isEqualTo((byte) 0xd8);
    assertThat(ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN).getLong(40)).isEqualTo(80);
  }

  @Test
  void whatFitsNowhere() throws IOException {
    Gpt gpt = read(several()).gpt().orElseThrow();
    GptEntry entry = gpt.partitions().getFirst();
    assertThatThrownBy(() -> gpt.with(new GptEntry(201, entry.type(), entry.id(), 1, 2, 0, "")))
        .hasMessage("this GPT has no entry 201");
    assertThatThrownBy(() -> gpt.resized(100)).hasMessage("no room for a GPT in 100 sectors");
    assertThatThrownBy(() -> new GptEntry(1, entry.type(), entry.id(), 1, 2, 0, "n".repeat(37)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MbrEntry(1, 0, 0, Chs.BEYOND, Chs.BEYOND, 0, 1L << 32))
        .hasMessageContaining("2 TiB");
  }

  /** Whatever entries say, they are read as they were written; -Dseed=N repeats a run. */
  @Test
  void randomEntriesComeBack() throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("partition entries: -Dseed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] disk = Files.readAllBytes(several());
    Gpt gpt = read(disk).gpt().orElseThrow();
    Mbr mbr = read(disk).mbr().orElseThrow();
    for (int i = 0; i < 2000; i++) {
      GptEntry entry =
          new GptEntry(
              random.nextInt(1, 201),
              new UUID(random.nextLong(), random.nextLong() | 1),
              new UUID(random.nextLong(), random.nextLong()),
              random.nextLong(),
              random.nextLong(),
              random.nextLong(),
              "ab☃".repeat(random.nextInt(13)));
      gpt = gpt.with(entry);
      assertThat(gpt.partitions()).contains(entry);
      assertThat(gpt.isSound()).isTrue();
      MbrEntry old =
          new MbrEntry(
              random.nextInt(1, 5),
              random.nextInt(256),
              random.nextInt(256),
              new Chs(random.nextInt(1024), random.nextInt(256), random.nextInt(64)),
              new Chs(random.nextInt(1024), random.nextInt(256), random.nextInt(64)),
              random.nextLong(1L << 32),
              random.nextLong(1L << 32));
      mbr = mbr.with(old).withDiskId(random.nextLong(1L << 32));
      assertThat(mbr.entries()).contains(old);
    }
  }

  /** Any octets are read, or said to be wrong; -Dseed=N repeats a run. */
  @Test
  void anyOctets() throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("partition tables: -Dseed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] good = Files.readAllBytes(IsoReplica.rocky10(Media.BOOT).write(folder));
    int[] telling = {0, 1, 0x7f, 0x80, 0xff};
    Set<String> said = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      byte[] disk = random.nextInt(20) == 0 ? new byte[random.nextInt(4096)] : good.clone();
      if (disk.length < 4096) {
        random.nextBytes(disk);
      }
      for (int changes = random.nextInt(1, 9); changes > 0 && disk.length > 2048; changes--) {
        int front = random.nextInt(440, 1024 + 4 * 128);
        int back = disk.length - 1 - random.nextInt(512);
        disk[random.nextInt(5) == 0 ? back : front] =
            (byte) (random.nextBoolean() ? telling[random.nextInt(5)] : random.nextInt(256));
      }
      PartitionTables tables = read(disk);
      assertThat(tables.findings()).hasSizeLessThan(100);
      tables.findings().forEach(one -> said.add(one.problem().replaceAll("[0-9a-fx-]+", "#")));
      tables.gpt().filter(gpt -> gpt.isSound() && gpt.header().self() == 1).ifPresent(Gpt::octets);
    }
    assertThat(said).hasSizeGreaterThan(15);
  }
}
