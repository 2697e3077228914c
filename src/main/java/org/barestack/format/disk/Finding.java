package org.barestack.format.disk;

/**
 * What about a disk's partition tables is not as the standards want it.
 *
 * @param kind how much it matters
 * @param place such as "GPT at sector 1" or "MBR, partition 2"
 * @param problem in words
 */
public record Finding(Kind kind, String place, String problem) {
  /** How much it matters. */
  public enum Kind {
    /** Made so on purpose by the makers of hybrid images; strict tools complain all the same. */
    HYBRID,
    /** Wrong. */
    WRONG
  }

  @Override
  public String toString() {
    return place + ": " + problem;
  }
}
