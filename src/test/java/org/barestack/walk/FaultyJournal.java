package org.barestack.walk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.Subject;
import org.barestack.testing.InMemoryJournal;

/**
 * A journal that can be lost and put back as it once was, and whose process dies at the worst
 * moments: just before a decision is written, or just after.
 */
final class FaultyJournal implements Journal {
  enum Fault {
    NONE,
    BEFORE,
    AFTER
  }

  private InMemoryJournal kept = new InMemoryJournal();
  private Fault next = Fault.NONE;

  InMemoryJournal snapshot() {
    return kept.copy();
  }

  void replace(InMemoryJournal other) {
    kept = other.copy();
  }

  /** What happens at the next decision, once. */
  void next(Fault fault) {
    next = fault;
  }

  @Override
  public <T> T decide(Subject subject, Function<List<NodeEvent>, Decision<T>> decide) {
    Fault fault = next;
    next = Fault.NONE;
    if (fault == Fault.BEFORE) {
      throw new UncheckedIOException(new IOException("before it wrote"));
    }
    T answer = kept.decide(subject, decide);
    if (fault == Fault.AFTER) {
      throw new UncheckedIOException(new IOException("after it wrote"));
    }
    return answer;
  }

  @Override
  public List<NodeEvent> events(Subject subject) {
    return kept.events(subject);
  }

  @Override
  public List<NodeEvent> since(long sequence) {
    return kept.since(sequence);
  }

  @Override
  public String pin(InstallId install, String name, Supplier<String> text) {
    return kept.pin(install, name, text);
  }

  @Override
  public void close() {}
}
