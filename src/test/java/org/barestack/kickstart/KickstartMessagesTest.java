package org.barestack.kickstart;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.testing.Golden;
import org.junit.jupiter.api.Test;

/** What people are told: a bad kickstart for each rule, named by it, and beside it what is said. */
class KickstartMessagesTest {
  private static final String FOLDER = "org/barestack/kickstart/messages";
  private static final Path KICKSTARTS = Path.of("src/test/resources", FOLDER);

  /** In MiB, for all of them. */
  private static final long DISK = 10_240;

  @Test
  void everyMessageIsAsItWas() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    for (String name : names()) {
      String kickstart = Files.readString(KICKSTARTS.resolve(name + ".ks"));
      texts.put(name + ".ks", kickstart);
      texts.put(name + ".txt", printed(name, kickstart));
    }
    Golden.check(FOLDER, texts);
  }

  @Test
  void everyRuleHasAMessage() throws IOException {
    List<String> rules = Arrays.stream(Rule.values()).map(Rule::toString).sorted().toList();
    assertThat(names()).isEqualTo(rules);
    for (String rule : rules) {
      assertThat(Files.readString(KICKSTARTS.resolve(rule + ".txt"))).contains("[" + rule + "]");
    }
  }

  private static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(KICKSTARTS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".ks"))
          .map(name -> name.substring(0, name.length() - ".ks".length()))
          .sorted()
          .toList();
    }
  }

  private static String printed(String name, String kickstart) {
    Release release =
        kickstart.startsWith("#version=RHEL10\n") ? Release.ROCKY_10 : Release.ROCKY_9;
    // What is no UTF-8 is kept as UTF-8 here, so that tools can show it.
    byte[] octets = kickstart.getBytes(name.equals(Rule.NOT_TEXT.toString()) ? ISO_8859_1 : UTF_8);
    return KickstartCheck.of(release).onDisk(DISK).check(octets).findings().stream()
        .map(finding -> finding + "\n")
        .collect(Collectors.joining());
  }
}
