package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Path;

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
   * Starts it, and waits until it serves.
   *
   * @param folder has site.yaml and http-root
   * @param state the folder of its state, in that one; a new one if there is none
   */
  static Serving start(Cable cable, Path folder, String state) throws IOException {
    Path log = folder.resolve(state + ".log");
    Process process =
        cable.serve(
            log,
            BARESTACK,
            "serve",
            "--no-secrets",
            "--site=" + folder.resolve("site.yaml").toAbsolutePath(),
            "--state=" + folder.resolve(state).toAbsolutePath(),
            "--http-root=" + folder.resolve("http-root").toAbsolutePath());
    Log.await(log, "serving site", process);
    return new Serving(cable, process, log);
  }

  /** MB. */
  double memory(Memory which) throws IOException {
    return which.of(process.pid()).orElseThrow(() -> new AssertionError("it has ended: " + log));
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
