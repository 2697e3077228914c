package org.barestack.format.rpm;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The payload as it lies in the file: counted, digested, and no longer than it can be. */
final class Payload extends InputStream {
  private final InputStream in;
  private final String place;
  private final long most;
  private final MessageDigest digest = Digests.of("SHA-256");
  private long count;
  private @Nullable IOException failure;

  /**
   * @param most octets that are read of it
   */
  Payload(InputStream in, String place, long most) {
    this.in = in;
    this.place = place;
    this.most = most;
  }

  /** What reading it threw, which is none of the package's faults. */
  @Nullable IOException failure() {
    return failure;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int read;
    try {
      read = in.read(into, from, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
    if (read > 0) {
      digest.update(into, from, read);
      count += read;
      if (count > most) {
        failure =
            new RpmException(
                place, "has more octets than the files that the header lists can need");
        throw failure;
      }
    }
    return read;
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  /** Reads what is left, and gives the SHA-256 of all. */
  String sha256() throws IOException {
    byte[] buffer = new byte[1 << 16];
    while (read(buffer, 0, buffer.length) >= 0) {
      // into the digest
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** For a reader that closes what it reads from. */
  InputStream unclosed() {
    return new FilterInputStream(this) {
      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        return in.read(into, from, length);
      }

      @Override
      public void close() {
        // others read on
      }
    };
  }
}
