package org.barestack.format.disk;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.barestack.format.image.Medium;

/**
 * A GUID partition table (UEFI 2.10 §5.3): a header, and an array of entries. What has no meaning
 * for this class stays as it is. Whether what it says is true, {@link PartitionTables} tells.
 */
public final class Gpt {
  /**
   * Octets of entries that are read: 8192 of them; real disks have 128, hybrid images up to 248.
   */
  static final int LONGEST = 1 << 20;

  private final long at;
  private final byte[] sector;
  private final byte[] array;
  private final boolean isSound;
  private final GptHeader header;

  private Gpt(long at, byte[] sector, byte[] array, boolean isSound) {
    this.at = at;
    this.sector = sector;
    this.array = array;
    this.isSound = isSound;
    this.header = GptHeader.read(sector);
  }

  /**
   * Reads one whose header is in that sector.
   *
   * @return empty if no header is there
   */
  static Optional<Gpt> read(Medium medium, long at) throws IOException {
    long sectors = medium.size() / PartitionTables.SECTOR;
    if (at < 0 || at >= sectors) {
      return Optional.empty();
    }
    byte[] sector = PartitionTables.sector(medium, at);
    if (Octets.little64(sector, 0) != GptHeader.SIGNATURE) {
      return Optional.empty();
    }
    GptHeader header = GptHeader.read(sector);
    byte[] array = array(medium, header, sectors);
    boolean isSound =
        isCrcRight(sector, header)
            && array.length > 0
            && Octets.crc(array, array.length) == header.entriesCrc();
    return Optional.of(new Gpt(at, sector, array, isSound));
  }

  /** Empty if it cannot be read, or is longer than anybody needs. */
  private static byte[] array(Medium medium, GptHeader header, long sectors) throws IOException {
    long length = header.arrayLength();
    boolean isThere =
        header.entryLength() >= GptEntry.LENGTH
            && length > 0
            && length <= LONGEST
            && header.entries() > 0
            && header.entries() < sectors
            && header.arraySectors() <= sectors - header.entries();
    byte[] array = new byte[isThere ? (int) length : 0];
    if (isThere) {
      medium.read(header.entries() * PartitionTables.SECTOR, array, 0, array.length);
    }
    return array;
  }

  static boolean isCrcRight(byte[] sector, GptHeader header) {
    return header.length() >= GptHeader.LENGTH
        && header.length() <= sector.length
        && headerCrc(sector, (int) header.length()) == header.crc();
  }

  private static long headerCrc(byte[] sector, int length) {
    byte[] copy = Arrays.copyOf(sector, length);
    Octets.little32(copy, 16, 0);
    return Octets.crc(copy, length);
  }

  /** The sector where its header was found, whatever that says. */
  long at() {
    return at;
  }

  /** What its header says. */
  public GptHeader header() {
    return header;
  }

  /** Whether both check sums are right, so that firmware believes it. */
  public boolean isSound() {
    return isSound;
  }

  boolean isHeaderCrcRight() {
    return isCrcRight(sector, header);
  }

  /** Whether the entries could be read. */
  boolean hasArray() {
    return array.length > 0;
  }

  boolean hasSameArray(Gpt other) {
    return Arrays.equals(array, other.array);
  }

  long arrayCrc() {
    return Octets.crc(array, array.length);
  }

  /** Those entries that are partitions; empty if they cannot be read. */
  public List<GptEntry> partitions() {
    int length = (int) header.entryLength();
    return array.length == 0
        ? List.of()
        : IntStream.range(0, array.length / length)
            .mapToObj(index -> GptEntry.read(array, index * length, index + 1))
            .filter(GptEntry::isUsed)
            .toList();
  }

  /**
   * With that entry in the place of the one of its number.
   *
   * @throws IllegalArgumentException if there is no room for that number
   */
  public Gpt with(GptEntry entry) {
    int length = (int) header.entryLength();
    if (array.length == 0 || entry.number() > array.length / length) {
      throw new IllegalArgumentException("this GPT has no entry " + entry.number());
    }
    byte[] changed = array.clone();
    entry.write(changed, (entry.number() - 1) * length);
    return new Gpt(at, sector, changed, isSound).signed();
  }

  /**
   * The same for a disk of another size: the backup at its end.
   *
   * @param sectors of 512 octets
   * @throws IllegalArgumentException if that is too few for the entries
   */
  public Gpt resized(long sectors) {
    long last = sectors - 2 - header.arraySectors();
    if (array.length == 0 || last < header.entries() + header.arraySectors()) {
      throw new IllegalArgumentException("no room for a GPT in " + sectors + " sectors");
    }
    byte[] changed = sector.clone();
    Octets.little64(changed, 32, sectors - 1);
    Octets.little64(changed, 48, last);
    return new Gpt(at, changed, array, isSound).signed();
  }

  /** With the check sums that are right. */
  private Gpt signed() {
    byte[] changed = sector.clone();
    Octets.little32(changed, 88, Octets.crc(array, array.length));
    Octets.little32(changed, 16, headerCrc(changed, (int) header.length()));
    return new Gpt(at, changed, array, true);
  }

  /**
   * What is to be written: header and entries, and the backup of both before the disk's end.
   *
   * @return octets by where they go: octets from the disk's begin
   * @throws IllegalStateException if this was read from a backup, or is not sound
   */
  public NavigableMap<Long, byte[]> octets() {
    if (!isSound || at != 1 || header.self() != 1) {
      throw new IllegalStateException("this GPT is no sound one at sector 1: " + header);
    }
    long backupArray = header.other() - header.arraySectors();
    byte[] backup = sector.clone();
    Octets.little64(backup, 24, header.other());
    Octets.little64(backup, 32, header.self());
    Octets.little64(backup, 72, backupArray);
    Octets.little32(backup, 16, headerCrc(backup, (int) header.length()));
    NavigableMap<Long, byte[]> octets = new TreeMap<>();
    octets.put(header.self() * PartitionTables.SECTOR, sector.clone());
    octets.put(header.entries() * PartitionTables.SECTOR, array.clone());
    octets.put(backupArray * PartitionTables.SECTOR, array.clone());
    octets.put(header.other() * PartitionTables.SECTOR, backup);
    return octets;
  }

  @Override
  public String toString() {
    return "GPT " + header + " " + partitions();
  }
}
