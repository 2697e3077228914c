package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.barestack.content.Loaders;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Site;
import org.barestack.testing.Examples;
import org.barestack.testing.InMemoryLeases;
import org.barestack.wire.dhcp.Answer;
import org.barestack.wire.dhcp.Clocks;
import org.barestack.wire.dhcp.DhcpPacket;
import org.barestack.wire.dhcp.DhcpResponder;
import org.barestack.wire.dhcp.Endpoint;
import org.barestack.wire.dhcp.Lease;
import org.barestack.wire.dhcp.Octets;
import org.barestack.wire.dhcp.OptionCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What machines are told by DHCP to boot, by what asks, what the site says of them, and the mode.
 */
class BootFilesTest {
  private static final MacAddress KVM1 = new MacAddress("52:54:00:50:00:0b");
  private static final MacAddress STRANGER = new MacAddress("52:54:00:77:00:01");
  private static final String HTTP = "http://192.168.50.5:8080/loaders/";

  @TempDir private Path folder = Path.of("");

  private Site site(String mode, String strangers, String kvm1) throws IOException {
    String lab = Files.readString(Path.of("examples/lab/site.yaml"));
    Files.writeString(
        folder.resolve("site.yaml"),
        RehearsedSite.withMode(lab, mode)
            .replace("defaults:\n", "defaults:\n  firmware: " + strangers + "\n")
            .replaceFirst("(?m)^    address: 192.168.50.11.*$", "$0\n    firmware: " + kvm1));
    return Examples.read(folder);
  }

  private static DhcpPacket question(MacAddress mac, int architecture, String vendorClass, int type)
      throws Exception {
    byte[] octets = new byte[236 + 4 + 3 + 1];
    octets[0] = 1;
    octets[1] = 1;
    octets[2] = 6;
    System.arraycopy(mac.octets(), 0, octets, 28, 6);
    System.arraycopy(
        new byte[] {99, (byte) 130, 83, 99, 53, 1, (byte) type, -1}, 0, octets, 236, 8);
    return DhcpPacket.parse(octets)
        .with(OptionCode.ARCHITECTURES, Octets.of((byte) 0, (byte) architecture))
        .with(OptionCode.VENDOR_CLASS, Octets.text(vendorClass));
  }

  private String answer(Site site, MacAddress mac, int architecture, int port) throws Exception {
    Loaders loaders = Loaders.read(folder, List::of);
    DhcpResponder responder =
        new DhcpResponder(
            Assembly.settings(site),
            _ -> new Lease.FromPool(),
            (who, client) -> Assembly.bootFile(site, loaders, who, client),
            new InMemoryLeases(),
            new Clocks(() -> Instant.EPOCH, () -> Instant.EPOCH));
    boolean http = architecture >= 16;
    String vendorClass = (http ? "HTTPClient" : "PXEClient") + ":Arch:%05d".formatted(architecture);
    boolean bootServer = port == 4011;
    DhcpPacket packet = question(mac, architecture, vendorClass, bootServer ? 3 : 1);
    Endpoint from = new Endpoint(Ipv4.parse(bootServer ? "192.168.50.77" : "0.0.0.0"), port);
    Answer answer = responder.answer(packet, from, port);
    if (answer instanceof Answer.Probe probe) {
      responder.probed(probe.address(), Optional.empty());
      answer = responder.answer(packet, from, port);
    }
    return answer instanceof Answer.Reply(DhcpPacket reply, var to, var question, var outcome)
        ? summary(reply)
        : answer.toString();
  }

  /** The header's server and file, then options 60, 66 and 67. */
  private static String summary(DhcpPacket reply) {
    String name = reply.text(OptionCode.BOOT_FILE).orElse("-");
    assertThat(reply.siaddr()).isEqualTo(Ipv4.parse("192.168.50.5"));
    assertThat(reply.text(OptionCode.TFTP_SERVER)).contains("192.168.50.5");
    assertThat(header(reply, 108, 128)).as("the header's file, as shim reads it").isEqualTo(name);
    return reply.text(OptionCode.VENDOR_CLASS).orElse("-") + " " + name.replace(HTTP, "URL ");
  }

  private static String header(DhcpPacket reply, int offset, int length) {
    byte[] field = Arrays.copyOfRange(reply.bytes(), offset, offset + length);
    return new String(field, StandardCharsets.US_ASCII).replaceAll("\0.*", "");
  }

  @ParameterizedTest(name = "{0}, strangers {1}, kvm1 {2}: architecture {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # mode | strangers   | kvm1        | arch | kvm1 is told               | a stranger is told
          full   | uefi        | uefi        | 0    | PXEClient undionly.kpxe    | PXEClient undionly.kpxe
          full   | uefi        | uefi-secure | 0    | PXEClient undionly.kpxe    | PXEClient undionly.kpxe
          full   | uefi        | uefi        | 7    | PXEClient snponly.efi      | PXEClient snponly.efi
          full   | uefi        | uefi-secure | 7    | PXEClient shimx64.efi      | PXEClient snponly.efi
          full   | uefi        | uefi-secure | 9    | PXEClient shimx64.efi      | PXEClient snponly.efi
          full   | uefi-secure | uefi        | 7    | PXEClient snponly.efi      | PXEClient shimx64.efi
          full   | uefi        | uefi-secure | 11   | PXEClient shimaa64.efi     | PXEClient snponly-arm64.efi
          full   | uefi        | uefi        | 16   | HTTPClient URL snponly.efi | HTTPClient URL snponly.efi
          full   | uefi        | uefi-secure | 16   | HTTPClient URL shimx64.efi | HTTPClient URL snponly.efi
          full   | uefi-secure | uefi-secure | 19   | HTTPClient URL shimaa64.efi | HTTPClient URL shimaa64.efi
          proxy  | uefi        | uefi        | 0    | PXEClient undionly.kpxe    | PXEClient undionly.kpxe
          proxy  | uefi        | uefi-secure | 7    | PXEClient shimx64.efi      | PXEClient snponly.efi
          proxy  | uefi-secure | uefi        | 7    | PXEClient snponly.efi      | PXEClient shimx64.efi
          proxy  | uefi        | uefi-secure | 11   | PXEClient shimaa64.efi     | PXEClient snponly-arm64.efi
          proxy  | uefi        | uefi-secure | 16   | HTTPClient URL shimx64.efi | HTTPClient URL snponly.efi
          proxy  | uefi        | uefi        | 19   | HTTPClient URL snponly-arm64.efi | HTTPClient URL snponly-arm64.efi
          """)
  void whatMachinesAreTold(
      String mode, String strangers, String kvm1, int architecture, String node, String stranger)
      throws Exception {
    Site site = site(mode, strangers, kvm1);
    assertThat(answer(site, KVM1, architecture, 67)).isEqualTo(node);
    assertThat(answer(site, STRANGER, architecture, 67)).isEqualTo(stranger);
  }

  @ParameterizedTest(name = "{0}, kvm1 {1}: architecture {2}")
  @CsvSource({
    "proxy, uefi, 7, PXEClient snponly.efi",
    "proxy, uefi-secure, 7, PXEClient shimx64.efi",
    "proxy, uefi-secure, 11, PXEClient shimaa64.efi",
    "port-4011, uefi, 7, PXEClient snponly.efi",
    "port-4011, uefi-secure, 7, PXEClient shimx64.efi",
  })
  void onPort4011ItIsTheSame(String mode, String kvm1, int architecture, String told)
      throws Exception {
    assertThat(answer(site(mode, "uefi", kvm1), KVM1, architecture, 4011)).isEqualTo(told);
  }

  /** A site's own file may say nothing of Secure Boot. */
  @Test
  void whatThereIsNoLoaderForIsSaid() throws Exception {
    Files.createDirectory(folder.resolve("pxe"));
    Files.writeString(
        folder.resolve("pxe/loaders.yaml"),
        "mine.efi: { clients: [uefi_x64_pxe], files: [/none], install: {}, known: {} }");
    Site site = site("proxy", "uefi", "uefi-secure");
    assertThat(answer(site, STRANGER, 7, 67)).isEqualTo("PXEClient mine.efi");
    assertThat(answer(site, KVM1, 7, 67))
        .contains("pxe/loaders.yaml has no loader for UEFI_X64_PXE with Secure Boot");
  }
}
