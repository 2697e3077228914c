package org.barestack.cloud;

import java.time.Duration;
import java.util.Map;

/**
 * How long to wait.
 *
 * @param ready for a server that does not listen yet, or answers 503; zero asks once
 * @param connect for a connection
 * @param call for the answer to one call
 * @param calls the same for some commands, by name
 * @param job for the end of an asynchronous job
 */
public record Deadlines(
    Duration ready, Duration connect, Duration call, Map<String, Duration> calls, Duration job) {
  /**
   * addHost waits five minutes for an agent after it has set up the host (306 s measured); an image
   * store takes as long as it takes to copy the system VM template there; storage is made known to
   * each host in turn.
   */
  public static final Deadlines USUAL =
      new Deadlines(
          Duration.ofMinutes(15),
          Duration.ofSeconds(10),
          Duration.ofMinutes(1),
          Map.of(
              "addHost", Duration.ofMinutes(15),
              "deleteHost", Duration.ofMinutes(10),
              "addImageStore", Duration.ofMinutes(30),
              "createStoragePool", Duration.ofMinutes(15),
              "deleteStoragePool", Duration.ofMinutes(10)),
          Duration.ofMinutes(30));

  public Deadlines {
    calls = Map.copyOf(calls);
  }

  /** The same, but for the time that a server has to come up. */
  public Deadlines ready(Duration other) {
    return new Deadlines(other, connect, call, calls, job);
  }

  /** For the answer to a call. */
  public Duration of(Call asked) {
    return calls.getOrDefault(asked.command(), call);
  }
}
