package org.barestack.wire.tftp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;

/** Takes the fields of one packet, from its first byte on. */
final class Reader {
  private final ByteBuffer in;

  Reader(ByteBuffer in) {
    this.in = in;
  }

  int number(String what) throws MalformedPacketException {
    if (in.remaining() < 2) {
      throw new MalformedPacketException(in.position(), "the packet ends before its " + what);
    }
    return in.getShort() & 0xFFFF;
  }

  String string(String what) throws MalformedPacketException {
    int start = in.position();
    String text = text();
    if (!in.hasRemaining()) {
      throw new MalformedPacketException(start, "no NUL ends the " + what);
    }
    in.get();
    return text;
  }

  /** A message without its NUL is still one: the client has ended the transfer either way. */
  String message() {
    return text();
  }

  SequencedMap<String, String> options() throws MalformedPacketException {
    SequencedMap<String, String> options = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      int start = in.position();
      String name = string("option name").toLowerCase(Locale.ROOT);
      if (name.isEmpty()) {
        throw new MalformedPacketException(start, "an option without a name");
      }
      if (options.put(name, string("value of option " + name)) != null) {
        throw new MalformedPacketException(start, "option " + name + " comes twice (RFC 2347)");
      }
    }
    return options;
  }

  ByteBuffer rest() {
    return ByteBuffer.allocate(in.remaining()).put(in).flip();
  }

  /** Everything up to the next NUL or the end. */
  private String text() {
    int start = in.position();
    while (in.hasRemaining() && in.get(in.position()) != 0) {
      in.get();
    }
    byte[] text = new byte[in.position() - start];
    in.get(start, text);
    return new String(text, ISO_8859_1);
  }
}
