package org.barestack.journal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How many octets may be written: so many at once, and then so many a minute (a token bucket).
 *
 * @param burst octets at once
 * @param perMinute octets that come back each minute
 */
record Allowance(int burst, int perMinute) {
  /** What is left of one allowance. */
  static final class Left {
    private final Allowance allowance;
    private final InstantSource clock;
    private double left;
    private Instant asOf;

    Left(Allowance allowance, InstantSource clock) {
      this.allowance = allowance;
      this.clock = clock;
      this.left = allowance.burst();
      this.asOf = clock.instant();
    }

    /** Takes that many octets, if they are left. */
    synchronized boolean take(int octets) {
      Instant now = clock.instant();
      double minutes = Math.max(0.0, Duration.between(asOf, now).toMillis() / 60_000.0);
      left = Math.min(allowance.burst(), left + minutes * allowance.perMinute());
      asOf = now;
      if (octets > left) {
        return false;
      }
      left -= octets;
      return true;
    }
  }
}
