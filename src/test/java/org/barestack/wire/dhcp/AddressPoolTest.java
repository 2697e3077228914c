package org.barestack.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.testing.Properties.forAll;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.testing.InMemoryLeases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPoolTest {
  private static final AddressRange RANGE = AddressRange.parse("192.168.77.10-192.168.77.12");
  private static final Duration HOUR = Duration.ofHours(1);

  private final InMemoryLeases store = new InMemoryLeases();
  private Instant wall = Instant.parse("2026-01-01T12:00:00Z");
  private Instant steady = Instant.EPOCH;
  private AddressPool pool = pool();

  /** A pool as after a start of the program. */
  private AddressPool pool() {
    return new AddressPool(RANGE, HOUR, store, new Clocks(() -> wall, () -> steady));
  }

  private void pass(Duration time) {
    wall = wall.plus(time);
    steady = steady.plus(time);
  }

  private static MacAddress mac(int number) {
    return new MacAddress("0254%08x".formatted(number));
  }

  private static Ipv4 address(int last) {
    return Ipv4.parse("192.168.77." + last);
  }

  private Optional<Ipv4> offer(int client) {
    return pool.offer(mac(client), Optional.empty());
  }

  /** The whole way to a lease; nobody answers the probe. */
  private Ipv4 lease(int client) {
    Ipv4 address = offer(client).orElseThrow();
    if (!pool.isProbed(address)) {
      assertThat(pool.probed(address, Optional.empty())).isTrue();
    }
    assertThat(pool.reserve(mac(client), address)).isTrue();
    pool.lease(mac(client), address);
    return address;
  }

  @Test
  void anAddressIsProbedOnceForItsClient() {
    Ipv4 address = offer(1).orElseThrow();
    assertThat(pool.isProbed(address)).isFalse();
    pool.probed(address, Optional.empty());
    assertThat(offer(1)).contains(address);
    assertThat(pool.isProbed(address)).isTrue();
    pass(HOUR);
    assertThat(offer(1)).contains(address);
    assertThat(pool.isProbed(address)).as("it had it lately").isTrue();
    pass(HOUR.multipliedBy(2));
    assertThat(offer(1)).contains(address);
    assertThat(pool.isProbed(address)).as("it had it long ago").isFalse();
  }

  @Test
  void anAddressThatChangesItsOwnerIsProbedAgain() {
    List<Ipv4> leased = IntStream.range(0, 3).mapToObj(this::lease).toList();
    pass(HOUR);
    Ipv4 next = offer(9).orElseThrow();
    assertThat(leased).contains(next);
    assertThat(pool.isProbed(next)).isFalse();
  }

  @Test
  void anAddressInUseBelongsToItsUserForALeaseTime() {
    Ipv4 taken = offer(1).orElseThrow();
    assertThat(pool.probed(taken, Optional.of(mac(99)))).isFalse();
    Ipv4 second = offer(1).orElseThrow();
    assertThat(second).isNotEqualTo(taken);
    assertThat(pool.reserve(mac(1), taken)).isFalse();
    assertThat(pool.reserve(mac(99), taken)).isTrue();
    pass(HOUR);
    assertThat(pool.reserve(mac(1), taken)).isTrue();
    assertThat(pool.isProbed(taken)).isFalse();
  }

  @Test
  void theClientItselfMayAnswerTheProbe() {
    Ipv4 address = offer(1).orElseThrow();
    assertThat(pool.probed(address, Optional.of(mac(1)))).isTrue();
    assertThat(pool.isProbed(address)).isTrue();
  }

  @Test
  void aRestartKeepsLeasesAndWhatWasDeclined() {
    Ipv4 first = lease(1);
    Ipv4 declined = lease(2);
    pool.decline(mac(2), declined);
    pool = pool();
    assertThat(offer(1)).contains(first);
    assertThat(pool.isProbed(first)).as("leased to the same client lately").isTrue();
    assertThat(pool.reserve(mac(2), declined)).isFalse();
    Ipv4 left = offer(3).orElseThrow();
    assertThat(left).isNotIn(first, declined);
    assertThat(offer(4)).isEmpty();
    pass(HOUR);
    assertThat(offer(4)).isPresent();
  }

  @Test
  void onlyLeasesAreWritten() {
    offer(1);
    offer(2);
    pool.reserve(mac(1), offer(1).orElseThrow());
    assertThat(store.writes()).isZero();
    lease(1);
    assertThat(store.writes()).isEqualTo(1);
    lease(1);
    assertThat(store.writes()).isEqualTo(2);
  }

  /** The process runs on: what somebody does to the date is nothing to it. */
  @ParameterizedTest
  @ValueSource(longs = {-24, 24})
  void aJumpOfTheDateChangesNothingWhileWeRun(long hours) {
    Ipv4 own = lease(1);
    lease(2);
    lease(3);
    wall = wall.plus(Duration.ofHours(hours));
    assertThat(offer(4)).isEmpty();
    pass(HOUR.minusSeconds(1));
    assertThat(offer(4)).isEmpty();
    assertThat(lease(1)).isEqualTo(own);
    pass(Duration.ofSeconds(1));
    assertThat(offer(4)).isPresent().get().isNotEqualTo(own);
  }

  @Test
  void afterARestartADayTooLateAMachineThatIsAliveKeepsItsAddress() {
    List<Ipv4> leased = IntStream.range(0, 3).mapToObj(this::lease).toList();
    wall = wall.plus(Duration.ofDays(1));
    pool = pool();
    // All leases seem over. Each address that another client would get is probed, and found in use.
    for (int i = 0; i < 3; i++) {
      Ipv4 address = offer(4).orElseThrow();
      assertThat(pool.isProbed(address)).isFalse();
      assertThat(pool.probed(address, Optional.of(mac(leased.indexOf(address))))).isFalse();
    }
    assertThat(offer(4)).isEmpty();
    for (int client = 0; client < 3; client++) {
      assertThat(pool.reserve(mac(client), leased.get(client))).isTrue();
    }
  }

  @Test
  void afterARestartADayTooEarlyNoLeaseLastsLongerThanALease() {
    IntStream.range(0, 3).forEach(this::lease);
    wall = wall.minus(Duration.ofDays(1));
    pool = pool();
    assertThat(offer(4)).isEmpty();
    pass(HOUR);
    assertThat(offer(4)).isPresent();
  }

  /** What machines may not suffer from: clients that are invented, a thousand a second. */
  @Test
  void aFloodOfInventedClientsTakesNoLeaseNoMemoryAndOnlyAMinute() {
    Ipv4 leased = lease(1);
    long offers =
        IntStream.range(1_000, 101_000)
            .filter(client -> {
              steady = steady.plusMillis(client % 1_000 == 0 ? 100 : 0);
              return offer(client).isPresent();
            })
            .count();
    assertThat(offers).as("in ten seconds").isEqualTo(2);
    assertThat(pool.size()).isLessThanOrEqualTo(6);
    assertThat(store.writes()).isEqualTo(1);
    assertThat(pool.reserve(mac(1), leased)).isTrue();
    assertThat(offer(2)).isEmpty();
    pass(Duration.ofMinutes(1));
    assertThat(offer(2)).isPresent();
  }

  /** Whatever clients, time and restarts do: no two machines have a lease on one address. */
  @Test
  void noTwoClientsHaveOneAddress() {
    forAll(
        500,
        random -> {
          store.open(AddressRange.parse("0.0.0.0-0.0.0.0"));
          pool = pool();
          Map<Ipv4, MacAddress> owners = new HashMap<>();
          Map<Ipv4, Instant> ends = new HashMap<>();
          for (int i = 0; i < 60; i++) {
            MacAddress client = mac(random.nextInt(6));
            Ipv4 wanted = address(random.nextInt(9, 14));
            switch (random.nextInt(6)) {
              case 0 -> pass(Duration.ofSeconds(random.nextInt(2_000)));
              case 1 -> {
                pool.release(client, wanted);
                if (client.equals(owners.get(wanted))) {
                  ends.put(wanted, steady);
                }
              }
              case 2 -> pool = pool();
              default -> {
                boolean got = pool.reserve(client, wanted);
                boolean free =
                    client.equals(owners.getOrDefault(wanted, client))
                        || !steady.isBefore(ends.getOrDefault(wanted, steady));
                assertThat(got && !free).as("%s at %s", wanted, steady).isFalse();
                if (got && (pool.isProbed(wanted) || pool.probed(wanted, Optional.empty()))) {
                  pool.lease(client, wanted);
                  owners.put(wanted, client);
                  ends.put(wanted, steady.plus(HOUR));
                }
              }
            }
            assertThat(pool.size()).isLessThanOrEqualTo(6);
          }
        });
  }
}
