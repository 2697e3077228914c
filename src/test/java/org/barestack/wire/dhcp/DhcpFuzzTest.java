package org.barestack.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.wire.dhcp.OptionCode.SERVER_ID;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.Subnet;
import org.barestack.testing.Fuzz;
import org.barestack.wire.dhcp.Answer.Probe;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.junit.jupiter.api.Test;

/** What anybody may send to the DHCP and ARP sockets, and what must hold for every answer. */
public class DhcpFuzzTest {
  private static final Endpoint FROM = new Endpoint(Ipv4.parse("192.168.77.200"), 2000);

  private static final AddressRange POOL = AddressRange.parse("192.168.77.86-192.168.77.88");

  /** A mode and a port of it, by the first octet of an input. */
  private record Ear(DhcpMode mode, int port) {
    static final List<Ear> ALL =
        Stream.of(DhcpMode.values())
            .flatMap(mode -> mode.ports().stream().map(port -> new Ear(mode, port)))
            .toList();
  }

  @Test
  void everyAnswerIsInOrder() {
    List<byte[]> seeds =
        Capture.all()
            .flatMap(capture ->
                IntStream.range(0, Ear.ALL.size())
                    .mapToObj(ear -> input(ear, capture.octets().toArray())))
            .toList();
    List<byte[]> options =
        Stream.of(
                "350101",
                "350103",
                "350104",
                "350107",
                "350108",
                "ff",
                "340101",
                "340103",
                "3204c0a84d56",
                "3204c0a84d55",
                "3604c0a84d01",
                "3604c0a84d02",
                "39020240",
                "3902ffff",
                "39020000",
                "3d0701525400aa0001",
                "5d020007",
                "5d020010",
                "4d0469505845",
                "3c09505845436c69656e74",
                "3c0a48545450436c69656e74",
                "2b0447020000",
                "52020101",
                "c0a84d01",
                "c0a84dff",
                "08080808",
                "525400aa0001")
            .map(HexFormat.of()::parseHex)
            .toList();
    Fuzz.run("dhcp", 100_000, seeds, options, DhcpFuzzTest::shape);
  }

  private static byte[] input(int ear, byte[] packet) {
    byte[] input = new byte[packet.length + 1];
    input[0] = (byte) ear;
    System.arraycopy(packet, 0, input, 1, packet.length);
    return input;
  }

  /** For the coverage-guided fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws MalformedPacketException {
    shape(input);
  }

  private static Object shape(byte[] input) throws MalformedPacketException {
    if (input.length == 0) {
      return "nothing";
    }
    byte[] octets = Arrays.copyOfRange(input, 1, input.length);
    DhcpPacket packet;
    try {
      packet = DhcpPacket.parse(octets);
    } catch (MalformedPacketException e) {
      assertThat(e.offset()).isBetween(0, octets.length);
      String message = String.valueOf(e.getMessage());
      assertPlain(message);
      return message.replaceAll("[0-9a-f]+", "");
    }
    assertThat(DhcpPacket.parse(packet.bytes())).isEqualTo(packet);
    assertPlain(Optional.ofNullable(packet.uuid()).toString());
    Ear ear = Ear.ALL.get((input[0] & 255) % Ear.ALL.size());
    DhcpResponder responder = Site.responder(ear.mode());
    new OtherServers(responder.settings(), Clocks.system(), new SplittableRandom(1))
        .heard(packet, FROM)
        .ifPresent(DhcpFuzzTest::assertPlain);
    Answer first = Site.answer(responder, packet, FROM, ear.port());
    Answer again = Site.answer(responder, packet, FROM, ear.port());
    return List.of(checked(packet, ear, first), checked(packet, ear, again));
  }

  private static Object checked(DhcpPacket packet, Ear ear, Answer answer)
      throws MalformedPacketException {
    return switch (answer) {
      case Probe probe -> throw new AssertionError(probe);
      case Silence silence -> {
        assertPlain(silence.reason());
        yield ear + silence.reason().replaceAll("[0-9a-f:.\\\\]+|'.*'|\\[.*]", "");
      }
      case Reply reply -> {
        check(packet, ear, reply);
        yield ear.toString() + reply.packet().options().values().keySet();
      }
    };
  }

  private static void check(DhcpPacket packet, Ear ear, Reply reply)
      throws MalformedPacketException {
    DhcpPacket sent = reply.packet();
    byte[] octets = sent.bytes();
    assertThat(DhcpPacket.parse(octets)).isEqualTo(sent);
    assertThat(octets).hasSizeBetween(300, packet.largestAnswer());
    assertThat(packet.largestAnswer()).isBetween(548, 1472);
    assertThat(packet.reply()).as("only questions are answered").isFalse();
    assertThat(sent.reply()).isTrue();
    assertThat(sent.xid()).isEqualTo(packet.xid());
    assertThat(sent.chaddr()).isEqualTo(packet.chaddr());
    assertThat(sent.giaddr()).isEqualTo(packet.giaddr());
    assertThat(sent.address(SERVER_ID)).contains(Site.SERVER);
    assertThat(sent.messageType().orElseThrow())
        .isIn(
            switch (packet.messageType().orElseThrow()) {
              case DISCOVER -> List.of(MessageType.OFFER);
              case REQUEST -> List.of(MessageType.ACK, MessageType.NAK);
              case INFORM -> List.of(MessageType.ACK);
              case OFFER, DECLINE, ACK, NAK, RELEASE -> List.of();
            });
    assertPlain(reply.log());
    boolean full = ear.equals(new Ear(DhcpMode.FULL, DhcpMode.SERVER_PORT));
    if (full) {
      assertThat(packet.address(SERVER_ID).orElse(Site.SERVER)).isEqualTo(Site.SERVER);
    }
    assertThat(sent.yiaddr()).matches(address -> isRight(packet, full, address));
    assertThat(reply.to()).matches(to -> isRight(packet, ear, to));
  }

  private static boolean isRight(DhcpPacket packet, boolean full, Ipv4 given) {
    Ipv4 fixed = Site.KVM1_ADDRESS;
    boolean known = packet.mac().equals(Optional.of(Site.KVM1));
    return given.equals(Ipv4.ANY) || (full && (known ? given.equals(fixed) : POOL.contains(given)));
  }

  /** A proxy's relay may be anywhere: it serves networks that are not ours. */
  private static boolean isRight(DhcpPacket packet, Ear ear, Endpoint to) {
    Subnet subnet = Site.settings(ear.mode()).subnet();
    if (ear.port() == DhcpMode.BOOT_SERVER_PORT) {
      return to.equals(FROM);
    }
    if (!packet.giaddr().equals(Ipv4.ANY)) {
      return to.equals(new Endpoint(packet.giaddr(), 67))
          && (ear.mode() == DhcpMode.PROXY || subnet.isHost(to.address()));
    }
    return to.port() == 68 && (to.address().equals(Ipv4.BROADCAST) || subnet.isHost(to.address()));
  }

  private static void assertPlain(String line) {
    assertThat(line).matches(text -> text.chars().allMatch(c -> c >= ' ' && c <= '~'));
  }

  @Test
  void arpIsReadOrIsNone() {
    ArpPacket probe = ArpPacket.probe(Site.KVM1, Site.KVM1_ADDRESS);
    byte[] answer = probe.bytes();
    answer[7] = 2;
    Fuzz.run(
        "arp",
        50_000,
        List.of(probe.bytes(), answer),
        List.of(new byte[] {8, 0}, new byte[46]),
        octets -> {
          Optional<ArpPacket> packet = ArpPacket.parse(octets);
          packet.ifPresent(
              it -> assertThat(it.bytes()).as("all 28").isEqualTo(Arrays.copyOf(octets, 28)));
          return packet.map(ArpPacket::reply);
        });
  }
}
