package org.barestack.verify;

import java.util.HexFormat;
import java.util.Locale;

/** What strangers wrote, fit for a message. */
final class Shown {
  private static final int LONGEST = 200;

  private Shown() {}

  /** Without what steers a terminal, and not longer than a line or two. */
  static String text(String text) {
    String plain = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]", "?");
    return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "...";
  }

  static String hex(byte[] octets) {
    return HexFormat.of().withUpperCase().formatHex(octets);
  }

  static String keyId(long id) {
    return String.format(Locale.ROOT, "%016X", id);
  }
}
