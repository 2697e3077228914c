package org.barestack.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.barestack.model.InstallId;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.Octets;
import org.barestack.model.Subject;

/**
 * What happened in one install.
 *
 * @param events those of this install, oldest first, at least one
 */
public record InstallSummary(Subject subject, InstallId install, List<NodeEvent> events) {
  public InstallSummary {
    events = List.copyOf(events);
  }

  /** One for each install that the events tell of, oldest first. */
  public static List<InstallSummary> of(List<NodeEvent> events) {
    Map<InstallId, List<NodeEvent>> installs = new LinkedHashMap<>();
    for (NodeEvent event : events) {
      if (event.install() != null) {
        installs.computeIfAbsent(event.install(), id -> new ArrayList<>()).add(event);
      }
    }
    return installs.entrySet().stream()
        .map(install ->
            new InstallSummary(
                install.getValue().getFirst().subject(), install.getKey(), install.getValue()))
        .toList();
  }

  /** From its first event to its last. */
  public Duration duration() {
    return Duration.between(began(), events.getLast().at());
  }

  /** A line for the whole, then one for each event with the seconds since the first. */
  public String text() {
    List<NodeEvent> fetched =
        events.stream().filter(event -> event.kind() == Kind.FETCHED).toList();
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s, install %s: %.1f s to \"%s\"; it fetched %d files, %s",
            subject,
            install,
            seconds(duration()),
            EventText.words(events.getLast()),
            fetched.size(),
            Octets.words(fetched.stream().mapToLong(InstallSummary::octets).sum())));
    for (NodeEvent event : events) {
      Duration after = Duration.between(began(), event.at());
      lines.add(String.format(Locale.ROOT, "%9.1f s  %s", seconds(after), EventText.words(event)));
    }
    return String.join("\n", lines) + "\n";
  }

  private Instant began() {
    return events.getFirst().at();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static long octets(NodeEvent event) {
    String octets = event.detail().getOrDefault("bytes", "");
    return octets.matches("[0-9]{1,18}") ? Long.parseLong(octets) : 0;
  }
}
