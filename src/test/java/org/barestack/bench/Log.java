package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What a program prints into a file. */
final class Log {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private Log() {}

  /** Until the words are in it. */
  static void await(Path log, String words, Process process) throws IOException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!Files.exists(log) || !Files.readString(log).contains(words)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new AssertionError("'" + words + "' is not in " + log + ": " + Files.readString(log));
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
