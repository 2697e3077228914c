package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** What Linux says of a process's memory. */
enum Memory {
  /** Resident now. */
  RESIDENT("VmRSS:"),
  /** The most that it ever was. */
  MOST("VmHWM:");

  private final String field;

  Memory(String field) {
    this.field = field;
  }

  /** In MB, 1,000,000 octets; empty if the process has ended. */
  OptionalDouble of(long process) throws IOException {
    try {
      return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
          .filter(line -> line.startsWith(field))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
          .findFirst();
    } catch (NoSuchFileException e) {
      return OptionalDouble.empty();
    }
  }
}
