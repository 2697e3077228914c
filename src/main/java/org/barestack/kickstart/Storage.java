package org.barestack.kickstart;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.barestack.kickstart.Command.Condition;
import org.barestack.kickstart.Command.Problem;

/** What must hold of commands that divide disks. */
final class Storage {
  private static final String NO_CACHE = "leave out --cachepvs, --cachesize and --cachemode";

  private Storage() {}

  static final Condition TMPFS_DOES_NOT_GROW =
      line ->
          line.value("--fstype").filter("tmpfs"::equals).isPresent()
                  && (line.has("--grow") || isMore(line, "--maxsize"))
              ? conflict(
                  line,
                  "--fstype",
                  "tmpfs takes no --grow and no --maxsize",
                  "leave them out: --size is its size")
              : Optional.empty();

  static final Condition ONE_COST_OF_A_KEY =
      line ->
          isMore(line, "--pbkdf-time") && isMore(line, "--pbkdf-iterations")
              ? conflict(
                  line,
                  "--pbkdf-iterations",
                  "--pbkdf-time and --pbkdf-iterations cannot stand together",
                  "keep one of them")
              : Optional.empty();

  static final Condition NO_BTRFS =
      line ->
          line.value("--fstype").filter("btrfs"::equals).isPresent()
                  || (line.name().startsWith("part")
                      && line.first().filter(word -> word.text().startsWith("btrfs.")).isPresent())
              ? Optional.of(
                  new Problem(
                      Rule.BAD_VALUE,
                      line.at("--fstype").or(line::first),
                      "there is no btrfs in this release",
                      "use xfs or ext4"))
              : Optional.empty();

  static final Condition RAID = Storage::raid;
  static final Condition VOLGROUP = Storage::volgroup;
  static final Condition LOGVOL = Storage::logvol;
  static final Condition MOUNT = Storage::mount;
  static final Condition SNAPSHOT = Storage::snapshot;
  static final Condition NVDIMM = Storage::nvdimm;

  /** The partitions that a raid is made of. */
  static List<Token> members(Parsed raid) {
    List<Token> named = raid.positions().get(1);
    return named.isEmpty() ? raid.left() : named;
  }

  /** The physical volumes that a volume group is made of. */
  static List<Token> physicalVolumes(Parsed volgroup) {
    List<Token> later = volgroup.positions().get(1);
    List<Token> named = volgroup.positions().get(0);
    if (!later.isEmpty()) {
      return later;
    }
    return !volgroup.left().isEmpty() || named.isEmpty()
        ? volgroup.left()
        : named.subList(1, named.size());
  }

  /** Whether it says that what it names is there already. */
  static boolean isThere(Parsed line) {
    return line.has("--useexisting") || line.has("--noformat");
  }

  private static boolean isMore(Parsed line, String option) {
    return line.says(option);
  }

  private static Optional<Problem> raid(Parsed line) {
    Optional<Token> option =
        line.left().stream().filter(word -> word.text().startsWith("-")).findFirst();
    if (option.isPresent()) {
      return Optional.of(unknown(option.get()));
    }
    List<Token> members = members(line);
    if (members.isEmpty() && !isThere(line)) {
      return missing("its members are missing", "name the raid.NN partitions at its end");
    }
    if (!members.isEmpty() && isThere(line)) {
      return surplus(members.getFirst(), "an array that is there brings its members");
    }
    if (!isThere(line) && !line.says("--level")) {
      return missing("its level is missing", "add --level=1");
    }
    return isThere(line) && line.value("--device").filter(name -> !name.equals("md")).isEmpty()
        ? missing("the array's name is missing", "add --device=NAME")
        : Optional.empty();
  }

  private static Optional<Problem> volgroup(Parsed line) {
    if (line.positions().getFirst().isEmpty()) {
      return missing("its name is missing", "write volgroup NAME pv.01");
    }
    List<Token> volumes = physicalVolumes(line);
    if (volumes.isEmpty() && !isThere(line)) {
      return missing("its physical volumes are missing", "name the pv.NN partitions at its end");
    }
    if (!volumes.isEmpty() && isThere(line)) {
      return surplus(volumes.getFirst(), "a group that is there brings its physical volumes");
    }
    if (line.number("--reserved-space").filter(size -> size < 0).isPresent()) {
      return bad(line, "--reserved-space", "takes MiB, 0 or more");
    }
    return line.number("--reserved-percent").filter(p -> p <= 0 || p >= 100).isPresent()
        ? bad(line, "--reserved-percent", "takes 1 to 99")
        : Optional.empty();
  }

  private static Optional<Problem> logvol(Parsed line) {
    boolean sized =
        isThere(line)
            || isMore(line, "--percent")
            || isMore(line, "--size")
            || line.has("--recommended")
            || line.has("--hibernation");
    boolean cached =
        isMore(line, "--cachesize") || line.says("--cachemode") || line.says("--cachepvs");
    if (line.has("--resize") && !isThere(line)) {
      return conflict(
          line,
          "--resize",
          "--resize needs --useexisting",
          "add --useexisting, or leave out --resize");
    }
    if (line.has("--resize") && !isMore(line, "--size")) {
      return conflict(
          line, "--resize", "--resize needs --size", "add --size=MIB, or leave out --resize");
    }
    if ((isMore(line, "--chunksize") || isMore(line, "--metadatasize"))
        && !line.has("--thinpool")) {
      return conflict(
          line,
          line.has("--chunksize") ? "--chunksize" : "--metadatasize",
          "--chunksize and --metadatasize are for thin pools",
          "leave them out, or add --thinpool");
    }
    if (!sized) {
      return missing(
          "its size is missing", "add --size=MIB, --percent=N, --recommended or --useexisting");
    }
    if (line.number("--percent").filter(p -> p < 0 || p > 100).isPresent()) {
      return bad(line, "--percent", "takes 0 to 100");
    }
    if (isMore(line, "--size") && isMore(line, "--percent")) {
      return conflict(
          line, "--percent", "--size and --percent cannot stand together", "keep one of them");
    }
    return cached ? cache(line) : Optional.empty();
  }

  private static Optional<Problem> cache(Parsed line) {
    String option =
        Stream.of("--cachesize", "--cachemode", "--cachepvs")
            .filter(line::has)
            .findFirst()
            .orElseThrow();
    if (isThere(line)) {
      return conflict(line, option, "a volume that is there gets no cache", NO_CACHE);
    }
    if (line.has("--thin")) {
      return conflict(line, option, "a thin volume gets no cache", NO_CACHE);
    }
    if (!line.says("--cachepvs") || !isMore(line, "--cachesize")) {
      return conflict(
          line,
          option,
          "a cache needs --cachepvs and --cachesize",
          "add both, or leave all of them out");
    }
    return line.value("--cachemode")
            .filter(mode -> !mode.equals("writeback") && !mode.equals("writethrough"))
            .isPresent()
        ? bad(line, "--cachemode", "takes writeback or writethrough")
        : Optional.empty();
  }

  private static Optional<Problem> mount(Parsed line) {
    Token point = line.positions().get(1).getFirst();
    if (!point.text().equalsIgnoreCase("none") && !point.text().startsWith("/")) {
      return Optional.of(
          new Problem(
              Rule.BAD_VALUE,
              Optional.of(point),
              "'" + point.text() + "' is no mount point",
              "write a path that begins with /, or none"));
    }
    return line.says("--mkfsoptions") && !line.has("--reformat")
        ? conflict(
            line,
            "--mkfsoptions",
            "--mkfsoptions needs --reformat",
            "add --reformat, or leave out --mkfsoptions")
        : Optional.empty();
  }

  private static Optional<Problem> snapshot(Parsed line) {
    List<Token> origins = line.arguments();
    if (origins.isEmpty()) {
      return missing("what it is taken of is missing", "name it as GROUP/VOLUME");
    }
    if (origins.size() > 1) {
      return surplus(origins.get(1), "a snapshot is taken of one volume");
    }
    String[] parts = origins.getFirst().text().split("/", -1);
    return parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()
        ? Optional.of(
            new Problem(
                Rule.BAD_VALUE,
                Optional.of(origins.getFirst()),
                "'" + origins.getFirst().text() + "' is not GROUP/VOLUME",
                "name the volume group and the logical volume"))
        : Optional.empty();
  }

  private static Optional<Problem> nvdimm(Parsed line) {
    String action = line.arguments().getFirst().text();
    if (line.says("--namespace") && line.says("--blockdevs")) {
      return conflict(
          line,
          "--blockdevs",
          "--namespace and --blockdevs cannot stand together",
          "keep one of them");
    }
    return switch (action) {
      case "reconfigure" -> {
        if (!line.says("--namespace")) {
          yield missing("--namespace is missing", "add --namespace=NAME");
        }
        yield isMore(line, "--sectorsize")
            ? Optional.empty()
            : missing("--sectorsize is missing", "add --sectorsize=512");
      }
      case "use" ->
          line.says("--namespace") || line.says("--blockdevs")
              ? Optional.empty()
              : missing("--namespace or --blockdevs is missing", "add one of them");
      default ->
          Optional.of(
              new Problem(
                  Rule.BAD_VALUE,
                  line.first(),
                  "'" + action + "' is no action",
                  "write reconfigure or use"));
    };
  }

  private static Problem unknown(Token option) {
    return new Problem(
        Rule.UNKNOWN_OPTION,
        Optional.of(option),
        "there is no option " + option.text(),
        "leave it out, or correct its name");
  }

  private static Optional<Problem> missing(String message, String remedy) {
    return Optional.of(Problem.of(Rule.MISSING_ARGUMENT, message, remedy));
  }

  private static Optional<Problem> surplus(Token word, String why) {
    return Optional.of(Conditions.surplus(word, why));
  }

  private static Optional<Problem> conflict(
      Parsed line, String option, String message, String remedy) {
    return Optional.of(new Problem(Rule.CONFLICTING_OPTIONS, line.at(option), message, remedy));
  }

  private static Optional<Problem> bad(Parsed line, String option, String what) {
    return Optional.of(
        new Problem(
            Rule.BAD_VALUE,
            line.at(option),
            option + " " + what + ", not '" + line.value(option).orElse("") + "'",
            "correct the value"));
  }
}
