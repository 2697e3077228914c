package org.barestack.bench;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.barestack.bench.Result.Better;
import org.barestack.bench.Result.Goal;

/** docs/performance.md, out of what was measured. */
final class Page {
  private static final String HEAD =
      """
      # Performance

      Measured, beside what people use today, by `make bench`, which writes this page; the figures as they were read stand under `target/bench/`. All contestants of a row did the same work in the same run by turns, ours and the others' rounds alternating. Each cell is the median of the rounds and, in brackets, the smallest and the largest. **Ratio** is how many times better we are than the best of the others: above 1 we are ahead. **Goal** is what we want to reach, as such a ratio or in the unit. Quote the ratios: the figures belong to the machine.

      """;

  private Page() {}

  static String of(Map<Part, Measured> parts) {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("The others, as Debian packs them: ").append(Versions.words()).append(".\n");
    parts.forEach((part, measured) -> section(page, part, measured));
    return page.toString();
  }

  private static void section(StringBuilder page, Part part, Measured measured) {
    page.append("\n## ").append(part.title()).append("\n\n");
    page.append(part.method().strip()).append("\n\n");
    page.append("On ").append(measured.host().words()).append(".\n\n");
    page.append("| what | unit | barestack | others | ratio | goal |\n|---|---|---|---|---|---|\n");
    measured.results().forEach(result -> page.append(row(result)));
    List<Result> noted = measured.results().stream().filter(one -> !one.note().isEmpty()).toList();
    if (!noted.isEmpty()) {
      page.append('\n');
      noted.forEach(one ->
          page.append("- *").append(one.what()).append("*: ").append(one.note()).append('\n'));
    }
  }

  private static String row(Result result) {
    String others =
        result.figures().keySet().stream()
            .filter(name -> !name.equals(Result.OURS))
            .map(name -> name + " " + cell(result, name))
            .collect(Collectors.joining("<br>"));
    double ratio = result.ratio();
    return "| %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            result.what(),
            result.unit(),
            cell(result, Result.OURS),
            others.isEmpty() ? "–" : others,
            Double.isFinite(ratio) ? number(ratio) + " ×" : "–",
            goal(result));
  }

  private static String cell(Result result, String name) {
    List<Double> figures = result.figures().getOrDefault(name, List.of());
    return "**%s** (%s–%s)"
        .formatted(
            number(result.median(name)),
            number(Collections.min(figures)),
            number(Collections.max(figures)));
  }

  private static String goal(Result result) {
    Goal goal = result.goal();
    if (goal == null) {
      return "–";
    }
    String wanted =
        switch (goal.kind()) {
          case RATIO -> number(goal.value()) + " ×";
          case LIMIT -> (result.better() == Better.MORE ? "≥ " : "≤ ") + number(goal.value());
        };
    return result.reached() ? wanted : wanted + ", **missed**";
  }

  /** Three figures that count; more where the number is large. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value).replace(',', ' ');
    }
    return String.format(
        Locale.ROOT,
        size >= 100 || value == Math.rint(value) ? "%.0f" : size >= 10 ? "%.1f" : "%.2f",
        value);
  }
}
