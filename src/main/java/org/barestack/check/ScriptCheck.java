package org.barestack.check;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.barestack.shell.Dialect;
import org.barestack.shell.ShellProblem;
import org.barestack.shell.ShellSyntax;

/**
 * Parses each distinct script once. Scripts that differ in nothing but what their nodes are called
 * and where they are reached are the same to a shell, since these are plain words.
 */
final class ScriptCheck {
  private final Map<String, List<ShellProblem>> known = new ConcurrentHashMap<>();

  /**
   * A script that a node would run.
   *
   * @param artefact the file that it stands in
   * @param line where it begins in that file, from 1
   */
  record Placed(String artefact, int line, Dialect dialect, String text) {}

  List<ShellProblem> problems(Placed script, OwnWords words) {
    return known.computeIfAbsent(
        script.dialect() + words.hidden(script.text()),
        _ -> ShellSyntax.problems(script.text(), script.dialect()));
  }
}
