package org.barestack.format.fat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.barestack.format.fat.Volumes.Kind;
import org.barestack.format.image.Medium;
import org.barestack.testing.Fuzz;
import org.junit.jupiter.api.Test;

/** Whatever a file system says, reading it ends, and stays inside. */
public class HostileFatTest {
  private static final Pattern PLACE =
      Pattern.compile("(boot sector|root directory|file system|file .*|directory .*): .+");
  private static final Pattern VARYING = Pattern.compile("(file|directory) [^:]*|[^a-z]+");

  /** Octets of one change: where to, and how. */
  private static final int CHANGE = 6;

  private static final List<Image> IMAGES =
      List.of(
          new Image(new Kind(12, 1, 200)),
          new Image(new Kind(16, 1, 2_200)),
          new Image(new Kind(32, 1, 400)));

  /** A good one, which is changed in place and mended again. */
  private static final class Image {
    private final byte[] octets;
    private final Layout layout;

    /** Octets that say something: boot sector, table, directories. */
    private final List<Integer> telling = new ArrayList<>();

    Image(Kind kind) {
      Map<String, byte[]> files = new TreeMap<>();
      files.put("EFI/BOOT/grub.cfg", new byte[700]);
      files.put("EFI/BOOT/BOOTX64.EFI", new byte[3000]);
      files.put("EFI/BOOT/fonts/unicode and more.pf2", new byte[1200]);
      files.put("empty file", new byte[0]);
      try {
        // mtools knows no FAT32 as small as this, mkfs.vfat and Linux do
        octets = read(Volumes.made(kind, Map.of())).with(files);
        layout = Layout.read(octets, octets.length);
      } catch (IOException | FatException e) {
        throw new AssertionError(e);
      }
      for (int at = 0; at < 90; at++) {
        telling.add(at);
      }
      for (int at = 0; at < 60; at++) {
        telling.add((int) layout.table(0) + at);
      }
      for (int at = 512; at < octets.length; at += Slot.LENGTH) {
        boolean isSlot = octets[at] >= ' ' || (octets[at + 11] & 0xff) == Slot.LONG;
        for (int i = 0; isSlot && octets[at + 11] != 0 && i < Slot.LENGTH; i++) {
          telling.add(at + i);
        }
      }
    }
  }

  private static FatImage read(byte[] image) throws IOException, FatException {
    return FatImage.read(Medium.of(image), 0, image.length);
  }

  private interface Harm {
    void to(byte[] octets, Layout layout);
  }

  private static int slot(byte[] octets, String name) {
    byte[] wanted = name.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (int at = 512; at < octets.length; at += Slot.LENGTH) {
      if (Arrays.equals(octets, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    throw new AssertionError(name);
  }

  private static void chain(byte[] octets, Layout layout, int cluster, int next) {
    Little.put16(octets, (int) layout.table(0) + 2 * cluster, next);
  }

  private static int first(byte[] octets, String name) {
    return Little.get16(octets, slot(octets, name) + 26);
  }

  @Test
  void eachHarmIsNamed() {
    Map<String, Harm> harms = new TreeMap<>();
    harms.put(
        "file EFI/BOOT/BOOTX64.EFI: its chain leads to cluster 60000 of 2 to",
        (octets, layout) -> chain(octets, layout, first(octets, "BOOTX64 EFI"), 60_000));
    harms.put(
        "file EFI/BOOT/BOOTX64.EFI: its chain leads to cluster 1 of 2 to",
        (octets, layout) -> chain(octets, layout, first(octets, "BOOTX64 EFI"), 1));
    harms.put(
        "file EFI/BOOT/BOOTX64.EFI: its chain breaks off at cluster",
        (octets, layout) -> chain(octets, layout, first(octets, "BOOTX64 EFI"), 0));
    harms.put(
        "which it or another one has already",
        (octets, layout) ->
            chain(octets, layout, first(octets, "BOOTX64 EFI"), first(octets, "BOOTX64 EFI")));
    harms.put(
        "directory EFI/BOOT: its chain leads to cluster",
        (octets, layout) ->
            Little.put16(octets, slot(octets, "BOOT    ") + 26, first(octets, "EFI     ")));
    harms.put(
        "directory EFI/BOOT: a directory without a cluster",
        (octets, layout) -> Little.put16(octets, slot(octets, "BOOT    ") + 26, 0));
    harms.put(
        "file EFI/BOOT/BOOTX64.EFI: it has 4294967295 octets, and its chain ends after 6",
        (octets, layout) -> Little.put32(octets, slot(octets, "BOOTX64 EFI") + 28, 0xffff_ffffL));
    harms.put(
        "file EFI/BOOT/BOOT\\u000a64.EFI: a name that no file can have",
        (octets, layout) -> octets[slot(octets, "BOOTX64 EFI") + 4] = '\n');
    harms.put(
        "boot sector: no FAT file system: sectors of 511",
        (octets, layout) -> Little.put16(octets, 11, 511));
    harms.put("boot sector: no FAT file system: clusters of 0", (octets, layout) -> octets[13] = 0);
    harms.put("boot sector: no FAT file system: no room", (octets, layout) -> octets[16] = 0);
    harms.put("boot sector: no FAT file system: media", (octets, layout) -> octets[21] = 1);
    harms.put(
        "boot sector: it says that it has 65535 sectors",
        (octets, layout) -> Little.put16(octets, 19, 65_535));
    harms.put("boot sector: no sectors behind", (octets, layout) -> Little.put16(octets, 19, 20));
    harms.put(
        "boot sector: a root directory of 0", (octets, layout) -> Little.put16(octets, 17, 0));
    harms.put(
        "boot sector: a table of 65535", (octets, layout) -> Little.put16(octets, 22, 65_535));
    harms.forEach((message, harm) -> {
      Image good = IMAGES.get(1);
      byte[] octets = good.octets.clone();
      harm.to(octets, good.layout);
      assertThatThrownBy(() -> read(octets))
          .as(message)
          .isInstanceOf(FatException.class)
          .hasMessageContaining(message);
    });
    assertThatThrownBy(() -> read(new byte[100]))
        .hasMessage("boot sector: there are only 100 octets");
  }

  @Test
  void tooDeepAndTooMany() throws IOException, FatException {
    byte[] empty = Volumes.made(new Kind(32, 1, 40_000), Map.of());
    byte[] deep = read(empty).with(Map.of("d/".repeat(31) + "f", new byte[1]));
    assertThat(read(deep).entries()).hasSize(32);
    Map<String, byte[]> many = new TreeMap<>();
    for (int i = 0; i < 66; i++) {
      many.put("D" + i + "/X", new byte[1]);
    }
    byte[] image = read(empty).with(many);
    assertThat(read(image).entries()).hasSize(132);
  }

  /** Changes at random, several at a time; what can be read can be written, and is read again. */
  @Test
  void everyChangeIsSurvived() {
    List<byte[]> seeds = new ArrayList<>();
    for (int image = 0; image < IMAGES.size(); image++) {
      seeds.add(new byte[] {(byte) image});
      for (int at = 0; at < IMAGES.get(image).telling.size(); at += 7) {
        seeds.add(input(image, at, at % 12, at * 31));
      }
    }
    List<byte[]> words = new ArrayList<>();
    for (int which = 0; which < 16; which++) {
      words.add(Arrays.copyOfRange(input(0, 17 * which, which, which * 7), 1, 1 + CHANGE));
    }
    Fuzz.run("fat", 60_000, seeds, words, HostileFatTest::take);
  }

  private static byte[] input(int image, int where, int how, int value) {
    return ByteBuffer.allocate(1 + CHANGE)
        .put((byte) image)
        .putShort((short) where)
        .putShort((short) value)
        .put((byte) how)
        .put((byte) 0)
        .array();
  }

  /** For {@code make fuzz}. */
  public static void fuzzerTestOneInput(byte[] input) {
    take(input);
  }

  /** Which image, then changes. */
  private static Object take(byte[] input) {
    if (input.length == 0) {
      return "nothing";
    }
    Image image = IMAGES.get((input[0] & 0xff) % IMAGES.size());
    List<int[]> before = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(input, 1, input.length - 1);
    while (in.remaining() >= CHANGE && before.size() < 64) {
      int at = image.telling.get((in.getShort() & 0xffff) % image.telling.size());
      int value = in.getShort();
      int how = in.get() & 0xff;
      in.get();
      before.add(new int[] {at, image.octets[at]});
      image.octets[at] =
          switch (how % 6) {
            case 0 -> (byte) value;
            case 1 -> (byte) (image.octets[at] ^ (1 << (value & 7)));
            case 2 -> (byte) 0xff;
            case 3 -> 0;
            case 4 -> (byte) (image.octets[at] + 1);
            default -> (byte) (value >> 8);
          };
    }
    try {
      return outcome(image.octets, input.length % 4 == 0);
    } finally {
      for (int[] one : before.reversed()) {
        image.octets[one[0]] = (byte) one[1];
      }
    }
  }

  private static Object outcome(byte[] octets, boolean alsoWrite) {
    try {
      FatImage fat = read(octets);
      Map<String, byte[]> files = Volumes.files(fat);
      for (String path : files.keySet()) {
        assertThat(path).doesNotContainPattern("(^|/)\\.{0,2}(/|$)|[\\x00-\\x1f]");
      }
      return fat.type() + " " + files.size() + (alsoWrite ? written(fat, files) : "");
    } catch (FatException e) {
      return where(e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String written(FatImage fat, Map<String, byte[]> files) throws IOException {
    Map<String, byte[]> wanted = new TreeMap<>(files);
    wanted.put("EFI/BOOT/new and long.cfg", new byte[5_000]);
    byte[] image;
    try {
      image = fat.with(Map.of("EFI/BOOT/new and long.cfg", new byte[5_000]), 8 << 20);
    } catch (FatException e) {
      return where(e);
    }
    try {
      Map<String, byte[]> now = Volumes.files(read(image));
      files.forEach((path, content) -> assertThat(now.get(path)).isEqualTo(content));
      assertThat(now).hasSameSizeAs(wanted);
      return "written";
    } catch (FatException e) {
      throw new AssertionError(e);
    }
  }

  private static String where(FatException e) {
    assertThat(e.getMessage()).matches(PLACE);
    return VARYING.matcher(String.valueOf(e.getMessage())).replaceAll(" ");
  }
}
