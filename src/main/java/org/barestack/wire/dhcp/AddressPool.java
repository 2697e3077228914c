package org.barestack.wire.dhcp;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.LeaseStore;
import org.barestack.model.MacAddress;
import org.barestack.model.PoolLease;
import org.jspecify.annotations.Nullable;

/**
 * Addresses lent out of a range. Memory and store hold one loan an address at most, whatever asks.
 *
 * <p>Loans are timed by a clock that cannot jump; only what is stored has dates. After a restart
 * with another date they are off, and then two rules keep an address from two machines: a loan
 * never counts for longer than a lease from now on, and an address that changes its owner is probed
 * first, so that a machine whose lease only seems over is found.
 */
final class AddressPool {
  /** How long an offer stays good for a client that has not yet asked for it. */
  private static final Duration OFFERED = Duration.ofMinutes(1);

  /**
   * @param owner null when some machine uses the address and nobody knows which
   * @param until by the steady clock
   * @param probed whether it is known that no other machine uses the address
   */
  private record Loan(@Nullable MacAddress owner, Instant until, boolean probed) {
    boolean bars(MacAddress mac, Instant now) {
      return !mac.equals(owner) && now.isBefore(until);
    }
  }

  private final AddressRange range;
  private final Duration leaseTime;
  private final LeaseStore store;
  private final Clocks clocks;
  private final Map<Ipv4, Loan> loans = new HashMap<>();
  private final Map<MacAddress, Ipv4> last = new HashMap<>();

  AddressPool(AddressRange range, Duration leaseTime, LeaseStore store, Clocks clocks) {
    this.range = range;
    this.leaseTime = leaseTime;
    this.store = store;
    this.clocks = clocks;
    store.open(range).stream().sorted(Comparator.comparing(PoolLease::until)).forEach(this::load);
  }

  private void load(PoolLease lease) {
    Duration left = Duration.between(clocks.wall().instant(), lease.until());
    Instant until = now().plus(left.compareTo(leaseTime) < 0 ? left : leaseTime);
    loans.put(lease.address(), new Loan(lease.owner(), until, true));
    if (lease.owner() != null) {
      last.put(lease.owner(), lease.address());
    }
  }

  /**
   * An address to offer, kept for a minute: the client's last, else the wanted one, else one never
   * lent, else the one whose loan has been over for longest (RFC 2131 §4.3.1). Empty when all are
   * taken.
   */
  synchronized Optional<Ipv4> offer(MacAddress mac, Optional<Ipv4> wanted) {
    Optional<Ipv4> address =
        Optional.ofNullable(last.get(mac))
            .filter(own -> isFree(own, mac))
            .or(() -> wanted.filter(it -> isFree(it, mac)))
            .or(() -> search(mac));
    address.ifPresent(it -> keep(it, mac));
    return address;
  }

  /** Begins at a place computed from the MAC address, so two clients seldom meet at one. */
  private Optional<Ipv4> search(MacAddress mac) {
    long start = Math.floorMod(mac.text().hashCode(), range.size());
    Ipv4 expired = null;
    Instant longest = now();
    for (long i = 0; i < range.size(); i++) {
      Ipv4 address = range.first().plus((int) ((start + i) % range.size()));
      Loan loan = loans.get(address);
      if (loan == null) {
        return Optional.of(address);
      }
      if (!loan.until().isAfter(longest)) {
        expired = address;
        longest = loan.until();
      }
    }
    return Optional.ofNullable(expired);
  }

  /**
   * Keeps an address for a minute if it is in the range and nobody else has it. That the client was
   * offered it is not asked for: after a restart nothing is known of offers.
   */
  synchronized boolean reserve(MacAddress mac, Ipv4 address) {
    boolean free = isFree(address, mac);
    if (free) {
      keep(address, mac);
    }
    return free;
  }

  private void keep(Ipv4 address, MacAddress mac) {
    if (!holds(mac, address)) {
      lend(address, new Loan(mac, now().plus(OFFERED), hadLately(mac, loans.get(address))));
    }
  }

  private boolean hadLately(MacAddress mac, @Nullable Loan loan) {
    return loan != null
        && mac.equals(loan.owner())
        && loan.probed()
        && now().isBefore(loan.until().plus(leaseTime));
  }

  /** Whether it is known that no machine but its owner uses the address. */
  synchronized boolean isProbed(Ipv4 address) {
    Loan loan = loans.get(address);
    return loan != null && loan.probed();
  }

  /**
   * Takes note of a probe's outcome. An address in use is lent to the machine that uses it, for a
   * lease's time: if that is a client whose lease seemed over, it has it again.
   *
   * @return whether the address can be given to the client it is kept for
   */
  synchronized boolean probed(Ipv4 address, Optional<MacAddress> user) {
    Loan loan = loans.get(address);
    if (loan == null || loan.probed()) {
      return true;
    }
    if (user.isEmpty() || user.get().equals(loan.owner())) {
      loans.put(address, new Loan(loan.owner(), loan.until(), true));
      return true;
    }
    setAside(address, user.get());
    return false;
  }

  /** Lends an address that is kept for the client for a full lease, in the store too. */
  synchronized void lease(MacAddress mac, Ipv4 address) {
    store.put(new PoolLease(address, mac, clocks.wall().instant().plus(leaseTime)));
    lend(address, new Loan(mac, now().plus(leaseTime), true));
  }

  /** The client gives the address back; it stays the one that the client is offered first. */
  synchronized void release(MacAddress mac, Ipv4 address) {
    if (holds(mac, address)) {
      store.put(new PoolLease(address, mac, clocks.wall().instant()));
      loans.put(address, new Loan(mac, now(), true));
    }
  }

  /** Keeps an address that the client found in use out of the pool for a lease's time. */
  synchronized void decline(MacAddress mac, Ipv4 address) {
    if (holds(mac, address)) {
      setAside(address, null);
    }
  }

  private void setAside(Ipv4 address, @Nullable MacAddress user) {
    store.put(new PoolLease(address, user, clocks.wall().instant().plus(leaseTime)));
    forget(loans.put(address, new Loan(user, now().plus(leaseTime), true)), address);
  }

  private void lend(Ipv4 address, Loan loan) {
    forget(loans.put(address, loan), address);
    if (loan.owner() != null) {
      last.put(loan.owner(), address);
    }
  }

  private void forget(@Nullable Loan old, Ipv4 address) {
    if (old != null && old.owner() != null) {
      last.remove(old.owner(), address);
    }
  }

  private boolean isFree(Ipv4 address, MacAddress mac) {
    Loan loan = loans.get(address);
    return range.contains(address) && (loan == null || !loan.bars(mac, now()));
  }

  private boolean holds(MacAddress mac, Ipv4 address) {
    Loan loan = loans.get(address);
    return loan != null && mac.equals(loan.owner()) && now().isBefore(loan.until());
  }

  private Instant now() {
    return clocks.steady().instant();
  }

  /** How many entries it holds in memory. */
  synchronized int size() {
    return loans.size() + last.size();
  }
}
