package org.barestack.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.barestack.site.Value.Mapping;
import org.barestack.site.Value.Scalar;
import org.barestack.site.Value.Sequence;

/** A node written as YAML. */
final class NodeLines {
  /** What every reader of YAML takes for text without quotes. */
  private static final Pattern PLAIN =
      Pattern.compile(
          "[A-Za-z/][A-Za-z0-9._/-]*|[0-9]{1,3}(\\.[0-9]{1,3}){3}|[1-9][0-9]{0,5}[KMGT]");

  /** YAML 1.1 and 1.2 take these for something else. */
  private static final Set<String> WORDS =
      Set.of("null", "true", "false", "yes", "no", "on", "off", "y", "n");

  private NodeLines() {}

  /** In one line: {@code kvm2: { role: kvm-worker, .. }}. */
  static String flow(String name, Mapping node) {
    return name + ": " + flow(node);
  }

  /**
   * A line a key.
   *
   * @param indent of the name, in spaces
   * @param step how much further in its keys stand
   * @param flowNics whether the NICs share a line
   */
  static List<String> block(String name, Mapping node, int indent, int step, boolean flowNics) {
    List<String> lines = new ArrayList<>();
    lines.add(" ".repeat(indent) + name + ":");
    node.entries()
        .forEach((key, value) -> {
          String start = " ".repeat(indent + step) + key + ":";
          boolean below = key.equals("disks") || (key.equals("nics") && !flowNics);
          if (below) {
            lines.add(start);
            value
                .entries()
                .forEach((inner, each) ->
                    lines.add(" ".repeat(indent + 2 * step) + inner + ": " + flow(each)));
          } else {
            lines.add(start + " " + flow(value));
          }
        });
    return lines;
  }

  private static String flow(Value value) {
    return switch (value) {
      case Mapping(var _, Map<String, Value> entries) ->
          entries.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + flow(entry.getValue()))
              .collect(Collectors.joining(", ", "{ ", " }"));
      case Sequence(var _, List<Value> items) ->
          items.stream().map(NodeLines::flow).collect(Collectors.joining(", ", "[", "]"));
      case Scalar(var _, var _, String text) -> scalar(text);
      case Value.Unread _ -> throw new IllegalArgumentException("nothing can be written");
    };
  }

  private static String scalar(String text) {
    return PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT))
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
