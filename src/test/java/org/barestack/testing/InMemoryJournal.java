package org.barestack.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.Subject;

/** A journal that lasts as long as its process. */
public class InMemoryJournal implements Journal {
  private record Pin(InstallId install, String name) {}

  private final List<NodeEvent> events = new CopyOnWriteArrayList<>();
  private final Map<Pin, String> pins = new HashMap<>();

  /** Another one with all that is in this one now. */
  public synchronized InMemoryJournal copy() {
    InMemoryJournal copy = new InMemoryJournal();
    copy.events.addAll(events);
    copy.pins.putAll(pins);
    return copy;
  }

  @Override
  public synchronized <T> T decide(Subject subject, Function<List<NodeEvent>, Decision<T>> decide) {
    Decision<T> decision = decide.apply(events(subject));
    for (NodeEvent event : decision.events()) {
      events.add(event.at(events.size() + 1));
    }
    return decision.answer();
  }

  @Override
  public synchronized List<NodeEvent> events(Subject subject) {
    return events.stream().filter(event -> event.subject().equals(subject)).toList();
  }

  @Override
  public List<NodeEvent> since(long sequence) {
    return events.stream().filter(event -> event.sequence() > sequence).toList();
  }

  @Override
  public synchronized String pin(InstallId install, String name, Supplier<String> text) {
    return pins.computeIfAbsent(new Pin(install, name), key -> text.get());
  }

  @Override
  public void close() {}
}
