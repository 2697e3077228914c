package org.barestack.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.boot.BootRequest;
import org.barestack.boot.ClaimAnswer;
import org.barestack.boot.SecretDesk;
import org.barestack.cloud.Cloud;
import org.barestack.cloud.CloudApply;
import org.barestack.cloud.CloudClient;
import org.barestack.cloud.CloudKeeper;
import org.barestack.cloud.Hypervisor;
import org.barestack.cloud.Patience;
import org.barestack.command.Failure;
import org.barestack.command.Server;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.journal.BoundedJournal;
import org.barestack.journal.InstallLogs;
import org.barestack.journal.RestoreFiles;
import org.barestack.journal.SqliteJournal;
import org.barestack.journal.StateLock;
import org.barestack.media.InFlight;
import org.barestack.media.ServedMedia;
import org.barestack.model.ClientKind;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.PlainText;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.render.InstallContext;
import org.barestack.render.LiveRenderer;
import org.barestack.render.Renderer;
import org.barestack.render.Seed;
import org.barestack.secrets.SecretName;
import org.barestack.secrets.SiteAuthority;
import org.barestack.secrets.SiteSecrets;
import org.barestack.serve.device.Neighbours;
import org.barestack.serve.dhcp.DhcpServer;
import org.barestack.serve.dhcp.Seen;
import org.barestack.serve.http.HttpServer;
import org.barestack.serve.http.SecretHandout;
import org.barestack.serve.http.Texts;
import org.barestack.serve.tftp.TftpServer;
import org.barestack.wire.dhcp.Answer;
import org.barestack.wire.dhcp.BootFile;
import org.barestack.wire.dhcp.Client;
import org.barestack.wire.dhcp.Clocks;
import org.barestack.wire.dhcp.DhcpMode;
import org.barestack.wire.dhcp.DhcpResponder;
import org.barestack.wire.dhcp.DhcpSettings;
import org.barestack.wire.dhcp.Lease;
import org.barestack.wire.dhcp.MessageType;
import org.barestack.wire.dhcp.OtherServers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the server together, by hand: who talks to whom stands here and nowhere else. */
final class Assembly {
  private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);

  private static final Duration LEASE_TIME = Duration.ofHours(1);

  /** Long enough to read why a machine does not install, short enough not to hold its boot. */
  private static final int READING_SECONDS = 5;

  /** Each waits for its agent for up to five minutes, and holds a thread of CloudStack's. */
  private static final int HOSTS_AT_ONCE = 8;

  private Assembly() {}

  /** What is open, closed in the opposite order; a fault in one part leaves no other part open. */
  private static final class Running implements Server {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T part) {
      parts.push(part);
      return part;
    }

    @Override
    public void close() throws IOException {
      AutoCloseable part = parts.poll();
      if (part == null) {
        return;
      }
      try {
        part.close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      } finally {
        close();
      }
    }
  }

  static Server serve(Server.Order order) throws IOException {
    Site site = order.site().get();
    Loaders loaders = loaders(order);
    Supplier<Releases.Answer> release = release(order);
    tell(release.get());
    Files.createDirectories(order.httpRoot());
    Running running = new Running();
    try {
      running.add(StateLock.take(order.journal().resolveSibling("serve.lock")));
      SqliteJournal file = running.add(SqliteJournal.open(order.journal()));
      Journal journal =
          new BoundedJournal(file, InstantSource.system(), line -> LOG.warn("{}", line));
      BootDesk desk =
          new BootDesk(order.site(), journal, InstantSource.system(), new SecureRandom());
      Texts texts = texts(order.site(), order.renderer(), journal, release);
      Site.Provisioning at = site.provisioning();
      InetAddress address = InetAddress.getByAddress(at.address().octets());
      running.add(
          HttpServer.start(
              new InetSocketAddress(address, at.httpPort()),
              at.networkInterface(),
              desk,
              texts,
              loaders,
              order.httpRoot(),
              release,
              new InstallLogs(order.journal().resolveSibling("logs")),
              new RestoreFiles(order.journal().resolveSibling("restore")),
              running.add(
                  new ServedMedia(media(order, desk, journal, release), InstantSource.system())),
              secrets(order, desk, journal)));
      running.add(
          TftpServer.start(
              TftpServer.Settings.on(at.networkInterface(), at.address()),
              new BootFolder(desk, texts, loaders, release, order.httpRoot()),
              outcome -> recordFile(order.site().get(), desk, outcome)));
      if (at.dhcp() != Site.DhcpMode.OFF) {
        Clocks clocks = Clocks.system();
        DhcpResponder responder =
            new DhcpResponder(
                settings(site),
                mac -> lease(order.site().get(), mac),
                (mac, client) -> bootFile(order.site().get(), loaders, mac, client),
                file.leases(),
                clocks);
        ExecutorService recorder = running.add(recorder());
        running.add(
            DhcpServer.open(
                at.networkInterface(),
                responder,
                new OtherServers(responder.settings(), clocks, new SecureRandom()),
                seen -> recorder.execute(() -> recordQuestion(desk, seen))));
      }
      Cloud cloud = cloud(order, journal);
      if (cloud != null) {
        running.add(CloudKeeper.start(order.site(), journal, cloud, InstantSource.system()));
      }
      LOG.info("serving site {}: {} nodes; Ctrl-C stops", site.name(), site.nodes().size());
      return running;
    } catch (IOException | RuntimeException e) {
      try (running) {
        throw e;
      }
    }
  }

  private static InFlight media(
      Server.Order order, BootDesk desk, Journal journal, Supplier<Releases.Answer> release) {
    return new InFlight(
        token ->
            desk.underway(token)
                .map(open ->
                    new InFlight.Open(
                        order.site().get(),
                        open.node(),
                        open.install(),
                        !open.state().wipe().isEmpty())),
        journal,
        order.renderer(),
        order.httpRoot(),
        () -> tree(order.site().get(), release.get()));
  }

  private static @Nullable SecretHandout secrets(Server.Order order, BootDesk desk, Journal journal)
      throws IOException {
    SiteSecrets secrets = order.secrets();
    if (secrets == null) {
      LOG.warn(
          "without secrets: nodes install, and stop at the step 30-secrets; no cloud comes up");
      return null;
    }
    Site.Provisioning at = order.site().get().provisioning();
    SiteAuthority authority = secrets.authority();
    return new SecretHandout(
        new InetSocketAddress(InetAddress.getByAddress(at.address().octets()), at.httpsPort()),
        List.of(authority.serverKeys(at.address())),
        new SecretDesk(desk, journal, InstantSource.system()),
        (granted, key) -> {
          Node node = granted.node();
          Map<String, Secret> values = new LinkedHashMap<>(secrets.of(node.role()));
          X509Certificate certificate =
              authority.issue(
                  key, order.site().get().fqdn(node), node.name().text(), node.address());
          values.put("certificate", new Secret(SiteAuthority.pem(certificate)));
          return values;
        });
  }

  /** What brings the site's cloud up; null if nobody is to. */
  static @Nullable Cloud cloud(Server.Order order, Journal journal) {
    SiteSecrets secrets = order.secrets();
    if (secrets == null) {
      return null;
    }
    if (!order.cloud()) {
      LOG.info("CloudStack is left alone: barestack cloud apply brings the zone up");
      return null;
    }
    String authority = secrets.authority().certificate();
    Secret password = secrets.value(SecretName.ADMIN_PASSWORD);
    // The management node may get another address, or be installed anew, so nothing is kept.
    return (site, present) -> {
      try (StateLock _ = cloudLock(order);
          CloudClient client = Commands.cloud(CloudClient.endpoint(site), authority, password)) {
        CloudApply apply =
            new CloudApply(
                client,
                Hypervisor.KVM,
                HOSTS_AT_ONCE,
                Patience.NONE,
                line -> LOG.info("cloud: {}", line));
        Set<NodeName> there = still(journal, present);
        return phase(journal, site.managementNode().name()) == Phase.READY
            ? apply.applyAgain(site, there)
            : apply.apply(site, there);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static StateLock cloudLock(Server.Order order) throws IOException {
    return StateLock.ofCloud(
        order.journal(), () -> LOG.info("cloud: waiting for another apply or a teardown to end"));
  }

  /** Whoever was taken out of the cloud while the lock was waited for must not come back. */
  private static Set<NodeName> still(Journal journal, Set<NodeName> present) {
    return present.stream()
        .filter(name -> phase(journal, name).isConfigured())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Phase phase(Journal journal, NodeName name) {
    return NodeState.of(journal.events(new Subject.OfNode(name))).phase();
  }

  static Loaders named(Path folder, Supplier<List<Path>> release) throws IOException {
    try {
      return Loaders.read(folder, release);
    } catch (IllegalArgumentException e) {
      throw Failure.badInput(String.valueOf(e.getMessage()));
    }
  }

  private static Loaders loaders(Server.Order order) throws IOException {
    Releases releases = new Releases(order.httpRoot());
    Loaders loaders = named(order.folder(), () -> releases.roots(order.site().get().rocky()));
    for (var loader : loaders.find(order.site().get()).entrySet()) {
      switch (loader.getValue()) {
        case Loaders.Answer.Missing(String message) -> throw Failure.notDone(message);
        case Loaders.Answer.Found found -> {
          Loaders.Identity identity = found.identity();
          LOG.info(
              "loader {}: {} ({}, sha256 {})",
              loader.getKey(),
              found.file(),
              identity.knownAs() != null ? identity.knownAs() : "a build that we do not know",
              identity.sha256());
        }
      }
    }
    return loaders;
  }

  private static Supplier<Releases.Answer> release(Server.Order order) {
    Releases releases = new Releases(order.httpRoot());
    return () -> {
      try {
        return releases.find(order.site().get().rocky());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static void tell(Releases.Answer release) {
    switch (release) {
      case Releases.Answer.Missing(String message) -> throw Failure.notDone(message);
      case Releases.Answer.Elsewhere(URI tree) ->
          LOG.info(
              "release: {}, kernel and initrd too{}",
              tree,
              "https".equals(tree.getScheme())
                  ? "; the iPXE of most distributions has no HTTPS: if a machine stops there, name"
                      + " an http mirror"
                  : "");
      case Releases.Answer.Found(Releases.Tree tree) -> {
        LOG.info("release {}: Rocky Linux {} {}", tree.path(), tree.version(), tree.arch());
        if (tree.standIn()) {
          LOG.warn(
              "this release is a stand-in: it plays Rocky's installer for rehearsals and installs"
                  + " no Rocky");
        }
      }
    }
  }

  private static Texts texts(
      Supplier<Site> site, LiveRenderer live, Journal journal, Supplier<Releases.Answer> release) {
    Supplier<Renderer> renderer = () -> live.now(site.get());
    return new Texts() {
      @Override
      public String entry() {
        return renderer.get().ipxeEntry(site.get().baseUrl());
      }

      @Override
      public String install(BootAnswer.Install answer, BootRequest request) {
        return renderer
            .get()
            .ipxeInstall(
                site.get(),
                answer.node(),
                context(site.get(), answer.install(), release.get()),
                request.mac());
      }

      @Override
      public String localDisk(BootAnswer.LocalDisk answer, BootRequest request) {
        return renderer.get().ipxeLocalDisk(answer.how(), answer.reason(), READING_SECONDS);
      }

      @Override
      public String grubEntry() {
        return renderer.get().grubEntry(site.get().baseUrl());
      }

      @Override
      public String grub(BootAnswer answer, BootRequest request) {
        return switch (answer) {
          case BootAnswer.Install install ->
              renderer
                  .get()
                  .grubInstall(
                      site.get(),
                      install.node(),
                      context(site.get(), install.install(), release.get()),
                      request.mac());
          case BootAnswer.LocalDisk local ->
              renderer.get().grubLocalDisk(local.how(), local.reason(), READING_SECONDS);
        };
      }

      @Override
      public String kickstart(OpenInstall open) {
        return journal.pin(
            open.install().id(),
            "kickstart",
            () ->
                renderer
                    .get()
                    .kickstart(
                        site.get(),
                        open.node(),
                        context(site.get(), open.install(), release.get())));
      }

      // All at once, so that an edit in Git in between cannot serve two that do not fit.
      @Override
      public Map<String, String> seed(OpenInstall open) {
        Supplier<Map<String, String>> fresh =
            () ->
                renderer
                    .get()
                    .cloudInit(
                        site.get(),
                        open.node(),
                        Seed.served(
                            open.install().id(), open.install().token(), site.get().baseUrl()));
        return pinned(journal, open.install().id(), fresh);
      }

      @Override
      public String diskFragment(ClaimAnswer.Granted granted) {
        return renderer
            .get()
            .diskFragment(site.get(), granted.node(), granted.install(), granted.disks());
      }
    };
  }

  private static Map<String, String> pinned(
      Journal journal, InstallId id, Supplier<Map<String, String>> fresh) {
    Map<String, String> texts = new HashMap<>();
    Map<String, String> rendered = new HashMap<>();
    for (String name : Renderer.CLOUD_INIT) {
      Supplier<String> text =
          () -> {
            if (rendered.isEmpty()) {
              rendered.putAll(fresh.get());
            }
            return rendered.getOrDefault(name, "");
          };
      texts.put(name, journal.pin(id, "cloud-init/" + name, text));
    }
    return texts;
  }

  private static InstallContext context(
      Site site, NodeState.Install install, Releases.Answer release) {
    return new InstallContext(install.id(), install.token(), site.baseUrl(), tree(site, release));
  }

  private static URI tree(Site site, Releases.Answer release) {
    return switch (release) {
      case Releases.Answer.Elsewhere(URI elsewhere) -> elsewhere;
      case Releases.Answer.Found(Releases.Tree ours) -> ours.at(site.baseUrl());
      case Releases.Answer.Missing(String message) ->
          throw new UncheckedIOException(new IOException(message));
    };
  }

  static DhcpSettings settings(Site site) {
    Site.Provisioning at = site.provisioning();
    Site.Management network = site.networks().management();
    boolean same = at.subnet().equals(network.subnet());
    return new DhcpSettings(
        DhcpMode.valueOf(at.dhcp().name()),
        at.address(),
        at.subnet(),
        same ? network.gateway() : null,
        network.dns(),
        network.domain(),
        List.of(),
        at.pool(),
        LEASE_TIME,
        at.discoveryControl());
  }

  /** A node has its own address where the provisioning network is the management network. */
  private static Lease lease(Site site, MacAddress mac) {
    Optional<Node> node =
        site.node(mac)
            .filter(one -> one.bootMac().equals(mac))
            .filter(one -> site.provisioning().subnet().isHost(one.address()));
    return node.isPresent()
        ? new Lease.Fixed(node.get().address(), node.get().name().text())
        : new Lease.FromPool();
  }

  /** What a machine is to load: its node's firmware, or the site's default, says of which kind. */
  static BootFile bootFile(Site site, Loaders loaders, MacAddress mac, ClientKind client) {
    if (client.ipxe()) {
      return new BootFile.Url(URI.create(site.baseUrl() + "/boot.ipxe"));
    }
    boolean secure = site.secureBoot(mac);
    return loaders
        .name(client, secure)
        .<BootFile>map(name ->
            client.http()
                ? new BootFile.Url(URI.create(site.baseUrl() + "/loaders/" + name))
                : new BootFile.Tftp(name))
        .orElseGet(() ->
            new BootFile.None(
                "pxe/loaders.yaml has no loader for "
                    + client
                    + (secure && client.uefi() ? " with Secure Boot" : "")));
  }

  /** A slow or busy disk must not keep DHCP from answering, so what is too much is left out. */
  private static ExecutorService recorder() {
    return new ThreadPoolExecutor(
        1,
        1,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(256),
        Thread.ofPlatform().name("recorder").factory(),
        new ThreadPoolExecutor.DiscardPolicy());
  }

  static void recordQuestion(BootDesk desk, Seen seen) {
    try {
      recordDecision(desk, seen);
      if (seen.client() instanceof Client.NetworkBoot(ClientKind kind)) {
        desk.seen(
            new BootRequest(
                seen.mac(),
                kind.name().replace('_', ' '),
                kind.uefi(),
                seen.uuid().map(Object::toString).orElse(""),
                "",
                ""));
      }
    } catch (RuntimeException e) {
      LOG.warn("{} asked by DHCP, and that cannot be recorded", seen.mac(), e);
    }
  }

  /**
   * What decides about a boot: what network-boot clients are given, and whom nothing is given. An
   * operating system that renews its address is not told of, and one of a machine that nobody knows
   * not at all.
   */
  private static void recordDecision(BootDesk desk, Seen seen) {
    String client =
        switch (seen.client()) {
          case Client.NetworkBoot(ClientKind kind) -> kind.name().replace('_', ' ');
          case Client.Unserved _ -> "network boot";
          case Client.Plain _ -> "no network boot";
        };
    String asked = "DHCP " + seen.type() + " (" + client + ")";
    boolean plain = seen.client() instanceof Client.Plain;
    switch (seen.answer()) {
      case Answer.Reply reply when !plain -> desk.asked(seen.mac(), asked, reply.outcome(), "");
      case Answer.Silence silence when silence.notable() ->
          desk.asked(seen.mac(), asked, "", silence.why());
      case Answer.Silence silence
          when plain && seen.type() == MessageType.DISCOVER && desk.heardOf(seen.mac()) ->
          desk.asked(seen.mac(), asked, "", "no network-boot client: " + silence.why());
      default -> {}
    }
  }

  /**
   * TFTP knows only an address: the node's own where we gave it, else the kernel knows whose it is.
   * What is not served is noted of nodes and of machines that were seen before: behind a router the
   * kernel knows only the router.
   */
  static void recordFile(Site site, BootDesk desk, TftpServer.Outcome outcome) {
    Optional<MacAddress> mac =
        site.node(outcome.client())
            .map(Node::bootMac)
            .or(() -> Neighbours.mac(site.provisioning().networkInterface(), outcome.client()));
    if (mac.isPresent()) {
      switch (outcome) {
        case TftpServer.Served served when BootFolder.isText(served.file()) -> {}
        case TftpServer.Served served ->
            desk.fetched(
                List.of(mac.get()),
                Map.of(
                    "file",
                    BootFolder.title(served.file()),
                    "bytes",
                    Long.toString(served.bytes())));
        case TftpServer.NotServed not when desk.heardOf(mac.get()) ->
            desk.asked(mac.get(), "TFTP for " + PlainText.cut(not.file(), 100), "", not.reason());
        case TftpServer.NotServed _ -> {}
      }
    }
  }
}
