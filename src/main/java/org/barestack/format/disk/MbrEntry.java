package org.barestack.format.disk;

import org.barestack.format.disk.Chs.Geometry;

/**
 * One of the MBR's four partitions.
 *
 * @param number 1 to 4
 * @param status 0x80 if a BIOS's boot code shall start it, else 0
 * @param type such as {@link #EFI}
 * @param first its first sector, as {@link #start} says it
 * @param last its last sector
 * @param start its first sector of 512 octets
 * @param sectors of it; with none, the entry is empty, whatever else it says (as for Linux)
 */
public record MbrEntry(
    int number, int status, int type, Chs first, Chs last, long start, long sectors) {
  /** An EFI system partition (UEFI 2.10 §5.2.2). */
  public static final int EFI = 0xef;

  /** The whole disk belongs to a GPT (§5.2.3). */
  public static final int PROTECTIVE = 0xee;

  public static final int ACTIVE = 0x80;

  private static final int LENGTH = 16;
  private static final int TABLE = 446;

  public MbrEntry {
    if (number < 1 || number > 4) {
      throw new IllegalArgumentException("an MBR has partitions 1 to 4, not " + number);
    }
    if ((start | sectors) >>> 32 != 0) {
      throw new IllegalArgumentException("an MBR counts 2^32 sectors, so 2 TiB");
    }
  }

  /** Whether there is a partition. */
  public boolean isUsed() {
    return sectors > 0;
  }

  /** The sector behind its last one. */
  public long end() {
    return start + sectors;
  }

  /**
   * The same partition elsewhere.
   *
   * @param geometry by which cylinders are counted, where the entry does not leave that to the
   *     numbers
   * @throws IllegalArgumentException if it ends behind 2 TiB
   */
  public MbrEntry withRange(long newStart, long newSectors, Geometry geometry) {
    return new MbrEntry(
        number,
        status,
        type,
        first.isBeyond() ? first : Chs.of(newStart, geometry),
        last.isBeyond() ? last : Chs.of(Math.max(newStart, newStart + newSectors - 1), geometry),
        newStart,
        newSectors);
  }

  static MbrEntry read(byte[] sector, int number) {
    int at = at(number);
    return new MbrEntry(
        number,
        sector[at] & 0xff,
        sector[at + 4] & 0xff,
        Chs.read(sector, at + 1),
        Chs.read(sector, at + 5),
        Octets.little32(sector, at + 8),
        Octets.little32(sector, at + 12));
  }

  void write(byte[] sector) {
    int at = at(number);
    sector[at] = (byte) status;
    sector[at + 4] = (byte) type;
    first.write(sector, at + 1);
    last.write(sector, at + 5);
    Octets.little32(sector, at + 8, start);
    Octets.little32(sector, at + 12, sectors);
  }

  private static int at(int number) {
    return TABLE + (number - 1) * LENGTH;
  }
}
