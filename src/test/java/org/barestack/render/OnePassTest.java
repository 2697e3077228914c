package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
        assertThat(onePass.media(site, node)).isEqualTo(usual.media(site, node));
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

  /**
   * Templates put together at random, over views that are alike in most and differ in anything: one
   * pass must write what running the template writes, or refuse what that refuses.
   */
  @Test
  void whateverATemplateDoesWithValues() throws IOException {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    Path templates = Files.createDirectories(folder.resolve("kickstart-templates"));
    for (int round = 0; round < 300; round++) {
      Files.writeString(templates.resolve("inner.j2"), text(random, 1 + random.nextInt(3)));
      Files.writeString(templates.resolve("t.j2"), text(random, 1 + random.nextInt(6)));
      Templates usual = new Templates("kickstart-templates", List.of(folder));
      Templates onePass = new Templates("kickstart-templates", List.of(folder), true);
      Map<String, Object> site = Map.of("name", "lab", "nodes", List.of(Map.of("name", "kvm1")));
      for (int i = 0; i < 12; i++) {
        Map<String, Object> view = view(site, random);
        assertThat(outcome(onePass, view))
            .as(
                "seed %d, round %d: %s with %s",
                seed, round, Files.readString(templates.resolve("t.j2")), view)
            .isEqualTo(outcome(usual, view));
      }
    }
  }

  private static final List<String> FRAGMENTS =
      List.of(
          "{{ node.name|sh }}",
          "{{ node.name|plain }}\n",
          "{{ node.empty|sh }}",
          "{{ node.empty|comment }}",
          "{{ (node.name ~ '-' ~ site.name)|sh }}\n",
          "{{ (\"a\" ~ node.number ~ node.deep.key)|sh }}",
          "{{ node.deep.key|heredoc }}\n",
          "{{ node.number|yaml }} ",
          "{{ node.yes|yaml }}\n",
          "{{ node.words|sh }}\n",
          "{{ node.words[0]|sh }}\n",
          "{{ node.words.1|sh }}\n",
          "{{ node.words|length|sh }}",
          "{{ (node.words|join(','))|sh }}",
          "{{ node.empty|default('none')|sh }}\n",
          "{{ (node.name if node.yes else node.empty)|sh }}",
          "{{ site.name|sh }}",
          "{{ flat|sh }}\n",
          "{{ (flat ~ flat)|sh }}",
          "{% if node.name == 'kvm1' %}one{% elif node.empty %}full{% else %}other{% endif %}\n",
          "{% if node.yes and node.number > 3 %}\nmany\n{% endif %}\n",
          "{% if 'x' in node.words %}in{% endif %}",
          "{% if node.words %}some{% endif %}\n",
          "{% if flat == node.name %}same{% endif %}",
          "{% if node.deep.key %}deep{% endif %}",
          "{% for word in node.words %}{{ word|sh }} {{ loop.index|sh }}{% endfor %}\n",
          "{% for word in node.words %}\n{{ (word ~ node.name)|sh }}\n{% endfor %}\n",
          "{% for part in node.parts %}{{ part.name|sh }}{{ part.size|sh }};{% endfor %}\n",
          "{% for part in node.parts %}{% if part.size == 2 %}two{% endif %}{% endfor %}",
          "{% for part in node.parts %}{% for name in node.words %}{{ (part.name ~ name)|sh }}{%"
              + " endfor %}{% endfor %}\n",
          "{% for flat in node.words %}{{ flat|sh }}{% endfor %}{{ flat|sh }}\n",
          "{% for one in site.nodes %}{% if one.name != node.name %}{{ one.name|sh }}{% endif %}{%"
              + " endfor %}\n",
          "{% set n = node %}{{ n.name|sh }}{{ n.deep.key|sh }}\n",
          "{% set n = node.name %}{% if n == 'kvm2' %}two{% endif %}{{ n|sh }}",
          "{% set flat = 'x' %}{{ flat|sh }}",
          "{{ (node.parts|first).name|sh }}\n",
          "{{ node.parts[0].name|sh }}\n",
          "{{ node.shared.key|sh }}{{ node.deep.key|sh }}\n",
          "{% include 'inner.j2' %}\n",
          "{% include 'inner.j2' %}",
          "{% include (node.name ~ '.j2') ignore missing %}\n",
          "{{ node.missing|sh }}",
          "plain text\n",
          " ");

  private static String text(SplittableRandom random, int fragments) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < fragments; i++) {
      text.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
    }
    return text.toString();
  }

  private static Map<String, Object> view(Map<String, Object> site, SplittableRandom random) {
    Map<String, Object> deep = Map.of("key", any(random, "", "a", "a b", "two\nlines", "ends\n"));
    Map<String, Object> node =
        Map.of(
            "name",
            any(random, "kvm1", "kvm2", "kvm3", "it's"),
            "empty",
            any(random, "", "", "full"),
            "number",
            random.nextInt(5),
            "yes",
            random.nextInt(4) > 0,
            "deep",
            deep,
            "shared",
            random.nextBoolean() ? deep : Map.of("key", "own"),
            "words",
            any(random, List.of(), List.of("x"), List.of("x", "y"), List.of("y", "x")),
            "parts",
            random.nextInt(3) == 0
                ? List.of()
                : List.of(
                    Map.of("name", any(random, "p", "q"), "size", random.nextInt(4)),
                    Map.of("name", "r", "size", 2)));
    return Map.of("site", site, "node", node, "flat", any(random, "kvm1", "f", ""));
  }

  @SafeVarargs
  private static <T> T any(SplittableRandom random, T... all) {
    return all[random.nextInt(all.length)];
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
