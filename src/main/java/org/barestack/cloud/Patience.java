package org.barestack.cloud;

import java.time.Duration;

/**
 * How long an apply waits for what it has made to run.
 *
 * @param deadline for hosts to be up and system VMs to run; zero for not at all
 * @param pause between two looks
 */
public record Patience(Duration deadline, Duration pause) {
  /** What a person at a terminal wants. System VMs took 51 s on a server with simulated hosts. */
  public static final Patience USUAL = new Patience(Duration.ofMinutes(20), Duration.ofSeconds(5));

  /** Not at all: who asks will ask again. */
  public static final Patience NONE = new Patience(Duration.ZERO, Duration.ofSeconds(2));
}
