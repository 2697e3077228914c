package org.barestack.kickstart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  private static final long LARGEST = 1L << 40;

  /**
   * An option that was given.
   *
   * @param at the option itself
   * @param value empty for one without
   * @param truth whether Python takes what came of it for true: no empty text, no 0, no empty list
   */
  record Given(Token at, Optional<String> value, boolean truth) {}

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

  /** Numbers in Python have no end; here those beyond what any disk holds are all one. */
  private static Optional<Long> numberOf(String text) {
    if (!PythonText.isInteger(text)) {
      return Optional.empty();
    }
    String digits = PythonText.strip(text).replace("_", "");
    try {
      return Optional.of(Math.clamp(Long.parseLong(digits), -LARGEST, LARGEST));
    } catch (NumberFormatException e) {
      return Optional.of(digits.startsWith("-") ? -LARGEST : LARGEST);
    }
  }

  /** Whether it was given, and with something that Python takes for true. */
  boolean says(String option) {
    Given one = given.get(option);
    return one != null && one.truth();
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
}
