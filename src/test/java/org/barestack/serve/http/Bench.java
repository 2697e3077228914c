package org.barestack.serve.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.boot.BootRequest;
import org.barestack.boot.ClaimAnswer;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.journal.InstallLogs;
import org.barestack.journal.RestoreFiles;
import org.barestack.media.MediumPlan;
import org.barestack.media.ServedMedia;
import org.barestack.model.AddressRange;
import org.barestack.model.Architecture;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Subnet;
import org.barestack.model.Token;
import org.barestack.model.Trust;
import org.jspecify.annotations.Nullable;

/** A server with one node, a release and a loader, and clients to ask it. */
final class Bench implements AutoCloseable {
  static final MacAddress KVM1 = new MacAddress("52:54:00:aa:00:01");
  static final MacAddress KVM1_SECOND = new MacAddress("52:54:00:aa:00:02");
  static final String TREE = "releases/rocky-9.7-x86_64";

  /** What a machine with one blank disk claims. */
  static final String CLAIM =
      "machine.uuid=11223344-5566-7788-99aa-bbccddeeff00&machine.firmware=uefi"
          + "&disk.0.name=vda&disk.0.size=21474836480&disk.0.medium=0&disk.0.readonly=0"
          + "&disk.0.used=0&disk.0.edges=zero";

  final Path httpRoot;
  final ListJournal journal = new ListJournal();
  final Site site;
  final BootDesk desk;
  final InstallLogs logs;
  final RestoreFiles backups;

  /** What there is to be served without being anywhere, by token. */
  final Map<Token, MediumPlan> plans = new ConcurrentHashMap<>();

  final ServedMedia media =
      new ServedMedia(token -> Optional.ofNullable(plans.get(token)), InstantSource.system());
  final HttpServer server;
  final Texts texts = new Rendered();
  final HttpClient client = HttpClient.newHttpClient();

  /** What every text is in place of the usual one, or the fault that rendering it ends with. */
  volatile @Nullable String instead;

  volatile @Nullable RuntimeException fault;

  Bench(Path folder) throws IOException {
    this(folder, patience(Duration.ofMinutes(1), Duration.ofMillis(300)));
  }

  /**
   * As patient with clients as usual but for this.
   *
   * @param stalled while a client takes nothing of its answer
   * @param held while a request waits for a fault to pass
   */
  static HttpServer.Patience patience(Duration stalled, Duration held) {
    HttpServer.Patience usual = HttpServer.Patience.USUAL;
    return new HttpServer.Patience(
        usual.headers(), usual.form(), usual.idle(), stalled, held, Duration.ofMillis(10));
  }

  Bench(Path folder, HttpServer.Patience patience) throws IOException {
    httpRoot = Files.createDirectories(folder.resolve("http-root"));
    write(
        TREE + "/.treeinfo",
        """
        [general]
        version = 9.7
        arch = x86_64
        [images-x86_64]
        kernel = images/pxeboot/vmlinuz
        initrd = images/pxeboot/initrd.img
        [stage2]
        mainimage = images/install.img
        """);
    write(TREE + "/images/pxeboot/vmlinuz", "the kernel");
    write(TREE + "/images/pxeboot/initrd.img", "the initrd");
    write(TREE + "/images/install.img", "the installer image");
    write("repos/cloudstack/a+b~1.rpm", "0123456789");
    Files.writeString(folder.resolve("loader"), "a loader");
    Files.createDirectories(folder.resolve("pxe"));
    Files.writeString(
        folder.resolve("pxe/loaders.yaml"),
        String.format(
            """
            snponly.efi: { clients: [uefi_x64_pxe], files: [%1$s/loader], install: {}, known: {} }
            gone.kpxe: { clients: [bios_pxe], files: [%1$s/none], install: { Debian: apt-get install ipxe }, known: {} }
            """,
            folder));
    site = site(node("kvm1", "192.168.50.11", KVM1, KVM1_SECOND), management());
    desk = new BootDesk(() -> site, journal, InstantSource.fixed(Instant.EPOCH), new Random(7));
    Releases releases = new Releases(httpRoot);
    logs = new InstallLogs(folder.resolve("logs"));
    backups = new RestoreFiles(folder.resolve("restore"));
    server =
        HttpServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            "lo",
            desk,
            texts,
            Loaders.read(folder, List::of),
            httpRoot,
            () -> {
              try {
                return releases.find(site.rocky());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            logs,
            backups,
            media,
            null,
            patience);
  }

  /** Writes a file below {@code http-root}. */
  Path write(String name, String content) throws IOException {
    Path file = httpRoot.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  /** Has the node told to install, and gives the token of its install. */
  String token() {
    BootRequest request = new BootRequest(KVM1, "test", true, "", "", "");
    return desk.boot(request) instanceof BootAnswer.Install install
        ? install.install().token().secret()
        : "no install";
  }

  /** Opens an install by an image, and gives its token. */
  String seedToken() {
    return desk.seed(new NodeName("kvm1")) instanceof BootDesk.Seed.Open open
        ? open.install().install().token().secret()
        : "no install";
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String form) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", Form.TYPE)
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  /** Sends these octets as they are, and gives all that comes until the server closes. */
  String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }

  private final class Rendered implements Texts {
    private String text(String usual) {
      RuntimeException thrown = fault;
      if (thrown != null) {
        throw thrown;
      }
      String other = instead;
      return other != null ? other : usual + "\n";
    }

    @Override
    public String entry() {
      return text("#!ipxe entry");
    }

    @Override
    public String install(BootAnswer.Install answer, BootRequest request) {
      return text("#!ipxe install " + answer.node().name() + " for " + request);
    }

    @Override
    public String localDisk(BootAnswer.LocalDisk answer, BootRequest request) {
      return text("#!ipxe local disk for " + request);
    }

    @Override
    public String grubEntry() {
      return text("# GRUB entry");
    }

    @Override
    public String grub(BootAnswer answer, BootRequest request) {
      return text(
          (answer instanceof BootAnswer.Install ? "# GRUB install for " : "# GRUB local disk for ")
              + request);
    }

    @Override
    public String kickstart(OpenInstall install) {
      return text("# kickstart of " + install.node().name());
    }

    @Override
    public Map<String, String> seed(OpenInstall install) {
      String node = install.node().name().text();
      return Map.of("user-data", text("#cloud-config of " + node), "vendor-data", "");
    }

    @Override
    public String diskFragment(ClaimAnswer.Granted granted) {
      return text("clearpart --drives=" + granted.disks().getFirst().name());
    }
  }

  /** A worker with two interfaces. */
  static Node node(String name, String address, MacAddress first, MacAddress second) {
    return node(name, Role.KVM_WORKER, address, first, second);
  }

  private static Node management() {
    return node(
        "mgmt1",
        Role.MANAGEMENT,
        "192.168.50.10",
        new MacAddress("52:54:00:aa:01:01"),
        new MacAddress("52:54:00:aa:01:02"));
  }

  private static Node node(
      String name, Role role, String address, MacAddress first, MacAddress second) {
    return new Node(
        new NodeName(name),
        role,
        Ipv4.parse(address),
        Map.of("nic1", first, "nic2", second),
        List.of(),
        Map.of(),
        Map.of(),
        List.of(new Node.DiskRule.Size(1, null)),
        Node.Firmware.UEFI,
        Node.LocalBoot.AUTO,
        Node.BootOrder.NETWORK_FIRST,
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  static Site site(Node... nodes) {
    Subnet subnet = Subnet.parse("192.168.50.0/24");
    Ipv4 gateway = Ipv4.parse("192.168.50.1");
    AddressRange range = AddressRange.parse("192.168.50.60-192.168.50.90");
    return new Site(
        "lab",
        new Site.Time("UTC", List.of("192.168.50.1")),
        new Site.Localization("en_US.UTF-8", "us"),
        new Site.Rocky("9.7", Architecture.X86_64, null),
        new Site.CloudStack("4.22", URI.create("http://192.168.50.5/"), null, null),
        new Site.Repositories(null, null, List.of(), null),
        new Site.Provisioning(
            "lo",
            Ipv4.parse("192.168.50.5"),
            subnet,
            8080,
            8443,
            Site.DhcpMode.OFF,
            null,
            Set.of(),
            Node.Firmware.UEFI),
        new Site.Networks(
            new Site.Management(subnet, gateway, List.of(), "lab.example", null, range),
            new Site.PublicNetwork(range, gateway, subnet.netmask(), null),
            new Site.Guest(new Site.VlanRange(100, 199), Subnet.parse("10.1.1.0/24"))),
        new Site.Access("admin", List.of("ssh-ed25519 AAAA"), List.of()),
        new Site.Workers("host-model", Site.Isolation.STRICT),
        new Site.Storage.LabNfs(),
        new Site.Zone("zone1", Site.ZoneNetwork.ADVANCED, "pod1", "cluster1"),
        null,
        List.of(nodes),
        Trust.NONE);
  }
}
