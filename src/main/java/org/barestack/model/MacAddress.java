package org.barestack.model;

import java.util.HexFormat;
import java.util.Locale;

/** A 48-bit Ethernet address in canonical form: lower case, six octets, colons. */
public record MacAddress(String text) implements Comparable<MacAddress> {
  /**
   * Accepts colons, hyphens or no separator, in either case.
   *
   * @throws IllegalArgumentException if {@code text} is not six octets
   */
  public MacAddress {
    text = canonical(text);
  }

  /**
   * The address in six octets, as Ethernet and DHCP's {@code chaddr} carry it.
   *
   * @throws IllegalArgumentException if there are not exactly six
   */
  public static MacAddress of(byte[] octets) {
    return new MacAddress(HexFormat.ofDelimiter(":").formatHex(octets));
  }

  private static String canonical(String raw) {
    if (isCanonical(raw)) {
      return raw; // of every packet, so without a pattern
    }
    String hex = raw.toLowerCase(Locale.ROOT);
    if (hex.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}|([0-9a-f]{2}-){5}[0-9a-f]{2}|[0-9a-f]{12}")) {
      return HexFormat.ofDelimiter(":")
          .formatHex(HexFormat.of().parseHex(hex.replace(":", "").replace("-", "")));
    }
    throw new IllegalArgumentException("not a MAC address: '" + raw + "'");
  }

  private static boolean isCanonical(String text) {
    boolean canonical = text.length() == 17;
    for (int i = 0; canonical && i < 17; i++) {
      char c = text.charAt(i);
      canonical = i % 3 == 2 ? c == ':' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return canonical;
  }

  /** Six octets, network order. */
  public byte[] octets() {
    return HexFormat.ofDelimiter(":").parseHex(text);
  }

  /** With hyphens, as iPXE's {@code ${mac:hexhyp}} and the kernel's {@code BOOTIF=} write it. */
  public String hyphens() {
    return text.replace(':', '-');
  }

  /** Whether this is a group address, which no single machine can own (IEEE 802, the I/G bit). */
  public boolean isGroup() {
    return (Character.digit(text.charAt(1), 16) & 1) != 0;
  }

  @Override
  public int compareTo(MacAddress other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
