package org.barestack.rehearse;

/** What a machine starts with: SeaBIOS and the iPXE ROM of its network card, or OVMF. */
public enum Firmware {
  BIOS,
  UEFI,
  /** OVMF with Secure Boot on, and the keys of Microsoft, by which distributions' shims start. */
  UEFI_SECURE,
  /** OVMF that boots by HTTP and not by PXE. */
  UEFI_HTTP;

  /** Whether it starts from an EFI partition and keeps its own boot order. */
  public boolean uefi() {
    return this != BIOS;
  }
}
