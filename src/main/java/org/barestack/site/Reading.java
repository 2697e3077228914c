package org.barestack.site;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Subnet;
import org.barestack.site.SiteProblem.Severity;
import org.barestack.site.Value.Scalar;

/** The problems found so far in one file, and the reading of single values. */
final class Reading {
  private final String file;
  private final TreeSet<SiteProblem> problems = new TreeSet<>();

  /** Thrown where a value is missing or bad and that is already reported. */
  static final class Reported extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    Reported() {
      super("already reported", null, false, false);
    }
  }

  Reading(String file) {
    this.file = file;
  }

  /** Each once, in the order of the file. */
  List<SiteProblem> problems() {
    return List.copyOf(problems);
  }

  boolean hasErrors() {
    return problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
  }

  void error(Place place, String message, String remedy) {
    add(Severity.ERROR, place, message, remedy);
  }

  void error(Value value, String message, String remedy) {
    error(value.place(), message, remedy);
  }

  void warn(Value value, String message, String remedy) {
    add(Severity.WARNING, value.place(), message, remedy);
  }

  void note(Value value, String message, String remedy) {
    add(Severity.NOTE, value.place(), message, remedy);
  }

  /** Reports an error that leaves nothing to go on with; the caller throws what this returns. */
  Reported fatal(Place place, String message, String remedy) {
    error(place, message, remedy);
    return new Reported();
  }

  Reported fatal(Value value, String message, String remedy) {
    return fatal(value.place(), message, remedy);
  }

  private void add(Severity severity, Place place, String message, String remedy) {
    problems.add(
        new SiteProblem(
            severity, file, place.line(), place.column(), place.path(), message, remedy));
  }

  /** Runs a check that may meet what is already reported; then it says nothing more. */
  <T> Optional<T> attempt(Supplier<T> check) {
    try {
      return Optional.of(check.get());
    } catch (Reported e) {
      return Optional.empty();
    }
  }

  /** {@link #attempt(Supplier)} for a check that yields nothing. */
  void check(Runnable check) {
    try {
      check.run();
    } catch (Reported e) {
      // what it needed is missing, and the reader knows
    }
  }

  /**
   * The value itself.
   *
   * @throws Reported if it is unread
   */
  Value readable(Value value) {
    if (value instanceof Value.Unread) {
      throw new Reported();
    }
    return value;
  }

  /**
   * The entries of a mapping that must be there.
   *
   * @throws Reported if it is missing or unread
   */
  Map<String, Value> entries(Value value) {
    if (value.isNothing() || value instanceof Value.Unread) {
      throw new Reported();
    }
    return value.entries();
  }

  /**
   * The text of a value.
   *
   * @throws Reported if it is missing or unread
   */
  String text(Value value) {
    if (value instanceof Scalar scalar && !value.isNothing()) {
      return scalar.text();
    }
    throw new Reported();
  }

  /**
   * A value in its own type.
   *
   * @param parse throws IllegalArgumentException with "what is wrong; what to do"
   * @throws Reported if it is missing, unread or does not parse
   */
  <T> T read(Value value, Function<String, T> parse) {
    String text = text(value);
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      String[] halves = String.valueOf(e.getMessage()).split("; ", 2);
      throw fatal(value, halves[0], halves.length == 2 ? halves[1] : "correct the value");
    }
  }

  /** A value that may be absent or null. */
  <T> Optional<T> optional(Value value, Function<String, T> parse) {
    return value.isNothing() ? Optional.empty() : Optional.of(read(value, parse));
  }

  /** All items of a list; every bad one is reported before the throw. */
  <T> List<T> list(Value value, Function<Value, T> read) {
    List<T> results = new ArrayList<>();
    readable(value)
        .items()
        .forEach(item -> attempt(() -> read.apply(item)).ifPresent(results::add));
    if (results.size() < value.items().size()) {
      throw new Reported();
    }
    return results;
  }

  List<String> texts(Value value) {
    return list(value, this::text);
  }

  int number(Value value) {
    return read(value, Integer::parseInt);
  }

  /** A constant by its name in the file: {@code UEFI_SECURE} is {@code uefi-secure}. */
  <E extends Enum<E>> E constant(Class<E> type, Value value) {
    return Enum.valueOf(type, text(value).toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  Ipv4 ipv4(Value value) {
    return read(value, Ipv4::parse);
  }

  Subnet subnet(Value value) {
    return read(value, Subnet::parse);
  }

  MacAddress mac(Value value) {
    return read(value, MacAddress::new);
  }

  AddressRange range(Value value) {
    String text = text(value);
    try {
      return AddressRange.parse(text);
    } catch (IllegalArgumentException e) {
      throw fatal(value, "the range ends before it begins", "put the lower address first");
    }
  }
}
