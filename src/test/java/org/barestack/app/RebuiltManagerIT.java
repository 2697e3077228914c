package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.render.NodeFile;
import org.barestack.render.Renderer;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;
import org.barestack.testing.Command.Result;
import org.barestack.testing.NodeRoot;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way of a management node that is rebuilt: the real server and the real commands,
 * secrets and backup by TLS, the real steps in a system that boots. Of the installer only the
 * requests are made; CloudStack's packages are doubles.
 */
class RebuiltManagerIT {
  private static final NodeName MGMT1 = new NodeName("mgmt1");
  private static final String MAC = "52:54:00:01:00:01";
  private static final String SERVER = "http://192.168.50.5:8080";
  private static final String SITE =
      """
      site: lab
      rocky: { release: "9.7", tree: "http://192.168.50.5:8080/repos/tree" }
      cloudstack:
        url: http://192.168.50.5:8080/repos/repo/
        key: http://192.168.50.5:8080/repos/right.asc
      repositories: { epel: http://192.168.50.5:8080/repos/epel/9 }
      provisioning: { interface: eth0, address: 192.168.50.5, dhcp: "off" }
      networks:
        management:
          subnet: 192.168.50.0/24
          gateway: 192.168.50.5
          domain: lab.example
          system_vms: 192.168.50.60-192.168.50.90
        public: { range: 192.168.50.100-192.168.50.149 }
      access: { ssh_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3HD5Pg5cjoQG0WbWZmRu29EXp9bmHK1Y0Bk2VJq8eg] }
      backup: { to: /var/backups/cloud, keep: 2 }
      defaults: { disks: { os: { min: 8G } } }
      nodes:
        mgmt1: { role: management, address: 192.168.50.10, nics: { nic1: "52:54:00:01:00:01" } }
      """;

  @TempDir Path folder;
  private Path site;
  private Path identity;

  @BeforeEach
  void makeSite() throws IOException {
    identity = folder.resolve("identity");
    site = Files.createDirectories(folder.resolve("site"));
    Files.writeString(site.resolve("site.yaml"), SITE);
    Path packages = NodeRoot.packages();
    // The server follows no link that leads out of its root.
    Path repos = Files.createDirectories(site.resolve("http-root/repos"));
    RehearsedSite.run("cp", "-r", packages.resolve("repo").toString(), repos.toString());
    Files.copy(packages.resolve("right.asc"), repos.resolve("right.asc"));
    Path epel = Files.createDirectories(repos.resolve("epel/9/Everything"));
    RehearsedSite.run(
        "cp", "-r", packages.resolve("empty").toString(), epel.resolve("x86_64").toString());
    Files.copy(packages.resolve("right.asc"), repos.resolve("epel/RPM-GPG-KEY-EPEL-9"));
    RehearsedSite.barestack(site, "secrets", "init", "--identity=" + identity);
  }

  @Test
  void comesBackWithItsCloud() throws IOException {
    Path backup = folder.resolve("lab.cms");
    try (NodeRoot node = NodeRoot.create("192.168.50.10/24", "192.168.50.5")) {
      serve(node);
      install(node, "disk.0.used=0&disk.0.edges=zero");
      firstboot(node);
      node.bash(
          "mariadb -e \"CREATE TABLE cloud.machines (name VARCHAR(20));"
              + " INSERT INTO cloud.machines VALUES ('guest1')\"");
      node.bash("rm -f /var/backups/cloud/*; systemctl start barestack-backup");
      try (var made = Files.list(node.path("/var/backups/cloud"))) {
        Files.copy(made.findFirst().orElseThrow(), backup);
      }
    }
    assertThat(state().phase()).isEqualTo(Phase.CONFIGURED);
    assertThat(
            RehearsedSite.barestack(
                site,
                "rebuild",
                "mgmt1",
                "--yes",
                "--later",
                "--restore=" + backup,
                "--identity=" + identity))
        .contains("it loads the backup lab.cms");

    try (NodeRoot node = NodeRoot.create("192.168.50.10/24", "192.168.50.5")) {
      serve(node);
      // what the first install left there
      String label = state().past().installs().iterator().next().label();
      install(node, "disk.0.used=0&disk.0.edges=data&disk.0.labels=" + label);
      firstboot(node);
      assertThat(node.bash("mariadb -N -e 'SELECT name FROM cloud.machines'").strip())
          .isEqualTo("guest1");
      assertThat(node.path("/var/lib/barestack/restored")).exists();
      assertThat(
              node.outside(
                      "curl",
                      "-sS",
                      "--cacert",
                      node.path("/etc/barestack/ca.pem").toString(),
                      "-o",
                      "/dev/null",
                      "-w",
                      "%{http_code}",
                      "https://192.168.50.10:8443/client/api?command=listApis")
                  .output())
          .isEqualTo("401");
    }
    assertThat(state().phase()).isEqualTo(Phase.CONFIGURED);
    assertThat(events())
        .anyMatch(event ->
            event.kind() == Kind.FETCHED && "restore.cms".equals(event.detail().get("file")));
    assertThat(state().restore()).isNotNull().matches(NodeState.Restore::spent);
  }

  /** At the other end of the node's cable; it ends with the node. */
  private void serve(NodeRoot node) {
    node.serve(
        "/bin/bash",
        "-c",
        "echo starting; exec \"$0\" \"$@\"",
        Path.of("barestack").toAbsolutePath().toString(),
        "serve",
        "--site=" + site,
        "--identity=" + identity);
    Result up =
        node.outside(
            ("curl -sS -o /dev/null --retry 60 --retry-delay 1 --retry-connrefused --interface"
                    + " eth0 "
                    + SERVER
                    + "/boot.ipxe")
                .split(" "));
    assertThat(up.status()).as(up.all()).isZero();
  }

  private static String asked(NodeRoot node, String... command) {
    List<String> line = new ArrayList<>(List.of("curl", "-sS", "--fail-with-body"));
    line.addAll(List.of(command));
    Result result = node.inNetwork(line.toArray(String[]::new));
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }

  /** The requests of an install, and what it leaves on the disk. */
  private void install(NodeRoot node, String disk) throws IOException {
    String script = asked(node, SERVER + "/boot/" + MAC);
    Matcher token = Pattern.compile("/install/([0-9a-f]+)/kickstart").matcher(script);
    assertThat(token.find()).as(script).isTrue();
    String install = SERVER + "/install/" + token.group(1);
    String kickstart = asked(node, install + "/kickstart");
    asked(
        node,
        "-d",
        "machine.uuid=11223344-5566-7788-99aa-bbccddeeff00&machine.firmware=uefi"
            + "&disk.0.name=vda&disk.0.size=21474836480&disk.0.serial=disk1"
            + "&disk.0.medium=0&disk.0.readonly=0&"
            + disk,
        install + "/claim");
    asked(node, "-d", "kind=finished", install + "/event");

    Site now =
        ((SiteResult.Good)
                SiteFile.load(site.resolve("site.yaml"), Set.of(Role.MANAGEMENT, Role.KVM_WORKER)))
            .site();
    for (NodeFile file : new Renderer(List.of()).files(now, now.managementNode())) {
      if (!file.path().endsWith("25-time-in-sync")) { // a container has no clock of its own
        node.put(file.path(), file.mode(), file.text());
      }
    }
    node.put("/etc/hostname", "0644", "mgmt1.lab.example\n");
    List<String> lines = kickstart.lines().toList();
    int of =
        lines.indexOf("site='lab'") < 0 ? lines.indexOf("site=lab") : lines.indexOf("site='lab'");
    assertThat(of).as(kickstart).isNotNegative();
    node.put("/etc/barestack/install", "0600", String.join("\n", lines.subList(of, of + 6)) + "\n");
  }

  private static void firstboot(NodeRoot node) {
    node.boot();
    Result ran = node.run("/usr/libexec/barestack/firstboot");
    assertThat(ran.status()).as(ran.all()).isZero();
  }

  private List<NodeEvent> events() {
    try (Journal journal = SqliteJournal.readOnly(site.resolve(".barestack/journal.db"))) {
      return journal.events(new Subject.OfNode(MGMT1));
    }
  }

  private NodeState state() {
    return NodeState.of(events());
  }
}
