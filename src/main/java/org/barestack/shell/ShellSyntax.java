package org.barestack.shell;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What is wrong with a script before it runs, without a shell: what is not closed, what closes
 * nothing, and what hides from the eye. What bash accepts has no error here, but for the rules that
 * docs/shell-checks.md names.
 */
public final class ShellSyntax {
  private static final Pattern BLANK_OR_COMMENT = Pattern.compile("[\\s\\ufeff]*(#.*)?");
  private static final Pattern SHEBANG = Pattern.compile("[\\s\\ufeff]*#!\\s*/.*");

  private ShellSyntax() {}

  /**
   * All problems of a script, in its order: at most one error of its structure, since what comes
   * after it cannot be told, and what else is wrong or risky.
   *
   * @return nothing for {@link Dialect#OTHER}
   */
  public static List<ShellProblem> problems(String script, Dialect dialect) {
    if (dialect == Dialect.OTHER) {
      return List.of();
    }
    Source source = new Source(script);
    characters(source);
    shebang(source);
    try {
      new Parser(source, dialect == Dialect.SH).script();
    } catch (SyntaxStop stop) {
      source.error(stop.at, stop.rule, stop.problem, stop.remedy);
    }
    return List.copyOf(source.problems());
  }

  private static void characters(Source source) {
    String text = source.text;
    int nul = text.indexOf('\0');
    if (nul >= 0) {
      source.error(
          nul,
          "nul-character",
          "there is a NUL character here, %d in all".formatted(count(text, "\0")),
          "take it away; is this a text file?");
    }
    int returns = text.indexOf("\r\n");
    if (returns >= 0) {
      source.warning(
          returns,
          "crlf",
          "line ends are CR LF, %d of them from here on: the CR is a part of each last word"
              .formatted(count(text, "\r\n")),
          "write the script with line ends LF (dos2unix, or core.autocrlf and .gitattributes)");
    }
  }

  private static int count(String text, String what) {
    int count = 0;
    for (int at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1)) {
      count++;
    }
    return count;
  }

  private static void shebang(Source source) {
    if (source.text.startsWith("#!")) {
      if (source.content(1).endsWith("\r")) {
        source.error(
            source.text.indexOf('\r'),
            "crlf-shebang",
            "the shebang ends with a carriage return, which becomes a part of the interpreter's"
                + " name",
            "write the script with line ends LF (dos2unix, or core.autocrlf and .gitattributes)");
      }
      return;
    }
    for (int line = 1; line <= source.lines(); line++) {
      String content = source.content(line);
      if (SHEBANG.matcher(content).matches()) {
        source.warning(
            source.start(line) + content.indexOf("#!"),
            "late-shebang",
            "this shebang is not at the very beginning of the script, so it is a comment",
            "let the script begin with #!");
        return;
      }
      if (!BLANK_OR_COMMENT.matcher(content).matches()) {
        return;
      }
    }
  }
}
