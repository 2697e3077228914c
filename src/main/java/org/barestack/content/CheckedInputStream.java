package org.barestack.content;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Octets whose digest is compared where they end. */
final class CheckedInputStream extends FilterInputStream {
  private final String place;
  private final Digest digest;
  private final MessageDigest counter;

  CheckedInputStream(String place, InputStream in, Digest digest) {
    super(in);
    this.place = place;
    this.digest = digest;
    this.counter = Digest.counter(digest.algorithm());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    if (read > 0) {
      counter.update(buffer, offset, read);
    } else if (read < 0 && !Digest.hex((MessageDigest) copy()).equals(digest.hex())) {
      throw new ImportException(place + " is not what the list says that names it");
    }
    return read;
  }

  private Object copy() throws IOException {
    try {
      return counter.clone();
    } catch (CloneNotSupportedException e) {
      throw new IOException(e);
    }
  }
}
