package org.barestack.model;

/**
 * An IPv4 address.
 *
 * @param bits the 32 bits in network order, as an unsigned value in an int
 */
public record Ipv4(int bits) implements Comparable<Ipv4> {
  /** 0.0.0.0, DHCP's "none". */
  public static final Ipv4 ANY = new Ipv4(0);

  /** 255.255.255.255, which no router forwards. */
  public static final Ipv4 BROADCAST = new Ipv4(-1);

  /**
   * Reads four decimal numbers with dots. Leading zeros are refused, since some tools read them as
   * octal (RFC 6943 §3.1.1).
   *
   * @throws IllegalArgumentException if {@code text} is anything else
   */
  public static Ipv4 parse(String text) {
    String[] parts = text.split("\\.", -1);
    int bits = 0;
    for (String part : parts) {
      if (parts.length != 4 || !part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
        throw new IllegalArgumentException("not an IPv4 address: '" + text + "'");
      }
      bits = bits << 8 | Integer.parseInt(part);
    }
    return new Ipv4(bits);
  }

  /**
   * The address in four octets.
   *
   * @throws IllegalArgumentException if there are not exactly four
   */
  public static Ipv4 of(byte[] octets) {
    if (octets.length != 4) {
      throw new IllegalArgumentException("an IPv4 address has 4 octets, not " + octets.length);
    }
    return new Ipv4(
        (octets[0] & 255) << 24
            | (octets[1] & 255) << 16
            | (octets[2] & 255) << 8
            | (octets[3] & 255));
  }

  /** Four octets, network order. */
  public byte[] octets() {
    return new byte[] {
      (byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits
    };
  }

  /** The address {@code count} further on; wraps at the end of the address space. */
  public Ipv4 plus(int count) {
    return new Ipv4(bits + count);
  }

  @Override
  public int compareTo(Ipv4 other) {
    return Integer.compareUnsigned(bits, other.bits);
  }

  @Override
  public String toString() {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 255)
        + "."
        + (bits >>> 8 & 255)
        + "."
        + (bits & 255);
  }
}
