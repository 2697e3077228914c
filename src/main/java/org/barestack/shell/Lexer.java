package org.barestack.shell;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.barestack.shell.Token.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A script's tokens, by the rules of bash 5.2 (parse.y: read_token, read_token_word,
 * parse_matched_pair, parse_comsub, gather_here_documents). What bash leaves unread until it runs a
 * command (inside of backticks, arithmetic, here-documents) is not read here either.
 */
final class Lexer {
  /** So deep nobody nests; it keeps the stack small. */
  static final int DEEPEST = 150;

  /** Where a token stands decides what it can be. */
  enum Mode {
    /** A command may begin: reserved words, assignments, {@code ((}. */
    COMMAND,
    /** After a bar: the same, but {@code time} is a command of its own. */
    PIPED,
    /** After {@code for}: a name, or {@code ((;;))}. */
    FOR,
    /** Before the command's name, after assignments or redirections. */
    PREFIX,
    /** Plain words. */
    ARGUMENT,
    /** Inside of {@code a=(}. */
    ELEMENT,
    /** Right of {@code ==} in {@code [[}: {@code @(a|b)} is a word. */
    GLOB,
    /** Right of {@code =~} in {@code [[}: {@code (a|b)} is a word. */
    REGEX;

    private boolean takesReserved() {
      return this == COMMAND || this == PIPED;
    }

    private boolean takesAssignment() {
      return takesReserved() || this == PREFIX;
    }
  }

  private static final Set<String> RESERVED =
      Set.of(
          "if",
          "then",
          "else",
          "elif",
          "fi",
          "case",
          "esac",
          "for",
          "select",
          "while",
          "until",
          "do",
          "done",
          "in",
          "function",
          "time",
          "{",
          "}",
          "!",
          "[[",
          "]]",
          "coproc");

  /** Commands whose arguments may be {@code a=(1 2)}. */
  private static final Set<String> DECLARING =
      Set.of("alias", "declare", "export", "local", "readonly", "typeset", "eval", "let");

  private static final Set<String> THREE = Set.of("<<-", "<<<", "&>>", ";;&");
  private static final Set<String> TWO =
      Set.of("<<", ">>", "<&", ">&", "<>", ">|", "&>", ";;", ";&", "&&", "||", "|&");

  private static final Pattern EXTGLOB =
      Pattern.compile("\\bshopt\\s+-s\\s[^\\n;]{0,60}\\bextglob\\b|^#!.{0,60}-O\\s*extglob");

  private static final Pattern DESCRIPTOR =
      Pattern.compile("\\d{1,9}|\\{[A-Za-z_]\\w*(\\[[^\\]]*])?}");

  private static final int LONGEST_SHOWN = 40;

  /** Flags of {@link #pair}, as in bash. */
  private static final int ESCAPES = 1;

  private static final int FIRST_CLOSE = 2;
  private static final int BRACE = 4;
  private static final int SUBSCRIPT = 8;
  private static final int QUOTED = 16;
  private static final int ARITHMETIC = 32;

  /** What is open, and where it began. */
  record Open(Construct construct, int at) {}

  /** A here-document whose text is still to come. */
  private record HereDocument(int at, String delimiter, boolean quoted, boolean indented) {}

  private final Source source;
  private final String text;
  private final int end;
  private final boolean posix;
  private final boolean extglob;
  private final Parser parser;
  private final Deque<Open> open = new ArrayDeque<>();

  /** Line ends after which the texts of here-documents are, with the ends of those. */
  private final Map<Integer, Integer> skips = new HashMap<>();

  /** Ends of substitutions that were read, since what looks like {@code ((} is read twice. */
  private final Map<Integer, Integer> substitutions = new HashMap<>();

  private List<HereDocument> pending = new ArrayList<>();
  private int inSubstitutions;

  /** The last line end that was looked for, and from where on there is none before it. */
  private int lineFrom = 1;

  private int lineEnd;

  /**
   * Where parentheses in arithmetic are closed, by where they open. What looks like {@code ((((} is
   * read once for that, not once for each.
   */
  private int[] closes = {};

  private boolean declaring;
  private int pos;
  private @Nullable Token ahead;

  Lexer(Source source, boolean posix, Parser parser) {
    this.source = source;
    this.text = source.text.endsWith("\n") ? source.text : source.text + "\n"; // as bash does
    this.end = text.length();
    this.posix = posix;
    this.extglob = text.contains("extglob") && EXTGLOB.matcher(text).find();
    this.parser = parser;
  }

  // What the parser calls

  /** The next token, which stays. */
  Token peek(Mode mode) throws SyntaxStop {
    if (ahead == null) {
      ahead = read(mode);
    }
    return ahead;
  }

  /** The next token. */
  Token take(Mode mode) throws SyntaxStop {
    Token token = peek(mode);
    ahead = null;
    return token;
  }

  void push(Construct construct, int at) throws SyntaxStop {
    if (open.size() == DEEPEST) {
      throw new SyntaxStop(
          at,
          "nested-too-deep",
          "more than " + DEEPEST + " constructs are open here, one in the other",
          "split the script into functions; what comes after is not checked");
    }
    open.push(new Open(construct, at));
  }

  void pop() {
    open.pop();
  }

  Deque<Open> open() {
    return open;
  }

  /** That a here-document's text begins after this line. */
  void expectText(int at, Token delimiter, boolean indented) {
    String raw = text.substring(delimiter.start(), delimiter.end()).replace("\\\n", "");
    String plain = unquoted(raw);
    pending.add(new HereDocument(at, plain, !plain.equals(raw), indented));
    if (plain.endsWith("\r")) {
      source.error(
          at,
          "crlf-heredoc",
          "the delimiter of this here-document ends with a carriage return",
          "write the script with line ends LF (dos2unix, or core.autocrlf and .gitattributes)");
    }
  }

  /** What is open and does not end. */
  SyntaxStop unclosed(Open what, String noticed) {
    Construct construct = what.construct();
    return new SyntaxStop(
        what.at(),
        construct.rule,
        "the "
            + construct.shown()
            + " that begins here has no closing "
            + construct.shownClosing()
            + "; noticed "
            + noticed,
        "close it with "
            + construct.shownClosing()
            + (construct.isQuote() ? ", or escape it if it is no quote" : "")
            + (construct == Construct.GROUP ? " after ';' or on a line of its own" : ""));
  }

  // Characters

  /** The place after the line end at that place. */
  private int afterLineEnd(int at) {
    return skips.getOrDefault(at, at + 1);
  }

  private int after(int at) {
    return text.charAt(at) == '\n' ? afterLineEnd(at) : at + 1;
  }

  /** Past backslashes with line ends. */
  private int pastContinuations(int at) {
    int now = at;
    while (now + 1 < end && text.charAt(now) == '\\' && text.charAt(now + 1) == '\n') {
      now = afterLineEnd(now + 1);
    }
    return now;
  }

  /** The character there, or 0 at the end. */
  private char at(int place) {
    return place < end ? text.charAt(place) : 0;
  }

  private static boolean isBreak(char c) {
    return switch (c) {
      case ' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>' -> true;
      default -> false;
    };
  }

  // Tokens

  private Token read(Mode mode) throws SyntaxStop {
    skipBlanks();
    if (at(pos) == '#' && pos < end) {
      int line = text.indexOf('\n', pos);
      pos = line < 0 ? end : line;
    }
    int start = pos;
    if (pos >= end) {
      if (!pending.isEmpty()) {
        readTexts(end);
      }
      return new Token(Kind.END, "", end, end);
    }
    if (text.charAt(pos) == '\n') {
      declaring = false;
      int next = afterLineEnd(pos);
      pos = pending.isEmpty() ? next : readTexts(next);
      return new Token(Kind.NEWLINE, "", start, start + 1);
    }
    if (mode == Mode.REGEX) {
      return word(mode);
    }
    return isBreak(text.charAt(pos)) ? operator(mode) : word(mode);
  }

  private void skipBlanks() {
    while (pos < end) {
      char c = text.charAt(pos);
      if (c == ' ' || c == '\t') {
        pos++;
      } else if (c == '\\' && at(pos + 1) == '\n') {
        pos = afterLineEnd(pos + 1);
      } else {
        return;
      }
    }
  }

  private Token operator(Mode mode) throws SyntaxStop {
    int start = pos;
    char first = text.charAt(start);
    int second = pastContinuations(start + 1);
    int third = pastContinuations(second + 1);
    char next = at(second);
    if ((first == '<' || first == '>') && next == '(') {
      return word(mode);
    }
    declaring = false;
    String two = "" + first + next;
    String three = two + at(third);
    if (first == '(' && next == '(' && (mode.takesReserved() || mode == Mode.FOR)) {
      return doubleParenthesis(mode, second + 1);
    }
    boolean isThree = THREE.contains(three);
    boolean isTwo = TWO.contains(two);
    pos = isThree ? third + 1 : isTwo ? second + 1 : start + 1;
    String found = isThree ? three : isTwo ? two : String.valueOf(first);
    boolean redirects = found.indexOf('<') >= 0 || found.indexOf('>') >= 0;
    return new Token(redirects ? Kind.REDIRECTION : Kind.OPERATOR, found, start, pos);
  }

  /** Two parentheses are arithmetic if two close them, else a subshell in a subshell. */
  private Token doubleParenthesis(Mode mode, int inside) throws SyntaxStop {
    int start = pos;
    pos = inside;
    if (closes.length == 0) {
      closes = new int[end];
    }
    push(Construct.ARITHMETIC_COMMAND, start);
    if (closes[inside - 1] > 0) {
      pos = closes[inside - 1] + 1;
    } else {
      pair('(', ')', ARITHMETIC);
    }
    pop();
    if (at(pos) == ')') {
      pos++;
      return new Token(Kind.ARITHMETIC, text.substring(inside, pos - 2), start, pos);
    }
    if (mode == Mode.FOR) {
      throw new SyntaxStop(
          start,
          "bad-for",
          "the '((' of this 'for' is closed by a single ')'; bash says nothing and ends the script",
          "write for ((first; condition; step))");
    }
    pos = start + 1;
    return new Token(Kind.OPERATOR, "(", start, pos);
  }

  // Words

  /** How much of a word can still be the left side of an assignment. */
  private enum Left {
    START,
    NAME,
    SUBSCRIPTED,
    PLUS,
    NONE
  }

  private Token word(Mode mode) throws SyntaxStop {
    int start = pos;
    boolean literal = true;
    boolean assignment = false;
    Left left = Left.START;
    while (true) {
      pos = pastContinuations(pos);
      if (pos >= end) {
        break;
      }
      char c = text.charAt(pos);
      int next = pastContinuations(pos + 1);
      Left before = left;
      left = Left.NONE;
      if (c == '\\') {
        literal = false;
        noteBlanksAfterBackslash();
        pos = Math.min(end, pos + 2);
      } else if (c == '\'' || c == '"' || c == '`') {
        literal = false;
        quoted(c, pos, 0);
      } else if (mode == Mode.REGEX && c == '(') {
        parenthesized();
      } else if (mode == Mode.REGEX && c == '|') {
        pos++;
      } else if ((extglob || mode == Mode.GLOB) && "?*+@!".indexOf(c) >= 0 && at(next) == '(') {
        pos = next;
        parenthesized();
      } else if (c == '$') {
        literal = false;
        dollar(next);
      } else if ((c == '<' || c == '>') && at(next) == '(') {
        literal = false;
        substitution(Construct.PROCESS, pos, next + 1);
      } else if (c == '['
          && ((before == Left.NAME && mode.takesAssignment())
              || (before == Left.START && mode == Mode.ELEMENT))) {
        push(Construct.SUBSCRIPT, pos);
        pos++;
        pair('[', ']', SUBSCRIPT);
        pop();
        left = before == Left.NAME ? Left.SUBSCRIPTED : Left.NONE;
      } else if (isBreak(c)) {
        break;
      } else if (c == '=' && before != Left.NONE && before != Left.START) {
        assignment = mode.takesAssignment();
        if ((assignment || declaring) && at(next) == '(') {
          literal = false;
          array(next);
        } else {
          pos++;
        }
      } else {
        noteOddCharacter(c, start);
        left = stillLeft(before, c);
        pos++;
      }
    }
    return asToken(mode, start, literal, assignment);
  }

  private static Left stillLeft(Left before, char c) {
    boolean letter = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    boolean digit = c >= '0' && c <= '9';
    return switch (before) {
      case START -> letter ? Left.NAME : Left.NONE;
      case NAME -> letter || digit ? Left.NAME : c == '+' ? Left.PLUS : Left.NONE;
      case SUBSCRIPTED -> c == '+' ? Left.PLUS : Left.NONE;
      case PLUS, NONE -> Left.NONE;
    };
  }

  private Token asToken(Mode mode, int start, boolean literal, boolean assignment) {
    String shown =
        pos - start > LONGEST_SHOWN ? "" : text.substring(start, pos).replace("\\\n", "");
    Kind kind = assignment ? Kind.ASSIGNMENT : Kind.WORD;
    if (literal) {
      char next = at(pos);
      if ((next == '<' || next == '>') && DESCRIPTOR.matcher(shown).matches()) {
        kind = Kind.DESCRIPTOR;
      } else if (mode.takesReserved() && RESERVED.contains(shown) && isTime(mode, shown)) {
        kind = Kind.RESERVED;
      } else if (mode.takesAssignment() && DECLARING.contains(shown)) {
        declaring = true;
      }
    }
    return new Token(kind, shown, start, pos);
  }

  /** Whether {@code time} is the reserved word here; all others are. */
  private boolean isTime(Mode mode, String word) {
    if (!word.equals("time")) {
      return true;
    }
    int at = pos;
    while (at(at) == ' ' || at(at) == '\t') {
      at++;
    }
    return mode != Mode.PIPED && !(posix && at(at) == '-');
  }

  /** A quote of any kind, with {@link #pos} at its first character. */
  private void quoted(char quote, int began, int flags) throws SyntaxStop {
    push(
        switch (quote) {
          case '\'' -> (flags & ESCAPES) == 0 ? Construct.SINGLE_QUOTE : Construct.ANSI_QUOTE;
          case '"' -> (began == pos) ? Construct.DOUBLE_QUOTE : Construct.LOCALE_QUOTE;
          default -> Construct.BACKTICK;
        },
        began);
    pos++;
    pair(quote, quote, flags);
    pop();
  }

  private void parenthesized() throws SyntaxStop {
    push(Construct.PATTERN, pos);
    pos++;
    pair('(', ')', 0);
    pop();
  }

  /** A dollar in a word, with the place of what comes next. */
  private void dollar(int next) throws SyntaxStop {
    int start = pos;
    switch (at(next)) {
      case '(' -> substitution(Construct.SUBSTITUTION, start, next + 1);
      case '{' -> braced(start, next + 1, 0);
      case '[' -> {
        push(Construct.OLD_ARITHMETIC, start);
        pos = next + 1;
        pair('[', ']', ARITHMETIC);
        pop();
      }
      case '\'' -> {
        pos = next;
        quoted('\'', start, ESCAPES);
      }
      case '"' -> {
        pos = next;
        quoted('"', start, 0);
      }
      case '$' -> pos = next + 1;
      default -> pos = start + 1;
    }
  }

  private void braced(int began, int inside, int flags) throws SyntaxStop {
    push(Construct.PARAMETER, began);
    pos = inside;
    pair('{', '}', FIRST_CLOSE | BRACE | flags);
    pop();
  }

  /** {@code $(command)}, {@code <(command)} or {@code $((1+2))}. */
  private void substitution(Construct construct, int began, int inside) throws SyntaxStop {
    if (at(pastContinuations(inside)) == '(') {
      push(construct == Construct.SUBSTITUTION ? Construct.ARITHMETIC : construct, began);
      pos = inside;
      pair('(', ')', ARITHMETIC);
      pop();
      return;
    }
    Integer known = substitutions.get(inside);
    if (known != null) {
      pos = known;
      return;
    }
    List<HereDocument> outer = pending;
    boolean outerDeclaring = declaring;
    pending = new ArrayList<>();
    declaring = false;
    inSubstitutions++;
    pos = inside;
    push(construct, began);
    parser.substitution();
    pop();
    inSubstitutions--;
    if (!pending.isEmpty()) {
      // their texts begin after this line, whatever else there is in it
      int line = lineEndAfter(pos);
      int here = pos;
      skips.put(line, readTexts(afterLineEnd(line)));
      pos = here;
    }
    pending = outer;
    declaring = outerDeclaring;
    substitutions.put(inside, pos);
  }

  /** {@code (one two)} of an assignment. */
  private void array(int parenthesis) throws SyntaxStop {
    boolean outerDeclaring = declaring;
    push(Construct.ARRAY, parenthesis);
    pos = parenthesis + 1;
    while (true) {
      Token token = take(Mode.ELEMENT);
      if (token.is(")")) {
        break;
      }
      switch (token.kind()) {
        case NEWLINE, WORD, ASSIGNMENT -> {}
        case END -> throw unclosed(open.getFirst(), source.where(end));
        default ->
            throw new SyntaxStop(
                token.start(),
                "unexpected-token",
                token.shown()
                    + " cannot stand in the array that begins on line "
                    + source.line(parenthesis),
                "quote it if it is part of an element");
      }
    }
    pop();
    declaring = outerDeclaring;
  }

  /**
   * Reads to the end of what has an opening and a closing character; {@link #pos} is after the
   * opening one. Bash's parse_matched_pair, with its peculiarities.
   */
  private void pair(char opening, char closing, int flags) throws SyntaxStop {
    boolean quote = opening == closing;
    int inner = opening == '"' ? QUOTED : flags & QUOTED;
    int began = pos;
    int count = 1;
    boolean dollar = false;
    char before = 0;
    Operation operation = Operation.NAME;
    boolean notes = opening == '(' && closes.length > 0;
    Deque<Integer> opened = new ArrayDeque<>(notes ? 16 : 0);
    while (true) {
      if (opening != '\'') {
        pos = pastContinuations(pos);
      }
      if (pos >= end) {
        throw unclosed(open.getFirst(), source.where(end));
      }
      int here = pos;
      char c = text.charAt(here);
      pos = after(here);
      if (c == closing) {
        if (--count == 0) {
          return;
        }
        if (notes) {
          closes[opened.pop()] = here;
        }
      } else if (c == opening && (flags & FIRST_CLOSE) == 0) {
        count++;
        if (notes) {
          opened.push(here);
        }
      }
      if (opening == '\'') {
        if (c == '\\' && (flags & ESCAPES) != 0 && pos < end) {
          pos = after(pos);
        }
        continue;
      }
      if ((flags & BRACE) != 0) {
        operation = operation.with(c, here > began);
        if (posix && c == '\'' && (flags & QUOTED) != 0 && !operation.quotes()) {
          continue;
        }
      }
      if (c == '\\') {
        if (pos < end) {
          pos = after(pos);
        }
        dollar = false;
        before = c;
        continue;
      }
      boolean opens = c == '(' || c == '{' || c == '[';
      boolean expands =
          quote
              ? opening != '`'
              : (flags & (SUBSCRIPT | BRACE)) != 0 || ((flags & ARITHMETIC) != 0 && c == '(');
      if (!quote && (c == '\'' || c == '"' || c == '`')) {
        pos = here;
        int escapes = dollar && c == '\'' ? ESCAPES : 0;
        quoted(c, here, inner | escapes);
      } else if (opening == '"' && c == '`') {
        pos = here;
        quoted('`', here, inner);
      } else if (expands && dollar && opens) {
        if (c == opening && (flags & FIRST_CLOSE) == 0) {
          count--;
          if (notes) {
            opened.pop();
          }
        }
        nested(c, here, inner);
      } else if ((flags & (SUBSCRIPT | BRACE)) != 0
          && c == '('
          && (before == '<' || before == '>')) {
        substitution(Construct.PROCESS, here - 1, here + 1);
      }
      dollar = c == '$' && !dollar;
      before = c;
    }
  }

  private void nested(char bracket, int here, int flags) throws SyntaxStop {
    switch (bracket) {
      case '(' -> substitution(Construct.SUBSTITUTION, here - 1, here + 1);
      case '{' -> braced(here - 1, here + 1, flags);
      default -> {
        push(Construct.OLD_ARITHMETIC, here - 1);
        pair('[', ']', flags | ARITHMETIC);
        pop();
      }
    }
  }

  /** How far {@code ${name:-word}} is read; bash's dolbrace_state. */
  private enum Operation {
    NAME,
    OPERATOR,
    WORD,
    /** After {@code # % ^ ,} and {@code /}, single quotes quote also inside of double ones. */
    PATTERN;

    private boolean quotes() {
      return this == PATTERN;
    }

    private Operation with(char c, boolean notFirst) {
      boolean operator = "#%^,~:-=?+/".indexOf(c) >= 0;
      return switch (this) {
        case NAME -> notFirst && "#%^,/".indexOf(c) >= 0 ? PATTERN : operator ? OPERATOR : NAME;
        case OPERATOR -> operator ? OPERATOR : WORD;
        case WORD, PATTERN -> this;
      };
    }
  }

  /** The text ends with a line end, so there is one; many may be asked for in one line. */
  private int lineEndAfter(int place) {
    if (place < lineFrom || place > lineEnd) {
      lineFrom = place;
      lineEnd = text.indexOf('\n', place);
    }
    return lineEnd;
  }

  // Here-documents

  /**
   * Reads the texts of those that are pending.
   *
   * @return the place after the last one's delimiter
   */
  private int readTexts(int from) throws SyntaxStop {
    int place = from;
    for (HereDocument document : pending) {
      place = readText(document, place);
    }
    pending.clear();
    return place;
  }

  private int readText(HereDocument document, int from) throws SyntaxStop {
    String delimiter = document.delimiter();
    int nearly = -1;
    for (int line = from; line < end; ) {
      int lineEnd = lineEnd(line, document.quoted());
      int next = lineEnd < end ? afterLineEnd(lineEnd) : end;
      String content = text.substring(line, lineEnd);
      if (!document.quoted()) {
        content = content.replace("\\\n", "");
      }
      int tabs = 0;
      while (document.indented() && tabs < content.length() && content.charAt(tabs) == '\t') {
        tabs++;
      }
      if (content.length() - tabs >= delimiter.length()) {
        if (content.startsWith(delimiter, tabs)) {
          if (content.length() == tabs + delimiter.length()) {
            noteEarlyEnd(document, nearly);
            return next;
          }
          int rest = line + tabs + delimiter.length();
          if (inSubstitutions > 0 && content.indexOf(')', tabs + delimiter.length()) >= 0) {
            source.warning(
                line,
                "heredoc-delimiter-not-alone",
                "the delimiter "
                    + delimiter
                    + " ends its here-document here, though it is not alone in its line",
                "put what follows it into the next line");
            return rest;
          }
        }
        if (nearly < 0 && isBut(content, delimiter)) {
          nearly = line;
        }
      }
      line = next;
    }
    throw neverEnds(document, nearly);
  }

  /** The end of a line; one that ends with a backslash goes on unless quoted. */
  private int lineEnd(int from, boolean quoted) {
    int place = text.indexOf('\n', from);
    while (place >= 0 && !quoted && isContinued(from, place)) {
      place = text.indexOf('\n', place + 1);
    }
    return place < 0 ? end : place;
  }

  private boolean isContinued(int from, int lineEnd) {
    int backslashes = 0;
    while (lineEnd - 1 - backslashes >= from && text.charAt(lineEnd - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  /** Whether a line is the delimiter but for white space around it. */
  private static boolean isBut(String content, String delimiter) {
    return !delimiter.isBlank() && trimmed(content).equals(trimmed(delimiter));
  }

  private static String trimmed(String line) {
    return line.replace('\u00a0', ' ').strip();
  }

  /** The same delimiter may come again later: then the text is longer than it looks. */
  private void noteEarlyEnd(HereDocument document, int nearly) {
    if (nearly >= 0 && !Character.isWhitespace(text.charAt(nearly))) {
      source.warning(
          nearly,
          "heredoc-delimiter-space",
          difference(document, nearly)
              + ", so the here-document of line "
              + source.line(document.at())
              + " does not end here",
          "let nothing but " + document.delimiter() + " stand in the line that shall end it");
    }
  }

  private SyntaxStop neverEnds(HereDocument document, int nearly) {
    if (nearly < 0) {
      return new SyntaxStop(
          document.at(),
          "unclosed-heredoc",
          "the here-document that begins here never ends: no line after it is just "
              + document.delimiter(),
          "write "
              + document.delimiter()
              + " alone into the line after its text, "
              + (document.indented() ? "with nothing but tabs before it" : "at the line's start"));
    }
    return new SyntaxStop(
        document.at(),
        "heredoc-delimiter-space",
        "the here-document that begins here never ends: line "
            + source.line(nearly)
            + ": "
            + difference(document, nearly),
        "let nothing but "
            + document.delimiter()
            + " stand in that line"
            + (document.indented() ? ", or tabs before it" : ""));
  }

  /** What keeps a line from being the delimiter. */
  private String difference(HereDocument document, int line) {
    String delimiter = document.delimiter();
    String content = source.content(source.line(line));
    String core = trimmed(delimiter);
    int at = content.indexOf(core);
    String leading = content.substring(0, Math.max(0, at));
    String trailing =
        content.substring(Math.min(content.length(), leading.length() + core.length()));
    if (delimiter.endsWith("\r")) {
      return "the delimiter ends with a carriage return after the <<, and this line does not";
    }
    if (!core.equals(delimiter)) {
      return "the delimiter has white space in the line of the << itself, this line has other";
    }
    if (trailing.equals("\r")) {
      return "a carriage return follows " + delimiter;
    }
    if (!trailing.isEmpty()) {
      return "white space follows " + delimiter;
    }
    return document.indented()
        ? "there are spaces before " + delimiter + ", and <<- takes away tabs only"
        : "there is white space before "
            + delimiter
            + (leading.isBlank() && leading.indexOf(' ') < 0
                ? ", and << takes none away (<<- takes away tabs)"
                : ", and << takes none away");
  }

  /** A word without its quotes, as a delimiter is taken; nothing is expanded. */
  private static String unquoted(String raw) {
    StringBuilder plain = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      char next = i + 1 < raw.length() ? raw.charAt(i + 1) : 0;
      boolean prefix = quote == 0 && c == '$' && (next == '\'' || next == '"');
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (quote == c && c != 0) {
        quote = 0;
      } else if (c == '\\'
          && (quote == 0 || (quote == '"' && (next == '"' || next == '\\' || next == '$')))) {
        if (next != 0) {
          plain.append(next);
          i++;
        }
      } else if (!prefix) {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  // What is allowed and hardly meant

  private void noteBlanksAfterBackslash() {
    int place = pos + 1;
    while (at(place) == ' ' || at(place) == '\t' || at(place) == '\r') {
      place++;
    }
    if (place > pos + 1 && (place >= end || text.charAt(place) == '\n')) {
      boolean carriageReturn = at(pos + 1) == '\r';
      source.warning(
          pos,
          "continuation-space",
          carriageReturn
              ? "a carriage return follows this backslash, so the line does not go on"
              : "white space follows this backslash, so the line does not go on",
          carriageReturn
              ? "write the script with line ends LF"
              : "take away what stands after the backslash");
    }
  }

  private void noteOddCharacter(char c, int wordStart) {
    if (c < 0x80 || source.hasEnough(oddity(c))) {
      return;
    }
    boolean leads = pos == wordStart || text.charAt(pos - 1) == '=';
    String shown = "U+%04X".formatted((int) c);
    switch (oddity(c)) {
      case "odd-space" ->
          source.warning(
              pos,
              "odd-space",
              "there is a character here that looks like a space or like nothing, "
                  + shown
                  + ", and is a letter to the shell",
              "write a space, or quote it if it is meant");
      case "smart-quote" -> {
        if (leads) {
          source.warning(
              pos,
              "smart-quote",
              "this quotation mark, " + shown + ", quotes nothing",
              "write ' or \"; quote it if it is meant");
        }
      }
      case "smart-dash" -> {
        if (leads) {
          source.warning(
              pos,
              "smart-dash",
              "this dash, " + shown + ", begins no option",
              "write -; quote it if it is meant");
        }
      }
      default -> {}
    }
  }

  private static String oddity(char c) {
    return switch (c) {
      case '\u00a0', '\u2007', '\u202f', '\u3000', '\u200b', '\ufeff' -> "odd-space";
      case '\u2018', '\u2019', '\u201a', '\u201c', '\u201d', '\u201e' -> "smart-quote";
      case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212' -> "smart-dash";
      default -> "";
    };
  }
}
