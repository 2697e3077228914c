package org.barestack.testing;

import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Property tests with nothing but the JDK: many seeded tries, and the seed of the one that fails.
 */
public final class Properties {
  private Properties() {}

  /** Runs {@code property} with {@code tries} different seeds; -Dseed=N repeats a single one. */
  public static void forAll(int tries, Consumer<SplittableRandom> property) {
    Long only = Long.getLong("seed");
    long first = only != null ? only : System.nanoTime();
    for (long seed = first; seed < first + (only != null ? 1 : tries); seed++) {
      try {
        property.accept(new SplittableRandom(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("property fails; repeat it with -Dseed=" + seed, e);
      }
    }
  }
}
