package org.barestack.format.iso;

import java.time.Instant;

/**
 * What a directory says of a file or directory (ECMA-119 §9.1).
 *
 * @param extent logical block number of its first block
 * @param dataLength octets
 * @param directory whether it is one
 * @param identifier coded as its volume descriptor says; one octet 0 for the directory itself, 1
 *     for its parent
 * @param systemUse what Rock Ridge adds; may be empty
 */
record DirectoryRecord(
    long extent,
    long dataLength,
    Instant date,
    boolean directory,
    Field identifier,
    Field systemUse) {
  private static final int FIXED = 33;
  private static final int LONGEST = 255;

  /** Octets of it, which are an even number. */
  int length() {
    int named = FIXED + identifier.length();
    return even(even(named) + systemUse.length());
  }

  byte[] octets() {
    int length = length();
    if (length > LONGEST) {
      throw new IllegalArgumentException("a directory record of " + length + " octets");
    }
    Field field =
        new Field()
            .number8(length)
            .number8(0)
            .both32(extent)
            .both32(dataLength)
            .date(date)
            .number8(directory ? 2 : 0)
            .number8(0)
            .number8(0)
            .both16(1)
            .number8(identifier.length())
            .raw(identifier.octets());
    return field.padTo(2).raw(systemUse.octets()).padTo(2).octets();
  }

  private static int even(int length) {
    return length + length % 2;
  }
}
