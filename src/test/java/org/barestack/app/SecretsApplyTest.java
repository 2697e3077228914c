package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.barestack.command.SecretsApplyCommand;
import org.barestack.testing.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** With a program in the place of ssh that keeps what it was given. */
class SecretsApplyTest {
  @TempDir private Path site = Path.of("");

  @BeforeEach
  void secrets() throws IOException {
    Files.copy(Path.of("examples/minimal/site.yaml"), site.resolve("site.yaml"));
    assertThat(run(0, "", "secrets", "init").status()).isZero();
  }

  private Barestack run(int status, String says, String... words) {
    String ssh =
        "printf '%s\\n' \"$@\" >"
            + site
            + "/words; cat >"
            + site
            + "/script; echo '"
            + says
            + "'; exit "
            + status;
    CommandLine line = Commands.all();
    CommandLine secrets = Objects.requireNonNull(line.getSubcommands().get("secrets"));
    secrets.getCommandSpec().removeSubcommand("apply");
    secrets.addSubcommand(new SecretsApplyCommand(List.of("bash", "-c", ssh, "ssh")));
    return Barestack.run(
        line,
        Map.of(),
        Stream.concat(
                Arrays.stream(words),
                Stream.of("-s", site.toString(), "--identity", site + "/identity"))
            .toArray(String[]::new));
  }

  private String value(String name) {
    return run(0, "", "secrets", "show", name).out().strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"database-root", "database-cloud", "admin-password", "backup-key"})
  void theScriptGoesByStandardInputAndShowsNothing(String name) throws IOException {
    Barestack applied = run(0, "done that", "secrets", "apply", name);
    assertThat(applied.status()).as(applied.toString()).isZero();
    assertThat(applied.out()).isEqualTo("mgmt1: done that\n");
    String script = Files.readString(site.resolve("script"));
    Command.Result parsed = Command.of("bash", "-n").input(script).run();
    assertThat(parsed.all()).isEqualTo("status 0\n");
    Command.Result handed =
        Command.of(
                "bash",
                "-euc",
                "cd \"$0\"; mkdir -p etc/barestack/secrets; sed -n '/^name=/p; /^handed=/p;"
                    + " /^printf/p' | sed s,/etc/,$PWD/etc/, | bash -s; cat"
                    + " etc/barestack/secrets/*.new",
                site.toString())
            .input(script)
            .run();
    assertThat(handed.output().strip()).isEqualTo(value(name));
    String secret = value(name).lines().skip(name.equals("backup-key") ? 1 : 0).findFirst().get();
    assertThat(applied.toString()).doesNotContain(secret);
    assertThat(Files.readString(site.resolve("words")))
        .doesNotContain(secret)
        .contains("HostKeyAlias=mgmt1", "192.168.60.10");
  }

  @Test
  void whatCannotBeAppliedIsSaid() {
    Barestack refused = run(0, "", "secrets", "apply", "ca-key");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .contains("ca-key cannot be given to a node that runs")
        .contains("admin-password, backup-key, database-cloud, database-root can");
    assertThat(run(0, "", "secrets", "apply", "nosuch").status()).isEqualTo(2);
  }

  @Test
  void aFailureSaysHowToGoOn() {
    Barestack failed = run(1, "mysql is gone", "secrets", "apply", "database-root");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err())
        .contains("mysql is gone")
        .contains("To go on: barestack secrets apply database-root");
  }

  @Test
  void rotateNamesIt() {
    assertThat(run(0, "", "secrets", "rotate", "database-cloud").out())
        .contains("  barestack secrets apply database-cloud\n");
  }
}
