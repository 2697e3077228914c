package org.barestack.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.barestack.doctor.Host.Committed;
import org.barestack.doctor.Host.Listener;
import org.barestack.doctor.Host.Transport;
import org.barestack.model.Ipv4;
import org.barestack.model.PlainText;
import org.barestack.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this very host says of itself, and what a made-up {@code /proc} says. */
class LinuxHostTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  private final LinuxHost host = new LinuxHost(Set::of);

  @TempDir Path folder;

  @Test
  void loopbackIsUp() throws IOException {
    assertThat(host.link("lo").orElseThrow().up()).isTrue();
    assertThat(host.link("lo").orElseThrow().addresses()).contains(Ipv4.parse("127.0.0.1"));
    assertThat(host.link("nosuch0")).isEmpty();
    assertThat(host.links()).contains("lo");
  }

  @Test
  void whoListensIsFound() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      List<Listener> listeners = host.listeners(Transport.TCP, socket.getLocalPort());
      assertThat(listeners).hasSize(1);
      assertThat(listeners.getFirst().pid()).hasValue(ProcessHandle.current().pid());
      assertThat(listeners.getFirst().program()).isNotEmpty();
      assertThat(listeners.getFirst().address()).isEqualTo("127.0.0.1");
      assertThat(host.listeners(Transport.UDP, socket.getLocalPort())).isEmpty();
    }
  }

  private void file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  @Test
  void procIsRead() throws IOException {
    file(
        "net/udp",
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
          12: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 111 2 0 0
          13: 0532A8C0:0045 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 222 2 0 0
        """);
    file(
        "net/udp6",
        """
          sl  local_address                         remote_address                        st
          15: 0000000000000000FFFF00000532A8C0:0050 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 444 2 0 0
          14: 00000000000000000000000000000000:0045 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 333 2 0 0
        """);
    file("812/comm", "dnsmasq\n");
    file("812/limits", "Limit  Soft Limit  Hard\nMax open files            1024   4096   files\n");
    file("self/limits", "Max open files            unlimited   unlimited   files\n");
    Files.createDirectories(folder.resolve("812/fd"));
    Files.createSymbolicLink(folder.resolve("812/fd/3"), Path.of("socket:[111]"));
    Processes processes = new Processes(folder);
    assertThat(processes.listeners(Transport.UDP, 67))
        .containsExactly(new Listener("0.0.0.0", OptionalLong.of(812), "dnsmasq"));
    assertThat(processes.listeners(Transport.UDP, 69))
        .containsExactly(new Listener("192.168.50.5", NONE, ""), new Listener("::", NONE, ""));
    assertThat(processes.listeners(Transport.UDP, 80))
        .containsExactly(new Listener("192.168.50.5", NONE, ""));
    assertThat(processes.listeners(Transport.TCP, 69)).isEmpty();
    assertThat(processes.descriptors("812")).isEqualTo(1024);
    assertThat(processes.descriptors("self")).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aServeIsKnownByItsLock() throws IOException {
    Processes processes = new Processes(folder);
    Path lock = folder.resolve("serve.lock");
    assertThat(processes.server(lock)).isEmpty();
    for (String odd : List.of("", "12\n", "../x", "\0", "99")) {
      Files.writeString(lock, odd);
      assertThat(processes.server(lock)).as(PlainText.of(odd)).isEmpty();
    }
    file("12/cmdline", "java\0-jar\0/opt/barestack/target/barestack.jar\0serve\0");
    Files.writeString(lock, "12\n");
    assertThat(processes.server(lock)).hasValue(12);
    file("12/cmdline", "vi\0serve.txt\0");
    assertThat(processes.server(lock)).as("the number is another's by now").isEmpty();
  }

  @Test
  void thisHostHasSpaceAndDescriptors() throws IOException {
    assertThat(host.space(folder.resolve("not/there/yet"))).isPositive();
    assertThat(host.descriptors(NONE)).isPositive();
    String most = Command.of("cat", "/proc/sys/net/ipv4/neigh/default/gc_thresh3").run().output();
    assertThat(host.neighbours().orElse(0))
        .isEqualTo(most.isBlank() ? 0 : Long.parseLong(most.strip()));
    assertThat(host.synchronised().by()).isNotEmpty();
  }

  @Test
  void aFileElsewhereIsAskedFor() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/tree/",
        exchange -> {
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(head ? 200 : 500, -1);
          exchange.close();
        });
    server.start();
    String base = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThat(host.unreachable(URI.create(base + "/tree/.treeinfo"))).isEmpty();
      assertThat(host.unreachable(URI.create(base + "/none"))).hasValue("it answers 404");
    } finally {
      server.stop(0);
    }
    assertThat(host.unreachable(URI.create(base + "/tree/.treeinfo"))).isPresent();
  }

  private void git(String... words) {
    String[] all = new String[words.length + 3];
    System.arraycopy(new String[] {"git", "-C", folder.toString()}, 0, all, 0, 3);
    System.arraycopy(words, 0, all, 3, words.length);
    assertThat(Command.of(all).run().status()).isZero();
  }

  @Test
  void gitIsAsked() throws IOException {
    Path site = folder.resolve("site.yaml");
    Files.writeString(site, "site: lab\n");
    assertThat(host.committed(site)).isEqualTo(Committed.NO_REPOSITORY);
    git("init", "-q");
    assertThat(host.committed(site)).isEqualTo(Committed.NEVER);
    git("add", "site.yaml");
    assertThat(host.committed(site)).isEqualTo(Committed.NEVER);
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "site");
    assertThat(host.committed(site)).isEqualTo(Committed.YES);
    Files.writeString(site, "site: other\n");
    assertThat(host.committed(site)).isEqualTo(Committed.CHANGED);
  }

  @Test
  void theProbeIsTheOneThatWasGiven() throws IOException {
    Ipv4 server = Ipv4.parse("192.168.50.1");
    assertThat(new LinuxHost(() -> Set.of(server)).dhcpServers()).containsExactly(server);
  }
}
