package org.barestack.wire.dhcp;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * Addresses lent out of a range, kept in memory only. A client's search begins at a place computed
 * from its MAC address, so after a restart nearly every client gets its old address again, and two
 * clients seldom meet at one; for the rest there is DECLINE.
 */
final class AddressPool {
  /** How long an offer stays good for a client that has not yet asked for it. */
  private static final Duration OFFERED = Duration.ofMinutes(1);

  /**
   * @param owner null when a client has found that some other machine uses the address
   */
  private record Loan(@Nullable MacAddress owner, Instant until) {
    boolean bars(MacAddress mac, Instant now) {
      return !mac.equals(owner) && now.isBefore(until);
    }
  }

  private final AddressRange range;
  private final Duration leaseTime;
  private final Map<Ipv4, Loan> loans = new HashMap<>();
  private final Map<MacAddress, Ipv4> last = new HashMap<>();

  AddressPool(AddressRange range, Duration leaseTime) {
    this.range = range;
    this.leaseTime = leaseTime;
  }

  /**
   * An address to offer: the client's last, else the wanted one, else one never lent, else one
   * whose loan is over (RFC 2131 §4.3.1). Empty when all are taken.
   */
  synchronized Optional<Ipv4> offer(MacAddress mac, Optional<Ipv4> wanted, Instant now) {
    Optional<Ipv4> address =
        Optional.ofNullable(last.get(mac))
            .filter(own -> isFree(own, mac, now))
            .or(() -> wanted.filter(it -> range.contains(it) && isFree(it, mac, now)))
            .or(() -> search(mac, now));
    address.filter(it -> !holds(mac, it, now)).ifPresent(it -> lend(it, mac, now.plus(OFFERED)));
    return address;
  }

  private Optional<Ipv4> search(MacAddress mac, Instant now) {
    long start = Math.floorMod(mac.text().hashCode(), range.size());
    Ipv4 expired = null;
    for (long i = 0; i < range.size(); i++) {
      Ipv4 address = range.first().plus((int) ((start + i) % range.size()));
      if (!loans.containsKey(address)) {
        return Optional.of(address);
      }
      if (expired == null && isFree(address, mac, now)) {
        expired = address;
      }
    }
    return Optional.ofNullable(expired);
  }

  /**
   * Lends the address for a full lease, if it is in the range and nobody else has it. That the
   * client was offered it is not asked for: after a restart nothing is known of offers.
   */
  synchronized boolean take(MacAddress mac, Ipv4 address, Instant now) {
    boolean free = range.contains(address) && isFree(address, mac, now);
    if (free) {
      lend(address, mac, now.plus(leaseTime));
    }
    return free;
  }

  /** The client gives the address back; it stays the one that the client is offered first. */
  synchronized void release(MacAddress mac, Ipv4 address, Instant now) {
    if (holds(mac, address, now)) {
      loans.put(address, new Loan(mac, now));
    }
  }

  /** Keeps an address that the client found in use out of the pool for a lease's time. */
  synchronized void decline(MacAddress mac, Ipv4 address, Instant now) {
    if (holds(mac, address, now)) {
      loans.put(address, new Loan(null, now.plus(leaseTime)));
      last.remove(mac);
    }
  }

  private void lend(Ipv4 address, MacAddress mac, Instant until) {
    Loan old = loans.put(address, new Loan(mac, until));
    if (old != null && old.owner() != null) {
      last.remove(old.owner(), address);
    }
    last.put(mac, address);
  }

  private boolean isFree(Ipv4 address, MacAddress mac, Instant now) {
    Loan loan = loans.get(address);
    return loan == null || !loan.bars(mac, now);
  }

  private boolean holds(MacAddress mac, Ipv4 address, Instant now) {
    Loan loan = loans.get(address);
    return loan != null && mac.equals(loan.owner()) && now.isBefore(loan.until());
  }
}
