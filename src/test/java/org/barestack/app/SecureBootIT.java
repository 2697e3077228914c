package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import org.barestack.rehearse.Firmware;
import org.barestack.rehearse.Rehearsal;
import org.barestack.rehearse.VirtualMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Firmware that starts only what is signed: shim, GRUB and kernel by PXE. Those of Debian stand in
 * for Rocky's: the stand-in's tree has them at the same places.
 */
class SecureBootIT {
  /** On an idle host a boot takes a minute. */
  private static final Duration LIMIT = Duration.ofMinutes(12);

  private static final Pattern SECURE =
      Pattern.compile("standin: secure boot: on, lockdown: (integrity|confidentiality)");
  private static final Pattern UP = Pattern.compile("standin: installed system up node=");
  private static final Pattern BY_GRUB = Pattern.compile("Barestack: starting the local disk");
  private static final Pattern REFUSED =
      Pattern.compile("BdsDxe: failed to load .*: (Access Denied|Security Violation)");

  private static final NodeName NODE = new NodeName("kvm1");

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

  /** The lab with a kvm1 that has Secure Boot. */
  private static String secure(String lab) {
    return lab.replaceFirst("(?m)^    address: 192.168.50.11.*$", "$0\n    firmware: uefi-secure");
  }

  private RehearsedSite rehearse(String dhcp) throws Exception {
    RehearsedSite site =
        add(
            new RehearsedSite(
                work,
                lab -> secure(RehearsedSite.withMode(lab, dhcp)),
                lab -> {
                  if (dhcp.equals("proxy")) {
                    // Debian's GRUB takes its server from the lease alone; Rocky's looks at our
                    // offer, too ("efinet: Add DHCP proxy support").
                    OtherDhcpServer.start(lab, work.resolve("dnsmasq.log"), "192.168.50.5");
                  }
                }));
    site.awaitServing(LIMIT);
    return site;
  }

  /** Beside another DHCP server only until the installer has its claim: the rest is the same. */
  static Stream<Arguments> ways() {
    return Stream.of(
        Arguments.of("full", true),
        Arguments.of("proxy", "full".equals(System.getProperty("matrix"))));
  }

  @ParameterizedTest(name = "dhcp {0}")
  @MethodSource("ways")
  void aBlankMachineInstallsItselfAndBootsItsDisk(String dhcp, boolean whole) throws Exception {
    RehearsedSite site = rehearse(dhcp);
    Rehearsal rehearsal = site.rehearsal();
    VirtualMachine machine = rehearsal.machine(NODE);

    machine.start();
    machine.await(SECURE, LIMIT);
    NodeState claimed =
        rehearsal.await(NODE, in(whole ? Phase.INSTALLED : Phase.INSTALLING), LIMIT);
    InstallId install = Objects.requireNonNull(claimed.install()).id();
    assertThat(fetched(site, install))
        .containsExactly(
            "vmlinuz", "initrd.img", ".treeinfo", "images/install.img", "kickstart", "kickstart");
    assertThat(offers(site, Kind.INSTALL_OFFERED)).containsExactly("GRUB on UEFI");
    if (!whole) {
      return;
    }
    machine.await(UP, LIMIT);

    machine.powerOff();
    int before = offers(site, Kind.LOCAL_BOOT_OFFERED).size();
    machine.start();
    machine.await(BY_GRUB, LIMIT);
    machine.await(SECURE, LIMIT);
    machine.await(UP, LIMIT);
    assertThat(offers(site, Kind.LOCAL_BOOT_OFFERED)).hasSize(before + 1);
    assertThat(Objects.requireNonNull(rehearsal.state(NODE).install()).id()).isEqualTo(install);

    String log = Files.readString(rehearsal.serverLog());
    assertThat(log).doesNotContain("revocations", "shim_certificate", ".lst");
    assertThat(Pattern.compile("\\b[0-9a-f]{32}\\b").matcher(log).find()).as("a token").isFalse();
  }

  /** The control: what is signed by nobody does not start, so the test above proves something. */
  @Test
  void anUnsignedLoaderIsRefusedByTheFirmware() throws Exception {
    RehearsedSite site =
        add(new RehearsedSite(work, lab -> lab, lab -> {}, node -> Firmware.UEFI_SECURE));
    site.awaitServing(LIMIT);
    VirtualMachine machine = site.rehearsal().machine(NODE);

    machine.start();
    machine.await(REFUSED, LIMIT);
    assertThat(Files.readString(site.rehearsal().serverLog())).contains("snponly.efi");
    assertThat(site.rehearsal().state(NODE).phase()).isEqualTo(Phase.ARMED);
    assertThat(serial(machine)).doesNotContain("iPXE");
  }

  private static Predicate<NodeState> in(Phase phase) {
    return state -> state.phase() == phase;
  }

  private static List<String> fetched(RehearsedSite site, InstallId install) {
    return site.events(NODE).stream()
        .filter(event -> event.kind() == Kind.FETCHED && install.equals(event.install()))
        .map(event -> event.detail().getOrDefault("file", ""))
        .toList();
  }

  private static List<String> offers(RehearsedSite site, Kind kind) {
    return site.events(NODE).stream()
        .filter(event -> event.kind() == kind)
        .map((NodeEvent event) -> event.detail().getOrDefault("client", ""))
        .toList();
  }

  private static String serial(VirtualMachine machine) throws IOException {
    return Files.readString(machine.serialLog(), StandardCharsets.ISO_8859_1);
  }
}
