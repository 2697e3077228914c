package org.barestack.shell;

/**
 * One token of a script.
 *
 * @param text the operator or reserved word; of words only what may mean something by itself, else
 *     empty
 * @param start where its first character is
 * @param end after its last character
 */
record Token(Kind kind, String text, int start, int end) {
  /** What the grammar tells apart. */
  enum Kind {
    END,
    NEWLINE,
    WORD,
    /** {@code a=b}, where a command may begin. */
    ASSIGNMENT,
    /** The {@code 2} of {@code 2>file}, the {@code {log}} of {@code {log}>file}. */
    DESCRIPTOR,
    /** A reserved word where it is one. */
    RESERVED,
    /** {@code ((1+2))} as a whole. */
    ARITHMETIC,
    REDIRECTION,
    OPERATOR
  }

  /** Whether it is that operator or reserved word. */
  boolean is(String what) {
    return (kind == Kind.OPERATOR || kind == Kind.RESERVED) && text.equals(what);
  }

  boolean is(Kind what) {
    return kind == what;
  }

  /** For messages. */
  String shown() {
    return switch (kind) {
      case END -> "the end of the script";
      case NEWLINE -> "the end of the line";
      case WORD, ASSIGNMENT, DESCRIPTOR -> text.isEmpty() ? "a word" : quoted(text);
      case ARITHMETIC -> quoted("((");
      default -> quoted(text);
    };
  }

  /** What stands in the script, as it is shown in a sentence. */
  static String quoted(String text) {
    return text.contains("'") ? text : "'" + text + "'";
  }
}
