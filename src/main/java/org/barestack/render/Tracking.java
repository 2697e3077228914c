package org.barestack.render;

import com.hubspot.jinjava.objects.collections.PyList;
import com.hubspot.jinjava.objects.collections.PyMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.render.Draft.Ending;
import org.barestack.render.Draft.Filled;
import org.barestack.render.Draft.Part;
import org.barestack.render.Draft.Path;
import org.barestack.render.Draft.Piece;
import org.jspecify.annotations.Nullable;

/**
 * Watches a template run, to make a {@link Draft} of it. An expression that is a value and one
 * filter becomes a gap, of which a mark is left in the output; every other value that is read is
 * relied on.
 */
final class Tracking {
  /** Of Unicode's private use, around a gap's number; nothing that we write holds them. */
  private static final char OPEN = '\uE000';

  private static final char CLOSE = '\uE001';

  private static final String NAME = "\\w+(?:\\.\\w+)*";
  private static final String TEXT = "\"[^\"\\\\]*\"|'[^'\\\\]*'";

  /** A value, or several joined in parentheses. */
  static final String VALUE =
      NAME
          + "|\\(\\s*(?:"
          + NAME
          + "|"
          + TEXT
          + ")(?:\\s*~\\s*(?:"
          + NAME
          + "|"
          + TEXT
          + "))*\\s*\\)";

  private static final Pattern OPERAND =
      Pattern.compile("(?<text>" + TEXT + ")|(?<name>" + NAME + ")");

  private final Map<String, ?> view;
  private final Set<Object> ofSite;
  private final IdentityHashMap<Object, Path> paths = new IdentityHashMap<>();
  private final Set<Object> ambiguous = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Path, Object> relied = new LinkedHashMap<>();
  private final List<Piece.Gap> gaps = new ArrayList<>();
  private boolean traceable = true;
  private boolean writing;

  /**
   * @param ofSite all maps and lists of the site's own view, which is the same for all nodes
   */
  Tracking(Map<String, ?> view, Set<Object> ofSite) {
    this.view = view;
    this.ofSite = ofSite;
    view.forEach((name, value) -> {
      if (!name.equals("site")) {
        place(value, new Path(List.of(name)));
      }
    });
  }

  private void place(Object value, Path path) {
    if (!(value instanceof Map<?, ?>) && !(value instanceof List<?>)) {
      return;
    }
    if (ofSite.contains(value) || paths.putIfAbsent(value, path) != null) {
      ambiguous.add(value); // as empty ones are, of which there is only one
      return;
    }
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> place(inner, path.to(key)));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        place(list.get(i), path.to(i));
      }
    }
  }

  private static Object plain(Object value) {
    return switch (value) {
      case PyMap wrapped -> wrapped.toMap();
      case PyList wrapped -> wrapped.toList();
      default -> value;
    };
  }

  /** A variable was read. */
  void read(String name) {
    Object value = view.get(name);
    if (!writing && value != null && !name.equals("site")) {
      relied.put(new Path(List.of(name)), Draft.essence(value));
    }
  }

  /**
   * A value was read out of a map or list. One that is not of the view is the site's, or was put
   * together by the template from what is relied on already.
   */
  void read(Object container, Object step, @Nullable Object value) {
    Object plain = plain(container);
    Path path = paths.get(plain);
    if (writing || (path == null && !ambiguous.contains(plain))) {
      return;
    }
    if (path == null || value == null || ambiguous.contains(plain)) {
      traceable = false;
    } else {
      relied.put(path.to(step), Draft.essence(value));
    }
  }

  private @Nullable Path path(Object container) {
    Object plain = plain(container);
    return ambiguous.contains(plain) ? null : paths.get(plain);
  }

  /** While a value is read only to be written. */
  void writing(boolean now) {
    writing = now;
  }

  /**
   * Where all that an expression joins can be found in another view; empty if it cannot, so that
   * what it reads is relied on.
   *
   * @param expression a value, or several joined by tildes in parentheses
   * @param names what the names in it are where it stands
   */
  Optional<List<Part>> parts(String expression, Function<String, @Nullable Object> names) {
    boolean before = writing;
    writing = true; // to look is not to rely
    try {
      List<Part> parts = new ArrayList<>();
      boolean joined = expression.startsWith("(");
      Matcher operand = OPERAND.matcher(expression);
      while (operand.find()) {
        String text = operand.group("text");
        Part part =
            text != null
                ? new Part.Same(text.substring(1, text.length() - 1))
                : part(List.of(operand.group("name").split("[.]", -1)), names, joined);
        if (part == null) {
          return Optional.empty();
        }
        parts.add(part);
      }
      return Optional.of(parts);
    } finally {
      writing = before;
    }
  }

  /** What stands in the output for what a filter wrote. */
  String gap(List<Part> parts, Filled filter, String written) {
    gaps.add(new Piece.Gap(parts, filter, Ending.of(written)));
    return "" + OPEN + (gaps.size() - 1) + CLOSE;
  }

  @SuppressWarnings("ReferenceEquality") // another value of that name hides the variable
  private @Nullable Part part(
      List<String> names, Function<String, @Nullable Object> scope, boolean joined) {
    Object first = scope.apply(names.getFirst());
    if (first == null) {
      return null;
    }
    if (names.size() == 1) {
      return view.get(names.getFirst()) == first
          ? new Part.Read(new Path(List.of(names.getFirst())))
          : null;
    }
    Object at = plain(first);
    for (String name : names.subList(1, names.size() - 1)) {
      at = at == null ? null : step(at, name);
    }
    if (at == null) {
      return null;
    }
    if (ambiguous.contains(at)) {
      traceable = false;
    }
    Path path = path(at);
    if (path != null) {
      return new Part.Read(path.to(key(at, names.getLast())));
    }
    Object value = step(at, names.getLast());
    return joined && value != null && ofSite.contains(at) ? new Part.Same(value.toString()) : null;
  }

  private static @Nullable Object step(Object at, String name) {
    return switch (at) {
      case Map<?, ?> map -> map.get(name);
      case List<?> list when name.matches("\\d{1,5}") && Integer.parseInt(name) < list.size() ->
          list.get(Integer.parseInt(name));
      default -> null;
    };
  }

  private static Object key(Object container, String name) {
    return container instanceof List<?> && name.matches("\\d{1,5}")
        ? (Object) Integer.valueOf(name)
        : name;
  }

  /** All maps and lists in a value. */
  static Set<Object> containers(Object value) {
    Set<Object> all = Collections.newSetFromMap(new IdentityHashMap<>());
    collect(value, all);
    return all;
  }

  private static void collect(Object value, Set<Object> all) {
    if (value instanceof Map<?, ?> map && all.add(map)) {
      map.values().forEach(inner -> collect(inner, all));
    } else if (value instanceof List<?> list && all.add(list)) {
      list.forEach(inner -> collect(inner, all));
    }
  }

  /** The draft, if all could be traced; {@code output} holds the marks. */
  Optional<Draft> draft(String output) {
    if (!traceable) {
      return Optional.empty();
    }
    List<Piece> pieces = new ArrayList<>();
    int from = 0;
    for (int at = output.indexOf(OPEN); at >= 0; at = output.indexOf(OPEN, from)) {
      int end = output.indexOf(CLOSE, at);
      String number = end < 0 ? "" : output.substring(at + 1, end);
      if (!number.matches("\\d{1,6}") || Integer.parseInt(number) >= gaps.size()) {
        return Optional.empty();
      }
      pieces.add(new Piece.Text(output.substring(from, at)));
      pieces.add(gaps.get(Integer.parseInt(number)));
      from = end + 1;
    }
    pieces.add(new Piece.Text(output.substring(from)));
    return Optional.of(new Draft(view.get("site"), relied, pieces));
  }
}
