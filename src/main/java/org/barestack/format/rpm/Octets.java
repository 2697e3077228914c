package org.barestack.format.rpm;

import java.io.IOException;
import java.io.InputStream;

/** Reading so many octets, or saying where there were fewer. */
final class Octets {
  private Octets() {}

  /** So many octets. Memory is taken as they come, not as a length promises. */
  static byte[] exactly(InputStream in, int count, String place) throws IOException {
    byte[] octets = in.readNBytes(count);
    if (octets.length < count) {
      throw new RpmException(
          place, "the file ends after " + octets.length + " of its " + count + " octets");
    }
    return octets;
  }
}
