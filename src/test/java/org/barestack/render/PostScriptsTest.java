package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.barestack.model.InstallId;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.model.Token;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.barestack.testing.Sites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The scripts of {@code %post} and {@code %onerror}, run with stand-ins for what they call. */
class PostScriptsTest {
  private static final Renderer RENDERER = new Renderer(List.of());

  @TempDir Path root;

  static Stream<Arguments> nodes() {
    return Stream.of(Examples.site("lab"), Examples.site("minimal"), Sites.rack())
        .flatMap(site -> site.nodes().stream().map(node -> Arguments.of(site, node)));
  }

  /** The first script of a section whose header begins so, and that holds a text. */
  private static String script(Site site, Node node, String header, String holds) {
    InstallContext install =
        new InstallContext(
            InstallId.fresh(site.name(), node.name(), new SplittableRandom(1)),
            new Token("0".repeat(32)),
            URI.create("http://192.0.2.1"),
            URI.create("http://192.0.2.1/tree"));
    return Sections.of(RENDERER.kickstart(site, node, install)).sections().stream()
        .filter(section -> section.header().startsWith(header))
        .map(section -> String.join("\n", section.body()) + "\n")
        .filter(body -> body.contains(holds))
        .findFirst()
        .orElseThrow();
  }

  private Result run(String script) {
    return Command.of("bash").with("BARESTACK_ROOT", root).input(script).run();
  }

  @ParameterizedTest
  @MethodSource("nodes")
  void everyFileArrivesAsItIs(Site site, Node node) throws IOException {
    String script = script(site, node, "%post", "put() {");
    String elsewhere =
        """
        for name in curl rm sed visudo systemctl restorecon; do
          eval "$name() { :; }"
        done
        """
            + script
                .replace(
                    "put() { # MODE PATH\n", "put() {\n  set -- \"$1\" \"$BARESTACK_ROOT$2\"\n")
                .replace(">>/etc/dnf/dnf.conf", ">/dev/null");
    assertThat(run(elsewhere).all()).isEqualTo("status 0\n");
    for (NodeFile file : RENDERER.files(site, node)) {
      Path path = root.resolve(file.path().substring(1));
      assertThat(Files.readString(path)).isEqualTo(file.text());
      assertThat(mode(path)).isEqualTo(file.mode());
    }
    Path install = root.resolve("etc/barestack/install");
    assertThat(mode(install)).isEqualTo("0600");
    assertThat(run(". " + install + "; echo \"$site $node $role $install $install_url\"").output())
        .isEqualTo(
            "%s %s %s %s http://192.0.2.1/install/%s\n"
                .formatted(
                    site.name(),
                    node.name(),
                    node.role(),
                    InstallId.fresh(site.name(), node.name(), new SplittableRandom(1)),
                    "0".repeat(32)));
  }

  /** The lines are those of Rocky's own rocky.repo and dnf.conf. */
  @Test
  void packagesComeFromTheMirrorAndThroughTheProxy() throws IOException {
    Path repo = Files.createDirectories(root.resolve("etc/yum.repos.d")).resolve("rocky.repo");
    Files.writeString(
        repo,
        """
        [baseos]
        mirrorlist=https://mirrors.rockylinux.org/mirrorlist?arch=$basearch&repo=BaseOS-$releasever
        #baseurl=http://dl.rockylinux.org/$contentdir/$releasever/BaseOS/$basearch/os/
        gpgcheck=1
        """);
    Path conf = Files.createDirectories(root.resolve("etc/dnf")).resolve("dnf.conf");
    Files.writeString(conf, "[main]\ngpgcheck=1\nproxy=http://old.example\nbest=True\n");
    Site site = Examples.site("rack");
    String script = script(site, site.managementNode(), "%post", "put() {");
    String elsewhere =
        """
        for name in curl rm visudo systemctl restorecon; do
          eval "$name() { :; }"
        done
        """
            + script
                .replace("put() { # MODE PATH\n", "put() {\n  cat >/dev/null\n  return\n")
                .replace("/etc/yum.repos.d/rocky", root + "/etc/yum.repos.d/rocky")
                .replace("/etc/dnf/dnf.conf", conf.toString());
    assertThat(run(elsewhere).all()).isEqualTo("status 0\n");
    assertThat(repo)
        .hasContent(
            """
            [baseos]
            #mirrorlist=https://mirrors.rockylinux.org/mirrorlist?arch=$basearch&repo=BaseOS-$releasever
            baseurl=https://mirror.example.net/rocky/10.1/BaseOS/$basearch/os/
            gpgcheck=1
            """);
    assertThat(conf)
        .hasContent("[main]\ngpgcheck=1\nbest=True\nproxy=http://proxy.example.net:3128\n");
  }

  private static String mode(Path path) throws IOException {
    return "0%03o".formatted((Integer) Files.getAttribute(path, "unix:mode") & 0777);
  }

  @Test
  void theReasonOfAFailureIsTheLastErrors() throws IOException {
    Site site = Examples.site("lab");
    String script = script(site, site.managementNode(), "%onerror", "report failed");
    String told = "curl() { printf '%s\\n' \"$@\" | grep -A9 ^reason=; }\n";
    Files.createDirectories(root.resolve("tmp"));
    assertThat(run(told + script).output())
        .startsWith("reason=the installer gave up and left no log");
    Files.writeString(root.resolve("tmp/anaconda.log"), "12:00 INF fine\n12:01 INF the end\n");
    assertThat(run(told + script).output()).contains("the end");
    Files.writeString(
        root.resolve("tmp/storage.log"), "12:02 ERR no space\n" + "12:03 DBG x\n".repeat(99));
    assertThat(run(told + script).output()).startsWith("reason=12:02 ERR no space");
    Files.writeString(root.resolve("tmp/program.log"), "12:04 ERR " + "long ".repeat(400) + "\n");
    assertThat(run(told + script).output().lines().findFirst().orElseThrow())
        .hasSizeLessThanOrEqualTo("reason=".length() + 500);
  }

  /** The last thing that an install does to its disk is to say that it is whole. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          xfs /dev/sda2  | sync; xfs_io -c label -s ID /boot; sync; report finished
          ext4 /dev/sda2 | sync; e2label /dev/sda2 ID; sync; report finished
          btrfs /dev/sda | sync; sync; report finished
          -              | sync; report finished
          """)
  void theLastScriptMarksTheSystemAsWhole(String mounted, String calls) {
    Site site = Examples.site("lab");
    Node node = site.nodes().getLast();
    String fakes =
        """
        findmnt() { [[ '%s' != - ]] && echo '%s'; }
        for name in sync xfs_io e2label report; do
          eval "$name() { echo $name "'"$*" >&3; }'
        done
        """
            .formatted(mounted, mounted);
    String script = script(site, node, "%post", "mark_finished");
    String id = InstallId.fresh(site.name(), node.name(), new SplittableRandom(1)).label();
    Result result =
        run("exec 3>&1\n" + script.replace("\nmark_finished\n", "\n" + fakes + "mark_finished\n"));
    assertThat(result.output().lines().map(String::strip).toList())
        .containsExactly(calls.replace("ID", id).split("; "));
  }
}
