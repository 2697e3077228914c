package org.barestack.wire.dhcp;

import org.barestack.model.Ipv4;

/** What a machine is due. */
public sealed interface Lease {
  /**
   * The address that the site gives it.
   *
   * @param hostName option 12
   */
  record Fixed(Ipv4 address, String hostName) implements Lease {}

  /** Any address of the pool. */
  record FromPool() implements Lease {}

  /** No answer at all, and why. */
  record Refused(String reason) implements Lease {}
}
