package org.barestack.format.iso;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A primary or supplementary volume descriptor (ECMA-119 §8.4, §8.5).
 *
 * @param joliet whether it is the supplementary one, whose names are UCS-2
 * @param spaceSize logical blocks of the volume
 * @param pathTableSize octets
 * @param littlePathTable logical block of the path table of type L
 * @param bigPathTable logical block of that of type M
 * @param root the record of its root directory
 */
record VolumeDescriptor(
    boolean joliet,
    String volumeIdentifier,
    long spaceSize,
    int pathTableSize,
    long littlePathTable,
    long bigPathTable,
    DirectoryRecord root,
    Instant date) {
  private static final byte[] STANDARD = "CD001".getBytes(StandardCharsets.US_ASCII);

  byte[] octets() {
    Charset charset = joliet ? StandardCharsets.UTF_16BE : StandardCharsets.US_ASCII;
    // UCS-2 level 3 announces Joliet to who knows it
    byte[] escapes = joliet ? new byte[] {'%', '/', 'E'} : new byte[0];
    return new Field()
        .number8(joliet ? 2 : 1)
        .raw(STANDARD)
        .number8(1)
        .number8(0)
        .text("", 32, charset)
        .text(volumeIdentifier, 32, charset)
        .zeros(8)
        .both32(spaceSize)
        .raw(escapes)
        .zeros(32 - escapes.length)
        .both16(1)
        .both16(1)
        .both16(Volume.BLOCK)
        .both32(pathTableSize)
        .little32(littlePathTable)
        .little32(0)
        .big32(bigPathTable)
        .big32(0)
        .raw(root.octets())
        .text("", 4 * 128, charset)
        .text("", 37, charset)
        .text("", 37, charset)
        .text("", 37, charset)
        .digits(date)
        .digits(date)
        .noDate()
        .noDate()
        .number8(1)
        .number8(0)
        .padTo(Volume.BLOCK)
        .octets();
  }

  /** The volume descriptor set terminator (§8.3). */
  static byte[] terminator() {
    return new Field().number8(255).raw(STANDARD).number8(1).padTo(Volume.BLOCK).octets();
  }
}
