package org.barestack.format.disk;

import java.util.UUID;

/**
 * A GPT's header, as it says itself (UEFI 2.10 §5.3.2). Numbers of 64 bits are signed here: what is
 * negative is behind any disk.
 *
 * @param revision 0x10000 for 1.0
 * @param length octets that its check sum is of
 * @param crc the check sum that it tells of itself
 * @param self the sector where it says that it is
 * @param other the sector of the other header
 * @param firstUsable the first sector that a partition may have
 * @param lastUsable the last one
 * @param disk by which systems tell disks apart
 * @param entries the sector where the entries begin
 * @param count of entries, used or not
 * @param entryLength octets of each
 * @param entriesCrc the check sum that it tells of them
 */
public record GptHeader(
    long revision,
    long length,
    long crc,
    long self,
    long other,
    long firstUsable,
    long lastUsable,
    UUID disk,
    long entries,
    long count,
    long entryLength,
    long entriesCrc) {
  /** Octets that have a meaning in 1.0. */
  static final int LENGTH = 92;

  /** "EFI PART". */
  static final long SIGNATURE = 0x5452_4150_2049_4645L;

  static GptHeader read(byte[] sector) {
    return new GptHeader(
        Octets.little32(sector, 8),
        Octets.little32(sector, 12),
        Octets.little32(sector, 16),
        Octets.little64(sector, 24),
        Octets.little64(sector, 32),
        Octets.little64(sector, 40),
        Octets.little64(sector, 48),
        Octets.guid(sector, 56),
        Octets.little64(sector, 72),
        Octets.little32(sector, 80),
        Octets.little32(sector, 84),
        Octets.little32(sector, 88));
  }

  /** Octets of all entries; -1 if they are more than 2^62. */
  long arrayLength() {
    long high = Math.multiplyHigh(count, entryLength);
    long low = count * entryLength;
    return high != 0 || low < 0 ? -1 : low;
  }

  /** Sectors of all entries. */
  long arraySectors() {
    return Math.ceilDiv(arrayLength(), PartitionTables.SECTOR);
  }
}
