package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Makes a file or a folder out of an image, by command lines in which {@code $from} is the image,
 * {@code $to} what is made, and {@code $barestack} the program.
 */
final class Copying {
  private static final String BARESTACK = Path.of("barestack").toAbsolutePath().toString();

  private final Path from;
  private final Path to;
  private final Path log;
  private double memory;

  /**
   * @param to what is made; is removed after each run
   */
  Copying(Path from, Path to) {
    this.from = from.toAbsolutePath();
    this.to = to.toAbsolutePath();
    this.log = Path.of(this.to + ".log");
  }

  /**
   * How long a command line takes. Before, all of the image is read once, so that it is in memory
   * for everybody, and what others wrote is brought to the disk.
   *
   * @return seconds
   */
  double seconds(String line) throws Exception {
    run("cat \"$from\" >/dev/null; sync -f \"$from\"");
    double seconds = Contest.seconds(() -> run(line));
    Cable.run("rm", "-rf", to.toString());
    return seconds;
  }

  private void run(String line) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "set -euo pipefail; " + line)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("from", from.toString());
    builder.environment().put("to", to.toString());
    builder.environment().put("barestack", BARESTACK);
    Process process = builder.start();
    memory = 0;
    while (!process.waitFor(10, TimeUnit.MILLISECONDS)) {
      memory = Math.max(memory, Memory.MOST.of(process.pid()).orElse(0));
    }
    if (process.exitValue() != 0) {
      throw new AssertionError(line + ": " + Files.readString(log));
    }
  }

  /**
   * The most memory that the last command line held, MB, as it was seen a hundredth of a second
   * before its end at the latest; of one that begins with {@code exec}.
   */
  double memory() {
    return memory;
  }
}
