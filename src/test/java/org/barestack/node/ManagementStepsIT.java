package org.barestack.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps of a management node in a system that really boots, with real dnf, MariaDB, firewalld,
 * systemd and OpenSSL. CloudStack's own packages are doubles, which do what was seen of it.
 */
class ManagementStepsIT {
  @TempDir static Path folder;
  static Map<String, String> secrets;

  @BeforeAll
  static void makeSecrets() throws IOException {
    secrets = ManagementNode.secrets(folder.resolve("secrets"));
  }

  private static ManagementNode node(String name) throws IOException {
    return new ManagementNode(folder.resolve(name), secrets, "right", "");
  }

  /** What a second run must leave as it is: files, databases, services, firewall. */
  private static List<String> everything(ManagementNode node) {
    return Stream.of(
            node.root.files().stream().filter(line -> !line.startsWith("./var/lib/barestack/done")),
            node.root
                .bash(
                    "mariadb-dump --skip-comments --all-databases"
                        + " --ignore-table=mysql.innodb_table_stats"
                        + " --ignore-table=mysql.innodb_index_stats")
                .lines(),
            node.root
                .bash(
                    "systemctl show --property=Id,MainPID,UnitFileState,ActiveState mariadb"
                        + " firewalld cloudstack-management barestack-backup.timer nfs-server"
                        + " rpcbind")
                .lines(),
            node.root.bash("firewall-cmd --list-all --zone=barestack").lines())
        .flatMap(lines -> lines)
        .toList();
  }

  /**
   * Runs a program, which must work and show no secret: not in the arguments or the environment of
   * any program that it starts, nor in what it prints, logs or leaves running.
   *
   * @return all of that
   */
  private static String watched(ManagementNode node, String program) throws IOException {
    String programs = "/var/tmp/programs";
    Result result =
        node.root.run(
            ("strace -f -qq -v -s 1000000 -e trace=execve -o " + programs + " " + program)
                .split(" ", -1));
    assertThat(result.status()).describedAs(result.all()).isZero();
    String shown =
        Files.readString(node.root.path(programs))
            + result.all()
            + node.root.bash(
                "journalctl --no-pager -o verbose; cat /var/log/barestack/*"
                    + " /var/log/cloudstack/*/*; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr"
                    + " '\\0' ' '");
    assertThat(shown).contains("execve(\"" + program);
    for (String secret : node.shameful()) {
      assertThat(shown.lines().filter(line -> line.contains(secret))).isEmpty();
    }
    return shown;
  }

  @Test
  void aNodeBecomesAManagerShowsNoSecretAndASecondRunChangesNothing() throws IOException {
    try (ManagementNode node = node("once")) {
      node.root.boot();
      String shown = watched(node, ManagementNode.RUNNER);
      assertThat(node.reports()).last().isEqualTo("configured");
      assertThat(shown.lines())
          .anyMatch(line -> line.contains("cloudstack-setup-databases"))
          .anyMatch(line -> line.contains("EncryptionCLI") || line.contains("java"));
      String apiSecret = node.root.bash("cat /etc/barestack/api/secret");
      assertThat(apiSecret).hasSizeGreaterThan(20);
      assertThat(shown.lines().filter(line -> line.contains(apiSecret))).isEmpty();

      assertThat(node.root.bash("stat -c '%a %U' /etc/barestack/api /etc/barestack/api/key"))
          .isEqualToIgnoringNewLines("700 root600 root");
      assertThat(node.sql("SELECT password FROM cloud.user")).isEqualTo("AdminOfTheCloudZt5");
      assertThat(node.root.bash("cat /var/cloudstack/management/.ssh/id_rsa"))
          .isEqualTo(secrets.get("secrets/manager-ssh-key"));
      assertThat(node.root.bash("cat /export/secondary/template/tmpl/1/3/template.properties"))
          .contains("uniquename=routing-3");
      assertThat(node.root.bash("exportfs -s || cat /etc/exports.d/*")).contains("192.168.50.0/24");
      assertThat(node.sql("SELECT COUNT(*) FROM mysql.user WHERE User = ''")).isEqualTo("0");
      assertThat(node.root.run("mariadb", "-ucloud", "-pwrong").status()).isNotZero();
      for (String url :
          List.of("https://mgmt1.lab.example:8443", "http://mgmt1.lab.example:8080")) {
        Result outside =
            node.root.outside(
                "curl",
                "-sS",
                "-m",
                "10",
                "--cacert",
                node.root.path("/etc/barestack/ca.pem").toString(),
                "--resolve",
                url.substring(url.indexOf("//") + 2) + ":192.168.50.10",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                url + "/client/api?command=listApis");
        assertThat(outside.output()).isEqualTo(url.contains("8443") ? "401" : "000");
      }

      List<String> before = everything(node);
      node.forget();
      Result second = node.firstboot();
      assertThat(second.status()).describedAs(second.all()).isZero();
      assertThat(everything(node)).isEqualTo(before);

      takesNewValues(node);
    }
  }

  /** Each twice, as after a network that broke off. */
  private static void takesNewValues(ManagementNode node) throws IOException {
    for (String name : List.of("database-root", "database-cloud", "admin-password")) {
      String value = "New" + name.replace("-", "") + "Qz8";
      node.apply(name, value);
      for (int i = 0; i < 2; i++) {
        watched(node, "/var/tmp/applies");
      }
      assertThat(node.root.bash("cat /etc/barestack/secrets/" + name)).isEqualTo(value);
    }
    for (String user : List.of("root", "cloud")) {
      String password = "-pNewdatabase" + user + "Qz8";
      Result login =
          node.root.run("mariadb", "-u" + user, password, "-h127.0.0.1", "--protocol=tcp");
      assertThat(login.status()).describedAs(user + login.all()).isZero();
    }
    assertThat(node.sql("SELECT password FROM cloud.user")).isEqualTo("NewadminpasswordQz8");
    node.apply("backup-key", "another key");
    watched(node, "/var/tmp/applies");
    assertThat(node.root.bash("ls -A /etc/barestack/secrets | grep -E 'new|old' || true"))
        .isEmpty();
    assertThat(node.root.bash("stat -c '%a %U' /etc/barestack/secrets/*").lines())
        .containsOnly("600 root");
    Result after = node.firstboot();
    assertThat(after.status()).describedAs(after.all()).isZero();
  }

  /**
   * Runs a step again and again, killed at a later command each time, until it comes through.
   *
   * @param from commands count from the first that has this in it
   * @param further from one command to the next one; with {@code -Dmatrix=full} it is each one
   * @return how often it was killed
   */
  private static int killed(
      ManagementNode node, String step, String from, IntUnaryOperator further) {
    node.root.put(
        "/var/tmp/killer",
        "0644",
        """
        # bash reads this first: it dies before the command of that number, functions included
        case $0 in
          /usr/libexec/barestack/firstboot.d/*)
            set -o functrace
            __at=0
            __kill() {
              if ((__at > 0)) || [[ $1 == *"$KILL_FROM"* ]]; then
                if ((++__at == KILL_AT)); then kill -9 $$; fi
              fi
            }
            trap '__kill "$BASH_COMMAND"' DEBUG
            ;;
        esac
        """);
    int killed = 0;
    int at = 1;
    while (true) {
      Result result =
          node.step(
              step,
              "BASH_ENV=/var/tmp/killer",
              "KILL_FROM=" + from,
              "KILL_AT=" + at,
              "BARESTACK_DEADLINE=60");
      if (result.status() == 0) {
        return killed;
      }
      assertThat(result.status())
          .describedAs(step + " at " + at + ": " + result.all())
          .isEqualTo(137);
      killed++;
      at += "full".equals(System.getProperty("matrix")) ? 1 : further.applyAsInt(at);
    }
  }

  @Test
  void killedAtAnyCommandOfAnyStepAndRunAgainItArrives() throws IOException {
    try (ManagementNode node = node("killed")) {
      node.root.boot();
      for (String step : node.steps()) {
        // close together where there is little, further apart where there is much
        int killed = killed(node, step, "", at -> 1 + at / 2);
        // of the shortest, four commands are more than its beginning
        assertThat(killed).describedAs(step).isGreaterThanOrEqualTo(4);
      }
      Result last = node.firstboot();
      assertThat(last.status()).describedAs(last.all()).isZero();
      assertThat(node.sql("SELECT password FROM cloud.user")).isEqualTo("AdminOfTheCloudZt5");
      assertThat(
              node.root.bash(
                  "ls -A /var/lib/barestack /etc/barestack | grep -E 'begun|whole|new$' || true"))
          .isEmpty();
      List<String> before = everything(node);
      node.forget();
      assertThat(node.firstboot().all()).startsWith("status 0");
      assertThat(everything(node)).isEqualTo(before);
    }
  }

  @Test
  void theMachineLosesPowerInTheMiddleOfWhatTakesLongAndArrives() throws Exception {
    try (ManagementNode node = node("power")) {
      // doubles stop where the test says, and the power goes then
      node.root.put(
          "/usr/libexec/double-hold",
          "0755",
          """
          #!/bin/bash
          if [[ $(cat /var/lib/double-hold 2>/dev/null) == "$1" ]]; then
            rm /var/lib/double-hold
            sync
            echo "$1" >/run/held
            exec sleep infinity
          fi
          """);
      for (String point :
          List.of(
              "packages-post",
              "databases-create-database",
              "databases-create-schema",
              "databases-server-setup",
              "databases-key",
              "template")) {
        node.root.put("/var/lib/double-hold", "0644", point);
        node.root.boot();
        node.root.bash("mkfifo /run/held");
        Process running = node.root.start(ManagementNode.RUNNER);
        node.root.bash("read -r point </run/held");
        node.root.powerCut();
        running.destroyForcibly();
      }
      node.root.boot();
      Result last = node.firstboot();
      assertThat(last.status()).describedAs(last.all()).isZero();
      assertThat(node.reports()).last().isEqualTo("configured");
    }
  }

  @Test
  void whatFailsSaysWhyAndAWholeDatabaseIsNeverDropped() throws IOException {
    try (ManagementNode node = new ManagementNode(folder.resolve("fails"), secrets, "wrong", "")) {
      node.root.boot();
      Result unsigned = node.step("40-packages");
      assertThat(unsigned.status()).isNotZero();
      assertThat(unsigned.all()).contains("GPG");
      assertThat(node.root.run("rpm", "-q", "cloudstack-management").status()).isNotZero();
      node.root.bash(
          "sed -i s/wrong.asc/right.asc/ /etc/yum.repos.d/barestack.repo; mkdir /etc/double");
      for (String step :
          List.of(
              "40-packages",
              "45-protection",
              "50-mariadb",
              "54-restore",
              "55-database",
              "60-manager-key")) {
        assertThat(node.step(step).all()).startsWith("status 0");
      }
      node.root.bash("touch /etc/double/setup-fails");
      assertThat(node.step("70-management-server").errors())
          .contains("cloudstack-setup-management did not start the server")
          .contains("failed to get systemctl: no such thing");
      node.root.bash("mv /etc/double/setup-fails /etc/double/never-up");
      assertThat(node.step("70-management-server", "BARESTACK_DEADLINE=3").errors())
          .contains("the API is not up after 3 seconds; its last answer was 503")
          .contains("Error starting up: unable to acquire the database");
      node.root.bash("rm /etc/double/never-up; systemctl stop cloudstack-management");
      assertThat(node.step("70-management-server").all()).startsWith("status 0");
      assertThat(node.step("75-admin").all()).startsWith("status 0");

      node.root.bash("echo other >>/usr/share/cloudstack-management/templates/systemvm/*.bz2");
      assertThat(node.step("80-system-vm-template").errors()).contains("has not the SHA-512");
      node.root.bash("rm /usr/share/cloudstack-management/templates/systemvm/*.bz2");
      assertThat(node.step("80-system-vm-template").errors())
          .contains("give cloudstack.system_vm_template in site.yaml");

      // An old CloudStack, and a step that has to begin anew.
      node.root.bash("touch /etc/double/old");
      node.sql("CREATE TABLE cloud.kept (id INT)");
      assertThat(node.step("55-database").all()).startsWith("status 0");
      node.root.bash("sed -i s/192.168.50.10/127.0.0.1/ /etc/cloudstack/management/db.properties");
      assertThat(node.step("55-database").all()).startsWith("status 0");
      node.root.bash("touch /var/lib/barestack/database.begun");
      assertThat(node.step("55-database").errors()).contains("database cloud is in use");
      assertThat(node.sql("SELECT COUNT(*) FROM cloud.kept")).isEqualTo("0");
      node.root.bash("rm /var/lib/barestack/database.begun; touch /var/lib/barestack/restore.cms");
      assertThat(node.step("55-database").errors()).contains("has databases already");
    }
  }

  @Test
  void aBackupBringsTheCloudBackOnAnEmptyDisk() throws IOException {
    Path backup = folder.resolve("kept.cms");
    try (ManagementNode old = node("old")) {
      old.root.boot();
      Result first = old.firstboot();
      assertThat(first.status()).describedAs(first.all()).isZero();
      old.sql(
          "CREATE TABLE cloud.machines (name VARCHAR(20)); INSERT INTO cloud.machines VALUES"
              + " ('guest1')");
      Set<String> made = new HashSet<>();
      List<String> names = List.of();
      while (made.size() < 4) { // two of a second have one name
        watched(old, "/usr/libexec/barestack/backup");
        names = old.root.bash("ls /var/backups/cloud").lines().toList();
        made.addAll(names);
      }
      assertThat(names).hasSize(2).allMatch(name -> name.matches("lab-mgmt1-[0-9TZ]+\\.cms"));
      Files.copy(old.root.path("/var/backups/cloud/" + names.getLast()), backup);
      assertThat(Command.of("grep", "-c", "guest1", backup.toString()).run().output())
          .startsWith("0");
      old.root.bash("mv /etc/barestack/secrets/database-root /etc/barestack/database-root.away");
      assertThat(old.root.run("systemctl", "start", "barestack-backup").status()).isNotZero();
      assertThat(old.root.bash("journalctl --no-pager -o cat -u barestack-backup"))
          .contains("there is no secret database-root");
      assertThat(old.root.bash("ls -A /var/backups/cloud").lines().toList()).isEqualTo(names);
    }
    try (ManagementNode fresh = node("new")) {
      Files.copy(backup, fresh.folder.resolve("restore.cms"));
      fresh.root.boot();
      for (String step : List.of("40-packages", "45-protection", "50-mariadb", "54-restore")) {
        assertThat(fresh.step(step).all()).startsWith("status 0");
      }
      // Towards its end each command, for there it must not take the backup for none.
      assertThat(killed(fresh, "55-database", "RESET MASTER", at -> 1)).isGreaterThan(8);
      watched(fresh, ManagementNode.RUNNER);
      assertThat(fresh.sql("SELECT name FROM cloud.machines")).isEqualTo("guest1");
      assertThat(fresh.root.path("/var/lib/barestack/restore.cms")).doesNotExist();
      List<String> before = everything(fresh);
      fresh.forget();
      assertThat(fresh.firstboot().all()).startsWith("status 0");
      assertThat(everything(fresh)).isEqualTo(before);
      Path restore = fresh.root.path("/var/lib/barestack/restore.cms");
      Files.writeString(restore, "another one");
      assertThat(fresh.step("55-database").errors()).contains("has databases already");
      assertThat(restore).hasContent("another one");
      assertThat(fresh.root.bash("cat /var/cloudstack/management/.ssh/id_rsa"))
          .isEqualTo(secrets.get("secrets/manager-ssh-key"));
    }
  }
}
