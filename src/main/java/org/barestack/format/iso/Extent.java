package org.barestack.format.iso;

/**
 * Octets in a row on an image.
 *
 * @param block the first one's logical block, which is a sector of 2048 octets
 * @param length octets; need not fill the last block
 */
public record Extent(long block, long length) {
  /** Octets from the image's begin to its own. */
  public long offset() {
    return block * Volume.BLOCK;
  }

  /** Octets from the image's begin to its end. */
  public long end() {
    return offset() + length;
  }
}
