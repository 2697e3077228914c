package org.barestack.site;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.barestack.site.Value.Kind;
import org.barestack.site.Value.Mapping;
import org.barestack.site.Value.Scalar;
import org.barestack.site.Value.Sequence;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML bytes to a tree of values with their places.
 *
 * <p>Plain scalars are typed by YAML 1.2's core schema (§10.3.2), not by 1.1's: {@code no} and
 * {@code 52:54:00:00:00:01} stay text, as people mean them.
 */
final class YamlText {
  /** Octets; a site of a thousand nodes has about 300 000. */
  static final int MAX_SIZE = 1 << 20;

  private static final int MAX_DEPTH = 24;
  private static final int MAX_VALUES = 100_000;

  /** Characters of one scalar; an RSA-16384 public key has 2 800. */
  private static final int MAX_SCALAR = 4_096;

  private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
  private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
  private static final Pattern NUMBER =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
              + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  private final Reading reading;
  private final @Nullable String mend;
  private int values;

  /** Reads a site file. */
  YamlText(Reading reading) {
    this(reading, null);
  }

  /**
   * Reads another file.
   *
   * @param mend what to do when it is not what it should be as a whole
   */
  YamlText(Reading reading, @Nullable String mend) {
    this.reading = reading;
    this.mend = mend;
  }

  private String orMend(String remedy) {
    return mend != null ? mend : remedy;
  }

  /**
   * The document's mapping.
   *
   * @throws Reading.Reported if there is none
   */
  Value parse(byte[] bytes) {
    if (bytes.length > MAX_SIZE) {
      throw reading.fatal(Place.START, "the file is larger than 1 MiB", orMend("split the site"));
    }
    Node root = compose(decode(bytes));
    Value value = value(root, Place.START, 1);
    if (!(value instanceof Mapping)) {
      throw reading.fatal(
          Place.START, "the file is not a mapping of keys", orMend("begin with 'site: <name>'"));
    }
    return value;
  }

  private String decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      throw reading.fatal(endOf(text), "the file is not UTF-8 from here on", "save it as UTF-8");
    }
    if (text.startsWith("\ufeff")) {
      text = text.substring(1);
    }
    int odd = 0;
    while (odd < text.length() && StreamReader.isPrintable(text.codePointAt(odd))) {
      odd += Character.charCount(text.codePointAt(odd));
    }
    if (odd < text.length()) {
      throw reading.fatal(
          endOf(text.substring(0, odd)),
          String.format("the character U+%04X may not stand in YAML", text.codePointAt(odd)),
          "remove it");
    }
    return text;
  }

  private static Place endOf(String text) {
    String[] lines = text.split("\r\n|[\r\n]", -1);
    String last = lines[lines.length - 1];
    return new Place(lines.length, last.codePointCount(0, last.length()) + 1, "");
  }

  private Node compose(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setMaxAliasesForCollections(1_000);
    Resolver everythingIsText =
        new Resolver() {
          @Override
          protected void addImplicitResolvers() {}
        };
    try {
      Node root =
          new Composer(new ParserImpl(new StreamReader(text), options), everythingIsText, options)
              .getSingleNode();
      if (root == null) {
        throw reading.fatal(Place.START, "the file is empty", orMend("begin with 'site: <name>'"));
      }
      return root;
    } catch (MarkedYAMLException e) {
      throw syntax(e, text);
    } catch (YAMLException e) {
      throw reading.fatal(
          Place.START, "the file nests or repeats too much: " + e.getMessage(), "flatten it");
    }
  }

  private Reading.Reported syntax(MarkedYAMLException e, String text) {
    String problem = String.valueOf(e.getProblem());
    if (problem.startsWith("but found another document")) {
      return reading.fatal(
          Place.of(e.getProblemMark()),
          "a second document begins here",
          orMend("keep one site in a file; several go to sites/<name>/site.yaml"));
    }
    if (problem.contains("(TAB)")) {
      return reading.fatal(Place.of(e.getProblemMark()), "a tab", "indent with spaces");
    }
    Optional<Event> quoted = quotedOverLines(text);
    if (quoted.isPresent()) {
      return reading.fatal(
          Place.of(quoted.get().getStartMark()),
          "a quote opens here and closes only in line " + (quoted.get().getEndMark().getLine() + 1),
          "close it in its own line");
    }
    String context = e.getContext() == null ? "" : " " + e.getContext();
    // An open quote, bracket or key is noticed lines later; where it opens is where to look.
    boolean opensEarlier =
        e.getContextMark() != null && context.matches(" while (scanning|parsing a flow).*");
    Mark mark = opensEarlier ? e.getContextMark() : e.getProblemMark();
    return reading.fatal(
        mark == null ? Place.START : Place.of(mark),
        "not YAML: " + problem + context,
        "look here and one line above for a missing colon, bracket, quote or indentation");
  }

  /** The last quoted text over several lines before the fault: likely a forgotten quote. */
  private static Optional<Event> quotedOverLines(String text) {
    Parser parser = new ParserImpl(new StreamReader(text), new LoaderOptions());
    Optional<Event> found = Optional.empty();
    try {
      while (parser.peekEvent() != null) {
        Event event = parser.getEvent();
        if (event instanceof ScalarEvent scalar
            && !scalar.isPlain()
            && !scalar.isLiteral()
            && !scalar.isFolded()
            && scalar.getStartMark().getLine() < scalar.getEndMark().getLine()) {
          found = Optional.of(event);
        }
      }
    } catch (MarkedYAMLException e) {
      // the fault that made us look
    }
    return found;
  }

  private Value value(Node node, Place place, int depth) {
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      throw reading.fatal(
          Place.of(node.getStartMark()),
          "anchors and aliases make the file endless or huge",
          "write the values out");
    }
    if (!List.of(Tag.STR, Tag.SEQ, Tag.MAP).contains(node.getTag())) {
      throw reading.fatal(
          Place.of(node.getStartMark()),
          "tags like " + node.getTag() + " are not read",
          "remove it");
    }
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar, place);
      case SequenceNode sequence -> {
        List<Value> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          items.add(value(item, place.item(items.size(), item.getStartMark()), depth + 1));
        }
        yield new Sequence(place, items);
      }
      case MappingNode mapping -> mapping(mapping, place, depth);
      default -> throw new IllegalStateException("a composer makes no " + node.getClass());
    };
  }

  private Value mapping(MappingNode mapping, Place place, int depth) {
    Map<String, Value> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Mark mark = tuple.getKeyNode().getStartMark();
      if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
        throw reading.fatal(Place.of(mark), "a key is not plain text", "quote the key");
      }
      String key = scalar(name, place.child("?", mark)).text();
      Value value = value(tuple.getValueNode(), place.child(key, mark), depth + 1);
      Value first = entries.putIfAbsent(key, value);
      if (first != null) {
        reading.error(
            value, "given twice, first in line " + first.place().line(), "remove one of them");
      }
    }
    return new Mapping(place, entries);
  }

  private Scalar scalar(ScalarNode node, Place place) {
    String text = node.getValue();
    if (text.length() > MAX_SCALAR) {
      throw reading.fatal(place, "the value is longer than 4096 characters", "shorten it");
    }
    return new Scalar(place, node.isPlain() ? kind(text) : Kind.TEXT, text);
  }

  private static Kind kind(String text) {
    if (NULL.matcher(text).matches()) {
      return Kind.NULL;
    }
    if (BOOLEAN.matcher(text).matches()) {
      return Kind.BOOLEAN;
    }
    return NUMBER.matcher(text).matches() ? Kind.NUMBER : Kind.TEXT;
  }
}
