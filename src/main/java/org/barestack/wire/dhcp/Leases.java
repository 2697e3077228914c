package org.barestack.wire.dhcp;

import org.barestack.model.MacAddress;

/** Says what a machine is due. It is asked for every packet that would be answered. */
@FunctionalInterface
public interface Leases {
  Lease find(MacAddress mac);
}
