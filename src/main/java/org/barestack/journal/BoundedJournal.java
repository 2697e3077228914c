package org.barestack.journal;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.Subject;
import org.barestack.model.TooManyEventsException;

/**
 * A journal that the network cannot fill a disk by. Anybody there can be a new machine as often as
 * he likes, and a node that went wrong can report for ever; so both have an allowance of octets.
 *
 * <p>What only shows is left out when its allowance is spent. What a node reports of its install is
 * refused instead, so that it can report it later. What an operator orders, and what decides about
 * an install, has no allowance: the desk bounds it (10 offers and one alarm an install).
 */
public final class BoundedJournal implements Journal {
  /** What an event takes in the file beside its detail: row, index, time, names; in octets. */
  private static final int ROW = 250;

  /** All machines together that no site names: about 1000 at once and 300 an hour, 2 MB a day. */
  static final Allowance STRANGERS = new Allowance(300 * 1024, 1536);

  /** What one node asked for and fetched: about 200 lines at once and 10 a minute, 5 MB a day. */
  static final Allowance SHOWN = new Allowance(64 * 1024, 3 * 1024);

  /**
   * What one node reports: about 1000 steps or two of the largest claims at once, 30 steps a minute
   * then, 12 MB a day.
   */
  static final Allowance REPORTED = new Allowance(640 * 1024, 8 * 1024);

  private final Journal journal;
  private final InstantSource clock;
  private final Consumer<String> tell;
  private final Allowance.Left strangers;
  private final ConcurrentMap<Subject, Allowance.Left> shown = new ConcurrentHashMap<>();
  private final ConcurrentMap<Subject, Allowance.Left> reported = new ConcurrentHashMap<>();

  /**
   * Bounds what is written to another journal.
   *
   * @param tell gets a line for each event that is not written
   */
  public BoundedJournal(Journal journal, InstantSource clock, Consumer<String> tell) {
    this.journal = journal;
    this.clock = clock;
    this.tell = tell;
    this.strangers = new Allowance.Left(STRANGERS, clock);
  }

  /**
   * As {@link Journal#decide} says, within the allowances.
   *
   * @throws TooManyEventsException if a report is beyond its node's allowance
   */
  @Override
  public <T> T decide(Subject subject, Function<List<NodeEvent>, Decision<T>> decide) {
    return journal.decide(
        subject,
        events -> {
          Decision<T> decision = decide.apply(events);
          return new Decision<>(
              decision.events().stream().filter(this::taken).toList(), decision.answer());
        });
  }

  private boolean taken(NodeEvent event) {
    Subject subject = event.subject();
    return switch (event.kind()) {
      case STRANGER_SEEN -> kept(strangers, event);
      case FETCHED, LOCAL_BOOT_OFFERED -> kept(left(shown, SHOWN, subject), event);
      case INSTALL_OPENED,
          IMAGE_SEEDED,
          INSTALL_OFFERED,
          SECRETS_FROZEN,
          CLOUD_WAITS,
          READY,
          CLOUD_APPLIED,
          REINSTALL_ORDERED,
          FORGOTTEN ->
          true;
      default -> {
        if (!left(reported, REPORTED, subject).take(size(event))) {
          tell.accept(subject + " reports more than is recorded of one machine: told to wait");
          throw new TooManyEventsException(subject);
        }
        yield true;
      }
    };
  }

  private Allowance.Left left(
      ConcurrentMap<Subject, Allowance.Left> all, Allowance allowance, Subject subject) {
    return all.computeIfAbsent(subject, _ -> new Allowance.Left(allowance, clock));
  }

  private boolean kept(Allowance.Left left, NodeEvent event) {
    boolean kept = left.take(size(event));
    if (!kept) {
      tell.accept(
          event.subject()
              + " asks more than is recorded of "
              + (event.kind() == NodeEvent.Kind.STRANGER_SEEN ? "unknown machines" : "one machine")
              + ": answered, not recorded");
    }
    return kept;
  }

  private static int size(NodeEvent event) {
    int size = ROW;
    for (Map.Entry<String, String> detail : event.detail().entrySet()) {
      size += detail.getKey().length() + detail.getValue().length() + 6;
    }
    return size;
  }

  @Override
  public List<NodeEvent> events(Subject subject) {
    return journal.events(subject);
  }

  @Override
  public List<NodeEvent> since(long sequence) {
    return journal.since(sequence);
  }

  @Override
  public String pin(InstallId install, String name, Supplier<String> text) {
    return journal.pin(install, name, text);
  }

  @Override
  public void close() {
    journal.close();
  }
}
