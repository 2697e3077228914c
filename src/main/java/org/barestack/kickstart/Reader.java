package org.barestack.kickstart;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.barestack.kickstart.Command.Condition;
import org.barestack.kickstart.Command.Problem;
import org.barestack.kickstart.Finding.Severity;
import org.barestack.kickstart.Parsed.Given;
import org.barestack.kickstart.PythonText.Line;
import org.jspecify.annotations.Nullable;

/**
 * Reads a kickstart line by line as pykickstart does. Where pykickstart gives up at the first
 * error, this goes on with the next line, so that all are told at once.
 */
final class Reader {
  private static final int DEEPEST = 16;

  /** What it means to people. */
  static final String DEPRECATED = " is deprecated: a later release refuses it";

  private static final String END = "%end";
  private static final String INCLUDE = "%include";
  private static final String APPEND = "%ksappend";

  private final Release release;
  private final Grammar grammar;
  private final Map<String, String> includes;
  private final Deque<Source> sources = new ArrayDeque<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<Parsed> parsed = new ArrayList<>();
  private final List<Script> scripts = new ArrayList<>();
  private final Map<String, At> seen = new HashMap<>();
  private final Map<String, Map<String, Given>> remembered = new HashMap<>();
  private boolean whole = true;

  /** A text that is being read. */
  private static final class Source {
    private final String name;
    private final PythonText.Lines lines;

    Source(String name, String text) {
      this.name = name;
      this.lines = new PythonText.Lines(text);
    }
  }

  /** A line, and which text it stands in. */
  private record At(String source, Line line) {
    String text() {
      return line.text();
    }
  }

  /** A section that is open. */
  private static final class Open {
    private final Section section;
    private final At at;
    private final String interpreter;
    private final StringBuilder text = new StringBuilder();

    Open(Section section, At at, String interpreter) {
      this.section = section;
      this.at = at;
      this.interpreter = interpreter;
    }
  }

  private Reader(Release release, Map<String, String> includes) {
    this.release = release;
    this.grammar = release.grammar();
    this.includes = includes;
  }

  /**
   * Reads a kickstart.
   *
   * @param includes texts by the names under which {@code %include} asks for them; what is not
   *     among them is not followed
   */
  static Kickstart read(String text, Release release, Map<String, String> includes) {
    Reader reader = new Reader(release, includes);
    reader.read(text);
    return new Kickstart(
        reader.parsed,
        reader.scripts,
        reader.whole,
        reader.findings.stream().sorted().distinct().toList());
  }

  private void read(String text) {
    if (text.isEmpty()) {
      add(
          new At("", new Line("", 1, 0, 0)),
          1,
          Severity.ERROR,
          Rule.EMPTY_FILE,
          "the file is empty",
          "write commands into it, or look for what should have written it");
      return;
    }
    sources.push(new Source("", text));
    Open open = null;
    At at = next();
    while (at != null) {
      open = open == null ? command(at) : inside(open, at);
      if (open != null && open.section.kind() != Section.Kind.PACKAGES && !sources.isEmpty()) {
        sources.element().lines.plain(open.text);
      }
      at = next();
    }
    if (open != null) {
      unclosed(open, "the file ends");
    }
  }

  private @Nullable At next() {
    while (!sources.isEmpty()) {
      Source source = sources.element();
      Line line = source.lines.next();
      if (line != null) {
        return new At(source.name, line);
      }
      sources.pop();
    }
    return null;
  }

  private static String firstWord(At at) {
    String text = PythonText.stripLeading(at.text());
    int end = 0;
    while (end < text.length() && !PythonText.isSpace(text.charAt(end))) {
      end++;
    }
    return text.substring(0, end);
  }

  private static boolean isBlankOrComment(At at) {
    char first = at.line().first();
    return first == ' ' || first == '#';
  }

  /** A line outside of sections; the section that it opens, if it does. */
  private @Nullable Open command(At at) {
    if (isBlankOrComment(at) || isAppended(at)) {
      return null;
    }
    List<Token> words = words(at, true);
    if (words == null) {
      // What is in a section is no command, however bad its header is.
      return grammar
          .section(firstWord(at))
          .map(section -> new Open(section, at, "/bin/sh"))
          .orElse(null);
    }
    Token first = words.getFirst();
    if (first.text().isEmpty()) {
      error(at, first, Rule.UNKNOWN_COMMAND, "there is no command", "write one, or a comment");
      return null;
    }
    if (first.text().equals(INCLUDE)) {
      include(at, words);
      return null;
    }
    if (first.text().startsWith("%")) {
      return opened(at, words);
    }
    dispatch(at, words);
    return null;
  }

  /** The words of a line; null if it cannot be split, which is told. */
  private @Nullable List<Token> words(At at, boolean comments) {
    try {
      List<Token> words = Words.of(at.text(), comments);
      return words.isEmpty() ? null : words;
    } catch (Words.QuotingException e) {
      add(
          at,
          e.column(),
          Severity.ERROR,
          Rule.QUOTING,
          String.valueOf(e.getMessage()),
          "close it on the same line, or put a backslash before it");
      return null;
    }
  }

  private void include(At at, List<Token> words) {
    if (words.size() == 1 || words.get(1).text().isEmpty()) {
      error(
          at,
          words.getFirst(),
          Rule.INCLUDE,
          "%include names no file",
          "write %include PATH, or %include URL");
      return;
    }
    String name = words.get(1).text();
    String text = includes.get(name);
    if (text == null) {
      whole = false;
    } else if (sources.size() >= DEEPEST
        || sources.stream().anyMatch(source -> source.name.equals(name))) {
      error(at, words.get(1), Rule.INCLUDE, name + " includes itself", "break the circle");
    } else {
      sources.push(new Source(name, text));
    }
  }

  /**
   * Whether a line, be it in a script, is replaced by what a URL gives before anything is read;
   * what that is, nobody knows here.
   */
  private boolean isAppended(At at) {
    if (at.line().first() != '%') {
      return false;
    }
    String line = PythonText.strip(at.text());
    if (!line.startsWith(APPEND)) {
      return false;
    }
    whole = false;
    String[] words = line.split(" ", 3);
    if (words.length < 2 || words[1].isEmpty()) {
      int column = at.text().length() - PythonText.stripLeading(at.text()).length() + 1;
      add(
          at,
          column,
          Severity.ERROR,
          Rule.INCLUDE,
          "%ksappend names no URL",
          "write %ksappend URL, with one space between them");
    }
    return true;
  }

  private @Nullable Open opened(At at, List<Token> words) {
    String opening = words.getFirst().text();
    Optional<Section> known = grammar.section(opening);
    if (known.isEmpty()) {
      error(
          at,
          words.getFirst(),
          Rule.UNKNOWN_SECTION,
          opening.equals(END)
              ? "%end closes no section"
              : "there is no section " + opening + Hints.section(opening, release),
          opening.equals(END)
              ? "leave it out, or look for the section that is closed twice"
              : "use one of "
                  + String.join(", ", new java.util.TreeSet<>(grammar.sections().keySet())));
      return opening.equals(END) ? null : new Open(Section.opaque(opening), at, "");
    }
    Section section = known.get();
    if (section.header().fate() == Fate.DEPRECATED) {
      warning(
          at,
          words.getFirst(),
          Rule.DEPRECATED_SECTION,
          opening + DEPRECATED,
          section.header().instead());
    }
    Parsed header = parse(at, words, section.header());
    return new Open(
        section, at, header == null ? "/bin/sh" : header.value("--interpreter").orElse("/bin/sh"));
  }

  /** A line within a section; null if that closes it. */
  private @Nullable Open inside(Open open, At at) {
    boolean all = open.section.kind() != Section.Kind.PACKAGES;
    if ((!all && isBlankOrComment(at)) || isAppended(at)) {
      return open;
    }
    if (at.line().first() != '%') {
      body(open, at);
      return open;
    }
    String first = firstWord(at);
    if (grammar.section(first).isEmpty() && !first.equals(END) && !first.equals(INCLUDE)) {
      body(open, at);
      return open;
    }
    List<Token> words = words(at, false);
    if (words == null) {
      return first.equals(END) ? null : open;
    }
    boolean isSection = grammar.section(words.getFirst().text()).isPresent();
    return switch (words.getFirst().text()) {
      case END -> {
        close(open);
        yield null;
      }
      case INCLUDE -> {
        include(at, words);
        yield open;
      }
      default -> {
        if (!isSection) {
          // White space that is some to Python and none to shlex: pykickstart drops such a line.
          yield open;
        }
        unclosed(open, words.getFirst().text() + " begins in line " + at.line().number());
        close(open);
        yield opened(at, words);
      }
    };
  }

  private void body(Open open, At at) {
    if (open.section.kind() == Section.Kind.PACKAGES) {
      packages(at);
    }
    open.text.append(at.line().whole(), at.line().begin(), at.line().end());
  }

  private void close(Open open) {
    if (open.section.kind() == Section.Kind.CERTIFICATE
        && PythonText.strip(open.text.toString()).isEmpty()) {
      add(
          open.at,
          1,
          Severity.ERROR,
          Rule.MISSING_ARGUMENT,
          open.section.opening() + " holds no certificate",
          "put the certificate between it and %end");
    }
    if (open.section.kind() == Section.Kind.SCRIPT) {
      scripts.add(
          new Script(
              open.section.opening(),
              open.at.source(),
              open.at.line().number() + 1,
              open.interpreter,
              open.text.toString()));
    }
  }

  private void unclosed(Open open, String where) {
    add(
        open.at,
        1,
        Severity.ERROR,
        Rule.UNCLOSED_SECTION,
        open.section.opening() + " has no %end: " + where,
        "write %end on a line of its own where it ends");
  }

  private void packages(At at) {
    String text = at.text().split("#", 2)[0];
    String line = PythonText.strip(text);
    int column = at.text().length() - PythonText.stripLeading(at.text()).length() + 1;
    if (line.equals("-")) {
      add(
          at,
          column,
          Severity.ERROR,
          Rule.PACKAGES,
          "a hyphen alone excludes no package",
          "write -PACKAGE, or leave the line out");
    } else if (line.startsWith("@") && !line.startsWith("@^")) {
      List<Token> words = new ArrayList<>();
      for (String word : line.substring(1).strip().split("\\s+", -1)) {
        words.add(new Token(word, column));
      }
      Arguments.Result result =
          Arguments.parse(
              List.of(Option.flag("--nodefaults"), Option.flag("--optional")), List.of(), words);
      result.problems().forEach(problem -> tell(at, words.getFirst(), "", problem));
      if (result.given().size() == 2) {
        add(
            at,
            column,
            Severity.ERROR,
            Rule.CONFLICTING_OPTIONS,
            "--nodefaults and --optional cannot stand together",
            "keep one of them");
      }
    }
  }

  private void dispatch(At at, List<Token> words) {
    Token word = words.getFirst();
    Optional<Command> known = grammar.command(word.text());
    if (known.isEmpty()) {
      error(
          at,
          word,
          Rule.UNKNOWN_COMMAND,
          "there is no command " + word.text() + " in release " + release,
          Hints.command(word.text(), release));
      return;
    }
    Command command = known.get();
    seen.putIfAbsent(command.name(), at);
    if (command.fate() == Fate.REMOVED) {
      error(
          at,
          word,
          Rule.REMOVED_COMMAND,
          word.text() + " was removed and is refused",
          command.instead());
      return;
    }
    if (command.fate() == Fate.DEPRECATED) {
      warning(at, word, Rule.DEPRECATED_COMMAND, word.text() + DEPRECATED, command.instead());
    }
    command.conflicts().stream()
        .filter(seen::containsKey)
        .sorted()
        .findFirst()
        .ifPresent(other ->
            error(
                at,
                word,
                Rule.CONFLICTING_COMMANDS,
                word.text()
                    + " cannot stand in one kickstart with "
                    + other
                    + ", which is in line "
                    + where(seen.get(other)),
                "keep one of the two"));
    Parsed line = parse(at, words, command);
    if (line != null) {
      parsed.add(line);
    }
  }

  private static String where(@Nullable At at) {
    return at == null
        ? ""
        : at.line().number() + (at.source().isEmpty() ? "" : " of " + at.source());
  }

  /** A line of a command, checked; null if it could not be taken apart. */
  private @Nullable Parsed parse(At at, List<Token> words, Command command) {
    Token word = words.getFirst();
    if (command.free()) {
      Parsed line =
          new Parsed(
              word, at.source(), at.line().number(), at.text(), Map.of(), List.of(), List.of());
      conditions(at, words, command, line);
      return line;
    }
    Arguments.Result result =
        Arguments.parse(command.options(), command.positions(), words.subList(1, words.size()));
    result
        .warnings()
        .forEach(problem ->
            add(
                at,
                problem.at().orElse(word).column(),
                Severity.WARNING,
                problem.rule(),
                named(command, problem.message()),
                problem.remedy()));
    if (!result.problems().isEmpty()) {
      result
          .problems()
          .forEach(problem -> tell(at, word, command.name(), Hints.argument(command, problem)));
      return null;
    }
    if (!command.collects() && !result.left().isEmpty()) {
      result.left().forEach(left -> tell(at, word, command.name(), left(command, left)));
      return null;
    }
    Parsed line =
        new Parsed(
            word,
            at.source(),
            at.line().number(),
            at.text(),
            result.given(),
            result.positions(),
            result.left());
    if (!command.remembers().isEmpty()) {
      Map<String, Given> earlier =
          remembered.computeIfAbsent(command.name(), _ -> new LinkedHashMap<>());
      Parsed all = line.after(earlier);
      line.given()
          .forEach((name, one) -> {
            if (command.remembers().contains(name)) {
              earlier.put(name, one);
            }
          });
      return conditions(at, words, command, all) ? line : null;
    }
    return conditions(at, words, command, line) ? line : null;
  }

  private boolean conditions(At at, List<Token> words, Command command, Parsed line) {
    for (Condition condition : command.conditions()) {
      Optional<Problem> problem = condition.problem(line);
      if (problem.isPresent()) {
        Problem told = problem.get();
        // What an earlier line gave stands elsewhere: there is nothing to point at but the command.
        boolean isHere = told.at().filter(words::contains).isPresent();
        tell(
            at,
            isHere ? told.at().orElseThrow() : line.word(),
            command.name(),
            Problem.of(told.rule(), told.message(), told.remedy()));
        return false;
      }
    }
    return true;
  }

  private Problem left(Command command, Token word) {
    if (!word.text().startsWith("-") || word.text().indexOf(' ') >= 0) {
      return Conditions.surplus(word, "");
    }
    String name = word.text().split("=", 2)[0];
    return Hints.option(command.name(), name, release)
        .map(remedy ->
            new Problem(
                Rule.REMOVED_OPTION,
                Optional.of(word),
                name + " was removed and is refused",
                remedy))
        .orElseGet(() ->
            new Problem(
                Rule.UNKNOWN_OPTION,
                Optional.of(word),
                "there is no option " + name,
                Hints.near(name, command)));
  }

  private void tell(At at, Token word, String command, Problem problem) {
    add(
        at,
        problem.at().orElse(word).column(),
        Severity.ERROR,
        problem.rule(),
        command.isEmpty() ? problem.message() : command + ": " + problem.message(),
        problem.remedy());
  }

  private static String named(Command command, String message) {
    return command.name() + ": " + message;
  }

  private void error(At at, Token word, Rule rule, String message, String remedy) {
    add(at, word.column(), Severity.ERROR, rule, message, remedy);
  }

  private void warning(At at, Token word, Rule rule, String message, String remedy) {
    add(at, word.column(), Severity.WARNING, rule, message, remedy);
  }

  private void add(At at, int column, Severity severity, Rule rule, String message, String remedy) {
    findings.add(
        new Finding(severity, rule, at.source(), at.line().number(), column, message, remedy));
  }
}
