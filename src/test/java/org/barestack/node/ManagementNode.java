package org.barestack.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.barestack.model.Role;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.model.Trust;
import org.barestack.render.NodeFile;
import org.barestack.render.Renderer;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.NodeRoot;

/**
 * A management node after its install and after the steps of all nodes, before those of its role.
 */
final class ManagementNode implements AutoCloseable {
  private static final String SITE =
      """
      site: lab
      rocky: { release: "9.7" }
      cloudstack:
        url: http://192.168.50.5:8080/repos/repo/
        key: http://192.168.50.5:8080/repos/KEY.asc
      MORE
      repositories: { epel: http://192.168.50.5:8080/repos/epel/9 }
      provisioning: { interface: eno1, address: 192.168.50.5 }
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
        kvm1: { role: kvm-worker, address: 192.168.50.11, nics: { nic1: "52:54:00:01:00:02" } }
      """;

  /** A container has no clock of its own. */
  private static final Set<String> NOT_HERE = Set.of("25-time-in-sync");

  static final String STEPS = "/usr/libexec/barestack/firstboot.d/";
  static final String RUNNER = "/usr/libexec/barestack/firstboot";

  private static final Renderer RENDERER = new Renderer(List.of());

  final NodeRoot root;
  final Path folder;
  private final Site site;

  /** What the site would have made of its secrets, by file name below /etc/barestack. */
  final Map<String, String> secrets;

  /**
   * Not yet switched on.
   *
   * @param folder for what the node's other end serves, beside the folder {@code secrets}
   * @param secrets of {@link #secrets(Path)} there
   * @param key of the repository: right or wrong
   * @param cloudstack more keys of the site's section
   */
  ManagementNode(Path folder, Map<String, String> secrets, String key, String cloudstack)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    this.secrets = new LinkedHashMap<>(secrets);
    Path packages = NodeRoot.packages();
    Path repos = Files.createDirectories(folder.resolve("repos"));
    for (String each : List.of("repo", "right.asc", "wrong.asc")) {
      Files.createSymbolicLink(repos.resolve(each), packages.resolve(each));
    }
    Path epel = Files.createDirectories(repos.resolve("epel/9/Everything"));
    Files.createSymbolicLink(epel.resolve("x86_64"), packages.resolve("empty"));
    Files.createSymbolicLink(
        repos.resolve("epel/RPM-GPG-KEY-EPEL-9"), packages.resolve("right.asc"));
    site = site(folder, key, cloudstack);
    root = NodeRoot.create("192.168.50.10/24", "192.168.50.5");
    for (NodeFile file : RENDERER.files(site, site.managementNode())) {
      String name = file.path().substring(file.path().lastIndexOf('/') + 1);
      if (!(file.path().startsWith(STEPS) && NOT_HERE.contains(name))) {
        root.put(file.path(), file.mode(), file.text());
      }
    }
    root.put("/etc/hostname", "0644", "mgmt1.lab.example\n");
    root.put(
        "/etc/barestack/install",
        "0600",
        """
        site=lab
        node=mgmt1
        role=management
        install=bsxxxx
        base_url=http://192.168.50.5:8080
        install_url=http://192.168.50.5:8080/install/t
        """);
    secrets.forEach((path, text) -> root.put("/etc/barestack/" + path, "0600", text));
    Files.delete(root.path("/etc/barestack/backup.pem")); // a step brings it
    Files.setPosixFilePermissions(
        root.path("/etc/barestack/secrets"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    Path keys = folder.resolveSibling("secrets");
    root.serve(
        "src/noderoot/barestack-double",
        "192.168.50.5",
        "8080",
        folder.toString(),
        "8443",
        keys.resolve("barestack.crt").toString(),
        keys.resolve("barestack.key").toString());
  }

  private Site site(Path folder, String key, String cloudstack) throws IOException {
    Path file = folder.resolve("site.yaml");
    Files.writeString(file, SITE.replace("KEY", key).replace("MORE", cloudstack));
    return switch (SiteFile.load(file, Set.of(Role.MANAGEMENT, Role.KVM_WORKER))) {
      case SiteResult.Good(Site site, var _) ->
          site.with(new Trust(List.of(), "", "", secrets.getOrDefault("backup.pem", "")));
      case SiteResult.Bad(var problems) -> throw new AssertionError(problems);
    };
  }

  /** Secrets as a site has them, and the certificate to which backups are encrypted. */
  static Map<String, String> secrets(Path folder) throws IOException {
    Files.createDirectories(folder);
    Result made =
        Command.of(
                "/bin/bash",
                "-euc",
                """
                cd "$1"
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
                  -subj '/CN=CA of site lab' -keyout ca.key -out ca.pem
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
                  -subj '/CN=backups of site lab' -keyout backup.key -out backup.pem
                signed() { # NAME, NAMES AND ADDRESSES
                  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
                    -keyout "$1.key" -out "$1.csr"
                  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 30 -out "$1.crt" \
                    -extfile <(echo "subjectAltName=$2")
                }
                signed node DNS:mgmt1.lab.example,DNS:mgmt1,IP:192.168.50.10
                signed barestack IP:192.168.50.5
                ssh-keygen -q -t ecdsa -m PEM -N '' -C '' -f manager
                """,
                "make",
                folder.toString())
            .run();
    if (made.status() != 0) {
      throw new AssertionError(made.all());
    }
    Map<String, String> secrets = new LinkedHashMap<>();
    secrets.put("ca.pem", text(folder, "ca.pem"));
    secrets.put("backup.pem", text(folder, "backup.pem"));
    secrets.put("node.key", text(folder, "node.key"));
    secrets.put("node.crt", text(folder, "node.crt"));
    secrets.put("secrets/manager-ssh-key", text(folder, "manager"));
    secrets.put("secrets/backup-key", text(folder, "backup.key"));
    secrets.put("secrets/database-root", "R00tOfTheDatabaseXq7");
    secrets.put("secrets/database-cloud", "CloudAtTheDatabaseBk3");
    secrets.put("secrets/database-key", "KeyOfTheDatabaseWv9");
    secrets.put("secrets/management-key", "KeyOfTheManagementLp2");
    secrets.put("secrets/admin-password", "AdminOfTheCloudZt5");
    return secrets;
  }

  private static String text(Path folder, String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  /** What {@code barestack secrets apply} has it run: the value is new from then on. */
  void apply(String name, String value) {
    String former = secrets.put("secrets/" + name, value);
    if (former != null && !former.equals(value)) {
      secrets.put("former " + name, former);
    }
    root.put(
        "/var/tmp/apply",
        "0600",
        RENDERER.applyScript(site, site.managementNode(), name, new Secret(value)));
    root.put("/var/tmp/applies", "0755", "#!/bin/bash\nexec bash -s </var/tmp/apply\n");
  }

  /** What nobody may see: values, and of private keys each line. */
  List<String> shameful() {
    return secrets.entrySet().stream()
        .filter(each -> !each.getKey().matches("(ca|backup)\\.pem|node\\.crt"))
        .flatMap(each -> each.getValue().lines())
        .filter(line -> !line.startsWith("-----") && line.length() > 12)
        .toList();
  }

  /** Runs the runner itself. */
  Result firstboot() {
    return root.run(RUNNER);
  }

  /** Runs one step, with variables such as {@code A=b} before it. */
  Result step(String name, String... environment) {
    String[] words = new String[environment.length + 2];
    words[0] = "env";
    System.arraycopy(environment, 0, words, 1, environment.length);
    words[words.length - 1] = STEPS + name;
    return root.run(words);
  }

  /** The names of the steps, in their order. */
  List<String> steps() {
    return root.bash("ls " + STEPS).lines().toList();
  }

  /** Forgets that steps were done. */
  void forget() {
    root.bash("rm -rf /var/lib/barestack/done");
  }

  /** What the node has reported. */
  List<String> reports() {
    try {
      return Files.readAllLines(folder.resolve("events"), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Statements to MariaDB, as root by its socket. */
  String sql(String statements) {
    return root.bash("mariadb --batch --skip-column-names <<<\"" + statements + "\"").strip();
  }

  @Override
  public void close() {
    root.close();
  }
}
