package org.barestack.format.fat;

import java.util.regex.Pattern;

/** A file system that cannot be read or written so; the message begins with the place. */
public final class FatException extends Exception {
  private static final long serialVersionUID = 1;

  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

  /** Of that place, and what is wrong there. */
  FatException(String place, String problem) {
    super(printable(place) + ": " + printable(problem));
  }

  /** Names come from the image, and must not drive the terminal that shows them. */
  private static String printable(String text) {
    return UNPRINTABLE
        .matcher(text)
        .replaceAll(match -> "\\\\u%04x".formatted(match.group().codePointAt(0)));
  }
}
