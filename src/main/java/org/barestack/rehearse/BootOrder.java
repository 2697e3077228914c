package org.barestack.rehearse;

/**
 * The boot order that a machine is delivered with.
 *
 * <p>A BIOS keeps to it. UEFI keeps its order in the variable store, where the operating system may
 * change it, so there this is only the order before the machine's first power-on.
 */
public enum BootOrder {
  NETWORK_FIRST,
  DISK_FIRST
}
