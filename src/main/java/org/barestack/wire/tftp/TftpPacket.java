package org.barestack.wire.tftp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A TFTP packet (RFC 1350 §5; the option fields RFC 2347).
 *
 * <pre>
 *   2 bytes    string   1 byte  string  1 byte   string  1 byte  string  1 byte
 *  +---------+--------+-------+-------+-------+---------+-------+-------+-------+
 *  | 1 RRQ   |  name  |   0   | mode  |   0   | option  |   0   | value |   0   | ...
 *  | 2 WRQ   |        |       |       |       |         |       |       |       |
 *  +---------+--------+-------+-------+-------+---------+-------+-------+-------+
 *   2 bytes   2 bytes    n bytes
 *  +---------+---------+---------------------+
 *  | 3 DATA  |  block  |  payload            |  shorter than the block size: the last one
 *  +---------+---------+---------------------+
 *  | 4 ACK   |  block  |
 *  +---------+---------+----------+-------+
 *  | 5 ERROR |  code   |  message |   0   |
 *  +---------+---------+----------+-------+
 *   2 bytes    string   1 byte  string  1 byte
 *  +---------+--------+-------+-------+-------+
 *  | 6 OACK  | option |   0   | value |   0   | ...
 *  +---------+--------+-------+-------+-------+
 * </pre>
 *
 * <p>Strings are read as ISO 8859-1, so that every byte survives; {@link TftpName} says which names
 * are fit to serve.
 */
public sealed interface TftpPacket {
  /**
   * Reads the packet between position and limit; the buffer keeps its position.
   *
   * @throws MalformedPacketException if the bytes are no TFTP packet
   */
  static TftpPacket parse(ByteBuffer datagram) throws MalformedPacketException {
    Reader in = new Reader(datagram.slice());
    int opcode = in.number("opcode");
    return switch (opcode) {
      case 1 -> new ReadRequest(in.string("file name"), in.string("mode"), in.options());
      case 2 -> new WriteRequest(in.string("file name"), in.string("mode"), in.options());
      case 3 -> new Data(in.number("block number"), in.rest());
      // What follows the number is ignored, as dnsmasq does: nothing can be meant by it.
      case 4 -> new Ack(in.number("block number"));
      case 5 -> new ErrorPacket(in.number("error code"), in.message());
      case 6 -> new OptionAck(in.options());
      default -> throw new MalformedPacketException(0, "no TFTP opcode: " + opcode);
    };
  }

  /** Appends the packet; the buffer needs room for {@link #length()} bytes. */
  void write(ByteBuffer to);

  /** How many bytes the packet takes in a datagram. */
  int length();

  /** The packet as the bytes of one datagram. */
  default byte[] bytes() {
    ByteBuffer to = ByteBuffer.allocate(length());
    write(to);
    return to.array();
  }

  /**
   * "Send me this file."
   *
   * @param name as the client wrote it
   * @param mode in lower case: octet, netascii or mail
   * @param options in the client's order, their names in lower case (RFC 2347: case does not count)
   */
  record ReadRequest(String name, String mode, SequencedMap<String, String> options)
      implements TftpPacket {
    public ReadRequest {
      name = field(name);
      mode = field(mode).toLowerCase(Locale.ROOT);
      options = copy(options);
    }

    @Override
    public void write(ByteBuffer to) {
      writeRequest(to, 1, name, mode, options);
    }

    @Override
    public int length() {
      return requestLength(name, mode, options);
    }
  }

  /** "Take this file from me"; the fields as in {@link ReadRequest}. */
  record WriteRequest(String name, String mode, SequencedMap<String, String> options)
      implements TftpPacket {
    public WriteRequest {
      name = field(name);
      mode = field(mode).toLowerCase(Locale.ROOT);
      options = copy(options);
    }

    @Override
    public void write(ByteBuffer to) {
      writeRequest(to, 2, name, mode, options);
    }

    @Override
    public int length() {
      return requestLength(name, mode, options);
    }
  }

  /**
   * One block of the file.
   *
   * @param block 0 to 65535; after 65535 comes 0
   * @param payload a read-only view: the bytes stay the caller's
   */
  record Data(int block, ByteBuffer payload) implements TftpPacket {
    public Data {
      block = number(block);
      payload = payload.slice().asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer payload() {
      return payload.duplicate();
    }

    @Override
    public void write(ByteBuffer to) {
      to.putShort((short) 3).putShort((short) block).put(payload());
    }

    @Override
    public int length() {
      return 4 + payload.remaining();
    }
  }

  /**
   * "I have everything up to this block."
   *
   * @param block 0 to 65535; 0 also accepts an OACK
   */
  record Ack(int block) implements TftpPacket {
    public Ack {
      block = number(block);
    }

    @Override
    public void write(ByteBuffer to) {
      to.putShort((short) 4).putShort((short) block);
    }

    @Override
    public int length() {
      return 4;
    }
  }

  /**
   * The end of a transfer, from either side; never answered.
   *
   * @param code RFC 1350 appendix, and 8 of RFC 2347
   * @param message for people
   */
  record ErrorPacket(int code, String message) implements TftpPacket {
    /** See the message. */
    public static final int UNDEFINED = 0;

    /** File not found. */
    public static final int NOT_FOUND = 1;

    /** Access violation. */
    public static final int ACCESS_VIOLATION = 2;

    /** Illegal TFTP operation. */
    public static final int ILLEGAL_OPERATION = 4;

    /** Unknown transfer ID: the packet came from a port that has no part in this transfer. */
    public static final int UNKNOWN_TRANSFER = 5;

    /** The client does not go on with the options of the OACK (RFC 2347). */
    public static final int OPTIONS_DECLINED = 8;

    public ErrorPacket {
      code = number(code);
      message = field(message);
    }

    @Override
    public void write(ByteBuffer to) {
      writeString(to.putShort((short) 5).putShort((short) code), message);
    }

    @Override
    public int length() {
      return 5 + message.length();
    }
  }

  /** The options that the server takes, with its values (RFC 2347); the names in lower case. */
  record OptionAck(SequencedMap<String, String> options) implements TftpPacket {
    public OptionAck {
      options = copy(options);
    }

    @Override
    public void write(ByteBuffer to) {
      writeOptions(to.putShort((short) 6), options);
    }

    @Override
    public int length() {
      return 2 + optionsLength(options);
    }
  }

  private static int number(int value) {
    if (value != (value & 0xFFFF)) {
      throw new IllegalArgumentException("does not fit in two bytes: " + value);
    }
    return value;
  }

  private static String field(String text) {
    if (!text.chars().allMatch(c -> c > 0 && c < 256)) {
      throw new IllegalArgumentException("not a string of TFTP (no NUL, ISO 8859-1): " + text);
    }
    return text;
  }

  private static SequencedMap<String, String> copy(Map<String, String> options) {
    SequencedMap<String, String> copy = new LinkedHashMap<>();
    options.forEach((name, value) -> {
      if (name.isEmpty() || copy.put(field(name).toLowerCase(Locale.ROOT), field(value)) != null) {
        throw new IllegalArgumentException("option names must be there and differ: " + options);
      }
    });
    return Collections.unmodifiableSequencedMap(copy);
  }

  private static void writeRequest(
      ByteBuffer to, int opcode, String name, String mode, Map<String, String> options) {
    writeString(to.putShort((short) opcode), name);
    writeString(to, mode);
    writeOptions(to, options);
  }

  private static int requestLength(String name, String mode, Map<String, String> options) {
    return 4 + name.length() + mode.length() + optionsLength(options);
  }

  private static void writeOptions(ByteBuffer to, Map<String, String> options) {
    options.forEach((name, value) -> {
      writeString(to, name);
      writeString(to, value);
    });
  }

  private static int optionsLength(Map<String, String> options) {
    return options.entrySet().stream()
        .mapToInt(option -> option.getKey().length() + option.getValue().length() + 2)
        .sum();
  }

  private static void writeString(ByteBuffer to, String text) {
    to.put(text.getBytes(ISO_8859_1)).put((byte) 0);
  }
}
