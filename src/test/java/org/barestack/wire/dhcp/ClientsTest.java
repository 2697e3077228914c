package org.barestack.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.testing.InMemoryLeases;
import org.barestack.wire.dhcp.Answer.Probe;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that differ from the captured ones in one thing, and what each gets. */
class ClientsTest {
  private static final Endpoint ANY = new Endpoint(Ipv4.ANY, 68);

  /** What differs, by name. */
  private static UnaryOperator<byte[]> change(String name) {
    return switch (name) {
      case "nothing" -> octets -> octets;
      case "no broadcast flag" -> octets -> patched(octets, 10, "0000");
      case "no option 97" -> octets -> without(octets, OptionCode.MACHINE_ID);
      case "no option 57" -> octets -> without(octets, 57);
      case "uuid in chaddr" ->
          octets -> patched(patched(octets, 2, "10"), 28, "11223344556677889900aabbccddeeff");
      case "uuid in chaddr, option 61" ->
          octets ->
              with(
                  patched(patched(octets, 2, "10"), 28, "11223344556677889900aabbccddeeff"),
                  OptionCode.CLIENT_ID,
                  "01525400aa0001");
      case "uuid in chaddr, option 61 a uuid" ->
          octets ->
              with(
                  patched(patched(octets, 2, "10"), 28, "11223344556677889900aabbccddeeff"),
                  OptionCode.CLIENT_ID,
                  "0011223344556677889900aabbccddeeff");
      case "group address" -> octets -> patched(octets, 28, "01");
      case "relay of ours" -> octets -> patched(octets, 24, "c0a84d07");
      case "relay of ours, option 82" ->
          octets -> with(patched(octets, 24, "c0a84d07"), OptionCode.RELAY_INFORMATION, "0102abcd");
      case "relay elsewhere" -> octets -> patched(octets, 24, "0a000001");
      case "arch 6 then 7" -> octets -> with(octets, OptionCode.ARCHITECTURES, "00060007");
      case "arch 0 then 7" -> octets -> with(octets, OptionCode.ARCHITECTURES, "00000007");
      case "arch 9" -> octets -> with(octets, OptionCode.ARCHITECTURES, "0009");
      case "arch 6" -> octets -> with(octets, OptionCode.ARCHITECTURES, "0006");
      case "arch 11" -> octets -> with(octets, OptionCode.ARCHITECTURES, "000b");
      case "no arch" -> octets -> without(octets, OptionCode.ARCHITECTURES);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static byte[] patched(byte[] octets, int at, String hex) {
    byte[] changed = octets.clone();
    byte[] value = HexFormat.of().parseHex(hex);
    System.arraycopy(value, 0, changed, at, value.length);
    return changed;
  }

  private static DhcpPacket packet(byte[] octets) {
    try {
      return DhcpPacket.parse(octets);
    } catch (MalformedPacketException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static byte[] with(byte[] octets, int code, String hex) {
    return packet(octets).with(code, Octets.of(HexFormat.of().parseHex(hex))).bytes();
  }

  private static byte[] without(byte[] octets, int code) {
    DhcpPacket plain = packet(octets);
    return new DhcpPacket(
            plain.reply(),
            plain.htype(),
            plain.hops(),
            plain.xid(),
            plain.secs(),
            plain.flags(),
            plain.ciaddr(),
            plain.yiaddr(),
            plain.siaddr(),
            plain.giaddr(),
            plain.chaddr(),
            plain.sname(),
            plain.file(),
            plain.options().without(code))
        .bytes();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # OVMF's DISCOVER with        | full                                                | proxy
          nothing                       | OFFER .85 snponly.efi to 255.255.255.255:68         | OFFER .0 snponly.efi to 255.255.255.255:68
          no broadcast flag             | OFFER .85 snponly.efi to 255.255.255.255:68         | OFFER .0 snponly.efi to 255.255.255.255:68
          no option 97                  | OFFER .85 snponly.efi to 255.255.255.255:68         | OFFER .0 snponly.efi to 255.255.255.255:68
          no option 57                  | OFFER .85 snponly.efi to 255.255.255.255:68         | OFFER .0 snponly.efi to 255.255.255.255:68
          uuid in chaddr                | silence: let its firmware send the MAC address      | silence: let its firmware send the MAC address
          uuid in chaddr, option 61     | OFFER .85 snponly.efi to 255.255.255.255:68         | OFFER .0 snponly.efi to 255.255.255.255:68
          uuid in chaddr, option 61 a uuid | silence: let its firmware send the MAC address   | silence: let its firmware send the MAC address
          group address                 | silence: let its firmware send the MAC address      | silence: let its firmware send the MAC address
          relay of ours                 | OFFER .85 snponly.efi to 192.168.77.7:67            | OFFER .0 snponly.efi to 192.168.77.7:67
          relay of ours, option 82      | OFFER .85 snponly.efi to 192.168.77.7:67 82 last    | OFFER .0 snponly.efi to 192.168.77.7:67 82 last
          relay elsewhere               | silence: relayed by 10.0.0.1, outside 192.168.77.0  | OFFER .0 snponly.efi to 10.0.0.1:67
          arch 6 then 7                 | OFFER .85 snponly.efi to 255.255.255.255:68         | OFFER .0 snponly.efi to 255.255.255.255:68
          arch 0 then 7                 | OFFER .85 undionly.kpxe to 255.255.255.255:68       | OFFER .0 undionly.kpxe to 255.255.255.255:68
          arch 9                        | OFFER .85 snponly.efi to 255.255.255.255:68         | OFFER .0 snponly.efi to 255.255.255.255:68
          arch 6                        | OFFER .85 no-loader-for-this-machine to 255.255.255.255:68 | silence: no loader for architecture [6] by TFTP
          arch 11                       | OFFER .85 no-loader-for-this-machine to 255.255.255.255:68 | silence: the site is x86_64
          no arch                       | OFFER .85 no-loader-for-this-machine to 255.255.255.255:68 | silence: no loader for architecture [] by TFTP
          """)
  void get(String what, String full, String proxy) {
    DhcpPacket packet =
        packet(change(what).apply(Capture.of("ovmf-pxe-discover").packet().bytes()));
    matches(summary(packet, DhcpMode.FULL), full);
    matches(summary(packet, DhcpMode.PROXY), proxy);
  }

  private static void matches(String answer, String expected) {
    if (expected.startsWith("silence: ")) {
      assertThat(answer).startsWith("silence: ").contains(expected.substring(9));
    } else {
      assertThat(answer).isEqualTo(expected);
    }
  }

  private static String summary(DhcpPacket packet, DhcpMode mode) {
    return switch (Site.answer(Site.responder(mode), packet, ANY, 67)) {
      case Silence silence -> "silence: " + silence.reason();
      case Probe probe -> throw new AssertionError(probe);
      case Reply(DhcpPacket reply, Endpoint to, String question, String outcome) -> {
        assertThat(reply.xid()).isEqualTo(packet.xid());
        assertThat(reply.flags()).isEqualTo(packet.flags());
        assertThat(reply.chaddr()).isEqualTo(packet.chaddr());
        assertThat(reply.giaddr()).isEqualTo(packet.giaddr());
        for (int code : List.of(OptionCode.MACHINE_ID, OptionCode.CLIENT_ID)) {
          assertThat(reply.options().get(code)).isEqualTo(packet.options().get(code));
        }
        yield "%s .%d %s to %s%s"
            .formatted(
                reply.messageType().orElseThrow(),
                reply.yiaddr().bits() & 255,
                reply.text(OptionCode.BOOT_FILE).orElse("nothing"),
                to,
                reply.options().octets().toString().endsWith("52040102abcd") ? " 82 last" : "");
      }
    };
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource({
    "ovmf-pxe-discover, none, none",
    "bios-rom-discover, none, none",
    "ovmf-pxe-discover, default, none",
    "bios-rom-discover, default, 060108ff",
    "ovmf-pxe-discover, all, 060108ff",
    "bios-rom-discover, all, 060108ff",
    "ipxe-rom-discover, all, none",
    "ovmf-http-discover, all, none",
  })
  void option43(String capture, String control, String expected) {
    Set<ClientKind> kinds =
        switch (control) {
          case "none" -> Set.of();
          case "all" -> Set.of(ClientKind.BIOS_PXE, ClientKind.UEFI_X64_PXE);
          default -> Site.settings(DhcpMode.PROXY).discoveryControl();
        };
    DhcpSettings usual = Site.settings(DhcpMode.PROXY);
    DhcpSettings settings =
        new DhcpSettings(
            usual.mode(),
            usual.serverAddress(),
            usual.subnet(),
            usual.router(),
            usual.dns(),
            usual.domain(),
            usual.ntp(),
            usual.pool(),
            usual.leaseTime(),
            kinds);
    DhcpResponder responder =
        new DhcpResponder(
            settings, Site::lease, Site::bootFile, new InMemoryLeases(), Clocks.system());
    Reply reply = (Reply) responder.answer(Capture.of(capture).packet(), ANY, 67);
    assertThat(
            reply
                .packet()
                .options()
                .get(OptionCode.VENDOR_SPECIFIC)
                .map(Octets::toString)
                .orElse("none"))
        .isEqualTo(expected);
  }

  @Test
  void aClientGetsItsAnswerWhileAnotherWaitsForAProbe() {
    DhcpResponder responder = Site.responder(DhcpMode.FULL);
    DhcpPacket stranger =
        packet(patched(Capture.of("ovmf-pxe-discover").packet().bytes(), 28, "525400aa0002"));
    assertThat(responder.answer(stranger, ANY, 67)).isInstanceOf(Probe.class);
    assertThat(Stream.of("ovmf-pxe-discover", "ipxe-rom-discover").map(Capture::of))
        .allSatisfy(capture ->
            assertThat(responder.answer(capture.packet(), ANY, 67)).isInstanceOf(Reply.class));
    assertThat(responder.answer(stranger, ANY, 67)).isInstanceOf(Probe.class);
  }
}
