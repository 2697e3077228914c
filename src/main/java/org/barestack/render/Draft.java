package org.barestack.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The output of a template with gaps where values were written and nothing else was done with them,
 * and all that it relied on. Of a view that has the same of that, it is the output once the gaps
 * are filled, and the template need not run: a thousand nodes of one kind differ in a dozen values.
 *
 * @param site the site that it was made of, which is not looked into; null if there is none
 * @param relied what was read and may have decided something, by where it was read
 */
record Draft(@Nullable Object site, Map<Path, Object> relied, List<Piece> pieces) {
  /** A part of the output. */
  sealed interface Piece {
    /** What is always the same. */
    record Text(String text) implements Piece {}

    /**
     * A value that a filter wrote.
     *
     * @param parts one that is read as it is, or several that are joined to a text
     * @param ending of what it wrote
     */
    record Gap(List<Part> parts, Filled filter, Ending ending) implements Piece {}
  }

  /** A part of what is written. */
  sealed interface Part {
    /** The same in all views. */
    record Same(String text) implements Part {}

    /** Of the view. */
    record Read(Path path) implements Part {}
  }

  /** Writes a value for its context. */
  @FunctionalInterface
  interface Filled {
    /** As the filter does in a template, refusing what does not fit. */
    String write(Object value);
  }

  /** All that an include looks at in what was written: whether its last line has an end. */
  enum Ending {
    EMPTY,
    OPEN,
    LINE;

    static Ending of(String text) {
      return text.isEmpty() ? EMPTY : text.endsWith("\n") ? LINE : OPEN;
    }
  }

  /**
   * Where a value stands in a view.
   *
   * @param steps the variable's name, then keys of maps and indices of lists
   */
  record Path(List<Object> steps) {
    Path {
      steps = List.copyOf(steps);
    }

    Path to(Object step) {
      List<Object> longer = new ArrayList<>(steps);
      longer.add(step);
      return new Path(longer);
    }

    /** The value there; null if there is none. */
    @Nullable Object in(Map<String, ?> view) {
      Object at = view;
      for (Object step : steps) {
        at =
            switch (at) {
              case Map<?, ?> map -> map.get(step);
              case List<?> list when step instanceof Integer index && index < list.size() ->
                  list.get(index);
              case null, default -> null;
            };
      }
      return at;
    }
  }

  Draft {
    relied = Map.copyOf(relied);
    pieces = List.copyOf(pieces);
  }

  /**
   * What can be relied on in a value without looking into maps, which are read key by key.
   *
   * @param value a map, list, text, number or truth value
   */
  static Object essence(Object value) {
    return switch (value) {
      case Map<?, ?> map -> Set.copyOf(map.keySet());
      case List<?> list -> list.stream().map(Draft::essence).toList();
      default -> value;
    };
  }

  /** The output for another view; empty if the template has to run for it. */
  @SuppressWarnings("ReferenceEquality") // two views of sites are long, and never equal
  Optional<String> filled(Map<String, ?> view) {
    if (view.get("site") != site) {
      return Optional.empty();
    }
    for (Map.Entry<Path, Object> read : relied.entrySet()) {
      Object there = read.getKey().in(view);
      if (there == null || !essence(there).equals(read.getValue())) {
        return Optional.empty();
      }
    }
    if (pieces.size() == 1 && pieces.getFirst() instanceof Piece.Text(String same)) {
      return Optional.of(same);
    }
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Text(String same) -> text.append(same);
        case Piece.Gap gap -> {
          Optional<String> written = written(gap, view);
          if (written.isEmpty()) {
            return Optional.empty();
          }
          text.append(written.get());
        }
      }
    }
    return Optional.of(text.toString());
  }

  private static @Nullable Object value(List<Part> parts, Map<String, ?> view) {
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Read(Path path)) {
      return path.in(view);
    }
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      Object value =
          switch (part) {
            case Part.Same(String same) -> same;
            case Part.Read(Path path) -> path.in(view);
          };
      if (value == null) {
        return null;
      }
      text.append(value);
    }
    return text.toString();
  }

  private static Optional<String> written(Piece.Gap gap, Map<String, ?> view) {
    Object value = value(gap.parts(), view);
    if (value == null) {
      return Optional.empty();
    }
    try {
      String written = gap.filter().write(value);
      return Ending.of(written) == gap.ending() ? Optional.of(written) : Optional.empty();
    } catch (Contexts.Refusal e) {
      return Optional.empty(); // the template says where
    }
  }
}
