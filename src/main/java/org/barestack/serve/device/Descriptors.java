package org.barestack.serve.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files and sockets that a process may have open. */
public final class Descriptors {
  private Descriptors() {}

  /**
   * The soft limit.
   *
   * @param process its folder, such as {@code /proc/self}
   * @return {@link Long#MAX_VALUE} if there is none
   */
  public static long most(Path process) throws IOException {
    return Files.readAllLines(process.resolve("limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.split("\\s+", -1)[3])
        .mapToLong(limit -> limit.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limit))
        .findFirst()
        .orElseThrow(() -> new IOException("/proc does not say how many files may be open"));
  }
}
