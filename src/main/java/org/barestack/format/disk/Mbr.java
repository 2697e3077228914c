package org.barestack.format.disk;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A disk's first sector as BIOSes read it: boot code, the disk's number, four partitions. What is
 * not asked for stays as it is, above all the boot code, which keeps numbers of its own in itself
 * (isohybrid's at 432, GRUB's at 432 as well).
 */
public final class Mbr {
  /** Octets of boot code. */
  public static final int CODE = 440;

  private static final int DISK_ID = 440;
  private static final int SIGNATURE = 510;

  private final byte[] sector;

  private Mbr(byte[] sector) {
    this.sector = sector;
  }

  /**
   * One of a disk's first sector.
   *
   * @throws IllegalArgumentException if these are not 512 octets
   */
  public static Mbr of(byte[] sector) {
    if (sector.length != PartitionTables.SECTOR) {
      throw new IllegalArgumentException("a sector has 512 octets, not " + sector.length);
    }
    return new Mbr(sector.clone());
  }

  /** Whether it ends in 55 AA; else it is none, whatever it says. */
  public boolean isSigned() {
    return sector[SIGNATURE] == 0x55 && sector[SIGNATURE + 1] == (byte) 0xaa;
  }

  /** Whether there is any boot code. */
  public boolean hasCode() {
    return IntStream.range(0, CODE).anyMatch(at -> sector[at] != 0);
  }

  /** A number of 32 bits by which systems tell disks apart. */
  public long diskId() {
    return Octets.little32(sector, DISK_ID);
  }

  /** All four, used or not. */
  public List<MbrEntry> entries() {
    return IntStream.rangeClosed(1, 4).mapToObj(number -> MbrEntry.read(sector, number)).toList();
  }

  /** Those that are partitions. */
  public List<MbrEntry> partitions() {
    return entries().stream().filter(MbrEntry::isUsed).toList();
  }

  /**
   * Whether it says that a GPT is in force: an entry of type 0xEE that starts at sector 1 (as Linux
   * and EDK2 want it).
   */
  public boolean isProtective() {
    return partitions().stream()
        .anyMatch(entry -> entry.type() == MbrEntry.PROTECTIVE && entry.start() == 1);
  }

  /** With that entry in the place of the one of its number. */
  public Mbr with(MbrEntry entry) {
    byte[] changed = sector.clone();
    entry.write(changed);
    return new Mbr(changed);
  }

  /** With another number of the disk. */
  public Mbr withDiskId(long id) {
    byte[] changed = sector.clone();
    Octets.little32(changed, DISK_ID, id);
    return new Mbr(changed);
  }

  /** With other boot code: the first octets, as many as there are, at most {@link #CODE}. */
  public Mbr withCode(byte[] code) {
    if (code.length > CODE) {
      throw new IllegalArgumentException("boot code has at most 440 octets, not " + code.length);
    }
    byte[] changed = sector.clone();
    System.arraycopy(code, 0, changed, 0, code.length);
    return new Mbr(changed);
  }

  /** The sector. */
  public byte[] octets() {
    return sector.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mbr mbr && Arrays.equals(sector, mbr.sector);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sector);
  }

  @Override
  public String toString() {
    return "MBR %08x %s".formatted(diskId(), partitions());
  }
}
