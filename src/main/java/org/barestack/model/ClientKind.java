package org.barestack.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What kind of network-boot program asks by DHCP: the firmware (option 60 and the architecture of
 * option 93, RFC 4578 §2.1 and the IANA registry), or iPXE by its user class (option 77).
 */
public enum ClientKind {
  /** A BIOS boot ROM: architecture 0. */
  BIOS_PXE(Architecture.X86_64, false),
  /** 64-bit x86 UEFI by TFTP: architecture 7, and 9, which some firmware sends. */
  UEFI_X64_PXE(Architecture.X86_64, true),
  /** 64-bit Arm UEFI by TFTP: architecture 11. */
  UEFI_ARM64_PXE(Architecture.AARCH64, true),
  /** 64-bit x86 UEFI HTTP Boot: architecture 16. */
  UEFI_X64_HTTP(Architecture.X86_64, true),
  /** 64-bit Arm UEFI HTTP Boot: architecture 19. */
  UEFI_ARM64_HTTP(Architecture.AARCH64, true),
  /** iPXE on BIOS, as a ROM or chain-loaded. */
  IPXE_BIOS(Architecture.X86_64, false),
  /** iPXE on 64-bit x86 UEFI. */
  IPXE_UEFI_X64(Architecture.X86_64, true),
  /** iPXE on 64-bit Arm UEFI. */
  IPXE_UEFI_ARM64(Architecture.AARCH64, true);

  /** The highest architecture number that {@link #of} knows. */
  private static final int HIGHEST = 19;

  private final Architecture architecture;
  private final boolean uefi;

  ClientKind(Architecture architecture, boolean uefi) {
    this.architecture = architecture;
    this.uefi = uefi;
  }

  /**
   * The kind for an architecture number.
   *
   * @param architecture option 93, unsigned 16 bits
   * @param ipxe whether the user class is iPXE's
   * @return empty for a number no loader of ours serves (32-bit UEFI, EBC over HTTP, RISC-V, ...)
   */
  public static Optional<ClientKind> of(int architecture, boolean ipxe) {
    return Optional.ofNullable(
        switch (architecture) {
          case 0 -> ipxe ? IPXE_BIOS : BIOS_PXE;
          case 7, 9 -> ipxe ? IPXE_UEFI_X64 : UEFI_X64_PXE;
          case 11 -> ipxe ? IPXE_UEFI_ARM64 : UEFI_ARM64_PXE;
          case 16 -> ipxe ? IPXE_UEFI_X64 : UEFI_X64_HTTP;
          case 19 -> ipxe ? IPXE_UEFI_ARM64 : UEFI_ARM64_HTTP;
          default -> null;
        });
  }

  /** All numbers of option 93 that name it, ascending; for iPXE those of its firmware. */
  public List<Integer> architectures() {
    return IntStream.rangeClosed(0, HIGHEST)
        .filter(number -> of(number, ipxe()).equals(Optional.of(this)))
        .boxed()
        .toList();
  }

  /** The processor it runs on. */
  public Architecture architecture() {
    return architecture;
  }

  /** Whether the machine was started by UEFI. */
  public boolean uefi() {
    return uefi;
  }

  /** Whether it is iPXE, which wants a script and not a loader. */
  public boolean ipxe() {
    return this == IPXE_BIOS || this == IPXE_UEFI_X64 || this == IPXE_UEFI_ARM64;
  }

  /** Whether it takes its loader by URL (UEFI HTTP Boot). */
  public boolean http() {
    return this == UEFI_X64_HTTP || this == UEFI_ARM64_HTTP;
  }
}
