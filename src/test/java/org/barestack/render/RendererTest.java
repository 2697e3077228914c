package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.testing.Examples;
import org.barestack.testing.Golden;
import org.barestack.testing.Sites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RendererTest {
  private static final Renderer RENDERER = new Renderer(List.of());

  /** Of the rack, where sixteen workers are alike, those that differ. */
  static Stream<Arguments> goldens() {
    return Stream.of(
            some("minimal", Examples.site("minimal"), "mgmt1", "kvm1"),
            some("lab", Examples.site("lab"), "mgmt1", "kvm1"),
            some("rack", Examples.site("rack"), "mgmt1", "kvm01", "kvm16"),
            some("variants", Sites.rack(), "kvm-a2", "kvm-b1"))
        .flatMap(nodes -> nodes);
  }

  private static Stream<Arguments> some(String name, Site site, String... nodes) {
    return site.nodes().stream()
        .filter(node -> List.of(nodes).contains(node.name().text()))
        .map(node -> Arguments.of("render/" + name + "/" + node.name(), site, node));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void goldens(String folder, Site site, Node node) throws IOException {
    Golden.check(folder, worthReading(site, node));
  }

  /**
   * What a reader of a difference wants to see, once: a node's files by themselves and not again in
   * each text that carries them; and no file that is a template without values.
   */
  private static Map<String, String> worthReading(Site site, Node node) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    Set<String> verbatim = verbatim();
    Map<String, String> artefacts = new TreeMap<>(RENDERER.artefacts(site, node));
    artefacts.putAll(RENDERER.media(site, node));
    for (Map.Entry<String, String> artefact : artefacts.entrySet()) {
      if (!verbatim.contains(artefact.getValue())) {
        texts.put(artefact.getKey(), withoutFiles(artefact.getValue()));
      }
    }
    assertThat(texts.get("kickstart.ks")).contains("put 0644 /etc/hosts <<'EOF'\n[...]\nEOF\n");
    assertThat(texts.get("cloud-init/user-data")).contains("content: [...]\n");
    return texts;
  }

  private static Set<String> verbatim() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("kickstart-templates"))) {
      Set<String> texts = new HashSet<>();
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        texts.add(Files.readString(file));
      }
      return texts;
    }
  }

  private static String withoutFiles(String text) {
    return text.replaceAll(
            "(?s)(\nput [0-7]{4} [^\n]+ <<'(EOF[A-Z0-9_]*)'\n).*?\n\\2\n", "$1[...]\n$2\n")
        .replaceAll("content: \"(?:[^\"\\\\]|\\\\(?s:.))*+\"\n", "content: [...]\n");
  }

  @Test
  void theReadmeNamesEveryVariable() throws IOException {
    String readme = Files.readString(Path.of("kickstart-templates/README.md"));
    Site site = Sites.rack();
    List<String> names = new ArrayList<>();
    names("site", Views.site(site), names);
    names("node", Views.node(site, site.managementNode()), names);
    assertThat(names)
        .hasSizeGreaterThan(60)
        .allSatisfy(name -> {
          String last = name.substring(name.lastIndexOf('.'));
          assertThat(readme)
              .containsAnyOf("`" + name + "`", "`" + last + "`", "`" + last.substring(1) + "`");
        });
  }

  private static void names(String prefix, Object value, List<String> names) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach((key, inner) -> names(prefix + "." + key, (Object) inner, names));
      case List<?> list when !list.isEmpty() && list.getFirst() instanceof Map<?, ?> first -> {
        names.add(prefix);
        names(prefix, first, names);
      }
      default -> names.add(prefix);
    }
  }

  @Test
  void aSiteReplacesAddsAndTakesAwayFiles(@TempDir Path folder) throws IOException {
    Path own = folder.resolve("kickstart-templates");
    write(own.resolve("snippets/packages.ks.j2"), "%packages\n@core\n{{ node.name|pkg }}\n%end\n");
    write(own.resolve("firstboot/25-time-in-sync.sh.j2"), "");
    write(own.resolve("firstboot/22-own.sh.j2"), "#!/bin/sh\necho {{ site.name|sh }}\n");
    write(own.resolve("files/etc/issue.j2"), "{# mode 0600 #}\nwelcome\n");
    write(folder.resolve("pxe/local.ipxe.j2"), "#!ipxe\nshell\n");
    Renderer renderer = new Renderer(List.of(folder));
    Site site = Examples.site("lab");
    Map<String, String> artefacts = renderer.artefacts(site, site.nodes().getFirst());
    assertThat(artefacts.get("kickstart.ks")).contains("%packages\n@core\nmgmt1\n%end\n");
    assertThat(artefacts.get("local.ipxe")).isEqualTo("#!ipxe\nshell\n");
    assertThat(artefacts)
        .containsEntry("files/usr/libexec/barestack/firstboot.d/22-own", "#!/bin/sh\necho lab\n")
        .doesNotContainKey("files/usr/libexec/barestack/firstboot.d/25-time-in-sync");
    assertThat(renderer.files(site, site.nodes().getFirst()))
        .contains(new NodeFile("/etc/issue", "0600", "welcome\n"));
  }

  @Test
  void aRoleWithoutAFolderIsAProblem() {
    Node node = withRole(Examples.site("lab").nodes().getLast(), new Role("log-host"));
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> RENDERER.artefacts(Examples.site("lab"), node))
        .satisfies(e ->
            assertThat(e.problems())
                .extracting(TemplateProblem::message)
                .contains("there is no template kickstart-templates/roles/log-host/system.ks.j2"));
  }

  @Test
  void stepsAreNotCalledAlike(@TempDir Path folder) throws IOException {
    Path own = folder.resolve("kickstart-templates");
    write(own.resolve("firstboot/25-monitoring.sh"), "#!/bin/sh\n");
    Site site = Sites.rack();
    Renderer renderer = new Renderer(List.of(folder));
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> renderer.files(site, site.managementNode()))
        .withMessageContaining("two firstboot steps are called 25-monitoring");
    write(own.resolve("firstboot/x.sh"), "#!/bin/sh\n");
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(
            () -> renderer.files(Examples.site("lab"), Examples.site("lab").managementNode()))
        .withMessageContaining("a step's file is called like 20-network-up.sh");
  }

  @Test
  void aFileIsNotThereAsATemplateAndAsItIs(@TempDir Path folder) throws IOException {
    write(folder.resolve("kickstart-templates/files/etc/hosts"), "127.0.0.1 localhost\n");
    Site site = Examples.site("lab");
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> new Renderer(List.of(folder)).files(site, site.managementNode()))
        .withMessageContaining("to replace etc/hosts.j2, call it that too");
  }

  @Test
  void aScriptThatWouldEndTheKickstartIsNamed() {
    Site site = Sites.rack();
    Node node = site.managementNode();
    Node ending =
        new Node(
            node.name(),
            node.role(),
            node.address(),
            node.nics(),
            node.links(),
            node.bridges(),
            node.carries(),
            node.os(),
            node.firmware(),
            node.localBoot(),
            node.bootOrder(),
            node.kernelArgs(),
            node.packages(),
            List.of(new Node.SiteScript(25, "odd", "#!/bin/sh\n%end\n")),
            node.bmc());
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> RENDERER.artefacts(site, ending))
        .withMessageContaining("firstboot.d/25-odd: line 2")
        .withMessageContaining("'%end'");
  }

  @Test
  void aDiskPartThatLosesItsEndIsAProblem(@TempDir Path folder) throws IOException {
    write(folder.resolve("kickstart-templates/disk.ks.j2"), "autopart\n");
    Site site = Examples.site("lab");
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> new Renderer(List.of(folder)).artefacts(site, site.managementNode()))
        .withMessageContaining("# end of disk part");
  }

  /** What Anaconda's partitioning needs before anything grows, on the smallest disk it is for. */
  @ParameterizedTest(name = "{0} GiB")
  @ValueSource(longs = {8, 10, 20, 39, 40, 100, 2048})
  void theVolumesFitOnTheDisk(long gib) {
    Site site = Examples.site("lab");
    for (Node node : site.nodes()) {
      Disk disk =
          new Disk(
              "vda", gib << 30, "", "", "", List.of(), false, false, false, true, List.of(),
              List.of());
      InstallId id = InstallId.fresh("lab", node.name(), new SplittableRandom(1));
      String part = RENDERER.diskFragment(site, node, id, List.of(disk));
      // the EFI system partition takes up to 600 MiB, GPT and alignment 2
      assertThat(sizes(part, "part ") + 602).isLessThanOrEqualTo(gib * 1024);
      // LVM keeps an extent of 4 MiB for itself
      assertThat(sizes(part, "logvol ") + 4).isLessThanOrEqualTo(sizes(part, "part pv"));
      assertThat(part).contains(" --label=" + id.begun() + " ");
    }
  }

  private static long sizes(String part, String command) {
    return part.lines()
        .filter(line -> line.startsWith(command))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".* --size=([0-9]+).*", "$1")))
        .sum();
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static Node withRole(Node node, Role role) {
    return new Node(
        node.name(),
        role,
        node.address(),
        node.nics(),
        node.links(),
        node.bridges(),
        node.carries(),
        node.os(),
        node.firmware(),
        node.localBoot(),
        node.bootOrder(),
        node.kernelArgs(),
        node.packages(),
        node.scripts(),
        node.bmc());
  }
}
