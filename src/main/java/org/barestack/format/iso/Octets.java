package org.barestack.format.iso;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.barestack.format.image.Medium;

/**
 * Octets of an image that know where they stand, read in the recording formats of ECMA-119 §7.
 * Nothing outside of them can be read: who tries gets an {@link IsoException}.
 */
final class Octets {
  private static final VarHandle LITTLE16 = view(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG16 = view(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LITTLE32 = view(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG32 = view(int[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] octets;
  private final int from;
  private final int length;
  private final long offset;
  private final String what;

  private Octets(byte[] octets, int from, int length, long offset, String what) {
    this.octets = octets;
    this.from = from;
    this.length = length;
    this.offset = offset;
    this.what = what;
  }

  private static VarHandle view(Class<?> type, ByteOrder order) {
    return MethodHandles.byteArrayViewVarHandle(type, order);
  }

  /**
   * Reads from an image.
   *
   * @param length at most a sector, so that no field of an image says how much memory is taken
   * @param what for messages
   */
  static Octets read(Medium medium, long offset, int length, String what)
      throws IOException, IsoException {
    if (offset > medium.size() - length) {
      throw new IsoException(
          new Place(offset, what), "lies behind the image's end at " + medium.size() + " octets");
    }
    byte[] octets = new byte[Objects.checkIndex(length, Volume.BLOCK + 1)];
    medium.read(offset, octets, 0, octets.length);
    return new Octets(octets, 0, octets.length, offset, what);
  }

  int length() {
    return length;
  }

  /** What it is called in messages. */
  String what() {
    return what;
  }

  /** Octets from the image's begin. */
  long offset() {
    return offset;
  }

  /** A part; what it is called for messages. */
  Octets part(int at, int count, String name) throws IsoException {
    check(at, count);
    return new Octets(octets, from + at, count, offset + at, name);
  }

  /** A part that is called like the whole. */
  Octets part(int at, int count) throws IsoException {
    return part(at, count, what);
  }

  /** All from there on. */
  Octets tail(int at) throws IsoException {
    return part(at, length - at, what);
  }

  /** §7.1.1. */
  int number8(int at) throws IsoException {
    check(at, 1);
    return octets[from + at] & 0xff;
  }

  /** §7.1.2. */
  int signed8(int at) throws IsoException {
    check(at, 1);
    return octets[from + at];
  }

  /** §7.2.1. */
  int little16(int at) throws IsoException {
    check(at, 2);
    return (short) LITTLE16.get(octets, from + at) & 0xffff;
  }

  /** §7.2.3: both orders, which must agree; see {@link #both32}. */
  int both16(int at) throws IsoException {
    int little = little16(at);
    check(at + 2, 2);
    int big = (short) BIG16.get(octets, from + at + 2) & 0xffff;
    agree(at, little, big);
    return little;
  }

  /** §7.3.1. */
  long little32(int at) throws IsoException {
    check(at, 4);
    return (int) LITTLE32.get(octets, from + at) & 0xffff_ffffL;
  }

  /** §7.3.2. */
  long big32(int at) throws IsoException {
    check(at, 4);
    return (int) BIG32.get(octets, from + at) & 0xffff_ffffL;
  }

  /**
   * §7.3.3: both orders. Linux and xorriso read the first, which is the little-endian one, and do
   * not look at the other. Where the two differ, other readers would see another image than the one
   * that was checked, so it is refused.
   */
  long both32(int at) throws IsoException {
    long little = little32(at);
    agree(at, little, big32(at + 4));
    return little;
  }

  byte[] raw(int at, int count) throws IsoException {
    check(at, count);
    return Arrays.copyOfRange(octets, from + at, from + at + count);
  }

  byte[] raw() {
    return Arrays.copyOfRange(octets, from, from + length);
  }

  boolean has(int at, byte... expected) {
    return at + expected.length <= length
        && Arrays.equals(
            octets, from + at, from + at + expected.length, expected, 0, expected.length);
  }

  /** Characters that may be anything: one for each octet. */
  String latin() {
    return new String(octets, from, length, StandardCharsets.ISO_8859_1);
  }

  /** Characters of that coding, each of which must be one. */
  String text(Charset charset) throws IsoException {
    return text(raw(), charset);
  }

  /** The same of octets that were gathered from here and elsewhere. */
  String text(byte[] gathered, Charset charset) throws IsoException {
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(gathered)).toString();
    } catch (CharacterCodingException e) {
      throw new IsoException(
          new Place(offset, what), "a name that is not coded in " + charset.name(), e);
    }
  }

  /** An exception of this place. */
  IsoException wrong(int at, String problem) {
    return new IsoException(new Place(offset + at, what), problem);
  }

  private void agree(int at, long little, long big) throws IsoException {
    if (little != big) {
      throw wrong(
          at, "a number says " + little + " in little-endian order and " + big + " in big-endian");
    }
  }

  private void check(int at, int count) throws IsoException {
    if (at < 0 || count < 0 || at > length - count) {
      throw wrong(
          Math.clamp(at, 0, length),
          "ends too early: %d octets, where octets %d to %d are needed"
              .formatted(length, at, (long) at + count - 1));
    }
  }
}
