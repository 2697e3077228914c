package org.barestack.format.disk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * A partition of a GPT (UEFI 2.10 §5.3.3).
 *
 * @param number from 1
 * @param type what it is for, such as {@link #EFI_SYSTEM}; all zeros for an entry that is not used
 * @param id its own
 * @param first its first sector
 * @param last its last sector
 * @param attributes 64 flags
 * @param name at most 36 units of UTF-16, and what it comes from may be anything
 */
public record GptEntry(
    int number, UUID type, UUID id, long first, long last, long attributes, String name) {
  /** An EFI system partition. */
  public static final UUID EFI_SYSTEM = UUID.fromString("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");

  /** Data that Windows reads; isohybrid's and xorriso's for what is no ESP. */
  public static final UUID BASIC_DATA = UUID.fromString("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7");

  static final UUID UNUSED = new UUID(0, 0);

  /** Octets of an entry that have a meaning. */
  static final int LENGTH = 128;

  private static final int NAME = 56;
  private static final int NAME_LENGTH = 72;

  public GptEntry {
    if (number < 1) {
      throw new IllegalArgumentException("partitions count from 1, not " + number);
    }
    if (name.length() * 2 > NAME_LENGTH) {
      throw new IllegalArgumentException("a name has at most 36 units of UTF-16: " + name);
    }
  }

  /** Whether there is a partition. */
  public boolean isUsed() {
    return !type.equals(UNUSED);
  }

  /** Sectors of it; not more than none if its limits are wrong. */
  public long sectors() {
    return last - first + 1;
  }

  /** The same partition elsewhere. */
  public GptEntry withRange(long newFirst, long newLast) {
    return new GptEntry(number, type, id, newFirst, newLast, attributes, name);
  }

  static GptEntry read(byte[] array, int at, int number) {
    String name = new String(array, at + NAME, NAME_LENGTH, StandardCharsets.UTF_16LE);
    int end = name.indexOf('\0');
    return new GptEntry(
        number,
        Octets.guid(array, at),
        Octets.guid(array, at + 16),
        Octets.little64(array, at + 32),
        Octets.little64(array, at + 40),
        Octets.little64(array, at + 48),
        end < 0 ? name : name.substring(0, end));
  }

  /** A name that stays is not written anew, since not each sequence of units is a text. */
  void write(byte[] array, int at) {
    Octets.guid(array, at, type);
    Octets.guid(array, at + 16, id);
    Octets.little64(array, at + 32, first);
    Octets.little64(array, at + 40, last);
    Octets.little64(array, at + 48, attributes);
    if (name.equals(read(array, at, number).name)) {
      return;
    }
    byte[] coded = name.getBytes(StandardCharsets.UTF_16LE);
    Arrays.fill(array, at + NAME, at + NAME + NAME_LENGTH, (byte) 0);
    System.arraycopy(coded, 0, array, at + NAME, coded.length);
  }
}
