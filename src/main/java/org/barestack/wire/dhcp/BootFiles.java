package org.barestack.wire.dhcp;

import org.barestack.model.ClientKind;
import org.barestack.model.MacAddress;

/** Says what a machine is to boot. It is asked several times in one boot. */
@FunctionalInterface
public interface BootFiles {
  BootFile find(MacAddress mac, ClientKind kind);
}
