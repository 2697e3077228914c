package org.barestack.site;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.barestack.site.Value.Mapping;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * The text of a site file, and where one more node goes into it. Nothing that stands there is
 * written anew: an edit only inserts. Where things stand is asked of YAML's events and not of its
 * nodes, since a node behind an alias has the marks of its anchor.
 */
final class NodesText {
  private static final String BOM = "\ufeff";
  private static final String BREAKS = "\n\r\u0085\u2028\u2029";
  private static final int STEP = 2;

  /**
   * Text that is put in.
   *
   * @param at characters from the beginning of the old text
   */
  record Insertion(int at, String text) {}

  /** What comes of putting a node in. */
  sealed interface Result {
    /**
     * It can be.
     *
     * @param insertions by their place
     * @param lines of the node, as they come to stand there
     */
    record Edited(List<Insertion> insertions, List<String> lines) implements Result {
      public Edited {
        insertions = List.copyOf(insertions);
        lines = List.copyOf(lines);
      }
    }

    /** It cannot be. */
    record Impossible(String reason) implements Result {}
  }

  /**
   * One node of the file.
   *
   * @param contentEnd behind the last character that says something of it
   * @param block whether that is the end of a literal or folded text
   * @param flow whether it stands in braces; null if it is none of a mapping
   * @param childColumn where its keys begin; -1 if they stand in braces, or there are none
   * @param flowNics whether its nics stand in braces
   */
  private record Entry(
      Mark key,
      Mark contentEnd,
      boolean block,
      @Nullable Boolean flow,
      int childColumn,
      boolean flowNics) {}

  private final String text;
  private final int start;
  private final Parser parser;
  private final Deque<Boolean> open = new ArrayDeque<>();
  private Mark contentEnd;
  private boolean blockText;

  private NodesText(String text) {
    this.text = text;
    this.start = text.startsWith(BOM) ? BOM.length() : 0;
    this.parser = new ParserImpl(new StreamReader(text.substring(start)), new LoaderOptions());
    this.contentEnd = parser.peekEvent().getStartMark();
  }

  /**
   * Looks where a node goes.
   *
   * @param text of a site file that can be parsed
   */
  static Result add(String text, String name, Mapping node) {
    return new NodesText(text).add(name, node);
  }

  /** The lines of a node as they would stand in a file without any other. */
  static List<String> lines(String name, Mapping node) {
    return NodeLines.block(name, node, STEP, STEP, true);
  }

  /** The old text with what is put in. */
  static String apply(String text, List<Insertion> insertions) {
    StringBuilder edited = new StringBuilder(text);
    insertions.stream()
        .sorted(Comparator.comparingInt(Insertion::at).reversed())
        .forEach(one -> edited.insert(one.at, one.text));
    return edited.toString();
  }

  private Result add(String name, Mapping node) {
    next(); // the stream
    next(); // the document
    if (!(next() instanceof MappingStartEvent)) {
      return new Result.Impossible("the file is not a mapping of keys");
    }
    while (!parser.checkEvent(Event.ID.MappingEnd)) {
      boolean nodes =
          parser.peekEvent() instanceof ScalarEvent key && key.getValue().equals("nodes");
      Mark mark = parser.peekEvent().getStartMark();
      skip();
      if (nodes) {
        return below(mark, name, node);
      }
      skip();
    }
    return new Result.Impossible("the file has no key nodes");
  }

  private Result below(Mark key, String name, Mapping node) {
    return switch (next()) {
      case MappingStartEvent mapping when mapping.isFlow() -> inBraces(mapping, name, node);
      case MappingStartEvent _ -> inLines(entries(), name, node);
      case ScalarEvent scalar when scalar.isPlain() && scalar.getValue().isEmpty() ->
          belowNothing(key, name, node);
      case AliasEvent _ -> new Result.Impossible("nodes is an alias of something else");
      default -> new Result.Impossible("nodes is not a mapping of names");
    };
  }

  // The parser.

  private Event next() {
    Event event = parser.getEvent();
    switch (event) {
      case CollectionStartEvent start -> open.push(start.isFlow());
      case CollectionEndEvent end -> {
        if (open.pop()) {
          content(end, false);
        }
      }
      case ScalarEvent scalar -> content(scalar, scalar.isLiteral() || scalar.isFolded());
      case AliasEvent alias -> content(alias, false);
      default -> {}
    }
    return event;
  }

  private void content(Event event, boolean block) {
    contentEnd = event.getEndMark();
    blockText = block;
  }

  /** Reads one whole value, and what lies in it. */
  private void skip() {
    if (next() instanceof CollectionStartEvent) {
      while (!(parser.peekEvent() instanceof CollectionEndEvent)) {
        skip();
      }
      next();
    }
  }

  /** All nodes; the next event is then the end of the mapping. */
  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    while (!(parser.peekEvent() instanceof MappingEndEvent)) {
      Mark key = parser.peekEvent().getStartMark();
      skip();
      entries.add(entry(key));
    }
    return entries;
  }

  private Entry entry(Mark key) {
    Boolean flow = null;
    int childColumn = -1;
    boolean flowNics = true;
    if (parser.peekEvent() instanceof MappingStartEvent start) {
      next();
      flow = start.isFlow();
      if (!flow && !(parser.peekEvent() instanceof MappingEndEvent)) {
        childColumn = parser.peekEvent().getStartMark().getColumn();
      }
      while (!(parser.peekEvent() instanceof MappingEndEvent)) {
        boolean nics =
            parser.peekEvent() instanceof ScalarEvent name && name.getValue().equals("nics");
        skip();
        if (nics && parser.peekEvent() instanceof MappingStartEvent value) {
          flowNics = value.isFlow();
        }
        skip();
      }
      next();
    } else {
      skip();
    }
    return new Entry(key, contentEnd, blockText, flow, childColumn, flowNics);
  }

  // The text.

  /** Characters from the beginning of the text; marks count code points from behind its BOM. */
  private int index(Mark mark) {
    return text.offsetByCodePoints(start, mark.getIndex());
  }

  private int lineStart(int at) {
    int from = at;
    while (from > start && BREAKS.indexOf(text.charAt(from - 1)) < 0) {
      from--;
    }
    return from;
  }

  /** Behind the line break of the line at that place; the end of the text where it has none. */
  private int nextLine(int at) {
    int to = at;
    while (to < text.length() && BREAKS.indexOf(text.charAt(to)) < 0) {
      to++;
    }
    return to + lineBreak(to).length();
  }

  /** The line break at that place; empty if there is none. */
  private String lineBreak(int at) {
    if (text.startsWith("\r\n", at)) {
      return "\r\n";
    }
    return at < text.length() && BREAKS.indexOf(text.charAt(at)) >= 0
        ? text.substring(at, at + 1)
        : "";
  }

  /** The nearest line break before that place, so that a file of mixed ones keeps its local one. */
  private String usualBreak(int at) {
    int last = at;
    while (last > start && BREAKS.indexOf(text.charAt(last - 1)) < 0) {
      last--;
    }
    if (last == start) {
      return "\n";
    }
    return last - 2 >= start && text.startsWith("\r\n", last - 2)
        ? "\r\n"
        : text.substring(last - 1, last);
  }

  /** A line without its break and the space around it. */
  private String line(int at) {
    return text.substring(at, nextLine(at)).strip();
  }

  private int indent(int at) {
    int to = at;
    while (to < text.length() && text.charAt(to) == ' ') {
      to++;
    }
    return to - at;
  }

  // Nodes that stand in lines of their own.

  private Result inLines(List<Entry> entries, String name, Mapping node) {
    Entry last = entries.getLast();
    int lineStart = lineStart(index(last.key));
    int indent = last.key.getColumn();
    if (indent(lineStart) != indent) {
      return new Result.Impossible("its last node does not begin its line");
    }
    int at = behindComments(behind(last), indent);
    boolean apart = entries.size() > 1 && blankAbove(lineStart);
    return edited(at, apart, lines(entries, indent, name, node));
  }

  /** In the style of the last node that has one. */
  private static List<String> lines(List<Entry> entries, int indent, String name, Mapping node) {
    Optional<Entry> model = entries.reversed().stream().filter(one -> one.flow != null).findFirst();
    if (model.isPresent() && Boolean.TRUE.equals(model.get().flow)) {
      return List.of(" ".repeat(indent) + NodeLines.flow(name, node));
    }
    int step = model.map(one -> one.childColumn - indent).filter(found -> found > 0).orElse(STEP);
    return NodeLines.block(name, node, indent, step, model.map(Entry::flowNics).orElse(true));
  }

  /** The beginning of the first line behind it. */
  private int behind(Entry entry) {
    int end = index(entry.contentEnd);
    // The mark of a literal or folded text stands on the line behind it, or at the text's end.
    return entry.block && end < text.length() ? lineStart(end) : nextLine(end);
  }

  /** Comments of the node before stay with it: those right below it, and those further in. */
  private int behindComments(int from, int indent) {
    int at = from;
    int look = from;
    boolean blank = false;
    while (look < text.length()) {
      String line = line(look);
      int column = indent(look);
      if (line.isEmpty()) {
        blank = true;
      } else if (line.startsWith("#") && (column > indent || (column == indent && !blank))) {
        at = nextLine(look);
        blank = false;
      } else {
        break;
      }
      look = nextLine(look);
    }
    return at;
  }

  private boolean blankAbove(int lineStart) {
    int at = lineStart;
    while (at > start) {
      at = lineStart(at - lineBreakBefore(at));
      String line = line(at);
      if (!line.startsWith("#")) {
        return line.isEmpty();
      }
    }
    return false;
  }

  private int lineBreakBefore(int at) {
    return at - 2 >= start && text.startsWith("\r\n", at - 2) ? 2 : 1;
  }

  private Result belowNothing(Mark key, String name, Mapping node) {
    int indent = key.getColumn() + STEP;
    int at = behindComments(nextLine(index(contentEnd)), indent);
    return edited(at, false, NodeLines.block(name, node, indent, STEP, true));
  }

  /**
   * Lines put in at the beginning of a line, or behind the last one.
   *
   * @param apart whether with an empty line before
   */
  private Result edited(int at, boolean apart, List<String> lines) {
    boolean unended = at == text.length() && lineStart(at) < at;
    String end = usualBreak(at);
    String whole = (apart ? end : "") + String.join(end, lines);
    return new Result.Edited(
        List.of(new Insertion(at, unended ? end + whole : whole + end)), lines);
  }

  // Nodes that stand in braces.

  private Result inBraces(MappingStartEvent mapping, String name, Mapping node) {
    List<Entry> entries = entries();
    int close = index(parser.peekEvent().getStartMark());
    String entry = NodeLines.flow(name, node);
    if (entries.isEmpty()) {
      int brace = text.lastIndexOf('{', close);
      return inBraces(
          entry, new Insertion(brace + 1, " " + entry + (brace + 1 < close ? "" : " ")));
    }
    Entry last = entries.getLast();
    int end = index(last.contentEnd);
    int comma = comma(end, close);
    int lineStart = lineStart(index(last.key));
    boolean ownLine =
        lineStart > index(mapping.getStartMark())
            && indent(lineStart) == last.key.getColumn()
            && nextLine(Math.max(end, comma)) <= close;
    if (!ownLine) {
      return inBraces(
          entry,
          comma < 0
              ? new Insertion(end, ", " + entry)
              : new Insertion(comma + 1, " " + entry + ","));
    }
    int at = nextLine(Math.max(end, comma));
    String line = " ".repeat(last.key.getColumn()) + entry + (comma < 0 ? "" : ",");
    Insertion whole = new Insertion(at, line + usualBreak(at));
    return comma < 0 ? inBraces(line, new Insertion(end, ","), whole) : inBraces(line, whole);
  }

  private static Result inBraces(String line, Insertion... insertions) {
    return new Result.Edited(List.of(insertions), List.of(line));
  }

  /** Where a comma follows the last entry; -1 if none does. */
  private int comma(int from, int close) {
    int at = from;
    while (at < close) {
      if (text.charAt(at) == ',') {
        return at;
      }
      at = text.charAt(at) == '#' ? nextLine(at) : at + 1;
    }
    return -1;
  }
}
