package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.command.Failure;
import org.barestack.command.Server;
import org.barestack.model.Ipv4;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.model.Subnet;
import org.barestack.render.LiveRenderer;
import org.barestack.secrets.FreshSecrets;
import org.barestack.secrets.SiteSecrets;
import org.barestack.testing.Command;
import org.barestack.testing.Examples;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve} refuses, and that a refusal leaves nothing open. TFTP's port needs root. */
class AssemblyIT {
  private static final Ipv4 LOOPBACK = Ipv4.parse("127.0.0.1");
  private static final URI ELSEWHERE = URI.create("http://192.0.2.1/rocky/");

  @TempDir Path folder;

  private int port;
  private int securePort;

  @BeforeEach
  void aPortAndLoaders() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, address(LOOPBACK));
        ServerSocket other = new ServerSocket(0, 1, address(LOOPBACK))) {
      port = free.getLocalPort();
      securePort = other.getLocalPort();
    }
    Files.createDirectories(folder.resolve("http-root"));
    Files.writeString(folder.resolve("loader"), "a loader");
    loaders("loader");
  }

  private void loaders(String file) throws IOException {
    Files.createDirectories(folder.resolve("pxe"));
    Files.writeString(
        folder.resolve("pxe/loaders.yaml"),
        """
        undionly.kpxe:
          clients: [bios_pxe]
          files: [%s]
          install: {Debian: apt-get install ipxe}
          known: {}
        """
            .formatted(folder.resolve(file)));
  }

  private Server serve(Ipv4 address, String device, Site.DhcpMode dhcp, @Nullable URI tree)
      throws IOException {
    return serve(address, device, dhcp, tree, null);
  }

  private Server serve(
      Ipv4 address,
      String device,
      Site.DhcpMode dhcp,
      @Nullable URI tree,
      @Nullable SiteSecrets secrets)
      throws IOException {
    Site lab = Examples.site("lab");
    Site site =
        new Site(
            lab.name(),
            lab.time(),
            lab.localization(),
            new Site.Rocky(lab.rocky().release(), lab.rocky().arch(), tree),
            lab.cloudstack(),
            lab.repositories(),
            new Site.Provisioning(
                device,
                address,
                Subnet.parse("127.0.0.0/24"),
                port,
                securePort,
                dhcp,
                null,
                Set.of(),
                Node.Firmware.UEFI),
            lab.networks(),
            lab.access(),
            lab.workers(),
            lab.storage(),
            lab.zone(),
            lab.backup(),
            lab.nodes(),
            lab.trust());
    return Assembly.serve(
        new Server.Order(
            () -> site,
            folder,
            new LiveRenderer(List.of(folder)),
            folder.resolve("state/journal.db"),
            folder.resolve("http-root"),
            secrets,
            true));
  }

  private static InetAddress address(Ipv4 address) throws IOException {
    return InetAddress.getByAddress(address.octets());
  }

  /** Whether some file of the journal is open in this process. */
  private boolean journalIsOpen() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.anyMatch(file -> target(file).startsWith(folder.resolve("state").toString()));
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed since it was listed
    }
  }

  private void assertNothingIsOpen() throws IOException {
    assertThat(journalIsOpen()).isFalse();
    new ServerSocket(port, 1, address(LOOPBACK)).close();
    new ServerSocket(securePort, 1, address(LOOPBACK)).close();
    new DatagramSocket(new InetSocketAddress(address(LOOPBACK), 69)).close();
  }

  @Test
  void whatItOpensItCloses() throws IOException, InterruptedException {
    try (Server server = serve(LOOPBACK, "lo", Site.DhcpMode.OFF, ELSEWHERE);
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(server).isNotNull();
      URI entry = URI.create("http://" + LOOPBACK + ":" + port + "/boot.ipxe");
      HttpRequest request = HttpRequest.newBuilder(entry).build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
          .startsWith("#!ipxe");
      assertThat(journalIsOpen()).isTrue();
      assertThatThrownBy(() -> new DatagramSocket(new InetSocketAddress(address(LOOPBACK), 69)))
          .isInstanceOf(IOException.class);
    }
    assertNothingIsOpen();
  }

  @Test
  void withSecretsItSpeaksTlsAsTheSiteKnowsIt() throws IOException {
    SiteSecrets secrets = FreshSecrets.make();
    Path ca = Files.writeString(folder.resolve("ca.pem"), secrets.trust().ca());
    try (Server server = serve(LOOPBACK, "lo", Site.DhcpMode.OFF, ELSEWHERE, secrets)) {
      assertThat(server).isNotNull();
      Command.Result asked =
          Command.of(
                  "curl",
                  "--silent",
                  "--cacert",
                  ca.toString(),
                  "https://" + LOOPBACK + ":" + securePort + "/boot.ipxe")
              .run();
      assertThat(asked.status()).isZero();
      assertThat(asked.output()).startsWith("#!ipxe");
    }
    assertNothingIsOpen();
  }

  @Test
  void aTlsPortThatSomebodyElseHasIsNamed() throws IOException {
    try (ServerSocket other = new ServerSocket(securePort, 1, address(LOOPBACK))) {
      assertThatThrownBy(
              () -> serve(LOOPBACK, "lo", Site.DhcpMode.OFF, ELSEWHERE, FreshSecrets.make()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1 port " + other.getLocalPort())
          .hasMessageContaining("provisioning.https_port");
    }
    assertNothingIsOpen();
  }

  @Test
  void aMissingLoaderIsNamedWithTheWayToGetIt() throws IOException {
    loaders("nowhere");
    assertThatThrownBy(() -> serve(LOOPBACK, "lo", Site.DhcpMode.PROXY, ELSEWHERE))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("the loader undionly.kpxe is not on this machine")
        .hasMessageContaining("apt-get install ipxe (Debian)");
    assertThat(folder.resolve("state")).doesNotExist();
    assertNothingIsOpen();
  }

  @Test
  void aMissingReleaseIsNamedWithTheWayToGetIt() throws IOException {
    assertThatThrownBy(() -> serve(LOOPBACK, "lo", Site.DhcpMode.PROXY, null))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("there is no " + folder + "/http-root/releases/rocky-9.7-x86_64")
        .hasMessageContaining("barestack import Rocky-9.7-x86_64-dvd.iso");
    assertThat(folder.resolve("state")).doesNotExist();
    assertNothingIsOpen();
  }

  @Test
  void aTreeElsewhereNeedsNoHttpRoot() throws IOException {
    Files.delete(folder.resolve("http-root"));
    serve(LOOPBACK, "lo", Site.DhcpMode.OFF, ELSEWHERE).close();
    assertThat(folder.resolve("http-root")).isEmptyDirectory();
  }

  @Test
  void anInterfaceThatIsNotThereIsNamed() throws IOException {
    assertThatThrownBy(() -> serve(LOOPBACK, "nosuch0", Site.DhcpMode.PROXY, ELSEWHERE))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("there is no interface nosuch0; there are: ");
    assertNothingIsOpen();
  }

  @Test
  void anAddressThatIsNotOursIsNamed() throws IOException {
    assertThatThrownBy(() -> serve(Ipv4.parse("192.0.2.5"), "lo", Site.DhcpMode.PROXY, ELSEWHERE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on 192.0.2.5: this machine has no such address")
        .hasMessageContaining("provisioning.address in site.yaml");
    assertNothingIsOpen();
  }

  @Test
  void aPortThatSomebodyElseHasIsNamed() throws IOException {
    try (ServerSocket other = new ServerSocket(port, 1, address(LOOPBACK))) {
      assertThatThrownBy(() -> serve(LOOPBACK, "lo", Site.DhcpMode.PROXY, ELSEWHERE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1 port " + other.getLocalPort());
    }
    try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(address(LOOPBACK), 69))) {
      assertThatThrownBy(() -> serve(LOOPBACK, "lo", Site.DhcpMode.PROXY, ELSEWHERE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1")
          .hasMessageContaining(Integer.toString(other.getLocalPort()));
    }
    assertNothingIsOpen();
  }
}
