package org.barestack.secrets;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Octets that follow from a key and some words, and look random to who lacks the key: a key by
 * HKDF-SHA256 (RFC 5869), then HMAC-SHA256 of a counter under it, without end.
 */
final class DerivedRandom extends SecureRandom {
  private static final long serialVersionUID = 1;

  private static final String HMAC = "HmacSHA256";

  private static final byte[] SALT =
      "barestack derived randomness 1".getBytes(StandardCharsets.US_ASCII);

  private DerivedRandom(Stream stream) {
    super(stream, null);
  }

  /**
   * One of its own for that key and those words, in that order.
   *
   * @param secret not guessable
   */
  static SecureRandom of(byte[] secret, String... words) {
    StringBuilder info = new StringBuilder();
    for (String word : List.of(words)) {
      info.append(word.length()).append(':').append(word); // so that "a", "bc" is not "ab", "c"
    }
    byte[] extracted = hmac(SALT, secret);
    byte[] all = info.append('\1').toString().getBytes(StandardCharsets.UTF_8);
    return new DerivedRandom(new Stream(hmac(extracted, all)));
  }

  private static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }

  /** It cannot be seeded: then it would no longer be the same. */
  private static final class Stream extends SecureRandomSpi {
    private static final long serialVersionUID = 1;

    private final byte[] key;
    private byte[] block = new byte[0];
    private int used;
    private long counter;

    Stream(byte[] key) {
      this.key = key;
    }

    @Override
    protected void engineSetSeed(byte[] seed) {
      // nothing may change it
    }

    @Override
    protected synchronized void engineNextBytes(byte[] octets) {
      for (int i = 0; i < octets.length; i++) {
        if (used == block.length) {
          block = hmac(key, ByteBuffer.allocate(Long.BYTES).putLong(counter++).array());
          used = 0;
        }
        octets[i] = block[used++];
      }
    }

    @Override
    protected byte[] engineGenerateSeed(int count) {
      byte[] octets = new byte[count];
      engineNextBytes(octets);
      return octets;
    }
  }
}
