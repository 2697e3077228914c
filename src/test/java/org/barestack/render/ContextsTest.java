package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.barestack.render.Contexts.Refusal;
import org.barestack.testing.Command;
import org.barestack.testing.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContextsTest {
  private static String write(String filter, Object value) {
    return Objects.requireNonNull(Contexts.BY_NAME.get(filter)).apply(value);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          sh      | `plain-1.2:/x`  | `plain-1.2:/x`
          sh      | ``              | `''`
          sh      | `a b`           | `'a b'`
          sh      | `O'Neil`        | `'O'\\''Neil'`
          sh      | `%end`          | `'%end'`
          sh      | `a=b`           | `'a=b'`
          sh      | `~root`         | `'~root'`
          ks      | `console=ttyS0` | `console=ttyS0`
          ks      | `a #b`          | `'a #b'`
          ks      | `O'Neil`        | `'O'"'"'Neil'`
          ini     | ` a\\b `        | `\\sa\\\\b\\s`
          ini     | `a;b#c`         | `a;b#c`
          yaml    | `a "b" \\c: #é\uD83D\uDE00` | `"a \\"b\\" \\\\c: #\\u00e9\\U0001f600"`
          yaml    | `no`            | `"no"`
          pkg     | `@mariadb:10.11/server` | `@mariadb:10.11/server`
          pkg     | `-iwl*-firmware` | `-iwl*-firmware`
          pkg     | `@^minimal-environment` | `@^minimal-environment`
          url     | `http://[::1]:80/a?b=c` | `http://[::1]:80/a?b=c`
          ipxe    | `a;b`           | `a;b`
          grub    | `(http,[::1]:80)/a` | `'(http,[::1]:80)/a'`
          grub    | `(tftp,10.0.0.1)/a` | `(tftp,10.0.0.1)/a`
          grub    | `$root; reboot {}`  | `'$root; reboot {}'`
          grub    | `O'Neil`        | `'O'\\''Neil'`
          grub    | ``              | `''`
          arg     | `a=${x};{1,2}*?#` | `a=${x};{1,2}*?#`
          screen  | `a ${net0/mac} || b; #c` | `a ??net0/mac? ?? b? ?c`
          comment | `a b`           | `a b`
          pem     | ``              | ``
          """)
  void writes(String filter, String value, String expected) {
    assertThat(write(filter, value)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          pkg   | `a b`
          pkg   | `--nocore`
          pkg   | `%end`
          plain | `-rf`
          pem   | `-----BEGIN PRIVATE KEY-----`
          pem   | `a`
          plain | `a b`
          plain | ``
          plain | `a;b`
          url   | `/path`
          url   | `http://h/a b`
          url   | `http://h/$(x)`
          url   | `http://h/'x'`
          ipxe  | ``
          ipxe  | `a b`
          ipxe  | `||`
          ipxe  | `;`
          ipxe  | `#x`
          ipxe  | `x${ip}`
          arg   | ``
          arg   | `a b`
          arg   | `a"b"`
          arg   | `a'b`
          arg   | `a\\b`
          arg   | `é`
          raw   | `x`
          """)
  void refuses(String filter, String value) {
    assertThatExceptionOfType(Refusal.class).isThrownBy(() -> write(filter, value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "ks", "ini", "pkg", "plain", "url", "ipxe", "grub", "arg"})
  void nothingThatEndsALineStandsOnOne(String filter) {
    for (String end : List.of("\n", "\r", "\0", "\u000b", "\u001c", "\u0085", "\u2028", "\u2029")) {
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(() -> write(filter, "http://a" + end + "b"));
    }
  }

  @Test
  void aHereDocumentEndsWhereItShould() {
    assertThat(write("heredoc", "a\nEOF\nEOF_\n")).isEqualTo("<<'EOF__'\na\nEOF\nEOF_\nEOF__");
    assertThat(write("heredoc", "no end of line")).isEqualTo("<<'EOF'\nno end of line\nEOF");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%end", "  %end # x", "\t%include /x", "%post", "%ksappend http://x", "%pre"})
  void aHereDocumentCannotEndASection(String line) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> write("heredoc", "first\n" + line + "\nlast\n"))
        .withMessageContaining("line 2");
    assertThat(write("heredoc", "x " + line + "\n%wheel ALL\n%endless\n")).contains("%wheel");
  }

  /** Bash splits words on a kickstart line as Python's shlex does, as far as quotes go. */
  @Test
  void anyWordComesBackAsItself() {
    String alphabet = "ab \t'\"\\$`(){}[]|&;<>#~%=*?!-{{%}}é\uD83D\uDE00";
    int[] characters = alphabet.replace("\t", "").codePoints().toArray();
    StringBuilder script = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    Properties.forAll(
        500,
        random -> {
          int[] points =
              random
                  .ints(random.nextInt(12), 0, characters.length)
                  .map(i -> characters[i])
                  .toArray();
          String value = new String(points, 0, points.length);
          for (String filter : List.of("sh", "ks")) {
            script.append("x=").append(write(filter, value)).append("; printf '%s\\n' \"$x\"\n");
            script.append("printf '%s\\n' a ").append(write(filter, value)).append(" b\n");
            expected.append(value).append("\na\n").append(value).append("\nb\n");
          }
        });
    assertThat(Command.of("bash").input(script.toString()).run())
        .isEqualTo(new Command.Result(0, expected.toString(), ""));
  }

  /**
   * GRUB's own parser takes them; bash, whose quotes these are, tells that they mean themselves.
   */
  @Test
  void anyWordIsOneOfAGrubScript(@TempDir Path folder) throws IOException {
    int[] characters = "ab \"'\\$`(){}[]|&;<>#~%=*?!-é\uD83D\uDE00".codePoints().toArray();
    StringBuilder grub = new StringBuilder();
    StringBuilder bash = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    Properties.forAll(
        500,
        random -> {
          int[] points =
              random
                  .ints(random.nextInt(12), 0, characters.length)
                  .map(i -> characters[i])
                  .toArray();
          String value = new String(points, 0, points.length);
          String word = write("grub", value);
          grub.append("if linux ").append(word).append(" b; then\n  echo ").append(word);
          grub.append("\nfi\n");
          bash.append("printf '%s\\n' ").append(word.matches("'.*'") ? word : "'" + word + "'");
          bash.append('\n');
          expected.append(value).append('\n');
        });
    Path script = Files.writeString(folder.resolve("grub.cfg"), grub);
    assertThat(Command.of("grub-script-check", script.toString()).run().status()).isZero();
    assertThat(Command.of("bash").input(bash.toString()).run())
        .isEqualTo(new Command.Result(0, expected.toString(), ""));
  }

  @Test
  void aYamlValueOfAnyKind() {
    assertThat(write("yaml", List.of("a", 7, true))).isEqualTo("[\"a\", 7, true]");
    assertThat(write("yaml", "a\n  b\n")).isEqualTo("\"a\\n\\\n      \\  b\\n\"");
    assertThatExceptionOfType(Refusal.class).isThrownBy(() -> write("yaml", "\uD83D"));
    assertThatExceptionOfType(Refusal.class).isThrownBy(() -> write("yaml", Map.of("a", "b")));
  }

  /** Read by a YAML parser, in a mapping, a list and a flow. */
  @Test
  void anyTextComesThroughYaml() {
    int[] characters =
        "ab \t\n\r'\"\\$`{}[]|&;:<>#~%=*?!-,\0\u0085\u2028\uFEFFé\uD83D\uDE00"
            .codePoints()
            .toArray();
    Properties.forAll(
        2000,
        random -> {
          int[] points =
              random
                  .ints(random.nextInt(20), 0, characters.length)
                  .map(i -> characters[i])
                  .toArray();
          String value = new String(points, 0, points.length);
          String yaml =
              "x:\n  - y: %s\nz: %s\n"
                  .formatted(write("yaml", value), write("yaml", List.of(value)));
          Map<String, Object> read = new org.yaml.snakeyaml.Yaml().load(yaml);
          assertThat(read).isEqualTo(Map.of("x", List.of(Map.of("y", value)), "z", List.of(value)));
        });
  }

  @Test
  void anyTextComesThroughAHereDocument() {
    String text = "$(x) `y` \\ ${z} 'q' \"p\"\nEOF\n\tEOF\n\n{{ 7*7 }}\n";
    String script = "cat " + write("heredoc", text) + "\n";
    assertThat(Command.of("bash").input(script).run()).isEqualTo(new Command.Result(0, text, ""));
  }
}
