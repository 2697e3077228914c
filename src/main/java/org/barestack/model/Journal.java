package org.barestack.model;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The one memory of Barestack: events, and texts pinned to installs. Nothing in it is ever changed
 * or deleted. Several processes may use one journal at once.
 *
 * <p>Every method throws {@link java.io.UncheckedIOException} when the storage fails: a fault is
 * never an empty answer.
 */
public interface Journal extends AutoCloseable {
  /** What a decision adds to the journal, and what it answers. */
  record Decision<T>(List<NodeEvent> events, T answer) {
    public Decision {
      events = List.copyOf(events);
    }
  }

  /**
   * Decides on a machine's history and writes the outcome, as one step that nobody else's step on
   * the same machine can come between.
   *
   * @param decide gets all events of the subject in order; may run again if another process was
   *     faster, so it must be pure
   */
  <T> T decide(Subject subject, Function<List<NodeEvent>, Decision<T>> decide);

  /** Adds one event as it is. */
  default void append(NodeEvent event) {
    decide(event.subject(), events -> new Decision<>(List.of(event), event));
  }

  /** All events of one machine, oldest first. */
  List<NodeEvent> events(Subject subject);

  /**
   * All events after a place in the journal, oldest first; 0 for all. Does not wait for a decision
   * that is under way, so a decision may wait for who reads here.
   */
  List<NodeEvent> since(long sequence);

  /**
   * The text pinned to an install under a name; written by the first who asks, and the same for
   * everyone after.
   */
  String pin(InstallId install, String name, Supplier<String> text);

  @Override
  void close();
}
