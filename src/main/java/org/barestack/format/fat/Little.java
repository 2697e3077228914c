package org.barestack.format.fat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers: least significant octet first. */
final class Little {
  private Little() {}

  static ByteBuffer of(byte[] octets) {
    return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int get16(byte[] octets, int at) {
    return of(octets).getShort(at) & 0xffff;
  }

  static long get32(byte[] octets, int at) {
    return of(octets).getInt(at) & 0xffff_ffffL;
  }

  static void put16(byte[] octets, int at, int value) {
    of(octets).putShort(at, (short) value);
  }

  static void put32(byte[] octets, int at, long value) {
    of(octets).putInt(at, (int) value);
  }
}
