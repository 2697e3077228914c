package org.barestack.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.shell.Dialect;
import org.barestack.shell.ShellProblem;
import org.barestack.shell.ShellSyntax;

/**
 * Parses each distinct script once. Scripts that differ in nothing but what their nodes are called
 * and where they are reached are the same to a shell, since these are plain words.
 */
final class ScriptCheck {
  private final Map<String, List<ShellProblem>> known = new ConcurrentHashMap<>();

  /** Words that nothing but a node's own name, address and hardware make differ. */
  record Words(List<String> all) {
    Words {
      // the longest first, since a full name begins with the short one
      all = all.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
    }

    static Words of(Site site, Node node) {
      List<String> words =
          new ArrayList<>(List.of(site.fqdn(node), node.name().text(), node.address().toString()));
      node.nics().values().forEach(mac -> words.add(mac.text()));
      return new Words(words);
    }

    private String hidden(String text) {
      String masked = text;
      for (int i = 0; i < all.size(); i++) {
        masked = masked.replace(all.get(i), "\1" + i);
      }
      return masked;
    }
  }

  /**
   * A script that a node would run.
   *
   * @param artefact the file that it stands in
   * @param line where it begins in that file, from 1
   */
  record Placed(String artefact, int line, Dialect dialect, String text) {}

  List<ShellProblem> problems(Placed script, Words words) {
    return known.computeIfAbsent(
        script.dialect() + words.hidden(script.text()),
        _ -> ShellSyntax.problems(script.text(), script.dialect()));
  }
}
