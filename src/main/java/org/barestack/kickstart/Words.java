package org.barestack.kickstart;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words as pykickstart does: with Python's {@code shlex.split}. Quotes hold
 * words together, a backslash takes the next character as it is (in single quotes it does nothing),
 * and {@code #} begins a comment even inside of a word.
 */
final class Words {
  /** A line that cannot be split. */
  static final class QuotingException extends Exception {
    private static final long serialVersionUID = 1;

    private final int column;

    private QuotingException(String message, int column) {
      super(message);
      this.column = column;
    }

    int column() {
      return column;
    }
  }

  private final String line;
  private final boolean comments;
  private final List<Token> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private int begin = -1;

  private Words(String line, boolean comments) {
    this.line = line;
    this.comments = comments;
  }

  /**
   * @param line one line, with or without its end
   * @param comments whether {@code #} begins a comment
   * @throws QuotingException if a quote is not closed, or nothing follows a backslash
   */
  static List<Token> of(String line, boolean comments) throws QuotingException {
    Words words = new Words(line, comments);
    words.split();
    return List.copyOf(words.words);
  }

  private void split() throws QuotingException {
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i);
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        end();
        i++;
      } else if (comments && c == '#') {
        // shlex drops the rest of the line; what pykickstart gives it is one line.
        break;
      } else if (c == '"' || c == '\'') {
        begin(i);
        i = quoted(i + 1, c, i);
      } else if (c == '\\') {
        begin(i);
        if (i + 1 == line.length()) {
          throw new QuotingException("nothing follows the backslash at the end", i + 1);
        }
        word.append(line.charAt(i + 1));
        i += 2;
      } else {
        begin(i);
        word.append(c);
        i++;
      }
    }
    end();
  }

  private int quoted(int from, char quote, int opened) throws QuotingException {
    int i = from;
    while (i < line.length()) {
      char c = line.charAt(i);
      if (c == quote) {
        return i + 1;
      }
      if (c == '\\' && quote == '"' && i + 1 < line.length()) {
        char next = line.charAt(i + 1);
        if (next != '"' && next != '\\') {
          word.append('\\');
        }
        word.append(next);
        i += 2;
      } else {
        word.append(c);
        i++;
      }
    }
    throw new QuotingException(
        "the " + (quote == '"' ? "double" : "single") + " quote is not closed on its line",
        opened + 1);
  }

  private void begin(int at) {
    if (begin < 0) {
      begin = at;
    }
  }

  private void end() {
    if (begin >= 0) {
      words.add(new Token(word.toString(), begin + 1));
      word.setLength(0);
      begin = -1;
    }
  }
}
