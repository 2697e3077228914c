package org.barestack.diff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.diff.ArtefactChange.Kind;
import org.barestack.diff.NodeChange.Changed;
import org.barestack.model.NodeName;

/** A difference as text for people; its hunks are also what {@code patch} takes. */
public final class DiffText {
  /** On a terminal, where a longer line hides more than it shows; in characters. */
  private static final int LONGEST = 400;

  private final SiteDiff diff;
  private final boolean each;
  private final boolean terminal;
  private final boolean colour;

  /**
   * @param each whether nodes that differ in the same way are shown one by one
   * @param terminal whether control characters are made visible, and very long lines cut
   * @param colour whether lines are coloured with ANSI sequences
   */
  public DiffText(SiteDiff diff, boolean each, boolean terminal, boolean colour) {
    this.diff = diff;
    this.each = each;
    this.terminal = terminal;
    this.colour = colour;
  }

  /** A change with the nodes that have it; the first one's name stands in the header. */
  private record Shared(ArtefactChange change, List<NodeName> nodes) {}

  /** Every difference, then what follows from it. */
  public String whole() {
    StringBuilder text = new StringBuilder();
    for (Shared shared : shared()) {
      hunks(text, shared);
    }
    return text.append(text.isEmpty() ? "" : "\n").append(afterwards()).toString();
  }

  /** A table with one line a difference, then what follows from it. */
  public String stat() {
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("NODE", "ARTEFACT", "+", "-", "TAKES EFFECT"));
    for (Shared shared : shared()) {
      table.add(
          List.of(
              names(shared.nodes()),
              shared.change().artefact(),
              "+" + shared.change().added(),
              "-" + shared.change().removed(),
              shared.change().effect().brief()));
    }
    return (table.size() == 1 ? "" : table(table) + "\n") + afterwards();
  }

  /**
   * Nodes with the same change are put together at the first of them. The same is what takes away
   * and adds the same lines: around them, and in how far down they stand, nodes differ by names,
   * addresses and numbers of interfaces.
   */
  private List<Shared> shared() {
    Map<List<Object>, Shared> groups = new LinkedHashMap<>();
    for (NodeChange node : diff.nodes()) {
      if (node instanceof Changed changed) {
        for (ArtefactChange change : changed.artefacts()) {
          groups
              .computeIfAbsent(
                  each ? List.of(change, node.name()) : likeness(change),
                  _ -> new Shared(change, new ArrayList<>()))
              .nodes()
              .add(node.name());
        }
      }
    }
    return List.copyOf(groups.values());
  }

  private static List<Object> likeness(ArtefactChange change) {
    return List.of(
        change.artefact(),
        change.kind(),
        change
            .hunks()
            .transform(hunks -> Stream.of(hunks.split("\n", -1)))
            .map(line -> line.startsWith("@@") ? "@@" : line)
            .filter(line -> !line.startsWith(" "))
            .toList());
  }

  private void hunks(StringBuilder text, Shared shared) {
    ArtefactChange change = shared.change();
    String name = shared.nodes().getFirst() + "/" + change.artefact();
    if (shared.nodes().size() > 1) {
      line(text, "the same at " + shared.nodes().size() + " nodes: " + names(shared.nodes()), BOLD);
    }
    line(text, "--- " + (change.kind() == Kind.ADDED ? "/dev/null" : "a/" + name), BOLD);
    line(text, "+++ " + (change.kind() == Kind.REMOVED ? "/dev/null" : "b/" + name), BOLD);
    for (String line : change.hunks().split("\n", -1)) {
      if (line.isEmpty()) {
        continue; // behind the last line feed
      }
      line(
          text,
          line,
          switch (line.charAt(0)) {
            case '@' -> CYAN;
            case '+' -> GREEN;
            case '-' -> RED;
            default -> "";
          });
    }
  }

  private static final String BOLD = "\033[1m";
  private static final String RED = "\033[31m";
  private static final String GREEN = "\033[32m";
  private static final String CYAN = "\033[36m";
  private static final String PLAIN = "\033[0m";

  private void line(StringBuilder text, String line, String code) {
    String shown = terminal ? visible(line) : line;
    if (colour && !code.isEmpty()) {
      text.append(code).append(shown).append(PLAIN);
    } else {
      text.append(shown);
    }
    text.append('\n');
  }

  /** A script may hold what steers a terminal, or turns the direction of reading. */
  private static String visible(String line) {
    StringBuilder shown = new StringBuilder();
    line.codePoints()
        .forEach(point -> {
          if (point == '\t') {
            shown.append('\t');
          } else if (point < ' ' || point == 0x7f) {
            shown.append('^').append((char) (point ^ 0x40));
          } else if (Character.isISOControl(point)
              || Character.getType(point) == Character.FORMAT
              || Character.getType(point) == Character.SURROGATE) {
            shown.append(String.format(Locale.ROOT, "<U+%04X>", point));
          } else {
            shown.appendCodePoint(point);
          }
        });
    int length = shown.codePointCount(0, shown.length());
    return length <= LONGEST
        ? shown.toString()
        : shown.substring(0, shown.offsetByCodePoints(0, LONGEST))
            + "… ("
            + length
            + " characters)";
  }

  private String afterwards() {
    StringBuilder text = new StringBuilder();
    for (NodeChange node : diff.nodes()) {
      if (!(node instanceof Changed)) {
        text.append(node).append('\n');
      }
    }
    effects(text);
    for (NodeChange node : diff.nodes()) {
      if (node instanceof Changed changed) {
        for (FieldChange field : changed.fields()) {
          boolean seen = !changed.artefacts().isEmpty();
          if (!field.effect().isEmpty() || !seen) {
            text.append(node.name()).append(": ").append(of(field, Reach.NOTHING)).append('\n');
          }
        }
      }
    }
    for (FieldChange field : diff.site()) {
      if (!field.effect().isEmpty()) {
        text.append("site: ").append(of(field, Reach.NOTHING)).append('\n');
      }
    }
    return text.append(verdict()).append('\n').toString();
  }

  private static String of(FieldChange field, Reach otherwise) {
    return field.key()
        + (field.before().equals(field.after())
            ? " differs"
            : " " + field.before() + " -> " + field.after())
        + ": "
        + (field.effect().isEmpty() ? otherwise.words() : field.effect());
  }

  /** A line for each effect, with the nodes; for those to reinstall, with the command. */
  private void effects(StringBuilder text) {
    Map<Effect, Map<String, List<NodeName>>> nodes = new TreeMap<>();
    for (NodeChange node : diff.nodes()) {
      if (node instanceof Changed changed) {
        for (Effect effect : changed.effects()) {
          String command =
              effect == Effect.REINSTALL
                  ? changed.reinstall().replaceFirst(" " + node.name() + "\\b", " NODE")
                  : "";
          nodes
              .computeIfAbsent(effect, _ -> new LinkedHashMap<>())
              .computeIfAbsent(command, _ -> new ArrayList<>())
              .add(node.name());
        }
      }
    }
    nodes.forEach((effect, commands) ->
        commands.forEach((command, names) ->
            text.append(names(names))
                .append(": ")
                .append(effect.words())
                .append(
                    command.isEmpty()
                        ? ""
                        : ": "
                            + (names.size() == 1
                                ? command.replace("NODE", names.getFirst().text())
                                : command)
                            + (command.contains("--restore")
                                ? " (a backup; without --restore its cloud is lost)"
                                : ""))
                .append('\n')));
  }

  private String verdict() {
    long reinstalls = diff.reinstalls().size();
    long differ = diff.nodes().size();
    String between = " between " + diff.before() + " and " + diff.after();
    if (diff.isEmpty()) {
      return "no difference" + between + " (" + count(diff.compared(), "node") + ")";
    }
    if (differ == 0) {
      return "no node differs"
          + between
          + " ("
          + count(diff.compared(), "node")
          + "), the site does";
    }
    return count(differ, "node")
        + " of "
        + diff.compared()
        + (differ == 1 ? " differs" : " differ")
        + between
        + "; "
        + reinstalls
        + " would have to be reinstalled for all of it";
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /** {@code kvm1..kvm200, mgmt1}: names that only count up are told by their ends. */
  static String names(List<NodeName> nodes) {
    List<String> parts = new ArrayList<>();
    int begin = 0;
    while (begin < nodes.size()) {
      int end = begin;
      while (end + 1 < nodes.size() && follows(nodes.get(end).text(), nodes.get(end + 1).text())) {
        end++;
      }
      if (end - begin >= 2) {
        parts.add(nodes.get(begin) + ".." + nodes.get(end));
      } else {
        nodes.subList(begin, end + 1).forEach(name -> parts.add(name.text()));
      }
      begin = end + 1;
    }
    return String.join(", ", parts);
  }

  /** Whether the second name is the first one with its last number one higher. */
  private static boolean follows(String first, String second) {
    String stem = first.replaceFirst("[0-9]{1,9}$", "");
    String number = first.substring(stem.length());
    if (number.isEmpty()) {
      return false;
    }
    String next = Long.toString(Long.parseLong(number) + 1);
    return second.equals(stem + "0".repeat(Math.max(0, number.length() - next.length())) + next);
  }

  private static String table(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream()
        .map(row -> {
          StringBuilder line = new StringBuilder();
          for (int i = 0; i < columns; i++) {
            line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
          }
          return line.toString().stripTrailing() + "\n";
        })
        .collect(Collectors.joining());
  }
}
