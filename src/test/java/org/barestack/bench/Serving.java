package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Our server at the servers' end of a cable, as a user starts it. */
final class Serving implements AutoCloseable {
  private static final String BARESTACK = Path.of("barestack").toAbsolutePath().toString();

  private final Cable cable;
  private final Process process;
  private final Path log;

  private Serving(Cable cable, Process process, Path log) {
    this.cable = cable;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it with a new state, and waits until it serves.
   *
   * @param folder has site.yaml and http-root; the state comes into it, named by the last word
   */
  static Serving start(Cable cable, Path folder, String state, String... options)
      throws IOException {
    Path log = folder.resolve(state + ".log");
    List<String> words =
        new ArrayList<>(
            List.of(
                BARESTACK,
                "serve",
                "--no-secrets",
                "--site=" + folder.resolve("site.yaml").toAbsolutePath(),
                "--state=" + folder.resolve(state).toAbsolutePath(),
                "--http-root=" + folder.resolve("http-root").toAbsolutePath()));
    words.addAll(List.of(options));
    Process process = cable.serve(log, words.toArray(String[]::new));
    Log.await(log, "serving site", process);
    return new Serving(cable, process, log);
  }

  /** The most memory that it ever had, MB. */
  double mostMemory() throws IOException {
    return memory("VmHWM");
  }

  /** The memory that it has now, MB. */
  double memory() throws IOException {
    return memory("VmRSS");
  }

  private double memory(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
        .findFirst()
        .orElseThrow(() -> new AssertionError("it has ended: " + log));
  }

  /** What it has printed. */
  Path log() {
    return log;
  }

  @Override
  public void close() {
    cable.stop(process);
  }
}
