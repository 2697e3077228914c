package org.barestack.rehearse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A short program of the host, run to its end. */
final class Command {
  private Command() {}

  /**
   * Runs it.
   *
   * @return what it printed
   * @throws IOException if it cannot be started or its status is not 0; the message has its output
   */
  static String run(List<String> line) throws IOException {
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            String.join(" ", line) + " ended with status " + status + ": " + output.strip());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(String.join(" ", line) + " was interrupted", e);
    }
    return output;
  }
}
