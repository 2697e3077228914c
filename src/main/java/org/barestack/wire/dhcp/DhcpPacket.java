package org.barestack.wire.dhcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.barestack.wire.dhcp.OptionCode.ARCHITECTURES;
import static org.barestack.wire.dhcp.OptionCode.BROADCAST;
import static org.barestack.wire.dhcp.OptionCode.CLIENT_ID;
import static org.barestack.wire.dhcp.OptionCode.DNS;
import static org.barestack.wire.dhcp.OptionCode.END;
import static org.barestack.wire.dhcp.OptionCode.IPXE;
import static org.barestack.wire.dhcp.OptionCode.LARGEST_MESSAGE;
import static org.barestack.wire.dhcp.OptionCode.LEASE_TIME;
import static org.barestack.wire.dhcp.OptionCode.MACHINE_ID;
import static org.barestack.wire.dhcp.OptionCode.MESSAGE_TYPE;
import static org.barestack.wire.dhcp.OptionCode.NTP;
import static org.barestack.wire.dhcp.OptionCode.OVERLOAD;
import static org.barestack.wire.dhcp.OptionCode.REBINDING_TIME;
import static org.barestack.wire.dhcp.OptionCode.RELAY_INFORMATION;
import static org.barestack.wire.dhcp.OptionCode.RENEWAL_TIME;
import static org.barestack.wire.dhcp.OptionCode.REQUESTED_ADDRESS;
import static org.barestack.wire.dhcp.OptionCode.ROUTER;
import static org.barestack.wire.dhcp.OptionCode.SERVER_ID;
import static org.barestack.wire.dhcp.OptionCode.SUBNET_MASK;
import static org.barestack.wire.dhcp.OptionCode.USER_CLASS;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;

/**
 * A DHCP packet (RFC 2131 §2).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+---------------+
 *  0|    op (1)     |   htype (1)   |   hlen (1)    |   hops (1)    |
 *   +---------------+---------------+---------------+---------------+
 *  4|                            xid (4)                            |
 *   +-------------------------------+-------------------------------+
 *  8|           secs (2)            |B          flags (2)           |
 *   +-------------------------------+-------------------------------+
 * 12|       ciaddr (4)   the address the client has and uses        |
 * 16|       yiaddr (4)   the address it is given                    |
 * 20|       siaddr (4)   the TFTP server                            |
 * 24|       giaddr (4)   the relay                                  |
 *   +---------------------------------------------------------------+
 * 28|       chaddr (16)                                             |
 * 44|       sname (64)   NUL-terminated, or options (option 52)     |
 * 108|       file (128)   NUL-terminated, or options (option 52)     |
 *   +---------------------------------------------------------------+
 * 236|       magic cookie 63 82 53 63                                |
 * 240|       options, end with 255                                   |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * @param reply op: false for a client's packet (1), true for a server's (2)
 * @param htype kind of hardware address; 1 is Ethernet
 * @param hops relays passed, 0 to 255
 * @param secs since the client began, 0 to 65535
 * @param flags 16 bits; {@link #BROADCAST_FLAG} is the only one there is
 * @param chaddr hardware address, hlen octets, 16 at most
 * @param sname empty where it held options
 * @param file empty where it held options
 * @param options all, from the places that option 52 names too; never 52 itself
 */
public record DhcpPacket(
    boolean reply,
    int htype,
    int hops,
    int xid,
    int secs,
    int flags,
    Ipv4 ciaddr,
    Ipv4 yiaddr,
    Ipv4 siaddr,
    Ipv4 giaddr,
    Octets chaddr,
    String sname,
    String file,
    DhcpOptions options) {

  /** The client cannot take unicast before it has its address (RFC 2131 §2, figure 2). */
  public static final int BROADCAST_FLAG = 0x8000;

  private static final int CHADDR = 28;
  private static final int CHADDR_SIZE = 16;
  private static final int SNAME = 44;
  private static final int SNAME_SIZE = 64;
  private static final int FILE = 108;
  private static final int FILE_SIZE = 128;
  private static final int COOKIE = 236;
  private static final int COOKIE_VALUE = 0x63825363;
  private static final int OPTIONS = 240;

  /** BOOTP's fixed size (RFC 951 §3); old clients and relays drop what is shorter. */
  private static final int SMALLEST = 300;

  /** What every client takes, and one frame of Ethernet: boot ROMs put no fragments together. */
  private static final int SMALLEST_DATAGRAM = 576;

  private static final int FRAME = 1500;

  /** IP 20, UDP 8. */
  private static final int HEADERS = 28;

  private static final int OVERLOAD_FILE = 1;
  private static final int OVERLOAD_SNAME = 2;

  private static final List<Integer> KEPT = List.of(CLIENT_ID, MACHINE_ID, RELAY_INFORMATION);

  static final int ETHERNET = 1;
  private static final int ETHERNET_SIZE = 6;

  /**
   * Reads a packet. Options are read from {@code file} and {@code sname} too if option 52 says so.
   *
   * @throws MalformedPacketException if it is none, or if an option that this record has a method
   *     for has not the length that the option's RFC demands
   */
  public static DhcpPacket parse(byte[] packet) throws MalformedPacketException {
    if (packet.length < OPTIONS) {
      throw new MalformedPacketException(
          packet.length, "the packet ends before its options at " + OPTIONS);
    }
    ByteBuffer in = ByteBuffer.wrap(packet);
    int op = packet[0];
    int hlen = packet[2] & 255;
    if (op != 1 && op != 2) {
      throw new MalformedPacketException(0, "op is " + op + ", neither 1 nor 2");
    }
    if (hlen > CHADDR_SIZE) {
      throw new MalformedPacketException(2, "hlen is " + hlen + ", more than " + CHADDR_SIZE);
    }
    if (in.getInt(COOKIE) != COOKIE_VALUE) {
      throw new MalformedPacketException(
          COOKIE, "no DHCP magic cookie but %08x".formatted(in.getInt(COOKIE)));
    }
    DhcpOptions.Reader reader = new DhcpOptions.Reader(packet);
    reader.read(OPTIONS, packet.length);
    // The order is RFC 3396's: options, file, sname.
    int overload = overload(reader);
    if ((overload & OVERLOAD_FILE) != 0) {
      reader.read(FILE, FILE + FILE_SIZE);
    }
    if ((overload & OVERLOAD_SNAME) != 0) {
      reader.read(SNAME, SNAME + SNAME_SIZE);
    }
    DhcpOptions options = reader.options().without(OVERLOAD);
    for (Map.Entry<Integer, Octets> option : options.values().entrySet()) {
      check(option.getKey(), reader.offset(option.getKey()), option.getValue());
    }
    return new DhcpPacket(
        op == 2,
        packet[1] & 255,
        packet[3] & 255,
        in.getInt(4),
        in.getShort(8) & 0xffff,
        in.getShort(10) & 0xffff,
        new Ipv4(in.getInt(12)),
        new Ipv4(in.getInt(16)),
        new Ipv4(in.getInt(20)),
        new Ipv4(in.getInt(24)),
        Octets.slice(packet, CHADDR, CHADDR + hlen),
        (overload & OVERLOAD_SNAME) != 0 ? "" : name(packet, SNAME, SNAME_SIZE),
        (overload & OVERLOAD_FILE) != 0 ? "" : name(packet, FILE, FILE_SIZE),
        options);
  }

  private static int overload(DhcpOptions.Reader reader) throws MalformedPacketException {
    Octets value = reader.get(OVERLOAD);
    if (value == null) {
      return 0;
    }
    if (value.size() != 1 || value.at(0) < 1 || value.at(0) > 3) {
      throw new MalformedPacketException(
          reader.offset(OVERLOAD), "option 52 is " + value + ", neither 1, 2 nor 3");
    }
    return value.at(0);
  }

  private static String name(byte[] packet, int from, int size) {
    int end = from;
    while (end < from + size && packet[end] != 0) {
      end++;
    }
    return new String(packet, from, end - from, ISO_8859_1);
  }

  private static void check(int code, int offset, Octets value) throws MalformedPacketException {
    int size = value.size();
    boolean right =
        switch (code) {
          case MESSAGE_TYPE -> size == 1;
          case SUBNET_MASK, BROADCAST, REQUESTED_ADDRESS, LEASE_TIME -> size == 4;
          case SERVER_ID, RENEWAL_TIME, REBINDING_TIME -> size == 4;
          case ROUTER, DNS, NTP -> size >= 4 && size % 4 == 0;
          case ARCHITECTURES -> size >= 2 && size % 2 == 0;
          default -> true;
        };
    if (!right) {
      throw new MalformedPacketException(
          offset, "option " + code + " cannot have " + size + " octets");
    }
    if (code == MESSAGE_TYPE && MessageType.of(value.at(0)).isEmpty()) {
      throw new MalformedPacketException(offset, "there is no message type " + value.at(0));
    }
  }

  /**
   * As octets, {@value #SMALLEST} at least, without overload.
   *
   * @throws IllegalArgumentException if a name or the hardware address is longer than its field
   */
  public byte[] bytes() {
    byte[] tail = options.octets().toArray();
    ByteBuffer out = ByteBuffer.allocate(Math.max(SMALLEST, OPTIONS + tail.length + 1));
    out.put((byte) (reply ? 2 : 1)).put((byte) htype).put((byte) chaddr.size()).put((byte) hops);
    out.putInt(xid).putShort((short) secs).putShort((short) flags);
    out.putInt(ciaddr.bits()).putInt(yiaddr.bits()).putInt(siaddr.bits()).putInt(giaddr.bits());
    putField(out, CHADDR, CHADDR_SIZE, chaddr.toArray());
    putField(out, SNAME, SNAME_SIZE, sname.getBytes(ISO_8859_1));
    putField(out, FILE, FILE_SIZE, file.getBytes(ISO_8859_1));
    return out.putInt(COOKIE, COOKIE_VALUE)
        .put(OPTIONS, tail)
        .put(OPTIONS + tail.length, (byte) END)
        .array();
  }

  /** How many octets {@link #bytes} gives. */
  int size() {
    return Math.max(SMALLEST, OPTIONS + options.size() + 1);
  }

  /**
   * What a client asks and waits for. Of two equal ones it waits for an answer to the later.
   *
   * @param first whether it is a DISCOVER; else a REQUEST
   * @param client its hardware address, padded as in a packet
   */
  public record Question(boolean first, Octets client) {}

  /**
   * The question in a packet, as far as a quick look tells: where clients have the message type, at
   * the begin of the options. Empty for all else.
   */
  public static Optional<Question> question(Octets packet) {
    if (packet.size() <= OPTIONS + 2 || packet.at(OPTIONS) != MESSAGE_TYPE) {
      return Optional.empty();
    }
    Octets type = packet.slice(OPTIONS + 2, OPTIONS + 3);
    boolean first = type.equals(MessageType.DISCOVER.octets());
    return first || type.equals(MessageType.REQUEST.octets())
        ? Optional.of(new Question(first, packet.slice(CHADDR, CHADDR + CHADDR_SIZE)))
        : Optional.empty();
  }

  private static void putField(ByteBuffer out, int offset, int size, byte[] value) {
    if (value.length > size) {
      throw new IllegalArgumentException(
          value.length + " octets do not fit the field of " + size + " at " + offset);
    }
    out.put(offset, value);
  }

  /**
   * What a server's answer takes over from this packet (RFC 2131 §4.3.1, table 3): xid, flags,
   * giaddr and the hardware address; the client identifier (RFC 6842), the machine's UUID, without
   * which some boot ROMs drop the answer, and the relay's information (RFC 3046).
   */
  public DhcpPacket answer(MessageType type, Ipv4 server) {
    SequencedMap<Integer, Octets> kept = new LinkedHashMap<>();
    kept.put(MESSAGE_TYPE, type.octets());
    kept.put(SERVER_ID, Octets.addresses(List.of(server)));
    for (int code : KEPT) {
      options.get(code).ifPresent(value -> kept.put(code, value));
    }
    return new DhcpPacket(
        true,
        htype,
        0,
        xid,
        0,
        flags,
        Ipv4.ANY,
        Ipv4.ANY,
        Ipv4.ANY,
        giaddr,
        chaddr,
        "",
        "",
        DhcpOptions.NONE.with(kept));
  }

  DhcpPacket withFlags(int flags) {
    return new DhcpPacket(
        reply, htype, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, chaddr, sname, file,
        options);
  }

  DhcpPacket withAddresses(Ipv4 ciaddr, Ipv4 yiaddr) {
    return new DhcpPacket(
        reply, htype, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, chaddr, sname, file,
        options);
  }

  DhcpPacket withBoot(Ipv4 siaddr, String sname, String file) {
    return new DhcpPacket(
        reply, htype, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, chaddr, sname, file,
        options);
  }

  /** This packet with one option changed or added. */
  public DhcpPacket with(int code, Octets value) {
    return withOptions(options.with(code, value));
  }

  DhcpPacket with(SequencedMap<Integer, Octets> more) {
    return withOptions(options.with(more));
  }

  private DhcpPacket withOptions(DhcpOptions options) {
    return new DhcpPacket(
        reply, htype, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, chaddr, sname, file,
        options);
  }

  /** Option 53; empty in plain BOOTP. */
  public Optional<MessageType> messageType() {
    return options.get(MESSAGE_TYPE).flatMap(value -> MessageType.of(value.at(0)));
  }

  /** The first address of option 1, 3, 6, 28, 42, 50 or 54. */
  public Optional<Ipv4> address(int code) {
    return options.get(code).map(value -> value.addresses().getFirst());
  }

  /** All addresses of option 3, 6 or 42. */
  public List<Ipv4> addresses(int code) {
    return options.get(code).map(Octets::addresses).orElse(List.of());
  }

  /** Option 51, 58 or 59, in seconds. */
  public OptionalLong seconds(int code) {
    return options.get(code).stream()
        .mapToLong(value -> Integer.toUnsignedLong(ByteBuffer.wrap(value.toArray()).getInt()))
        .findFirst();
  }

  /** Option 12, 15, 60, 66 or 67. It may hold any character; see {@link Octets#printable()}. */
  public Optional<String> text(int code) {
    return options.get(code).map(Octets::text);
  }

  /** Option 93: what the firmware says it runs on, best first. */
  public List<Integer> architectures() {
    return options.get(ARCHITECTURES).stream()
        .flatMap(value -> IntStream.range(0, value.size() / 2).mapToObj(i -> value.uint16(2 * i)))
        .toList();
  }

  /**
   * Option 77, in the form of RFC 3004 §4 (each class behind its length), or else as one class:
   * iPXE sends its name without a length.
   */
  public List<String> userClasses() {
    Octets value = options.get(USER_CLASS).orElse(Octets.of());
    List<String> classes = new ArrayList<>();
    int at = 0;
    while (at < value.size()) {
      int end = at + 1 + value.at(at);
      if (end > value.size()) {
        return List.of(value.text());
      }
      classes.add(value.slice(at + 1, end).text());
      at = end;
    }
    return classes;
  }

  /** Octets of the largest packet that this client takes: what option 57 leaves of a frame. */
  public int largestAnswer() {
    int datagram =
        options
            .get(LARGEST_MESSAGE)
            .filter(value -> value.size() == 2)
            .map(value -> Math.clamp(value.uint16(0), SMALLEST_DATAGRAM, FRAME))
            .orElse(FRAME);
    return datagram - HEADERS;
  }

  /** What is inside option 175, iPXE's own; empty if there is none or it is no list of options. */
  public Optional<DhcpOptions> ipxe() {
    return options.get(IPXE).flatMap(Octets::options);
  }

  /**
   * Option 97 as {@code dmidecode} and {@code ${uuid}} write it. SMBIOS keeps the first three
   * fields little-endian (DMTF DSP0134 §7.2.1), and firmware sends them so. Empty if the option is
   * not type 0 with 16 octets.
   */
  public Optional<UUID> uuid() {
    return options
        .get(MACHINE_ID)
        .filter(value -> value.size() == 17 && value.at(0) == 0)
        .map(value -> {
          ByteBuffer in = ByteBuffer.wrap(value.toArray());
          long high =
              Integer.toUnsignedLong(Integer.reverseBytes(in.getInt(1))) << 32
                  | Short.toUnsignedLong(Short.reverseBytes(in.getShort(5))) << 16
                  | Short.toUnsignedLong(Short.reverseBytes(in.getShort(7)));
          return new UUID(high, in.getLong(9));
        });
  }

  /**
   * The client's Ethernet address: {@code chaddr}, or the client identifier when it is one (type 1,
   * RFC 2132 §9.14). UEFI may be set to send its UUID in {@code chaddr}, hlen 16 (EDK2, SendGUID).
   * Empty if neither is an address that one machine can own.
   */
  public Optional<MacAddress> mac() {
    return Optional.of(chaddr)
        .filter(address -> address.size() == ETHERNET_SIZE)
        .or(() ->
            options
                .get(CLIENT_ID)
                .filter(id -> id.size() == 1 + ETHERNET_SIZE && id.at(0) == ETHERNET)
                .map(id -> id.slice(1, id.size())))
        .map(address -> MacAddress.of(address.toArray()))
        .filter(mac -> !mac.isGroup());
  }
}
