package org.barestack.storm;

import java.util.Locale;

/** The steps of a machine's boot, in order. */
public enum Phase {
  /** Discover to acknowledge, by the firmware. */
  FIRMWARE_DHCP("firmware's DHCP"),
  /** The loader by TFTP or HTTP. */
  LOADER("loader"),
  /** Discover to acknowledge once more, by iPXE. */
  LOADER_DHCP("iPXE's DHCP"),
  /** The boot scripts. */
  SCRIPT("boot script"),
  /** Kernel and initrd. */
  KERNEL("kernel, initrd"),
  /** Discover to acknowledge a third time, by the installer. */
  INSTALLER_DHCP("installer's DHCP"),
  /** {@code .treeinfo} and the installer's image. */
  TREE("install tree"),
  /** The kickstart, twice. */
  KICKSTART("kickstart"),
  /** The claim of the disk, where the kickstart makes one. */
  CLAIM("claim"),
  /** What the install tells of its course, where the kickstart makes it. */
  EVENTS("events");

  private final String words;

  Phase(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** For programs: {@code firmware-dhcp}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
