package org.barestack.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a contest found.
 *
 * @param what was done, such as {@code 16 clients, blocks of 1468}
 * @param unit of the figures, such as {@code MB/s}
 * @param better which figures are
 * @param figures of each contestant, one a round, in the order of the rounds; ours first
 * @param goal what is to be reached; null if it is measured for the record
 * @param note what a reader should know of it, such as why the goal is missed; may be empty
 */
record Result(
    String what,
    String unit,
    Better better,
    SequencedMap<String, List<Double>> figures,
    @Nullable Goal goal,
    String note) {
  /** What we are called among the contestants. */
  static final String OURS = "barestack";

  enum Better {
    MORE,
    LESS
  }

  /** What is to be reached. */
  record Goal(Kind kind, double value) {
    enum Kind {
      /** Our median beside the best other's, as a factor by which ours is better. */
      RATIO,
      /** Our median, in the unit. */
      LIMIT
    }
  }

  /** The same, with words to it. */
  Result noting(String words) {
    return new Result(what, unit, better, figures, goal, words);
  }

  /** Ours beside one of the others alone. */
  Result beside(String other, String called, @Nullable Goal sought) {
    SequencedMap<String, List<Double>> two = new LinkedHashMap<>();
    for (String name : List.of(OURS, other)) {
      two.put(name, figures.getOrDefault(name, List.of()));
    }
    return new Result(called, unit, better, two, sought, note);
  }

  double median(String contestant) {
    List<Double> sorted = figures.getOrDefault(contestant, List.of()).stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** How many times better we are than the best of the others; NaN without others. */
  double ratio() {
    double ours = median(OURS);
    return figures.entrySet().stream()
        .map(Map.Entry::getKey)
        .filter(name -> !name.equals(OURS))
        .mapToDouble(name -> better == Better.MORE ? ours / median(name) : median(name) / ours)
        .min()
        .orElse(Double.NaN);
  }

  /** Whether the goal is; true without one. */
  boolean reached() {
    if (goal == null) {
      return true;
    }
    return switch (goal.kind()) {
      case RATIO -> ratio() >= goal.value();
      case LIMIT ->
          better == Better.MORE ? median(OURS) >= goal.value() : median(OURS) <= goal.value();
    };
  }
}
