package org.barestack.model;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * The secret part of an install's URLs. Its text is never logged: {@link #toString()} masks it.
 *
 * @param secret 128 random bits in hexadecimal
 */
public record Token(String secret) {
  public Token {
    if (!isToken(secret)) {
      throw new IllegalArgumentException("not a token");
    }
  }

  /** Whether the text has the form of one. */
  public static boolean isToken(String text) {
    return text.matches("[0-9a-f]{32}");
  }

  /** A new one; {@code random} must be fit for secrets. */
  public static Token fresh(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return new Token(HexFormat.of().formatHex(bytes));
  }

  /** The first four characters, to tell tokens apart in a log. */
  @Override
  public String toString() {
    return secret.substring(0, 4) + "…";
  }
}
