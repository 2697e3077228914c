package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How many neighbours the kernel keeps, raised for as long as this is open. The number is the
 * host's: the kernel shows it in the host's own network alone, and elsewhere it stays as it is.
 *
 * @param before what it was; empty where it can't be seen
 */
record Neighbours(Optional<String> before) implements AutoCloseable {
  private static final Path MOST = Path.of("/proc/sys/net/ipv4/neigh/default/gc_thresh3");

  /** Both ends of the cable and both directions count, and some room must be left. */
  static Neighbours room(int machines) throws IOException {
    if (!Files.exists(MOST)) {
      return new Neighbours(Optional.empty());
    }
    // At once: Linux has nothing more to say to who asks for the rest of such a number.
    String before = Cable.run("cat", MOST.toString()).strip();
    if (Integer.parseInt(before) < 4 * machines) {
      Files.writeString(MOST, Integer.toString(4 * machines));
    }
    return new Neighbours(Optional.of(before));
  }

  @Override
  public void close() throws IOException {
    if (before.isPresent()) {
      Files.writeString(MOST, before.orElseThrow());
    }
  }
}
