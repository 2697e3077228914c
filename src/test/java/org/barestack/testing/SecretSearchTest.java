package org.barestack.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SecretSearchTest {
  private static final String PASSWORD = "9dIrYtbR1rfimLDnjDRjZB4lrEt8Jye1";
  private static final byte[] DER =
      "any bytes, more than fit into one line of base64".getBytes(StandardCharsets.US_ASCII);
  private static final String PEM =
      "-----BEGIN PRIVATE KEY-----\n"
          + Base64.getMimeEncoder(40, new byte[] {'\n'}).encodeToString(DER)
          + "\n-----END PRIVATE KEY-----\n";
  private static final SecretSearch SEARCH =
      SecretSearch.of(Map.of("password", PASSWORD, "key", PEM, "odd", "a/b c+d/e?"));

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<Arguments> traces() {
    String hex = HexFormat.of().formatHex(PASSWORD.getBytes(StandardCharsets.UTF_8));
    return Stream.of(
        Arguments.of("as it is", "x" + PASSWORD + "y"),
        Arguments.of("base64", base64(PASSWORD)),
        Arguments.of("base64 after one", base64("x" + PASSWORD + "yz")),
        Arguments.of("base64 after two", base64("xy" + PASSWORD + "z")),
        Arguments.of("base64 after three", base64("xyz" + PASSWORD)),
        Arguments.of("base64 of a form", base64("user=root&password=" + PASSWORD + "&x=1")),
        Arguments.of("hexadecimal", "0a" + hex),
        Arguments.of("HEXADECIMAL", hex.toUpperCase(java.util.Locale.ROOT)),
        Arguments.of("URL-encoded", URLEncoder.encode("a/b c+d/e?", StandardCharsets.UTF_8)),
        Arguments.of("PEM", PEM),
        Arguments.of("PEM in JSON", PEM.replace("\n", "\\n")),
        Arguments.of("PEM without line breaks", PEM.replace("\n", "")),
        Arguments.of("one line of PEM", PEM.split("\n", -1)[1]),
        Arguments.of("DER", new String(DER, StandardCharsets.ISO_8859_1)),
        Arguments.of("DER, hexadecimal", HexFormat.of().formatHex(DER)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("traces")
  void isFound(String how, String text) {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> SEARCH.in("a log", "before " + text + " after"))
        .withMessageContaining("stands in a log")
        .satisfies(error ->
            org.assertj.core.api.Assertions.assertThat(error.getMessage())
                .doesNotContain(PASSWORD));
  }

  @Test
  void otherTextIsNot() {
    assertThatCode(() ->
            SEARCH.in(
                "a log", PASSWORD.substring(1) + " -----BEGIN PRIVATE KEY-----" + base64("xyz")))
        .doesNotThrowAnyException();
  }
}
