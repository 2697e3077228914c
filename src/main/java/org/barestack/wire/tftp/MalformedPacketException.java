package org.barestack.wire.tftp;

/** Bytes that are not a TFTP packet. Checked, since whatever comes from a network may be one. */
public final class MalformedPacketException extends Exception {
  private static final long serialVersionUID = 1;

  private final int offset;

  MalformedPacketException(int offset, String what) {
    super("byte " + offset + ": " + what);
    this.offset = offset;
  }

  /** Where in the datagram the trouble starts, in bytes from 0. */
  public int offset() {
    return offset;
  }
}
