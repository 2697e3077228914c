package org.barestack.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A key that is trusted by its fingerprint, wherever the key itself comes from.
 *
 * @param distribution as in "rocky"
 * @param major major release that it signs
 * @param fingerprint in upper-case hexadecimal: 40 digits, or 64 of a version 6 key
 */
public record PinnedKey(String distribution, int major, String fingerprint) {
  /** Checks the fingerprint. */
  public PinnedKey {
    if (!fingerprint.matches("[0-9A-F]{40}|[0-9A-F]{64}")) {
      throw new IllegalArgumentException("no fingerprint: " + fingerprint);
    }
  }

  /** All of this version of Barestack. */
  public static List<PinnedKey> all() {
    try (InputStream in = PinnedKey.class.getResourceAsStream("release-keys")) {
      if (in == null) {
        throw new IllegalStateException("release-keys is not in the program");
      }
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(PinnedKey::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those of one major release of Rocky Linux, as in 9. */
  public static List<PinnedKey> rocky(int major) {
    return all().stream()
        .filter(key -> key.distribution().equals("rocky") && key.major() == major)
        .toList();
  }

  private static PinnedKey parse(String line) {
    String[] words = line.split(" +", -1);
    return new PinnedKey(words[0], Integer.parseInt(words[1]), words[2]);
  }
}
