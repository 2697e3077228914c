package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.barestack.boot.BootDesk;
import org.barestack.command.Server;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Ipv4;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.model.Subnet;
import org.barestack.render.LiveRenderer;
import org.barestack.render.NodeFile;
import org.barestack.render.Renderer;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.barestack.testing.Namespace;
import org.barestack.testing.Sites;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real cloud-init, in the place of an image of Rocky Linux. Needs root. */
class CloudInitIT {
  private static final Path ROOT = Path.of("target/noderoot/root");
  private static final String ADDRESS = "10.77.13.1";
  private static final int PORT = 8080;

  /**
   * How systemd-nspawn says that the machine asked for a restart (systemd's EXIT_FORCE_RESTART).
   */
  private static final int RESTART = 133;

  /** All of what cloud-init read, compared with all that was meant. */
  private static final String COMPARE =
      """
      import glob, json, sys, yaml
      compared = 0
      for name in glob.glob('/mnt/*.user-data'):
          files = {f['path']: f for f in yaml.safe_load(open(name))['write_files']}
          for meant in json.load(open(name.replace('.user-data', '.json'))):
              got = files[meant['path']]
              if [got['content'], got['permissions']] != [meant['text'], meant['mode']]:
                  sys.exit('%s in %s is another' % (meant['path'], name))
              compared += 1
      print('compared', compared)
      """;

  @TempDir private Path folder;

  @BeforeAll
  static void theRoot() throws IOException, InterruptedException {
    Process build =
        new ProcessBuilder("src/noderoot/build.sh", ROOT.toString()).inheritIO().start();
    assertThat(build.waitFor()).isZero();
  }

  @Test
  void cloudInitReadsWhatWasMeantForEveryNode() throws IOException {
    List<Site> sites = new ArrayList<>(Examples.names().stream().map(Examples::site).toList());
    sites.add(Sites.rack());
    Renderer renderer = new Renderer(List.of());
    int files = 0;
    for (Site site : sites) {
      for (Node node : site.nodes()) {
        Path here = folder.resolve(site.name() + "." + node.name());
        Files.writeString(
            Path.of(here + ".user-data"),
            renderer.artefacts(site, node).getOrDefault("cloud-init/user-data", ""));
        List<NodeFile> meant = renderer.files(site, node);
        files += meant.size();
        Files.writeString(
            Path.of(here + ".json"), JsonMapper.builder().build().writeValueAsString(meant));
      }
    }
    Files.writeString(folder.resolve("compare.py"), COMPARE);
    Result result =
        Command.of(
                "systemd-nspawn",
                "--quiet",
                "--directory=" + ROOT,
                "--volatile=overlay",
                "--register=no",
                "--keep-unit",
                "--pipe",
                "--bind-ro=" + folder + ":/mnt",
                "/bin/sh",
                "-ec",
                "for f in /mnt/*.user-data; do cloud-init schema -c $f; done;"
                    + " python3 /mnt/compare.py")
            .run();
    assertThat(result.status()).as(result.all()).isZero();
    assertThat(result.output()).contains("compared " + files);
    assertThat(files).isGreaterThan(100);
  }

  private static Site site(String device) {
    Site from = Examples.site("minimal");
    Node node = from.managementNode();
    Node small =
        new Node(
            node.name(),
            node.role(),
            node.address(),
            node.nics(),
            node.links(),
            node.bridges(),
            node.carries(),
            node.os(),
            node.firmware(),
            node.localBoot(),
            node.bootOrder(),
            List.of(), // Debian has no grubby
            List.of(),
            List.of(
                new Node.SiteScript(
                    5, "switch-off", "#!/usr/bin/bash\nexec systemctl --no-block poweroff\n")),
            node.bmc());
    return new Site(
        from.name(),
        from.time(),
        from.localization(),
        new Site.Rocky(
            from.rocky().release(), from.rocky().arch(), URI.create("http://192.0.2.1/rocky/")),
        from.cloudstack(),
        from.repositories(),
        new Site.Provisioning(
            device,
            Ipv4.parse(ADDRESS),
            Subnet.parse("10.77.13.0/24"),
            PORT,
            PORT + 1,
            Site.DhcpMode.OFF,
            null,
            Set.of(),
            Node.Firmware.UEFI),
        from.networks(),
        from.access(),
        from.workers(),
        from.storage(),
        from.zone(),
        from.backup(),
        List.of(small),
        from.trust());
  }

  /** An image's first boot by a seed that is served, and the boot after it, to the first step. */
  @Test
  void anImageBecomesTheNode() throws IOException {
    try (Namespace network = Namespace.open(ADDRESS + "/24", "52:54:00:00:10:01");
        Overlay disk = new Overlay(ROOT, folder.resolve("disk"))) {
      String namespace = network.hostDevice();
      Namespace.run("ip", "-n", namespace, "addr", "add", "10.77.13.11/24", "dev", "eth0");
      disk.enable("cloud-init-local", "cloud-init", "cloud-config", "cloud-final");
      Site site = site(namespace);
      Node node = site.managementNode();
      Path journal = folder.resolve("state/journal.db");
      loaders();
      try (Server _ =
          Assembly.serve(
              new Server.Order(
                  () -> site,
                  folder,
                  new LiveRenderer(List.of()),
                  journal,
                  folder.resolve("http-root"),
                  null,
                  false))) {
        String token = seed(site, journal);
        String source = "ds=nocloud;dsmode=net;s=" + site.baseUrl() + "/cloud-init/" + token + "/";
        try (Namespace.Program first = boot(disk, namespace, source)) {
          assertThat(first.exitStatus()).as("%s", first).isEqualTo(RESTART);
        }
        try (Namespace.Program machine = boot(disk, namespace, source)) {
          assertThat(machine.exitStatus()).as("%s", machine).isZero();
        }
      }
      ByCloudInit.assertConfigured(disk.merged(), site, node, "DataSourceNoCloudNet");
      reported(journal, node);
    }
  }

  private static Namespace.Program boot(Overlay disk, String namespace, String source) {
    return Namespace.startOnHost(
        "systemd-nspawn",
        "--quiet",
        "--directory=" + disk.merged(),
        "--boot",
        "--network-namespace-path=/run/netns/" + namespace,
        "--register=no",
        "--keep-unit",
        "--machine=" + namespace,
        "--console=pipe",
        source);
  }

  private void loaders() throws IOException {
    Files.createDirectories(folder.resolve("pxe"));
    Files.writeString(folder.resolve("loader"), "a loader");
    Files.writeString(
        folder.resolve("pxe/loaders.yaml"),
        "undionly.kpxe: {clients: [bios_pxe], files: [%s], install: {}, known: {}}\n"
            .formatted(folder.resolve("loader")));
  }

  private static String seed(Site site, Path journal) {
    try (Journal open = SqliteJournal.open(journal)) {
      BootDesk desk = new BootDesk(() -> site, open, InstantSource.system(), new SecureRandom());
      return desk.seed(site.managementNode().name()) instanceof BootDesk.Seed.Open seed
          ? seed.install().install().token().secret()
          : "none";
    }
  }

  private static void reported(Path journal, Node node) {
    try (Journal open = SqliteJournal.open(journal)) {
      List<NodeEvent> events = open.events(new Subject.OfNode(node.name()));
      assertThat(
              events.stream()
                  .filter(event -> event.kind() == Kind.FETCHED)
                  .map(event -> event.detail().getOrDefault("file", ""))
                  .collect(Collectors.toSet()))
          .contains("meta-data", "user-data", "vendor-data");
      assertThat(
              events.stream()
                  .filter(event -> event.detail().containsKey("step"))
                  .map(event -> Map.entry(event.kind(), event.detail().getOrDefault("step", ""))))
          .startsWith(
              Map.entry(Kind.STEP_STARTED, "cloud-init"),
              Map.entry(Kind.STEP_FINISHED, "cloud-init"),
              Map.entry(Kind.STEP_STARTED, "05-switch-off"));
      assertThat(NodeState.of(events).phase()).isEqualTo(Phase.CONFIGURING);
    }
  }

  /** A copy of a root file system that holds only what differs, and goes when it is closed. */
  private record Overlay(Path lower, Path folder) implements AutoCloseable {
    Overlay {
      try {
        Files.createDirectories(folder);
        Namespace.run("mount", "-t", "tmpfs", "tmpfs", folder.toString());
        for (String part : List.of("upper", "work", "merged")) {
          Files.createDirectory(folder.resolve(part));
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      Namespace.run(
          "mount",
          "-t",
          "overlay",
          "overlay",
          "-o",
          "lowerdir=%s,upperdir=%s/upper,workdir=%s/work".formatted(lower, folder, folder),
          folder.resolve("merged").toString());
    }

    Path merged() {
      return folder.resolve("merged");
    }

    void enable(String... units) {
      for (String unit : units) {
        Namespace.run("chroot", merged().toString(), "systemctl", "--quiet", "enable", unit);
      }
    }

    @Override
    public void close() {
      Namespace.run("umount", "--recursive", "--lazy", folder.toString());
    }
  }
}
