package org.barestack.kickstart;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.barestack.kickstart.Command.Condition;
import org.barestack.kickstart.Command.Problem;

/** The conditions between options that more than one command has. */
final class Conditions {
  private Conditions() {}

  static Condition exactlyOne(String... options) {
    return all(atLeastOne(options), atMostOne(options));
  }

  static Condition atLeastOne(String... options) {
    return line ->
        Arrays.stream(options).noneMatch(line::says)
            ? Optional.of(
                Problem.of(
                    Rule.MISSING_OPTION,
                    "one of " + String.join(", ", options) + " is needed",
                    "add one of them"))
            : Optional.empty();
  }

  static Condition atMostOne(String... options) {
    return line -> {
      List<String> said = Arrays.stream(options).filter(line::says).toList();
      return said.size() > 1
          ? Optional.of(
              new Problem(
                  Rule.CONFLICTING_OPTIONS,
                  line.at(said.get(1)),
                  String.join(" and ", said) + " cannot stand together",
                  "keep one of them"))
          : Optional.empty();
    };
  }

  /** One option makes no sense without another. */
  static Condition needs(String option, String... others) {
    return line ->
        line.says(option) && Arrays.stream(others).noneMatch(line::says)
            ? Optional.of(
                new Problem(
                    Rule.MISSING_OPTION,
                    line.at(option),
                    option + " needs " + String.join(" or ", others),
                    "add it, or leave out " + option))
            : Optional.empty();
  }

  /** A value that is not taken, though its option's type would allow it. */
  static Condition value(String option, Predicate<String> good, String what, String remedy) {
    return line ->
        line.value(option).filter(good.negate()).isPresent()
            ? Optional.of(
                new Problem(
                    Rule.BAD_VALUE,
                    line.at(option),
                    option + " " + what + ", not '" + line.value(option).orElse("") + "'",
                    remedy))
            : Optional.empty();
  }

  /** How many arguments without a name there must be at least. */
  static Condition arguments(int least, String what) {
    return line ->
        line.arguments().size() < least
            ? Optional.of(Problem.of(Rule.MISSING_ARGUMENT, "it needs " + what, "add it"))
            : Optional.empty();
  }

  /** How many there may be at most, where the position itself takes more. */
  static Condition argumentsAtMost(int most, String what) {
    return line ->
        line.arguments().size() > most
            ? Optional.of(surplus(line.arguments().get(most), what))
            : Optional.empty();
  }

  static Problem surplus(Token word, String what) {
    return word.text().equals("\n") || word.text().equals("\r")
        ? new Problem(
            Rule.SURPLUS_ARGUMENT,
            Optional.of(word),
            "a command cannot be continued on the next line: the backslash adds a word",
            "write the command on one line")
        : new Problem(
            Rule.SURPLUS_ARGUMENT,
            Optional.of(word),
            "'" + word.text() + "' is too much" + (what.isEmpty() ? "" : ": " + what),
            "leave it out, or put quotes around words that belong together");
  }

  static Condition all(Condition... conditions) {
    return line ->
        Arrays.stream(conditions)
            .flatMap(condition -> condition.problem(line).stream())
            .findFirst();
  }
}
