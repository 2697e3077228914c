package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.InstallId;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.rehearse.Rehearsal;
import org.barestack.rehearse.VirtualMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Blank machines of both firmware kinds install themselves from {@code barestack serve}, over real
 * firmware, DHCP, TFTP and HTTP. What stands in for Rocky's installer is the stand-in.
 */
class InstallIT {
  /** Every step takes seconds on an idle host; software translation on a busy one is patient. */
  private static final Duration LIMIT = Duration.ofMinutes(8);

  private static final Pattern UP = Pattern.compile("standin: installed system up node=");

  @TempDir private Path work = Path.of("");
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
  }

  private <T extends AutoCloseable> T add(T part) {
    open.add(part);
    return part;
  }

  private RehearsedSite rehearse(String dhcp) throws Exception {
    RehearsedSite site =
        add(
            new RehearsedSite(
                work,
                dhcp,
                lab -> {
                  if (dhcp.equals("proxy")) {
                    OtherDhcpServer.start(lab, work.resolve("dnsmasq.log"));
                  }
                }));
    site.awaitServing(LIMIT);
    return site;
  }

  private static InstallId install(NodeState state) {
    return Objects.requireNonNull(state.install()).id();
  }

  /** In pairs, one of them installed anew; the full matrix with {@code -Dmatrix=full}. */
  static Stream<Arguments> machines() {
    return "full".equals(System.getProperty("matrix"))
        ? Stream.of(
            Arguments.of("mgmt1", "full", true),
            Arguments.of("kvm1", "proxy", true),
            Arguments.of("mgmt1", "proxy", true),
            Arguments.of("kvm1", "full", true))
        : Stream.of(Arguments.of("mgmt1", "full", true), Arguments.of("kvm1", "proxy", false));
  }

  /** mgmt1 has BIOS, kvm1 has UEFI. */
  @ParameterizedTest(name = "{0}, dhcp {1}")
  @MethodSource("machines")
  void aBlankMachineInstallsItselfOnce(String name, String dhcp, boolean anew) throws Exception {
    NodeName node = new NodeName(name);
    RehearsedSite site = rehearse(dhcp);
    Rehearsal rehearsal = site.rehearsal();
    VirtualMachine machine = rehearsal.machine(node);

    machine.start();
    InstallId first = install(rehearsal.await(node, in(Phase.INSTALLED), LIMIT));
    machine.await(UP, LIMIT);
    rehearsal.await(node, in(Phase.CONFIGURED), LIMIT);
    assertThat(steps(site, node)).contains("30-secrets", "20-network-up.standin");
    assertThat(fetched(site, node, first))
        .containsExactly(
            "vmlinuz", "initrd.img", ".treeinfo", "images/install.img", "kickstart", "kickstart");

    machine.powerOff();
    machine.start();
    machine.await(UP, LIMIT);
    assertThat(install(rehearsal.state(node))).isEqualTo(first);
    assertThat(kinds(site, node)).contains(Kind.LOCAL_BOOT_OFFERED);
    if (!anew) {
      return;
    }

    machine.powerOff();
    assertThat(site.barestack("reinstall", name, "--wipe", "--force", "--yes"))
        .contains("vda (12 GiB");
    machine.start();
    NodeState again =
        rehearsal.await(
            node, state -> in(Phase.INSTALLED).test(state) && !install(state).equals(first), LIMIT);
    assertThat(again.wipe()).isEmpty();
    assertThat(site.barestack("status")).contains(name).contains("installed");
  }

  @Test
  void aDiskWithAFileSystemIsRefusedAndStaysAsItIs() throws Exception {
    NodeName node = new NodeName("mgmt1");
    Path disk = Files.createDirectories(work.resolve("machines")).resolve("mgmt1.raw");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(12L << 30);
    }
    RehearsedSite.run(
        "mkfs.ext4", "-q", "-E", "lazy_itable_init=1", "-L", "precious", disk.toString());
    Path copy = work.resolve("before.raw");
    RehearsedSite.run("cp", "--sparse=always", disk.toString(), copy.toString());

    RehearsedSite site = rehearse("full");
    Rehearsal rehearsal = site.rehearsal();
    rehearsal.machine(node).start();
    NodeState refused = rehearsal.await(node, in(Phase.REFUSED), LIMIT);
    assertThat(refused.reason())
        .contains("ext4")
        .contains("precious")
        .contains("nothing was written");
    assertThat(site.barestack("events", "mgmt1")).contains("refused").contains("precious");
    assertThat(site.barestack("status")).contains("barestack reinstall mgmt1 --wipe");
    rehearsal.await(node, state -> kinds(site, node).getLast() == Kind.LOCAL_BOOT_OFFERED, LIMIT);
    assertThat(site.barestack("logs", "mgmt1")).contains(" refused: ", "precious", "machine.txt");
    assertThat(site.barestack("logs", "mgmt1", "machine.txt")).contains("# lsblk", "# dmesg");
    rehearsal.machine(node).powerOff();
    RehearsedSite.run("cmp", disk.toString(), copy.toString());
  }

  @Test
  void theLogsOfAFailedInstallAreHere() throws Exception {
    NodeName node = new NodeName("mgmt1");
    Path role = work.resolve("site/kickstart-templates/roles/management");
    Files.writeString(
        Files.createDirectories(role).resolve("post.sh.j2"),
        "echo 'the licence server is gone'\nexit 3\n");

    RehearsedSite site = rehearse("full");
    Rehearsal rehearsal = site.rehearsal();
    rehearsal.machine(node).start();
    assertThat(rehearsal.await(node, in(Phase.FAILED), LIMIT).reason())
        .contains("ERR anaconda: a %post script with --erroronfail failed");
    rehearsal.await(node, state -> kinds(site, node).getLast() == Kind.LOCAL_BOOT_OFFERED, LIMIT);
    rehearsal.machine(node).powerOff();

    assertThat(kinds(site, node)).contains(Kind.LOGS_KEPT);
    assertThat(site.barestack("status")).contains("barestack logs mgmt1");
    assertThat(site.barestack("logs", "mgmt1"))
        .contains(
            " failed: ",
            "ERR anaconda: a %post script with --erroronfail failed",
            "  the licence server is gone\n",
            "anaconda.log\n",
            "program.log\n",
            "syslog\n",
            "barestack-pre.log\n",
            "barestack-post.log\n",
            "machine.txt\n");
    assertThat(site.barestack("logs", "mgmt1", "machine.txt")).contains("/dev/vda", "LVM2_member");
  }

  private static Predicate<NodeState> in(Phase phase) {
    return state -> state.phase() == phase;
  }

  private static List<Kind> kinds(RehearsedSite site, NodeName node) {
    return site.events(node).stream()
        .map(NodeEvent::kind)
        .filter(kind -> kind != Kind.ASKED)
        .toList();
  }

  private static List<String> steps(RehearsedSite site, NodeName node) {
    return site.events(node).stream()
        .filter(event -> event.kind() == Kind.STEP_FINISHED)
        .map(event -> event.detail().getOrDefault("step", ""))
        .toList();
  }

  private static List<String> fetched(RehearsedSite site, NodeName node, InstallId install) {
    return site.events(node).stream()
        .filter(event -> event.kind() == Kind.FETCHED && install.equals(event.install()))
        .map(event -> event.detail().getOrDefault("file", ""))
        .toList();
  }
}
