package org.barestack.render;

import java.util.List;
import java.util.stream.Collectors;

/** A template could not be rendered. It holds every problem that one pass could find. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<TemplateProblem> problems;

  TemplateException(List<TemplateProblem> problems) {
    super(problems.stream().map(TemplateProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  TemplateException(String file, int line, String message) {
    this(List.of(new TemplateProblem(file, line, message)));
  }

  /** At least one, in the order of rendering. */
  public List<TemplateProblem> problems() {
    return problems;
  }
}
