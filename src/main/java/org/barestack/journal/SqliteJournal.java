package org.barestack.journal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.barestack.model.AddressRange;
import org.barestack.model.InstallId;
import org.barestack.model.Ipv4;
import org.barestack.model.Journal;
import org.barestack.model.LeaseStore;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeEvent;
import org.barestack.model.PoolLease;
import org.barestack.model.Subject;
import org.jspecify.annotations.Nullable;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * A journal in one SQLite file that several processes may use at once. An answer is on the disk
 * before it is given: WAL with {@code synchronous=FULL}.
 *
 * <p>The file holds tokens: it is made with mode 0600, and so is what SQLite puts beside it.
 */
public final class SqliteJournal implements Journal {
  /** "Bare", for {@code file(1)} and to know a database of ours. */
  private static final int APPLICATION = 0x42617265;

  private static final int BUSY_SECONDS = 10;

  /**
   * Each entry leads from the schema version of its index to the next. {@code INSERT OR REPLACE}
   * deletes without asking a delete trigger, so inserting over a row is refused as well.
   */
  private static final List<String> MIGRATIONS =
      List.of(
          """
          CREATE TABLE event (
            sequence INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            subject TEXT NOT NULL,
            kind TEXT NOT NULL,
            install TEXT,
            detail TEXT NOT NULL
          ) STRICT;
          CREATE INDEX event_subject ON event (subject, sequence);
          CREATE TABLE pin (
            install TEXT NOT NULL,
            name TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (install, name)
          ) STRICT;
          CREATE TRIGGER event_update BEFORE UPDATE ON event
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
          CREATE TRIGGER event_delete BEFORE DELETE ON event
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
          CREATE TRIGGER event_replace BEFORE INSERT ON event
            WHEN EXISTS (SELECT 1 FROM event WHERE sequence = NEW.sequence)
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
          CREATE TRIGGER pin_update BEFORE UPDATE ON pin
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
          CREATE TRIGGER pin_delete BEFORE DELETE ON pin
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
          CREATE TRIGGER pin_replace BEFORE INSERT ON pin
            WHEN EXISTS (SELECT 1 FROM pin WHERE install = NEW.install AND name = NEW.name)
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
          """,
          """
          CREATE TABLE lease (
            address TEXT PRIMARY KEY,
            mac TEXT,
            until TEXT NOT NULL
          ) STRICT;
          """);

  /** What a text is pinned to. */
  private record Pin(InstallId install, String name) {}

  /** Texts that were lately asked for. What is pinned never changes, so they hold for ever. */
  private static final class RecentPins {
    /** Characters in all: the kickstarts of some hundred installs. */
    private static final int ROOM = 16 << 20;

    private final SequencedMap<Pin, String> texts = new LinkedHashMap<>();
    private long size;

    synchronized @Nullable String get(Pin pin) {
      return texts.get(pin);
    }

    synchronized void put(Pin pin, String text) {
      String before = texts.putIfAbsent(pin, text);
      size += before == null ? text.length() : 0;
      while (size > ROOM) {
        size -= texts.pollFirstEntry().getValue().length();
      }
    }
  }

  private static final String EVENTS =
      "SELECT sequence, at, subject, kind, install, detail FROM event ";

  /** Without limits on reading: what was written once must be readable for ever. */
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNameLength(Integer.MAX_VALUE)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .build();

  private static final TypeReference<Map<String, String>> DETAIL = new TypeReference<>() {};

  private final Path file;
  private final List<String> migrations;
  private final RecentPins pins = new RecentPins();
  private final ReentrantLock writing = new ReentrantLock();
  private final ReentrantLock reading = new ReentrantLock();
  private @Nullable Connection writer;
  private @Nullable Connection reader;

  /** What is new since some place, on the reader: asked for with every request of a node. */
  private @Nullable PreparedStatement news;

  private boolean closed;

  private SqliteJournal(Path file, List<String> migrations) {
    this.file = file.toAbsolutePath();
    this.migrations = migrations;
  }

  /**
   * Opens the journal to add to it, and makes it and its folder where they are missing. When root
   * makes them, they get the owner of the folder they are made in, so that the owner of a site can
   * read what a service of root's wrote.
   *
   * @throws UncheckedIOException if it cannot be used; the message names the file and the way out
   */
  public static SqliteJournal open(Path file) {
    return open(file, MIGRATIONS);
  }

  static SqliteJournal open(Path file, List<String> migrations) {
    SqliteJournal journal = new SqliteJournal(file, migrations);
    try {
      journal.create();
      journal.writer = journal.connect(false);
      journal.migrate();
      return journal;
    } catch (IOException | SQLException e) {
      journal.close();
      throw journal.failed(e);
    } catch (UncheckedIOException e) {
      journal.close();
      throw e;
    }
  }

  /**
   * Opens the journal for reading. Where there is none, nothing is recorded yet; one that is made
   * later is seen.
   */
  public static SqliteJournal readOnly(Path file) {
    return new SqliteJournal(file, MIGRATIONS);
  }

  @Override
  public <T> T decide(Subject subject, Function<List<NodeEvent>, Decision<T>> decide) {
    return write(connection -> {
      Decision<T> decision = decide.apply(ofSubject(connection, subject));
      for (NodeEvent event : decision.events()) {
        insert(connection, event);
      }
      return decision.answer();
    });
  }

  /** Without a look at what was before, which grows. */
  @Override
  public void append(NodeEvent event) {
    write(connection -> {
      insert(connection, event);
      return event;
    });
  }

  @Override
  public List<NodeEvent> events(Subject subject) {
    return read(connection -> ofSubject(connection, subject), List.of());
  }

  @Override
  public List<NodeEvent> since(long sequence) {
    return read(
        connection -> {
          PreparedStatement statement = news;
          if (statement == null) {
            statement =
                connection.prepareStatement(EVENTS + "WHERE sequence > ? ORDER BY sequence");
            news = statement;
          }
          return events(statement, sequence);
        },
        List.of());
  }

  @Override
  public String pin(InstallId install, String name, Supplier<String> text) {
    Pin pin = new Pin(install, name);
    String known = pins.get(pin);
    if (known == null) {
      known = pin(pin, text);
      pins.put(pin, known);
    }
    return known;
  }

  private String pin(Pin pin, Supplier<String> text) {
    InstallId install = pin.install();
    String name = pin.name();
    String pinned = this.<@Nullable String>read(c -> pinned(c, install, name), null);
    if (pinned != null) {
      return pinned;
    }
    String made = text.get();
    return write(connection -> {
      String first = pinned(connection, install, name);
      if (first == null) {
        update(connection, "INSERT INTO pin VALUES (?, ?, ?)", install.label(), name, made);
      }
      return first == null ? made : first;
    });
  }

  /** Leases of the pool, in the same file. They are no events: each replaces the one before. */
  public LeaseStore leases() {
    return new LeaseStore() {
      @Override
      public List<PoolLease> open(AddressRange pool) {
        return write(connection -> retain(connection, pool));
      }

      @Override
      public void put(PoolLease lease) {
        write(connection -> {
          MacAddress owner = lease.owner();
          update(
              connection,
              "INSERT OR REPLACE INTO lease (address, mac, until) VALUES (?, ?, ?)",
              lease.address().toString(),
              owner == null ? null : owner.text(),
              lease.until().truncatedTo(ChronoUnit.SECONDS).toString());
          return lease;
        });
      }
    };
  }

  private static List<PoolLease> retain(Connection connection, AddressRange pool)
      throws SQLException, IOException {
    List<PoolLease> leases = new ArrayList<>();
    List<String> others = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      ResultSet rows = statement.executeQuery("SELECT address, mac, until FROM lease");
      while (rows.next()) {
        PoolLease lease = lease(rows);
        if (pool.contains(lease.address())) {
          leases.add(lease);
        } else {
          others.add(lease.address().toString());
        }
      }
    }
    for (String address : others) {
      update(connection, "DELETE FROM lease WHERE address = ?", address);
    }
    return leases;
  }

  private static PoolLease lease(ResultSet row) throws SQLException, IOException {
    String address = row.getString(1);
    try {
      String mac = row.getString(2);
      return new PoolLease(
          Ipv4.parse(address),
          mac == null ? null : new MacAddress(mac),
          Instant.parse(row.getString(3)));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(
          "the lease of " + address + " cannot be read (" + e.getMessage() + "); put back a copy",
          e);
    }
  }

  @Override
  public void close() {
    writing.lock();
    reading.lock();
    try {
      closed = true;
      for (Connection connection : new @Nullable Connection[] {reader, writer}) {
        if (connection != null) {
          connection.close();
        }
      }
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      reading.unlock();
      writing.unlock();
    }
  }

  /** Something to do with a connection that nobody else uses meanwhile. */
  private interface Work<T extends @Nullable Object> {
    T on(Connection connection) throws SQLException, IOException;
  }

  /** One transaction that holds the write lock of the file from its first moment. */
  private <T> T write(Work<T> work) {
    writing.lock();
    try {
      if (writer == null || closed) {
        throw new IllegalStateException(file + " is closed, or was opened for reading only");
      }
      execute(writer, "BEGIN IMMEDIATE");
      try {
        T result = work.on(writer);
        execute(writer, "COMMIT");
        return result;
      } catch (SQLException | IOException | RuntimeException | Error e) {
        rollBack(writer, e);
        throw e;
      }
    } catch (IOException | SQLException e) {
      throw failed(e);
    } finally {
      writing.unlock();
    }
  }

  private static void rollBack(Connection connection, Throwable cause) {
    try {
      execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      // After a full disk SQLite has rolled back by itself.
      cause.addSuppressed(e);
    }
  }

  /** Reads have a connection of their own, so that none waits for a write to reach the disk. */
  private <T extends @Nullable Object> T read(Work<T> work, T nothing) {
    reading.lock();
    try {
      if (closed) {
        throw new IllegalStateException(file + " is closed");
      }
      if (reader == null) {
        reader = reader();
      }
      return reader == null ? nothing : work.on(reader);
    } catch (IOException | SQLException e) {
      throw failed(e);
    } finally {
      reading.unlock();
    }
  }

  private @Nullable Connection reader() throws SQLException, IOException {
    if (Files.notExists(file)) {
      return null;
    }
    Connection connection = connect(true);
    int version = 0;
    try {
      version = version(connection);
    } finally {
      if (version == 0) {
        connection.close();
      }
    }
    return version == 0 ? null : connection;
  }

  private Connection connect(boolean readOnly) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    config.setBusyTimeout(BUSY_SECONDS * 1000);
    config.setSynchronous(SynchronousMode.FULL);
    return config.createConnection("jdbc:sqlite:" + file);
  }

  private void migrate() throws SQLException, IOException {
    Connection connection = writer;
    if (connection == null || version(connection) == migrations.size()) {
      return;
    }
    execute(connection, "PRAGMA journal_mode = WAL");
    write(inside -> {
      for (int version = version(inside); version < migrations.size(); version++) {
        execute(inside, migrations.get(version));
      }
      execute(inside, "PRAGMA application_id = " + APPLICATION);
      execute(inside, "PRAGMA user_version = " + migrations.size());
      return inside;
    });
  }

  /**
   * The file's schema version; 0 if there is none in it yet. The order of the questions matters
   * while another process makes the schema: whoever sees a table also sees whose it is.
   */
  private int version(Connection connection) throws SQLException, IOException {
    boolean empty = number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
    boolean ours = number(connection, "PRAGMA application_id") == APPLICATION;
    int version = number(connection, "PRAGMA user_version");
    if (!empty && !ours) {
      throw new IOException("is a database of something else; choose another file");
    }
    if (version > migrations.size()) {
      throw new IOException(
          "was written by a newer Barestack (schema "
              + version
              + ", this one knows "
              + migrations.size()
              + "); upgrade Barestack");
    }
    return version;
  }

  private void create() throws IOException {
    create(file);
  }

  /** Makes a file for its owner only, and its folder, where they are missing. */
  static void create(Path file) throws IOException {
    Path folder = file.resolveSibling("");
    if (Files.notExists(folder)) {
      StateFiles.makeFolder(folder);
    }
    if (Files.notExists(file)) {
      StateFiles.makeFile(file);
    }
  }

  private static List<NodeEvent> ofSubject(Connection connection, Subject subject)
      throws SQLException, IOException {
    return select(connection, "WHERE subject = ? ORDER BY sequence", subject.toString());
  }

  private static List<NodeEvent> select(Connection connection, String where, Object value)
      throws SQLException, IOException {
    try (PreparedStatement statement = connection.prepareStatement(EVENTS + where)) {
      return events(statement, value);
    }
  }

  private static List<NodeEvent> events(PreparedStatement statement, Object value)
      throws SQLException, IOException {
    statement.setObject(1, value);
    List<NodeEvent> events = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        events.add(event(rows));
      }
    }
    return events;
  }

  private static NodeEvent event(ResultSet row) throws SQLException, IOException {
    long sequence = row.getLong(1);
    try {
      String install = row.getString(5);
      return new NodeEvent(
          sequence,
          Instant.parse(row.getString(2)),
          Subject.parse(row.getString(3)),
          NodeEvent.Kind.valueOf(row.getString(4)),
          install == null ? null : new InstallId(install),
          JSON.readValue(row.getString(6), DETAIL));
    } catch (IllegalArgumentException | DateTimeException | JacksonException e) {
      throw new IOException(
          "event " + sequence + " cannot be read (" + e.getMessage() + "); put back a copy", e);
    }
  }

  private static void insert(Connection connection, NodeEvent event)
      throws SQLException, IOException {
    InstallId install = event.install();
    update(
        connection,
        "INSERT INTO event (at, subject, kind, install, detail) VALUES (?, ?, ?, ?, ?)",
        event.at().toString(),
        event.subject().toString(),
        event.kind().name(),
        install == null ? null : install.label(),
        JSON.writeValueAsString(event.detail()));
  }

  private static @Nullable String pinned(Connection connection, InstallId install, String name)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT text FROM pin WHERE install = ? AND name = ?")) {
      statement.setString(1, install.label());
      statement.setString(2, name);
      ResultSet rows = statement.executeQuery();
      return rows.next() ? rows.getString(1) : null;
    }
  }

  private static void update(Connection connection, String sql, @Nullable String... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeQuery(sql).getInt(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private UncheckedIOException failed(Exception e) {
    String what =
        switch (e) {
          case NoSuchFileException missing ->
              "cannot be made: there is no folder for " + missing.getFile() + "; create it";
          case AccessDeniedException denied ->
              "cannot be made: no permission for " + denied.getFile();
          case SQLiteException sqlite ->
              remedy(sqlite.getResultCode().code & 0xff) + " (" + e.getMessage() + ")";
          case SQLException sql when sql.getCause() instanceof NativeLibraryNotFoundException ->
              "needs SQLite's native library, which cannot be loaded from "
                  + System.getProperty("java.io.tmpdir")
                  + "; where that is mounted noexec, set"
                  + " JAVA_TOOL_OPTIONS=-Dorg.sqlite.tmpdir=DIR";
          default -> e.getMessage();
        };
    return new UncheckedIOException("the journal " + file + " " + what, new IOException(e));
  }

  /** What to do about a primary result code of SQLite's (sqlite.org/rescode.html). */
  static String remedy(int code) {
    return switch (code) {
      case 5, 6 ->
          "was held by another process for more than "
              + BUSY_SECONDS
              + " s; nothing was recorded, try again";
      case 3, 8, 14 -> "cannot be opened or written by this user; run as its owner, or as root";
      case 11, 26 ->
          "is damaged, or no journal; put back a copy, or move it away: machines installed already"
              + " are known by the labels on their disks, and no other disk that holds data is"
              + " written";
      case 13 -> "does not fit: the disk is full; nothing was recorded, make room and try again";
      default -> "cannot be read or written; nothing was recorded, look at its disk";
    };
  }
}
