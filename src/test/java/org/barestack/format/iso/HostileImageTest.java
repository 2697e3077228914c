package org.barestack.format.iso;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.ImageMap.Field;
import org.barestack.testing.Golden;
import org.junit.jupiter.api.Test;

/** One field of a good image changed, and what the reader says to it. */
class HostileImageTest {
  private static final byte[] GOOD = SmallImages.curious();
  private static final List<Field> FIELDS = ImageMap.of(GOOD);
  private static final Pattern USED =
      Pattern.compile(
          "^descriptor 1: block|^/.*: (extent|size|volume|CE .*|CL block)$|^/[^<]*: PX"
              + " mode$|^descriptor 1: root");
  private static final Pattern NUMBER = Pattern.compile("\\b[0-9]+\\b");

  /** A field, and what is written there. */
  record Lie(String field, long value, String told) {
    @Override
    public String toString() {
      return field + " = " + told;
    }
  }

  private static Field field(String name) {
    return FIELDS.stream()
        .filter(field -> field.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no field " + name));
  }

  private static long value(String name) {
    Field field = field(name);
    long value = 0;
    for (int i = field.width(); i > 0; i--) {
      value = (value << 8) | (GOOD[field.offset() + i - 1] & 0xff);
    }
    return value;
  }

  private static Lie lie(String field, long value) {
    return new Lie(field, value, Long.toString(value));
  }

  /** The number of another field. */
  private static Lie same(String field, String as) {
    return new Lie(field, value(as), "that of " + as);
  }

  private static List<Lie> lies() {
    String one = "/DIR/ONE.;1: ";
    String two = "/DIR/TWO.;1: ";
    String link = "/LINK.;1: ";
    String moved = "/D1/D2/D3/D4/D5/D6/D7/D8: ";
    String end = "descriptor 1: blocks";
    return List.of(
        lie("descriptor 1: identifier", 0),
        lie("descriptor 1: type", 7),
        lie("descriptor 2: identifier", 0),
        lie("descriptor 2: type", 9),
        lie("descriptor 3: type", 3),
        lie("descriptor 1: block size", 512),
        lie("descriptor 1: blocks", 0xffff_ffffL),
        same("descriptor 1: root extent", end),
        same("descriptor 1: root extent", "/DIR: extent"),
        lie("descriptor 1: root size", 0xffff_f800L),
        lie("descriptor 1: root size", 0),
        lie("descriptor 1: root flags", 0),
        lie("descriptor 1: root name", 'a'),
        same("descriptor 2: root extent", end),
        lie("descriptor 1: path table 140", 0xffff_ffffL),
        lie("/DIR: length", 255),
        lie("/DIR: length", 20),
        same("/DIR: extent", end),
        lie("/DIR: extent", 0xffff_ffffL),
        same("/DIR: extent", "/<0>: extent"),
        same("/DIR: extent", "/D1: extent"),
        same("/DIR: extent", one + "extent"),
        lie("/DIR: size", 0xffff_ffffL),
        lie("/DIR: size", 0),
        lie("/DIR: attribute record", 1),
        lie("/DIR: flags", 0),
        lie("/DIR: flags", 0x82),
        lie("/DIR: date", 0),
        lie("/DIR: name length", 0),
        lie("/DIR: name length", 200),
        lie("/DIR/<0>: length", 0),
        lie("/DIR/<0>: name", 'a'),
        lie("/DIR/<0>: size", 0),
        lie("/DIR/<1>: name", 0),
        lie("/DIR/<1>: flags", 0),
        lie(two + "name length", 1),
        lie(two + "flags", 0x80),
        lie(one + "flags", 0x80),
        lie(two + "flags", 2),
        lie(one + "flags", 1),
        lie(one + "flags", 4),
        lie(one + "unit", 1),
        lie(one + "gap", 1),
        lie(one + "volume", 2),
        lie(one + "size", 0xffff_ffffL),
        lie(one + "size", 4097),
        same(one + "extent", "/<0>: extent"),
        same(one + "extent", two + "extent"),
        lie(one + "NM text", '/'),
        lie(one + "NM text", 0),
        lie(one + "NM text", 0xff),
        lie(one + "NM text", 27),
        lie(one + "NM flags", 1),
        lie(one + "NM flags", 2),
        lie(one + "NM flags", 4),
        lie(one + "NM flags", 0x20),
        lie(one + "NM length", 5),
        lie(one + "NM length", 3),
        lie(one + "NM length", 200),
        lie(one + "NM signature", 'S' | ('T' << 8)),
        lie("/<0>: SP check", 0),
        lie("/<0>: SP skip", 255),
        lie("/<0>: CE block", 0xffff_ffffL),
        lie("/<0>: CE offset", 2048),
        lie("/<0>: CE size", 2049),
        lie("/<0>: CE length", 8),
        lie("/<0>: continued ER identifier length", 255),
        lie("/<0>: continued ER identifier", 0),
        lie(one + "PX mode", 0040755),
        lie(one + "PX mode", 0120777),
        lie(one + "PX mode", 0060600),
        lie(one + "PX mode", 0010600),
        lie(one + "PX length", 8),
        lie(one + "TF month", 13),
        lie(one + "TF signature", 'S' | ('F' << 8)),
        lie(one + "TF signature", 'Z' | ('F' << 8)),
        lie(link + "PX mode", 0100644),
        lie(link + "SL flags", 1),
        lie(link + "SL flags", 2),
        lie(link + "SL length", 5),
        lie(link + "SL component flags", 0x10),
        lie(link + "SL component length", 200),
        same(moved + "CL block", "/<0>: extent"),
        same(moved + "CL block", "/DIR: extent"),
        same(moved + "CL block", end),
        lie(moved + "CL block", 0xffff_ffffL),
        same(moved + "CL block", one + "extent"),
        lie(moved + "flags", 2),
        lie("/RR_MOVED/D8: RE signature", 'X' | ('X' << 8)));
  }

  private static byte[] with(Lie lie) {
    byte[] image = GOOD.clone();
    field(lie.field()).put(image, lie.value());
    return image;
  }

  private static String answer(byte[] image) throws IOException {
    try {
      IsoImage.of(Medium.of(image));
      return "is read all the same";
    } catch (IsoException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Each lie with its answer; some are none, such as a date that is no date. */
  @Test
  void liesAreAnswered() throws IOException {
    StringBuilder answers = new StringBuilder();
    for (Lie lie : lies()) {
      // Numbers depend on where a version of genisoimage puts things.
      String answer = NUMBER.matcher(answer(with(lie))).replaceAll("N");
      answers.append(lie).append("\n  ").append(answer).append('\n');
    }
    Golden.check("iso/lies", Map.of("answers.txt", answers.toString()));
  }

  /** Readers that take the other order would see another image. */
  @Test
  void numbersThatDifferInTheirTwoOrders() throws IOException {
    for (Field field : FIELDS) {
      if (field.both() && USED.matcher(field.name()).find()) {
        byte[] image = GOOD.clone();
        image[field.offset() + field.length() - 1] ^= 1;
        assertThat(answer(image)).as(field.name()).contains("in little-endian order and");
      }
    }
  }

  /** A download that was cut off is told from the first descriptor, wherever it was cut. */
  @Test
  void anImageThatWasCutOff() throws IOException {
    for (int length = 0; length < GOOD.length; length += 1111) {
      assertThat(answer(Arrays.copyOf(GOOD, length)))
          .as("%d octets", length)
          .contains(length < 17 * 2048 ? "and whole?" : "only " + length + ": it was cut off");
    }
  }

  @Test
  void theMessageBeginsWithThePlace() throws IOException {
    Field gap = field("/DIR/ONE.;1: gap");
    int unit = gap.offset() - 1;
    assertThat(answer(with(lie(gap.name(), 1))))
        .isEqualTo(
            "sector %d, octet %d (directory /dir, record 4): an interleaved file, which cannot be"
                    .formatted(unit / 2048, unit % 2048)
                + " read");
  }
}
