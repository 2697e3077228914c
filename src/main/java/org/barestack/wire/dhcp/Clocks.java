package org.barestack.wire.dhcp;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Two clocks: people and restarts need the one, leases the other.
 *
 * @param wall the time of day; it jumps when somebody sets it
 * @param steady begins anywhere and only goes on; its instants are no dates
 */
public record Clocks(InstantSource wall, InstantSource steady) {
  /** Those of this machine. */
  public static Clocks system() {
    long start = System.nanoTime();
    return new Clocks(
        InstantSource.system(), () -> Instant.EPOCH.plusNanos(System.nanoTime() - start));
  }
}
