package org.barestack.format.iso;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.barestack.format.image.Medium;

/**
 * An image of any size whose sectors are put where a test wants them; what is nowhere is zeros, and
 * takes no memory. Descriptors are at sectors 16 and 17, the root directory at 200.
 */
final class HandMade implements Medium {
  static final long ROOT = 200;

  private static final Instant DATE = Instant.parse("2026-05-04T03:02:01Z");

  private final Map<Long, byte[]> sectors = new HashMap<>();
  private final long size;

  HandMade(long size, long rootLength) {
    this.size = size;
    put(
        16,
        new VolumeDescriptor(false, "X", size / 2048, 10, 18, 19, root(rootLength), DATE).octets());
    put(17, VolumeDescriptor.terminator());
  }

  private static DirectoryRecord root(long length) {
    return record(ROOT, length, true, new Field().number8(0), new Field());
  }

  static DirectoryRecord record(
      long block, long length, boolean isDirectory, Field name, Field systemUse) {
    return new DirectoryRecord(block, length, DATE, isDirectory, name, systemUse);
  }

  /** The records that each directory begins with. */
  static Field head(long block, long length, Field systemUse) {
    return new Field()
        .raw(record(block, length, true, new Field().number8(0), systemUse).octets())
        .raw(record(block, length, true, new Field().number8(1), new Field()).octets());
  }

  /** Puts octets at a sector; more than 2048 go on in the next. */
  void put(long sector, byte[] octets) {
    for (int from = 0; from < octets.length; from += 2048) {
      byte[] one = new byte[2048];
      System.arraycopy(octets, from, one, 0, Math.min(2048, octets.length - from));
      sectors.put(sector + from / 2048, one);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, byte[] into, int from, int length) throws IOException {
    if (offset < 0 || offset + length > size) {
      throw new IOException("octets " + offset + " to " + (offset + length) + " of " + size);
    }
    for (int done = 0; done < length; ) {
      int at = (int) ((offset + done) % 2048);
      int count = Math.min(length - done, 2048 - at);
      byte[] sector = sectors.getOrDefault((offset + done) / 2048, new byte[2048]);
      System.arraycopy(sector, at, into, from + done, count);
      done += count;
    }
  }
}
