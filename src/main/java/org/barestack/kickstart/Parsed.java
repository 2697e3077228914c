package org.barestack.kickstart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A line of a command, taken apart.
 *
 * @param word the command
 * @param source the included file it stands in; empty for the kickstart itself
 * @param line from 1
 * @param raw the line as it stands there
 * @param given every option that was given, by the name it is known by, with its last value
 * @param positions the arguments for each position
 * @param left what nothing took
 */
record Parsed(
    Token word,
    String source,
    int line,
    String raw,
    Map<String, Given> given,
    List<List<Token>> positions,
    List<Token> left) {
  /**
   * An option that was given.
   *
   * @param at the option itself
   * @param value empty for one without
   */
  record Given(Token at, Optional<String> value) {}

  Parsed {
    given = Map.copyOf(new LinkedHashMap<>(given));
    positions = positions.stream().map(List::copyOf).toList();
    left = List.copyOf(left);
  }

  String name() {
    return word.text();
  }

  boolean has(String option) {
    return given.containsKey(option);
  }

  /** A value that is not empty. */
  Optional<String> value(String option) {
    return Optional.ofNullable(given.get(option))
        .flatMap(Given::value)
        .filter(value -> !value.isEmpty());
  }

  /** A value that is a number; empty also where it is none. */
  Optional<Long> number(String option) {
    return value(option).flatMap(Parsed::numberOf);
  }

  private static Optional<Long> numberOf(String text) {
    try {
      return Optional.of(Long.parseLong(PythonText.strip(text).replace("_", "")));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether it was given, and with something that Python takes for true. */
  boolean says(String option) {
    Given one = given.get(option);
    return one != null && (one.value().isEmpty() || !one.value().get().isEmpty());
  }

  Optional<Token> at(String option) {
    return Optional.ofNullable(given.get(option)).map(Given::at);
  }

  /** The arguments without a name, in order. */
  List<Token> arguments() {
    List<Token> all = new ArrayList<>();
    positions.forEach(all::addAll);
    return all;
  }

  /** The first of them. */
  Optional<Token> first() {
    return arguments().stream().findFirst();
  }

  /** The same with what earlier lines of the command gave. */
  Parsed after(Map<String, Given> earlier) {
    Map<String, Given> all = new LinkedHashMap<>(earlier);
    all.putAll(given);
    return new Parsed(word, source, line, raw, all, positions, left);
  }

  boolean hasAny(Set<String> options) {
    return options.stream().anyMatch(this::has);
  }
}
