package org.barestack.shell;

/** Ends the parse at the first error: what comes after one cannot be told any more. */
final class SyntaxStop extends Exception {
  private static final long serialVersionUID = 1;

  final int at;
  final String rule;
  final String problem;
  final String remedy;

  SyntaxStop(int at, String rule, String problem, String remedy) {
    super(problem, null, false, false);
    this.at = at;
    this.rule = rule;
    this.problem = problem;
    this.remedy = remedy;
  }
}
