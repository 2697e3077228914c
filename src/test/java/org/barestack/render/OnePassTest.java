package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.testing.Examples;
import org.barestack.testing.Sites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pass over all nodes does once only must not be what differs between them. */
class OnePassTest {
  @TempDir Path folder;

  @Test
  void itWritesWhatTheOtherOneWrites() {
    for (Site site : List.of(Sites.rack(), Examples.site("lab"), Examples.site("minimal"))) {
      Renderer usual = new Renderer(List.of());
      Renderer onePass = Renderer.forOnePass(List.of());
      for (Node node : site.nodes()) {
        assertThat(onePass.artefacts(site, node)).isEqualTo(usual.artefacts(site, node));
      }
    }
  }

  @Test
  void anotherSiteIsNotMistakenForTheFirst() {
    Renderer onePass = Renderer.forOnePass(List.of());
    Site lab = Examples.site("lab");
    onePass.artefacts(lab, lab.managementNode());
    Site minimal = Examples.site("minimal");
    assertThat(onePass.artefacts(minimal, minimal.managementNode()))
        .isEqualTo(new Renderer(List.of()).artefacts(minimal, minimal.managementNode()));
  }

  /** By whatever way a template comes to a value of a node. */
  @Test
  void whatReadsANodeIsRenderedForEach() throws IOException {
    Path templates = Files.createDirectories(folder.resolve("kickstart-templates"));
    Map<String, String> ways =
        Map.of(
            "direct.j2", "{{ node.name|sh }}\n",
            "choice.j2", "{% if node.name == \"kvm1\" %}yes{% else %}no{% endif %}\n",
            "set.j2", "{% set n = node %}{{ n.name|sh }}\n",
            "loop.j2", "{% for one in site.nodes %}{{ (one.name ~ node.name)|sh }}{% endfor %}\n",
            "elements.j2", "{% for one in node.names %}{{ one|sh }} {% endfor %}\n",
            "index.j2", "{% for one in node.names %}{{ loop.index|sh }}{{ one|sh }}{% endfor %}\n",
            "outside.j2", "{% for one in node.names %}{{ one|sh }}{{ node.name|sh }}{% endfor %}\n",
            "include.j2", "{% include \"direct.j2\" %}\n",
            "named.j2", "{% include (node.name ~ \".txt\") ignore missing %}\n");
    for (Map.Entry<String, String> way : ways.entrySet()) {
      Files.writeString(templates.resolve(way.getKey()), way.getValue());
    }
    Files.writeString(templates.resolve("kvm1.txt"), "its own\n");
    Templates usual = new Templates("kickstart-templates", List.of(folder));
    Templates onePass = new Templates("kickstart-templates", List.of(folder), true);
    Map<String, Object> site = Map.of("nodes", List.of(Map.of("name", "a"), Map.of("name", "b")));
    for (String way : ways.keySet()) {
      for (String name : List.of("mgmt1", "kvm1", "kvm2")) {
        Map<String, Object> view =
            Map.of(
                "site", site, "node", Map.of("name", name, "names", List.of(name, "all", "it's")));
        assertThat(onePass.render(way, view))
            .as(way + " " + name)
            .isEqualTo(usual.render(way, view));
      }
    }
  }

  /** What was written for an equal element before is never taken for one that is refused. */
  @Test
  void aRefusedElementIsRefusedEachTime() throws IOException {
    Path templates = Files.createDirectories(folder.resolve("kickstart-templates"));
    Files.writeString(
        templates.resolve("t.j2"), "{% for one in node.names %}\n{{ one|plain }}\n{% endfor %}\n");
    Templates usual = new Templates("kickstart-templates", List.of(folder));
    Templates onePass = new Templates("kickstart-templates", List.of(folder), true);
    for (List<String> names :
        List.of(List.of("a", "b"), List.of("a", "no word"), List.of("no word"), List.of("b"))) {
      Map<String, Object> view = Map.of("site", Map.of(), "node", Map.of("names", names));
      assertThat(outcome(onePass, view)).as(names.toString()).isEqualTo(outcome(usual, view));
    }
  }

  private static String outcome(Templates templates, Map<String, Object> view) {
    try {
      return templates.render("t.j2", view);
    } catch (TemplateException e) {
      return e.problems().toString();
    }
  }
}
