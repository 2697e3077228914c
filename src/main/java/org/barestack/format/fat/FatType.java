package org.barestack.format.fat;

/** How many bits of the table a cluster has (§3.5), and so how many clusters there may be. */
public enum FatType {
  FAT12(12, 4084),
  FAT16(16, 65_524),
  FAT32(32, 0x0fff_fff4);

  private final int bits;
  private final int most;

  FatType(int bits, int most) {
    this.bits = bits;
    this.most = most;
  }

  int bits() {
    return bits;
  }

  /** Clusters of the longest one. */
  int most() {
    return most;
  }

  /** From here on, an entry says that the chain ends. */
  int end() {
    return bits == 32 ? 0x0fff_fff8 : (1 << bits) - 8;
  }

  /** A cluster that is not to be used. */
  int bad() {
    return end() - 1;
  }

  /** Octets of a table of so many clusters, with the two entries in front that are none. */
  long tableLength(long clusters) {
    return Math.ceilDiv((clusters + 2) * bits, 8);
  }
}
