package org.barestack.format.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.barestack.testing.Properties;
import org.junit.jupiter.api.Test;

/** What was changed of an image, told by what was not. */
class ContentTest {
  private static final int BLOCK = 2048;

  @Test
  void isWhatItWasMadeOf() {
    Properties.forAll(
        200,
        random -> {
          byte[] below = octets(random, 1 + random.nextInt(20 * BLOCK));
          int offset = random.nextInt(below.length + 1);
          byte[] changed =
              Arrays.copyOfRange(below, offset, offset + random.nextInt(20 * BLOCK + 1));
          for (int i = random.nextInt(4); i > 0 && changed.length > 0; i--) {
            changed[random.nextInt(changed.length)]++;
          }

          Content content = over(below, offset, changed);

          assertThat(read(content, below)).isEqualTo(changed);
        });
  }

  @Test
  void keepsOnlyTheBlocksThatChanged() {
    byte[] below = octets(new SplittableRandom(1), 100 * BLOCK);
    byte[] changed = Arrays.copyOfRange(below, 700, 700 + 40 * BLOCK + 9);
    changed[5 * BLOCK]++;
    changed[7 * BLOCK - 1]++;
    changed[40 * BLOCK + 8]++;

    assertThat(over(below, 700, changed).runs())
        .extracting(Run::toString)
        .containsExactly(
            "OfSource[offset=700, length=10240]",
            "4096 new octets",
            "OfSource[offset=15036, length=67584]",
            "9 new octets");
    assertThat(over(below, 0, below).runs()).containsExactly(new Run.OfSource(0, below.length));
    assertThat(over(below, 0, new byte[0]).runs()).isEmpty();
  }

  private static byte[] octets(SplittableRandom random, int length) {
    byte[] octets = new byte[length];
    random.nextBytes(octets);
    return octets;
  }

  private static Content over(byte[] below, long offset, byte[] octets) {
    try {
      return Content.over(Medium.of(below), offset, octets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Content content, byte[] below) {
    byte[] all = new byte[(int) content.length()];
    List<Run> runs = content.runs();
    try (OverlayMedium medium = OverlayMedium.open(Overlay.of(runs), Medium.of(below))) {
      medium.read(0, all, 0, all.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }
}
