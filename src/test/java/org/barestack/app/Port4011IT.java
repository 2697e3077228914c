package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.model.NodeName;
import org.barestack.model.Phase;
import org.barestack.rehearse.Lab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A DHCP server on our own host has port 67, and is told what our snippet says; we have 4011. */
class Port4011IT {
  private static final Duration LIMIT = Duration.ofMinutes(8);

  @TempDir private Path work = Path.of("");
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
  }

  private void startDnsmasq(Lab lab) throws IOException {
    Path snippet =
        Files.writeString(
            work.resolve("dnsmasq.conf"),
            RehearsedSite.barestack(work.resolve("site"), "dhcp-snippet", "dnsmasq"));
    lab.start(
        List.of(
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=" + snippet,
            "--interface=" + lab.bridge(),
            "--bind-interfaces",
            "--pid-file=",
            "--log-facility=-",
            "--log-dhcp",
            "--port=0",
            "--leasefile-ro",
            "--no-ping"),
        dnsmasqLog());
  }

  private Path dnsmasqLog() {
    return work.resolve("dnsmasq.log");
  }

  /**
   * kvm1 has UEFI and goes to port 4011; mgmt1, with {@code -Dmatrix=full}, has BIOS and cannot.
   */
  static Stream<String> nodes() {
    return "full".equals(System.getProperty("matrix"))
        ? Stream.of("kvm1", "mgmt1")
        : Stream.of("kvm1");
  }

  @ParameterizedTest
  @MethodSource("nodes")
  void aBlankMachineInstallsItself(String name) throws Exception {
    NodeName node = new NodeName(name);
    RehearsedSite site = new RehearsedSite(work, "port-4011", this::startDnsmasq);
    open.add(site);
    site.awaitServing(LIMIT);

    site.rehearsal().machine(node).start();
    site.rehearsal().await(node, state -> state.phase() == Phase.INSTALLED, LIMIT);

    assertThat(Files.readString(dnsmasqLog()))
        .containsPattern("DHCPACK\\(eno1\\) [0-9.]+ [0-9a-f:]+ " + name)
        .containsPattern("bootfile-name +http://192.168.50.5:8080/boot.ipxe");
    String ours = Files.readString(site.rehearsal().serverLog());
    assertThat(ours).contains("DHCP (PORT_4011) answers on eno1, UDP [4011]");
    assertThat(ours.contains("ACK without address, boots snponly.efi"))
        .isEqualTo(name.equals("kvm1"));
  }
}
