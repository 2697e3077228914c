package org.barestack.wire.dhcp;

import static org.barestack.wire.dhcp.OptionCode.END;
import static org.barestack.wire.dhcp.OptionCode.PAD;
import static org.barestack.wire.dhcp.OptionCode.RELAY_INFORMATION;

import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Options by their number, in the order in which they first came (RFC 2132 §2).
 *
 * <pre>
 *   +------+-----+---- ... ----+     +-------+     +---------+
 *   | code | len | len octets  |     | 0 pad |     | 255 end |
 *   +------+-----+---- ... ----+     +-------+     +---------+
 * </pre>
 */
public final class DhcpOptions {
  /** No options. */
  public static final DhcpOptions NONE = new DhcpOptions(new LinkedHashMap<>());

  private static final int LONGEST_PART = 255;

  private final SequencedMap<Integer, Octets> values;

  /** Of a map that nobody changes any more. */
  private DhcpOptions(SequencedMap<Integer, Octets> values) {
    this.values = values;
  }

  /** Code to value, 1 to 254; a value may be longer than 255 octets. */
  public SequencedMap<Integer, Octets> values() {
    return Collections.unmodifiableSequencedMap(values);
  }

  /** Reads a list that stands alone, such as the inside of option 43 or 175. */
  static DhcpOptions parse(byte[] octets) throws MalformedPacketException {
    Reader reader = new Reader(octets);
    reader.read(0, octets.length);
    return reader.options();
  }

  /** Reads one list out of several places. */
  static final class Reader {
    private final byte[] packet;
    private final SequencedMap<Integer, Octets> values = new LinkedHashMap<>();
    private final Map<Integer, Integer> offsets = new HashMap<>();

    Reader(byte[] packet) {
      this.packet = packet;
    }

    /**
     * Reads on, from one offset to another. A code that comes again goes on where it stopped (RFC
     * 3396). A missing end option is no fault: not all clients send one.
     */
    void read(int from, int to) throws MalformedPacketException {
      int at = from;
      while (at < to && (packet[at] & 255) != END) {
        int code = packet[at] & 255;
        if (code == PAD) {
          at++;
          continue;
        }
        if (at + 1 == to) {
          throw new MalformedPacketException(at, "option " + code + " ends before its length");
        }
        int length = packet[at + 1] & 255;
        int end = at + 2 + length;
        if (end > to) {
          throw new MalformedPacketException(
              at, "option %d says %d octets, %d are left".formatted(code, length, to - at - 2));
        }
        values.merge(code, Octets.slice(packet, at + 2, end), Octets::plus);
        offsets.putIfAbsent(code, at);
        at = end;
      }
    }

    /** The value so far, or null. */
    @Nullable Octets get(int code) {
      return values.get(code);
    }

    /** Where an option that was read begins. */
    int offset(int code) {
      return offsets.getOrDefault(code, 0);
    }

    DhcpOptions options() {
      return new DhcpOptions(new LinkedHashMap<>(values));
    }
  }

  /** The value, if the option is there. */
  public Optional<Octets> get(int code) {
    return Optional.ofNullable(values.get(code));
  }

  /** Whether the option is there. */
  public boolean has(int code) {
    return values.containsKey(code);
  }

  /** These, with one changed or added. */
  public DhcpOptions with(int code, Octets value) {
    SequencedMap<Integer, Octets> changed = new LinkedHashMap<>(values);
    changed.put(code, value);
    return new DhcpOptions(changed);
  }

  /** These, with several changed or added. */
  DhcpOptions with(SequencedMap<Integer, Octets> more) {
    SequencedMap<Integer, Octets> changed = new LinkedHashMap<>(values);
    changed.putAll(more);
    return new DhcpOptions(changed);
  }

  DhcpOptions without(int code) {
    if (!has(code)) {
      return this;
    }
    SequencedMap<Integer, Octets> changed = new LinkedHashMap<>(values);
    changed.remove(code);
    return new DhcpOptions(changed);
  }

  /**
   * As octets, without the end option: values of more than 255 octets in several parts (RFC 3396),
   * and option 82 last (RFC 3046 §2.2).
   */
  public Octets octets() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Map.Entry<Integer, Octets> option : values.entrySet()) {
      if (option.getKey() != RELAY_INFORMATION) {
        write(option.getKey(), option.getValue(), out);
      }
    }
    get(RELAY_INFORMATION).ifPresent(value -> write(RELAY_INFORMATION, value, out));
    return Octets.of(out.toByteArray());
  }

  /** How many octets {@link #octets} gives. */
  int size() {
    int size = 0;
    for (Octets value : values.values()) {
      size += value.size() + 2 * Math.max(1, (value.size() + LONGEST_PART - 1) / LONGEST_PART);
    }
    return size;
  }

  private static void write(int code, Octets value, ByteArrayOutputStream out) {
    int from = 0;
    do {
      int to = Math.min(from + LONGEST_PART, value.size());
      out.write(code);
      out.write(to - from);
      value.write(from, to, out);
      from = to;
    } while (from < value.size());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DhcpOptions that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
