package org.barestack.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.barestack.bench.Result.Better;
import org.barestack.bench.Result.Goal;
import org.jspecify.annotations.Nullable;

/**
 * Contestants that do the same by turns, so that what else the machine is busy with meets all of
 * them.
 */
final class Contest {
  private final String what;
  private final String unit;
  private final Better better;
  private final SequencedMap<String, Entrant> entrants = new LinkedHashMap<>();
  private @Nullable Goal goal;

  private Contest(String what, String unit, Better better) {
    this.what = what;
    this.unit = unit;
    this.better = better;
  }

  /** One round of one contestant, and its figure. */
  interface Entrant {
    double round() throws Exception;
  }

  /** Higher figures are better. */
  static Contest more(String what, String unit) {
    return new Contest(what, unit, Better.MORE);
  }

  /** Lower figures are better. */
  static Contest less(String what, String unit) {
    return new Contest(what, unit, Better.LESS);
  }

  /** Adds one; ours comes first. */
  Contest entrant(String name, Entrant entrant) {
    entrants.put(name, entrant);
    return this;
  }

  /** To be so many times better than the best of the others. */
  Contest atLeast(double times) {
    goal = new Goal(Goal.Kind.RATIO, times);
    return this;
  }

  /** To stay within that, or to reach it. */
  Contest within(double limit) {
    goal = new Goal(Goal.Kind.LIMIT, limit);
    return this;
  }

  /** All rounds; an odd one begins with the last. */
  Result run(int rounds) throws Exception {
    SequencedMap<String, List<Double>> figures = new LinkedHashMap<>();
    entrants.keySet().forEach(name -> figures.put(name, List.of()));
    for (int round = 0; round < rounds; round++) {
      SequencedMap<String, Entrant> order = round % 2 == 0 ? entrants : entrants.reversed();
      for (Map.Entry<String, Entrant> one : order.entrySet()) {
        double figure = one.getValue().round();
        figures.merge(
            one.getKey(),
            List.of(figure),
            (before, more) -> Stream.concat(before.stream(), more.stream()).toList());
        System.err.printf("  %s: %s %s %s%n", what, one.getKey(), Page.number(figure), unit);
      }
    }
    return new Result(what, unit, better, figures, goal, "");
  }

  /** Seconds that a piece of work takes. */
  static double seconds(Work work) throws Exception {
    long from = System.nanoTime();
    work.run();
    return (System.nanoTime() - from) / 1e9;
  }

  interface Work {
    void run() throws Exception;
  }
}
