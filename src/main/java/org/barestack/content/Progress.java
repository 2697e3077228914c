package org.barestack.content;

/** Who is told how far an import is. */
public interface Progress {
  /**
   * Something longer begins.
   *
   * @param what it is, in a few words
   * @param octets that it goes over; negative if nobody knows
   */
  void begin(String what, long octets);

  /** So many octets more of it are done. */
  void passed(long octets);

  /** It ended, well or not; nothing happens if nothing began. */
  void end();
}
