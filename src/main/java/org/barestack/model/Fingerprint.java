package org.barestack.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a public key is told by: SHA-256 of its SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), as {@code
 * openssl pkey -pubout -outform DER | sha256sum} prints it. It is no secret.
 *
 * @param text 64 hexadecimal digits, lower case
 */
public record Fingerprint(String text) {
  public Fingerprint {
    if (!text.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256 in hexadecimal: '" + text + "'");
    }
  }

  /** That of a key. */
  public static Fingerprint of(PublicKey key) {
    try {
      return new Fingerprint(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getEncoded())));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The one that is written so; empty if none is. */
  static Optional<Fingerprint> parse(String text) {
    return text.matches("[0-9a-f]{64}") ? Optional.of(new Fingerprint(text)) : Optional.empty();
  }

  /** Enough of it to compare by eye. */
  public String brief() {
    return text.substring(0, 16);
  }

  @Override
  public String toString() {
    return text;
  }
}
