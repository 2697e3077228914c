package org.barestack.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.model.Ipv4;

/**
 * Runs scripts as root on nodes, by the system's ssh program: the keys, the agent and the jump
 * hosts are those of who calls. It never asks for a password.
 */
public final class NodeShell {
  /** Dead networks end a call after some 15 s; nothing else bounds it. */
  private static final List<String> OPTIONS =
      List.of(
          "BatchMode=yes",
          "ConnectTimeout=10",
          "ServerAliveInterval=5",
          "ServerAliveCountMax=3",
          "StrictHostKeyChecking=accept-new",
          "GlobalKnownHostsFile=/dev/null",
          "HashKnownHosts=no",
          "LogLevel=ERROR");

  private final List<String> program;
  private final Path knownHosts;

  /**
   * @param program how ssh is called
   * @param knownHosts the file that host keys are kept in; its folder exists
   */
  public NodeShell(List<String> program, Path knownHosts) {
    this.program = List.copyOf(program);
    this.knownHosts = knownHosts;
  }

  /** What came of a script. */
  public sealed interface Result {
    /** It ended with status 0. */
    record Done(String output) implements Result {}

    /** It did not run, or ended with another status. */
    record Failed(String reason) implements Result {}
  }

  /**
   * Runs a script with bash.
   *
   * @param user may sudo without a password
   * @param hostKeyName what the machine's host key is kept under. The first key under a name is
   *     taken, another one is refused; so a machine that was installed again needs another name
   */
  public Result run(Ipv4 address, String user, String hostKeyName, String script) {
    List<String> line =
        Stream.of(
                program.stream(),
                OPTIONS.stream().flatMap(option -> Stream.of("-o", option)),
                Stream.of("-o", "UserKnownHostsFile=\"" + knownHosts.toAbsolutePath() + "\""),
                Stream.of("-o", "HostKeyAlias=" + hostKeyName, "-l", user, address.toString()),
                Stream.of("sudo -n bash -s"))
            .flatMap(words -> words)
            .toList();
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      try {
        feed(process, script);
        String output =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = process.waitFor();
        return status == 0
            ? new Result.Done(output)
            : new Result.Failed(output.isEmpty() ? "ssh ended with status " + status : output);
      } finally {
        process.destroy();
      }
    } catch (IOException e) {
      return new Result.Failed("ssh cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result.Failed("it was interrupted");
    }
  }

  /** A script fits into a pipe, so writing it waits for nobody. */
  private static void feed(Process process, String script) {
    try (var in = process.getOutputStream()) {
      in.write(script.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // it ended before it read all; its output says why
    }
  }
}
