package org.barestack.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.barestack.model.Ipv4;
import org.barestack.ssh.NodeShell.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeShellTest {
  @TempDir Path folder;

  /** With a program in the place of ssh. */
  private Result run(String program, String script) {
    return new NodeShell(List.of("bash", "-c", program, "ssh"), folder.resolve("known hosts"))
        .run(Ipv4.parse("192.0.2.7"), "admin", "kvm1.bsabcdefghij", script);
  }

  @Test
  void theScriptGoesToRootOnTheNode() {
    assertThat(run("printf '%s\\n' \"${@: -4}\"; cat", "echo hello\n"))
        .isEqualTo(new Result.Done("-l\nadmin\n192.0.2.7\nsudo -n bash -s\necho hello"));
  }

  /** As ssh itself understands its options. */
  @Test
  void noPasswordIsAskedForAndHostKeysHaveTheirOwnFile() throws IOException {
    Files.createFile(folder.resolve("known hosts"));
    Result result = run("exec ssh -G \"$@\"", "");
    assertThat(result).isInstanceOf(Result.Done.class);
    assertThat(((Result.Done) result).output().lines())
        .contains(
            "user admin",
            "hostname 192.0.2.7",
            "batchmode yes",
            "stricthostkeychecking accept-new",
            "hostkeyalias kvm1.bsabcdefghij",
            "userknownhostsfile " + folder.resolve("known hosts"));
  }

  @Test
  void aFailureHasTheReasonOfSshOrOfTheScript() {
    assertThat(run("echo 'ssh: connect: No route to host' >&2; exit 255", "x"))
        .isEqualTo(new Result.Failed("ssh: connect: No route to host"));
    assertThat(run("exit 7", "x")).isEqualTo(new Result.Failed("ssh ended with status 7"));
  }

  @Test
  void withoutTheProgramItSaysSo() {
    Result result =
        new NodeShell(List.of(folder + "/no-ssh"), folder.resolve("known_hosts"))
            .run(Ipv4.parse("192.0.2.7"), "admin", "kvm1", "");
    assertThat(result)
        .isInstanceOfSatisfying(
            Result.Failed.class,
            failed ->
                assertThat(failed.reason()).startsWith("ssh cannot be run: ").contains("no-ssh"));
  }
}
