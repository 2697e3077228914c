package org.barestack.rehearse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.Ipv4;
import org.barestack.model.Subnet;

/**
 * A network of its own: a Linux network namespace with a bridge, a tap for each network card, and
 * one cable to the host. Nothing is routed out of it.
 *
 * <pre>
 *   host ── cable ══ [ uplink ── bridge ── tap0, tap1, ... ]   the namespace
 *   second address              first address
 * </pre>
 *
 * <p>The cable also keeps the bridge's carrier up while no machine runs. The host's end is an
 * ordinary interface, so a server may listen there; a Java process cannot enter a namespace, so
 * programs that belong inside are started by {@link #start}.
 */
public final class Lab implements AutoCloseable {
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final Pattern NAME = Pattern.compile("barestack-([0-9]+)-([0-9]+)-([0-9]+)");
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String namespace;
  private final Subnet subnet;
  private final String bridge;
  private final Ipv4 address;
  private final List<Process> processes = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private int taps;

  private Lab(String namespace, Subnet subnet, String bridge, Ipv4 address) {
    this.namespace = namespace;
    this.subnet = subnet;
    this.bridge = bridge;
    this.address = address;
  }

  /**
   * Makes one whose cable has an address on the host. What earlier labs of ended processes left
   * behind is removed first.
   *
   * @param subnet must not be in use on this host
   * @throws IOException without root, without iproute2, or if the kernel refuses
   */
  public static Lab open(Subnet subnet) throws IOException {
    Lab lab = alone("br0", subnet.network().plus(1), subnet);
    try {
      ip(
          "address add "
              + lab.hostAddress()
              + "/"
              + subnet.prefix()
              + " dev "
              + lab.hostInterface());
      return lab;
    } catch (IOException e) {
      lab.close();
      throw e;
    }
  }

  /**
   * Makes one that the host has no address in, so that its subnet may be one the host uses too.
   *
   * @param bridge what the interface inside is called
   * @param address of that interface
   * @throws IOException without root, without iproute2, or if the kernel refuses
   */
  public static Lab alone(String bridge, Ipv4 address, Subnet subnet) throws IOException {
    requireRoot();
    removeLeftovers();
    Lab lab = new Lab(fresh(), subnet, bridge, address);
    try {
      lab.build();
      return lab;
    } catch (IOException e) {
      lab.close();
      throw e;
    }
  }

  /** A name that tells whose it is, so that it can be removed when its owner is gone. */
  private static String fresh() {
    long self = ProcessHandle.current().pid();
    return "barestack-%d-%s-%d".formatted(self, started(self), COUNT.incrementAndGet());
  }

  private static void requireRoot() throws IOException {
    if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new IOException("a network of its own needs root: run the same command with sudo");
    }
  }

  private void build() throws IOException {
    ip("netns add " + namespace);
    ip("link add " + hostInterface() + " type veth peer name uplink netns " + namespace);
    inside("link set lo up");
    inside("link add " + bridge + " type bridge forward_delay 0");
    inside("address add " + address + "/" + subnet.prefix() + " dev " + bridge);
    inside("link set uplink master " + bridge);
    inside("link set uplink up");
    inside("link set " + bridge + " up");
    ip("link set " + hostInterface() + " up");
  }

  private static String ip(String words) throws IOException {
    return Command.run(Stream.concat(Stream.of("ip"), Stream.of(words.split(" ", -1))).toList());
  }

  /**
   * Starts a program on a host of its own at the other end of the cable; {@link #close} ends it.
   * The host loses its end.
   *
   * @param at that host's address
   * @param log what it prints goes here
   */
  private void startAtOtherEnd(Ipv4 at, List<String> line, Path log) throws IOException {
    String other = fresh();
    ip("netns add " + other);
    others.add(other);
    ip("link set " + hostInterface() + " netns " + other);
    String into = "-netns " + other + " ";
    ip(into + "address add " + at + "/" + subnet.prefix() + " dev " + hostInterface());
    ip(into + "link set lo up");
    ip(into + "link set " + hostInterface() + " up");
    started(Stream.concat(Stream.of("ip", "netns", "exec", other), line.stream()).toList(), log);
  }

  private void inside(String words) throws IOException {
    ip("-netns " + namespace + " " + words);
  }

  /** The namespace's name, as {@code ip netns} knows it. */
  public String namespace() {
    return namespace;
  }

  /** The bridge's address, inside. */
  public Ipv4 address() {
    return address;
  }

  /** The address of the host's end of the cable. */
  public Ipv4 hostAddress() {
    return subnet.network().plus(2);
  }

  /** The interface on the host's end of the cable. */
  public String hostInterface() {
    return cable(namespace);
  }

  /** The interface that the machines are behind, inside. */
  public String bridge() {
    return bridge;
  }

  /** The command that runs {@code line} inside. */
  public List<String> command(List<String> line) {
    return Stream.concat(Stream.of("ip", "netns", "exec", namespace), line.stream()).toList();
  }

  /**
   * Starts a program inside; {@link #close} ends it.
   *
   * @param log what it prints goes here
   */
  public Process start(List<String> line, Path log) throws IOException {
    return started(command(line), log);
  }

  private Process started(List<String> line, Path log) throws IOException {
    Process process =
        new ProcessBuilder(line)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    processes.add(process);
    return process;
  }

  /**
   * Sends IPv6 router advertisements. iPXE waits for them when it configures a card: measured 17 s
   * without, 3 s with them.
   *
   * @param log for dnsmasq, which sends them and does nothing else here
   */
  public void advertiseRouter(Path log) throws IOException {
    requireDnsmasq();
    inside("address add fd77::1/64 dev " + bridge + " nodad");
    start(
        dnsmasq(
            List.of(
                "--interface=" + bridge,
                "--bind-interfaces",
                "--enable-ra",
                "--dhcp-range=fd77::,ra-only")),
        log);
  }

  /**
   * Starts a DHCP server on a host of its own at the other end, as a network may have one.
   *
   * @param ranges dnsmasq's options that say what it gives to whom
   */
  public void startDhcpAtOtherEnd(Ipv4 address, List<String> ranges, Path log) throws IOException {
    requireDnsmasq();
    List<String> options = new ArrayList<>(List.of("--log-dhcp", "--no-ping"));
    options.addAll(ranges);
    startAtOtherEnd(address, dnsmasq(options), log);
  }

  /** It answers no names, and keeps nothing. */
  private static List<String> dnsmasq(List<String> options) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--log-facility=-",
                "--port=0",
                "--leasefile-ro"));
    line.addAll(options);
    return line;
  }

  private static void requireDnsmasq() throws IOException {
    if (Stream.of("/usr/sbin/dnsmasq", "/usr/bin/dnsmasq")
        .noneMatch(name -> Files.isExecutable(Path.of(name)))) {
      throw new IOException(
          "dnsmasq is missing: apt-get install dnsmasq-base, or dnf install dnsmasq");
    }
  }

  /** A new port of the bridge for one network card. */
  String addTap() throws IOException {
    String tap = "tap" + taps++;
    inside("tuntap add " + tap + " mode tap");
    inside("link set " + tap + " master " + bridge);
    inside("link set " + tap + " up");
    return tap;
  }

  /** Ends what was started inside and removes the network. */
  @Override
  public void close() throws IOException {
    processes.forEach(Process::destroy);
    for (String other : others) {
      remove(other);
    }
    remove(namespace);
  }

  private static void removeLeftovers() throws IOException {
    if (!Files.isDirectory(NAMESPACES)) {
      return;
    }
    try (Stream<Path> names = Files.list(NAMESPACES)) {
      names
          .map(path -> path.getFileName().toString())
          .filter(Lab::isLeftover)
          .forEach(name -> {
            try {
              remove(name);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Whether the process that the name tells of is gone, or its number was given to another. */
  static boolean isLeftover(String namespace) {
    Matcher parts = NAME.matcher(namespace);
    return parts.matches() && !started(Long.parseLong(parts.group(1))).equals(parts.group(2));
  }

  /** When a process started, in clock ticks after boot (proc(5), field 22); empty if it is gone. */
  static String started(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
    } catch (IOException e) {
      return "";
    }
  }

  /** At most 15 characters, as the kernel wants: the owner's process number and the lab's. */
  private static String cable(String namespace) {
    return NAME.matcher(namespace).replaceFirst("bs$1n$3");
  }

  /** Ends what runs in a namespace of ours, then removes its cable and itself. */
  private static void remove(String namespace) throws IOException {
    if (!Files.exists(NAMESPACES.resolve(namespace))) {
      return;
    }
    ip("netns pids " + namespace)
        .lines()
        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())).stream())
        .forEach(ProcessHandle::destroyForcibly);
    // the kernel would remove it with the namespace, but only some time later
    if (NetworkInterface.getByName(cable(namespace)) != null) {
      ip("link delete " + cable(namespace));
    }
    ip("netns delete " + namespace);
  }
}
