package org.barestack.wire.dhcp;

/** The octets are no DHCP packet. */
public final class MalformedPacketException extends Exception {
  private static final long serialVersionUID = 1;

  private final int offset;

  MalformedPacketException(int offset, String problem) {
    super("at octet " + offset + ": " + problem);
    this.offset = offset;
  }

  /** Where in the packet the fault is, in octets from its start. */
  public int offset() {
    return offset;
  }
}
