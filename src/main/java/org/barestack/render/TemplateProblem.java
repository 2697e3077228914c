package org.barestack.render;

/**
 * What is wrong with a template, or with a value that does not fit where a template puts it.
 *
 * @param file the template, with its top folder: {@code kickstart-templates/kickstart.ks.j2}
 * @param line counted from 1; 0 if it concerns the whole file
 */
public record TemplateProblem(String file, int line, String message) {
  @Override
  public String toString() {
    return file + (line > 0 ? ":" + line : "") + ": " + message;
  }
}
