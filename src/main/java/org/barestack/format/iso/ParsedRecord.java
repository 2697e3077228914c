package org.barestack.format.iso;

import java.time.Instant;

/**
 * A directory record that was read (ECMA-119 §9.1).
 *
 * @param octets all of it
 * @param extent where its file or directory stands, behind the extended attribute record
 * @param flags §9.1.6
 * @param identifier the name; one octet 0 for the directory itself, 1 for its parent
 * @param systemUse what stands behind it
 */
record ParsedRecord(
    Octets octets, Extent extent, int flags, Instant date, Octets identifier, Octets systemUse) {
  /** Octets before the identifier. */
  static final int FIXED = 33;

  private static final int HIDDEN = 0x01;
  private static final int DIRECTORY = 0x02;
  private static final int ASSOCIATED = 0x04;
  private static final int MULTI_EXTENT = 0x80;

  /**
   * Reads one.
   *
   * @param octets exactly it
   * @param imageSize octets; no extent may end behind
   */
  static ParsedRecord parse(Octets octets, long imageSize) throws IsoException {
    int named = octets.number8(FIXED - 1);
    if (named == 0) {
      throw octets.wrong(FIXED - 1, "a name of no characters");
    }
    Octets identifier = octets.part(FIXED, named);
    int from = FIXED + named + (named + 1) % 2;
    if (octets.number8(26) != 0 || octets.number8(27) != 0) {
      throw octets.wrong(26, "an interleaved file, which cannot be read");
    }
    int volume = octets.both16(28);
    if (volume > 1) {
      throw octets.wrong(28, "stands on volume " + volume + " of a set, and not here");
    }
    return new ParsedRecord(
        octets,
        extent(octets, imageSize),
        octets.number8(25),
        Dates.numbers(octets, 18),
        identifier,
        octets.tail(Math.min(from, octets.length())));
  }

  private static Extent extent(Octets octets, long imageSize) throws IsoException {
    // The extended attribute record (§9.5) is in the extent's first blocks, which do not count in
    // the length.
    Extent extent = new Extent(octets.both32(2) + octets.number8(1), octets.both32(10));
    if (extent.length() > 0 && extent.end() > imageSize) {
      throw octets.wrong(
          2,
          "block %d and the %d octets from there on lie behind the image's end at %d octets"
              .formatted(extent.block(), extent.length(), imageSize));
    }
    return extent;
  }

  /** The record of the directory that has it. */
  boolean isSelf() {
    return identifier.length() == 1 && identifier.has(0, (byte) 0);
  }

  /** The record of the directory above. */
  boolean isParent() {
    return identifier.length() == 1 && identifier.has(0, (byte) 1);
  }

  boolean isDirectory() {
    return (flags & DIRECTORY) != 0;
  }

  boolean isHidden() {
    return (flags & HIDDEN) != 0;
  }

  /** Something that belongs to the file of the same name (§9.1.6), such as a resource fork. */
  boolean isAssociated() {
    return (flags & ASSOCIATED) != 0;
  }

  /** Whether the next record tells of more of the same file. */
  boolean goesOn() {
    return (flags & MULTI_EXTENT) != 0;
  }

  /** Whether it tells of more of the file of which {@code first} does. */
  boolean isMoreOf(ParsedRecord first) {
    return !isDirectory() && identifier.latin().equals(first.identifier.latin());
  }

  IsoException wrong(String problem) {
    return octets.wrong(0, problem);
  }
}
