package org.barestack.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.barestack.model.Site;
import org.barestack.render.Renderer;
import org.barestack.shell.Shellcheck;
import org.barestack.site.SiteProblem;
import org.barestack.testing.Examples;
import org.barestack.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SiteCheckTest {
  @TempDir Path folder;

  static List<String> examples() {
    return Examples.names();
  }

  private List<SiteProblem> problems() {
    Site site = Examples.read(folder);
    return SiteCheck.of(
            Renderer.forOnePass(List.of(folder)), site, folder.resolve("site.yaml"), null)
        .problems();
  }

  /** Neither an error nor a warning: what we bring is what we would accept. */
  @ParameterizedTest
  @MethodSource("examples")
  void whatWeBringIsGood(String name) {
    Examples.copy(name, folder);
    assertThat(problems()).isEmpty();
  }

  /** Only what the site wrote: our own scripts were checked when they were written. */
  @Test
  void shellcheckReadsTheScriptsOfTheSite() throws IOException {
    Examples.copy("minimal", folder);
    Shellcheck shellcheck = Shellcheck.installed().orElseThrow();
    Path file = folder.resolve("site.yaml");
    Renderer none = Renderer.forOnePass(List.of(folder));
    assertThat(SiteCheck.of(none, Examples.read(folder), file, shellcheck).own()).isZero();

    Path steps = folder.resolve("kickstart-templates/roles/kvm-worker/firstboot");
    Files.createDirectories(steps);
    Files.writeString(
        steps.resolve("77-own.sh"), "#!/usr/bin/bash\n# a step of the site's\ncd $1\nrm $2/*\n");
    Renderer own = Renderer.forOnePass(List.of(folder));
    SiteCheck.Result result = SiteCheck.of(own, Examples.read(folder), file, shellcheck);
    assertThat(result.own()).isGreaterThan(10);
    assertThat(result.problems())
        .extracting(problem -> problem.toString().replaceAll("shellcheck (SC[0-9]+): .*", "$1"))
        .containsExactly(
            "kvm1/files/usr/libexec/barestack/firstboot.d/77-own:3:1: warning: SC2164");
  }

  /** What was found in one node of a kind is told of the others, and what is one node's is not. */
  @Test
  void nodesOfOneKindAreToldTogether() throws IOException {
    Workers.site(folder, 30);
    Path template = folder.resolve("kickstart-templates/kickstart.ks.j2");
    Files.createDirectories(template.resolveSibling(""));
    String ours = Files.readString(Path.of("kickstart-templates/kickstart.ks.j2"));
    Files.writeString(
        template,
        ours.replace(
            "reboot --eject",
            """
            {% if node.name == "kvm7" or node.name == "kvm21" %}
            rebot --eject
            {% else %}
            reboot --eject
            {% endif %}
            lang --nothing
            user --name={{ node.name|ks }} --nowhere
            """));
    assertThat(problems())
        .extracting(problem -> problem.toString().replaceAll("^([^:]*):.*?: ", "$1: "))
        .filteredOn(problem -> problem.contains("kickstart.ks: "))
        .map(problem -> problem.replaceAll(";.*", ""))
        .containsExactlyInAnyOrder(
            "kvm7/kickstart.ks: error: there is no command rebot in release 9 (and in 1 more node)",
            "kvm7/kickstart.ks: warning: at the end of the install the installer waits for somebody"
                + " to press a key (and in 1 more node)",
            "mgmt1/kickstart.ks: error: lang: an argument is missing (and in 30 more nodes)",
            // in another column where the name is longer
            "kvm1/kickstart.ks: error: user: there is no option --nowhere (and in 8 more nodes)",
            "mgmt1/kickstart.ks: error: user: there is no option --nowhere (and in 21 more nodes)");
  }

  /** A site with one mistake each, and all that is said of it. */
  @Test
  void mistakes() throws IOException {
    Map<String, String> told = new TreeMap<>();
    for (Mistake mistake : mistakes) {
      Path site = folder.resolve(mistake.name);
      Examples.copy(mistake.example, site);
      mistake.make(site);
      Site read = Examples.read(site);
      told.put(
          mistake.name,
          SiteCheck.of(Renderer.forOnePass(List.of(site)), read, site.resolve("site.yaml"), null)
                  .problems()
                  .stream()
                  .map(problem -> problem.toString().replace(site + "/", ""))
                  .collect(Collectors.joining("\n"))
              + "\n");
    }
    Golden.check("org/barestack/check/mistakes", told);
  }

  /** Nodes with Secure Boot get their kernel by GRUB, whose own limits count. */
  @Test
  void whatGrubCannotDoIsAnError() throws IOException {
    String lab = Files.readString(Path.of("examples/lab/site.yaml"));
    Path file = folder.resolve("site.yaml");
    String secure =
        lab.replaceFirst("(?m)^    address: 192.168.50.11.*$", "$0\n    firmware: uefi-secure");
    // BOOT_IMAGE=(http,192.168.50.5:8080)/install/TOKEN/vmlinuz comes before what the kernel gets
    String many =
        secure.replaceFirst("kernel_args: .*", "kernel_args: [ x=" + "y".repeat(1700) + " ]");
    Files.writeString(file, many);
    assertThat(problems())
        .singleElement()
        .asString()
        .contains("kvm1/install.grub", "the kernel's arguments are 2");
    Files.writeString(file, secure);
    assertThat(problems()).isEmpty();
    Files.writeString(
        file, secure.replaceFirst("  release: .*", "$0\n  tree: https://mirror.example/9.7/"));
    assertThat(problems())
        .singleElement()
        .asString()
        .contains("GRUB fetches no kernel from https://mirror.example/9.7/");
  }

  /**
   * A mistake somebody makes.
   *
   * @param file of the site; a template comes from ours
   */
  private record Mistake(String name, String example, String file, String from, String to) {
    void make(Path site) throws IOException {
      Path target = site.resolve(file);
      Path source =
          file.startsWith("kickstart-templates") || file.startsWith("pxe") ? Path.of(file) : target;
      String text = Files.readString(source);
      assertThat(text).describedAs(name).contains(from);
      Files.createDirectories(target.resolveSibling(""));
      Files.writeString(target, text.replace(from, to));
    }
  }

  private final List<Mistake> mistakes =
      List.of(
          new Mistake(
              "a command that is misspelt",
              "lab",
              "kickstart-templates/kickstart.ks.j2",
              "reboot --eject",
              "rebot --eject"),
          new Mistake(
              "no command ends it",
              "lab",
              "kickstart-templates/kickstart.ks.j2",
              "reboot --eject",
              "halt"),
          new Mistake(
              "disks too small for what is asked",
              "lab",
              "kickstart-templates/disk.ks.j2",
              "--size=1024",
              "--size=4194304"),
          new Mistake(
              "an option of the installer without its prefix",
              "lab",
              "pxe/snippets/arguments.j2",
              "inst.text",
              "text"),
          new Mistake(
              "an option that only the other release has",
              "lab",
              "pxe/snippets/arguments.j2",
              "inst.text",
              "inst.text inst.profile=rocky"),
          new Mistake(
              "more arguments than a kernel keeps",
              "lab",
              "pxe/snippets/arguments.j2",
              "inst.text",
              "inst.text x=" + "y".repeat(2000)),
          new Mistake(
              "a character that no loader passes on",
              "lab",
              "pxe/snippets/arguments.j2",
              "inst.text",
              "inst.text site=m\u00fcnchen"),
          new Mistake(
              "a script that is not closed",
              "lab",
              "kickstart-templates/roles/management/firstboot/50-mariadb.sh",
              "systemctl restart mariadb",
              "systemctl restart \"mariadb"),
          new Mistake(
              "a template that is wrong",
              "lab",
              "kickstart-templates/kickstart.ks.j2",
              "reboot --eject",
              "reboot {{ node.nothing|ks }}"));
}
