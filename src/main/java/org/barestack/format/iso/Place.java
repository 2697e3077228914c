package org.barestack.format.iso;

import java.util.regex.Pattern;

/**
 * Where on an image something stands, for people.
 *
 * @param offset octets from the image's begin
 * @param what the part of the image that has it, such as "directory /BaseOS, record 7"
 */
record Place(long offset, String what) {
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

  /** {@code sector 312, octet 188 (directory /BaseOS, record 7)}; the octet counts from 0. */
  @Override
  public String toString() {
    return "sector %d, octet %d (%s)"
        .formatted(offset / Volume.BLOCK, offset % Volume.BLOCK, printable(what));
  }

  /** Names come from the image, and must not drive the terminal that shows them. */
  static String printable(String text) {
    return UNPRINTABLE
        .matcher(text)
        .replaceAll(match -> "\\\\u%04x".formatted(match.group().codePointAt(0)));
  }
}
