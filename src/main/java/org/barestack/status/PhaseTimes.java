package org.barestack.status;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.PlainText;

/**
 * When a node came to each phase.
 *
 * @param seconds by the phase's name, in the order in which it came to them; of one that it came to
 *     several times, the first
 * @param last where it stands
 * @param reason why, where it was refused or failed; else empty
 */
public record PhaseTimes(Map<String, Double> seconds, Phase last, String reason) {
  /**
   * Goes through a node's events.
   *
   * @param events oldest first
   * @param began from when seconds count
   */
  public static PhaseTimes of(List<NodeEvent> events, Instant began) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    Phase last = NodeState.of(List.of()).phase();
    for (int i = 0; i < events.size(); i++) {
      Phase phase = NodeState.of(events.subList(0, i + 1)).phase();
      if (phase != last) {
        Duration after = Duration.between(began, events.get(i).at());
        seconds.putIfAbsent(phase.toString(), Math.round(after.toMillis() / 100.0) / 10.0);
        last = phase;
      }
    }
    boolean lost = last == Phase.REFUSED || last == Phase.FAILED;
    return new PhaseTimes(seconds, last, lost ? NodeState.of(events).reason() : "");
  }

  /** On one line. */
  public String text() {
    if (seconds.isEmpty()) {
      return "it was not heard of";
    }
    return seconds.entrySet().stream()
            .map(one -> String.format(Locale.ROOT, "%s %.1f s", one.getKey(), one.getValue()))
            .collect(Collectors.joining(", "))
        + (reason.isEmpty() ? "" : ": " + PlainText.of(reason));
  }
}
