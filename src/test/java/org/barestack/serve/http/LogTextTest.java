package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.barestack.testing.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTextTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "plain,        no bootable medium,                                no bootable medium",
    "token,        /install/00112233445566778899aabbccddeeff/claim,   /install/0011…/claim",
    "two tokens,   0000000000000000000000000000000011111111111111111111111111111111, 0000…1111…",
    "other UUID,   11223344-5566-7788-99aa-bbccddeeff00, 11223344-5566-7788-99aa-bbccddeeff00",
  })
  void masksTokens(String name, String text, String fit) {
    assertThat(LogText.of(text)).as(name).isEqualTo(fit);
  }

  @Test
  void aLogLineStaysOneLineWithoutEscapes() {
    assertThat(LogText.of("a\nb\rc\u001b[31md\u0085e\u2028f\u202eg\u0000"))
        .isEqualTo("a b c?[31md?e f?g?");
    assertThat(LogText.of("x".repeat(1000))).hasSize(400);
    Properties.forAll(
        200,
        random -> {
          String text =
              random
                  .ints(80, 0, 0x3000)
                  .collect(
                      StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                  .toString();
          assertThat(LogText.of(text).codePoints()).noneMatch(Character::isISOControl);
        });
  }
}
