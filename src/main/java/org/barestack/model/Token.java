package org.barestack.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The secret part of an install's URLs. Its text is never logged: {@link #toString()} masks it.
 *
 * @param secret 128 random bits in hexadecimal
 */
public record Token(String secret) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern ANY = Pattern.compile("([0-9a-f]{4})[0-9a-f]{28}");

  public Token {
    if (!isToken(secret)) {
      throw new IllegalArgumentException("not a token");
    }
  }

  /** Whether the text has the form of one. */
  public static boolean isToken(String text) {
    return FORM.matcher(text).matches();
  }

  /** A text with all but the first four characters of each token in it masked. */
  public static String masked(String text) {
    return ANY.matcher(text).replaceAll("$1…");
  }

  /** A new one; {@code random} must be fit for secrets. */
  public static Token fresh(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return new Token(HexFormat.of().formatHex(bytes));
  }

  /**
   * SHA-256 in hexadecimal. Tokens are looked up by it: how long a lookup takes tells nothing of a
   * token that is there.
   */
  public String digest() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(secret.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** In a time that does not depend on how many characters agree. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Token(String theirs)
        && MessageDigest.isEqual(
            secret.getBytes(StandardCharsets.US_ASCII), theirs.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public int hashCode() {
    return digest().hashCode();
  }

  /** The first four characters, to tell tokens apart in a log. */
  @Override
  public String toString() {
    return secret.substring(0, 4) + "…";
  }
}
