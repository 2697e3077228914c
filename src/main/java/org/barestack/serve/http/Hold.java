package org.barestack.serve.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds requests that fail by what may pass: a journal that another process keeps busy, a full
 * disk, a release that is being put in place. The installer's curl gives up on a fault after seven
 * seconds and on a refused connection too, but it waits for a slow answer as long as it takes.
 *
 * @param pause between two tries
 * @param longest how long one request is held
 */
record Hold(Duration pause, Duration longest, Map<String, Integer> held) {
  private static final Logger log = LoggerFactory.getLogger(Hold.class);

  /** Requests that are held at once; each is a connection and a virtual thread. */
  private static final int MOST = 512;

  /** Of one address. A node waits with one, or a few. */
  static final int MOST_OF_ONE = 8;

  Hold(Duration pause, Duration longest) {
    this(pause, longest, new HashMap<>());
  }

  /** Makes an answer; run again after an {@link UncheckedIOException}. */
  interface Attempt {
    Reply make() throws BadRequest, IOException;
  }

  /**
   * The answer, once it can be made.
   *
   * @param gone whether the client waits no more
   * @throws UncheckedIOException if it could not be made in that time, or too many wait already
   */
  Reply answer(String peer, BooleanSupplier gone, Attempt attempt) throws BadRequest, IOException {
    UncheckedIOException fault;
    try {
      return attempt.make();
    } catch (UncheckedIOException e) {
      fault = e;
    }
    if (!enter(peer)) {
      throw fault;
    }
    try {
      log.warn("{} waits for its answer: {}", peer, LogText.of(String.valueOf(fault.getMessage())));
      long end = System.nanoTime() + longest.toNanos();
      while (System.nanoTime() < end && !gone.getAsBoolean()) {
        Thread.sleep(pause);
        try {
          return attempt.make();
        } catch (UncheckedIOException e) {
          fault = e;
        }
      }
      throw fault;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw fault;
    } finally {
      leave(peer);
    }
  }

  private boolean enter(String peer) {
    synchronized (held) {
      int all = held.values().stream().mapToInt(Integer::intValue).sum();
      if (all >= MOST || held.getOrDefault(peer, 0) >= MOST_OF_ONE) {
        return false;
      }
      held.merge(peer, 1, Integer::sum);
      return true;
    }
  }

  private void leave(String peer) {
    synchronized (held) {
      held.computeIfPresent(peer, (_, count) -> count == 1 ? null : count - 1);
    }
  }
}
