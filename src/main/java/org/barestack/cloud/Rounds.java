package org.barestack.cloud;

import java.time.Duration;
import java.util.function.Supplier;

/** Pauses between two looks at something that takes its time. */
public interface Rounds {
  /**
   * Waits a while.
   *
   * @return false, at once, if it has waited long enough in all
   */
  boolean again();

  /** One that looks every few seconds, for that long in all. */
  static Supplier<Rounds> of(Duration pause, Duration all) {
    return () -> {
      long end = System.nanoTime() + all.toNanos();
      return () -> {
        if (System.nanoTime() - end >= 0) {
          return false;
        }
        try {
          Thread.sleep(pause);
          return true;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      };
    };
  }
}
