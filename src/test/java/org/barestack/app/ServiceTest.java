package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeName;
import org.barestack.model.Subject;
import org.barestack.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The systemd unit, and what docs/service.md says of it. */
class ServiceTest {
  private static final Path PAGE = Path.of("docs/service.md");

  @TempDir Path folder;

  /** The unit as it would be with the checkout in that place. */
  private String unit() throws IOException {
    String text =
        Files.readString(Path.of("service/barestack.service"))
            .replace("/opt/barestack/barestack", Path.of("barestack").toAbsolutePath().toString());
    return Files.writeString(folder.resolve("barestack.service"), text).toString();
  }

  @Test
  void systemdHasNothingToSayAgainstIt() throws IOException {
    Command.Result verified = Command.of("systemd-analyze", "verify", "--man=no", unit()).run();
    assertThat(verified.all()).isEqualTo("status 0\n");
  }

  @Test
  void itsExposureIsWhatTheDocumentSays() throws IOException {
    Command.Result rated =
        Command.of("systemd-analyze", "security", "--offline=true", "--no-pager", unit()).run();
    Matcher score =
        Pattern.compile("exposure level for \\S+: ([0-9.]+) OK").matcher(rated.output());
    assertThat(score.find()).as(rated.all()).isTrue();
    assertThat(Double.parseDouble(score.group(1))).isLessThanOrEqualTo(2.5);
    assertThat(PAGE).content().contains("rates its exposure 2.1, \"OK\"");
  }

  @Test
  void theCommandLineOfTheUnitIsOne() throws IOException {
    String line =
        Files.readAllLines(Path.of("service/barestack.service")).stream()
            .filter(one -> one.startsWith("ExecStart="))
            .findFirst()
            .orElseThrow();
    String[] words = line.replaceFirst("ExecStart=\\S+ ", "").split(" ", -1);
    assertThat(Commands.all().parseArgs(words).subcommand()).isNotNull();
  }

  @Test
  void theBackupThatIsShownIsAJournal() throws IOException {
    Subject node = new Subject.OfNode(new NodeName("kvm1"));
    Path file = folder.resolve("journal.db");
    Path copy = folder.resolve("barestack.db");
    String shown =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("$ sqlite3 "))
            .findFirst()
            .orElseThrow()
            .substring(2)
            .replace("/var/lib/barestack/journal.db", file.toString())
            .replace("/var/backups/barestack.db", copy.toString());
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(NodeEvent.of(Instant.EPOCH, node, NodeEvent.Kind.CONFIGURED, null, Map.of()));
      Command.Result made = Command.of("sh", "-c", shown).run();
      assertThat(made.status()).as(made.all()).isZero();
    }
    try (Journal restored = SqliteJournal.open(copy)) {
      assertThat(restored.events(node)).hasSize(1);
    }
  }
}
