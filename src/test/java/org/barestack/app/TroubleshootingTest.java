package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What docs/troubleshooting.md quotes as ours, in “ ”, is what the program or a node says. */
class TroubleshootingTest {
  private static final Pattern QUOTE = Pattern.compile("“([^”]+)”");

  /** What stands between two parts of one text in Java. */
  private static final Pattern JOINT = Pattern.compile("\"\\s*\\+\\s*\"");

  private static final String OURS =
      Stream.of("src/main/java", "kickstart-templates", "pxe")
          .map(TroubleshootingTest::texts)
          .collect(Collectors.joining("\n"));

  private static String texts(String folder) {
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      return files
          .filter(Files::isRegularFile)
          .map(TroubleshootingTest::text)
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return JOINT.matcher(Files.readString(file)).replaceAll("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> quotes() throws IOException {
    return QUOTE
        .matcher(Files.readString(Path.of("docs/troubleshooting.md")))
        .results()
        .map(quote -> quote.group(1))
        .filter(quote -> !quote.isBlank())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("quotes")
  void aQuotedMessageIsOurs(String quote) {
    for (String part : quote.split("…", -1)) {
      assertThat(OURS.contains(part)).as("'%s' is in the sources", part).isTrue();
    }
  }

  @Test
  void everyReasonOfTheGateIsExplained() throws IOException {
    List<String> explained =
        quotes().stream()
            .flatMap(quote -> Stream.of(quote.split("…", -1)))
            .filter(part -> part.length() > 8)
            .toList();
    List<String> words =
        Pattern.compile("\"([^\"\n]*)\"")
            .matcher(text(Path.of("src/main/java/org/barestack/boot/DiskGate.java")))
            .results()
            .map(literal -> literal.group(1))
            .filter(literal -> literal.length() > 13)
            // of a grant, and of what is on disks
            .filter(literal -> !literal.matches(", which it claimed before|linux_raid_member"))
            .toList();
    assertThat(words).hasSizeGreaterThan(10);
    assertThat(words)
        .allSatisfy(literal ->
            assertThat(explained)
                .as("docs/troubleshooting.md explains '%s'", literal)
                .anyMatch(part -> literal.contains(part) || part.contains(literal)));
  }
}
