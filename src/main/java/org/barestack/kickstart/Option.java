package org.barestack.kickstart;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An option of a command or section.
 *
 * @param names with their hyphens; the first one is how it is known
 * @param takes whether a value follows it
 * @param type what values it takes
 * @param choices the only values it takes; empty for any of its type
 * @param anyCase whether choices are compared without regard to case
 * @param required whether the command needs it
 * @param fate whether it still does something
 * @param instead what to write in its place, where it is deprecated or removed; may be empty
 */
record Option(
    List<String> names,
    Takes takes,
    Type type,
    Set<String> choices,
    boolean anyCase,
    boolean required,
    Fate fate,
    String instead) {
  enum Takes {
    NOTHING,
    A_VALUE,
    MAYBE_A_VALUE
  }

  enum Type {
    TEXT,
    /** A text that may not be empty. */
    SOME_TEXT,
    /** Texts with commas between them. */
    LIST,
    INTEGER,
    BOOLEAN
  }

  private static final Pattern NAMES_NOTHING = Pattern.compile("[,\\s]*+");

  Option {
    names = List.copyOf(names);
    choices = Set.copyOf(choices);
  }

  static Option flag(String... names) {
    return new Option(
        List.of(names), Takes.NOTHING, Type.TEXT, Set.of(), false, false, Fate.GOOD, "");
  }

  static Option value(String... names) {
    return new Option(
        List.of(names), Takes.A_VALUE, Type.TEXT, Set.of(), false, false, Fate.GOOD, "");
  }

  static Option maybeValue(String... names) {
    return new Option(
        List.of(names), Takes.MAYBE_A_VALUE, Type.TEXT, Set.of(), false, false, Fate.GOOD, "");
  }

  static Option list(String... names) {
    return value(names).typed(Type.LIST);
  }

  static Option integer(String... names) {
    return value(names).typed(Type.INTEGER);
  }

  static Option choice(String name, String... choices) {
    return new Option(
        List.of(name), Takes.A_VALUE, Type.TEXT, Set.of(choices), false, false, Fate.GOOD, "");
  }

  /** Its choices in any case. */
  Option inAnyCase() {
    return new Option(names, takes, type, choices, true, required, fate, instead);
  }

  Option typed(Type type) {
    return new Option(names, takes, type, choices, anyCase, required, fate, instead);
  }

  /** The command needs it. */
  Option needed() {
    return new Option(names, takes, type, choices, anyCase, true, fate, instead);
  }

  /** It is taken, and does nothing any more. */
  Option deprecated(String instead) {
    return new Option(names, takes, type, choices, anyCase, required, Fate.DEPRECATED, instead);
  }

  /** The name it is known by. */
  String name() {
    return names.getFirst();
  }

  boolean is(String name) {
    return names.contains(name);
  }

  /** Why a value is not one of its; empty if it is. */
  Optional<String> objection(String value) {
    if (!choices.isEmpty() && !choices.contains(anyCase ? value.toLowerCase(Locale.ROOT) : value)) {
      return Optional.of("takes only " + listed(choices));
    }
    return switch (type) {
      case TEXT, LIST -> Optional.empty();
      case SOME_TEXT -> value.isEmpty() ? Optional.of("takes no empty text") : Optional.empty();
      case INTEGER ->
          PythonText.isInteger(value) ? Optional.empty() : Optional.of("takes a whole number");
      case BOOLEAN ->
          Set.of("on", "yes", "true", "1", "off", "no", "false", "0")
                  .contains(value.toLowerCase(Locale.ROOT))
              ? Optional.empty()
              : Optional.of("takes yes or no");
    };
  }

  /** What to do about a value that is not one of its. */
  String correction() {
    return switch (type) {
      case TEXT, LIST -> choices.isEmpty() ? "correct the value" : "use one of these";
      case SOME_TEXT -> "write a value, or leave the option out";
      case INTEGER -> "write digits only, without a unit";
      case BOOLEAN -> "write yes or no";
    };
  }

  /** Whether Python takes what comes of a value for true. */
  boolean isTrue(String value) {
    return switch (type) {
      case TEXT, SOME_TEXT -> !value.isEmpty();
      case LIST -> !value.isEmpty() && !NAMES_NOTHING.matcher(value).matches();
      case INTEGER -> value.chars().anyMatch(c -> Character.digit(c, 10) > 0);
      case BOOLEAN -> Set.of("on", "yes", "true", "1").contains(value.toLowerCase(Locale.ROOT));
    };
  }

  private static String listed(Set<String> words) {
    return Stream.of(new TreeSet<>(words)).flatMap(Set::stream).collect(Collectors.joining(", "));
  }
}
