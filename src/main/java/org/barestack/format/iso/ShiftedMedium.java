package org.barestack.format.iso;

import java.io.IOException;
import org.barestack.format.image.Medium;

/**
 * An image from a block on, as who sees only a partition of it.
 *
 * @param shift that block
 */
record ShiftedMedium(Medium whole, long shift) implements Medium {
  /** The same medium if nothing is left out. */
  static Medium of(Medium whole, long shift) {
    return shift == 0 ? whole : new ShiftedMedium(whole, shift);
  }

  @Override
  public long size() {
    return whole.size() - shift * Volume.BLOCK;
  }

  @Override
  public void read(long offset, byte[] into, int from, int length) throws IOException {
    whole.read(shift * Volume.BLOCK + offset, into, from, length);
  }
}
