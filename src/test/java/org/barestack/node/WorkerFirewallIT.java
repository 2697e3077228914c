package org.barestack.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.render.NodeFile;
import org.barestack.render.Renderer;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.barestack.testing.Namespace;
import org.barestack.testing.Namespace.Program;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rendered rules of a worker, loaded by nft in a namespace that is the worker, on one switch
 * with all who may or may not come: each a namespace of its own. Needs root.
 */
@Timeout(300)
class WorkerFirewallIT {
  private static final String WORKER = "10.9.0.11";
  private static final List<String> PORTS =
      List.of(
          "22", "111", "1798", "5900", "6100", "6101", "8080", "16509", "16514", "49152", "49216",
          "49217");

  /** Who comes: the address, and which ports answer in either mode. */
  private enum From {
    MANAGER("10.9.0.10", "22 1798 16509 16514", "22 1798 16509 16514 49152 49216"),
    BARESTACK("10.9.0.5", "22", "22 16514 49152 49216"),
    CONSOLE_PROXY("10.9.0.60", "5900 6100", "5900 6100"),
    LAST_SYSTEM_VM("10.9.0.79", "5900 6100", "5900 6100"),
    AFTER_THE_SYSTEM_VMS("10.9.0.80", "", "16514 49152 49216"),
    GUEST_BY_PUBLIC_ADDRESS("10.9.0.100", "", ""),
    PEOPLE("10.8.0.7", "22", "22"),
    PEOPLE_ELSEWHERE("10.7.0.7", "", ""),
    OTHER_WORKER("10.9.0.12", "", "16514 49152 49216"),
    WORKER_THAT_JOINED_LATER("10.9.0.13", "", "16514 49152 49216"),
    STORAGE("10.9.0.20", "", "16514 49152 49216");

    private final String address;
    private final String strict;
    private final String migration;

    From(String address, String strict, String migration) {
      this.address = address;
      this.strict = strict;
      this.migration = migration;
    }

    List<String> reaches(Site.Isolation isolation) {
      String ports = isolation == Site.Isolation.STRICT ? strict : migration;
      return ports.isEmpty() ? List.of() : List.of(ports.split(" ", -1));
    }

    String namespace() {
      return PREFIX + "-" + address;
    }
  }

  private static final String PREFIX = "bsf" + ProcessHandle.current().pid();
  private static final String SWITCH = PREFIX + "sw";
  private static final String NODE = PREFIX + "w";
  private static final List<Program> PROGRAMS = new ArrayList<>();

  @TempDir static Path folder;

  private static void ip(String words) {
    Namespace.run(("ip " + words).split(" "));
  }

  private static void add(String namespace) {
    ip("netns add " + namespace);
    ip("-n " + namespace + " link set lo up");
  }

  /** A cable from eth0 in one namespace to a bridge in another. */
  private static void plug(
      String namespace, String device, String other, String port, String bridge) {
    ip(
        "-n "
            + other
            + " link add "
            + port
            + " type veth peer name "
            + device
            + " netns "
            + namespace);
    ip("-n " + other + " link set " + port + " master " + bridge + " up");
    ip("-n " + namespace + " link set " + device + " up");
  }

  private static void bridge(String namespace, String name) {
    ip("-n " + namespace + " link add " + name + " type bridge");
    ip("-n " + namespace + " link set " + name + " up");
  }

  @BeforeAll
  static void network() {
    add(SWITCH);
    bridge(SWITCH, "br0");
    add(NODE);
    bridge(NODE, "cloudbr0");
    bridge(NODE, "cloudbr1");
    plug(NODE, "eth0", SWITCH, "worker", "br0");
    ip("-n " + NODE + " link set eth0 master cloudbr0");
    ip("-n " + NODE + " addr add " + WORKER + "/24 dev cloudbr0");
    ip("-n " + NODE + " route add default dev cloudbr0");
    for (From from : From.values()) {
      add(from.namespace());
      plug(from.namespace(), "eth0", SWITCH, "p" + from.address.replace(".", ""), "br0");
      ip("-n " + from.namespace() + " addr add " + from.address + "/24 dev eth0");
      if (!from.address.startsWith("10.9.")) {
        ip("-n " + from.namespace() + " route add " + WORKER + " dev eth0");
      }
    }
    for (int guest : List.of(1, 2)) {
      add(PREFIX + "g" + guest);
      plug(PREFIX + "g" + guest, "eth0", NODE, "vnet" + guest, "cloudbr1");
      ip("-n " + PREFIX + "g" + guest + " addr add 172.16.0." + guest + "/24 dev eth0");
    }
    listen(NODE, PORTS);
    listen(From.STORAGE.namespace(), List.of("2049"));
    listen(From.MANAGER.namespace(), List.of("8250"));
    listen(PREFIX + "g2", List.of("8080"));
  }

  @AfterAll
  static void close() {
    PROGRAMS.forEach(Program::close);
    Stream.concat(
            Stream.of(SWITCH, NODE, PREFIX + "g1", PREFIX + "g2"),
            Stream.of(From.values()).map(From::namespace))
        .forEach(name -> Command.of("ip", "netns", "del", name).run());
  }

  @BeforeEach
  void noRules() {
    assertThat(inside("nft", "flush", "ruleset").status()).isZero();
  }

  private static String[] java(String namespace, String verb, List<String> arguments) {
    return Stream.concat(
            Stream.of(
                "ip",
                "netns",
                "exec",
                namespace,
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                "target/test-classes",
                Ports.class.getName(),
                verb),
            arguments.stream())
        .toArray(String[]::new);
  }

  private static void listen(String namespace, List<String> ports) {
    Program program = Namespace.startOnHost(java(namespace, "listen", ports));
    PROGRAMS.add(program);
    program.await("listening on " + ports.size());
  }

  /** What each port, and a ping, came to. */
  private static Map<String, String> attempts(
      String namespace, String address, List<String> ports) {
    Result result =
        Command.of(
                java(namespace, "try", Stream.concat(Stream.of(address), ports.stream()).toList()))
            .run();
    assertThat(result.errors()).isEmpty();
    return result
        .output()
        .lines()
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf(' ')),
                line -> line.substring(line.indexOf(' ') + 1),
                (a, _) -> a,
                LinkedHashMap::new));
  }

  private static List<String> reached(String namespace, String address, List<String> ports) {
    return attempts(namespace, address, ports).entrySet().stream()
        .filter(attempt -> attempt.getValue().equals("reached"))
        .map(Map.Entry::getKey)
        .filter(port -> !port.equals("ping"))
        .toList();
  }

  /** Who reaches what, asked for by all at once. */
  private static Map<From, List<String>> matrix() {
    Map<From, List<String>> matrix = new TreeMap<>();
    List<Thread> threads =
        Stream.of(From.values())
            .map(from ->
                Thread.ofVirtual()
                    .start(() -> {
                      List<String> reached = reached(from.namespace(), WORKER, PORTS);
                      synchronized (matrix) {
                        matrix.put(from, reached);
                      }
                    }))
            .toList();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return matrix;
  }

  private static Map<From, List<String>> expected(Site.Isolation isolation) {
    return Stream.of(From.values())
        .collect(
            Collectors.toMap(
                from -> from, from -> from.reaches(isolation), (a, _) -> a, TreeMap::new));
  }

  private static Result inside(String... command) {
    return Command.of(
            Stream.concat(Stream.of("ip", "netns", "exec", NODE), Stream.of(command))
                .toArray(String[]::new))
        .run();
  }

  private static String said(String... command) {
    Result result = inside(command);
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }

  /** The rules as a node of such a site gets them. */
  private static Path rules(Site.Isolation isolation) throws IOException {
    Path site = Files.createTempDirectory(folder, "site");
    Files.writeString(
        site.resolve("site.yaml"),
        """
        site: rules
        provisioning: { interface: eno1, address: 10.9.0.5 }
        networks:
          management:
            subnet: 10.9.0.0/24
            gateway: 10.9.0.1
            system_vms: 10.9.0.60-10.9.0.79
          public: { range: 10.9.0.100-10.9.0.149 }
        access:
          from: [10.8.0.0/16, 10.9.0.12]
          ssh_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE5vdEFLZXkuTm90QUtleS5Ob3RBS2V5Lk5vdEFLZXku a@b]
        workers: { isolation: %s }
        nodes:
          m: { role: management, address: 10.9.0.10, nics: { nic1: "02:09:00:00:00:0a" } }
          a: { role: kvm-worker, address: 10.9.0.11, nics: { nic1: "02:09:00:00:00:0b" } }
          b: { role: kvm-worker, address: 10.9.0.12, nics: { nic1: "02:09:00:00:00:0c" } }
        """
            .formatted(isolation.name().toLowerCase(Locale.ROOT)));
    Site read = Examples.read(site);
    Node node = read.node(new NodeName("a")).orElseThrow();
    NodeFile file =
        new Renderer(List.of())
            .files(read, node).stream()
                .filter(each -> each.path().equals("/etc/nftables/barestack.nft"))
                .findFirst()
                .orElseThrow();
    return Files.writeString(site.resolve("barestack.nft"), file.text());
  }

  private static void load(Path rules) {
    said("nft", "--file", rules.toString());
  }

  /** What CloudStack's setup program does to a host (cloudutils.serviceConfig). */
  private static void cloudStackOpensPorts() {
    for (String ports : List.of("22", "1798", "16514", "16509", "5900:6100", "49152:49216")) {
      said(("iptables-nft -I INPUT -p tcp -m tcp --dport " + ports + " -j ACCEPT").split(" "));
    }
  }

  /** Without the comments, which have the time in them. */
  private static String theirs() {
    return said("iptables-nft-save").replaceAll("(?m)^#.*\n", "");
  }

  @Test
  void withoutRulesAllReachAll() {
    assertThat(matrix().values()).allSatisfy(ports -> assertThat(ports).isEqualTo(PORTS));
  }

  @ParameterizedTest
  @EnumSource
  void whoReachesWhat(Site.Isolation isolation) throws IOException {
    load(rules(isolation));
    assertThat(matrix()).isEqualTo(expected(isolation));
  }

  @Test
  void cloudStacksRulesOpenNothingBesideOurs() throws IOException {
    cloudStackOpensPorts();
    load(rules(Site.Isolation.STRICT));
    assertThat(matrix()).isEqualTo(expected(Site.Isolation.STRICT));
    // and what they forbid stays forbidden
    said("iptables-nft", "-I", "INPUT", "-p", "tcp", "--dport", "5900", "-j", "DROP");
    assertThat(reached(From.CONSOLE_PROXY.namespace(), WORKER, PORTS)).containsExactly("6100");
  }

  @Test
  void neitherTouchesTheOthersTables() throws IOException {
    Path strict = rules(Site.Isolation.STRICT);
    cloudStackOpensPorts();
    String theirs = theirs();
    load(strict);
    String ours = said("nft", "list", "table", "inet", "barestack");
    assertThat(theirs()).isEqualTo(theirs);
    load(strict);
    assertThat(theirs()).isEqualTo(theirs);
    assertThat(said("nft", "list", "table", "inet", "barestack")).isEqualTo(ours);
    // their service restores what they saved, over everything that iptables has
    Path saved = Files.writeString(folder.resolve("iptables"), theirs);
    for (String table : List.of("filter", "nat", "mangle", "raw")) {
      said("iptables-nft", "-t", table, "-F");
      said("iptables-nft", "-t", table, "-X");
    }
    said("iptables-nft-restore", saved.toString());
    assertThat(said("nft", "list", "table", "inet", "barestack")).isEqualTo(ours);
    load(rules(Site.Isolation.MIGRATION));
    assertThat(said("nft", "list", "table", "inet", "barestack")).isNotEqualTo(ours);
    said("nft", "delete", "table", "inet", "barestack");
    assertThat(said("nft", "list", "tables")).doesNotContain("barestack").contains("ip filter");
  }

  @Test
  void rulesThatAreWrongLeaveTheOldOnes() throws IOException {
    Path rules = rules(Site.Isolation.STRICT);
    load(rules);
    String before = said("nft", "list", "ruleset");
    Path broken = folder.resolve("broken.nft");
    Files.writeString(broken, Files.readString(rules) + "add rule inet barestack nowhere accept\n");
    assertThat(inside("nft", "--file", broken.toString()).status()).isNotZero();
    assertThat(said("nft", "list", "ruleset")).isEqualTo(before);
  }

  @Test
  void whatTheWorkerBeginsIsAnswered() throws IOException {
    load(rules(Site.Isolation.STRICT));
    assertThat(reached(NODE, From.STORAGE.address, List.of("2049"))).containsExactly("2049");
    assertThat(reached(NODE, From.MANAGER.address, List.of("8250"))).containsExactly("8250");
    assertThat(reached(NODE, "127.0.0.1", PORTS)).isEqualTo(PORTS);
  }

  @Test
  void aRefusedWorkerIsToldAtOnceAndMayPing() throws IOException {
    load(rules(Site.Isolation.STRICT));
    Map<String, String> attempts = attempts(From.OTHER_WORKER.namespace(), WORKER, PORTS);
    assertThat(attempts.remove("ping")).isEqualTo("reached");
    assertThat(attempts.values()).containsOnly("refused");
  }

  /** Also where bridged packets pass iptables, as CloudStack's security groups want it. */
  @Test
  void guestsReachEachOther() throws IOException {
    load(rules(Site.Isolation.STRICT));
    said("sh", "-c", "echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables");
    assertThat(attempts(PREFIX + "g1", "172.16.0.2", List.of("8080")))
        .containsExactlyInAnyOrderEntriesOf(Map.of("ping", "reached", "8080", "reached"));
  }
}
