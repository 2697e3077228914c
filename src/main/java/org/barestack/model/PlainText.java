package org.barestack.model;

import java.util.regex.Pattern;

/** Text from the network or from files, made fit to be shown. */
public final class PlainText {
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private PlainText() {}

  /**
   * Text on one line that cannot steer a terminal: machines say what they like, so control and
   * format characters (escape sequences, right-to-left overrides) become a question mark, and every
   * kind of space a space.
   */
  public static String of(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints().map(PlainText::plain).forEach(plain::appendCodePoint);
    return plain.toString();
  }

  /**
   * The same for text in which each character counts, such as what somebody wrote into a file: what
   * would steer a terminal or break the line becomes its number, {@code \\u001b}.
   */
  public static String escaped(String text) {
    return UNPRINTABLE
        .matcher(text)
        .replaceAll(match -> String.format("\\\\u%04x", match.group().codePointAt(0)));
  }

  private static int plain(int point) {
    if (Character.isWhitespace(point)) {
      return ' ';
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          '?';
      default -> point;
    };
  }

  /** At most so many characters, the last one … if there were more; no space at the end. */
  public static String cut(String text, int width) {
    if (text.codePointCount(0, text.length()) <= width) {
      return text.stripTrailing();
    }
    return text.substring(0, text.offsetByCodePoints(0, Math.max(0, width - 1))) + "…";
  }
}
