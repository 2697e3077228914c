package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.Phase;
import org.barestack.model.Transition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tables and the picture of docs/states-and-claims.md are drawn from the code. {@code
 * -Dgolden.update=true} draws them anew.
 */
class StatesPageTest {
  private static final Path PAGE = Path.of("docs/states-and-claims.md");

  /** What only lost, late or doubled reports bring; the table has it, the picture has not. */
  private static final Set<Phase> ENDS = EnumSet.of(Phase.REFUSED, Phase.FAILED);

  private static final Set<Phase> ALL = EnumSet.allOf(Phase.class);

  @ParameterizedTest
  @ValueSource(strings = {"states", "picture", "events"})
  void isDrawnFromTheCode(String part) throws IOException {
    String page = Files.readString(PAGE);
    String begin = "<!-- " + part + ": drawn from the code -->\n";
    String end = "<!-- end of " + part + " -->\n";
    int from = page.indexOf(begin) + begin.length();
    int to = page.indexOf(end);
    assertThat(page).contains(begin, end);
    String drawn = draw(part);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, page.substring(0, from) + drawn + page.substring(to));
    } else {
      assertThat(page.substring(from, to)).isEqualTo(drawn);
    }
  }

  private static String draw(String part) {
    return switch (part) {
      case "states" -> states();
      case "picture" -> picture();
      default -> events();
    };
  }

  private static String states() {
    List<String> lines = new ArrayList<>();
    lines.add("| state | it means | when it boots from the network | stuck when silent for |");
    lines.add("|---|---|---|---|");
    for (Phase phase : Phase.values()) {
      boolean installs = phase == Phase.ARMED || phase.underway();
      Duration deadline = phase.deadline();
      lines.add(
          "| `%s` | %s | %s | %s |"
              .formatted(
                  phase,
                  phase.meaning(),
                  installs ? "runs the installer" : "boots its disk",
                  deadline == null ? "" : deadline.toMinutes() + " minutes"));
    }
    return String.join("\n", lines) + "\n";
  }

  private static String picture() {
    Map<String, List<String>> edges = new LinkedHashMap<>();
    for (Transition line : Transition.TABLE) {
      for (Phase from : line.from()) {
        if (isUsual(from, line)) {
          String edge = from + " --> " + line.to();
          edges.computeIfAbsent(edge, key -> new ArrayList<>()).add(line.when());
        }
      }
    }
    return edges.entrySet().stream()
        .map(edge -> "  " + edge.getKey() + ": " + String.join(", ", edge.getValue()))
        .collect(
            Collectors.joining("\n", "```mermaid\nstateDiagram-v2\n  [*] --> armed\n", "\n```\n"));
  }

  private static boolean isUsual(Phase from, Transition line) {
    List<Phase> order = List.of(Phase.values());
    boolean next = order.indexOf(line.to()) == order.indexOf(from) + 1;
    boolean back = line.to() == Phase.CLAIMED && from == Phase.INSTALLING;
    boolean leaves =
        ENDS.contains(line.to())
            || EnumSet.of(Kind.FOUND_INSTALLED, Kind.IMAGE_SEEDED).contains(line.event());
    return !line.from().equals(ALL) && !ENDS.contains(from) && (next || back || leaves);
  }

  private static String events() {
    List<String> lines = new ArrayList<>();
    lines.add("| event | counts in | leads to |");
    lines.add("|---|---|---|");
    for (Kind kind : Kind.values()) {
      Transition.TABLE.stream()
          .filter(line -> line.event() == kind)
          .findFirst()
          .ifPresent(line ->
              lines.add(
                  "| %s (%s) | %s | `%s` |"
                      .formatted(
                          kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                          line.when(),
                          line.from().equals(ALL)
                              ? "any state"
                              : line.from().stream()
                                  .map(phase -> "`" + phase + "`")
                                  .collect(Collectors.joining(", ")),
                          line.to())));
    }
    return String.join("\n", lines) + "\n";
  }
}
