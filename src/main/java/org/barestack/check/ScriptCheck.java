package org.barestack.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.barestack.shell.Dialect;
import org.barestack.shell.ShellProblem;
import org.barestack.shell.ShellSyntax;
import org.barestack.shell.Shellcheck;

/** Parses each distinct script once. */
final class ScriptCheck {
  private final Map<String, List<ShellProblem>> known = new ConcurrentHashMap<>();

  /**
   * A script that a node would run.
   *
   * @param artefact the file that it stands in
   * @param line where it begins in that file, from 1
   */
  record Placed(String artefact, int line, Dialect dialect, String text) {}

  List<ShellProblem> problems(Placed script) {
    return known.computeIfAbsent(
        script.text(), text -> ShellSyntax.problems(text, script.dialect()));
  }

  /**
   * What the system's shellcheck says.
   *
   * @param scripts each where it stands first
   * @return findings, or why there are none, by script
   */
  static Map<Placed, Shellcheck.Result> shellcheck(Shellcheck program, List<Placed> scripts) {
    Map<Shellcheck.Script, Placed> first = new LinkedHashMap<>();
    for (Placed script : scripts) {
      if (script.dialect() != Dialect.OTHER) {
        first.putIfAbsent(new Shellcheck.Script(script.text(), script.dialect()), script);
      }
    }
    Map<Placed, Shellcheck.Result> results = new LinkedHashMap<>();
    program
        .check(new ArrayList<>(first.keySet()))
        .forEach((script, result) ->
            Optional.ofNullable(first.get(script))
                .ifPresent(placed -> results.put(placed, result)));
    return results;
  }
}
