package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.barestack.format.image.Content;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.OverlayMedium;
import org.barestack.format.iso.ImageMap.Field;
import org.barestack.format.iso.IsoEntry.IsoDirectory;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoEntry.IsoLink;
import org.junit.jupiter.api.Test;

/** Whatever an image says, making it anew is refused, or gives what can be read. */
class RemasterFuzzTest {
  private static final Pattern PLACE =
      Pattern.compile("sector [0-9]+, octet [0-9]+ \\(.+\\): .+", Pattern.DOTALL);

  private static final List<byte[]> IMAGES =
      List.of(
          SmallImages.rocky(9), SmallImages.rocky(10), SmallImages.curious(), SmallImages.joliet());

  /** What is put into all. */
  private static final Map<String, byte[]> PUT =
      new TreeMap<>(
          Map.of(
              "dir/one",
              "short".getBytes(UTF_8),
              "images/install.img",
              new byte[5_000],
              "new/folder/file",
              "new".getBytes(UTF_8),
              "isolinux/isolinux.bin",
              new byte[4_096]));

  /** Each field with telling numbers, and octets of the system area and the catalog. */
  @Test
  void everyFieldAtItsLimits() throws Exception {
    int inputs = 0;
    int refused = 0;
    for (byte[] image : IMAGES) {
      List<Field> fields = new ArrayList<>(ImageMap.of(image));
      for (int at = 432; at < 16 * 2048; at += at < 1_500 ? 4 : 1_000) {
        fields.add(new Field("system area " + at, at, 4, false));
      }
      int step = 0;
      for (Field field : fields) {
        for (long value : telling(image, field)) {
          step++;
          if (step % 7 != 0) {
            continue; // each field with some of them
          }
          byte[] changed = image.clone();
          field.put(changed, value);
          inputs++;
          refused += take(field.name() + " = " + value, changed) ? 0 : 1;
        }
      }
    }
    System.out.println("fuzz remaster: " + inputs + " inputs, " + refused + " refused");
    assertThat(inputs).isGreaterThan(3_000);
    assertThat(refused).isBetween(inputs / 10, inputs * 9 / 10);
  }

  private static long[] telling(byte[] image, Field field) {
    long blocks = image.length / 2048;
    int now = image[field.offset()] & 0xff;
    return new long[] {
      0, 1, -1, 0x7fff_ffff, 16, 20, blocks - 1, blocks, blocks + 1, 2048, now + 1, now - 1
    };
  }

  @Test
  void everyChangeIsSurvived() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Field>> fields = IMAGES.stream().map(ImageMap::of).toList();
    for (int i = 0; i < 3_000; i++) {
      int which = random.nextInt(IMAGES.size());
      byte[] changed = IMAGES.get(which).clone();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        if (random.nextInt(3) == 0) {
          changed[random.nextInt(Math.min(changed.length, 200_000))] ^=
              (byte) (1 << random.nextInt(8));
        } else {
          List<Field> all = fields.get(which);
          long other = random.nextInt(changed.length / 2048);
          all.get(random.nextInt(all.size())).put(changed, other);
        }
      }
      take("-Dseed=" + seed + ", input " + i, changed);
    }
    System.out.println("fuzz remaster: 3000 inputs, -Dseed=" + seed);
  }

  /** Whether it was made. */
  private static boolean take(String what, byte[] octets) throws IOException {
    IsoImage image;
    try {
      image = IsoImage.of(Medium.of(octets));
    } catch (IsoException e) {
      return false;
    }
    try {
      Overlay overlay = remade(image, octets);
      Overlay again = remade(image, octets);
      assertThat(again.length()).as(what).isEqualTo(overlay.length());
      check(what, image, overlay, octets);
      return true;
    } catch (IsoException e) {
      assertThat(e.getMessage()).as(what).matches(PLACE);
      return false;
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }

  private static Overlay remade(IsoImage image, byte[] octets) throws IOException, IsoException {
    Remaster remaster = Remaster.of(image);
    for (Map.Entry<String, byte[]> one : PUT.entrySet()) {
      boolean isFile =
          image
              .entry(one.getKey())
              .map(IsoFile.class::isInstance)
              .orElse(one.getKey().startsWith("new"));
      if (isFile) {
        remaster.put(one.getKey(), Content.of(one.getValue()));
      }
    }
    if (octets.length % 3 != 0 && remaster.efiPartition().isPresent()) {
      remaster.efiPartition(Content.of(new byte[30_000]));
    }
    return remaster.label("FUZZ").overlay();
  }

  /**
   * Where the boot catalog and what it names are, which are made anew: a change may have given
   * their files other names.
   */
  private static Set<Long> bootBlocks(byte[] octets) {
    ByteBuffer image = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    Set<Long> blocks = new HashSet<>();
    long catalog = image.getInt(17 * 2048 + 0x47) & 0xffff_ffffL;
    blocks.add(catalog);
    for (long at = catalog * 2048 + 32;
        at < Math.min(octets.length, catalog * 2048 + 2048);
        at += 32) {
      blocks.add(image.getInt((int) at + 8) & 0xffff_ffffL);
    }
    return blocks;
  }

  private static void check(String what, IsoImage old, Overlay overlay, byte[] octets)
      throws IOException {
    try (OverlayMedium medium = OverlayMedium.open(overlay, Medium.of(octets))) {
      IsoImage made = IsoImage.of(medium);
      assertThat(made.label()).as(what).isEqualTo("FUZZ");
      long efi = Remaster.of(old).efiPartition().map(Extent::block).orElse(-1L);
      Set<Long> boots = bootBlocks(octets);
      for (IsoEntry entry : old.entries()) {
        IsoEntry now =
            made.entry(entry.path()).orElseThrow(() -> new AssertionError(what + ": " + entry));
        assertThat(now.mode()).as(what + entry).isEqualTo(entry.mode());
        switch (entry) {
          case IsoDirectory _ -> assertThat(now).as(what).isInstanceOf(IsoDirectory.class);
          case IsoLink link ->
              assertThat(((IsoLink) now).target()).as(what).isEqualTo(link.target());
          case IsoFile file -> {
            byte[] put = PUT.get(file.path());
            boolean isEfi = file.extents().getFirst().block() == efi;
            boolean isBoot = boots.contains(file.extents().getFirst().block());
            if (!isEfi && !isBoot) {
              assertThat(read(made, (IsoFile) now))
                  .as(what + entry)
                  .isEqualTo(put == null ? read(old, file) : put);
            }
          }
        }
      }
      assertThat(read(made, (IsoFile) made.entry("new/folder/file").orElseThrow()))
          .as(what)
          .isEqualTo(PUT.get("new/folder/file"));
      for (ImageVolume volume : made.volumes()) {
        assertThat(made.entries(volume)).as(what).isNotEmpty();
      }
      for (IsoImage set : Remade.sets(made).values()) {
        assertThat(set.entries()).as(what).isNotEmpty();
      }
      made.bootCatalog();
    } catch (IsoException e) {
      throw new AssertionError(what + ": what was made cannot be read", e);
    }
  }

  private static byte[] read(IsoImage image, IsoFile file) throws IOException {
    try (InputStream in = image.read(file)) {
      byte[] all = in.readNBytes(1 << 20);
      return Arrays.copyOf(all, all.length);
    }
  }
}
