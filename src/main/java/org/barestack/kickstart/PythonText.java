package org.barestack.kickstart;

import org.jspecify.annotations.Nullable;

/** What Python, in which the installer is written, takes for lines, white space and numbers. */
final class PythonText {
  /** What ends a line beside the line feed. */
  private static final String RARE_LINE_ENDS = "\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029";

  private PythonText() {}

  /**
   * A line of a text, with what ends it.
   *
   * @param whole the text
   * @param number as editors count: by line feeds, from 1
   * @param begin where it begins, from 0
   * @param end behind its last character
   */
  record Line(String whole, int number, int begin, int end) {
    /** The line by itself. */
    String text() {
      return whole.substring(begin, end);
    }

    /** Its first character that is no white space; a space if it has none. */
    char first() {
      int i = begin;
      while (i < end && isSpace(whole.charAt(i))) {
        i++;
      }
      return i < end ? whole.charAt(i) : ' ';
    }
  }

  /** The lines of a text, one after the other, as Python's {@code str.splitlines} finds them. */
  static final class Lines {
    private final String text;
    private final boolean onlyLineFeeds;
    private int at;
    private int number = 1;

    Lines(String text) {
      this.text = text;
      this.onlyLineFeeds = RARE_LINE_ENDS.chars().allMatch(end -> text.indexOf(end) < 0);
    }

    /**
     * Takes all lines at once up to the next one that begins with a percent sign, white space
     * aside: scripts are long, and few of their lines begin so. Takes none of a text with rare line
     * ends.
     */
    void plain(StringBuilder taken) {
      if (!onlyLineFeeds) {
        return;
      }
      int end = text.length();
      for (int sign = text.indexOf('%', at); sign >= 0; sign = text.indexOf('%', sign + 1)) {
        int begin = sign;
        while (begin > at && text.charAt(begin - 1) != '\n' && isSpace(text.charAt(begin - 1))) {
          begin--;
        }
        if (begin == at || text.charAt(begin - 1) == '\n') {
          end = begin;
          break;
        }
      }
      taken.append(text, at, end);
      for (int feed = text.indexOf('\n', at, end); feed >= 0; ) {
        number++;
        feed = text.indexOf('\n', feed + 1, end);
      }
      at = end;
    }

    /** The next one; null behind the last. */
    @Nullable Line next() {
      if (at == text.length()) {
        return null;
      }
      Line line = new Line(text, number, at, end());
      at = line.end();
      if (text.charAt(at - 1) == '\n') {
        number++;
      }
      return line;
    }

    private int end() {
      if (onlyLineFeeds) {
        int feed = text.indexOf('\n', at);
        return feed < 0 ? text.length() : feed + 1;
      }
      int i = at;
      while (i < text.length() && !isLineEnd(text.charAt(i))) {
        i++;
      }
      if (i == text.length()) {
        return i;
      }
      boolean both = text.charAt(i) == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      return i + (both ? 2 : 1);
    }
  }

  private static boolean isLineEnd(char c) {
    return c == '\n' || ((c < ' ' || c > '~') && RARE_LINE_ENDS.indexOf(c) >= 0);
  }

  /** As {@code str.isspace} does. */
  static boolean isSpace(int c) {
    return c <= ' '
        ? c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f)
        : c > '~' && isRareSpace(c);
  }

  private static boolean isRareSpace(int c) {
    return Character.getType(c) == Character.SPACE_SEPARATOR
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
