package org.barestack.content;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalLong;
import org.barestack.verify.ExpectedContent;

/**
 * What a file's octets must come to.
 *
 * @param algorithm as Java calls it: {@code SHA-256}, {@code SHA-384} or {@code SHA-512}
 * @param hex in lower-case hexadecimal digits
 */
record Digest(String algorithm, String hex) {
  static final String SHA256 = "SHA-256";

  Digest {
    int length =
        switch (algorithm) {
          case SHA256 -> 64;
          case "SHA-384" -> 96;
          case "SHA-512" -> 128;
          default -> throw new IllegalArgumentException("digests by " + algorithm);
        };
    hex = hex.toLowerCase(Locale.ROOT);
    if (!hex.matches("[0-9a-f]{" + length + "}")) {
      throw new IllegalArgumentException("no digest by " + algorithm + ": '" + hex + "'");
    }
  }

  static Digest sha256(String hex) {
    return new Digest(SHA256, hex);
  }

  /**
   * By the name that repositories and {@code .treeinfo} give: {@code sha256}.
   *
   * @throws IllegalArgumentException if it is none that can be trusted, or not of its length
   */
  static Digest named(String name, String hex) {
    return new Digest(name.toUpperCase(Locale.ROOT).replaceFirst("^SHA-?", "SHA-"), hex);
  }

  /** The same as a check of a stream. */
  ExpectedContent content() {
    return new ExpectedContent(algorithm, hex, OptionalLong.empty());
  }

  /** Counts octets by that algorithm. */
  static MessageDigest counter(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  static String hex(MessageDigest counted) {
    return HexFormat.of().formatHex(counted.digest());
  }

  static String sha256(byte[] octets) {
    return HexFormat.of().formatHex(counter(SHA256).digest(octets));
  }
}
