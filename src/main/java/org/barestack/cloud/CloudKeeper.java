package org.barestack.cloud;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.cloud.Cloud.Report;
import org.barestack.cloud.Cloud.Standing;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.PlainText;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cloud as its site says. It applies the site when the management node is done with its own
 * steps, and again for each worker that comes later, for a changed site, and after pauses while
 * something is wrong or still missing. One apply runs at a time, and what happens meanwhile leads
 * to one more. What CloudStack says of each node goes to the journal.
 *
 * <p>It remembers nothing: a new one applies once, and so finds out again.
 */
public final class CloudKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CloudKeeper.class);

  /** How often the journal is looked at: other processes write to it, too. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /**
   * The pause after the first apply that leaves something to do; each next one is twice as long.
   */
  static final Duration FIRST_PAUSE = Duration.ofSeconds(15);

  static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** How long an apply under way may take to end when it is told to. */
  private static final Duration LEAVE = Duration.ofSeconds(1);

  /** What of one thing is told in an event; the log has all. */
  private static final int MOST_WORDS = 2000;

  private static final int MOST_CHANGES = 20;

  private final Supplier<Site> site;
  private final Journal journal;
  private final Cloud cloud;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Thread thread;
  private volatile boolean closed;

  // What the keeping thread alone knows.
  private final Map<NodeName, NodeState> nodes = new HashMap<>();
  private long upTo;
  private @Nullable Task done;
  private boolean unfinished;
  private long ended;
  private Duration pause = FIRST_PAUSE;
  private boolean journalFails;

  /**
   * What an apply is for.
   *
   * @param present the nodes that are done with their own steps, by the install that made them
   */
  private record Task(Site site, Map<NodeName, InstallId> present) {
    /** Whether there is something that {@code before} did not know of. */
    boolean newerThan(Task before) {
      return !site.equals(before.site)
          || !before.present.entrySet().containsAll(present.entrySet());
    }
  }

  CloudKeeper(
      Supplier<Site> site, Journal journal, Cloud cloud, InstantSource clock, LongSupplier nanos) {
    this.site = site;
    this.journal = journal;
    this.cloud = cloud;
    this.clock = clock;
    this.nanos = nanos;
    this.thread = Thread.ofVirtual().name("cloud").unstarted(this::keep);
  }

  /**
   * Begins to keep a cloud.
   *
   * @param site the site as it is now
   * @param clock for the dates of events; pauses do not go by it
   */
  public static CloudKeeper start(
      Supplier<Site> site, Journal journal, Cloud cloud, InstantSource clock) {
    CloudKeeper keeper = new CloudKeeper(site, journal, cloud, clock, System::nanoTime);
    keeper.thread.start();
    return keeper;
  }

  /**
   * Ends the keeping. An apply under way is interrupted; whatever it leaves half done, the next
   * keeper goes on with.
   */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      if (!thread.join(LEAVE)) {
        LOG.warn("an apply to the cloud is cut off; the next start goes on with it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep() {
    while (!closed) {
      step();
      try {
        Thread.sleep(LOOK);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Looks, and applies if there is reason to. Whatever goes wrong is tried again later. */
  void step() {
    try {
      look();
      if (journalFails) {
        LOG.info("the journal can be used again");
        journalFails = false;
      }
      task().filter(this::isDue).ifPresent(this::apply);
    } catch (UncheckedIOException e) {
      if (!journalFails && !closed) {
        LOG.warn("the cloud waits: the journal cannot be used", e);
      }
      journalFails = true;
    } catch (RuntimeException e) {
      LOG.error("a fault of ours in keeping the cloud", e);
    }
  }

  private void look() {
    for (NodeEvent event : journal.since(upTo)) {
      upTo = event.sequence();
      if (event.subject() instanceof Subject.OfNode(NodeName name)) {
        nodes.merge(name, NodeState.NEW.after(event), (known, first) -> known.after(event));
      }
    }
  }

  /** What there is to apply; nothing while the management node is not done with its own steps. */
  private Optional<Task> task() {
    Site now = site.get();
    Map<NodeName, InstallId> present = new TreeMap<>();
    for (Node node : now.nodes()) {
      NodeState state = state(node.name());
      if (isPresent(state) && state.install() != null) {
        present.put(node.name(), state.install().id());
      }
    }
    return present.containsKey(now.managementNode().name())
        ? Optional.of(new Task(now, Map.copyOf(present)))
        : Optional.empty();
  }

  /** In a frozen install, somebody else may be in the node's place. */
  private static boolean isPresent(NodeState state) {
    return !state.frozen() && state.phase().isConfigured();
  }

  private boolean isDue(Task task) {
    if (done == null || task.newerThan(done)) {
      return true;
    }
    boolean left =
        unfinished
            || task.present().keySet().stream()
                .anyMatch(node -> state(node).phase() == Phase.CONFIGURED);
    return left && nanos.getAsLong() - ended >= pause.toNanos();
  }

  private NodeState state(NodeName node) {
    return nodes.getOrDefault(node, NodeState.NEW);
  }

  private void apply(Task task) {
    boolean again = done != null && !task.newerThan(done);
    if (!again) {
      LOG.info(
          "cloud: applying zone {}; {} of {} nodes are configured",
          task.site().zone().name(),
          task.present().size(),
          task.site().nodes().size());
    }
    // Until it is known that all went well, it did not.
    done = task;
    unfinished = true;
    Report report = attempt(task);
    ended = nanos.getAsLong();
    if (closed) {
      return; // cut off, so it says nothing
    }
    pause = again ? longer(pause) : FIRST_PAUSE;
    if (record(task, report)) {
      pause = FIRST_PAUSE; // something goes on, so it is worth looking
    }
    unfinished = !report.faults().isEmpty() || !report.waiting().isEmpty();
  }

  private Report attempt(Task task) {
    try {
      return cloud.apply(task.site(), task.present().keySet());
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.error("the apply to the cloud failed", e);
      }
      return failed(task, e);
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /** What an exception says may hold anything, so it stands in the log alone. */
  private static Report failed(Task task, RuntimeException e) {
    Diagnosis why =
        new Diagnosis(
            e instanceof CloudException fault
                ? String.valueOf(fault.getMessage())
                : "the apply to the cloud failed (" + e.getClass().getSimpleName() + ")",
            "CloudStack could not be brought to what the site says",
            "it is tried again by itself; the log of barestack serve has more");
    return new Report(
        task.present().keySet().stream()
            .collect(Collectors.toMap(node -> node, node -> new Standing.NotUp(why))),
        List.of(),
        List.of(why),
        List.of());
  }

  /** Whether there was something new to tell. */
  private boolean record(Task task, Report report) {
    boolean news = recordCloud(task, report);
    if (news) {
      report.faults().forEach(fault -> LOG.error("cloud: {}", fault));
    }
    for (Node node : task.site().nodes()) {
      InstallId install = task.present().get(node.name());
      Standing standing = report.nodes().get(node.name());
      if (install != null && standing != null) {
        news |= recordNode(node.name(), install, standing);
      }
    }
    return news;
  }

  private boolean recordCloud(Task task, Report report) {
    NodeName manager = task.site().managementNode().name();
    InstallId install = task.present().get(manager);
    Map<String, String> detail = new TreeMap<>();
    detail.put("changes", some(report.changes()));
    detail.put("waiting", some(report.waiting()));
    detail.put("faults", some(report.faults().stream().map(Diagnosis::toString).toList()));
    detail.values().removeIf(String::isEmpty);
    Subject subject = new Subject.OfNode(manager);
    return journal.decide(
        subject,
        events -> {
          NodeEvent told =
              events.stream()
                  .filter(event ->
                      event.kind() == Kind.CLOUD_APPLIED
                          && install != null
                          && install.equals(event.install()))
                  .reduce((earlier, later) -> later)
                  .orElse(null);
          boolean news =
              told == null || detail.containsKey("changes") || !same(told.detail(), detail);
          return add(
              news
                  ? NodeEvent.of(clock.instant(), subject, Kind.CLOUD_APPLIED, install, detail)
                  : null);
        });
  }

  /** Whether nothing but what was changed differs. */
  private static boolean same(Map<String, String> told, Map<String, String> now) {
    return Stream.of("waiting", "faults")
        .allMatch(key -> told.getOrDefault(key, "").equals(now.getOrDefault(key, "")));
  }

  private boolean recordNode(NodeName node, InstallId install, Standing standing) {
    Subject subject = new Subject.OfNode(node);
    return journal.decide(
        subject,
        events -> {
          NodeState state = NodeState.of(events);
          boolean asked =
              state.phase() == Phase.CONFIGURED
                  && state.install() != null
                  && state.install().id().equals(install);
          return add(asked ? event(subject, state, install, standing) : null);
        });
  }

  private @Nullable NodeEvent event(
      Subject subject, NodeState state, InstallId install, Standing standing) {
    return switch (standing) {
      case Standing.Up _ -> NodeEvent.of(clock.instant(), subject, Kind.READY, install, Map.of());
      case Standing.NotUp(Diagnosis(String symptom, String cause, String remedy)) -> {
        String reason = PlainText.cut(symptom + ": " + cause, MOST_WORDS);
        String what = PlainText.cut(remedy, MOST_WORDS);
        yield state.reason().equals(reason) && state.remedy().equals(what)
            ? null
            : NodeEvent.of(
                clock.instant(),
                subject,
                Kind.CLOUD_WAITS,
                install,
                Map.of("reason", reason, "remedy", what));
      }
    };
  }

  private static Journal.Decision<Boolean> add(@Nullable NodeEvent event) {
    return new Journal.Decision<>(event == null ? List.of() : List.of(event), event != null);
  }

  private static String some(List<String> things) {
    String first = things.stream().limit(MOST_CHANGES).collect(Collectors.joining("; "));
    int more = things.size() - MOST_CHANGES;
    return PlainText.cut(first + (more > 0 ? "; and " + more + " more" : ""), MOST_WORDS);
  }
}
