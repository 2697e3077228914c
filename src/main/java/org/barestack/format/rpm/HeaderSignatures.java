package org.barestack.format.rpm;

import java.util.List;

/** The signatures of a package's main header, and what they are over. */
public final class HeaderSignatures {
  private final byte[] signed;
  private final List<byte[]> packets;
  private final boolean legacy;

  HeaderSignatures(byte[] signed, List<byte[]> packets, boolean legacy) {
    this.signed = signed;
    this.packets = packets;
    this.legacy = legacy;
  }

  /** The exact octets that each signature is over: the main header with its magic. */
  public byte[] signed() {
    return signed.clone();
  }

  /**
   * OpenPGP packets, one or several in each element, as the tags 268 (RSA), 267 (DSA, EdDSA) and
   * 278 hold them; not looked into. Empty if the header is not signed.
   */
  public List<byte[]> packets() {
    return packets.stream().map(byte[]::clone).toList();
  }

  /**
   * Whether there are signatures over header and payload (tags 1002 and 1005), which are not read:
   * a package with these alone is from before 2010.
   */
  public boolean legacy() {
    return legacy;
  }
}
