package org.barestack.wire.dhcp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;

/**
 * An ARP packet for IPv4 on Ethernet (RFC 826), without its Ethernet header.
 *
 * <pre>
 *    0               2               4       5       6               8
 *   +---------------+---------------+-------+-------+---------------+
 *   | hardware 1    | protocol 0800 | 6     | 4     | 1 ask 2 answer|
 *   +---------------+---------------+-------+-------+---------------+
 *  8| sender: Ethernet (6), IPv4 (4), target: Ethernet (6), IPv4 (4) |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public record ArpPacket(
    boolean reply, MacAddress senderMac, Ipv4 sender, MacAddress targetMac, Ipv4 target) {
  private static final MacAddress UNKNOWN = new MacAddress("000000000000");
  private static final int SIZE = 28;

  /** hardware and protocol, with the lengths of their addresses */
  private static final long ETHERNET_IPV4 = 0x0001_0800_0604L;

  /** Asks who has an address without saying that we do (RFC 5227 §2.1.1). */
  public static ArpPacket probe(MacAddress ours, Ipv4 address) {
    return new ArpPacket(false, ours, Ipv4.ANY, UNKNOWN, address);
  }

  /** Empty if it is none: cut short, or for other networks. */
  public static Optional<ArpPacket> parse(byte[] octets) {
    if (octets.length < SIZE) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(octets);
    int operation = in.getShort(6);
    if (in.getLong(0) >>> 16 != ETHERNET_IPV4 || operation < 1 || operation > 2) {
      return Optional.empty();
    }
    return Optional.of(
        new ArpPacket(
            operation == 2,
            MacAddress.of(Arrays.copyOfRange(octets, 8, 14)),
            new Ipv4(in.getInt(14)),
            MacAddress.of(Arrays.copyOfRange(octets, 18, 24)),
            new Ipv4(in.getInt(24))));
  }

  /** As octets, 28 of them. */
  public byte[] bytes() {
    return ByteBuffer.allocate(SIZE)
        .putLong(ETHERNET_IPV4 << 16 | (reply ? 2 : 1))
        .put(senderMac.octets())
        .putInt(sender.bits())
        .put(targetMac.octets())
        .putInt(target.bits())
        .array();
  }
}
