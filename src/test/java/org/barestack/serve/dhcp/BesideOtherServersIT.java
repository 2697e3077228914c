package org.barestack.serve.dhcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.barestack.model.AddressRange;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Subnet;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;
import org.barestack.snippet.DhcpSnippet;
import org.barestack.testing.InMemoryLeases;
import org.barestack.testing.Namespace;
import org.barestack.testing.Namespace.Program;
import org.barestack.wire.dhcp.BootFile;
import org.barestack.wire.dhcp.Clocks;
import org.barestack.wire.dhcp.DhcpMode;
import org.barestack.wire.dhcp.DhcpResponder;
import org.barestack.wire.dhcp.DhcpSettings;
import org.barestack.wire.dhcp.Lease;
import org.barestack.wire.dhcp.OtherServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Our server and dnsmasq, Kea or dhcpd on one network, and what a client gets of both. */
class BesideOtherServersIT {
  private static final String NODE = "52:54:00:aa:00:01";
  private static final String STRANGER = "52:54:00:aa:00:02";
  private static final String NET = "198.18." + ProcessHandle.current().pid() % 256;

  @TempDir private Path folder;
  private Namespace cable;

  @BeforeEach
  void layCable() {
    cable = Namespace.open(NET + ".1/24", NODE);
  }

  @AfterEach
  void removeCable() {
    cable.close();
  }

  /** The lab of the examples, on our cable. */
  private Site site(String dhcp, boolean secure) throws IOException {
    String text =
        Files.readString(Path.of("examples/lab/site.yaml"))
            .replaceAll("dhcp: full .*", "dhcp: " + dhcp)
            .replaceAll("(?m)^  pool: .*\n", "")
            .replace("52:54:00:50:00:0b", NODE)
            .replace("192.168.50.5 ", NET + ".1 ")
            .replace("address: 192.168.50.5", "address: " + NET + ".1")
            .replace("gateway: 192.168.50.1", "gateway: " + NET + ".254")
            .replace("interface: eno1", "interface: " + cable.hostDevice())
            .replace("192.168.50", NET)
            .replaceFirst(
                "(?m)^    address: " + NET + ".11.*$",
                secure ? "$0\n    firmware: uefi-secure" : "$0");
    Path file = Files.writeString(folder.resolve("site.yaml"), text);
    return switch (SiteFile.load(file, Set.of(Role.MANAGEMENT, Role.KVM_WORKER))) {
      case SiteResult.Good good -> good.site();
      case SiteResult.Bad bad -> throw new AssertionError(bad.problems());
    };
  }

  /**
   * @param secure whether kvm1 has Secure Boot, and other machines have not
   */
  private Path snippet(DhcpSnippet.Program program, String dhcp, boolean secure)
      throws IOException {
    String text =
        DhcpSnippet.of(
                program,
                site(dhcp, secure),
                (kind, signed) ->
                    Optional.of(
                        kind == ClientKind.BIOS_PXE
                            ? "undionly.kpxe"
                            : signed ? "shimx64.efi" : "snponly.efi"))
            .replace(
                "\"subnet\": \"" + NET + ".0/24\",",
                "\"subnet\": \"%1$s.0/24\", \"pools\": [ { \"pool\": \"%1$s.200-%1$s.209\" } ],"
                    .formatted(NET))
            .replace(
                "\"client-classes\"",
                "\"lease-database\": { \"type\": \"memfile\", \"persist\": false },"
                    + " \"client-classes\"");
    return Files.writeString(folder.resolve(program.name()), text, UTF_8);
  }

  private Program dnsmasq(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                ("dnsmasq --no-daemon --port=0 --leasefile-ro --user=root --no-ping --log-dhcp"
                        + " --bind-interfaces --pid-file=")
                    .split(" ")));
    line.addAll(List.of(more));
    return Namespace.startOnHost(line.toArray(String[]::new));
  }

  /** The server, with the snippet and a range for other machines. */
  private Program start(DhcpSnippet.Program program, String dhcp) throws IOException {
    return start(program, dhcp, false);
  }

  private Program start(DhcpSnippet.Program program, String dhcp, boolean secure)
      throws IOException {
    Path file = snippet(program, dhcp, secure);
    return switch (program) {
      case DNSMASQ -> {
        Program started =
            dnsmasq(
                "--conf-file=" + file,
                "--interface=" + cable.hostDevice(),
                "--dhcp-range=" + NET + ".200," + NET + ".209,255.255.255.0");
        started.await("DHCP, IP range");
        yield started;
      }
      case KEA -> {
        Program started =
            Namespace.startOnHost(
                "env",
                "KEA_PIDFILE_DIR=" + folder,
                "KEA_LOCKFILE_DIR=" + folder,
                "kea-dhcp4",
                "-c",
                file.toString());
        started.await("DHCP4_STARTED");
        yield started;
      }
      case ISC -> throw new IllegalArgumentException("dhcpd only checks its file here");
    };
  }

  private DhcpServer ours(DhcpMode mode, OtherServers others) throws IOException {
    return DhcpServer.open(cable.hostDevice(), responder(mode), others, seen -> {});
  }

  private static DhcpSettings settings(DhcpMode mode) {
    return new DhcpSettings(
        mode,
        Ipv4.parse(NET + ".1"),
        Subnet.parse(NET + ".0/24"),
        null,
        List.of(),
        null,
        List.of(),
        mode == DhcpMode.FULL ? AddressRange.parse(NET + ".200-" + NET + ".202") : null,
        Duration.ofHours(1),
        EnumSet.of(ClientKind.BIOS_PXE));
  }

  private static DhcpResponder responder(DhcpMode mode) {
    return new DhcpResponder(
        settings(mode),
        mac ->
            mac.text().equals(NODE)
                ? new Lease.Fixed(Ipv4.parse(NET + ".11"), "kvm1")
                : new Lease.FromPool(),
        (mac, kind) ->
            kind.ipxe()
                ? new BootFile.Url(URI.create("http://" + NET + ".1:8080/boot.ipxe"))
                : new BootFile.Tftp("ours.efi"),
        new InMemoryLeases(),
        Clocks.system());
  }

  private static OtherServers others(DhcpMode mode) {
    return new OtherServers(settings(mode), Clocks.system(), new SplittableRandom());
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DNSMASQ | off | ovmf-pxe-discover  | snponly.efi
          DNSMASQ | off | bios-rom-discover  | undionly.kpxe
          DNSMASQ | off | ipxe-rom-discover  | http://NET.1:8080/boot.ipxe
          DNSMASQ | off | snponly-discover   | http://NET.1:8080/boot.ipxe
          DNSMASQ | off | ovmf-http-discover | http://NET.1:8080/loaders/snponly.efi
          KEA     | off | ovmf-pxe-discover  | snponly.efi
          KEA     | off | bios-rom-discover  | undionly.kpxe
          KEA     | off | ipxe-rom-discover  | http://NET.1:8080/boot.ipxe
          KEA     | off | snponly-discover   | http://NET.1:8080/boot.ipxe
          KEA     | off | ovmf-http-discover | http://NET.1:8080/loaders/snponly.efi
          """)
  void theOtherServerAloneSendsEveryClientToItsFile(
      DhcpSnippet.Program program, String dhcp, String client, String file) throws IOException {
    try (Program _ = start(program, dhcp)) {
      String ack = PxeClient.start(cable, client, NODE, "0.0.0.0").await("ACK from port 67");
      assertThat(ack)
          .startsWith("ACK from port 67: " + NET + ".11 ")
          .contains(" file '" + file.replace("NET", NET) + "'");
      if (client.contains("http")) {
        assertThat(ack).endsWith("class 'HTTPClient'");
      }
    }
  }

  @ParameterizedTest(name = "{0} has port 67, we have 4011")
  @EnumSource(names = {"DNSMASQ", "KEA"})
  void onOneHostUefiComesToOurPort4011(DhcpSnippet.Program program) throws IOException {
    try (Program _ = start(program, "port-4011");
        DhcpServer _ = ours(DhcpMode.PORT_4011, others(DhcpMode.PORT_4011))) {
      Program uefi = PxeClient.start(cable, "ovmf-pxe-discover", NODE, "0.0.0.0");
      assertThat(uefi.await("ACK from port 67"))
          .isEqualTo(
              "ACK from port 67: %1$s.11 next %1$s.1 file '' class 'PXEClient'".formatted(NET));
      assertThat(uefi.await("ACK from port 4011"))
          .isEqualTo(
              "ACK from port 4011: 0.0.0.0 next %s.1 file 'ours.efi' class 'PXEClient'"
                  .formatted(NET));
      Program ipxe = PxeClient.start(cable, "snponly-discover", STRANGER, "0.0.0.0");
      assertThat(ipxe.await("ACK from port 67"))
          .contains(" file 'http://" + NET + ".1:8080/boot.ipxe'");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DNSMASQ", "KEA"})
  void aNodeWithSecureBootIsSentToShim(DhcpSnippet.Program program) throws IOException {
    try (Program _ = start(program, "off", true)) {
      assertThat(ack("ovmf-pxe-discover", NODE)).contains(" next " + NET + ".1 file 'shimx64.efi'");
      assertThat(ack("ovmf-http-discover", NODE))
          .contains(" file 'http://" + NET + ".1:8080/loaders/shimx64.efi' class 'HTTPClient'");
      assertThat(ack("snponly-discover", NODE)).contains(":8080/boot.ipxe'");
      assertThat(ack("ovmf-pxe-discover", STRANGER)).contains(" file 'snponly.efi'");
    }
  }

  private String ack(String client, String mac) {
    return PxeClient.start(cable, client, mac, "0.0.0.0").await("ACK from port 67");
  }

  @ParameterizedTest(name = "dhcp: {0}, Secure Boot {1}")
  @CsvSource({"off, false", "off, true", "port-4011, false", "port-4011, true", "proxy, true"})
  void theProgramsTakeTheirSnippets(String dhcp, boolean secure) throws IOException {
    Path dnsmasq = snippet(DhcpSnippet.Program.DNSMASQ, dhcp, secure);
    Namespace.run("dnsmasq", "--test", "--conf-file=" + dnsmasq);
    Path kea = snippet(DhcpSnippet.Program.KEA, dhcp, secure);
    Namespace.run("env", "KEA_LOCKFILE_DIR=" + folder, "kea-dhcp4", "-t", kea.toString());
    Path isc = snippet(DhcpSnippet.Program.ISC, dhcp, secure);
    Namespace.run("dhcpd", "-4", "-t", "-cf", isc.toString());
  }

  @Test
  void anAddressThatSomebodyUsesIsNotOffered() throws IOException {
    Namespace.run("ip", "-n", cable.hostDevice(), "addr", "add", NET + ".200/24", "dev", "eth0");
    try (LogLines log = new LogLines(DhcpServer.class);
        DhcpServer _ = ours(DhcpMode.FULL, others(DhcpMode.FULL))) {
      Program client = PxeClient.start(cable, "ovmf-pxe-discover", STRANGER, NET + ".200");
      assertThat(client.await("OFFER")).containsPattern(NET + "\\.20[12] ");
      assertThat(client.await("ACK")).containsPattern(NET + "\\.20[12] ");
      assertThat(log.await("of the pool is used"))
          .startsWith(NET + ".200 of the pool is used by " + NODE + ", which has no lease");
    }
  }

  /** ISC's load generator, as a relay for clients that it invents. */
  @Test
  void inventedClientsDoNotKeepANodeWaiting() throws IOException {
    Namespace.run("ip", "-n", cable.hostDevice(), "addr", "add", NET + ".9/24", "dev", "eth0");
    try (DhcpServer _ = ours(DhcpMode.FULL, others(DhcpMode.FULL))) {
      Program flood =
          cable.start("perfdhcp", "-4", "-i", "-r", "500", "-R", "100000", "-p", "5", "-l", "eth0");
      flood.await("Running");
      for (int i = 0; i < 3; i++) {
        Program node = PxeClient.start(cable, "ovmf-pxe-discover", NODE, "0.0.0.0");
        assertThat(node.await("ACK from port 67")).startsWith("ACK from port 67: " + NET + ".11 ");
        assertThat(node.exitStatus()).isZero();
      }
      flood.exitStatus();
      String sent = flood.await("sent packets");
      assertThat(Integer.parseInt(sent.replaceAll("\\D", ""))).isGreaterThan(500);
      String received = flood.await("received packets");
      assertThat(Integer.parseInt(received.replaceAll("\\D", ""))).isLessThanOrEqualTo(3);
    }
  }

  /** In the namespace, so on another host. */
  private Program otherHost(String address, String range) {
    Namespace.run("ip", "-n", cable.hostDevice(), "addr", "add", address + "/24", "dev", "eth0");
    Program server =
        cable.start(
            "dnsmasq",
            "--no-daemon",
            "--conf-file=/dev/null",
            "--port=0",
            "--leasefile-ro",
            "--user=root",
            "--pid-file=",
            "--log-dhcp",
            "--dhcp-range=" + range + ",255.255.255.0");
    server.await("DHCP, IP range");
    return server;
  }

  @Test
  void anotherServerIsNamedAndNothingIsTakenFromIt() throws IOException {
    Program server = otherHost(NET + ".9", NET + ".100," + NET + ".110");
    try (LogLines log = new LogLines(ServerWatch.class);
        DhcpServer _ = ours(DhcpMode.FULL, others(DhcpMode.FULL))) {
      assertThat(log.await("another DHCP server"))
          .startsWith("another DHCP server, " + NET + ".9, answers on this network");
    }
    assertThat(server.toString()).contains("DHCPOFFER").doesNotContain("DHCPACK");
  }

  @Test
  void aServerThatAnswersNoRelayOfOursIsNamedToo() throws IOException {
    otherHost("198.19.255.9", "198.19.255.100,198.19.255.110");
    try (LogLines log = new LogLines(ServerWatch.class);
        DhcpServer _ = ours(DhcpMode.FULL, others(DhcpMode.FULL))) {
      assertThat(log.await("another DHCP server")).contains("198.19.255.9, answers");
    }
  }

  @Test
  void aProxyWithoutAServerBesideItSaysSo() throws IOException {
    try (LogLines log = new LogLines(ServerWatch.class);
        DhcpServer _ = ours(DhcpMode.PROXY, others(DhcpMode.PROXY))) {
      assertThat(log.await("no DHCP server answers")).contains("machines get no address");
    }
  }

  /** As barestack doctor asks: as a client, and as a relay where another client has port 68. */
  @Test
  void theProbeFindsAnotherServerAndTakesNothing() throws IOException {
    Duration patience = Duration.ofSeconds(4);
    String device = cable.hostDevice();
    assertThat(ServerProbe.find(device, others(DhcpMode.FULL), Duration.ofMillis(500))).isEmpty();
    Program server = otherHost(NET + ".9", NET + ".100," + NET + ".110");
    Set<Ipv4> expected = Set.of(Ipv4.parse(NET + ".9"));
    assertThat(ServerProbe.find(device, others(DhcpMode.FULL), patience)).isEqualTo(expected);
    try (OneInterfaceSocket _ = OneInterfaceSocket.open(device, 68)) {
      assertThat(ServerProbe.find(device, others(DhcpMode.PROXY), patience)).isEqualTo(expected);
    }
    assertThat(server.toString()).contains("DHCPOFFER").doesNotContain("DHCPACK");
  }
}
