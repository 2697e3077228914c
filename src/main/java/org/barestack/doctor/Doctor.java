package org.barestack.doctor;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.doctor.Host.Listener;
import org.barestack.doctor.Host.Transport;
import org.barestack.model.Ipv4;
import org.barestack.model.Site;
import org.barestack.secrets.Identity;
import org.barestack.secrets.SiteSecrets;

/** Looks at one host whether it can serve one site. */
public final class Doctor {
  private static final long MIB = 1024 * 1024;

  /** The journal must not stop in the middle of an install. */
  private static final long LEAST_SPACE = 64 * MIB;

  /** What logs of some failed installs and a backup may take. */
  private static final long ENOUGH_SPACE = 1024 * MIB;

  /** For a few hundred machines; two connections of a node and what they load come on top. */
  private static final long ENOUGH_DESCRIPTORS = 4096;

  private static final long OF_ONE_NODE = 4;

  /** Room in the table of neighbours for all that is no node. */
  private static final int OTHER_NEIGHBOURS = 100;

  /** Barestack is younger than this. */
  private static final Instant LONG_AGO = Instant.parse("2025-01-01T00:00:00Z");

  private final Order order;
  private final Host host;

  /**
   * What to look at.
   *
   * @param file the site's file
   * @param state the folder of the journal
   * @param httpRoot the folder with releases/
   * @param identity what opens secrets.age
   * @param offline whether nothing elsewhere is asked
   */
  public record Order(
      Site site, Path file, Path state, Path httpRoot, Path identity, boolean offline) {
    private Path folder() {
      return file.toAbsolutePath().resolveSibling("").normalize();
    }
  }

  private interface Check {
    List<Finding> look() throws IOException;
  }

  /** A port that {@code serve} needs. */
  private record Port(Transport transport, int number, String what) {
    @Override
    public String toString() {
      return transport + " " + number + " (" + what + ")";
    }
  }

  private Doctor(Order order, Host host) {
    this.order = order;
    this.host = host;
  }

  /** Makes all checks. What cannot be looked at is a warning. */
  public static Report examine(Order order, Host host) {
    Doctor doctor = new Doctor(order, host);
    List<Finding> findings = new ArrayList<>();
    doctor.look(findings, "interface", doctor::networkInterface);
    doctor.look(findings, "ports", doctor::ports);
    doctor.look(findings, "dhcp", doctor::dhcp);
    doctor.look(findings, "loaders", doctor::loaders);
    doctor.look(findings, "release", doctor::release);
    doctor.look(findings, "space", doctor::space);
    doctor.look(findings, "clock", doctor::clock);
    doctor.look(findings, "files", doctor::descriptors);
    doctor.look(findings, "neighbours", doctor::neighbours);
    doctor.look(findings, "secrets", doctor::secrets);
    doctor.look(findings, "git", doctor::git);
    return new Report(findings);
  }

  private void look(List<Finding> findings, String name, Check check) {
    try {
      findings.addAll(check.look());
    } catch (IOException e) {
      findings.add(
          Finding.warning(
              name,
              "could not be looked at: " + e.getMessage(),
              "see to that, or run it as root: sudo barestack doctor"));
    }
  }

  private Site.Provisioning at() {
    return order.site().provisioning();
  }

  private List<Finding> networkInterface() throws IOException {
    String name = "interface";
    String device = at().networkInterface();
    Optional<Host.Link> link = host.link(device);
    if (link.isEmpty()) {
      return List.of(
          Finding.fault(
              name,
              "there is no " + device + "; there are " + String.join(", ", host.links()),
              "name the right one as provisioning.interface"));
    }
    if (!link.get().up()) {
      return List.of(Finding.fault(name, device + " is down", "ip link set " + device + " up"));
    }
    if (!link.get().addresses().contains(at().address())) {
      String has =
          link.get().addresses().stream().map(Ipv4::toString).collect(Collectors.joining(", "));
      return List.of(
          Finding.fault(
              name,
              device
                  + " does not have "
                  + at().address()
                  + (has.isEmpty() ? ", it has no IPv4 address" : ", it has " + has),
              "ip address add "
                  + at().address()
                  + "/"
                  + at().subnet().toString().replaceFirst(".*/", "")
                  + " dev "
                  + device
                  + ", and for good in this host's network configuration"));
    }
    return List.of(
        link.get().carrier()
            ? Finding.ok(name, device + " is up and has " + at().address())
            : Finding.warning(
                name,
                device + " has " + at().address() + " and no carrier",
                "see to the cable and the switch port of " + device));
  }

  private List<Port> needed() {
    List<Port> ports = new ArrayList<>();
    if (at().dhcp() == Site.DhcpMode.FULL || at().dhcp() == Site.DhcpMode.PROXY) {
      ports.add(new Port(Transport.UDP, 67, "DHCP"));
    }
    if (at().dhcp() != Site.DhcpMode.OFF) {
      ports.add(new Port(Transport.UDP, 4011, "DHCP"));
    }
    ports.add(new Port(Transport.UDP, 69, "TFTP"));
    ports.add(new Port(Transport.TCP, at().httpPort(), "HTTP"));
    ports.add(new Port(Transport.TCP, at().httpsPort(), "HTTPS"));
    return ports;
  }

  private List<Finding> ports() throws IOException {
    OptionalLong server = host.server(order.state());
    List<Finding> findings = new ArrayList<>();
    List<Port> free = new ArrayList<>();
    List<Port> ours = new ArrayList<>();
    for (Port port : needed()) {
      List<Listener> listeners =
          host.listeners(port.transport(), port.number()).stream()
              .filter(this::isInTheWay)
              .toList();
      List<Listener> others = listeners.stream().filter(one -> !isOurs(server, one)).toList();
      if (listeners.isEmpty()) {
        free.add(port);
      } else if (others.isEmpty()) {
        ours.add(port);
      }
      others.forEach(other -> findings.add(taken(port, other)));
    }
    if (server.isPresent()) {
      String serve = "barestack serve runs (process " + server.getAsLong() + ")";
      findings.addFirst(Finding.ok("ports", serve + " and has " + list(ours)));
      // HTTPS is only there with secrets, so a rehearsal does without.
      free.removeIf(port -> port.number() == at().httpsPort());
      if (!free.isEmpty()) {
        findings.add(
            Finding.warning(
                "ports",
                serve + " and does not listen on " + list(free),
                "restart it: the site file has other ports or another mode than it began with"));
      }
    } else if (!free.isEmpty()) {
      findings.addFirst(Finding.ok("ports", "free: " + list(free)));
    }
    return findings;
  }

  private static String list(List<Port> ports) {
    return ports.isEmpty()
        ? "no port"
        : ports.stream().map(Port::toString).collect(Collectors.joining(", "));
  }

  private boolean isInTheWay(Listener one) {
    return Set.of("0.0.0.0", "::", at().address().toString()).contains(one.address());
  }

  private static boolean isOurs(OptionalLong server, Listener one) {
    return server.isPresent() && (one.pid().isEmpty() || one.pid().equals(server));
  }

  private Finding taken(Port port, Listener by) {
    String who =
        by.pid().isPresent()
            ? by.program() + " (process " + by.pid().getAsLong() + ")"
            : "a program that only root can see";
    String message = port + " is taken at " + by.address() + " by " + who;
    String transport = port.transport().name().toLowerCase(Locale.ROOT);
    String ss = "ss -ln%sp 'sport = :%d'".formatted(transport.substring(0, 1), port.number());
    // Linux does not show which interface a socket keeps to: libvirt's dnsmasq has all addresses
    // of its bridge only.
    return port.number() == 67 && by.address().equals("0.0.0.0")
        ? Finding.warning(
            "ports",
            message,
            "fine if it keeps to another interface ("
                + ss
                + "); else stop it, or set"
                + " provisioning.dhcp: port-4011 and see barestack dhcp-snippet")
        : Finding.fault(
            "ports",
            message,
            by.pid().isPresent()
                ? "stop it, or keep it off " + at().address()
                : "sudo " + ss + " names it; stop it, or keep it off " + at().address());
  }

  private List<Finding> dhcp() throws IOException {
    String mode = "provisioning.dhcp: " + at().dhcp().name().toLowerCase(Locale.ROOT);
    if (at().dhcp() == Site.DhcpMode.PORT_4011) {
      return List.of(
          host.listeners(Transport.UDP, 67).isEmpty()
              ? Finding.warning(
                  "dhcp",
                  "nobody on this host listens on UDP 67, and provisioning.dhcp: port-4011 needs a"
                      + " DHCP server here",
                  "start it with what barestack dhcp-snippet prints, or set provisioning.dhcp:"
                      + " proxy")
              : Finding.ok("dhcp", "this host has a DHCP server for provisioning.dhcp: port-4011"));
    }
    Set<Ipv4> servers = host.dhcpServers();
    String answer =
        servers.stream().map(Ipv4::toString).sorted().collect(Collectors.joining(", "))
            + (servers.size() == 1 ? " answers" : " answer")
            + " on "
            + at().networkInterface();
    return List.of(
        switch (at().dhcp()) {
          case FULL ->
              servers.isEmpty()
                  ? Finding.ok("dhcp", "no other DHCP server answers, as " + mode + " needs it")
                  : Finding.fault(
                      "dhcp",
                      answer + ", and with " + mode + " there must be no other DHCP server",
                      "switch it off, or set provisioning.dhcp: proxy");
          default ->
              servers.isEmpty()
                  ? Finding.warning(
                      "dhcp",
                      "no DHCP server answers, and with " + mode + " machines get no address",
                      "start the one that gives addresses, or set provisioning.dhcp: full")
                  : Finding.ok("dhcp", answer + ", as " + mode + " needs it");
        });
  }

  private List<Finding> loaders() throws IOException {
    Map<String, Loaders.Answer> answers;
    try {
      Releases releases = new Releases(order.httpRoot());
      answers =
          Loaders.read(order.folder(), () -> releases.roots(order.site().rocky()))
              .find(order.site());
    } catch (IllegalArgumentException e) {
      return List.of(Finding.fault("loaders", String.valueOf(e.getMessage()), "correct that file"));
    }
    List<Finding> findings = new ArrayList<>();
    Set<String> found = new TreeSet<>();
    answers.forEach((name, answer) -> {
      switch (answer) {
        case Loaders.Answer.Found _ -> found.add(name);
        case Loaders.Answer.Missing(String message) -> findings.add(missing("loaders", message));
      }
    });
    if (!found.isEmpty()) {
      findings.addFirst(Finding.ok("loaders", "there are " + String.join(", ", found)));
    }
    return findings;
  }

  private List<Finding> release() throws IOException {
    return switch (new Releases(order.httpRoot()).find(order.site().rocky())) {
      case Releases.Answer.Found(Releases.Tree tree) when tree.standIn() ->
          List.of(
              Finding.warning(
                  "release",
                  tree.path() + " is a stand-in that installs no Rocky",
                  "fine for a rehearsal; else put Rocky's own tree there"));
      case Releases.Answer.Found(Releases.Tree tree) ->
          List.of(
              Finding.ok(
                  "release",
                  tree.path() + " is Rocky Linux " + tree.version() + " " + tree.arch()));
      case Releases.Answer.Missing(String message) -> List.of(missing("release", message));
      case Releases.Answer.Elsewhere(URI tree) -> List.of(elsewhere(tree));
    };
  }

  private Finding elsewhere(URI tree) throws IOException {
    if (order.offline()) {
      return Finding.ok("release", tree + ", which was not asked (--offline)");
    }
    URI file = URI.create(tree + (tree.toString().endsWith("/") ? "" : "/") + ".treeinfo");
    return host.unreachable(file)
        .map(why ->
            Finding.fault(
                "release",
                file + " cannot be had: " + why,
                "see to the way there, or name another mirror as rocky.tree"))
        .orElseGet(() -> Finding.ok("release", file + " can be had"));
  }

  /** Messages of what is missing begin with that, and go on with what to do. */
  private static Finding missing(String check, String message) {
    int end = message.indexOf(". ");
    return end < 0
        ? Finding.fault(check, message, "see docs/boot-modes.md")
        : Finding.fault(
            check,
            message.substring(0, end),
            message.substring(end + 2).replaceFirst("^To get it: ", ""));
  }

  private List<Finding> space() throws IOException {
    return List.of(
        space("the journal and logs in " + order.state(), order.state(), LEAST_SPACE),
        space("releases in " + order.httpRoot(), order.httpRoot(), 0));
  }

  private Finding space(String what, Path path, long least) throws IOException {
    long free = host.space(path);
    String message = free / MIB + " MiB are free for " + what;
    String remedy = "make room on that file system, or name another place";
    return free < least
        ? Finding.fault("space", message, remedy)
        : free < ENOUGH_SPACE
            ? Finding.warning("space", message, remedy)
            : Finding.ok("space", message);
  }

  private List<Finding> clock() throws IOException {
    Instant now = host.now();
    Instant changed = host.changed(order.file());
    String remedy = "set the clock, and keep it right: timedatectl set-ntp true";
    if (now.isBefore(LONG_AGO) || now.plus(Duration.ofMinutes(5)).isBefore(changed)) {
      return List.of(
          Finding.fault(
              "clock",
              "it says "
                  + now
                  + (now.isBefore(LONG_AGO)
                      ? ", which is long ago"
                      : ", but " + order.file() + " was changed later, at " + changed)
                  + "; certificates would not hold",
              remedy));
    }
    Host.Synchronised kept = host.synchronised();
    return List.of(
        kept.yes().orElse(false)
            ? Finding.ok("clock", kept.by())
            : Finding.warning("clock", kept.by(), remedy));
  }

  private List<Finding> descriptors() throws IOException {
    OptionalLong server = host.server(order.state());
    long most = host.descriptors(server);
    String message =
        (server.isPresent() ? "serve may have " : "a process may have ") + most + " files open";
    return List.of(
        most >= ENOUGH_DESCRIPTORS + OF_ONE_NODE * order.site().nodes().size()
            ? Finding.ok("files", message)
            : Finding.warning(
                "files",
                message + "; many machines at once need more",
                "ulimit -n 65536 before serve; its systemd unit does that"));
  }

  /**
   * With a full table of neighbours the kernel drops what is for machines that are not in it, and
   * broadcasts too: most of a thousand machines at once were lost with Linux's usual 1024
   * (measured).
   */
  private List<Finding> neighbours() throws IOException {
    OptionalLong most = host.neighbours();
    int nodes = order.site().nodes().size();
    long wanted = 2L * nodes + OTHER_NEIGHBOURS;
    if (most.isEmpty()) {
      return List.of(
          Finding.ok("neighbours", "how many this host keeps is not shown in this namespace"));
    }
    return List.of(
        most.getAsLong() >= wanted
            ? Finding.ok("neighbours", "this host keeps " + most.getAsLong())
            : Finding.warning(
                "neighbours",
                "this host keeps %d, and all %d nodes at once are too many"
                    .formatted(most.getAsLong(), nodes),
                "sysctl -w net.ipv4.neigh.default.gc_thresh3=%d, and the same in /etc/sysctl.d"
                    .formatted(Math.max(8192, Long.highestOneBit(wanted) * 4))));
  }

  private List<Finding> secrets() throws IOException {
    Path age = order.folder().resolve("secrets.age");
    return switch (SiteSecrets.open(age, order.identity())) {
      case SiteSecrets.Answer.NotThere _ ->
          List.of(Finding.fault("secrets", age + " is not there", "barestack secrets init"));
      case SiteSecrets.Answer.NotOpened(String reason, String remedy) ->
          List.of(Finding.fault("secrets", reason, remedy));
      case SiteSecrets.Answer.Opened(SiteSecrets secrets) -> {
        if (!secrets.trust().ca().equals(order.site().trust().ca())) {
          yield List.of(
              Finding.fault(
                  "secrets",
                  "secrets.pub.yaml is not that of " + age,
                  "barestack secrets init writes it anew"));
        }
        yield List.of(
            Identity.isOpenToOthers(order.identity())
                ? Finding.warning(
                    "secrets",
                    age + " opens, but others can read " + order.identity(),
                    "chmod 600 " + order.identity())
                : Finding.ok("secrets", age + " opens with " + order.identity()));
      }
    };
  }

  private List<Finding> git() throws IOException {
    Path file = order.file();
    return List.of(
        switch (host.committed(file)) {
          case YES -> Finding.ok("git", file + " is committed");
          case CHANGED ->
              Finding.warning("git", file + " has changes that are not committed", "git commit it");
          case NEVER ->
              Finding.warning("git", file + " is not in Git", "git add and git commit it");
          case NO_REPOSITORY ->
              Finding.warning(
                  "git", file + " is in no Git repository", "git init, git add and git commit");
        });
  }
}
