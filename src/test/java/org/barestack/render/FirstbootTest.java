package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.barestack.model.Site;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runner of the firstboot steps, run for real in a folder of its own. */
@Timeout(60)
class FirstbootTest {
  @TempDir Path folder;
  Path root;
  Path runner;
  Path ran;

  @BeforeEach
  void installRunner() throws IOException {
    root = folder.resolve("root");
    ran = folder.resolve("ran");
    Site site = Examples.site("lab");
    NodeFile file =
        new Renderer(List.of())
            .files(site, site.managementNode()).stream()
                .filter(each -> each.path().equals("/usr/libexec/barestack/firstboot"))
                .findFirst()
                .orElseThrow();
    runner = executable(root.resolve(file.path().substring(1)), file.text());
    Files.createDirectories(root.resolve("etc/barestack"));
    Files.writeString(
        root.resolve("etc/barestack/install"), "install_url=http://192.0.2.1/install/t\n");
    executable(
        folder.resolve("bin/curl"),
        """
        #!/usr/bin/bash
        url=${!#}
        if [[ $url == */log/* ]]; then
          gzip -dc >"$REPORTS.${url##*/}"
          exit 7
        fi
        for word in "$@"; do
          if [[ $word == *=* ]]; then printf '%s ' "$word"; fi
        done >>"$REPORTS"
        echo >>"$REPORTS"
        exit 7
        """);
  }

  private static Path executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private void step(String name, String body) throws IOException {
    executable(
        root.resolve("usr/libexec/barestack/firstboot.d").resolve(name),
        "#!/usr/bin/bash\nset -e\necho " + name + " >>" + ran + "\n" + body + "\n");
  }

  private Command command() {
    return Command.of(runner.toString())
        .with("BARESTACK_ROOT", root)
        .with("REPORTS", folder.resolve("reports"))
        .with("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
  }

  private List<String> ran() throws IOException {
    return Files.exists(ran) ? Files.readAllLines(ran) : List.of();
  }

  private List<String> reports() throws IOException {
    return Files.readAllLines(folder.resolve("reports")).stream().map(String::strip).toList();
  }

  @Test
  void stepsRunInOrderAndOnce() throws IOException {
    step("20-b", "");
    step("10-a", "");
    step("99-z", "");
    step("30-c", "");
    assertThat(command().run().status()).isZero();
    assertThat(command().run().status()).isZero();
    assertThat(ran()).containsExactly("10-a", "20-b", "30-c", "99-z");
    assertThat(reports())
        .containsExactly(
            "kind=step-started step=10-a",
            "kind=step-finished step=10-a",
            "kind=step-started step=20-b",
            "kind=step-finished step=20-b",
            "kind=step-started step=30-c",
            "kind=step-finished step=30-c",
            "kind=step-started step=99-z",
            "kind=step-finished step=99-z",
            "kind=configured",
            "kind=configured");
  }

  @Test
  void aFailedStepEndsTheRunIsToldAndTriedAgain() throws IOException {
    step("10-a", "");
    step("20-b", "echo it is broken >&2; [[ -e " + folder + "/mended ]]");
    step("30-c", "");
    Result first = command().run();
    assertThat(first.status()).isNotZero();
    assertThat(first.output()).contains("it is broken");
    assertThat(ran()).containsExactly("10-a", "20-b");
    assertThat(reports().getLast()).isEqualTo("kind=step-failed step=20-b reason=it is broken");
    assertThat(root.resolve("var/log/barestack/20-b.log")).hasContent("it is broken");
    assertThat(folder.resolve("reports.firstboot-20-b.log")).hasContent("it is broken");
    Files.createFile(folder.resolve("mended"));
    assertThat(command().run().status()).isZero();
    assertThat(ran()).containsExactly("10-a", "20-b", "20-b", "30-c");
  }

  @Test
  void ofALongLogTheEndIsSent() throws IOException {
    step("10-a", "seq 100000; false");
    command().run();
    assertThat(Files.readString(folder.resolve("reports.firstboot-10-a.log")))
        .hasSize(64 * 1024)
        .endsWith("\n100000\n");
  }

  @Test
  void aChangedStepRunsAgainAndNoOther() throws IOException {
    step("10-a", "");
    step("20-b", "");
    command().run();
    step("10-a", "true");
    command().run();
    assertThat(ran()).containsExactly("10-a", "20-b", "10-a");
  }

  @Test
  void afterAPowerCutItGoesOnWithTheStepThatWasRunning() throws Exception {
    step("10-a", "");
    step("20-b", "if [[ ! -e " + folder + "/power ]]; then echo waiting; exec sleep 600; fi");
    step("30-c", "");
    Process process = command().start();
    await(process.inputReader(), "waiting");
    List<ProcessHandle> all = process.descendants().toList();
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    for (ProcessHandle handle : all) {
      handle.onExit().get(30, TimeUnit.SECONDS);
    }
    Files.createFile(folder.resolve("power"));
    assertThat(command().run().status()).isZero();
    assertThat(ran()).containsExactly("10-a", "20-b", "20-b", "30-c");
  }

  @Test
  void thereIsOnlyOneRunAtATime() throws Exception {
    step("10-a", "echo waiting; read -r _ <" + folder + "/go");
    assertThat(Command.of("mkfifo", folder + "/go").run().status()).isZero();
    Process first = command().start();
    await(first.inputReader(), "waiting");
    Result second = command().run();
    assertThat(second.status()).isNotZero();
    assertThat(second.errors()).contains("another run is under way");
    Files.writeString(folder.resolve("go"), "go\n");
    assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(first.exitValue()).isZero();
    assertThat(ran()).containsExactly("10-a");
  }

  @Test
  void withoutAServerNothingIsReported() throws IOException {
    Files.writeString(root.resolve("etc/barestack/install"), "install_url=''\n");
    step("10-a", "");
    assertThat(command().run().status()).isZero();
    assertThat(folder.resolve("reports")).doesNotExist();
  }

  private static void await(BufferedReader output, String wanted) throws IOException {
    String line = output.readLine();
    while (line != null && !line.equals(wanted)) {
      line = output.readLine();
    }
    assertThat(line).isEqualTo(wanted);
  }
}
