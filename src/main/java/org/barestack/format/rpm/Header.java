package org.barestack.format.rpm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A header structure: an index of entries, and their data. What rpm refuses (hdrblobInit and
 * hdrblobVerifyInfo in lib/header.c) is refused here: entries that overlap, are not aligned, lie
 * outside of the data or do not end in them. A tag that is there twice is refused too, since two
 * readers could see two packages in it.
 */
final class Header {
  private static final byte[] MAGIC = {(byte) 0x8e, (byte) 0xad, (byte) 0xe8, 1, 0, 0, 0, 0};
  private static final int INTRO = MAGIC.length + 8;
  private static final int ENTRY = 16;
  private static final int FIRST_TAG = 100;

  /**
   * Values of one tag that are made into objects, of which each takes much more memory than it has
   * octets here. Packages with the most files have some 60,000.
   */
  static final int MOST_VALUES = 200_000;

  private static final int INT16 = 3;
  private static final int INT32 = 4;
  private static final int INT64 = 5;
  private static final int STRING = 6;
  private static final int BIN = 7;
  private static final int STRING_ARRAY = 8;
  private static final int I18N_STRING = 9;

  /**
   * Octets of one value of each type; 0 for text, whose end is a zero. Types 1 and 2 are octets.
   */
  private static final int[] SIZES = {0, 1, 1, 2, 4, 8, 0, 1, 0, 0};

  /** Which of the two, with the most entries of its index, and the most octets of its data. */
  enum Kind {
    /** As rpm itself bounds it. */
    SIGNATURE("signature header", Tag.HEADER_SIGNATURES, 32, 64 << 20),
    /**
     * rpm takes 256 MiB. A file costs some 150 octets of a header, and 800 with a signature for
     * IMA, so this is enough for 80,000 files.
     */
    MAIN("main header", Tag.HEADER_IMMUTABLE, 0xffff, 64 << 20);

    private final String title;
    private final int region;
    private final int entries;
    private final int octets;

    Kind(String title, int region, int entries, int octets) {
      this.title = title;
      this.region = region;
      this.entries = entries;
      this.octets = octets;
    }
  }

  private record Entry(int tag, int type, int offset, int count, int length) {}

  private final String place;
  private final byte[] bytes;
  private final int data;
  private final Map<Integer, Entry> entries = new HashMap<>();

  private Header(String place, byte[] bytes, int data) {
    this.place = place;
    this.bytes = bytes;
    this.data = data;
  }

  /**
   * Reads one header, and not an octet more.
   *
   * @param source name of the package, for messages
   * @throws RpmException if it is none that rpm would take
   */
  static Header read(String source, Kind kind, InputStream in) throws IOException {
    String place = source + ", " + kind.title;
    byte[] intro = Octets.exactly(in, INTRO, place);
    ByteBuffer counts = ByteBuffer.wrap(intro);
    if (!Arrays.equals(MAGIC, 0, MAGIC.length, intro, 0, MAGIC.length)) {
      throw new RpmException(place, "does not begin with a header's magic (8eade80100000000)");
    }
    long count = Integer.toUnsignedLong(counts.getInt(8));
    long octets = Integer.toUnsignedLong(counts.getInt(12));
    if (count < 1 || count > kind.entries) {
      throw new RpmException(
          place, "has " + count + " index entries; 1 to " + kind.entries + " are taken");
    }
    if (octets > kind.octets) {
      throw new RpmException(
          place, "has " + octets + " octets of data; at most " + kind.octets + " are taken");
    }
    int data = INTRO + (int) count * ENTRY;
    byte[] rest = Octets.exactly(in, data - INTRO + (int) octets, place);
    byte[] bytes = Arrays.copyOf(intro, INTRO + rest.length);
    System.arraycopy(rest, 0, bytes, INTRO, rest.length);
    Header header = new Header(place, bytes, data);
    header.index((int) count, kind);
    return header;
  }

  private void index(int count, Kind kind) throws RpmException {
    ByteBuffer index = ByteBuffer.wrap(bytes, INTRO, count * ENTRY);
    if (kind == Kind.MAIN && index.getInt(INTRO) != kind.region) {
      throw new RpmException(
          place, "does not begin with an immutable region (tag 63), which is what is signed");
    }
    int end = 0;
    for (int i = 0; i < count; i++) {
      int tag = index.getInt();
      int type = index.getInt();
      int offset = index.getInt();
      int number = index.getInt();
      if (tag == kind.region) {
        region(i, tag, type, offset, number, count, kind);
        continue;
      }
      if (tag < FIRST_TAG) {
        throw bad(tag, "no tag of a package");
      }
      if (type < 1 || type >= SIZES.length) {
        throw bad(tag, "has type " + type + ", which there is not");
      }
      if (offset < end || offset >= dataLength()) {
        throw bad(
            tag,
            "begins at octet %d of the data, which goes from %d, where the entry before it ends, to %d"
                .formatted(offset, end, dataLength()));
      }
      int size = SIZES[type];
      if (size > 1 && offset % size != 0) {
        throw bad(tag, "begins at octet " + offset + ", which " + size + " does not divide");
      }
      int length = length(tag, type, offset, number);
      end = offset + length;
      if (entries.put(tag, new Entry(tag, type, offset, number, length)) != null) {
        throw bad(tag, "is there twice");
      }
    }
  }

  /**
   * The region that a signature is over. It must be all of the main header: what lies outside of it
   * would be signed by nobody. (In the signature header nothing is signed.)
   */
  private void region(int i, int tag, int type, int offset, int number, int count, Kind kind)
      throws RpmException {
    if (i != 0 || type != BIN || number != ENTRY) {
      throw bad(tag, "is no region: entry " + i + ", type " + type + ", count " + number);
    }
    if (offset < 0 || offset > dataLength() - ENTRY) {
      throw bad(tag, "has its trailer at octet " + offset + ", outside of the data");
    }
    ByteBuffer trailer = ByteBuffer.wrap(bytes, data + offset, ENTRY);
    int trailerTag = trailer.getInt();
    int trailerType = trailer.getInt();
    int back = trailer.getInt();
    int trailerCount = trailer.getInt();
    if (kind == Kind.SIGNATURE) {
      return;
    }
    if (trailerTag != tag || trailerType != BIN || trailerCount != ENTRY) {
      throw bad(tag, "has no trailer at octet " + offset);
    }
    if (back != -count * ENTRY || offset != dataLength() - ENTRY) {
      throw bad(tag, "is not all of the header; what is outside of it is signed by nobody");
    }
  }

  private int length(int tag, int type, int offset, int count) throws RpmException {
    int left = dataLength() - offset;
    if (count < 1 || count > left) {
      throw bad(
          tag,
          "counts " + Integer.toUnsignedString(count) + " values in " + left + " octets of data");
    }
    if (SIZES[type] > 0) {
      if ((long) count * SIZES[type] > left) {
        throw bad(
            tag,
            "counts " + count + " values of " + SIZES[type] + " octets; " + left + " are left");
      }
      return count * SIZES[type];
    }
    if (type == STRING && count != 1) {
      throw bad(tag, "is one text, and counts " + count);
    }
    int at = data + offset;
    for (int texts = count; texts > 0; texts--) {
      while (at < bytes.length && bytes[at] != 0) {
        at++;
      }
      if (at == bytes.length) {
        throw bad(tag, "text " + (count - texts + 1) + " of " + count + " has no end");
      }
      at++;
    }
    return at - data - offset;
  }

  private int dataLength() {
    return bytes.length - data;
  }

  /** The header from the first octet of its magic to the last of its data; not a copy. */
  byte[] bytes() {
    return bytes;
  }

  /** Octets of the whole. */
  int size() {
    return bytes.length;
  }

  /** What is wrong with a tag. */
  RpmException bad(int tag, String problem) {
    return new RpmException(place, "tag " + Integer.toUnsignedString(tag) + ": " + problem);
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  /** One text. */
  String text(int tag) throws RpmException {
    @Nullable String text = textOr(tag, null);
    if (text == null) {
      throw bad(tag, "is missing");
    }
    return text;
  }

  /** One text, or that where there is none. */
  @Nullable String textOr(int tag, @Nullable String none) throws RpmException {
    Entry entry = entry(tag, STRING, I18N_STRING);
    return entry == null ? none : texts(entry, 1).getFirst();
  }

  /** Texts, none if the tag is not there. */
  List<String> texts(int tag) throws RpmException {
    Entry entry = entry(tag, STRING_ARRAY, STRING_ARRAY);
    if (entry == null) {
      return List.of();
    }
    bound(entry);
    return texts(entry, entry.count());
  }

  /** Octets, none if the tag is not there. */
  byte @Nullable [] octets(int tag) throws RpmException {
    Entry entry = entry(tag, BIN, BIN);
    return entry == null
        ? null
        : Arrays.copyOfRange(bytes, data + entry.offset(), data + entry.offset() + entry.length());
  }

  /** Unsigned numbers, none if the tag is not there. Those of 64 bits are not above 2^63-1. */
  long[] numbers(int tag) throws RpmException {
    Entry entry = entries.get(tag);
    if (entry == null) {
      return new long[0];
    }
    bound(entry);
    long[] numbers = new long[entry.count()];
    ByteBuffer at = ByteBuffer.wrap(bytes, data + entry.offset(), entry.length());
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (entry.type()) {
            case INT16 -> at.getShort() & 0xffff;
            case INT32 -> Integer.toUnsignedLong(at.getInt());
            case INT64 -> at.getLong();
            default -> throw bad(tag, "has type " + entry.type() + ", and is no number");
          };
      if (numbers[i] < 0) {
        throw bad(tag, "number " + i + " is above 2^63-1");
      }
    }
    return numbers;
  }

  /** One number, or that where there is none. */
  long numberOr(int tag, long none) throws RpmException {
    long[] numbers = numbers(tag);
    return numbers.length == 0 ? none : numbers[0];
  }

  private void bound(Entry entry) throws RpmException {
    if (entry.count() > MOST_VALUES) {
      throw bad(
          entry.tag(), "has " + entry.count() + " values; at most " + MOST_VALUES + " are taken");
    }
  }

  private @Nullable Entry entry(int tag, int type, int orType) throws RpmException {
    Entry entry = entries.get(tag);
    if (entry != null && entry.type() != type && entry.type() != orType) {
      throw bad(tag, "has type " + entry.type() + ", and should have type " + type);
    }
    return entry;
  }

  private List<String> texts(Entry entry, int count) {
    List<String> texts = new ArrayList<>(count);
    int from = data + entry.offset();
    while (texts.size() < count) {
      int to = from;
      while (bytes[to] != 0) {
        to++;
      }
      texts.add(new String(bytes, from, to - from, UTF_8));
      from = to + 1;
    }
    return texts;
  }
}
