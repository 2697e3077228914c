package org.barestack.wire.dhcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.barestack.model.Ipv4;

/** Octets that do not change, compared by value: what an option holds. */
public final class Octets {
  private final byte[] octets;

  private Octets(byte[] octets) {
    this.octets = octets;
  }

  /** A copy of the octets. */
  public static Octets of(byte... octets) {
    return new Octets(octets.clone());
  }

  /** A copy of the octets {@code from} (included) to {@code to} (excluded). */
  static Octets slice(byte[] octets, int from, int to) {
    return new Octets(Arrays.copyOfRange(octets, from, to));
  }

  /** One octet a character (ISO 8859-1), without a NUL at the end. */
  public static Octets text(String text) {
    return new Octets(text.getBytes(ISO_8859_1));
  }

  /** Four octets each. */
  public static Octets addresses(List<Ipv4> addresses) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * addresses.size());
    addresses.forEach(address -> buffer.putInt(address.bits()));
    return new Octets(buffer.array());
  }

  /** An unsigned number in four octets. */
  public static Octets uint32(long number) {
    return new Octets(ByteBuffer.allocate(4).putInt((int) number).array());
  }

  /** How many there are. */
  public int size() {
    return octets.length;
  }

  /** The one at the index, 0 to 255. */
  public int at(int index) {
    return octets[index] & 255;
  }

  /** The unsigned 16-bit number that begins at the index. */
  int uint16(int index) {
    return at(index) << 8 | at(index + 1);
  }

  /** A copy. */
  public byte[] toArray() {
    return octets.clone();
  }

  /** Writes those {@code from} (included) to {@code to} (excluded). */
  void write(int from, int to, ByteArrayOutputStream out) {
    out.write(octets, from, to - from);
  }

  Octets slice(int from, int to) {
    return slice(octets, from, to);
  }

  Octets plus(Octets more) {
    byte[] both = Arrays.copyOf(octets, octets.length + more.octets.length);
    System.arraycopy(more.octets, 0, both, octets.length, more.octets.length);
    return new Octets(both);
  }

  /** Addresses of four octets each; what is left over at the end is not read. */
  List<Ipv4> addresses() {
    return IntStream.range(0, octets.length / 4)
        .mapToObj(i -> Ipv4.of(Arrays.copyOfRange(octets, 4 * i, 4 * i + 4)))
        .toList();
  }

  /**
   * As text, one character an octet. Some clients end it with a NUL, which RFC 2132 §2 tells
   * readers to cut.
   */
  String text() {
    int end = octets.length;
    while (end > 0 && octets[end - 1] == 0) {
      end--;
    }
    return new String(octets, 0, end, ISO_8859_1);
  }

  /** As text for a log or a screen: whatever is not printable ASCII is {@code \xNN}. */
  public String printable() {
    return text()
        .chars()
        .mapToObj(c -> c >= ' ' && c <= '~' ? Character.toString(c) : "\\x%02x".formatted(c))
        .collect(Collectors.joining());
  }

  /**
   * The encapsulated options these are (RFC 2132 §8.4), or empty if they are no list of options:
   * another vendor's option 43 need not be one.
   */
  public Optional<DhcpOptions> options() {
    try {
      return Optional.of(DhcpOptions.parse(octets));
    } catch (MalformedPacketException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Octets that && Arrays.equals(octets, that.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /** Lower-case hex. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(octets);
  }
}
