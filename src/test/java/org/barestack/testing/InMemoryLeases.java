package org.barestack.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.LeaseStore;
import org.barestack.model.PoolLease;

/** Leases that last as long as their process. */
public final class InMemoryLeases implements LeaseStore {
  private final Map<Ipv4, PoolLease> leases = new HashMap<>();
  private int writes;

  @Override
  public synchronized List<PoolLease> open(AddressRange pool) {
    leases.keySet().removeIf(address -> !pool.contains(address));
    return List.copyOf(leases.values());
  }

  @Override
  public synchronized void put(PoolLease lease) {
    leases.put(lease.address(), lease);
    writes++;
  }

  /** How often something was put. */
  public synchronized int writes() {
    return writes;
  }
}
