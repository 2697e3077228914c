package org.barestack.serve.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.Subject;
import org.jspecify.annotations.Nullable;

/** A journal in a list. It can be told to fail, and tells when something arrives. */
final class ListJournal implements Journal {
  private final List<NodeEvent> all = new CopyOnWriteArrayList<>();
  private final Map<String, String> pins = new HashMap<>();
  private volatile @Nullable RuntimeException fault;

  /** From now on everything fails. */
  synchronized void breakDown(RuntimeException with) {
    fault = with;
  }

  /** From now on all works again. */
  synchronized void heal() {
    fault = null;
  }

  private void check() {
    RuntimeException now = fault;
    if (now != null) {
      throw now;
    }
  }

  @Override
  public synchronized <T> T decide(Subject subject, Function<List<NodeEvent>, Decision<T>> decide) {
    Decision<T> decision = decide.apply(events(subject));
    decision.events().forEach(event -> all.add(event.at(all.size() + 1)));
    notifyAll();
    return decision.answer();
  }

  @Override
  public synchronized List<NodeEvent> events(Subject subject) {
    check();
    return all.stream().filter(event -> event.subject().equals(subject)).toList();
  }

  @Override
  public List<NodeEvent> since(long sequence) {
    check();
    return all.stream().filter(event -> event.sequence() > sequence).toList();
  }

  @Override
  public synchronized String pin(InstallId install, String name, Supplier<String> text) {
    return pins.computeIfAbsent(install + "/" + name, key -> text.get());
  }

  /** Waits for one that is like that, ten seconds at most. */
  synchronized NodeEvent await(Predicate<NodeEvent> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (all.stream().noneMatch(wanted)) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("no such event among " + all);
      }
      wait(left);
    }
    return all.stream().filter(wanted).findFirst().orElseThrow();
  }

  /** How many of a kind there are. */
  synchronized long count(Kind kind) {
    return all.stream().filter(event -> event.kind() == kind).count();
  }

  @Override
  public void close() {}
}
