package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextScreenTest {
  private static String shown(byte[] octets) {
    TextScreen screen = new TextScreen(TextScreen.BIOS_LINES);
    screen.show(octets, octets.length);
    return screen.text();
  }

  /** In each text, ^ is an escape, and in what is expected / ends a line. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "plain text | plain text",
        "a^[3Cb^[2D-^[1Bc | a  -b/    c",
        "^[2;3Hxy^[Hz | z/  xy",
        "abc^[2Dx^[K | ax",
        "abc^[1;2H^[1Kd | ' dc'",
        "old^[2J^[Hnew | new",
        "^[1;30;44mcolours^[0m^[?25l^(B | colours",
        "abc^[2G-^[2d= | a-c/  =",
        "lost^cnew | new",
        "^[99;99Hx^[A^[99Dy^[1;1H^[0J | ''",
      })
  void controlSequences(String text, String expected) {
    assertThat(shown(text.replace('^', '\u001b').getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(expected.replace('/', '\n') + "\n");
  }

  @Test
  void boxesComeInUtf8FromSeaBiosAndInTheCodePageFromEdk2() {
    assertThat(shown("┌─┐↑".getBytes(StandardCharsets.UTF_8))).isEqualTo("┌─┐↑\n");
    assertThat(shown("\u000elqk\u000fl".getBytes(StandardCharsets.US_ASCII))).isEqualTo("┌─┐l\n");
    assertThat(shown(new byte[] {(byte) 0xda, (byte) 0xc4, (byte) 0xbf, 'a'})).isEqualTo("┌─┐a\n");
  }

  @Test
  void aLineGoesOnInTheNextAndTheLastOneScrolls() {
    String whole = "x".repeat(80);
    assertThat(shown((whole + "y").getBytes(StandardCharsets.US_ASCII))).isEqualTo(whole + "\ny\n");
    assertThat(shown((whole + "\r\ny").getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(whole + "\ny\n");
    assertThat(shown("a\r\n".repeat(30).getBytes(StandardCharsets.US_ASCII)).lines()).hasSize(24);
  }

  @Test
  void nothingOnThePortBreaksIt() {
    SplittableRandom random = new SplittableRandom(1);
    TextScreen screen = new TextScreen(TextScreen.UEFI_LINES);
    for (int round = 0; round < 20_000; round++) {
      ByteArrayOutputStream octets = new ByteArrayOutputStream();
      for (int at = random.nextInt(12); at >= 0; at--) {
        octets.write(
            random.nextInt(3) == 0
                ? "\u001b[;9HJK".charAt(random.nextInt(7))
                : random.nextInt(256));
      }
      screen.show(octets.toByteArray(), octets.size());
    }
    assertThat(screen.text().lines()).hasSizeLessThanOrEqualTo(TextScreen.UEFI_LINES);
  }
}
