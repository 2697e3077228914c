package org.barestack.kickstart;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.barestack.kickstart.Finding.Severity;

/**
 * What pykickstart lets through, and the installer, or whoever waits for the machine, finds out
 * later.
 */
final class Beyond {
  /** RFC 1123 section 2.1; Linux keeps 64 octets of a host name. */
  private static final Pattern HOSTNAME =
      Pattern.compile(
          "(?=.{1,64}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

  /** crypt(5): yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512, SHA-256, MD5. */
  private static final Pattern HASH =
      Pattern.compile(
          "\\$(y|gy)\\$[./A-Za-z0-9]+\\$[./A-Za-z0-9]*\\$[./A-Za-z0-9]{43}"
              + "|\\$7\\$[./A-Za-z0-9]{11,97}\\$[./A-Za-z0-9]{43}"
              + "|\\$2[abxy]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}"
              + "|\\$6\\$(rounds=[0-9]{4,9}\\$)?[^$:\\n]{0,16}\\$[./A-Za-z0-9]{86}"
              + "|\\$5\\$(rounds=[0-9]{4,9}\\$)?[^$:\\n]{0,16}\\$[./A-Za-z0-9]{43}"
              + "|\\$1\\$[^$:\\n]{0,8}\\$[./A-Za-z0-9]{22}");

  private static final Set<String> SOURCES =
      Set.of(
          "url",
          "nfs",
          "cdrom",
          "harddrive",
          "hmc",
          "liveimg",
          "ostreesetup",
          "ostreecontainer",
          "bootc",
          "rhsm");

  /** What pykickstart refuses to take twice; of the others it warns. */
  private static final Set<String> TWICE_REFUSED = Set.of("snapshot", "realm");

  private final Kickstart kickstart;
  private final OptionalLong disk;
  private final List<Finding> findings = new ArrayList<>();

  private Beyond(Kickstart kickstart, OptionalLong disk) {
    this.kickstart = kickstart;
    this.disk = disk;
  }

  /**
   * @param disk the size of the smallest disk that it may meet, in MiB; empty if nobody knows
   */
  static List<Finding> findings(Kickstart kickstart, OptionalLong disk) {
    Beyond beyond = new Beyond(kickstart, disk);
    kickstart.lines().forEach(beyond::line);
    beyond.duplicates();
    // What an include brings may be just what is missing.
    if (kickstart.whole()) {
      beyond.volumes();
      beyond.sizes();
      beyond.file();
    }
    return beyond.findings;
  }

  private void line(Parsed line) {
    switch (line.name()) {
      case "part", "partition" -> size(line);
      case "network" -> network(line);
      case "rootpw", "sshpw" -> {
        if (line.has("--iscrypted")) {
          line.first().ifPresent(password -> hash(line, password.column(), password.text()));
        }
      }
      case "user" -> {
        if (line.has("--iscrypted")) {
          line.value("--password")
              .ifPresent(password -> hash(line, column(line, "--password"), password));
        }
      }
      case "bootloader" -> {
        if (line.has("--iscrypted")
            && line.value("--password").filter(p -> !p.startsWith("grub.pbkdf2.")).isPresent()) {
          add(
              Severity.WARNING,
              Rule.PASSWORD_HASH,
              line,
              column(line, "--password"),
              "GRUB does not take this as a hash of a password",
              "make one with grub2-mkpasswd-pbkdf2");
        }
      }
      case "volgroup" ->
          line.left().stream()
              .filter(word -> word.text().startsWith("-"))
              .forEach(word ->
                  add(
                      Severity.WARNING,
                      Rule.IGNORED_ARGUMENT,
                      line,
                      word.column(),
                      word.text() + " is taken for a physical volume",
                      "correct the option's name"));
      case "raid" -> {
        if (!line.positions().get(1).isEmpty()) {
          line.left()
              .forEach(word ->
                  add(
                      Severity.WARNING,
                      Rule.IGNORED_ARGUMENT,
                      line,
                      word.column(),
                      word.text() + " is not taken for a member",
                      "name all members side by side, at the end of the line"));
        }
      }
      default -> {}
    }
  }

  private void size(Parsed line) {
    boolean sized =
        line.says("--size")
            || line.has("--recommended")
            || line.has("--hibernation")
            || line.says("--onpart");
    if (!sized) {
      add(
          Severity.ERROR,
          Rule.PART_SIZE,
          line,
          line.word().column(),
          "part " + line.first().map(Token::text).orElse("") + " has no size",
          "add --size=MIB, and --grow if it shall take what is left");
    }
  }

  private void network(Parsed line) {
    line.value("--hostname")
        .filter(name -> !HOSTNAME.matcher(name).matches())
        .ifPresent(name ->
            add(
                Severity.ERROR,
                Rule.HOSTNAME,
                line,
                column(line, "--hostname"),
                "'" + name + "' is no host name",
                "use letters, digits and hyphens between dots, 64 characters at most"));
    line.value("--vlanid")
        .filter(id -> !isVlan(id))
        .ifPresent(id ->
            add(
                Severity.ERROR,
                Rule.VLAN_ID,
                line,
                column(line, "--vlanid"),
                "'" + id + "' is no VLAN",
                "use a number from 1 to 4094"));
  }

  private static boolean isVlan(String id) {
    return id.matches("[0-9]{1,4}") && Integer.parseInt(id) >= 1 && Integer.parseInt(id) <= 4094;
  }

  /** One that begins with ! or * locks the account, which may be meant. */
  private void hash(Parsed line, int column, String password) {
    if (!HASH.matcher(password).matches()
        && !password.startsWith("!")
        && !password.startsWith("*")) {
      add(
          Severity.WARNING,
          Rule.PASSWORD_HASH,
          line,
          column,
          "--iscrypted wants a whole hash, and this is none: nobody can log in with it",
          "make one with openssl passwd -6, and put single quotes around it");
    }
  }

  /** What is made twice. Swap and the firmware's partitions may be on each disk of a mirror. */
  private void duplicates() {
    Map<String, Parsed> known = new HashMap<>();
    for (Parsed line : kickstart.lines()) {
      identity(line)
          .ifPresent(what -> {
            Parsed first = known.putIfAbsent(what, line);
            if (first != null) {
              add(
                  TWICE_REFUSED.contains(line.name()) ? Severity.ERROR : Severity.WARNING,
                  Rule.DUPLICATE,
                  line,
                  line.word().column(),
                  what + " is there already, in line " + first.line(),
                  "keep one of them");
            }
          });
    }
  }

  private static Optional<String> identity(Parsed line) {
    return switch (line.name()) {
      case "part", "partition" ->
          line.first()
              .map(Token::text)
              .filter(point -> !Set.of("swap", "biosboot", "prepboot").contains(point))
              .map(point -> "part " + point);
      case "raid" -> line.value("--device").map(device -> "raid --device=" + device);
      case "volgroup" -> line.first().map(name -> "volgroup " + name.text());
      case "logvol" ->
          line.value("--name")
              .map(name -> "logvol " + line.value("--vgname").orElse("") + "/" + name);
      case "user", "group", "repo", "snapshot" ->
          line.value("--name").map(name -> line.name() + " " + name);
      case "realm" -> Optional.of("realm join");
      case "sshpw" -> line.value("--username").map(name -> "sshpw " + name);
      case "fcoe" -> line.value("--nic").map(nic -> "fcoe " + nic);
      case "network" ->
          line.value("--device")
              .map(device ->
                  "network --device="
                      + device
                      + line.value("--vlanid").map(id -> " --vlanid=" + id).orElse(""));
      default -> Optional.empty();
    };
  }

  /** Physical volumes, members, groups and volumes that do not match up. */
  private void volumes() {
    Map<String, Parsed> made = new HashMap<>();
    Set<String> groups = new HashSet<>();
    Set<String> pools = new HashSet<>();
    for (Parsed line : kickstart.lines()) {
      switch (line.name()) {
        case "part", "partition", "raid" ->
            line.first()
                .filter(point -> point.text().startsWith("pv.") || point.text().startsWith("raid."))
                .ifPresent(point -> made.put(point.text(), line));
        case "volgroup" -> line.first().ifPresent(name -> groups.add(name.text()));
        case "logvol" -> {
          if (line.has("--thinpool")) {
            line.value("--name")
                .ifPresent(name -> pools.add(line.value("--vgname").orElse("") + "/" + name));
          }
        }
        default -> {}
      }
    }
    Set<String> used = new HashSet<>();
    for (Parsed line : kickstart.lines()) {
      switch (line.name()) {
        case "volgroup" ->
            Storage.physicalVolumes(line).stream()
                .filter(word -> !word.text().startsWith("-"))
                .forEach(word -> use(line, word, made, used, "physical volume"));
        case "raid" ->
            Storage.members(line).forEach(word -> use(line, word, made, used, "partition"));
        case "logvol" -> group(line, groups, pools);
        default -> {}
      }
    }
    made.forEach((name, line) -> {
      if (!used.contains(name)) {
        add(
            Severity.WARNING,
            Rule.VOLUME_GROUP,
            line,
            line.word().column(),
            name + " is made and never used",
            name.startsWith("pv.") ? "name it in a volgroup" : "name it in a raid");
      }
    });
  }

  private void use(
      Parsed line, Token word, Map<String, Parsed> made, Set<String> used, String what) {
    used.add(word.text());
    if (!made.containsKey(word.text())) {
      add(
          Severity.ERROR,
          Rule.VOLUME_GROUP,
          line,
          word.column(),
          "no part makes the " + what + " " + word.text(),
          "add part " + word.text() + " --size=MIB, or correct the name");
    }
  }

  private void group(Parsed line, Set<String> groups, Set<String> pools) {
    String group = line.value("--vgname").orElse("");
    if (!groups.contains(group)) {
      add(
          Severity.ERROR,
          Rule.VOLUME_GROUP,
          line,
          column(line, "--vgname"),
          "no volgroup makes the group " + group,
          "add volgroup " + group + " pv.01, or correct the name");
    } else if (line.has("--thin")
        && line.value("--poolname")
            .filter(pool -> !pools.contains(group + "/" + pool))
            .isPresent()) {
      add(
          Severity.ERROR,
          Rule.VOLUME_GROUP,
          line,
          column(line, "--poolname"),
          "no logvol makes the thin pool " + group + "/" + line.value("--poolname").orElse(""),
          "add logvol none --thinpool --name=POOL, or correct the name");
    }
  }

  /** What is asked for on one disk, against the smallest one that it may be. */
  private void sizes() {
    if (disk.isEmpty()) {
      return;
    }
    Map<String, Long> sums = new HashMap<>();
    for (Parsed line : kickstart.lines()) {
      if (line.name().startsWith("part") && !line.says("--onpart")) {
        String on = line.value("--ondisk").orElse("");
        long sum = sums.merge(on, line.number("--size").orElse(0L), Math::addExact);
        if (sum > disk.getAsLong() && sum - line.number("--size").orElse(0L) <= disk.getAsLong()) {
          add(
              Severity.ERROR,
              Rule.DISK_SIZE,
              line,
              column(line, "--size"),
              "the partitions of "
                  + (on.isEmpty() ? "the disk" : on)
                  + " want "
                  + sum
                  + " MiB up to here; the smallest disk that may be taken has "
                  + disk.getAsLong()
                  + " MiB",
              "make them smaller, or the disk rule larger");
        }
      }
    }
  }

  private void file() {
    if (!has(SOURCES)) {
      whole(
          Rule.NO_INSTALL_SOURCE,
          "the kickstart names no source of packages",
          "add url --url=URL, or give the installer inst.repo= when it boots");
    }
    if (!has(Set.of("reboot", "poweroff", "shutdown"))) {
      whole(
          Rule.NO_END,
          has(Set.of("halt"))
              ? "with halt the installer waits for somebody to press a key"
              : "at the end of the install the installer waits for somebody to press a key",
          "write reboot or poweroff");
    }
    if (!someoneCanLogIn()) {
      whole(
          Rule.NO_LOGIN,
          "nobody can log in to the installed system",
          "add a user with a password, or an sshkey");
    }
  }

  private boolean has(Set<String> commands) {
    return kickstart.lines().stream().anyMatch(line -> commands.contains(line.name()));
  }

  private boolean someoneCanLogIn() {
    return kickstart.lines().stream()
        .anyMatch(line ->
            switch (line.name()) {
              case "rootpw" -> !line.has("--lock");
              case "user" -> line.says("--password") && !line.has("--lock");
              case "sshkey" -> true;
              // it brings users, or knows where they are
              case "liveimg",
                  "ostreesetup",
                  "ostreecontainer",
                  "bootc",
                  "realm",
                  "firstboot",
                  "rescue" ->
                  !line.has("--disable");
              default -> false;
            });
  }

  private static int column(Parsed line, String option) {
    return line.at(option).orElse(line.word()).column();
  }

  private void whole(Rule rule, String message, String remedy) {
    findings.add(new Finding(Severity.WARNING, rule, "", 1, 1, message, remedy));
  }

  private void add(
      Severity severity, Rule rule, Parsed line, int column, String message, String remedy) {
    findings.add(new Finding(severity, rule, line.source(), line.line(), column, message, remedy));
  }
}
