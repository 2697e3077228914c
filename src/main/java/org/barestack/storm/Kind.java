package org.barestack.storm;

import java.util.Locale;

/** How a simulated machine starts; see docs/storm.md for what was measured of each. */
public enum Kind {
  /** iPXE as the network card's ROM: it needs no loader. */
  BIOS(0, "PXEClient:Arch:00000:UNDI:002001"),
  /** UEFI PXE (OVMF), which loads iPXE by TFTP. */
  UEFI(7, "PXEClient:Arch:00007:UNDI:003000"),
  /** UEFI HTTP Boot (OVMF), which loads iPXE by HTTP. */
  HTTP(16, "HTTPClient:Arch:00016:UNDI:003000");

  private final int architecture;
  private final String vendorClass;

  Kind(int architecture, String vendorClass) {
    this.architecture = architecture;
    this.vendorClass = vendorClass;
  }

  /** For people and programs: {@code uefi}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the firmware sends in option 93 (RFC 4578 §2.1). */
  int architecture() {
    return architecture;
  }

  /** What the firmware sends in option 60. */
  String vendorClass() {
    return vendorClass;
  }
}
