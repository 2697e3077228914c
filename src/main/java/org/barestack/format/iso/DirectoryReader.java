package org.barestack.format.iso;

import java.io.IOException;
import org.barestack.format.image.Medium;
import org.jspecify.annotations.Nullable;

/**
 * The records of one directory, in order (ECMA-119 §6.8.1). One sector of it is in memory at a
 * time.
 */
final class DirectoryReader {
  private final Medium medium;
  private final Extent extent;
  private final String name;
  private Octets sector;
  private int at;
  private int number;
  private final ParsedRecord self;
  private final ParsedRecord parent;

  /**
   * Begins with a directory, whose first two records must be itself and its parent.
   *
   * @param path for messages
   */
  DirectoryReader(Medium medium, Extent extent, String path, Budget budget)
      throws IOException, IsoException {
    this.medium = medium;
    this.extent = extent;
    this.name = "directory /" + path;
    this.sector = sector(extent.offset());
    budget.read(sector, Math.max(extent.length(), Volume.BLOCK));
    this.self = head(true);
    if (self.extent().block() != extent.block()) {
      throw self.wrong(
          "a directory's first record is its own, but this one stands for block "
              + self.extent().block());
    }
    this.parent = head(false);
  }

  /** Its own record. */
  ParsedRecord self() {
    return self;
  }

  /** The record of the directory above, which some programs let stand for this one. */
  ParsedRecord parent() {
    return parent;
  }

  /** The next file or directory, or null behind the last. */
  @Nullable ParsedRecord next() throws IOException, IsoException {
    Octets octets = record();
    if (octets == null) {
      return null;
    }
    ParsedRecord record = ParsedRecord.parse(octets, medium.size());
    if (record.isSelf() || record.isParent()) {
      throw record.wrong("one more record of the directory itself or of its parent");
    }
    return record;
  }

  private ParsedRecord head(boolean own) throws IOException, IsoException {
    Octets octets = record();
    if (octets == null) {
      throw sector.wrong(
          at % Volume.BLOCK, "no directory: the records of itself and its parent are not there");
    }
    ParsedRecord record = ParsedRecord.parse(octets, medium.size());
    if (!(own ? record.isSelf() : record.isParent()) || !record.isDirectory()) {
      throw record.wrong("no directory: its first two records must be itself and its parent");
    }
    return record;
  }

  /** A length of zero sends to the next sector, since no record goes over the end of one. */
  private @Nullable Octets record() throws IOException, IsoException {
    while (true) {
      if (at == sector.length()) {
        // A length of no whole sectors, which no program writes, ends where it says.
        long then = sector.offset() + Volume.BLOCK;
        if (then >= extent.end()) {
          return null;
        }
        sector = sector(then);
        at = 0;
      }
      if (sector.number8(at) != 0) {
        return record(sector.number8(at));
      }
      at = sector.length();
    }
  }

  private Octets record(int length) throws IsoException {
    number++;
    int from = at;
    if (length > sector.length() - from) {
      throw sector
          .part(from, sector.length() - from, name + ", record " + number)
          .wrong(0, "a record of " + length + " octets goes over the end of its sector");
    }
    at += length;
    return sector.part(from, length, name + ", record " + number);
  }

  private Octets sector(long offset) throws IOException, IsoException {
    int length = Math.clamp(extent.end() - offset, 0, Volume.BLOCK);
    return Octets.read(medium, offset, length, name);
  }
}
