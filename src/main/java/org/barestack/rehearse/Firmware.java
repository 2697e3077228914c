package org.barestack.rehearse;

/** What a machine starts with: SeaBIOS and the iPXE ROM of its network card, or OVMF. */
public enum Firmware {
  BIOS,
  UEFI
}
