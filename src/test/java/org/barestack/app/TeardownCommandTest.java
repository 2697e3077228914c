package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootRequest;
import org.barestack.cloud.Call;
import org.barestack.cloud.CloudApi;
import org.barestack.cloud.CloudClient;
import org.barestack.cloud.CloudException;
import org.barestack.cloud.HostMembership;
import org.barestack.cloud.Membership;
import org.barestack.command.CloudCommand;
import org.barestack.command.CloudDestroyCommand;
import org.barestack.command.CloudDoor;
import org.barestack.command.RebuildCommand;
import org.barestack.command.ReinstallCommand;
import org.barestack.command.Root;
import org.barestack.command.TeardownCommand;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Disk;
import org.barestack.model.Journal;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.testing.cloudstack.CloudStackDouble;
import org.barestack.testing.cloudstack.LivingZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TeardownCommandTest {
  private static final String KVM1 = "192.168.60.11";
  private static final String KVM2 = "192.168.60.12";
  private static final String SSH = "cat >/dev/null; echo restarting";

  @TempDir static Path made;
  @TempDir Path folder;

  private CloudStackDouble server = LivingZone.server();
  private CloudClient api = LivingZone.client(server);
  private UnaryOperator<CloudApi> way = UnaryOperator.identity();
  private String ssh = SSH;
  private Site site = LivingZone.site(made, 2, "advanced", "migration");

  @BeforeAll
  static void secrets() {
    LivingZone.site(made, 2, "advanced", "migration");
    Barestack init =
        Barestack.run("secrets", "init", "-s", made + "", "--identity", made + "/identity");
    assertThat(init.status()).as(init.toString()).isZero();
  }

  @BeforeEach
  void aSite() throws IOException {
    site("migration");
    for (String name : List.of("secrets.age", "secrets.pub.yaml")) {
      Files.copy(made.resolve(name), folder.resolve(name));
    }
    fresh();
  }

  private void site(String isolation) {
    site = LivingZone.site(folder, 2, "advanced", isolation);
  }

  /** A cloud that runs, and a journal in which each node has shown a full disk. */
  private void fresh() throws IOException {
    close();
    server = LivingZone.server();
    api = LivingZone.client(server);
    way = UnaryOperator.identity();
    ssh = SSH;
    LivingZone.apply(api, site);
    server.forgetCalls();
    loseJournal();
    site.nodes().forEach(this::claims);
  }

  private void loseJournal() throws IOException {
    for (String end : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(folder.resolve(".barestack/journal.db" + end));
    }
  }

  @AfterEach
  void close() {
    api.close();
    server.close();
    assertThat(server.violations()).isEmpty();
  }

  /** What a server writes down when a node claims a full disk. */
  private void claims(Node node) {
    try (Journal journal = journal()) {
      BootDesk desk = new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom());
      BootAnswer answer = desk.boot(new BootRequest(node.bootMac(), "uefi", true, "uuid", "", ""));
      Disk disk =
          new Disk(
              "sda",
              100L << 30,
              "DISK-OF-" + node.name(),
              "",
              "",
              List.of(),
              false,
              false,
              false,
              false,
              List.of("xfs"),
              List.of());
      desk.claim(
          ((BootAnswer.Install) answer).install().token(),
          new MachineReport("uuid", "", "uefi", 0, 0, "", List.of(disk)));
    }
  }

  private SqliteJournal journal() {
    return SqliteJournal.open(folder.resolve(".barestack/journal.db"));
  }

  private List<NodeEvent> events(String node) {
    try (Journal journal = journal()) {
      return journal.events(new Subject.OfNode(new NodeName(node)));
    }
  }

  private List<NodeEvent> orders(String node) {
    return events(node).stream().filter(event -> event.kind() == Kind.REINSTALL_ORDERED).toList();
  }

  private boolean permitted(String node) {
    return !NodeState.of(events(node)).wipe().isEmpty();
  }

  private boolean counted(String node) {
    return new HostMembership(api).ask(site, site.node(new NodeName(node)).orElseThrow())
        instanceof Membership.Answer.Counted;
  }

  private Barestack run(String... words) {
    CloudDoor door =
        (endpoint, authority, password) -> {
          assertThat(endpoint).hasToString("https://192.168.60.10:8443/client/api");
          assertThat(authority).startsWith("-----BEGIN CERTIFICATE-----");
          assertThat(password.value()).isNotBlank();
          return way.apply(api);
        };
    List<String> program = List.of("bash", "-c", ssh, "ssh");
    var rounds = LivingZone.rounds(30);
    CommandLine line =
        new CommandLine(new Root())
            .addSubcommand(new ReinstallCommand(program, door))
            .addSubcommand(new RebuildCommand(program, door, rounds))
            .addSubcommand(new TeardownCommand(door, rounds))
            .addSubcommand(
                new CommandLine(new CloudCommand())
                    .addSubcommand(new CloudDestroyCommand(door, rounds)));
    return Barestack.run(
        line,
        Map.of(),
        Stream.concat(
                Stream.of(words),
                Stream.of("--site", folder + "", "--identity", made + "/identity"))
            .toArray(String[]::new));
  }

  private Barestack done(String command) {
    Barestack result = run(command.split(" ", -1));
    assertThat(result.status()).as(command + ": " + result).isZero();
    return result;
  }

  private Barestack refused(String command) {
    server.forgetCalls();
    Barestack result = run(command.split(" ", -1));
    assertThat(result.status()).as(command + ": " + result).isEqualTo(1);
    assertThat(server.changing()).isEmpty();
    assertThat(permitted("kvm1")).isFalse();
    return result;
  }

  @Test
  void aWorkerLeavesCloudStackAndGetsItsPermit() {
    server.virtualMachine("web", KVM1);
    Barestack done = done("teardown kvm1 --yes");
    assertThat(done.out().lines())
        .containsSubsequence(
            "kvm1 is a host of CloudStack (Up, Enabled) and is removed",
            "CloudStack moves its virtual machines to other hosts: web",
            "everything on this disk of kvm1 will be lost: sda (100 GiB, serial DISK-OF-kvm1, xfs)",
            "host 192.168.60.11: going into maintenance",
            "host 192.168.60.11: deleted",
            "kvm1 installs again when it next boots from the network, over sda (100 GiB, serial"
                + " DISK-OF-kvm1, xfs)");
    assertThat(counted("kvm1")).isFalse();
    assertThat(counted("kvm2")).isTrue();
    assertThat(permitted("kvm1")).isTrue();
    assertThat(permitted("kvm2")).isFalse();
    assertThat(server.virtualMachine("web")).isEqualTo("Running " + KVM2);
    assertThat(done("teardown kvm1 --yes").out()).contains("kvm1 is no host of CloudStack");
    assertThat(orders("kvm1")).as("an order that stands is not given twice").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"teardown kvm1 --yes", "rebuild kvm1 --yes"})
  void whatCannotBeMovedIsNamedBeforeAnythingIsDone(String command) {
    site("strict");
    server.virtualMachine("web", KVM1);
    assertThat(refused(command).err())
        .contains("kvm1 runs virtual machines that cannot be moved: web: ")
        .contains("workers.isolation is strict")
        .endsWith("Nothing was done\n");
    done(command + " --force");
    assertThat(server.virtualMachine("web")).isEqualTo("Stopped");
    assertThat(permitted("kvm1")).isTrue();
    assertThat(counted("kvm1")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "teardown kvm1",
        "teardown --all",
        "rebuild kvm1",
        "reinstall kvm2 --wipe --force"
      })
  void nobodyIsAskedByAMachine(String command) {
    assertThat(refused(command).err()).contains("nobody is here to be asked");
    assertThat(permitted("kvm2")).isFalse();
  }

  @Test
  void aWorkerWhoseDisksNobodyHasSeenLeavesAndGetsNoPermit() throws IOException {
    loseJournal();
    assertThat(refused("rebuild kvm1 --yes").err()).contains("nobody has seen the disks of kvm1");
    assertThat(counted("kvm1")).isTrue();
    assertThat(done("teardown kvm1 --yes").out())
        .contains(
            "no permit to wipe is given: nobody has seen the disks of kvm1 yet",
            "host 192.168.60.11: deleted",
            "on a blank disk only");
    assertThat(counted("kvm1")).isFalse();
    assertThat(permitted("kvm1")).isFalse();
  }

  @Test
  void aWorkerThatIsCountedIsNotWiped() {
    server.virtualMachine("web", KVM1);
    assertThat(refused("reinstall kvm1 --wipe --yes").err())
        .isEqualTo(
            "barestack: kvm1 is a host of CloudStack: Up, Enabled, 1 virtual machine: web\n"
                + "Nothing was ordered. barestack teardown kvm1 takes it out of CloudStack first;"
                + " --force permits it all the same\n");
    assertThat(done("reinstall kvm1").out()).contains("on a blank disk only");
    assertThat(permitted("kvm1")).isFalse();
    assertThat(done("reinstall kvm1 --wipe --yes --force").out())
        .contains("kvm1 is a host of CloudStack (Up, Enabled, 1 virtual machine: web)");
    assertThat(permitted("kvm1")).isTrue();
    assertThat(counted("kvm1")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reinstall kvm1 --wipe --yes",
        "teardown kvm1 --yes",
        "rebuild kvm1 --yes",
        "teardown --all --yes"
      })
  void whoCannotBeAskedMayCountIt(String command) {
    server.close();
    Barestack refused = run(command.split(" ", -1));
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("is not known: ").contains("--force");
    assertThat(permitted("kvm1")).isFalse();
    assertThat(orders("mgmt1")).isEmpty();
    done(command + " --force");
    assertThat(permitted("kvm1")).isTrue();
  }

  @Test
  void aRehearsalHasNoCloud() throws IOException {
    Files.delete(folder.resolve("secrets.age"));
    Files.delete(folder.resolve("secrets.pub.yaml"));
    done("reinstall kvm1 --wipe --yes");
    assertThat(permitted("kvm1")).isTrue();
    assertThat(done("teardown kvm2 --yes").out()).contains("there is no cloud that could count");
    assertThat(permitted("kvm2")).isTrue();
    assertThat(server.calls()).isEmpty();
  }

  @Test
  void aRebuiltWorkerIsRestartedAtOnce() {
    assertThat(done("rebuild kvm1 --yes").out()).endsWith("kvm1: restarting\n");
    assertThat(counted("kvm1")).isFalse();
    assertThat(done("rebuild kvm2 --yes --later").out()).doesNotContain("restarting");
    assertThat(permitted("kvm2")).isTrue();
    assertThat(run("rebuild", "kvm2", "--yes", "--now", "--later").status()).isEqualTo(2);
  }

  @Test
  void anOrderWhoseRestartFailsStands() {
    ssh = "echo No route to host; exit 255";
    Barestack failed = run("rebuild", "kvm1", "--yes");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).contains("No route to host").contains("The order stands.");
    assertThat(permitted("kvm1")).isTrue();
    ssh = SSH;
    assertThat(done("rebuild kvm1 --yes").out()).endsWith("kvm1: restarting\n");
    assertThat(orders("kvm1")).hasSize(1);
  }

  @Test
  void theManagementNodeIsNoWorker() {
    Barestack refused = run("teardown", "mgmt1", "--yes");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("barestack teardown --all", "barestack rebuild mgmt1");
    assertThat(run("teardown").status()).isEqualTo(2);
    assertThat(run("teardown", "kvm1", "--all").status()).isEqualTo(2);
    done("rebuild mgmt1 --yes --later");
    assertThat(server.calls()).as("it is not asked about its own node").isEmpty();
  }

  @Test
  void aZoneIsDestroyedAfterItIsNamed() {
    assertThat(refused("cloud destroy").err()).contains("nobody is here to be asked");
    server.virtualMachine("web", KVM1);
    assertThat(refused("cloud destroy --yes").err())
        .contains("zone zone1 has virtual machines of users: web");
    Barestack done = done("cloud destroy --yes --force");
    assertThat(done.out())
        .startsWith("of CloudStack will be deleted:\n  virtual machine: web\n")
        .contains("\n  host: 192.168.60.11, 192.168.60.12\n")
        .endsWith("zone zone1: deleted\n");
    assertThat(done("cloud destroy --yes").out()).isEqualTo("CloudStack has no zone zone1\n");
    assertThat(permitted("kvm1")).isFalse();
  }

  @Test
  void aSiteGoesZoneFirstManagementNodeLast() {
    Barestack done = done("teardown --all --yes");
    assertThat(done.out().lines())
        .containsSubsequence(
            "of CloudStack will be deleted:",
            "everything on this disk of mgmt1 will be lost: sda (100 GiB, serial DISK-OF-mgmt1,"
                + " xfs)",
            "host 192.168.60.11: deleted",
            "host 192.168.60.12: deleted",
            "zone zone1: deleted",
            "kvm1: permitted",
            "kvm2: permitted",
            "mgmt1: permitted");
    for (Node node : site.nodes()) {
      assertThat(permitted(node.name().text())).isTrue();
      assertThat(orders("mgmt1").getFirst().sequence())
          .isGreaterThanOrEqualTo(orders(node.name().text()).getFirst().sequence());
    }
    assertThat(done("teardown --all --yes").out())
        .isEqualTo("all nodes of tiny have their permits already; restart them\n");
  }

  /**
   * Kills the command at its n-th call, before or after that is carried out. Of calls that only
   * look, those for hosts count: they come before each permit.
   */
  private boolean killed(String command, int at, boolean after) {
    int[] count = {0};
    way =
        real ->
            call -> {
              boolean counts = !call.reads() || call.command().equals("listHosts");
              boolean here = counts && ++count[0] == at;
              if (here && !after) {
                throw new LivingZone.CutHere(new IOException("killed"));
              }
              var answer = real.call(call);
              if (here) {
                throw new LivingZone.CutHere(new IOException("killed"));
              }
              return answer;
            };
    try {
      Barestack result = run(command.split(" ", -1));
      assertThat(count[0]).as(result.toString()).isLessThan(at);
      return false;
    } catch (LivingZone.CutHere e) {
      return true;
    } finally {
      way = UnaryOperator.identity();
    }
  }

  private void noPermitWhileCounted() {
    for (String worker : List.of("kvm1", "kvm2")) {
      assertThat(permitted(worker) && counted(worker)).as(worker).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"teardown kvm1 --yes", "rebuild kvm1 --yes"})
  void cutOffAtAnyCallAWorkerArrives(String command) throws IOException {
    for (boolean after : new boolean[] {false, true}) {
      int at = 1;
      for (; ; at++) {
        fresh();
        server.virtualMachine("web", KVM1);
        boolean killed = killed(command, at, after);
        noPermitWhileCounted();
        done(command);
        assertThat(permitted("kvm1")).isTrue();
        assertThat(counted("kvm1")).isFalse();
        assertThat(server.virtualMachine("web")).isEqualTo("Running " + KVM2);
        if (!killed) {
          break;
        }
        assertThat(orders("kvm1")).hasSize(1);
      }
      assertThat(at).isGreaterThan(6);
    }
  }

  @Test
  void cutOffAtAnyCallASiteArrives() throws IOException {
    int at = 1;
    for (; ; at++) {
      fresh();
      boolean killed = killed("teardown --all --yes", at, at % 2 == 0);
      noPermitWhileCounted();
      boolean half = permitted("kvm1") && !permitted("mgmt1");
      if (half) {
        // It came back from the network meanwhile, and is installed.
        reinstalled("kvm1");
      }
      done("teardown --all --yes");
      for (String node : List.of("kvm1", "kvm2", "mgmt1")) {
        assertThat(orders(node)).as(node + " after a cut at " + at).hasSize(1);
        assertThat(permitted(node)).isEqualTo(!(half && node.equals("kvm1")));
      }
      assertThat(server.counts().getOrDefault(org.barestack.testing.cloudstack.Kind.ZONE, 0))
          .isZero();
      if (!killed) {
        break;
      }
    }
    assertThat(at).isGreaterThan(20);
  }

  /** It spent its permit and finished. */
  private void reinstalled(String node) {
    try (Journal journal = journal()) {
      BootDesk desk = new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom());
      Node one = site.node(new NodeName(node)).orElseThrow();
      BootAnswer answer = desk.boot(new BootRequest(one.bootMac(), "uefi", true, "uuid", "", ""));
      var install = ((BootAnswer.Install) answer).install();
      List<NodeEvent> events = new ArrayList<>();
      for (Kind kind : List.of(Kind.CLAIM_GRANTED, Kind.INSTALL_FINISHED, Kind.CONFIGURED)) {
        events.add(
            NodeEvent.of(
                Instant.now(),
                new Subject.OfNode(one.name()),
                kind,
                install.id(),
                Map.of("disks", "serial-DISK-OF-" + node)));
      }
      events.forEach(journal::append);
    }
  }

  /** A new run takes down again what came up since the last one. */
  @Test
  void aSecondTeardownBeginsAnew() {
    done("teardown --all --yes");
    reinstalled("mgmt1");
    reinstalled("kvm1");
    LivingZone.apply(api, site);
    assertThat(counted("kvm1")).isTrue();
    done("teardown --all --yes");
    assertThat(orders("mgmt1")).hasSize(2);
    assertThat(orders("kvm1")).hasSize(2);
    assertThat(orders("kvm2")).as("it never used its first one").hasSize(1);
    assertThat(permitted("kvm2")).isTrue();
  }

  /** Whatever happened before: without force, who gets a permit is not counted. */
  @Test
  void inNoRandomStateIsACountedWorkerPermitted() {
    Random random = new Random(5);
    List<String> commands =
        List.of(
            "reinstall kvm1 --wipe --yes",
            "teardown kvm1 --yes",
            "rebuild kvm1 --yes",
            "reinstall kvm1",
            "cloud destroy --yes",
            "teardown --all --yes");
    int given = 0;
    int refused = 0;
    for (int step = 0; step < 60; step++) {
      boolean reached = random.nextInt(4) > 0;
      way = reached ? UnaryOperator.identity() : real -> TeardownCommandTest::silence;
      switch (random.nextInt(6)) {
        case 0 -> {
          // Its permit is taken back, and it is a host again.
          try (Journal journal = journal()) {
            new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom())
                .reinstall(new NodeName("kvm1"), List.of());
          }
          LivingZone.apply(api, site);
        }
        case 1 -> {
          if (counted("kvm1")) {
            server.hostState(KVM1, List.of("Up", "Down", "Alert").get(random.nextInt(3)));
          }
        }
        case 2 -> {
          if (counted("kvm1")) {
            server.virtualMachine("vm" + step, KVM1);
          }
        }
        default -> {
          boolean before = permitted("kvm1");
          String command = commands.get(random.nextInt(commands.size()));
          int orders = orders("kvm1").size();
          boolean ended = run(command.split(" ", -1)).status() == 0;
          boolean now = permitted("kvm1") && (orders("kvm1").size() > orders || !before);
          if (now) {
            given++;
            assertThat(counted("kvm1")).as(step + ": " + command).isFalse();
            assertThat(reached).as(step + ": " + command).isTrue();
          }
          refused += ended ? 0 : 1;
        }
      }
    }
    assertThat(given).isGreaterThan(2);
    assertThat(refused).isGreaterThan(5);
  }

  private static JsonNode silence(Call call) {
    throw new CloudException(new CloudException.Fault.NotReached(call, "connection refused"));
  }

  /** CloudStack takes it in again between the removal and the permit. */
  @Test
  void aWorkerThatComesBackInBetweenGetsNone() {
    int[] deleted = {0};
    way =
        real ->
            call -> {
              var answer = real.call(call);
              if (call.command().equals("listHosts") && deleted[0] == 1) {
                deleted[0] = 2;
                LivingZone.apply(api, site);
              }
              if (call.command().equals("deleteHost")) {
                deleted[0] = 1;
              }
              return answer;
            };
    Barestack refused = run("teardown", "kvm1", "--yes");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("kvm1 is a host of CloudStack: Up, Enabled");
    assertThat(permitted("kvm1")).isFalse();
    assertThat(counted("kvm1")).isTrue();
    assertThat(server.calls().stream().map(received -> received.call().command()))
        .contains("deleteHost");
  }
}
