package org.barestack.kickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A table of small kickstarts and what is found in them, for each release. */
class KickstartCasesTest {
  private static final Path CASES = Path.of("src/test/resources/org/barestack/kickstart/cases.txt");
  private static final Set<Rule> OF_WHOLE_FILES =
      Set.of(Rule.NO_INSTALL_SOURCE, Rule.NO_END, Rule.NO_LOGIN);

  record Case(int line, Release release, String kickstart, String expected) {
    @Override
    public String toString() {
      return "line " + line + ", release " + release + ": " + kickstart.replace("\n", "\\n");
    }
  }

  static Stream<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    List<String> lines = Files.readAllLines(CASES);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] cells = line.split("\\|", -1);
        assertThat(cells).describedAs("line " + (i + 1)).hasSize(3);
        for (String release : cells[0].strip().split(" +", -1)) {
          cases.add(
              new Case(i + 1, release(release), unescaped(cells[1].strip()), cells[2].strip()));
        }
      }
    }
    return cases.stream();
  }

  private static Release release(String text) {
    return Arrays.stream(Release.values())
        .filter(release -> release.toString().equals(text))
        .findFirst()
        .orElseThrow();
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        switch (text.charAt(i)) {
          case 'n' -> plain.append('\n');
          case 'r' -> plain.append('\r');
          case 't' -> plain.append('\t');
          case 'p' -> plain.append('|');
          case '\\' -> plain.append('\\');
          default -> throw new IllegalArgumentException("no such escape in " + text);
        }
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void finds(Case one) {
    List<Finding> findings = KickstartCheck.of(one.release()).check(one.kickstart()).findings();
    assertThat(
            findings.stream()
                .filter(finding ->
                    !OF_WHOLE_FILES.contains(finding.rule())
                        || one.expected().contains(finding.rule().toString()))
                .map(KickstartCasesTest::word)
                .collect(Collectors.joining(" ")))
        .describedAs("%s", findings)
        .isEqualTo(one.expected());
  }

  private static String word(Finding finding) {
    return finding.severity().name().toLowerCase(Locale.ROOT)
        + ":"
        + finding.rule()
        + "@"
        + finding.line();
  }

  /** Else a command or an option could be in the tables, and no case would notice it going. */
  @Test
  void everyCommandAndOptionHasACase() throws IOException {
    List<Case> all = cases().toList();
    List<String> missing = new ArrayList<>();
    for (Release release : Release.values()) {
      List<String> texts =
          all.stream().filter(one -> one.release() == release).map(Case::kickstart).toList();
      Stream.concat(
              release.grammar().commands().values().stream(),
              release.grammar().sections().values().stream().map(Section::header))
          .forEach(command -> {
            List<String> lines =
                texts.stream()
                    .flatMap(String::lines)
                    .filter(line ->
                        line.equals(command.name()) || line.startsWith(command.name() + " "))
                    .toList();
            if (lines.isEmpty()) {
              missing.add(release + " " + command.name());
            }
            command.options().stream()
                .flatMap(option -> option.names().stream())
                .filter(name ->
                    lines.stream().noneMatch(line -> (line + " ").matches(".* " + name + "[ =].*")))
                .forEach(name -> missing.add(release + " " + command.name() + " " + name));
          });
    }
    assertThat(missing).isEmpty();
  }
}
