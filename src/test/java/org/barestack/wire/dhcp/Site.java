package org.barestack.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.barestack.model.AddressRange;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Subnet;
import org.barestack.testing.InMemoryLeases;
import org.barestack.wire.dhcp.Answer.Probe;

/** A small site to answer for: one known machine, a pool of three. */
final class Site {
  static final MacAddress KVM1 = new MacAddress("52:54:00:aa:00:01");
  static final Ipv4 KVM1_ADDRESS = Ipv4.parse("192.168.77.85");
  static final Ipv4 SERVER = Ipv4.parse("192.168.77.1");
  static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private Site() {}

  static DhcpSettings settings(DhcpMode mode) {
    return new DhcpSettings(
        mode,
        SERVER,
        Subnet.parse("192.168.77.0/24"),
        Ipv4.parse("192.168.77.254"),
        List.of(Ipv4.parse("192.168.77.2"), Ipv4.parse("192.168.77.3")),
        "lab.example",
        List.of(Ipv4.parse("192.168.77.4")),
        AddressRange.parse("192.168.77.86-192.168.77.88"),
        Duration.ofHours(12),
        Set.of(ClientKind.BIOS_PXE));
  }

  static Lease lease(MacAddress mac) {
    return mac.equals(KVM1) ? new Lease.Fixed(KVM1_ADDRESS, "kvm1") : new Lease.FromPool();
  }

  static BootFile bootFile(MacAddress mac, ClientKind kind) {
    return switch (kind) {
      case BIOS_PXE -> new BootFile.Tftp("undionly.kpxe");
      case UEFI_X64_PXE -> new BootFile.Tftp("snponly.efi");
      case UEFI_X64_HTTP -> new BootFile.Url(URI.create("http://192.168.77.1:8080/snponly.efi"));
      case IPXE_BIOS, IPXE_UEFI_X64 ->
          new BootFile.Url(URI.create("http://192.168.77.1:8080/boot.ipxe?mac=" + mac.hyphens()));
      case UEFI_ARM64_PXE, UEFI_ARM64_HTTP, IPXE_UEFI_ARM64 ->
          new BootFile.None("the site is x86_64");
    };
  }

  static DhcpResponder responder(DhcpMode mode) {
    InstantSource noon = InstantSource.fixed(NOON);
    return new DhcpResponder(
        settings(mode), Site::lease, Site::bootFile, new InMemoryLeases(), new Clocks(noon, noon));
  }

  /** The answer on a network where nobody else uses an address of the pool. */
  static Answer answer(DhcpResponder responder, DhcpPacket packet, Endpoint from, int port) {
    Answer answer = responder.answer(packet, from, port);
    if (!(answer instanceof Probe probe)) {
      return answer;
    }
    assertThat(probe.log()).matches("[ -~]+");
    assertThat(responder.probed(probe.address(), Optional.empty())).isTrue();
    Answer second = responder.answer(packet, from, port);
    assertThat(second).as("one probe is enough").isNotInstanceOf(Probe.class);
    return second;
  }
}
