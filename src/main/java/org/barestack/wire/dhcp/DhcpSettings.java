package org.barestack.wire.dhcp;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.model.AddressRange;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.model.Subnet;
import org.jspecify.annotations.Nullable;

/**
 * What the answers say. All but the first two and the last is for {@link DhcpMode#FULL}.
 *
 * @param serverAddress ours on the interface; the server identifier and the TFTP server
 * @param subnet in which the addresses are
 * @param router option 3
 * @param dns option 6
 * @param domain option 15
 * @param ntp option 42
 * @param pool for machines without an address of their own
 * @param leaseTime whole seconds, 60 at least
 * @param discoveryControl who gets option 43 with discovery control 8: boot what is named, at once
 */
public record DhcpSettings(
    DhcpMode mode,
    Ipv4 serverAddress,
    Subnet subnet,
    @Nullable Ipv4 router,
    List<Ipv4> dns,
    @Nullable String domain,
    List<Ipv4> ntp,
    @Nullable AddressRange pool,
    Duration leaseTime,
    Set<ClientKind> discoveryControl) {

  private static final Duration SHORTEST_LEASE = Duration.ofMinutes(1);

  /** Refuses a pool that leaves the subnet or holds an address that is in use for sure. */
  public DhcpSettings {
    dns = List.copyOf(dns);
    ntp = List.copyOf(ntp);
    discoveryControl = Set.copyOf(discoveryControl);
    if (leaseTime.compareTo(SHORTEST_LEASE) < 0) {
      throw new IllegalArgumentException("a lease of " + leaseTime + " is shorter than a minute");
    }
    if (pool != null) {
      if (!subnet.isHost(pool.first()) || !subnet.isHost(pool.last())) {
        throw new IllegalArgumentException("the pool " + pool + " leaves the subnet " + subnet);
      }
      Stream.concat(
              Stream.ofNullable(router),
              Stream.of(List.of(serverAddress), dns, ntp).flatMap(List::stream))
          .filter(pool::contains)
          .findFirst()
          .ifPresent(address -> {
            throw new IllegalArgumentException(
                "the pool " + pool + " holds " + address + ", a server's or the router's");
          });
    }
  }
}
