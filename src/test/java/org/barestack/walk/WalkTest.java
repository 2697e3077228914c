package org.barestack.walk;

import static org.barestack.testing.Properties.forAll;

import org.junit.jupiter.api.Test;

/**
 * Never a write to a disk that is neither blank nor permitted, never two writes with one permit,
 * never secrets for two keys of one install or after it was ready, no refusal without a reason, and
 * a way out of everything. A million steps with {@code -Dmatrix=full}, a sample without.
 */
class WalkTest {
  private static final int STEPS_OF_A_WALK = 250;

  @Test
  void noWrongWriteAndAlwaysAWayOut() {
    int walks = "full".equals(System.getProperty("matrix")) ? 4_000 : 400;
    forAll(
        walks,
        random -> {
          World world = new World(random);
          try {
            for (int step = 0; step < STEPS_OF_A_WALK; step++) {
              world.step();
            }
            world.wayOut();
          } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(String.join("\n", world.story()), e);
          }
        });
  }
}
