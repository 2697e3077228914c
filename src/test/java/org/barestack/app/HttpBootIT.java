package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.InstallId;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Phase;
import org.barestack.rehearse.Firmware;
import org.barestack.rehearse.Lab;
import org.barestack.rehearse.Rehearsal;
import org.barestack.rehearse.VirtualMachine;
import org.barestack.testing.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Firmware that takes its loader by URL, with the loaders that have HTTP: iPXE, and a GRUB made
 * here. Debian's signed GRUB has none, so Secure Boot by HTTP Boot is not to be had with it.
 */
class HttpBootIT {
  private static final Duration LIMIT = Duration.ofMinutes(12);

  private static final Pattern UP = Pattern.compile("standin: installed system up node=");
  private static final Pattern BY_GRUB = Pattern.compile("Barestack: starting the local disk");
  private static final Pattern HTTP_ENTRY =
      Pattern.compile("BdsDxe: starting Boot[0-9A-F]{4} \"UEFI HTTPv4");

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

  /**
   * Each loader and each mode once, and one of them to the end; all pairs, and all to the end, with
   * {@code -Dmatrix=full}.
   */
  static Stream<Arguments> ways() {
    return "full".equals(System.getProperty("matrix"))
        ? Stream.of(
            Arguments.of("ipxe", "proxy", true),
            Arguments.of("grub", "full", true),
            Arguments.of("ipxe", "full", true),
            Arguments.of("grub", "proxy", true))
        : Stream.of(Arguments.of("ipxe", "proxy", false), Arguments.of("grub", "full", true));
  }

  /**
   * A GRUB with HTTP that begins like one that was booted by HTTP: with its configuration from the
   * folder that it came from, over the card that it was booted by. GRUB 2.06 forgets both and the
   * port of a URL, so that is built in; with two cards in one network it sometimes reached nobody.
   */
  private void makeGrub() throws IOException {
    Path start =
        Files.writeString(
            work.resolve("start.cfg"),
            """
            set prefix=(http,192.168.50.5:8080)/loaders
            for try in 1 2 3 4 5; do
              net_bootp efinet0
              configfile $prefix/grub.cfg
              sleep 2
            done
            """);
    Path grub = work.resolve("grub.efi");
    Command.Result made =
        Command.of(
                "grub-mkstandalone",
                "--format=x86_64-efi",
                "--output=" + grub,
                "--modules=http tftp efinet net linux normal configfile echo sleep reboot test"
                    + " search search_fs_file chain part_gpt fat",
                "--locales=",
                "--fonts=",
                "--themes=",
                "boot/grub/grub.cfg=" + start)
            .run();
    assertThat(made.status()).as(made.all()).isZero();
    Path loaders = Files.createDirectories(work.resolve("site/pxe")).resolve("loaders.yaml");
    Files.writeString(
        loaders,
        """
        http.efi:
          clients: [uefi_x64_pxe, uefi_x64_http]
          files: [%s]
          install: {}
          known: {}
        """
            .formatted(grub));
  }

  private void neighbours(String dhcp, Lab lab) throws IOException {
    if (dhcp.equals("proxy")) {
      OtherDhcpServer.start(lab, work.resolve("dnsmasq.log"));
    }
  }

  @ParameterizedTest(name = "{0}, dhcp {1}")
  @MethodSource("ways")
  void aBlankMachineInstallsItselfAndBootsItsDisk(String loader, String dhcp, boolean whole)
      throws Exception {
    if (loader.equals("grub")) {
      makeGrub();
    }
    RehearsedSite site =
        add(
            new RehearsedSite(
                work,
                lab -> RehearsedSite.withMode(lab, dhcp),
                lab -> neighbours(dhcp, lab),
                node -> Firmware.UEFI_HTTP));
    site.awaitServing(LIMIT);
    Rehearsal rehearsal = site.rehearsal();
    VirtualMachine machine = rehearsal.machine(NODE);

    machine.start();
    machine.await(HTTP_ENTRY, LIMIT);
    Phase end = whole ? Phase.INSTALLED : Phase.INSTALLING;
    InstallId install =
        Objects.requireNonNull(
                rehearsal.await(NODE, state -> state.phase() == end, LIMIT).install())
            .id();
    assertThat(offers(site, Kind.INSTALL_OFFERED))
        .containsExactly(loader.equals("grub") ? "GRUB on UEFI" : "iPXE on UEFI x86_64");
    String log = Files.readString(rehearsal.serverLog());
    assertThat(log)
        .contains(
            "(UEFI_X64_HTTP): OFFER",
            "boots http://192.168.50.5:8080/loaders/"
                + (loader.equals("grub") ? "http.efi" : "snponly.efi"))
        .doesNotContain("TFTP /");
    if (!whole) {
      return;
    }

    machine.await(UP, LIMIT);
    machine.powerOff();
    machine.start();
    machine.await(HTTP_ENTRY, LIMIT);
    if (loader.equals("grub")) {
      machine.await(BY_GRUB, LIMIT);
    }
    machine.await(UP, LIMIT);
    assertThat(offers(site, Kind.LOCAL_BOOT_OFFERED)).isNotEmpty();
    assertThat(Objects.requireNonNull(rehearsal.state(NODE).install()).id()).isEqualTo(install);
  }

  private static List<String> offers(RehearsedSite site, Kind kind) {
    return site.events(NODE).stream()
        .filter(event -> event.kind() == kind)
        .map((NodeEvent event) -> event.detail().getOrDefault("client", ""))
        .toList();
  }
}
