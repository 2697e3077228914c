package org.barestack.wire.dhcp;

import java.util.List;

/** How much of DHCP is ours. */
public enum DhcpMode {
  /** The only DHCP server of its network: addresses and boot files. */
  FULL,
  /** Another host gives the addresses; boot files are offered beside it (PXE 2.1, proxyDHCP). */
  PROXY,
  /**
   * Another DHCP server on this very host gives the addresses and says {@code PXEClient} in option
   * 60, which sends UEFI clients to port 4011.
   */
  PORT_4011,
  /** Silent. */
  OFF;

  /** Where clients ask for an address. */
  public static final int SERVER_PORT = 67;

  /** Where PXE clients that have an address ask for a boot file. */
  public static final int BOOT_SERVER_PORT = 4011;

  /** The UDP ports to listen on. */
  public List<Integer> ports() {
    return switch (this) {
      case FULL, PROXY -> List.of(SERVER_PORT, BOOT_SERVER_PORT);
      case PORT_4011 -> List.of(BOOT_SERVER_PORT);
      case OFF -> List.of();
    };
  }
}
