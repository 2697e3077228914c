package org.barestack.journal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
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

  /**
   * All machines together that no site names, with what they asked: about 1000 lines at once and
   * 300 an hour, 2 MB a day.
   */
  static final Allowance STRANGERS = new Allowance(300 * 1024, 1536);

  /** What one node asked for and fetched: about 200 lines at once and 10 a minute, 5 MB a day. */
  static final Allowance SHOWN = new Allowance(64 * 1024, 3 * 1024);

  /** What one node asked DHCP and TFTP: about 80 lines at once and one a minute, 0.7 MB a day. */
  static final Allowance ASKED = new Allowance(32 * 1024, 512);

  /** The same question with the same answer is recorded once in that time, and counted. */
  private static final Duration REPEAT = Duration.ofMinutes(1);

  /** Of how many questions it is remembered when they were last recorded. */
  private static final int MOST_QUESTIONS = 4096;

  /**
   * What one node reports: about 1000 steps or two of the largest claims at once, 30 steps a minute
   * then, 12 MB a day.
   */
  static final Allowance REPORTED = new Allowance(640 * 1024, 8 * 1024);

  private final Journal journal;
  private final InstantSource clock;
  private final Consumer<String> tell;
  private final Allowance.Left strangers;
  private final SequencedMap<Question, Repeats> questions = new LinkedHashMap<>();
  private final ConcurrentMap<Subject, Allowance.Left> asked = new ConcurrentHashMap<>();
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

  /** A question and its answer. */
  private record Question(Subject subject, Map<String, String> detail) {}

  /**
   * Since when it is not recorded again.
   *
   * @param times how often it was asked since
   */
  private record Repeats(Instant since, int times) {
    boolean covers(Instant now) {
      return !now.isBefore(since) && now.isBefore(since.plus(REPEAT));
    }
  }

  /**
   * As {@link Journal#append} says, within the allowances. What is left out, or only asked again,
   * costs no look into the journal, since DHCP clients repeat themselves by the second.
   *
   * @throws TooManyEventsException if a report is beyond its node's allowance
   */
  @Override
  public void append(NodeEvent event) {
    Optional<NodeEvent> told =
        event.kind() == NodeEvent.Kind.ASKED ? unrepeated(event) : Optional.of(event);
    told.filter(this::taken).ifPresent(journal::append);
  }

  private Optional<NodeEvent> unrepeated(NodeEvent event) {
    Question question = new Question(event.subject(), event.detail());
    Instant now = event.at();
    synchronized (questions) {
      Repeats before = questions.remove(question);
      if (before != null && before.covers(now)) {
        questions.put(question, new Repeats(before.since(), before.times() + 1));
        return Optional.empty();
      }
      questions.put(question, new Repeats(now, 0));
      if (questions.size() > MOST_QUESTIONS) {
        questions.pollFirstEntry();
      }
      if (before == null || before.times() == 0) {
        return Optional.of(event);
      }
      Map<String, String> detail = new HashMap<>(event.detail());
      detail.put("repeats", Integer.toString(before.times()));
      return Optional.of(
          NodeEvent.of(event.at(), event.subject(), event.kind(), event.install(), detail));
    }
  }

  private boolean taken(NodeEvent event) {
    Subject subject = event.subject();
    return switch (event.kind()) {
      case STRANGER_SEEN -> kept(strangers, event);
      case ASKED ->
          kept(
              subject instanceof Subject.OfStranger ? strangers : left(asked, ASKED, subject),
              event);
      case FETCHED, LOCAL_BOOT_OFFERED -> kept(left(shown, SHOWN, subject), event);
      case INSTALL_OPENED,
          IMAGE_SEEDED,
          INSTALL_OFFERED,
          SECRETS_FROZEN,
          CLOUD_WAITS,
          READY,
          CLOUD_APPLIED,
          REINSTALL_ORDERED,
          FORGOTTEN,
          RELEASE_IMPORTED ->
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
              + (event.subject() instanceof Subject.OfStranger ? "unknown machines" : "one machine")
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
