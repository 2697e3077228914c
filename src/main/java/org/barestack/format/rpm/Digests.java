package org.barestack.format.rpm;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Digests by their Java names. */
final class Digests {
  private Digests() {}

  static MessageDigest of(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }
}
