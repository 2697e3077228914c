package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many neighbours the kernel keeps, raised for as long as this is open. */
record Neighbours(String before) implements AutoCloseable {
  private static final Path MOST = Path.of("/proc/sys/net/ipv4/neigh/default/gc_thresh3");

  /** Both ends of the cable and both directions count, and some room must be left. */
  static Neighbours room(int machines) throws IOException {
    // At once: Linux has nothing more to say to who asks for the rest of such a number.
    String before = Cable.run("cat", MOST.toString()).strip();
    if (Integer.parseInt(before) < 4 * machines) {
      Files.writeString(MOST, Integer.toString(4 * machines));
    }
    return new Neighbours(before);
  }

  @Override
  public void close() throws IOException {
    Files.writeString(MOST, before);
  }
}
