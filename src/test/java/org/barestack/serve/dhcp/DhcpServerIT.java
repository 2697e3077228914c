package org.barestack.serve.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Subnet;
import org.barestack.testing.InMemoryLeases;
import org.barestack.testing.Namespace;
import org.barestack.testing.Namespace.Program;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.BootFile;
import org.barestack.wire.dhcp.Clocks;
import org.barestack.wire.dhcp.DhcpMode;
import org.barestack.wire.dhcp.DhcpResponder;
import org.barestack.wire.dhcp.DhcpSettings;
import org.barestack.wire.dhcp.Endpoint;
import org.barestack.wire.dhcp.Lease;
import org.barestack.wire.dhcp.MessageType;
import org.barestack.wire.dhcp.OtherServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The server on real interfaces, with busybox's udhcpc and dnsmasq as the others. */
class DhcpServerIT {
  private static final String KNOWN = "52:54:00:aa:00:01";
  private static final String STRANGER = "52:54:00:aa:00:02";

  /** RFC 2544's test networks; the process id keeps two runs apart. */
  private static final String NET = "198.18." + ProcessHandle.current().pid() % 256;

  private static final String OTHER_NET = "198.19." + ProcessHandle.current().pid() % 256;

  @TempDir private Path folder;
  private Path script;
  private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
  private Namespace ours;
  private Namespace other;

  @BeforeEach
  void layCables() throws IOException {
    script = folder.resolve("udhcpc.sh");
    Files.writeString(
        script,
        """
        #!/bin/sh
        [ "$ip" ] && ip addr replace "$ip/$mask" dev "$interface"
        echo "$1 $ip/$mask router $router dns $dns ntp $ntpsrv $hostname.$domain from $serverid"
        """);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    ours = Namespace.open(NET + ".1/24", KNOWN);
    other = Namespace.open(OTHER_NET + ".1/24", STRANGER);
  }

  @AfterEach
  void removeCables() {
    ours.close();
    other.close();
  }

  private static DhcpResponder responder(DhcpMode mode) {
    DhcpSettings settings =
        new DhcpSettings(
            mode,
            Ipv4.parse(NET + ".1"),
            Subnet.parse(NET + ".0/24"),
            Ipv4.parse(NET + ".254"),
            List.of(Ipv4.parse(NET + ".2")),
            "lab.example",
            List.of(Ipv4.parse(NET + ".3")),
            AddressRange.parse(NET + ".200-" + NET + ".202"),
            Duration.ofHours(1),
            Set.of());
    return new DhcpResponder(
        settings,
        mac ->
            mac.equals(new MacAddress(KNOWN))
                ? new Lease.Fixed(Ipv4.parse(NET + ".85"), "kvm1")
                : new Lease.FromPool(),
        (mac, kind) -> new BootFile.None("nothing boots here"),
        new InMemoryLeases(),
        Clocks.system());
  }

  private static OtherServers others(DhcpMode mode) {
    return new OtherServers(responder(mode).settings(), Clocks.system(), new SplittableRandom(1));
  }

  private DhcpServer open(DhcpMode mode) throws IOException {
    return DhcpServer.open(ours.hostDevice(), responder(mode), others(mode), seen::add);
  }

  private Program udhcpc(Namespace where, String... more) {
    return where.start(
        Stream.concat(
                Stream.of("busybox", "udhcpc", "-f", "-i", "eth0", "-s", script.toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private List<MessageType> answers() {
    return seen.stream()
        .map(Seen::answer)
        .filter(Reply.class::isInstance)
        .map(answer -> ((Reply) answer).packet().messageType().orElseThrow())
        .toList();
  }

  @Test
  void aKnownMachineGetsItsAddressAndKeepsIt() throws IOException {
    try (DhcpServer _ = open(DhcpMode.FULL)) {
      Program client = udhcpc(ours);
      String lease =
          "%s.85/24 router %s.254 dns %s.2 ntp %s.3 kvm1.lab.example from %s.1".replace("%s", NET);
      assertThat(client.await("bound")).isEqualTo("bound " + lease);
      client.signal("USR1");
      assertThat(client.await("renew " + NET)).isEqualTo("renew " + lease);
      assertThat(client.toString()).contains("sending renew to server " + NET + ".1");
    }
    // udhcpc may miss the first ACK of its renewal, and then asks again: it listens late.
    assertThat(answers())
        .startsWith(MessageType.OFFER, MessageType.ACK, MessageType.ACK)
        .doesNotContain(MessageType.NAK);
    assertThat(seen).extracting(Seen::mac).containsOnly(new MacAddress(KNOWN));
  }

  @Test
  void aMalformedPacketDoesNotEndTheLoop() throws IOException {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(DhcpServer.class);
    logger.addAppender(log);
    logger.setLevel(Level.DEBUG);
    try (DhcpServer _ = open(DhcpMode.FULL)) {
      Program sender =
          ours.start(
              "bash",
              "-c",
              "ip addr add %1$s.9/24 dev eth0; printf garbage > /dev/udp/%1$s.1/67".formatted(NET));
      sender.exitStatus();
      assertThat(udhcpc(ours).await("bound")).startsWith("bound " + NET + ".85/24");
    } finally {
      logger.detachAppender(log);
      logger.setLevel(null);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line ->
            line.startsWith("no DHCP packet from " + NET + ".9:")
                && line.endsWith(": at octet 7: the packet ends before its options at 240"));
  }

  @Test
  void theOtherInterfaceHearsNothingAndIsNotHeard() throws IOException {
    Program listener =
        other.start("tcpdump", "-l", "-n", "-c", "1", "-i", "eth0", "udp dst port 68");
    listener.await("listening on");
    try (DhcpServer _ = open(DhcpMode.FULL);
        OneInterfaceSocket marker = OneInterfaceSocket.open(other.hostDevice(), 6868)) {
      assertThat(udhcpc(other, "-n", "-q", "-t", "2", "-T", "1").exitStatus()).isEqualTo(1);
      udhcpc(ours).await("bound");
      marker.send(new byte[300], new Endpoint(Ipv4.BROADCAST, 68));
    }
    // Had an answer gone out on this interface, it would have come before the marker.
    assertThat(listener.await(" > 255.255.255.255.68")).contains(".6868 > ");
    assertThat(seen).extracting(Seen::mac).containsOnly(new MacAddress(KNOWN));
  }

  @Test
  void twoServersOnTwoInterfaces() throws IOException {
    try (DhcpServer _ = open(DhcpMode.FULL);
        DhcpServer _ =
            DhcpServer.open(
                other.hostDevice(), responder(DhcpMode.FULL), others(DhcpMode.FULL), seen::add)) {
      udhcpc(ours).await("bound " + NET + ".85/24");
      udhcpc(other).await("bound " + NET + ".20");
    }
  }

  @Test
  void aTakenPortIsExplained() throws IOException {
    try (DatagramSocket holder = new DatagramSocket(null)) {
      holder.bind(new InetSocketAddress("0.0.0.0", DhcpMode.SERVER_PORT));
      assertThatThrownBy(() -> open(DhcpMode.FULL).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("UDP port 67 of " + ours.hostDevice() + " is taken")
          .hasMessageContaining("ss -lunp sport = :67");
      try (DhcpServer _ = open(DhcpMode.PORT_4011)) {
        assertThatThrownBy(() -> open(DhcpMode.PORT_4011).close())
            .hasMessageContaining("UDP port 4011 of " + ours.hostDevice() + " is taken");
      }
    }
  }

  @Test
  void dnsmasqOnTheSameInterfaceIsNoticed() {
    List<String> options =
        List.of(
            "dnsmasq --no-daemon --conf-file=/dev/null --port=0 --leasefile-ro --user=root"
                .split(" "));
    try (Program dnsmasq =
        Namespace.startOnHost(
            Stream.concat(
                    options.stream(),
                    Stream.of(
                        "--bind-interfaces",
                        "--interface=" + ours.hostDevice(),
                        "--dhcp-range=" + NET + ".100," + NET + ".110"))
                .toArray(String[]::new))) {
      dnsmasq.await("DHCP, IP range");
      assertThatThrownBy(() -> open(DhcpMode.FULL).close())
          .hasMessageContaining("UDP port 67 of " + ours.hostDevice() + " is taken");
    }
  }

  @Test
  void anUnknownInterfaceIsExplained() {
    assertThatThrownBy(() ->
            DhcpServer.open("nosuch0", responder(DhcpMode.FULL), others(DhcpMode.FULL), seen::add)
                .close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no interface nosuch0; there are: ")
        .hasMessageContaining(ours.hostDevice());
  }

  @Test
  void nothingIsLeftAfterClose() throws IOException {
    open(DhcpMode.FULL).close();
    long before = openFiles();
    for (int i = 0; i < 20; i++) {
      open(DhcpMode.FULL).close();
    }
    assertThat(openFiles()).isEqualTo(before);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("dhcp-"));
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
