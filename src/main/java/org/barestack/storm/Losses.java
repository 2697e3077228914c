package org.barestack.storm;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/** A network that loses datagrams. Threads may ask at the same time. */
final class Losses {
  private final double share;
  private final SplittableRandom random;
  private final LongAdder lost = new LongAdder();

  Losses(double share, long seed) {
    this.share = share;
    this.random = new SplittableRandom(seed);
  }

  /** Whether the next datagram gets lost. */
  boolean next() {
    if (share == 0) {
      return false;
    }
    synchronized (random) {
      if (random.nextDouble() >= share) {
        return false;
      }
    }
    lost.increment();
    return true;
  }

  /** How many were lost. */
  long lost() {
    return lost.sum();
  }
}
