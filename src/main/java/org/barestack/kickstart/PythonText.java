package org.barestack.kickstart;

import java.util.ArrayList;
import java.util.List;

/** What Python, in which the installer is written, takes for lines, white space and numbers. */
final class PythonText {
  private PythonText() {}

  /**
   * A line of a text.
   *
   * @param number as editors count: by line feeds, from 1
   * @param text with what ends it
   */
  record Line(int number, String text) {}

  /** As {@code str.splitlines} does, which knows more ends of lines than editors do. */
  static List<Line> lines(String text) {
    List<Line> lines = new ArrayList<>();
    int number = 1;
    int begin = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      i++;
      if (isLineEnd(c)) {
        boolean both = c == '\r' && i < text.length() && text.charAt(i) == '\n';
        if (both) {
          i++;
        }
        lines.add(new Line(number, text.substring(begin, i)));
        if (both || c == '\n') {
          number++;
        }
        begin = i;
      }
    }
    if (begin < text.length()) {
      lines.add(new Line(number, text.substring(begin)));
    }
    return lines;
  }

  private static boolean isLineEnd(char c) {
    return switch (c) {
      case '\n', '\r', '\u000b', '\f', '\u001c', '\u001d', '\u001e', '\u0085', '\u2028', '\u2029' ->
          true;
      default -> false;
    };
  }

  /** As {@code str.isspace} does. */
  static boolean isSpace(int c) {
    return Character.getType(c) == Character.SPACE_SEPARATOR
        || (c >= 0x09 && c <= 0x0d)
        || (c >= 0x1c && c <= 0x1f)
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  /** As {@code str.lstrip} does. */
  static String stripLeading(String text) {
    int i = 0;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    return text.substring(i);
  }

  /** As {@code str.strip} does. */
  static String strip(String text) {
    String rest = stripLeading(text);
    int end = rest.length();
    while (end > 0 && isSpace(rest.charAt(end - 1))) {
      end--;
    }
    return rest.substring(0, end);
  }

  /** Whether {@code int()} takes it: digits, with single underscores between them. */
  static boolean isInteger(String text) {
    String number = strip(text);
    int i = number.startsWith("+") || number.startsWith("-") ? 1 : 0;
    boolean digit = false;
    while (i < number.length()) {
      boolean joint = digit && number.charAt(i) == '_' && i + 1 < number.length();
      digit = Character.isDigit(number.charAt(i));
      if (!digit && !joint) {
        return false;
      }
      i++;
    }
    return digit;
  }
}
