package org.barestack.model;

import java.util.List;

/** Where leases of the pool outlast the process. At most one is kept for an address. */
public interface LeaseStore {
  /**
   * The leases of addresses in that range. Those of all others are deleted: nobody extends them.
   */
  List<PoolLease> open(AddressRange pool);

  /** Replaces what is kept for the lease's address; it is on disk when this returns. */
  void put(PoolLease lease);
}
