package org.barestack.kickstart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.barestack.kickstart.Command.Position;
import org.barestack.kickstart.Command.Problem;
import org.barestack.kickstart.Option.Takes;
import org.barestack.kickstart.Parsed.Given;

/**
 * Takes the words after a command apart as pykickstart does, which is as Python's {@code argparse}
 * does: options may be abbreviated, stand anywhere, and take their value after {@code =} or as the
 * next word; arguments without a name fill the positions from left to right.
 */
final class Arguments {
  private static final Pattern NEGATIVE = Pattern.compile("-\\d+|-\\d*\\.\\d+");

  private final List<Option> options;
  private final List<Position> positions;
  private final List<Token> words;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final Map<String, Given> given = new LinkedHashMap<>();
  private final List<List<Token>> filled = new ArrayList<>();
  private final List<Token> left = new ArrayList<>();
  private int lastOption = -1;

  /** What a word is. */
  private sealed interface Kind {
    record Argument() implements Kind {}

    /** The two hyphens after which there are no options. */
    record End() implements Kind {}

    record Known(Option option, Optional<String> explicit) implements Kind {}

    record Unknown() implements Kind {}
  }

  private Arguments(List<Option> options, List<Position> positions, List<Token> words) {
    this.options = options;
    this.positions = positions;
    this.words = words;
  }

  /**
   * What came of it.
   *
   * @param problems what argparse would refuse; the first one is what it would say
   * @param warnings of deprecated options and abbreviations
   */
  record Result(
      Map<String, Given> given,
      List<List<Token>> positions,
      List<Token> left,
      List<Problem> problems,
      List<Problem> warnings) {}

  static Result parse(List<Option> options, List<Position> positions, List<Token> words) {
    return new Arguments(options, positions, words).parse();
  }

  private Result parse() {
    List<Kind> kinds = kinds();
    if (problems.isEmpty()) {
      consume(kinds);
    }
    if (problems.isEmpty()) {
      missing();
    }
    while (filled.size() < positions.size()) {
      filled.add(List.of());
    }
    return new Result(
        Map.copyOf(given),
        List.copyOf(filled),
        List.copyOf(left),
        List.copyOf(problems),
        List.copyOf(warnings));
  }

  private List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>();
    boolean end = false;
    for (Token word : words) {
      if (end) {
        kinds.add(new Kind.Argument());
      } else if (word.text().equals("--")) {
        kinds.add(new Kind.End());
        end = true;
      } else {
        Kind kind = kind(word);
        if (kind instanceof Kind.Known(Option option, Optional<String> _)
            && option.fate() == Fate.DEPRECATED) {
          warnings.add(
              new Problem(
                  Rule.DEPRECATED_OPTION,
                  Optional.of(word),
                  option.name() + Reader.DEPRECATED,
                  option.instead().isEmpty() ? "leave it out" : option.instead()));
        }
        kinds.add(kind);
      }
    }
    return kinds;
  }

  private Kind kind(Token word) {
    String text = word.text();
    if (!text.startsWith("-") || text.length() == 1) {
      return new Kind.Argument();
    }
    Optional<Option> whole = option(text);
    if (whole.isPresent()) {
      return new Kind.Known(whole.get(), Optional.empty());
    }
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    Optional<String> explicit =
        equals < 0 ? Optional.empty() : Optional.of(text.substring(equals + 1));
    Optional<Option> named = option(name);
    if (named.isPresent()) {
      return new Kind.Known(named.get(), explicit);
    }
    if (name.startsWith("--")) {
      TreeSet<String> matches = new TreeSet<>();
      options.forEach(option ->
          option.names().stream().filter(one -> one.startsWith(name)).forEach(matches::add));
      if (matches.size() == 1) {
        warnings.add(
            new Problem(
                Rule.ABBREVIATION,
                Optional.of(word),
                name + " is taken for " + matches.first(),
                "write " + matches.first() + ": a later release may take it for another one"));
        return new Kind.Known(option(matches.first()).orElseThrow(), explicit);
      }
      if (matches.size() > 1) {
        problems.add(
            new Problem(
                Rule.AMBIGUOUS_OPTION,
                Optional.of(word),
                name + " may be " + String.join(" or ", matches),
                "write the whole name"));
        return new Kind.Unknown();
      }
    }
    if (NEGATIVE.matcher(text).matches() || text.indexOf(' ') >= 0) {
      return new Kind.Argument();
    }
    return new Kind.Unknown();
  }

  private Optional<Option> option(String name) {
    for (Option option : options) {
      if (option.is(name)) {
        return Optional.of(option);
      }
    }
    return Optional.empty();
  }

  private void consume(List<Kind> kinds) {
    for (int known = 0; known < kinds.size(); known++) {
      if (kinds.get(known) instanceof Kind.Known) {
        lastOption = known;
      }
    }
    int i = 0;
    while (i < kinds.size() && problems.isEmpty()) {
      i =
          switch (kinds.get(i)) {
            case Kind.Argument _, Kind.End _ -> arguments(kinds, i);
            case Kind.Unknown _ -> {
              left.add(words.get(i));
              yield i + 1;
            }
            case Kind.Known(Option option, Optional<String> explicit) ->
                option(kinds, i, option, explicit);
          };
    }
    if (problems.isEmpty()) {
      fill(List.of(), true);
    }
  }

  private int option(List<Kind> kinds, int at, Option option, Optional<String> explicit) {
    Token word = words.get(at);
    if (option.takes() == Takes.NOTHING) {
      if (explicit.isPresent()) {
        problems.add(
            new Problem(
                Rule.SURPLUS_VALUE,
                Optional.of(word),
                option.name() + " takes no value",
                "leave out ='" + explicit.get() + "'"));
      }
      given.put(option.name(), new Given(word, Optional.empty(), true));
      return at + 1;
    }
    if (explicit.isPresent()) {
      take(option, word, explicit.get());
      return at + 1;
    }
    boolean follows = at + 1 < kinds.size() && kinds.get(at + 1) instanceof Kind.Argument;
    if (follows) {
      take(option, word, words.get(at + 1).text());
      return at + 2;
    }
    if (option.takes() == Takes.A_VALUE) {
      problems.add(
          new Problem(
              Rule.MISSING_VALUE,
              Optional.of(word),
              option.name() + " needs a value",
              "write " + option.name() + "=VALUE"));
    }
    given.put(option.name(), new Given(word, Optional.empty(), true));
    return at + 1;
  }

  private void take(Option option, Token word, String value) {
    option
        .objection(value)
        .ifPresent(objection ->
            problems.add(
                new Problem(
                    Rule.BAD_VALUE,
                    Optional.of(word),
                    option.name() + " " + objection + ", not '" + value + "'",
                    option.correction())));
    given.put(option.name(), new Given(word, Optional.of(value), option.isTrue(value)));
  }

  /** A run of words that are no options, up to the next option. */
  private int arguments(List<Kind> kinds, int from) {
    List<Token> run = new ArrayList<>();
    int i = from;
    while (i < kinds.size()
        && (kinds.get(i) instanceof Kind.Argument || kinds.get(i) instanceof Kind.End)) {
      if (kinds.get(i) instanceof Kind.Argument) {
        run.add(words.get(i));
      }
      i++;
    }
    left.addAll(fill(run, i > lastOption));
    return i;
  }

  /**
   * Fills as many of the positions that are still open as the run is enough for, each with as many
   * words as it takes.
   *
   * @param last whether no option follows; until then a position that may stay empty waits
   * @return what is left of the run
   */
  private List<Token> fill(List<Token> run, boolean last) {
    List<Position> open = positions.subList(filled.size(), positions.size());
    int count = open.size();
    while (least(open.subList(0, count)) > run.size()) {
      count--;
    }
    int used = 0;
    for (int i = 0; i < count; i++) {
      Position position = open.get(i);
      int available = run.size() - used - least(open.subList(i + 1, count));
      int taken = Math.min(position.most(), available);
      if (taken == 0 && !last) {
        break;
      }
      filled.add(List.copyOf(run.subList(used, used + taken)));
      used += taken;
    }
    return run.subList(used, run.size());
  }

  private static int least(List<Position> positions) {
    return positions.stream().mapToInt(Position::least).sum();
  }

  private void missing() {
    for (Option option : options) {
      if (option.required() && !given.containsKey(option.name())) {
        problems.add(
            Problem.of(
                Rule.MISSING_OPTION,
                option.name() + " is missing",
                "add " + option.name() + "=VALUE"));
      }
    }
    if (least(positions.subList(Math.min(filled.size(), positions.size()), positions.size())) > 0) {
      problems.add(Problem.of(Rule.MISSING_ARGUMENT, "an argument is missing", "add it"));
    }
  }
}
