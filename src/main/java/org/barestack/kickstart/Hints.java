package org.barestack.kickstart;

import java.util.Map;
import java.util.Optional;
import org.barestack.kickstart.Command.Problem;

/** What was meant by a word that a release does not know. */
final class Hints {
  /** What older releases knew. */
  private static final Map<String, String> OLD =
      Map.of(
          "lilo", "write bootloader",
          "langsupport", "write lang --addsupport=LOCALE",
          "mouse", "leave it out",
          "monitor", "leave it out",
          "interactive", "leave it out: without --non-interactive the installer asks",
          "upgrade", "leave it out: an installer does not upgrade a release",
          "key", "leave it out",
          "unsupported_hardware", "leave it out",
          "pwpolicy", "leave it out");

  /** What a command is given without an option's name. */
  private static final Map<String, String> ARGUMENTS =
      Map.ofEntries(
          Map.entry("lang", "name a locale: lang en_US.UTF-8"),
          Map.entry("part", "name what it is for: part MOUNTPOINT, part swap, part pv.01"),
          Map.entry("partition", "name what it is for: partition MOUNTPOINT, partition pv.01"),
          Map.entry("raid", "name where it is mounted: raid MOUNTPOINT OPTIONS raid.01 raid.02"),
          Map.entry("logvol", "name where it is mounted: logvol MOUNTPOINT OPTIONS"),
          Map.entry("mount", "name both: mount DEVICE MOUNTPOINT"),
          Map.entry("nvdimm", "say what to do: nvdimm reconfigure OPTIONS, or nvdimm use OPTIONS"),
          Map.entry("iscsiname", "name the initiator: iscsiname IQN"),
          Map.entry("sshkey", "add the key, in quotes: sshkey --username=USER \"KEY\""));

  /** What differs by so many letters was not meant. */
  private static final int FAR = 3;

  private Hints() {}

  static String command(String word, Release release) {
    for (Release other : Release.values()) {
      if (other != release && other.grammar().command(word).isPresent()) {
        return "leave it out: only release " + other + " has it";
      }
    }
    String old = OLD.get(word);
    return old != null
        ? old
        : near(word, release.grammar().commands().keySet())
            .map(near -> "did you mean " + near + "?")
            .orElse("correct its name, or leave it out");
  }

  static String section(String opening, Release release) {
    return near(opening, release.grammar().sections().keySet())
        .map(near -> ", did you mean " + near + "?")
        .orElse("");
  }

  /** What to do about an option that the release before still took; empty if it never did. */
  static Optional<String> option(String command, String name, Release release) {
    if (release == Release.ROCKY_9) {
      return Optional.empty();
    }
    Optional<Command> before =
        command.startsWith("%")
            ? Release.ROCKY_9.grammar().section(command).map(Section::header)
            : Release.ROCKY_9.grammar().command(command);
    return before
        .flatMap(known -> known.option(name))
        .map(option -> option.instead().isEmpty() ? "leave it out" : option.instead());
  }

  /** A problem, and where it is an argument that is missing, which one. */
  static Problem argument(Command command, Problem problem) {
    String what = ARGUMENTS.get(command.name());
    return problem.rule() == Rule.MISSING_ARGUMENT && what != null
        ? new Problem(problem.rule(), problem.at(), problem.message(), what)
        : problem;
  }

  static String near(String name, Command command) {
    return near(
            name, command.options().stream().flatMap(option -> option.names().stream()).toList())
        .map(near -> "did you mean " + near + "?")
        .orElse("leave it out, or correct its name");
  }

  /** The nearest of what is known; the first in the alphabet of those that are as near. */
  private static Optional<String> near(String word, Iterable<String> known) {
    String nearest = "";
    int least = FAR;
    for (String one : known) {
      if (Math.abs(one.length() - word.length()) < FAR) {
        int distance = distance(word, one);
        if (distance < least
            || (distance == least && distance < FAR && one.compareTo(nearest) < 0)) {
          least = distance;
          nearest = one;
        }
      }
    }
    return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
  }

  /** How many letters must be put, taken or changed (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
