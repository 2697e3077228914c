package org.barestack.shell;

/** What can be open in a script, until its end comes. */
enum Construct {
  SINGLE_QUOTE("unclosed-single-quote", "single quote", "'"),
  DOUBLE_QUOTE("unclosed-double-quote", "double quote", "\""),
  ANSI_QUOTE("unclosed-ansi-quote", "$' quote", "'"),
  LOCALE_QUOTE("unclosed-locale-quote", "$\" quote", "\""),
  BACKTICK("unclosed-backtick", "backtick", "`"),
  SUBSTITUTION("unclosed-command-substitution", "$(", ")"),
  PROCESS("unclosed-process-substitution", "process substitution", ")"),
  ARITHMETIC("unclosed-arithmetic", "$((", "))"),
  ARITHMETIC_COMMAND("unclosed-arithmetic", "((", "))"),
  OLD_ARITHMETIC("unclosed-arithmetic", "$[", "]"),
  PARAMETER("unclosed-parameter-expansion", "${", "}"),
  SUBSCRIPT("unclosed-subscript", "'[' of a subscript", "]"),
  PATTERN("unclosed-pattern", "'(' of a pattern", ")"),
  ARRAY("unclosed-array", "'=(' of an array", ")"),
  TEST("unclosed-test", "[[", "]]"),
  SUBSHELL("unclosed-subshell", "(", ")"),
  GROUP("unclosed-group", "{", "}"),
  IF("unclosed-if", "if", "fi"),
  FOR("unclosed-loop", "for", "done"),
  SELECT("unclosed-loop", "select", "done"),
  WHILE("unclosed-loop", "while", "done"),
  UNTIL("unclosed-loop", "until", "done"),
  CASE("unclosed-case", "case", "esac");

  final String rule;
  final String name;
  final String closing;

  Construct(String rule, String name, String closing) {
    this.rule = rule;
    this.name = name;
    this.closing = closing;
  }

  /** For messages, after "the". */
  String shown() {
    return name.endsWith("quote") || name.contains(" ") || this == BACKTICK
        ? name
        : Token.quoted(name);
  }

  /** For messages. */
  String shownClosing() {
    return Token.quoted(closing);
  }

  boolean isQuote() {
    return switch (this) {
      case SINGLE_QUOTE, DOUBLE_QUOTE, ANSI_QUOTE, LOCALE_QUOTE, BACKTICK -> true;
      default -> false;
    };
  }

  boolean isLoop() {
    return closing.equals("done");
  }

  /** Whether that word can only stand in this. */
  boolean hasWord(String word) {
    return switch (word) {
      case "then", "elif", "else" -> this == IF;
      case "do" -> isLoop();
      case ";;", ";&", ";;&" -> this == CASE;
      case ")" -> this == SUBSTITUTION || this == PROCESS || this == SUBSHELL || this == ARRAY;
      default -> closing.equals(word);
    };
  }

  /** Whether nothing that was open before it can be closed inside of it. */
  boolean isWall() {
    return this == SUBSTITUTION || this == PROCESS;
  }
}
