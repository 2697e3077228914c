package org.barestack.format.disk;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.barestack.format.image.Medium;

/**
 * What a disk says of its partitions, in sectors of 512 octets, and what of that is wrong. Nothing
 * of it is trusted, and nothing is too wrong to be told.
 */
public final class PartitionTables {
  /** Octets; hybrid images count by them too, though a disc's sectors have 2048. */
  public static final int SECTOR = 512;

  private final long sectors;
  private final Optional<Mbr> mbr;
  private final Optional<Gpt> primary;
  private final Optional<Gpt> backup;
  private final List<Finding> findings;

  private PartitionTables(
      long sectors, Optional<Mbr> mbr, Optional<Gpt> primary, Optional<Gpt> backup) {
    this.sectors = sectors;
    this.mbr = mbr;
    this.primary = primary;
    this.backup = backup;
    this.findings = new Findings(this).all();
  }

  /**
   * Reads them.
   *
   * @throws IOException if the medium cannot be read
   */
  public static PartitionTables read(Medium medium) throws IOException {
    long sectors = medium.size() / SECTOR;
    if (sectors == 0) {
      return new PartitionTables(0, Optional.empty(), Optional.empty(), Optional.empty());
    }
    Optional<Mbr> mbr = Optional.of(Mbr.of(sector(medium, 0))).filter(Mbr::isSigned);
    Optional<Gpt> primary = Gpt.read(medium, 1);
    Optional<Gpt> backup = Optional.empty();
    if (primary.isPresent() && primary.get().header().other() > 1) {
      backup = Gpt.read(medium, primary.get().header().other());
    }
    if (backup.isEmpty() && sectors > 2) {
      backup = Gpt.read(medium, sectors - 1);
    }
    return new PartitionTables(sectors, mbr, primary, backup);
  }

  static byte[] sector(Medium medium, long at) throws IOException {
    byte[] sector = new byte[SECTOR];
    medium.read(at * SECTOR, sector, 0, SECTOR);
    return sector;
  }

  /** Whole sectors of the disk. */
  public long sectors() {
    return sectors;
  }

  /** The first sector, if it ends like an MBR. */
  public Optional<Mbr> mbr() {
    return mbr;
  }

  /** What begins at sector 1, sound or not. */
  public Optional<Gpt> gpt() {
    return primary;
  }

  /** What stands where that says its backup is; else what is in the last sector. */
  public Optional<Gpt> backup() {
    return backup;
  }

  /**
   * The GPT by which Linux and UEFI firmware go: one that the MBR says there is, and that is sound;
   * else its backup.
   */
  public Optional<Gpt> inForce() {
    return mbr.filter(Mbr::isProtective)
        .flatMap(_ -> primary.filter(Gpt::isSound).or(() -> backup.filter(Gpt::isSound)));
  }

  /** Whatever is not as the standards want it. */
  public List<Finding> findings() {
    return findings;
  }
}
