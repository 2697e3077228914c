package org.barestack.media;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongConsumer;
import org.barestack.format.image.Medium;

/**
 * A check sum that is taken by another thread while an image is copied: of octets that were copied
 * already, so that the disk reads them once.
 */
final class Alongside implements AutoCloseable {
  /** How far the copy may go ahead, so that what it read is still in memory. */
  private static final long AHEAD = 128 << 20;

  private final FutureTask<CheckSum> task;
  private final Thread thread;
  private long copied;
  private long read;
  private boolean ended;

  private Alongside(Medium image, LongConsumer passed) {
    this.task = new FutureTask<>(() -> CheckSum.of(new Behind(image), passed));
    this.thread = new Thread(this::run, "check sum");
    thread.setDaemon(true);
  }

  /**
   * Begins.
   *
   * @param passed is told octets as they are read, by the other thread
   */
  static Alongside start(Medium image, LongConsumer passed) {
    Alongside alongside = new Alongside(image, passed);
    alongside.thread.start();
    return alongside;
  }

  private void run() {
    task.run();
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  /** The image, as far as it was copied. */
  private final class Behind implements Medium {
    private final Medium image;

    Behind(Medium image) {
      this.image = image;
    }

    @Override
    public long size() {
      return image.size();
    }

    @Override
    public void read(long offset, byte[] into, int from, int length) throws IOException {
      synchronized (Alongside.this) {
        try {
          while (copied < offset + length) {
            Alongside.this.wait();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("the copy was given up", e);
        }
        read = offset;
        Alongside.this.notifyAll();
      }
      image.read(offset, into, from, length);
    }
  }

  /** So many octets more were copied; waits while that is too far ahead. */
  synchronized void copied(long octets) throws IOException {
    copied += octets;
    notifyAll();
    try {
      while (!ended && copied - read > AHEAD) {
        wait();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    if (ended) {
      sum();
    }
  }

  private static IOException interrupted(InterruptedException fault) {
    Thread.currentThread().interrupt();
    return new IOException("it was interrupted", fault);
  }

  /** What was found, when all of it is there. */
  CheckSum sum() throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException | CancellationException e) {
      if (e.getCause() instanceof IOException fault) {
        throw fault;
      }
      throw new IllegalStateException("the check sum cannot be taken", e);
    }
  }

  /** Ends the thread if it is at work still. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
