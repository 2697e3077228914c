package org.barestack.kickstart;

import java.util.Comparator;
import java.util.Locale;

/**
 * One thing that is wrong or risky in a kickstart.
 *
 * @param severity whether the installer refuses it
 * @param rule the rule's name, for people who look it up and for programs
 * @param source the included file it stands in, as {@code %include} names it; empty for the
 *     kickstart itself
 * @param line from 1
 * @param column from 1, in characters
 * @param message what is wrong
 * @param remedy what to do about it
 */
public record Finding(
    Severity severity,
    Rule rule,
    String source,
    int line,
    int column,
    String message,
    String remedy)
    implements Comparable<Finding> {
  private static final Comparator<Finding> ORDER =
      Comparator.comparing(Finding::source)
          .thenComparingInt(Finding::line)
          .thenComparingInt(Finding::column)
          .thenComparing(Finding::rule)
          .thenComparing(Finding::message);

  /** What it means for an install. */
  public enum Severity {
    /** The installer stops there. */
    ERROR,
    /** It goes on; the risk is named. */
    WARNING
  }

  @Override
  public int compareTo(Finding other) {
    return ORDER.compare(this, other);
  }

  /** {@code 12:5: error: what is wrong; what to do [rule]}, as compilers write it. */
  @Override
  public String toString() {
    return "%d:%d: %s: %s; %s [%s]"
        .formatted(line, column, severity.name().toLowerCase(Locale.ROOT), message, remedy, rule);
  }
}
