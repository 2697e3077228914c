package org.barestack.testing.cloudstack;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How what takes its time goes on: by being looked at, by a test's word, or by the clock. Nothing
 * here waits.
 */
final class Progress {
  private record Step(int looks, Instant since) {}

  private final InstantSource clock;
  private final Map<Thing, Step> steps = new HashMap<>();
  private int looks = 1;
  private boolean held;
  private @Nullable Duration time;

  Progress(InstantSource clock) {
    this.clock = clock;
  }

  /** Each step takes that many looks. */
  void byLooks(int count) {
    looks = count;
    time = null;
    held = false;
  }

  void byTime(Duration step) {
    time = step;
    held = false;
  }

  /** Nothing goes on until {@link #release}. */
  void hold() {
    held = true;
  }

  void release() {
    held = false;
  }

  /** A step of a thing begins. */
  void start(Thing thing) {
    steps.put(thing, new Step(0, clock.instant()));
  }

  /** Somebody looks: whether the thing's step is over. */
  boolean due(Thing thing) {
    Step step = steps.computeIfAbsent(thing, t -> new Step(0, clock.instant()));
    if (held) {
      return false;
    }
    @Nullable Duration wait = time;
    boolean over =
        wait == null ? step.looks >= looks : !clock.instant().isBefore(step.since.plus(wait));
    if (over) {
      steps.remove(thing);
    } else {
      steps.put(thing, new Step(step.looks + 1, step.since));
    }
    return over;
  }
}
