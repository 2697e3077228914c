package org.barestack.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.barestack.shell.Shellcheck.Finding;
import org.barestack.shell.Shellcheck.Level;
import org.barestack.shell.Shellcheck.Result;
import org.barestack.shell.Shellcheck.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellcheckTest {
  @TempDir Path folder;

  private static Result only(Map<Script, Result> results) {
    assertThat(results).hasSize(1);
    return results.values().iterator().next();
  }

  /** A program in shellcheck's place. */
  private Shellcheck pretending(String body, Duration limit) throws IOException {
    Path program = Files.writeString(folder.resolve("shellcheck"), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Shellcheck(program, limit);
  }

  private Result pretended(String body) throws IOException {
    return only(
        pretending(body, Duration.ofSeconds(60))
            .check(List.of(new Script("echo a\n", Dialect.BASH))));
  }

  @Test
  void theRealOneFindsWhatItFinds() {
    Script script =
        new Script("# déjà\ncd \"$1\"\n\tcd \"$2\"; echo $3\n[[ $1 == 2 ]]\n", Dialect.SH);
    assertThat(only(Shellcheck.installed().orElseThrow().check(List.of(script, script))))
        .isEqualTo(
            new Result.Checked(
                List.of(
                    new Finding(
                        2,
                        1,
                        Level.WARNING,
                        2164,
                        "Use 'cd ... || exit' or 'cd ... || return' in case cd fails."),
                    new Finding(
                        3,
                        2,
                        Level.WARNING,
                        2164,
                        "Use 'cd ... || exit' or 'cd ... || return' in case cd fails."),
                    new Finding(4, 1, Level.WARNING, 3010, "In POSIX sh, [[ ]] is undefined."))));
  }

  @Test
  void theDialectIsTold() {
    Script bash = new Script("[[ $1 == 2 ]]\n", Dialect.BASH);
    Script broken = new Script("if a; then\n", Dialect.BASH);
    Map<Script, Result> results =
        Shellcheck.installed().orElseThrow().check(List.of(bash, broken, bash));
    assertThat(results.keySet()).containsExactly(bash, broken);
    assertThat(results.get(bash)).isEqualTo(new Result.Checked(List.of()));
    assertThat(results.get(broken))
        .isInstanceOfSatisfying(
            Result.Checked.class,
            checked ->
                assertThat(checked.findings())
                    .isNotEmpty()
                    .allMatch(finding -> finding.level() == Level.ERROR));
    assertThatIllegalArgumentException().isThrownBy(() -> new Script("", Dialect.OTHER));
  }

  /** Each script's own findings, whatever the order in which the runs end. */
  @Test
  void manyScripts() {
    List<Script> scripts =
        java.util.stream.IntStream.rangeClosed(1, 12)
            .mapToObj(i -> new Script("\n".repeat(i) + "cd \"$1\"\n", Dialect.BASH))
            .toList();
    Map<Script, Result> results = Shellcheck.installed().orElseThrow().check(scripts);
    assertThat(results.keySet()).containsExactlyElementsOf(scripts);
    int line = 2;
    for (Result result : results.values()) {
      assertThat(((Result.Checked) result).findings())
          .extracting(Finding::line)
          .containsExactly(line++);
    }
  }

  @Test
  void notInstalledIsAnAnswer() throws IOException {
    assertThat(Shellcheck.onPath(folder + ":" + folder.resolve("none") + "::.")).isEmpty();
    Files.createDirectory(folder.resolve("shellcheck"));
    assertThat(Shellcheck.onPath(folder.toString())).isEmpty();
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("shellcheck"), "not executable");
    assertThat(Shellcheck.onPath(other.toString())).isEmpty();
  }

  @Test
  void itIsFoundOnThePath() throws IOException {
    Path program = pretending("exit 0", Duration.ofSeconds(60)).program();
    assertThat(Shellcheck.onPath("/nowhere:" + folder).orElseThrow().program()).isEqualTo(program);
  }

  /** Its options, its input, and no options from the environment. */
  @Test
  void itIsCalledLikeThis() throws IOException {
    Path heard = folder.resolve("heard");
    Result result =
        pretended(
            "{ echo \"$@\"; echo \"${SHELLCHECK_OPTS-none} $LC_ALL\"; cat; } >'"
                + heard
                + "'\necho '{\"comments\":[]}'");
    assertThat(result).isEqualTo(new Result.Checked(List.of()));
    assertThat(Files.readString(heard))
        .isEqualTo("--norc -f json1 -S warning -s bash -\nnone C.UTF-8\necho a\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo bad option >&2; exit 3                  | ended with status 3: bad option",
        "exit 2                                       | ended with status 2",
        "kill -9 $$                                   | ended with status 137",
        "echo nonsense                                | answered what is not understood",
        "echo '{}'                                    | answered what is not understood: no"
            + " comments in it",
        "exit 0                                       | answered what is not understood",
        "echo '{\"comments\":[{\"level\":\"error\"}]}' | answered what is not understood: a comment"
            + " has no line",
        "echo '{\"comments\":[{\"level\":\"new\",\"line\":1,\"column\":1,\"code\":1,\"message\":\"a\"}]}'"
            + " | answered what is not understood",
      })
  void aFailedRunIsTold(String body, String reason) throws IOException {
    assertThat(pretended(body))
        .isInstanceOfSatisfying(
            Result.Failed.class, failed -> assertThat(failed.reason()).contains(reason));
  }

  @Test
  void styleAndInfoAreLeftOut() throws IOException {
    assertThat(
            pretended(
                "echo '{\"comments\":[{\"level\":\"style\",\"line\":1},{\"level\":\"info\"},"
                    + "{\"level\":\"error\",\"line\":1,\"column\":2,\"code\":3,\"message\":\"a\"}]}'"))
        .isEqualTo(new Result.Checked(List.of(new Finding(1, 2, Level.ERROR, 3, "a"))));
  }

  @Test
  void aRunThatDoesNotEndIsEnded() throws IOException {
    Shellcheck hanging = pretending("exec sleep 3600", Duration.ofMillis(200));
    assertThat(only(hanging.check(List.of(new Script("echo a\n", Dialect.BASH)))))
        .isInstanceOfSatisfying(
            Result.Failed.class,
            failed -> assertThat(failed.reason()).contains("did not end within"));
  }

  @Test
  void aProgramThatCannotRunIsTold() throws IOException {
    Shellcheck broken = pretending("", Duration.ofSeconds(60));
    Files.writeString(broken.program(), "#!/no/such/interpreter\n");
    assertThat(only(broken.check(List.of(new Script("echo a\n", Dialect.BASH)))))
        .isInstanceOfSatisfying(
            Result.Failed.class, failed -> assertThat(failed.reason()).contains("cannot be run"));
  }
}
