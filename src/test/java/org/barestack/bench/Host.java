package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * The machine that it was measured on.
 *
 * @param cores that the JVM sees
 * @param memory in GiB
 * @param day of the measurement, UTC
 */
record Host(String processor, int cores, long memory, String system, String java, String day) {
  static Host here() throws IOException {
    return new Host(
        field(Path.of("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        Math.round(
            Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", ""))
                / 1048576.0),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vendor.version") + " " + System.getProperty("java.version"),
        LocalDate.now(ZoneOffset.UTC).toString());
  }

  private static String field(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /** One line for the page. */
  String words() {
    return "%s, %d cores, %d GiB, %s, Java %s, %s"
        .formatted(processor, cores, memory, system, java, day);
  }
}
