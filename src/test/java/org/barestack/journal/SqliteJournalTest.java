package org.barestack.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Subject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class SqliteJournalTest {
  private static final Subject KVM1 = new Subject.OfNode(new NodeName("kvm1"));
  private static final InstallId INSTALL = new InstallId("bsabcdefghij");
  private static final NodeEvent EVENT =
      JournalTest.event(KVM1, Kind.INSTALL_OPENED, Map.of("token", "secret"));

  @TempDir Path temporary;
  private Path file;

  @BeforeEach
  void name() {
    file = temporary.resolve(".barestack").resolve("journal.db");
  }

  @Test
  void keepsWhatWasWritten() {
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(EVENT);
      journal.pin(INSTALL, "kickstart", () -> "text é\n");
    }
    try (Journal journal = SqliteJournal.open(file)) {
      assertThat(journal.since(0)).containsExactly(EVENT.at(1));
      assertThat(journal.pin(INSTALL, "kickstart", () -> "other")).isEqualTo("text é\n");
    }
  }

  /** Half of a surrogate pair is no text, and UTF-8 has no bytes for it. */
  @Test
  void halfACharacterBecomesAQuestionMark() {
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(JournalTest.event(KVM1, Kind.FETCHED, Map.of("\udc8a", "a\ud83d")));
      assertThat(journal.since(0).getFirst().detail()).containsExactly(Map.entry("?", "a?"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE event SET kind = 'FORGOTTEN'",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event VALUES (1, '', '', '', NULL, '')",
        "UPDATE pin SET text = ''",
        "DELETE FROM pin",
        "INSERT OR REPLACE INTO pin VALUES ('bsabcdefghij', 'kickstart', '')",
      })
  void refusesToChangeOrDelete(String sql) throws Exception {
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(EVENT);
      journal.pin(INSTALL, "kickstart", () -> "text");
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> foreign(sql))
          .withMessageContaining("the journal is append-only");
      assertThat(journal.since(0)).containsExactly(EVENT.at(1));
      assertThat(journal.pin(INSTALL, "kickstart", () -> "other")).isEqualTo("text");
    }
  }

  /** What another program may try, without waiting for a lock. */
  private void foreign(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=0");
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @Test
  void onlyItsOwnerReadsIt() throws Exception {
    if (isRoot()) {
      Files.setAttribute(temporary, "unix:uid", 65534);
      Files.setAttribute(temporary, "unix:gid", 65534);
    }
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(EVENT);
      sameOwner(file.resolveSibling(""), "rwx------");
      for (String end : List.of("", "-wal", "-shm")) {
        sameOwner(Path.of(file + end), "rw-------");
      }
    }
  }

  private boolean isRoot() throws Exception {
    return (int) Files.getAttribute(temporary, "unix:uid") == 0;
  }

  private void sameOwner(Path path, String mode) throws Exception {
    for (String id : List.of("unix:uid", "unix:gid")) {
      assertThat(Files.getAttribute(path, id)).isEqualTo(Files.getAttribute(temporary, id));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo(mode);
  }

  @Test
  void holdsNoLockWhileIdle() throws Exception {
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(EVENT);
      assertThat(journal.since(0)).hasSize(1);
      foreign("BEGIN IMMEDIATE; COMMIT");
    }
  }

  @Test
  void readingNeedsNoJournalAndMakesNone() {
    try (Journal reader = SqliteJournal.readOnly(file)) {
      assertThat(reader.since(0)).isEmpty();
      assertThat(reader.events(KVM1)).isEmpty();
      assertThat(temporary).isEmptyDirectory();
      try (Journal writer = SqliteJournal.open(file)) {
        writer.append(EVENT);
        assertThat(reader.since(0)).containsExactly(EVENT.at(1));
        writer.append(EVENT);
        assertThat(reader.events(KVM1)).containsExactly(EVENT.at(1), EVENT.at(2));
      }
      assertThat(reader.since(1)).containsExactly(EVENT.at(2));
      assertThatIllegalStateException()
          .isThrownBy(() -> reader.append(EVENT))
          .withMessageContaining("opened for reading only");
    }
  }

  @Test
  void anEmptyFileIsNoHistory() throws Exception {
    Files.createDirectory(file.getParent());
    Files.createFile(file);
    try (Journal reader = SqliteJournal.readOnly(file)) {
      assertThat(reader.since(0)).isEmpty();
    }
  }

  @Test
  void refusesTheJournalOfANewerBarestack() throws Exception {
    SqliteJournal.open(file).close();
    foreign("PRAGMA user_version = 7");
    refusal("(schema 7, this one knows 2); upgrade Barestack");
  }

  @Test
  void refusesAnotherProgramsDatabase() throws Exception {
    Files.createDirectory(file.getParent());
    foreign("CREATE TABLE theirs (x)");
    refusal("is a database of something else; choose another file");
    foreign("INSERT INTO theirs VALUES (1)");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 8000})
  void refusesADamagedFile(int at) throws Exception {
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(EVENT);
    }
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, at, bytes.length, (byte) 0x5a);
    Files.write(file, bytes);
    refusal("is damaged, or no journal; put back a copy, or move it away");
  }

  private void refusal(String words) {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> {
          try (Journal journal = SqliteJournal.open(file)) {
            journal.append(EVENT);
          }
        })
        .withMessageStartingWith("the journal " + file)
        .withMessageContaining(words);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> {
          try (Journal journal = SqliteJournal.readOnly(file)) {
            journal.since(0);
          }
        })
        .withMessageStartingWith("the journal " + file)
        .withMessageContaining(words);
  }

  @Test
  void namesAnEventItCannotRead() throws Exception {
    try (Journal journal = SqliteJournal.open(file)) {
      foreign(
          "INSERT INTO event VALUES (1, '2026-01-01T00:00:00Z', 'kvm1', 'NEW_KIND', NULL, '{}')");
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> journal.since(0))
          .withMessageContaining(file + " event 1 cannot be read")
          .withMessageContaining("NEW_KIND");
    }
  }

  @Test
  void needsAFolderToBeMadeIn() {
    Path nowhere = temporary.resolve("no/such/journal.db");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> SqliteJournal.open(nowhere))
        .withMessage(
            "the journal "
                + nowhere
                + " cannot be made: there is no folder for "
                + nowhere.getParent()
                + "; create it");
  }

  @Test
  void aFolderIsNoJournal() throws Exception {
    Files.createDirectories(file);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> SqliteJournal.open(file))
        .withMessageContaining(file + " cannot be opened or written by this user");
  }

  /** Result codes as sqlite.org/rescode.html lists them. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "5,  held by another process for more than 10 s",
    "8,  run as its owner",
    "11, put back a copy",
    "13, make room and try again",
    "14, run as its owner",
    "26, put back a copy",
    "10, look at its disk",
  })
  void saysTheWayOut(int code, String words) {
    assertThat(SqliteJournal.remedy(code)).contains(words);
  }

  @Test
  void migratesAnOlderJournal() throws Exception {
    List<String> one = List.of("CREATE TABLE first (x)");
    List<String> two = List.of(one.getFirst(), "INSERT INTO first VALUES (2)");
    List<String> broken = List.of(two.get(0), two.get(1), "DELETE FROM first; no such word");
    SqliteJournal.open(file, one).close();
    SqliteJournal.open(file, two).close();
    assertThat(first()).isEqualTo(2);
    assertThatThrownBy(() -> SqliteJournal.open(file, broken))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("nothing was recorded");
    assertThat(first()).isEqualTo(2);
    SqliteJournal.open(file, two).close();
  }

  private int first() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      return statement.executeQuery("SELECT sum(x) FROM first").getInt(1);
    }
  }

  @Test
  void manyMayMakeItAtOnce() throws Exception {
    try (var threads = Executors.newFixedThreadPool(16)) {
      List<Future<?>> all =
          IntStream.range(0, 16)
              .<Future<?>>mapToObj(i ->
                  threads.submit(() -> {
                    try (Journal journal = SqliteJournal.open(file)) {
                      journal.append(EVENT);
                    }
                  }))
              .toList();
      for (Future<?> one : all) {
        one.get();
      }
    }
    try (Journal journal = SqliteJournal.readOnly(file)) {
      assertThat(journal.since(0)).hasSize(16);
    }
  }

  @Test
  void twoProcessesDecideEachThingOnce() throws Exception {
    try (Journal journal = SqliteJournal.open(file);
        JournalProcess other = new JournalProcess("share", file)) {
      assertThat(other.next()).as("ready").isZero();
      int ours = JournalProcess.share(journal);
      int theirs = other.next();
      assertThat(ours + theirs).isEqualTo(1000);
      // SQLite's lock is not fair: in so tight a loop one of the two may get all of it.
      assertThat(journal.since(0))
          .hasSize(1000)
          .extracting(event -> event.subject() + " " + event.detail())
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void aKilledWriterLosesNothingItAnswered() throws Exception {
    int answered = 0;
    try (JournalProcess writer = new JournalProcess("write", file)) {
      while (answered < 300) {
        answered = writer.next();
      }
      writer.kill();
      for (int more = writer.next(); more > 0; more = writer.next()) {
        answered = more;
      }
    }
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(EVENT);
      List<NodeEvent> events = journal.since(0);
      assertThat(events).hasSizeGreaterThan(answered);
      assertThat(events.stream().mapToLong(NodeEvent::sequence))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, events.size()).boxed().toList());
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeQuery("PRAGMA integrity_check").getString(1)).isEqualTo("ok");
    }
  }
}
