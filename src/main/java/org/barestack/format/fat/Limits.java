package org.barestack.format.fat;

/**
 * What an image may ask for: far above what EFI partitions have, and little for the machine that
 * reads one that was made to do harm. Clusters belong to one file or directory each, so that no
 * chain and no tree is longer than the image.
 */
final class Limits {
  /** Files and directories; Rocky's EFI partition has some ten. */
  static final int ENTRIES = 65_536;

  /** Octets of one directory: 65,536 slots (specification §6.1). */
  static final int DIRECTORY = 65_536 * Slot.LENGTH;

  /** Octets of all directories together. */
  static final long DIRECTORIES = 64L << 20;

  /** Directories above an entry. */
  static final int DEPTH = 32;

  /** Octets of a table: four million clusters of FAT32. */
  static final long TABLE = 16L << 20;

  /** Octets of a file that is read as a whole, and of an image that is written anew. */
  static final long WHOLE = 1L << 30;

  private Limits() {}
}
