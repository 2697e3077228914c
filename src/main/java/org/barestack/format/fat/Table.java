package org.barestack.format.fat;

import java.util.Arrays;

/** The table that chains clusters (§4); entry 0 and 1 are none. */
final class Table {
  private static final int MASK32 = 0x0fff_ffff;

  private final FatType type;
  private int[] entries;

  private Table(FatType type, int[] entries) {
    this.type = type;
    this.entries = entries;
  }

  /** Decodes the first entries; those of 32 bits keep the four that have no meaning. */
  static Table read(FatType type, byte[] octets, int clusters) {
    int[] entries = new int[clusters + 2];
    for (int i = 0; i < entries.length; i++) {
      entries[i] =
          switch (type) {
            case FAT12 -> {
              int at = i + i / 2;
              int pair = (octets[at] & 0xff) | ((octets[at + 1] & 0xff) << 8);
              yield i % 2 == 0 ? pair & 0xfff : pair >> 4;
            }
            case FAT16 -> Little.get16(octets, 2 * i);
            case FAT32 -> (int) Little.get32(octets, 4 * i);
          };
    }
    return new Table(type, entries);
  }

  Table copy() {
    return new Table(type, entries.clone());
  }

  /** Clusters that it counts. */
  int clusters() {
    return entries.length - 2;
  }

  int get(int cluster) {
    return type == FatType.FAT32 ? entries[cluster] & MASK32 : entries[cluster];
  }

  void set(int cluster, int value) {
    entries[cluster] =
        type == FatType.FAT32 ? (entries[cluster] & ~MASK32) | (value & MASK32) : value;
  }

  /** That a chain ends there. */
  void end(int cluster) {
    set(cluster, type.end() | 7);
  }

  boolean isEnd(int value) {
    return value >= type.end();
  }

  /** Counts so many clusters from now on. */
  void grow(int clusters) {
    entries = Arrays.copyOf(entries, clusters + 2);
  }

  /** Encodes it over what is there, so that what is behind the last cluster stays. */
  void write(byte[] octets) {
    for (int i = 0; i < entries.length; i++) {
      switch (type) {
        case FAT12 -> {
          int at = i + i / 2;
          if (i % 2 == 0) {
            octets[at] = (byte) entries[i];
            octets[at + 1] = (byte) ((octets[at + 1] & 0xf0) | (entries[i] >> 8));
          } else {
            octets[at] = (byte) ((octets[at] & 0xf) | (entries[i] << 4));
            octets[at + 1] = (byte) (entries[i] >> 4);
          }
        }
        case FAT16 -> Little.put16(octets, 2 * i, entries[i]);
        case FAT32 -> Little.put32(octets, 4 * i, entries[i]);
      }
    }
  }
}
