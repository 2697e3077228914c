package org.barestack.shell;

import java.util.Set;
import org.barestack.shell.Lexer.Mode;
import org.barestack.shell.Lexer.Open;
import org.barestack.shell.Token.Kind;

/**
 * The grammar of bash 5.2 (parse.y), by recursive descent. It stops at the first error, since bash
 * does, and since what comes after it cannot be told.
 */
final class Parser {
  private static final Set<String> COMPOUND =
      Set.of("if", "case", "for", "select", "while", "until", "{", "[[");

  private static final Set<String> BINARY =
      Set.of("=", "==", "!=", "=~", "-nt", "-ot", "-ef", "-eq", "-ne", "-lt", "-le", "-gt", "-ge");

  private static final String UNARY = "abcdefghknoprstuvwxzGLNORS";

  private final Source source;
  private final Lexer lexer;

  Parser(Source source, boolean posix) {
    this.source = source;
    this.lexer = new Lexer(source, posix, this);
  }

  /** The whole of it. */
  void script() throws SyntaxStop {
    commands();
    Token token = lexer.peek(Mode.COMMAND);
    if (!token.is(Kind.END)) {
      throw unexpected(token);
    }
  }

  /** What stands in {@code $( )}, and its closing parenthesis. */
  void substitution() throws SyntaxStop {
    commands();
    expect(")");
  }

  // Lists

  /** Newlines and commands, to where none can begin; whether there was one. */
  private boolean commands() throws SyntaxStop {
    newlines();
    boolean any = false;
    while (beginsCommand(lexer.peek(Mode.COMMAND))) {
      any = true;
      andOr();
      Token token = lexer.peek(Mode.COMMAND);
      if (token.is(";") || token.is("&")) {
        lexer.take(Mode.COMMAND);
      } else if (!token.is(Kind.NEWLINE)) {
        break;
      }
      newlines();
    }
    return any;
  }

  /** As {@link #commands}, of which there must be one. */
  private void body(Token before) throws SyntaxStop {
    if (!commands()) {
      Token token = lexer.peek(Mode.COMMAND);
      Open innermost = lexer.open().getFirst();
      if (token.is(Kind.END) || !innermost.construct().hasWord(token.text())) {
        throw unexpected(token);
      }
      throw new SyntaxStop(
          before.start(),
          "missing-command",
          "no command stands between this "
              + before.shown()
              + " and the "
              + token.shown()
              + " "
              + source.where(token.start()),
          "write one; ':' does nothing");
    }
  }

  private void newlines() throws SyntaxStop {
    while (lexer.peek(Mode.COMMAND).is(Kind.NEWLINE)) {
      lexer.take(Mode.COMMAND);
    }
  }

  private void andOr() throws SyntaxStop {
    pipeline();
    Token token = lexer.peek(Mode.COMMAND);
    while (token.is("&&") || token.is("||")) {
      lexer.take(Mode.COMMAND);
      newlines();
      needCommand(token, lexer.peek(Mode.COMMAND));
      pipeline();
      token = lexer.peek(Mode.COMMAND);
    }
  }

  private void pipeline() throws SyntaxStop {
    Token token = lexer.peek(Mode.COMMAND);
    while (token.is("!") || token.is("time")) {
      lexer.take(Mode.COMMAND);
      if (token.is("time") && isWord(lexer.peek(Mode.COMMAND), "-p")) {
        lexer.take(Mode.COMMAND);
      }
      if (token.is("time") && isWord(lexer.peek(Mode.COMMAND), "--")) {
        lexer.take(Mode.COMMAND);
      }
      Token next = lexer.peek(Mode.COMMAND);
      if (next.is(Kind.NEWLINE) || next.is(Kind.END) || next.is(";")) {
        return;
      }
      needCommand(token, next);
      token = next;
    }
    command();
    Token bar = lexer.peek(Mode.COMMAND);
    while (bar.is("|") || bar.is("|&")) {
      lexer.take(Mode.COMMAND);
      while (lexer.peek(Mode.PIPED).is(Kind.NEWLINE)) {
        lexer.take(Mode.PIPED);
      }
      Token next = lexer.peek(Mode.PIPED);
      if (next.is("!")) {
        throw new SyntaxStop(
            next.start(),
            "unexpected-token",
            "'!' cannot stand after " + bar.shown(),
            "put it before the whole pipeline, or the command into { }");
      }
      needCommand(bar, next);
      command();
      bar = lexer.peek(Mode.COMMAND);
    }
  }

  private void needCommand(Token before, Token next) throws SyntaxStop {
    if (beginsCommand(next)) {
      return;
    }
    if ((next.is(Kind.END) && !lexer.open().isEmpty()) || isStray(next)) {
      throw unexpected(next);
    }
    throw new SyntaxStop(
        before.start(),
        "missing-command",
        "no command follows this " + before.shown() + ", but " + next.shown(),
        "write the command, or take " + before.shown() + " away");
  }

  private boolean isStray(Token token) {
    return token.is(Kind.RESERVED)
        && lexer.open().stream().noneMatch(one -> one.construct().hasWord(token.text()));
  }

  private static boolean beginsCommand(Token token) {
    return switch (token.kind()) {
      case WORD, ASSIGNMENT, DESCRIPTOR, REDIRECTION, ARITHMETIC -> true;
      case OPERATOR -> token.is("(");
      case RESERVED ->
          switch (token.text()) {
            case "function", "time", "!", "coproc" -> true;
            default -> COMPOUND.contains(token.text());
          };
      case END, NEWLINE -> false;
    };
  }

  private static boolean isCompound(Token token) {
    return token.is(Kind.ARITHMETIC)
        || token.is("(")
        || (token.is(Kind.RESERVED) && COMPOUND.contains(token.text()));
  }

  // Commands

  private void command() throws SyntaxStop {
    Token token = lexer.peek(Mode.COMMAND);
    if (isCompound(token)) {
      compoundAndRedirections();
    } else if (token.is("function")) {
      lexer.take(Mode.COMMAND);
      function(token);
    } else if (token.is("coproc")) {
      lexer.take(Mode.COMMAND);
      coprocess(token);
    } else {
      simple();
    }
  }

  private void compoundAndRedirections() throws SyntaxStop {
    compound();
    redirections(Mode.COMMAND);
  }

  private void redirections(Mode first) throws SyntaxStop {
    Mode mode = first;
    while (isRedirection(lexer.peek(mode))) {
      redirection(mode);
      mode = Mode.ARGUMENT;
    }
  }

  private static boolean isRedirection(Token token) {
    return token.is(Kind.REDIRECTION) || token.is(Kind.DESCRIPTOR);
  }

  private void redirection(Mode mode) throws SyntaxStop {
    Token operator = lexer.take(mode);
    if (operator.is(Kind.DESCRIPTOR)) {
      operator = lexer.take(mode);
    }
    Token target = lexer.peek(Mode.ARGUMENT);
    boolean duplicates = operator.text().equals("<&") || operator.text().equals(">&");
    if (!target.is(Kind.WORD) && !(duplicates && target.is(Kind.DESCRIPTOR))) {
      throw new SyntaxStop(
          operator.start(),
          "missing-word",
          "no file or word follows this " + operator.shown() + ", but " + target.shown(),
          "write where to, or quote the " + operator.text() + " if it is no redirection");
    }
    lexer.take(Mode.ARGUMENT);
    if (operator.text().equals("<<") || operator.text().equals("<<-")) {
      lexer.expectText(operator.start(), target, operator.text().equals("<<-"));
    }
  }

  private void simple() throws SyntaxStop {
    Mode mode = Mode.COMMAND;
    Token token = lexer.peek(mode);
    if (token.is(Kind.WORD)) {
      lexer.take(mode);
      mode = Mode.ARGUMENT;
      Token next = lexer.peek(mode);
      if (next.is("(")) {
        lexer.take(mode);
        Token closing = lexer.peek(mode);
        if (!closing.is(")")) {
          throw misplacedParenthesis(next);
        }
        lexer.take(mode);
        functionBody(token);
        return;
      }
    }
    while (true) {
      token = lexer.peek(mode);
      if (isRedirection(token)) {
        redirection(mode);
        mode = mode == Mode.ARGUMENT ? mode : Mode.PREFIX;
      } else if (token.is(Kind.ASSIGNMENT)) {
        lexer.take(mode);
        mode = Mode.PREFIX;
      } else if (token.is(Kind.WORD)) {
        lexer.take(mode);
        mode = Mode.ARGUMENT;
      } else if (token.is("(")) {
        throw misplacedParenthesis(token);
      } else {
        return;
      }
    }
  }

  private static SyntaxStop misplacedParenthesis(Token token) {
    return new SyntaxStop(
        token.start(),
        "unexpected-token",
        "'(' cannot stand here: a word or a command is not over",
        "quote it if it is a character; put ';' before it if it begins a subshell");
  }

  private void function(Token keyword) throws SyntaxStop {
    Token name = lexer.take(Mode.ARGUMENT);
    if (!name.is(Kind.WORD)) {
      throw new SyntaxStop(
          keyword.start(),
          "bad-function",
          "no name follows this 'function', but " + name.shown(),
          "write name() { ...; }");
    }
    if (lexer.peek(Mode.COMMAND).is("(")) {
      Token parenthesis = lexer.peek(Mode.COMMAND);
      if (!isEmptyParentheses(parenthesis)) {
        functionBody(name);
        return;
      }
      lexer.take(Mode.COMMAND);
      lexer.take(Mode.ARGUMENT);
    }
    functionBody(name);
  }

  /** Whether nothing but blanks stands between this parenthesis and the next. */
  private boolean isEmptyParentheses(Token parenthesis) {
    int at = parenthesis.end();
    while (at < source.text.length()
        && (source.text.charAt(at) == ' ' || source.text.charAt(at) == '\t')) {
      at++;
    }
    return source.text.startsWith(")", at);
  }

  private void functionBody(Token name) throws SyntaxStop {
    newlines();
    Token token = lexer.peek(Mode.COMMAND);
    if (!isCompound(token)) {
      if (token.is(Kind.END) && !lexer.open().isEmpty()) {
        throw unexpected(token);
      }
      throw new SyntaxStop(
          name.start(),
          "bad-function",
          "the function that begins here has no body: "
              + token.shown()
              + " stands where '{' should, "
              + source.where(token.start()),
          "write name() { ...; }");
    }
    compoundAndRedirections();
  }

  private void coprocess(Token keyword) throws SyntaxStop {
    Token token = lexer.peek(Mode.COMMAND);
    if (isCompound(token)) {
      compoundAndRedirections();
      return;
    }
    if (token.is(Kind.WORD)) {
      lexer.take(Mode.COMMAND);
      if (isCompound(lexer.peek(Mode.COMMAND))) {
        compoundAndRedirections();
        return;
      }
      arguments();
      return;
    }
    if (token.is(Kind.ASSIGNMENT) || isRedirection(token)) {
      simple();
      return;
    }
    throw new SyntaxStop(
        keyword.start(),
        "missing-command",
        "no command follows this coproc, but " + token.shown(),
        "write the command");
  }

  /** The rest of a simple command, whose name was read. */
  private void arguments() throws SyntaxStop {
    while (true) {
      Token token = lexer.peek(Mode.ARGUMENT);
      if (isRedirection(token)) {
        redirection(Mode.ARGUMENT);
      } else if (token.is(Kind.WORD) || token.is(Kind.ASSIGNMENT)) {
        lexer.take(Mode.ARGUMENT);
      } else if (token.is("(")) {
        throw misplacedParenthesis(token);
      } else {
        return;
      }
    }
  }

  private void compound() throws SyntaxStop {
    Token token = lexer.take(Mode.COMMAND);
    if (token.is(Kind.ARITHMETIC)) {
      return;
    }
    switch (token.text()) {
      case "{" -> enclosed(Construct.GROUP, token);
      case "(" -> enclosed(Construct.SUBSHELL, token);
      case "[[" -> test(token);
      case "if" -> conditional(token);
      case "while" -> loop(Construct.WHILE, token);
      case "until" -> loop(Construct.UNTIL, token);
      case "for" -> iteration(Construct.FOR, token);
      case "select" -> iteration(Construct.SELECT, token);
      default -> choice(token);
    }
  }

  private void enclosed(Construct construct, Token token) throws SyntaxStop {
    lexer.push(construct, token.start());
    body(token);
    expect(construct.closing);
    lexer.pop();
  }

  private void conditional(Token keyword) throws SyntaxStop {
    lexer.push(Construct.IF, keyword.start());
    Token token = keyword;
    while (token.is("if") || token.is("elif")) {
      body(token);
      body(expect("then"));
      token = lexer.peek(Mode.COMMAND);
      if (token.is("elif")) {
        lexer.take(Mode.COMMAND);
      }
    }
    if (token.is("else")) {
      body(lexer.take(Mode.COMMAND));
    }
    expect("fi");
    lexer.pop();
  }

  private void loop(Construct construct, Token keyword) throws SyntaxStop {
    lexer.push(construct, keyword.start());
    body(keyword);
    body(expect("do"));
    expect("done");
    lexer.pop();
  }

  private void iteration(Construct construct, Token keyword) throws SyntaxStop {
    lexer.push(construct, keyword.start());
    Token name = lexer.take(construct == Construct.FOR ? Mode.FOR : Mode.ARGUMENT);
    if (name.is(Kind.ARITHMETIC)) {
      threeParts(keyword, name);
      Token next = lexer.peek(Mode.COMMAND);
      if (next.is(";") || next.is(Kind.NEWLINE)) {
        lexer.take(Mode.COMMAND);
        newlines();
      }
      loopBody(keyword);
      return;
    }
    if (!name.is(Kind.WORD)) {
      if (name.is(Kind.END)) {
        throw unexpected(name);
      }
      throw new SyntaxStop(
          name.start(),
          "bad-for",
          name.shown() + " stands where the name of a variable should, after " + keyword.shown(),
          "write " + keyword.text() + " name in words; do ...; done");
    }
    Token next = lexer.peek(Mode.ARGUMENT);
    if (next.is(";")) {
      lexer.take(Mode.ARGUMENT);
      newlines();
      loopBody(keyword);
      return;
    }
    boolean sameLine = !next.is(Kind.NEWLINE);
    while (next.is(Kind.NEWLINE)) {
      lexer.take(Mode.ARGUMENT);
      // a { or do is read as a word here, and told by its text
      next = lexer.peek(Mode.ARGUMENT);
    }
    if (isWord(next, "do")) {
      lexer.take(Mode.ARGUMENT);
      doBody(next);
      return;
    }
    if (isWord(next, "{") && !sameLine) {
      lexer.take(Mode.ARGUMENT);
      braceBody(next);
      return;
    }
    if (!isWord(next, "in")) {
      throw withoutDo(keyword, next, "'in' or 'do'");
    }
    lexer.take(Mode.ARGUMENT);
    while (lexer.peek(Mode.ARGUMENT).is(Kind.WORD)) {
      lexer.take(Mode.ARGUMENT);
    }
    next = lexer.peek(Mode.ARGUMENT);
    if (!next.is(";") && !next.is(Kind.NEWLINE)) {
      if (next.is("(")) {
        throw misplacedParenthesis(next);
      }
      throw withoutDo(keyword, next, "';' or a new line");
    }
    lexer.take(Mode.ARGUMENT);
    newlines();
    loopBody(keyword);
  }

  private void loopBody(Token keyword) throws SyntaxStop {
    Token token = lexer.peek(Mode.COMMAND);
    if (token.is("do")) {
      lexer.take(Mode.COMMAND);
      doBody(token);
    } else if (token.is("{")) {
      lexer.take(Mode.COMMAND);
      braceBody(token);
    } else {
      throw withoutDo(keyword, token, "'do'");
    }
  }

  private void doBody(Token token) throws SyntaxStop {
    body(token);
    expect("done");
    lexer.pop();
  }

  /** Bash takes braces instead of do and done. */
  private void braceBody(Token token) throws SyntaxStop {
    enclosed(Construct.GROUP, token);
    lexer.pop();
  }

  private SyntaxStop withoutDo(Token keyword, Token next, String wanted) throws SyntaxStop {
    if (next.is(Kind.END) || (isStray(next) && !next.is("done"))) {
      return unexpected(next);
    }
    return new SyntaxStop(
        keyword.start(),
        "loop-without-do",
        "the "
            + keyword.shown()
            + " that begins here: "
            + next.shown()
            + " stands where "
            + wanted
            + " should, "
            + source.where(next.start()),
        "write " + keyword.text() + " name in words; do ...; done");
  }

  private static void threeParts(Token keyword, Token arithmetic) throws SyntaxStop {
    int semicolons = 0;
    int nested = 0;
    String inside = arithmetic.text();
    for (int i = 0; i < inside.length(); i++) {
      char c = inside.charAt(i);
      switch (c) {
        case '\\' -> i++;
        case '\'', '"', '`' -> {
          int close = inside.indexOf(c, i + 1);
          i = close < 0 ? inside.length() : close;
        }
        case '(', '{' -> nested += nested > 0 || (i > 0 && inside.charAt(i - 1) == '$') ? 1 : 0;
        case ')', '}' -> nested -= nested > 0 ? 1 : 0;
        case ';' -> semicolons += nested == 0 ? 1 : 0;
        default -> {}
      }
    }
    if (semicolons != 2) {
      throw new SyntaxStop(
          keyword.start(),
          "bad-for",
          "this 'for ((...))' has " + (semicolons + 1) + " parts instead of three",
          "write for ((first; condition; step)); each may be empty");
    }
  }

  private void choice(Token keyword) throws SyntaxStop {
    lexer.push(Construct.CASE, keyword.start());
    Token word = lexer.take(Mode.ARGUMENT);
    if (!word.is(Kind.WORD)) {
      throw unexpectedIn(word, "the word of 'case'");
    }
    while (lexer.peek(Mode.ARGUMENT).is(Kind.NEWLINE)) {
      lexer.take(Mode.ARGUMENT);
    }
    Token in = lexer.take(Mode.ARGUMENT);
    if (!isWord(in, "in")) {
      throw unexpectedIn(in, "the 'in' of 'case'");
    }
    while (true) {
      Token token = lexer.take(Mode.ARGUMENT);
      if (token.is(Kind.NEWLINE)) {
        continue;
      }
      if (isWord(token, "esac")) {
        break;
      }
      if (token.is("(")) {
        token = lexer.take(Mode.ARGUMENT);
      }
      patterns(token);
      commands();
      Token end = lexer.take(Mode.COMMAND);
      if (end.is("esac")) {
        break;
      }
      if (!end.is(";;") && !end.is(";&") && !end.is(";;&")) {
        throw unexpected(end);
      }
    }
    lexer.pop();
  }

  private void patterns(Token first) throws SyntaxStop {
    Token token = first;
    while (true) {
      if (!token.is(Kind.WORD)) {
        throw unexpectedIn(token, "a pattern of 'case'");
      }
      token = lexer.take(Mode.ARGUMENT);
      if (token.is(")")) {
        return;
      }
      if (!token.is("|")) {
        throw unexpectedIn(token, "the ')' after a pattern of 'case'");
      }
      token = lexer.take(Mode.ARGUMENT);
    }
  }

  private SyntaxStop unexpectedIn(Token token, String wanted) {
    if (token.is(Kind.END)) {
      return unexpected(token);
    }
    Open open = lexer.open().getFirst();
    return new SyntaxStop(
        token.start(),
        "bad-case",
        token.shown()
            + " stands where "
            + wanted
            + " should; the 'case' begins on line "
            + source.line(open.at()),
        "write case word in pattern) ... ;; esac");
  }

  // Tests: [[ ]]

  private void test(Token keyword) throws SyntaxStop {
    lexer.push(Construct.TEST, keyword.start());
    alternatives();
    Token token = lexer.take(Mode.ARGUMENT);
    if (!isTestEnd(token)) {
      throw badTest(token, "']]', '&&' or '||'");
    }
    lexer.pop();
  }

  private void alternatives() throws SyntaxStop {
    term();
    Token token = lexer.peek(Mode.ARGUMENT);
    while (token.is("&&") || token.is("||")) {
      lexer.take(Mode.ARGUMENT);
      term();
      token = lexer.peek(Mode.ARGUMENT);
    }
  }

  private void testNewlines() throws SyntaxStop {
    while (lexer.peek(Mode.ARGUMENT).is(Kind.NEWLINE)) {
      lexer.take(Mode.ARGUMENT);
    }
  }

  private void term() throws SyntaxStop {
    testNewlines();
    Token token = lexer.peek(Mode.ARGUMENT);
    while (isWord(token, "!")) {
      lexer.take(Mode.ARGUMENT);
      testNewlines();
      token = lexer.peek(Mode.ARGUMENT);
    }
    if (isTestEnd(token)) {
      // seen with bash 5.2: it takes this for the end of the script, and its status is 0
      throw new SyntaxStop(
          token.start(),
          "empty-test",
          "no condition stands before this ']]'; bash says nothing and ends the script here",
          "write the condition");
    }
    lexer.take(Mode.ARGUMENT);
    if (token.is("(")) {
      lexer.push(Construct.SUBSHELL, token.start());
      alternatives();
      Token closing = lexer.take(Mode.ARGUMENT);
      if (!closing.is(")")) {
        throw badTest(closing, "')'");
      }
      lexer.pop();
    } else if (!token.is(Kind.WORD)) {
      throw badTest(token, "a word");
    } else if (isUnary(token)) {
      Token operand = lexer.take(Mode.ARGUMENT);
      if (!operand.is(Kind.WORD) || isTestEnd(operand)) {
        throw badTest(operand, "the word that " + token.shown() + " is about");
      }
    } else {
      binary();
    }
    testNewlines();
  }

  /** What follows a word. */
  private void binary() throws SyntaxStop {
    Token operator = lexer.peek(Mode.ARGUMENT);
    if (isTestEnd(operator) || operator.is("&&") || operator.is("||") || operator.is(")")) {
      return;
    }
    lexer.take(Mode.ARGUMENT);
    boolean compares =
        operator.is(Kind.REDIRECTION)
            && (operator.text().equals("<") || operator.text().equals(">"));
    if (!compares && !(operator.is(Kind.WORD) && BINARY.contains(operator.text()))) {
      throw badTest(operator, "an operator such as '==' or '-eq'");
    }
    Mode mode =
        switch (operator.text()) {
          case "=~" -> Mode.REGEX;
          case "=", "==", "!=" -> Mode.GLOB;
          default -> Mode.ARGUMENT;
        };
    Token right = lexer.take(mode);
    if (!right.is(Kind.WORD) || isTestEnd(right)) {
      throw badTest(right, "the word right of " + operator.shown());
    }
  }

  private SyntaxStop badTest(Token token, String wanted) {
    if (token.is(Kind.END)) {
      return unexpected(token);
    }
    int began =
        lexer.open().stream()
            .filter(open -> open.construct() == Construct.TEST)
            .findFirst()
            .orElseThrow()
            .at();
    return new SyntaxStop(
        token.start(),
        "bad-test",
        token.shown()
            + " stands where "
            + wanted
            + " should; the '[[' begins on line "
            + source.line(began),
        "correct the condition, or close it with ']]'");
  }

  private static boolean isTestEnd(Token token) {
    return isWord(token, "]]");
  }

  private static boolean isUnary(Token token) {
    return token.text().length() == 2
        && token.text().charAt(0) == '-'
        && UNARY.indexOf(token.text().charAt(1)) >= 0;
  }

  private static boolean isWord(Token token, String text) {
    return token.is(Kind.WORD) && token.text().equals(text);
  }

  // What is wrong

  private Token expect(String what) throws SyntaxStop {
    Token token = lexer.take(Mode.COMMAND);
    if (!token.is(what)) {
      throw unexpected(token, what);
    }
    return token;
  }

  private SyntaxStop unexpected(Token token) {
    return unexpected(token, "");
  }

  /**
   * A token that cannot stand where it does. Where it closes something further out, what is open in
   * there was not closed; where it closes nothing, it is too many.
   */
  private SyntaxStop unexpected(Token token, String wanted) {
    String noticed = source.where(token.start());
    if (lexer.open().isEmpty()) {
      return stray(token);
    }
    Open innermost = lexer.open().getFirst();
    if (token.is(Kind.END)) {
      return lexer.unclosed(innermost, noticed);
    }
    if (innermost.construct().hasWord(token.text())) {
      return outOfTurn(innermost, token, wanted);
    }
    if (token.is(Kind.RESERVED) || token.is(Kind.OPERATOR)) {
      for (Open outer : lexer.open()) {
        if (outer.construct().hasWord(token.text())) {
          return lexer.unclosed(innermost, "at " + token.shown() + " " + noticed);
        }
        if (outer.construct().isWall()) {
          break;
        }
      }
    }
    return stray(token);
  }

  /** {@code if a; fi}. */
  private SyntaxStop outOfTurn(Open open, Token token, String wanted) {
    String name = open.construct().shown();
    String rule =
        switch (wanted) {
          case "then" -> "if-without-then";
          case "do" -> "loop-without-do";
          default -> "unexpected-token";
        };
    boolean known = !rule.equals("unexpected-token");
    return new SyntaxStop(
        known ? open.at() : token.start(),
        rule,
        known
            ? "the "
                + name
                + " that begins here comes to its "
                + token.shown()
                + " "
                + source.where(token.start())
                + " without "
                + Token.quoted(wanted)
            : token.shown()
                + " cannot stand here; the "
                + name
                + " begins on line "
                + source.line(open.at()),
        known
            ? "write " + Token.quoted(wanted) + " after the condition"
            : "take it away, or write what is before it");
  }

  private SyntaxStop stray(Token token) {
    boolean closes =
        !token.is(Kind.WORD)
            && switch (token.text()) {
              case "fi", "then", "else", "elif", "done", "do", "esac", "in", "}", ")", "]]" -> true;
              case ";;", ";&", ";;&" -> true;
              default -> false;
            };
    if (token.is(")")
        && !lexer.open().isEmpty()
        && lexer.open().getFirst().construct() == Construct.CASE) {
      return new SyntaxStop(
          token.start(),
          "missing-double-semicolon",
          "this ')' ends a pattern where a command stands"
              + openHere()
              + ": the pattern before is not ended",
          "write ';;' before the pattern");
    }
    if (closes) {
      return new SyntaxStop(
          token.start(),
          "stray-" + strayName(token.text()),
          "this " + token.shown() + " belongs to nothing that is open here" + openHere(),
          "take it away, or write what it shall end; quote it if it is a word");
    }
    return new SyntaxStop(
        token.start(),
        "unexpected-token",
        token.shown() + " cannot stand here" + openHere(),
        token.is(Kind.OPERATOR)
            ? "write the command before it, or take it away; quote it if it is a word"
            : "put ';' before it if a new command begins; quote it if it is a word");
  }

  private static String strayName(String token) {
    return switch (token) {
      case "}" -> "brace";
      case ")" -> "parenthesis";
      case "]]" -> "brackets";
      case ";;", ";&", ";;&" -> "double-semicolon";
      default -> token;
    };
  }

  private String openHere() {
    if (lexer.open().isEmpty()) {
      return "";
    }
    Open innermost = lexer.open().getFirst();
    return " (the "
        + innermost.construct().shown()
        + " of line "
        + source.line(innermost.at())
        + " is)";
  }
}
