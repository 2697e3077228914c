package org.barestack.format.fat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.barestack.format.fat.Volumes.Kind;
import org.barestack.format.image.Medium;
import org.junit.jupiter.api.Test;

/** File systems of other programs read, and changed so that these find nothing wrong. */
class FatImageTest {
  private static FatImage read(byte[] image) throws IOException, FatException {
    return FatImage.read(Medium.of(image), 0, image.length);
  }

  private static SplittableRandom random(String what) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println(what + ": -Dseed=" + seed);
    return new SplittableRandom(seed);
  }

  @Test
  void readsWhatMcopyWrote() throws IOException, FatException {
    SplittableRandom random = random("fat read");
    for (Kind kind : Kind.ALL) {
      Map<String, byte[]> files = Volumes.random(random, 25, 3000);
      byte[] image = Volumes.made(kind, files);
      FatImage fat = read(image);
      assertThat(fat.type().bits()).isEqualTo(kind.bits());
      assertThat(fat.clusterLength()).isEqualTo(kind.clusterSectors() * 512);
      assertThat(fat.label()).isEqualTo("ANACONDA");
      assertThat(fat.volumeId()).isEqualTo(0x1badcafeL);
      assertThat(Volumes.files(fat)).as(kind.toString()).containsExactlyInAnyOrderEntriesOf(files);
      assertThat(fat.entries().stream().map(FatEntry::path).sorted())
          .containsExactlyElementsOf(Volumes.listed(image));
      assertThat(fat.entry("NoSuch")).isEmpty();
    }
  }

  /** New files, longer and shorter ones, new directories: all judged by fsck.fat and mtools. */
  @Test
  void writesWhatOthersRead() throws IOException, FatException {
    SplittableRandom random = random("fat write");
    for (Kind kind : Kind.ALL) {
      Map<String, byte[]> files = new TreeMap<>(Volumes.random(random, 15, 3000));
      byte[] image = Volumes.made(kind, files);
      for (int round = 0; round < 3; round++) {
        Map<String, byte[]> changes = changes(random, files, round == 2 ? 20_000 : 2_000);
        byte[] before = image;
        image = read(before).with(changes);
        assertThat(read(before).with(changes)).isEqualTo(image);
        files.putAll(changes);
        FatImage now = read(image);
        assertThat(Volumes.files(now)).containsExactlyInAnyOrderEntriesOf(files);
        assertThat(Volumes.judged(image))
            .as(kind + " round " + round)
            .containsExactlyInAnyOrderEntriesOf(files);
        assertThat(now.label()).isEqualTo("ANACONDA");
        assertThat(now.volumeId()).isEqualTo(0x1badcafeL);
        assertThat(now.type().bits()).isEqualTo(kind.bits());
        assertThat(Arrays.copyOf(image, 11)).isEqualTo(Arrays.copyOf(before, 11));
        assertThat(Arrays.copyOfRange(image, 90, 510))
            .isEqualTo(Arrays.copyOfRange(before, 90, 510));
      }
    }
  }

  private static Map<String, byte[]> changes(
      SplittableRandom random, Map<String, byte[]> files, int longest) {
    Map<String, byte[]> changes = new TreeMap<>();
    Volumes.random(random, 8, longest)
        .forEach(
            (path, content) -> changes.put("new" + random.nextInt(1000) + "/" + path, content));
    for (String path : List.copyOf(files.keySet())) {
      if (random.nextInt(3) == 0) {
        byte[] content = new byte[random.nextInt(longest)];
        random.nextBytes(content);
        changes.put(path, content);
      }
    }
    return changes;
  }

  /** What fits changes the file and its entry, and not an octet else. */
  @Test
  void changesLittle() throws IOException, FatException {
    for (Kind kind : Kind.ALL) {
      byte[] image =
          Volumes.made(
              kind,
              Map.of(
                  "EFI/BOOT/grub.cfg",
                  Volumes.text("set timeout=60\n"),
                  "EFI/BOOT/BOOTX64.EFI",
                  new byte[9000]));
      assertThat(read(image).with(Map.of())).isEqualTo(image);
      assertThat(read(image).with(Map.of("efi/boot/GRUB.CFG", Volumes.text("set timeout=60\n"))))
          .isEqualTo(image);
      byte[] text = Volumes.text("set timeout=5\n# another\n");
      byte[] changed = read(image).with(Map.of("EFI/BOOT/grub.cfg", text));
      assertThat(changed).hasSameSizeAs(image);
      int different = 0;
      for (int i = 0; i < image.length; i++) {
        different += image[i] == changed[i] ? 0 : 1;
      }
      assertThat(different).isBetween(2, text.length + 2);
      assertThat(Volumes.judged(changed).get("EFI/BOOT/grub.cfg")).isEqualTo(text);
      assertThat(read(changed).entry("EFI/BOOT/grub.cfg").orElseThrow().modified())
          .isEqualTo(read(image).entry("EFI/BOOT/grub.cfg").orElseThrow().modified());
    }
  }

  /** As long as it must be: a file that needs one cluster more makes it some 2048 octets longer. */
  @Test
  void growsByWhatIsNeeded() throws IOException, FatException {
    for (Kind kind : Kind.ALL) {
      byte[] image = Volumes.made(kind, Map.of("a", new byte[100]));
      FatImage fat = read(image);
      byte[] fills = new byte[(int) fat.free()];
      Arrays.fill(fills, (byte) 'f');
      byte[] full = fat.with(Map.of("fill", fills));
      assertThat(full).hasSameSizeAs(image);
      assertThat(read(full).free()).isZero();
      byte[] longer = read(full).with(Map.of("b", new byte[1]));
      assertThat(read(longer).length() % 2048).isZero();
      assertThat(read(longer).length() - read(full).length())
          .as(kind.toString())
          .isPositive()
          .isLessThan(fat.clusterLength() + 2048 + 2 * 512 + 1);
      assertThat(Volumes.judged(longer)).containsOnlyKeys("a", "b", "fill");

      byte[] much = new byte[1_500_000];
      new SplittableRandom(1).nextBytes(much);
      if (kind.equals(new Kind(12, 4, 3_000)) || kind.bits() != 12) {
        byte[] muchLonger = read(full).with(Map.of("sub/Much more.bin", much));
        assertThat(Volumes.judged(muchLonger).get("sub/Much more.bin")).isEqualTo(much);
        assertThat(muchLonger.length % 2048).isZero();
        int limit = muchLonger.length - 1;
        assertThatThrownBy(() -> read(full).with(Map.of("sub/Much more.bin", much), limit))
            .isInstanceOf(FatException.class)
            .hasMessageContaining("and may have at most " + limit);
      }
    }
  }

  @Test
  void staysTheKindOfFatThatItIs() throws IOException, FatException {
    FatImage fat = read(Volumes.made(new Kind(12, 1, 1_900), Map.of()));
    assertThatThrownBy(() -> fat.with(Map.of("x", new byte[3_000_000])))
        .isInstanceOf(FatException.class)
        .hasMessageContaining("and FAT12 has at most 4084");
    int last = 4084 * 512;
    byte[] longest = fat.with(Map.of("x", new byte[last]));
    assertThat(read(longest).type()).isEqualTo(FatType.FAT12);
    assertThat(read(longest).free()).isZero();
    assertThat(Volumes.judged(longest)).containsOnlyKeys("x");
    assertThatThrownBy(() -> fat.with(Map.of("x", new byte[last + 1])))
        .isInstanceOf(FatException.class);
  }

  /** Of short names, each is there once, and mdir shows them with the long ones. */
  @Test
  void shortNames() throws IOException, FatException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name :
        List.of(
            "UPPER.TXT",
            "lower.txt",
            "A long name.text",
            "A long name.texts",
            "A LONG NOTE.TEX",
            "no-extension-here",
            ".hidden",
            "a.b.c",
            "ünïcode.cfg",
            "雪.cfg",
            "+=,;[].x",
            "ANACONDA")) {
      files.put(name, Volumes.text(name));
    }
    for (int i = 0; i < 120; i++) {
      files.put("sub/many of them " + i + ".cfg", Volumes.text("" + i));
    }
    byte[] image = read(Volumes.made(new Kind(16, 4, 12_288), Map.of())).with(files);
    assertThat(Volumes.judged(image)).containsExactlyInAnyOrderEntriesOf(files);
    assertThat(read(image).content("sub/Many OF them 6.CFG")).isEqualTo(Volumes.text("6"));
    assertThat(
            Volumes.files(read(read(image).with(Map.of("SUB/MANYOF~1.CFG", new byte[3]))))
                .get("sub/many of them 0.cfg"))
        .isEqualTo(new byte[3]);
  }

  /** Windows and Linux turn the letters of the code page, mtools only those of ASCII. */
  @Test
  void shortNamesInLowerCase() throws IOException, FatException {
    byte[] image = Volumes.made(new Kind(12, 1, 200), Map.of("é-9f6", new byte[1]));
    assertThat(read(image).entries()).extracting(FatEntry::path).containsExactly("é-9f6");
  }

  @Test
  void namesThatNoFileCanHave() throws IOException, FatException {
    FatImage fat = read(Volumes.made(new Kind(12, 1, 200), Map.of("d/f", new byte[1])));
    for (String path :
        List.of(
            "",
            "/a",
            "a//b",
            "a/",
            ".",
            "a/../b",
            "a:b",
            "a\nb",
            "a.",
            "a ",
            "x".repeat(256),
            "d",
            "d/f/g",
            "a/".repeat(33) + "a")) {
      assertThatThrownBy(() -> fat.with(Map.of(path, new byte[1])))
          .as(path)
          .isInstanceOf(FatException.class)
          .hasMessageStartingWith("file ");
    }
    Map<String, byte[]> many = new TreeMap<>();
    for (int i = 0; i < 600; i++) {
      many.put("F" + i, new byte[0]);
    }
    assertThatThrownBy(() -> fat.with(many))
        .isInstanceOf(FatException.class)
        .hasMessage("root directory: it has room for 512 entries and no more");
  }

  /** It may lie anywhere, and be shorter than its place. */
  @Test
  void liesWithinSomethingLonger() throws IOException, FatException {
    byte[] image = Volumes.made(new Kind(12, 1, 200), Map.of("f", Volumes.text("here")));
    byte[] around = new byte[image.length + 9000];
    System.arraycopy(image, 0, around, 5000, image.length);
    FatImage fat = FatImage.read(Medium.of(around), 5000, image.length + 2000);
    assertThat(fat.content("f")).isEqualTo(Volumes.text("here"));
    assertThat(fat.length()).isEqualTo(image.length);
    assertThat(fat.with(Map.of("f", Volumes.text("there")))).hasSize(image.length + 2000);
  }
}
