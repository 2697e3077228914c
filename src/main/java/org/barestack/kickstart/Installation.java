package org.barestack.kickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.barestack.kickstart.Command.Condition;
import org.barestack.kickstart.Command.Problem;

/** What must hold of commands about the installer and the installed system. */
final class Installation {
  private static final Set<String> REALM_OPTIONS =
      Set.of(
          "client-software=",
          "server-software=",
          "membership-software=",
          "one-time-password=",
          "no-password",
          "computer-ou=");

  private Installation() {}

  static final Condition ONE_DRIVER_DISK =
      line -> {
        long ways =
            (long) line.arguments().size()
                + (line.says("--source") ? 1 : 0)
                + (line.says("--biospart") ? 1 : 0);
        return ways == 1
            ? Optional.empty()
            : Optional.of(
                Problem.of(
                    ways == 0 ? Rule.MISSING_ARGUMENT : Rule.CONFLICTING_OPTIONS,
                    "it takes exactly one of a partition, --source and --biospart",
                    ways == 0 ? "add one of them" : "keep one of them"));
      };

  static final Condition SOME_KEYBOARD =
      line ->
          line.arguments().isEmpty() && !line.says("--vckeymap") && !line.says("--xlayouts")
              ? missing("a layout is missing", "write --vckeymap=us or --xlayouts=us")
              : Optional.empty();

  static final Condition SOME_TIMEZONE =
      line ->
          line.arguments().isEmpty() && line.given().isEmpty()
              ? missing("a time zone is missing", "write timezone Europe/Berlin --utc")
              : Optional.empty();

  static final Condition PASSWORD_UNLESS_LOCKED =
      line ->
          line.has("--lock") || line.first().filter(word -> !word.text().isEmpty()).isPresent()
              ? Optional.empty()
              : missing("a password is missing", "add it, or write rootpw --lock");

  static final Condition SOME_SERVICES =
      line ->
          line.says("--enabled") || line.says("--disabled")
              ? Optional.empty()
              : missing("no service is named", "write --enabled=NAME or --disabled=NAME");

  static final Condition REALM = Installation::realm;

  /** The line as it stands there, since {@code #} begins no comment in it. */
  private static Optional<Problem> realm(Parsed line) {
    if (!line.raw().startsWith(line.name())) {
      return Optional.of(
          Problem.of(
              Rule.BAD_VALUE,
              "it must stand at the very beginning of its line",
              "leave out the white space before it"));
    }
    String rest = PythonText.strip(line.raw().substring(line.name().length()));
    List<Token> words;
    try {
      words = Words.of(rest, false);
    } catch (Words.QuotingException e) {
      return Optional.of(
          Problem.of(Rule.QUOTING, String.valueOf(e.getMessage()), "close it on the same line"));
    }
    if (words.isEmpty() || !words.getFirst().text().equals("join")) {
      return Optional.of(
          Problem.of(Rule.BAD_VALUE, "it knows only join", "write realm join DOMAIN"));
    }
    List<String> left = new ArrayList<>(words.stream().skip(1).map(Token::text).toList());
    while (!left.isEmpty() && left.getFirst().startsWith("-") && left.getFirst().length() > 1) {
      String option = left.removeFirst();
      if (option.equals("--")) {
        break;
      }
      Optional<Problem> wrong = realmOption(option, left);
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return left.size() == 1
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                left.isEmpty() ? Rule.MISSING_ARGUMENT : Rule.SURPLUS_ARGUMENT,
                "it joins exactly one realm, named last",
                "write realm join OPTIONS DOMAIN"));
  }

  private static Optional<Problem> realmOption(String option, List<String> left) {
    int equals = option.indexOf('=');
    String name = equals < 0 ? option.substring(1) : option.substring(1, equals);
    String known = name.startsWith("-") ? name.substring(1) : "?";
    List<String> matches =
        REALM_OPTIONS.stream().filter(one -> one.startsWith(known)).sorted().toList();
    if (matches.size() != 1) {
      return Optional.of(
          Problem.of(
              Rule.UNKNOWN_OPTION,
              "realm join has no option " + option,
              "leave it out, or correct its name"));
    }
    boolean takes = matches.getFirst().endsWith("=");
    if (!takes && equals >= 0) {
      return Optional.of(
          Problem.of(Rule.SURPLUS_VALUE, option + " takes no value", "leave the value out"));
    }
    if (takes && equals < 0) {
      if (left.isEmpty()) {
        return Optional.of(
            Problem.of(
                Rule.MISSING_VALUE, option + " needs a value", "write " + option + "=VALUE"));
      }
      left.removeFirst();
    }
    return Optional.empty();
  }

  private static Optional<Problem> missing(String message, String remedy) {
    return Optional.of(Problem.of(Rule.MISSING_ARGUMENT, message, remedy));
  }
}
