package org.barestack.format.iso;

/** What the reading of one tree may still take. */
final class Budget {
  private int entries = Limits.ENTRIES;
  private long octets = Limits.DIRECTORIES;

  /** One entry more. */
  void entry(Octets at) throws IsoException {
    if (--entries < 0) {
      throw at.wrong(0, "the image has more than " + Limits.ENTRIES + " files and directories");
    }
  }

  /** So many octets of a directory, or of what a record goes on in. */
  void read(Octets at, long count) throws IsoException {
    octets -= count;
    if (octets < 0) {
      throw at.wrong(
          0, "with that, the directories are longer than " + (Limits.DIRECTORIES >> 20) + " MiB");
    }
  }
}
