package org.barestack.media;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Lets the disk write what is there of a file while more of it comes: the kernel begins by itself
 * only when a tenth of the memory waits to be written.
 */
final class WriteBehind implements AutoCloseable {
  private static final long PAUSE_MILLIS = 20;

  private final Thread thread;
  private volatile boolean ended;
  private volatile @Nullable IOException fault;

  private WriteBehind(FileChannel file) {
    this.thread =
        new Thread(
            () -> {
              try {
                while (!ended) {
                  file.force(false);
                  Thread.sleep(PAUSE_MILLIS);
                }
              } catch (IOException e) {
                fault = e; // Linux tells of it once: whoever writes the file would not hear of it
              } catch (InterruptedException e) {
                // nobody interrupts it
              }
            },
            "write behind");
    thread.setDaemon(true);
  }

  static WriteBehind start(FileChannel file) {
    WriteBehind behind = new WriteBehind(file);
    behind.thread.start();
    return behind;
  }

  @Override
  public void close() throws IOException {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("it was interrupted", e);
    }
    if (fault != null) {
      throw fault;
    }
  }
}
