package org.barestack.format.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;

/** The content of one file, which ends in an exception if it is not what the header says. */
final class FileContent extends InputStream {
  private final Cpio archive;
  private final String place;
  private final PackagedFile file;
  private final MessageDigest digest;
  private long left;
  private boolean checked;

  FileContent(Cpio archive, String place, PackagedFile file, String algorithm) {
    this.archive = archive;
    this.place = place;
    this.file = file;
    this.digest = Digests.of(algorithm);
    this.left = file.size();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      check();
      return -1;
    }
    int read = archive.read(into, from, (int) Math.min(left, length));
    digest.update(into, from, read);
    left -= read;
    if (left == 0) {
      check();
    }
    return read;
  }

  /** Reads what nobody read, and checks. */
  void finish() throws IOException {
    byte[] buffer = new byte[1 << 16];
    while (read(buffer, 0, buffer.length) >= 0) {
      // into the digest
    }
  }

  private void check() throws RpmException {
    if (checked) {
      return;
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(file.digest())) {
      throw new RpmException(
          place,
          "'%s' has the digest %s, and %s by the header"
              .formatted(file.path(), found, file.digest()));
    }
    checked = true;
  }
}
