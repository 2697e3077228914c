package org.barestack.wire.dhcp;

import org.barestack.model.Ipv4;

/**
 * Where a datagram comes from or goes to.
 *
 * @param port UDP, 0 to 65535
 */
public record Endpoint(Ipv4 address, int port) {
  @Override
  public String toString() {
    return address + ":" + port;
  }
}
