package org.barestack.verify;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What a file must be.
 *
 * @param algorithm of the digest: "SHA-256", "SHA-384" or "SHA-512"
 * @param digest in lower-case hexadecimal
 * @param size in octets, if that is known
 */
public record ExpectedContent(String algorithm, String digest, OptionalLong size) {
  private static final Map<String, Integer> DIGITS =
      Map.of("SHA-256", 64, "SHA-384", 96, "SHA-512", 128);

  /** Checks the digest's form. */
  public ExpectedContent {
    if (!digest.matches("[0-9a-f]+") || digest.length() != DIGITS.getOrDefault(algorithm, 0)) {
      throw new IllegalArgumentException("no " + algorithm + " digest: " + digest);
    }
  }

  /** A SHA-256 alone. */
  public static ExpectedContent sha256(String digest) {
    return new ExpectedContent("SHA-256", digest, OptionalLong.empty());
  }

  /** A file that is another than it should be. The message begins with its name. */
  public static final class Mismatch extends IOException {
    private static final long serialVersionUID = 1L;

    Mismatch(String name, String problem) {
      super(name + " " + problem);
    }
  }

  /**
   * The same stream, which ends in a {@link Mismatch} if it is not what is expected: what was read
   * of it is good once its end was reached, and not before. It does not read beyond the size.
   *
   * @param name of the file, for messages
   */
  public InputStream of(InputStream in, String name) {
    return new Checked(in, name, this);
  }

  private static final class Checked extends InputStream {
    private final InputStream in;
    private final String name;
    private final ExpectedContent expected;
    private final MessageDigest digest;
    private long count;
    private boolean ended;

    Checked(InputStream in, String name, ExpectedContent expected) {
      this.in = in;
      this.name = name;
      this.expected = expected;
      try {
        this.digest = MessageDigest.getInstance(expected.algorithm());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has " + expected.algorithm(), e);
      }
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
      if (ended) {
        return -1;
      }
      int read = in.read(into, from, length);
      if (read < 0) {
        end();
        return -1;
      }
      digest.update(into, from, read);
      count += read;
      if (expected.size().isPresent() && count > expected.size().getAsLong()) {
        throw new Mismatch(
            name, "is longer than the " + expected.size().getAsLong() + " octets it should have");
      }
      return read;
    }

    private void end() throws Mismatch {
      if (expected.size().isPresent() && count != expected.size().getAsLong()) {
        throw new Mismatch(
            name,
            "has %d octets, and should have %d".formatted(count, expected.size().getAsLong()));
      }
      String found = HexFormat.of().formatHex(digest.digest());
      if (!found.equals(expected.digest())) {
        throw new Mismatch(
            name,
            "has the %s %s, and should have %s"
                .formatted(expected.algorithm(), found, expected.digest()));
      }
      ended = true;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
