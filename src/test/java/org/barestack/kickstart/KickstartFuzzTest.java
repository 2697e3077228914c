package org.barestack.kickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.barestack.testing.Fuzz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever text comes in, the check ends, and what it finds is in the text. */
public class KickstartFuzzTest {
  private static final int MEGABYTE = 1_000_000;
  private static final String INCLUDED = "/tmp/x";

  /** The cases, and what they are made of. */
  @Test
  void everyTextIsChecked() throws IOException {
    List<byte[]> seeds =
        KickstartCasesTest.cases().map(one -> one.kickstart().getBytes(UTF_8)).distinct().toList();
    TreeSet<String> words = new TreeSet<>();
    for (Release release : Release.values()) {
      release
          .grammar()
          .commands()
          .forEach((name, command) -> {
            words.add("\n" + name + " ");
            command.options().forEach(option -> words.add(" " + option.name() + "="));
          });
      release.grammar().sections().keySet().forEach(opening -> words.add("\n" + opening + "\n"));
    }
    words.addAll(
        List.of(
            "\n%end\n",
            "\n%include /tmp/x\n",
            "\n%ksappend ",
            "\"",
            "'",
            "\\",
            "#",
            "--",
            "-",
            "=",
            ",",
            "@",
            "@^",
            "|",
            " ",
            "\t",
            "\r\n",
            "\u000b",
            "\u0085",
            "\u2028",
            "\ud83d\ude00",
            "99999999999999999999",
            "-1",
            "0",
            "pv.01",
            "raid.01",
            "/"));
    assertThat(seeds).hasSizeGreaterThan(400);
    Fuzz.run(
        "kickstart",
        4_000,
        seeds,
        words.stream().map(word -> word.getBytes(UTF_8)).toList(),
        KickstartFuzzTest::take);
  }

  /** For {@code make fuzz}. */
  public static void fuzzerTestOneInput(byte[] input) {
    take(input);
  }

  /** What is found, less where. */
  private static List<String> take(byte[] input) {
    List<String> shape = new ArrayList<>();
    for (Release release : Release.values()) {
      KickstartCheck check = KickstartCheck.of(release).onDisk(10_000);
      List<Finding> findings = check.check(input).findings();
      assertThat(check.check(input).findings()).isEqualTo(findings);
      String text = new String(input, UTF_8);
      inside(text, findings);
      findings.stream()
          .map(finding -> finding.severity() + " " + finding.rule())
          .forEach(shape::add);
      // The same with itself included, which must be noticed.
      KickstartCheck including =
          check.including(Map.of(INCLUDED, text, "other", "%include " + INCLUDED));
      including.check(text).findings().stream()
          .filter(finding -> finding.source().isEmpty())
          .forEach(finding -> inside(text, List.of(finding)));
    }
    return shape;
  }

  private static void inside(String text, List<Finding> findings) {
    String[] lines = text.split("\n", -1);
    for (Finding finding : findings) {
      assertThat(finding.line()).describedAs("%s", finding).isBetween(1, lines.length);
      assertThat(finding.column())
          .describedAs("%s", finding)
          .isBetween(1, lines[finding.line() - 1].length() + 1);
      assertThat(finding.message()).isNotBlank();
      assertThat(finding.remedy()).isNotBlank();
    }
  }

  record Large(String what, String text) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Large> large() {
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder ascii = new StringBuilder();
    StringBuilder any = new StringBuilder();
    for (int i = 0; i < MEGABYTE; i++) {
      ascii.append((char) random.nextInt(' ' - 1, 127));
      any.append((char) random.nextInt(0xd800));
    }
    StringBuilder parts = new StringBuilder();
    StringBuilder groups = new StringBuilder();
    for (int i = 0; parts.length() < MEGABYTE; i++) {
      parts.append("part pv.").append(i).append(" --size=1\nvolgroup vg").append(i).append(" pv.");
      parts.append(i).append('\n');
    }
    for (int i = 0; groups.length() < MEGABYTE; i++) {
      groups.append(" pv.").append(i);
    }
    return Stream.of(
        new Large("printable", ascii.toString()),
        new Large("anything", any.toString()),
        new Large("one word", "x".repeat(MEGABYTE)),
        new Large("one line of words", "lang" + " a".repeat(MEGABYTE / 2)),
        new Large("one line of options", "url" + " --url=a".repeat(MEGABYTE / 8)),
        new Large("one line of unknown options", "url" + " --xyz=a".repeat(MEGABYTE / 8)),
        new Large("arguments among unknown options", "url" + " a --x".repeat(MEGABYTE / 6)),
        new Large("one line of hyphens", "url " + "-".repeat(MEGABYTE)),
        new Large("one line of empty words", "url" + " \"\"".repeat(MEGABYTE / 3)),
        new Large("one line of members", "volgroup vg" + groups),
        new Large("one long value", "network --hostname=" + "a.".repeat(MEGABYTE / 2)),
        new Large("one long number", "part / --size=" + "1_".repeat(MEGABYTE / 2) + "1"),
        new Large("one long hash", "rootpw --iscrypted $6$" + "a".repeat(MEGABYTE)),
        new Large("one long list", "services --enabled=" + ", ".repeat(MEGABYTE / 2)),
        new Large(
            "bridge options",
            "network --bridgeslaves=a --bridgeopts=" + "a=b,".repeat(MEGABYTE / 4)),
        new Large("quotes", "\"".repeat(MEGABYTE)),
        new Large("an open quote a line", "url \"\n".repeat(MEGABYTE / 6)),
        new Large("backslashes", "\\".repeat(MEGABYTE)),
        new Large("blanks", " ".repeat(MEGABYTE)),
        new Large("blank lines", "\n".repeat(MEGABYTE)),
        new Large("line ends of any kind", "\r\u000b\u2028".repeat(MEGABYTE / 3)),
        new Large("comments", "#\n".repeat(MEGABYTE / 2)),
        new Large("commands", "text\n".repeat(MEGABYTE / 5)),
        new Large("unknown commands", "texd\n".repeat(MEGABYTE / 5)),
        new Large("the same partition", "part / --size=1\n".repeat(MEGABYTE / 16)),
        new Large("groups", parts.toString()),
        new Large("unclosed sections", "%pre\n".repeat(MEGABYTE / 5)),
        new Large("ends", "%end\n".repeat(MEGABYTE / 5)),
        new Large("sections", "%pre\n%end\n".repeat(MEGABYTE / 10)),
        new Large("unknown sections", "%x\n%end\n".repeat(MEGABYTE / 8)),
        new Large("one long section", "%post\n" + "true\n".repeat(MEGABYTE / 5)),
        new Large("includes", "%include /tmp/x\n".repeat(MEGABYTE / 16)),
        new Large("includes of nothing", "%include\n".repeat(MEGABYTE / 9)),
        new Large("appends", "%ksappend \n".repeat(MEGABYTE / 11)),
        new Large("packages", "%packages\n" + "-\n@a --optional\n".repeat(MEGABYTE / 16)));
  }

  /** None takes as long as a second on a quiet machine; what is quadratic would take hours. */
  @ParameterizedTest
  @MethodSource("large")
  @Timeout(60)
  void aMegabyteIsCheckedSoon(Large large) {
    for (Release release : Release.values()) {
      List<Finding> findings =
          KickstartCheck.of(release)
              .including(Map.of(INCLUDED, "text\n"))
              .check(large.text())
              .findings();
      assertThat(findings).isNotEmpty();
    }
  }
}
