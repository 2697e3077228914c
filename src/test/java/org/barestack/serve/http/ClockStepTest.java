package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.barestack.model.Site;
import org.barestack.render.Renderer;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The step 25-time-in-sync, run for real against the real server, on a machine whose clock is off
 * by so many seconds as a file says: stand-ins of chronyc, date and hwclock see to that and record.
 */
@Timeout(120)
class ClockStepTest {
  private static final String STEP = "/usr/libexec/barestack/firstboot.d/25-time-in-sync";

  @TempDir Path folder;
  private SecretBench bench;
  private Path step;
  private Path off;
  private Path commands;

  @BeforeEach
  void start() throws IOException {
    bench = new SecretBench(folder);
    off = Files.writeString(folder.resolve("off"), "0");
    commands = folder.resolve("commands");
    program("chronyc", "exit ${CHRONY:-1}");
    program("hwclock", "exit ${HWCLOCK:-0}");
    program(
        "date",
        """
        case " $* " in
          *' --set=@'*)
            to=${2#--set=@}
            echo $((to - $(/usr/bin/date +%s))) >"$OFF"
            ;;
          *' --date='*) exec /usr/bin/date "$@" ;;
          *) echo $(($(/usr/bin/date +%s) + $(<"$OFF"))) ;;
        esac
        """);
    Site site = Examples.site("lab");
    step =
        executable(
            "step",
            new Renderer(List.of())
                .files(site, site.managementNode()).stream()
                    .filter(file -> file.path().equals(STEP))
                    .findFirst()
                    .orElseThrow()
                    .text());
    installedBy(bench.plainUrl(""));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private Path executable(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private void program(String name, String body) throws IOException {
    executable(
        "bin/" + name,
        "#!/usr/bin/bash\necho \"%s $*\" >>\"$COMMANDS\"\n%s\n".formatted(name, body));
  }

  private void installedBy(String url) throws IOException {
    Path install = folder.resolve("root/etc/barestack/install");
    Files.createDirectories(install.resolveSibling(""));
    Files.writeString(install, "base_url=" + url + "\ninstall_url=\n");
  }

  private Result run(String... variables) throws IOException {
    Files.deleteIfExists(commands);
    Command command =
        Command.of(step.toString())
            .with("BARESTACK_ROOT", folder.resolve("root"))
            .with("COMMANDS", commands)
            .with("OFF", off)
            .with("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
    for (int i = 0; i < variables.length; i += 2) {
      command = command.with(variables[i], variables[i + 1]);
    }
    return command.run();
  }

  private List<String> commands() throws IOException {
    return Files.readAllLines(commands);
  }

  private void checkThatNobodySetTheClock() throws IOException {
    assertThat(commands()).noneMatch(line -> line.contains("--set") || line.startsWith("hwclock"));
  }

  @Test
  void whereChronyIsInSyncNobodyElseIsAsked() throws IOException {
    Files.writeString(off, "-900000000");
    assertThat(run("CHRONY", "0").all()).isEqualTo("status 0\n");
    assertThat(commands()).containsExactly("chronyc -n waitsync 12 1 0 10");
  }

  @ParameterizedTest
  @CsvSource({"-900000000, 0", "-900000000, 1", "900000000, 0", "-60, 0", "60, 0"})
  void whereChronyHasNoTimeItIsThatOfTheServer(long seconds, String hwclock) throws IOException {
    Files.writeString(off, Long.toString(seconds));
    long before = Instant.now().getEpochSecond();
    Result result = run("HWCLOCK", hwclock);
    long after = Instant.now().getEpochSecond();
    assertThat(result.status()).describedAs(result.all()).isZero();
    assertThat(result.errors())
        .contains("warning: no time from ")
        .contains("the clock goes by " + bench.plainUrl(""));
    String set =
        commands().stream().filter(line -> line.startsWith("date --utc --set=@")).findFirst().get();
    assertThat(Long.parseLong(set.substring(set.indexOf('@') + 1))).isBetween(before, after);
    assertThat(commands()).last().isEqualTo("hwclock --systohc --utc");
  }

  @Test
  void aClockThatIsRightIsLeftAlone() throws IOException {
    program("curl", "LC_ALL=C exec /usr/bin/date --utc '+Date: %a, %d %b %Y %T GMT'");
    Result result = run();
    assertThat(result.status()).describedAs(result.all()).isZero();
    checkThatNobodySetTheClock();
  }

  @Test
  void whoTellsNoTimeIsNotBelieved() throws IOException {
    Files.writeString(off, "-900000000");
    for (String answer :
        List.of(
            "HTTP/1.1 200 OK\\r\\nServer: none\\r\\n",
            "HTTP/1.1 200 OK\\r\\nDate: tomorrow\\r\\n",
            "HTTP/1.1 200 OK\\r\\nDate: Sun, 22 Nov 2026 10:00:00 GMT; reboot\\r\\n",
            "HTTP/1.1 200 OK\\r\\nDate: @0\\r\\n")) {
      program("curl", "printf '" + answer + "'");
      refused("no time from ", "does not tell the time either");
    }
    Files.delete(folder.resolve("bin/curl"));
    installedBy("http://127.0.0.1:1");
    refused("no time from ", "http://127.0.0.1:1 does not tell the time either");
  }

  @Test
  void withoutAServerOnlyChronyCounts() throws IOException {
    Files.writeString(off, "-900000000");
    installedBy("");
    refused("no time from ", "see chronyc -n sources");
    assertThat(commands()).hasSize(1);
  }

  private void refused(String... words) throws IOException {
    Result result = run();
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.errors()).contains(words);
    checkThatNobodySetTheClock();
    assertThat(off).hasContent("-900000000");
  }
}
