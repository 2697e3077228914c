package org.barestack.shell;

import java.util.Comparator;
import java.util.Locale;
import org.barestack.model.PlainText;

/**
 * One thing that is wrong or risky in a script.
 *
 * @param line from 1, inside the script
 * @param column from 1, in characters. Line and column are where the thing began; where it was
 *     noticed stands in the message
 * @param rule which rule found it, such as {@code unclosed-single-quote}; docs/shell-checks.md
 *     lists them
 * @param message what is wrong
 * @param remedy what to do about it
 */
public record ShellProblem(
    Severity severity, int line, int column, String rule, String message, String remedy)
    implements Comparable<ShellProblem> {
  private static final Comparator<ShellProblem> ORDER =
      Comparator.comparingInt(ShellProblem::line)
          .thenComparingInt(ShellProblem::column)
          .thenComparing(ShellProblem::severity)
          .thenComparing(ShellProblem::rule)
          .thenComparing(ShellProblem::message)
          .thenComparing(ShellProblem::remedy);

  /** Whether the script can work. */
  public enum Severity {
    /** It cannot, or not as a whole. */
    ERROR,
    /** It can, and most likely does something else than is meant. */
    WARNING
  }

  public ShellProblem {
    message = PlainText.escaped(message);
    remedy = PlainText.escaped(remedy);
  }

  /** In the order of the script. */
  @Override
  public int compareTo(ShellProblem other) {
    return ORDER.compare(this, other);
  }

  /** {@code 12:5: error: what is wrong; what to do [rule]}. */
  @Override
  public String toString() {
    return "%d:%d: %s: %s; %s [%s]"
        .formatted(line, column, severity.name().toLowerCase(Locale.ROOT), message, remedy, rule);
  }
}
