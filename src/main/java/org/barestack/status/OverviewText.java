package org.barestack.status;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.PlainText;
import org.barestack.status.Machines.Stranger;
import org.barestack.status.Overview.Row;

/** An overview as text for a terminal. */
public final class OverviewText {
  /** Columns that a narrow terminal does without, the first one first. */
  private static final List<String> EXTRA = List.of("MAC", "ROLE", "HEARD");

  /** What a reason needs to say something, in characters. */
  private static final int REASON = 30;

  private OverviewText() {}

  /**
   * Headline, how the cloud stands, a table of nodes, a table of strangers, and what to do next.
   * Tables are cut to the width, and what to do is not: somebody will copy it.
   *
   * @param width in characters
   * @param colour whether states are coloured with ANSI sequences
   */
  public static String of(Overview overview, int width, boolean colour) {
    String cloud = overview.cloudLine();
    List<String> blocks = new ArrayList<>();
    blocks.add(
        PlainText.of(overview.headline())
            + "\n"
            + (cloud.isEmpty() ? "" : PlainText.of(cloud) + "\n"));
    blocks.add(nodes(overview, width, colour));
    if (!overview.strangers().isEmpty()) {
      blocks.add(strangers(overview, width));
    }
    String next = next(overview);
    if (!next.isEmpty()) {
      blocks.add(next);
    }
    return String.join("\n", blocks);
  }

  private static String nodes(Overview overview, int width, boolean colour) {
    List<List<String>> table = new ArrayList<>();
    table.add(cells("NODE", "ROLE", "STATE", "FOR", "HEARD", "ADDRESS", "MAC", "WHY"));
    for (Row row : overview.nodes()) {
      table.add(
          cells(
              row.name().text(),
              row.role().name(),
              row.state(),
              Words.age(row.since(), overview.at()),
              Words.age(row.lastHeard(), overview.at()),
              row.address().toString(),
              row.mac().text(),
              row.reason()));
    }
    for (String extra : EXTRA) {
      int why = table.getFirst().indexOf("WHY");
      if (begin(widths(table), why) + REASON > width) {
        int column = table.getFirst().indexOf(extra);
        table.forEach(cells -> cells.remove(column));
      }
    }
    return text(table, width, colour ? table.getFirst().indexOf("STATE") : -1);
  }

  private static String strangers(Overview overview, int width) {
    List<List<String>> table = new ArrayList<>();
    table.add(cells("UNKNOWN MACHINE", "SEEN", "UUID", "SERIAL", "PRODUCT", "CLIENT"));
    for (Stranger stranger : overview.strangers()) {
      table.add(
          cells(
              stranger.mac().text(),
              Words.age(stranger.lastSeen(), overview.at()),
              stranger.uuid(),
              stranger.serial(),
              stranger.product(),
              stranger.client()));
    }
    return text(table, width, -1);
  }

  private static String next(Overview overview) {
    return Stream.concat(
            overview.nodes().stream()
                .filter(row -> !row.next().isEmpty())
                .map(row -> row.name() + ": " + row.next()),
            overview.strangers().stream()
                .map(stranger -> stranger.mac() + ": " + Overview.next(stranger)))
        .map(line -> PlainText.of(line) + "\n")
        .collect(Collectors.joining());
  }

  private static List<String> cells(String... cells) {
    return Stream.of(cells)
        .map(cell -> cell.isEmpty() ? "-" : PlainText.of(cell))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /**
   * The table, two spaces between columns.
   *
   * @param coloured the column of states to colour; -1 for none
   */
  private static String text(List<List<String>> table, int width, int coloured) {
    int[] widths = widths(table);
    StringBuilder text = new StringBuilder();
    for (List<String> cells : table) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(cells.get(i)).repeat(' ', widths[i] - length(cells.get(i)) + 2);
      }
      String cut = PlainText.cut(line.toString().stripTrailing(), width);
      text.append(coloured < 0 ? cut : coloured(cut, begin(widths, coloured), cells.get(coloured)))
          .append('\n');
    }
    return text.toString();
  }

  private static int[] widths(List<List<String>> table) {
    return IntStream.range(0, table.getFirst().size())
        .map(column -> table.stream().mapToInt(cells -> length(cells.get(column))).max().orElse(0))
        .toArray();
  }

  private static int begin(int[] widths, int column) {
    return IntStream.of(widths).limit(column).map(width -> width + 2).sum();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String coloured(String line, int begin, String state) {
    String colour =
        switch (state) {
          case "refused", "failed", "stuck", "frozen" -> "\033[31m";
          case "installed", "ready" -> "\033[32m";
          case "booting", "claimed", "installing", "configuring" -> "\033[33m";
          default -> "";
        };
    return colour.isEmpty() || !line.startsWith(state, begin)
        ? line
        : line.substring(0, begin)
            + colour
            + state
            + "\033[0m"
            + line.substring(begin + state.length());
  }
}
