package org.barestack.format.iso;

/**
 * A tree of an image, as its volume descriptor tells of it (ECMA-119 §8.4, §8.5).
 *
 * @param sector of the descriptor
 * @param names how its names are coded
 * @param label the volume identifier, without the spaces behind it
 * @param blocks logical blocks of the volume, of 2048 octets each
 * @param pathTables where they are; they are not read
 * @param root the root directory's records
 */
public record ImageVolume(
    long sector, Names names, String label, long blocks, PathTables pathTables, Extent root) {
  /** How names are told. */
  public enum Names {
    /** By the primary tree, with Rock Ridge (RRIP 1.09 to 1.12). */
    ROCK_RIDGE,
    /** By a supplementary tree, in UCS-2. */
    JOLIET,
    /** By the primary tree alone. */
    PLAIN
  }

  /**
   * Both types (§9.4), by their first logical blocks.
   *
   * @param length octets of each
   * @param optionalLittle 0 if there is none
   * @param optionalBig 0 if there is none
   */
  public record PathTables(
      long length, long little, long optionalLittle, long big, long optionalBig) {}
}
