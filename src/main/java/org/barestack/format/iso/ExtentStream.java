package org.barestack.format.iso;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.barestack.format.image.Medium;

/** The octets of extents, one behind the other, from an offset on. */
final class ExtentStream extends InputStream {
  private final Medium medium;
  private final List<Extent> extents;
  private int index;

  /** Octets of the extent at the index that were read. */
  private long at;

  ExtentStream(Medium medium, List<Extent> extents, long from) {
    this.medium = medium;
    this.extents = extents;
    this.at = from;
    settle();
  }

  private void settle() {
    while (index < extents.size() && at >= extents.get(index).length()) {
      at -= extents.get(index).length();
      index++;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (index == extents.size()) {
      return -1;
    }
    Extent extent = extents.get(index);
    int count = (int) Math.min(length, extent.length() - at);
    medium.read(extent.offset() + at, into, from, count);
    at += count;
    settle();
    return count;
  }
}
