package org.barestack.format.iso;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.BootCatalog.BootEntry;
import org.barestack.format.iso.ImageMap.Field;
import org.barestack.format.iso.IsoEntry.IsoDirectory;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoEntry.IsoLink;
import org.barestack.testing.Fuzz;
import org.junit.jupiter.api.Test;

/** Whatever an image says, reading it ends, and stays inside. */
public class IsoFuzzTest {
  /** Octets of one change: which field, what to write, and the value. */
  private static final int CHANGE = 7;

  private static final Pattern PLACE = Pattern.compile("sector [0-9]+, octet [0-9]+ \\(.+\\): .+");
  private static final Pattern VARYING = Pattern.compile("\\(.*?\\)|'.*'|/.*|[^a-z]+");

  private static final Pattern ESCAPING =
      Pattern.compile("(^|/)\\.{0,2}(/|$)|[\\x00-\\x1f\\x7f-\\x9f]");

  /** Octets in front, where changes without a field go to as well: descriptors and directories. */
  private static final int FRONT = 100 * Volume.BLOCK;

  private static final List<Image> IMAGES =
      List.of(
          new Image(SmallImages.rocky(9)),
          new Image(SmallImages.rocky(10)),
          new Image(SmallImages.curious()),
          new Image(SmallImages.joliet()),
          new Image(SmallImages.plain()));

  /** A good image, which is changed in place and mended again. */
  private static final class Image {
    final byte[] octets;
    final List<Field> fields;

    Image(byte[] octets) {
      this.octets = octets;
      this.fields = ImageMap.of(octets);
    }
  }

  /** What stood in a field before. */
  private static final class Before {
    final int offset;
    final byte[] octets;

    Before(int offset, byte[] octets) {
      this.offset = offset;
      this.octets = octets;
    }
  }

  /** Numbers at which readers go wrong, and those of other fields. */
  private static long telling(Image image, int which, int value) {
    return switch (which % 12) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> -1;
      case 3 -> 0x7fff_ffff;
      case 4 -> 0x8000_0000L;
      case 5 -> image.octets.length / Volume.BLOCK;
      case 6 -> image.octets.length;
      case 7 -> Volume.BLOCK;
      case 8 -> number(image, value);
      case 9 -> number(image, value) + 1;
      case 10 -> number(image, value) - 1;
      default -> value;
    };
  }

  private static long number(Image image, int which) {
    Field field = image.fields.get(Math.floorMod(which, image.fields.size()));
    return field.width() == 4
        ? Integer.reverseBytes(ByteBuffer.wrap(image.octets).getInt(field.offset()))
        : image.octets[field.offset()];
  }

  /** Each field, with each of the telling numbers, one at a time. */
  @Test
  void everyFieldAtItsLimits() {
    int inputs = 0;
    for (int image = 0; image < IMAGES.size(); image++) {
      for (int field = 0; field < IMAGES.get(image).fields.size(); field++) {
        for (int which = 0; which < 11; which++) {
          take(input(image, field, which, field * 31 + which));
          inputs++;
        }
      }
    }
    assertThat(inputs).isGreaterThan(60_000);
    System.out.println("fuzz iso: each field at its limits, " + inputs + " inputs");
  }

  /** Changes at random, several at a time. */
  @Test
  void everyChangeIsSurvived() {
    List<byte[]> seeds = new ArrayList<>();
    for (int image = 0; image < IMAGES.size(); image++) {
      seeds.add(new byte[] {(byte) image});
      for (int field = 0; field < IMAGES.get(image).fields.size(); field += 97) {
        seeds.add(input(image, field, field % 12, field));
      }
    }
    List<byte[]> words = new ArrayList<>();
    for (int which = 0; which < 16; which++) {
      words.add(Arrays.copyOfRange(input(0, 17 * which, which, which), 1, 1 + CHANGE));
    }
    Fuzz.run("iso", 100_000, seeds, words, IsoFuzzTest::take);
  }

  private static byte[] input(int image, int field, int which, int value) {
    return ByteBuffer.allocate(1 + CHANGE)
        .put((byte) image)
        .putShort((short) field)
        .put((byte) which)
        .putInt(1 + 3, value) // the value's last octets are those of a field's number
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
    List<Before> changes = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(input, 1, input.length - 1);
    while (in.remaining() >= CHANGE && changes.size() < 64) {
      changes.add(change(image, in.getShort() & 0xffff, in.get() & 0xff, in.getInt()));
    }
    try {
      return read(image.octets);
    } finally {
      for (Before change : changes.reversed()) {
        System.arraycopy(change.octets, 0, image.octets, change.offset, change.octets.length);
      }
    }
  }

  /** Writes a number into a field; sometimes one order of it alone, or any octet in front. */
  private static Before change(Image image, int which, int how, int value) {
    Field field = image.fields.get(which % image.fields.size());
    if (how >= 224) {
      field = new Field("any", Math.floorMod(value, FRONT), 1, false);
    } else if (how >= 192) {
      field = new Field(field.name(), field.offset(), field.width(), false);
    }
    byte[] octets =
        Arrays.copyOfRange(image.octets, field.offset(), field.offset() + field.length());
    field.put(
        image.octets, how >= 224 ? octets[0] ^ (1 << (which & 7)) : telling(image, how, value));
    return new Before(field.offset(), octets);
  }

  private static Object read(byte[] octets) {
    try {
      IsoImage image = IsoImage.of(Medium.of(octets));
      for (IsoEntry entry : image.entries()) {
        check(image, entry, octets.length);
      }
      return image.volume().names() + " " + catalog(image);
    } catch (IsoException e) {
      return where(e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Read apart, since files can be read without it. */
  private static String catalog(IsoImage image) throws IOException {
    try {
      Optional<BootCatalog> catalog = image.bootCatalog();
      for (BootEntry entry : catalog.map(BootCatalog::entries).orElse(List.of())) {
        inside("boot entry", new Extent(entry.block(), entry.sectors() * 512L), (int) image.size());
      }
      return catalog.map(one -> one.entries().size() + " entries").orElse("none");
    } catch (IsoException e) {
      return where(e);
    }
  }

  /** The message without what is different each time. */
  private static String where(IsoException e) {
    String message = String.valueOf(e.getMessage());
    if (!PLACE.matcher(message).matches()) {
      throw new AssertionError("no place: " + message);
    }
    return VARYING.matcher(message).replaceAll(" ");
  }

  private static void check(IsoImage image, IsoEntry entry, int size) throws IOException {
    String path = entry.path();
    if (ESCAPING.matcher(path).find() || path.length() > Limits.PATH) {
      throw new AssertionError(path + " leads elsewhere");
    }
    switch (entry) {
      case IsoDirectory directory -> inside(path, directory.extent(), size);
      case IsoFile file -> {
        file.extents().forEach(extent -> inside(path, extent, size));
        try (InputStream in = image.read(file)) {
          if (in.skip(Long.MAX_VALUE) != file.length()) {
            throw new AssertionError(path + " is shorter than it says");
          }
        }
      }
      case IsoLink link -> {
        if (link.target().isEmpty() || link.target().length() > Limits.TARGET) {
          throw new AssertionError(path + " has a target of " + link.target().length());
        }
      }
    }
  }

  private static void inside(String path, Extent extent, int size) {
    if (extent.length() < 0
        || (extent.length() > 0 && (extent.block() < 0 || extent.end() > size))) {
      throw new AssertionError(path + " lies outside: " + extent);
    }
  }
}
