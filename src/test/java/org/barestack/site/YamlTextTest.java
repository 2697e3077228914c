package org.barestack.site;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What YAML does to people. */
class YamlTextTest {
  private final Reading reading = new Reading("f");

  private Value parse(String text) {
    return new YamlText(reading).parse(text.getBytes(UTF_8));
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "no,                TEXT",
    "yes,               TEXT",
    "off,               TEXT",
    "52:54:00:00:00:01, TEXT",
    "2026-01-01,        TEXT",
    "1_000,             TEXT",
    "9.7,               NUMBER",
    "'\"9.7\"',         TEXT",
    "1e5,               NUMBER",
    "0x5000c500a1b2c3d4, NUMBER",
    ".5,                NUMBER",
    ".inf,              NUMBER",
    "true,              BOOLEAN",
    "~,                 NULL",
    "null,              NULL",
    "'',                NULL",
    "'\"\"',            TEXT",
  })
  void plainScalarsAreTypedAsInYaml12(String text, Value.Kind kind) {
    Value value = parse("key: " + text).at("key");
    assertThat(((Value.Scalar) value).kind()).isEqualTo(kind);
  }

  @Test
  void keysStayText() {
    Value document = parse("no: 1\n12: 2\n~: 3\n");
    assertThat(document.entries()).containsOnlyKeys("no", "12", "~");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void byteOrderMarkAndLineEndsMoveNothing(String end) {
    for (String mark : List.of("", "\ufeff")) {
      Value document = parse(mark + "a: 1" + end + "b:" + end + "  - c: x" + end);
      assertThat(document.at("a").place()).isEqualTo(new Place(1, 1, "a"));
      Value item = document.at("b").items().getFirst();
      assertThat(item.place()).isEqualTo(new Place(3, 5, "b[0]"));
      assertThat(item.at("c").place()).isEqualTo(new Place(3, 5, "b[0].c"));
    }
  }

  @Test
  void columnsCountCharacters() {
    assertThat(parse("{ \"😀é\": 1, b: 2 }").at("b").place()).isEqualTo(new Place(1, 12, "b"));
  }

  @Test
  void anAliasIsReadWhereItStands() {
    Value document = parse("a: &x\n  k: 1\nb: *x\n");
    assertThat(document.at("b").at("k").place()).isEqualTo(new Place(2, 3, "b.k"));
    assertThat(document.at("b").place()).isEqualTo(new Place(3, 1, "b"));
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(
            "nothing", bytes(""), "f:1:1: error: the file is empty; begin with 'site: <name>'"),
        Arguments.of(
            "only a comment",
            bytes("# later\n"),
            "f:1:1: error: the file is empty; begin with 'site: <name>'"),
        Arguments.of(
            "a list",
            bytes("- a\n"),
            "f:1:1: error: the file is not a mapping of keys; begin with 'site: <name>'"),
        Arguments.of(
            "a word",
            bytes("site\n"),
            "f:1:1: error: the file is not a mapping of keys; begin with 'site: <name>'"),
        Arguments.of(
            "Latin-1",
            "a: 1\nb: café\n".getBytes(ISO_8859_1),
            "f:2:7: error: the file is not UTF-8 from here on; save it as UTF-8"),
        Arguments.of(
            "a bell",
            bytes("a: 1\nb: \u0007\n"),
            "f:2:4: error: the character U+0007 may not stand in YAML; remove it"),
        Arguments.of(
            "2 MiB",
            bytes("#".repeat(2 << 20)),
            "f:1:1: error: the file is larger than 1 MiB; split the site"),
        Arguments.of(
            "a long value",
            bytes("a: " + "x".repeat(5_000)),
            "f:1:1: error: a: the value is longer than 4096 characters; shorten it"),
        Arguments.of(
            "deep brackets",
            bytes("a: " + "[".repeat(10_000)),
            "f:1:1: error: the file nests or repeats too much: Nesting Depth exceeded max 24;"
                + " flatten it"),
        Arguments.of(
            "a billion laughs",
            bytes(
                """
                a: &a [x, x, x, x, x, x, x, x, x, x]
                b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
                c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
                d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
                e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
                """),
            "f:1:35: error: anchors and aliases make the file endless or huge; write the values"
                + " out"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void refuses(String name, byte[] bytes, String problem) {
    assertThat(reading.attempt(() -> new YamlText(reading).parse(bytes))).as(name).isEmpty();
    assertThat(reading.problems()).singleElement().hasToString(problem);
  }
}
