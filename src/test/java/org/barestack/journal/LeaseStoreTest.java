package org.barestack.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.LeaseStore;
import org.barestack.model.MacAddress;
import org.barestack.model.PoolLease;
import org.barestack.testing.InMemoryLeases;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What every store of leases must do. */
@ParameterizedClass(name = "{0}")
@MethodSource("stores")
@SuppressWarnings("NullAway.Init")
class LeaseStoreTest {
  private static final AddressRange POOL = AddressRange.parse("192.168.77.10-192.168.77.12");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final MacAddress A = new MacAddress("52:54:00:aa:00:0a");
  private static final MacAddress B = new MacAddress("52:54:00:aa:00:0b");

  /** Runs work on a store, which is opened for it and closed after it. */
  interface Opener {
    <T> T with(Function<LeaseStore, T> work);
  }

  @Parameter Function<Path, Opener> opener;
  @TempDir Path folder;

  static Stream<Named<Function<Path, Opener>>> stores() {
    return Stream.of(
        Named.of("in memory", folder -> new Memory(new InMemoryLeases())),
        Named.of("SQLite", folder -> new Sqlite(folder.resolve("journal.db"))));
  }

  private record Memory(LeaseStore store) implements Opener {
    @Override
    public <T> T with(Function<LeaseStore, T> work) {
      return work.apply(store);
    }
  }

  private record Sqlite(Path file) implements Opener {
    @Override
    public <T> T with(Function<LeaseStore, T> work) {
      try (SqliteJournal journal = SqliteJournal.open(file)) {
        return work.apply(journal.leases());
      }
    }
  }

  private static PoolLease lease(String address, MacAddress owner, int minutes) {
    return new PoolLease(Ipv4.parse(address), owner, NOON.plusSeconds(60L * minutes));
  }

  @Test
  void outlastsItsProcessAndKeepsOneAnAddress() {
    Opener store = opener.apply(folder);
    assertThat(store.<List<PoolLease>>with(it -> it.open(POOL))).isEmpty();
    PoolLease unknown = new PoolLease(Ipv4.parse("192.168.77.11"), null, NOON);
    store.with(it -> {
      it.put(lease("192.168.77.10", A, 1));
      it.put(unknown);
      it.put(lease("192.168.77.10", B, 2));
      return it;
    });
    assertThat(store.<List<PoolLease>>with(it -> it.open(POOL)))
        .containsExactlyInAnyOrder(lease("192.168.77.10", B, 2), unknown);
  }

  @Test
  void forgetsWhatIsNoLongerInThePool() {
    Opener store = opener.apply(folder);
    store.with(it -> {
      it.put(lease("192.168.77.10", A, 1));
      it.put(lease("192.168.77.12", B, 1));
      return it;
    });
    AddressRange smaller = AddressRange.parse("192.168.77.11-192.168.77.12");
    assertThat(store.<List<PoolLease>>with(it -> it.open(smaller)))
        .containsExactly(lease("192.168.77.12", B, 1));
    assertThat(store.<List<PoolLease>>with(it -> it.open(POOL)))
        .containsExactly(lease("192.168.77.12", B, 1));
  }
}
