package org.barestack.shell;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.barestack.shell.ShellProblem.Severity;

/** A script's characters and places, and what was found in it. */
final class Source {
  /** As many problems of one rule are told; nobody reads more. */
  private static final int MOST = 20;

  final String text;
  private final int[] lineStarts;
  private final Map<String, Integer> counts = new HashMap<>();
  private final SortedSet<ShellProblem> problems = new TreeSet<>();

  Source(String text) {
    this.text = text;
    int[] starts = new int[16];
    int count = 1;
    for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
      }
      starts[count++] = at + 1;
    }
    if (count > 1 && starts[count - 1] == text.length()) {
      count--; // a line end at the end begins no line
    }
    lineStarts = Arrays.copyOf(starts, count);
  }

  /** How many lines it has, at least one. */
  int lines() {
    return lineStarts.length;
  }

  /** The line of a place, from 1. */
  int line(int at) {
    int found = Arrays.binarySearch(lineStarts, at);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** Where a line begins. */
  int start(int line) {
    return lineStarts[line - 1];
  }

  /** A line without its line end. */
  String content(int line) {
    int start = start(line);
    int end = text.indexOf('\n', start);
    return text.substring(start, end < 0 ? text.length() : end);
  }

  /** For messages: {@code line 12}, or the end of the script. */
  String where(int at) {
    return at >= text.length() ? "at the end of the script" : "on line " + line(at);
  }

  ShellProblem problem(Severity severity, int at, String rule, String message, String remedy) {
    int place = Math.max(0, Math.min(at, text.length() - 1));
    int line = line(place);
    int column = text.codePointCount(start(line), place) + 1;
    return new ShellProblem(severity, line, column, rule, message, remedy);
  }

  /** Whether more problems of that rule are not told. */
  boolean hasEnough(String rule) {
    return rule.isEmpty() || counts.getOrDefault(rule, 0) >= MOST;
  }

  private void add(Severity severity, int at, String rule, String message, String remedy) {
    if (counts.merge(rule, 1, Integer::sum) <= MOST) {
      problems.add(problem(severity, at, rule, message, remedy));
    }
  }

  void error(int at, String rule, String message, String remedy) {
    add(Severity.ERROR, at, rule, message, remedy);
  }

  void warning(int at, String rule, String message, String remedy) {
    add(Severity.WARNING, at, rule, message, remedy);
  }

  SortedSet<ShellProblem> problems() {
    return problems;
  }
}
