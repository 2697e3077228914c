package org.barestack.kickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A command as a release knows it.
 *
 * @param name the command; {@code part} and {@code partition} are two with one meaning
 * @param fate whether it still does something
 * @param instead what to write in its place, where it is deprecated or removed; may be empty
 * @param free its arguments are passed on to another program and are not looked at
 * @param options what it takes
 * @param positions how many arguments without a name it takes, and where
 * @param conflicts commands that may not stand before it in the same kickstart
 * @param remembers the options whose values of earlier lines count for later ones
 * @param collects what no position takes is left to its conditions
 * @param conditions what must hold between its options
 */
record Command(
    String name,
    Fate fate,
    String instead,
    boolean free,
    List<Option> options,
    List<Position> positions,
    Set<String> conflicts,
    Set<String> remembers,
    boolean collects,
    List<Condition> conditions) {
  /** A place for arguments without a name. */
  enum Position {
    ONE,
    MAYBE_ONE,
    ANY;

    int least() {
      return this == ONE ? 1 : 0;
    }

    int most() {
      return this == ANY ? Integer.MAX_VALUE : 1;
    }
  }

  /** What must hold of a line of a command; see {@link Conditions}. */
  interface Condition {
    /** What is wrong with it; empty if nothing is. */
    Optional<Problem> problem(Parsed line);
  }

  /**
   * What is wrong with a line.
   *
   * @param at the word to blame; the command itself if there is none
   */
  record Problem(Rule rule, Optional<Token> at, String message, String remedy) {
    static Problem of(Rule rule, String message, String remedy) {
      return new Problem(rule, Optional.empty(), message, remedy);
    }
  }

  Command {
    options = List.copyOf(options);
    positions = List.copyOf(positions);
    conflicts = Set.copyOf(conflicts);
    remembers = Set.copyOf(remembers);
    conditions = List.copyOf(conditions);
  }

  static Command of(String name, Option... options) {
    return new Command(
        name,
        Fate.GOOD,
        "",
        false,
        List.of(options),
        List.of(),
        Set.of(),
        Set.of(),
        false,
        List.of());
  }

  /** One whose arguments are another program's. */
  static Command free(String name) {
    return new Command(
        name, Fate.GOOD, "", true, List.of(), List.of(), Set.of(), Set.of(), false, List.of());
  }

  /** One that the installer refuses. */
  static Command removed(String name, String instead) {
    return new Command(
        name,
        Fate.REMOVED,
        instead,
        true,
        List.of(),
        List.of(),
        Set.of(),
        Set.of(),
        false,
        List.of());
  }

  /** One that the installer takes with any arguments, and warns of. */
  static Command deprecated(String name, String instead) {
    return new Command(
        name,
        Fate.DEPRECATED,
        instead,
        true,
        List.of(),
        List.of(),
        Set.of(),
        Set.of(),
        false,
        List.of());
  }

  Command named(String name) {
    return new Command(
        name, fate, instead, free, options, positions, conflicts, remembers, collects, conditions);
  }

  /** The same, with a warning. */
  Command deprecated(String instead) {
    return new Command(
        name,
        Fate.DEPRECATED,
        instead,
        free,
        options,
        positions,
        conflicts,
        remembers,
        collects,
        conditions);
  }

  Command takes(Position... positions) {
    return new Command(
        name,
        fate,
        instead,
        free,
        options,
        List.of(positions),
        conflicts,
        remembers,
        collects,
        conditions);
  }

  Command notAfter(String... commands) {
    return new Command(
        name,
        fate,
        instead,
        free,
        options,
        positions,
        Set.of(commands),
        remembers,
        collects,
        conditions);
  }

  /** pykickstart keeps what has no default; the others begin anew in every line. */
  Command remembering(String... options) {
    return new Command(
        name,
        fate,
        instead,
        free,
        this.options,
        positions,
        conflicts,
        Set.of(options),
        collects,
        conditions);
  }

  Command collecting() {
    return new Command(
        name, fate, instead, free, options, positions, conflicts, remembers, true, conditions);
  }

  Command where(Condition... more) {
    List<Condition> all = new ArrayList<>(conditions);
    all.addAll(List.of(more));
    return new Command(
        name, fate, instead, free, options, positions, conflicts, remembers, collects, all);
  }

  /** The same with options in the place of those of the same name, or added. */
  Command with(Option... more) {
    List<Option> all = new ArrayList<>(options);
    for (Option option : more) {
      all.removeIf(one -> one.names().stream().anyMatch(option::is));
      all.add(option);
    }
    return new Command(
        name, fate, instead, free, all, positions, conflicts, remembers, collects, conditions);
  }

  Command without(String... names) {
    Set<String> gone = Set.of(names);
    List<Option> all = new ArrayList<>();
    for (Option option : options) {
      List<String> left = option.names().stream().filter(name -> !gone.contains(name)).toList();
      if (!left.isEmpty()) {
        all.add(
            new Option(
                left,
                option.takes(),
                option.type(),
                option.choices(),
                option.anyCase(),
                option.required(),
                option.fate(),
                option.instead()));
      }
    }
    return new Command(
        name, fate, instead, free, all, positions, conflicts, remembers, collects, conditions);
  }

  Optional<Option> option(String name) {
    return options.stream().filter(option -> option.is(name)).findFirst();
  }
}
