package org.barestack.cloud;

import java.time.Duration;

/** Growing pauses up to a deadline. */
final class Pauses {
  private final long end;
  private final Duration longest;
  private Duration next;

  /** The first pause, the longest, and how long all of it may take. */
  Pauses(Duration first, Duration longest, Duration deadline) {
    this.end = System.nanoTime() + deadline.toNanos();
    this.longest = longest;
    this.next = first;
  }

  /**
   * Waits, each time half as long again.
   *
   * @return false without waiting if the time is over
   */
  boolean pause() throws InterruptedException {
    long left = end - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    Thread.sleep(Duration.ofNanos(Math.min(left, next.toNanos())));
    Duration longer = next.multipliedBy(3).dividedBy(2);
    next = longer.compareTo(longest) < 0 ? longer : longest;
    return true;
  }
}
