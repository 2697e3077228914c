package org.barestack.render;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.barestack.model.Site;

/** Texts that break what does not quote them, and what they would break. */
final class Nasty {
  static final List<String> TEXTS =
      List.of(
          "a\nb",
          "a\n%end\nb",
          "%end",
          "%include /etc/passwd",
          "O'Neil",
          "say \"x\"",
          "`touch x`",
          "$(touch x)",
          "${IFS}x",
          "{{ 7*7 }}",
          "{% raw %}",
          "{# x",
          "a\u2028b",
          "a\u0085b",
          "#x",
          "a;b",
          "a && b || c",
          "a b",
          "back\\slash",
          "-rf",
          "EOF");

  private Nasty() {}

  /** Every text of every node, by the number of the node and its own name. */
  static Map<String, String> artefacts(Renderer renderer, Site site) {
    Map<String, String> all = new LinkedHashMap<>();
    for (int i = 0; i < site.nodes().size(); i++) {
      int number = i;
      renderer
          .artefacts(site, site.nodes().get(i))
          .forEach((name, text) -> all.put(number + "/" + name, text));
      renderer
          .media(site, site.nodes().get(i))
          .forEach((name, text) -> all.put(number + "/" + name, text));
    }
    return all;
  }

  /** Lines of every section, and of every text that is no kickstart. */
  static List<List<Integer>> shape(Map<String, String> artefacts) {
    return artefacts.entrySet().stream()
        .map(artefact ->
            artefact.getKey().endsWith(".ks")
                ? lengths(Sections.of(artefact.getValue()))
                : List.of((int) artefact.getValue().lines().count()))
        .toList();
  }

  private static List<Integer> lengths(Sections sections) {
    List<Integer> lengths = new ArrayList<>(List.of(sections.commands().size()));
    sections.sections().forEach(section -> lengths.add(section.body().size()));
    return lengths;
  }
}
