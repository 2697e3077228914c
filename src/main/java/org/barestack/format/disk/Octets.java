package org.barestack.format.disk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32;

/** Numbers of partition tables: least significant octet first. */
final class Octets {
  private Octets() {}

  private static ByteBuffer little(byte[] octets) {
    return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
  }

  static long little32(byte[] from, int at) {
    return little(from).getInt(at) & 0xffff_ffffL;
  }

  static void little32(byte[] into, int at, long value) {
    little(into).putInt(at, (int) value);
  }

  static long little64(byte[] from, int at) {
    return little(from).getLong(at);
  }

  static void little64(byte[] into, int at, long value) {
    little(into).putLong(at, value);
  }

  /** UEFI 2.10 appendix A: the first three fields have their least significant octet first. */
  static UUID guid(byte[] from, int at) {
    ByteBuffer octets = little(from);
    long high =
        ((octets.getInt(at) & 0xffff_ffffL) << 32)
            | ((octets.getShort(at + 4) & 0xffffL) << 16)
            | (octets.getShort(at + 6) & 0xffffL);
    return new UUID(high, octets.order(ByteOrder.BIG_ENDIAN).getLong(at + 8));
  }

  static void guid(byte[] into, int at, UUID value) {
    long high = value.getMostSignificantBits();
    ByteBuffer octets = little(into);
    octets.putInt(at, (int) (high >> 32));
    octets.putShort(at + 4, (short) (high >> 16));
    octets.putShort(at + 6, (short) high);
    octets.order(ByteOrder.BIG_ENDIAN).putLong(at + 8, value.getLeastSignificantBits());
  }

  static long crc(byte[] octets, int length) {
    CRC32 crc = new CRC32();
    crc.update(octets, 0, length);
    return crc.getValue();
  }
}
