package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.testing.Command;
import org.barestack.testing.Namespace;
import org.barestack.testing.Namespace.Program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program as a service runs it: without root, with two capabilities, on a host with two
 * networks of which it may be heard in one.
 */
@Timeout(180)
class ServiceIT {
  /** RFC 2544's test networks; the process id keeps two runs apart. */
  private static final long RUN = (ProcessHandle.current().pid() + 128) % 256;

  private static final String NET = "198.18." + RUN;
  private static final String OTHER_NET = "198.19." + RUN;
  private static final String NODE = "52:54:00:aa:00:01";
  private static final String URL = "http://" + NET + ".1:8080";

  @TempDir private Path folder;
  private Namespace ours;
  private Namespace other;
  private final List<Program> servers = new ArrayList<>();

  @BeforeEach
  void lay() throws IOException {
    ours = Namespace.open(NET + ".1/24", NODE);
    other = Namespace.open(OTHER_NET + ".1/24", "52:54:00:aa:00:02");
    ours.start("ip", "addr", "add", NET + ".9/24", "dev", "eth0").exitStatus();
    other.start("ip", "addr", "add", OTHER_NET + ".9/24", "dev", "eth0").exitStatus();
    // Its own way to our address: Linux would answer for it here, too.
    other.start("ip", "route", "add", "default", "via", OTHER_NET + ".1").exitStatus();
    Files.writeString(
        folder.resolve("site.yaml"),
        """
        site: tiny
        rocky: { release: "9.7", tree: "http://192.0.2.1/rocky/" }
        provisioning: { interface: %s, address: NET.1, dhcp: full, pool: NET.200-NET.210 }
        networks:
          management: { subnet: NET.0/24, gateway: NET.1, system_vms: NET.60-NET.90 }
          public: { range: NET.100-NET.149 }
        access:
          ssh_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3HD5Pg5cjoQG0WbWZmRu29EXp9bmHK1Y0Bk2VJq8eg admin@desk]
        nodes:
          mgmt1: { role: management, address: NET.10, nics: { nic1: "52:54:00:60:00:0a" } }
          kvm1:  { role: kvm-worker, address: NET.11, nics: { nic1: "52:54:00:aa:00:01" } }
        """
            .formatted(ours.hostDevice())
            .replace("NET", NET));
    Files.createDirectories(folder.resolve("http-root/repos"));
    Files.write(folder.resolve("http-root/repos/big"), new byte[300_000_000]);
    Files.createDirectory(folder.resolve("state"));
    Files.setAttribute(folder.resolve("state"), "unix:uid", 65534);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(folder.resolve("udhcpc.sh"), "#!/bin/sh\necho \"$1 $ip\"\n");
    Files.setPosixFilePermissions(
        folder.resolve("udhcpc.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void remove() {
    servers.forEach(Program::close);
    ours.close();
    other.close();
  }

  /** As the unit does it: no root, only the two capabilities, and no way to more. */
  private Program launch() {
    String capabilities = "-all,+net_bind_service,+net_raw";
    Program server =
        Namespace.startOnHost(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--no-new-privs",
            "--inh-caps=" + capabilities,
            "--ambient-caps=" + capabilities,
            "--bounding-set=" + capabilities,
            Path.of("barestack").toAbsolutePath().toString(),
            "serve",
            "--no-secrets",
            "--site=" + folder.resolve("site.yaml"),
            "--state=" + folder.resolve("state"),
            "--http-root=" + folder.resolve("http-root"));
    servers.add(server);
    return server;
  }

  private Program serve() {
    Program server = launch();
    server.await("serving site tiny");
    return server;
  }

  private static Program curl(Namespace where, String... more) {
    return where.start(
        Stream.concat(
                Stream.of("curl", "-sS", "--max-time", "10", "--output", "/dev/null"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  /** It asks for answers by broadcast, which any interface might carry. */
  private Program udhcpc(Namespace where) {
    return where.start(
        "busybox",
        "udhcpc",
        "-B",
        "-n",
        "-q",
        "-t",
        "3",
        "-T",
        "1",
        "-i",
        "eth0",
        "-s",
        folder.resolve("udhcpc.sh").toString());
  }

  private Command.Result barestack(String... arguments) {
    return Command.of(
            Stream.concat(
                    Stream.of(Path.of("barestack").toAbsolutePath().toString()),
                    Stream.of(arguments))
                .toArray(String[]::new))
        .run();
  }

  @Test
  void itServesWithoutRootAndOnlyOnItsInterface() {
    serve();
    assertThat(udhcpc(ours).await("bound")).isEqualTo("bound " + NET + ".11");
    assertThat(curl(ours, URL + "/boot.ipxe").exitStatus()).isZero();
    assertThat(curl(ours, "tftp://" + NET + ".1/undionly.kpxe").exitStatus()).isZero();

    assertThat(udhcpc(other).exitStatus()).isNotZero();
    for (String address : List.of(NET + ".1", OTHER_NET + ".1")) {
      assertThat(curl(other, "http://" + address + ":8080/boot.ipxe").exitStatus())
          .as("connection refused")
          .isEqualTo(7);
      assertThat(
              curl(other, "--max-time", "4", "tftp://" + address + "/undionly.kpxe").exitStatus())
          .isNotZero();
    }
    // Proof that the other network reaches this host at all.
    assertThat(other.start("busybox", "ping", "-c", "1", NET + ".1").exitStatus()).isZero();
  }

  /** What a network hears of this host. IPv6 is the kernel's own. */
  private static Program listen(Namespace where) throws IOException {
    Path mac = Path.of("/sys/class/net", where.hostDevice(), "address");
    String filter = "ether src " + Files.readString(mac).strip() + " and not ip6";
    Program tcpdump = where.start("tcpdump", "-l", "-n", "-i", "eth0", filter);
    tcpdump.await("listening on");
    return tcpdump;
  }

  /** Answers by broadcast, its own question for other servers, its ARP probe of the pool. */
  @Test
  void noPacketOfAWholeExchangeComesToTheOtherNetwork() throws IOException {
    Program here = listen(ours);
    Program there = listen(other);
    serve();
    assertThat(udhcpc(ours).await("bound")).isEqualTo("bound " + NET + ".11");
    ours.start("ip", "link", "set", "eth0", "address", "52:54:00:aa:00:0f").exitStatus();
    String stranger = udhcpc(ours).await("bound").replace("bound ", "");
    assertThat(curl(ours, "tftp://" + NET + ".1/undionly.kpxe").exitStatus()).isZero();
    assertThat(curl(ours, URL + "/boot.ipxe").exitStatus()).isZero();
    assertThat(udhcpc(other).exitStatus()).isNotZero();

    here.await("> 255.255.255.255.67: BOOTP/DHCP, Request");
    here.await("> 255.255.255.255.68: BOOTP/DHCP, Reply");
    here.await("ARP, Request who-has " + stranger);
    // The end of the capture, and the proof that it hears.
    Namespace.run("busybox", "ping", "-c", "1", OTHER_NET + ".9");
    there.await("ICMP echo request");
    assertThat(there.toString().lines().filter(line -> line.matches("[0-9:.]{15} .*")))
        .isNotEmpty()
        .allMatch(line -> line.contains("ARP") ? line.contains(OTHER_NET) : line.contains("ICMP"));
  }

  @Test
  void itStopsAtOnceWhateverIsUnderWay() throws IOException {
    Program server = serve();
    Path http = folder.resolve("http");
    ours.start("curl", "-sS", "--limit-rate", "10000", "-o", http.toString(), URL + "/repos/big");
    awaitOctets(http, 1);
    // It asks and falls silent.
    ours.start(
        "bash",
        "-c",
        "exec 3>/dev/udp/" + NET + ".1/69; printf '\\0\\1undionly.kpxe\\0octet\\0' >&3; sleep 60");
    Program transfer =
        Namespace.startOnHost(
            "sh", "-c", "until ss -Huna | grep -F " + NET + ".1: | grep -qv ':69 '; do :; done");
    servers.add(transfer);
    assertThat(transfer.exitStatus()).isZero();
    long began = System.nanoTime();
    server.signal("TERM");
    assertThat(server.exitStatus()).isEqualTo(143);
    // Three seconds on an idle machine; the unit waits 15 before it kills.
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    assertThat(server.toString()).contains("the server stops").doesNotContain("ERROR");
  }

  private static void awaitOctets(Path file, long octets) throws IOException {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!Files.exists(file) || Files.size(file) < octets) {
      assertThat(System.nanoTime()).as("nothing comes to " + file).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void aDownloadGoesOnAfterARestart() throws IOException {
    Program server = serve();
    Path copy = folder.resolve("copy");
    Program first =
        ours.start(
            "curl", "-sS", "--limit-rate", "20M", "--output", copy.toString(), URL + "/repos/big");
    awaitOctets(copy, 1_000_000);
    server.signal("KILL");
    assertThat(first.exitStatus()).isEqualTo(18);
    assertThat(Files.size(copy)).isBetween(1_000_000L, 299_999_999L);
    serve();
    Program second =
        ours.start(
            "curl", "-sS", "--continue-at", "-", "--output", copy.toString(), URL + "/repos/big");
    assertThat(second.exitStatus()).as(second.toString()).isZero();
    assertThat(Files.mismatch(copy, folder.resolve("http-root/repos/big"))).isEqualTo(-1);
  }

  @Test
  void anInstallGoesOnAfterAKill() throws IOException {
    Program server = serve();
    String script = get(URL + "/boot/" + NODE + "?platform=efi&uuid=11");
    String install = script.replaceFirst("(?s).*(http://[^/]*/install/[0-9a-f]{32}).*", "$1");
    String kickstart = get(install + "/kickstart");
    assertThat(kickstart).contains("%include /tmp/disk.ks");
    server.signal("KILL");
    server.exitStatus();
    serve();
    assertThat(get(install + "/kickstart")).isEqualTo(kickstart);
    String claim =
        "machine.uuid=11&machine.firmware=uefi&disk.0.name=vda&disk.0.size=214748364800"
            + "&disk.0.serial=S1&disk.0.medium=0&disk.0.readonly=0&disk.0.used=0&disk.0.edges=zero";
    assertThat(get("--data", claim, install + "/claim")).contains("# end of disk part");
  }

  private String get(String... arguments) {
    Program curl =
        ours.start(
            Stream.concat(
                    Stream.of("curl", "-sS", "--fail", "--max-time", "30"), Stream.of(arguments))
                .toArray(String[]::new));
    assertThat(curl.exitStatus()).as(curl.toString()).isZero();
    return curl.toString();
  }

  @Test
  void aSecondServerIsRefusedAndCommandsAreNot() {
    Program first = serve();
    Program second = launch();
    assertThat(second.exitStatus()).isEqualTo(1);
    String pid =
        second.toString().replaceFirst("(?s).*another barestack serve, process ([0-9]+).*", "$1");
    assertThat(ProcessHandle.of(Long.parseLong(pid)).orElseThrow().info().commandLine())
        .hasValueSatisfying(line -> assertThat(line).contains(folder.toString()));
    assertThat(second.toString()).contains("kill " + pid, "--state DIR");
    String[] options = {"--site", folder.toString(), "--state", folder.resolve("state").toString()};
    assertThat(barestack(words("reinstall", "kvm1", options)).status()).isZero();
    assertThat(barestack(words("status", "", options)).output()).contains("kvm1");

    first.signal("KILL");
    first.exitStatus();
    serve();
  }

  private static String[] words(String command, String node, String... options) {
    return Stream.concat(Stream.of(command, node), Stream.of(options))
        .filter(word -> !word.isEmpty())
        .toArray(String[]::new);
  }

  /** Packets of garbage, as many as one sender can send in some seconds; and a real client then. */
  @Test
  void garbageOnEveryPortHarmsNoMachine() throws Exception {
    Program server = serve();
    Path flood = folder.resolve("Flood.java");
    Files.writeString(
        flood,
        """
        void main(String[] to) throws Exception {
          Random random = new Random(7);
          try (DatagramSocket socket = new DatagramSocket()) {
            long end = System.nanoTime() + 8_000_000_000L;
            long count = 0;
            while (System.nanoTime() < end) {
              byte[] bytes = new byte[300];
              random.nextBytes(bytes);
              if (count % 3 == 0) { bytes[0] = 0; bytes[1] = 1; bytes[9] = 0; }
              for (int port : new int[] {67, 4011, 69}) {
                socket.send(new DatagramPacket(bytes, 300, InetAddress.getByName(to[0]), port));
                count++;
              }
            }
            IO.println("sent " + count);
          }
        }
        """);
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    Program garbage = ours.start(java, flood.toString(), NET + ".1");
    String sent = garbage.await("sent ");
    assertThat(Long.parseLong(sent.substring(5))).isGreaterThan(10_000);
    assertThat(udhcpc(ours).await("bound")).isEqualTo("bound " + NET + ".11");
    assertThat(curl(ours, "tftp://" + NET + ".1/undionly.kpxe").exitStatus()).isZero();
    assertThat(curl(ours, URL + "/boot.ipxe").exitStatus()).isZero();
    assertThat(server.toString().lines().count()).isLessThan(6000);
    assertThat(server.toString()).doesNotContain("ERROR");
  }

  /** Each of them asks for an address that a stranger would ask by, once. */
  @Test
  void strangersWithoutNumberFillNoJournal() throws Exception {
    serve();
    Path requests = folder.resolve("requests");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append(
          "url = \"%s/boot/02-00-00-00-%02x-%02x\"\noutput = /dev/null\n"
              .formatted(URL, i >> 8, i & 255));
    }
    Files.writeString(requests, text, StandardCharsets.US_ASCII);
    assertThat(ours.start("curl", "-sS", "--fail", "--config", requests.toString()).exitStatus())
        .isZero();
    String[] options = {"--site", folder.toString(), "--state", folder.resolve("state").toString()};
    long strangers =
        barestack(words("status", "", options))
            .output()
            .lines()
            .filter(line -> line.startsWith("02:00:00:00:"))
            .count();
    assertThat(strangers).isBetween(300L, 2 * 1300L);
  }
}
