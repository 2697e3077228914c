package org.barestack.wire.dhcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.testing.Properties.forAll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.wire.dhcp.Answer.Probe;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Packets of real firmware and real clients: what is read out of each, and what goes back. The
 * goldens are written anew with {@code -Dgoldens=write}; their difference is then for review.
 */
class CaptureTest {
  static Stream<Capture> captures() {
    return Capture.all();
  }

  @ParameterizedTest
  @MethodSource("captures")
  void isReadAndAnswered(Capture capture) throws IOException {
    String text =
        Stream.concat(
                Stream.of("== " + capture.origin() + "\n" + PacketText.of(capture.packet())),
                Stream.of(DhcpMode.FULL, DhcpMode.PROXY).map(mode -> answer(capture, mode)))
            .collect(Collectors.joining("\n"));
    Path golden = Capture.FOLDER.resolve(capture.name() + ".txt");
    if ("write".equals(System.getProperty("goldens"))) {
      Files.writeString(golden, text, UTF_8);
    }
    assertThat(text).isEqualTo(Files.readString(golden, UTF_8));
  }

  private static String answer(Capture capture, DhcpMode mode) {
    Answer answer =
        Site.answer(Site.responder(mode), capture.packet(), capture.from(), capture.port());
    String heading = "== " + mode + ", port " + capture.port() + "\n";
    return heading
        + switch (answer) {
          case Silence silence ->
              (silence.notable() ? "notable silence: " : "silence: ") + silence.reason() + "\n";
          case Probe probe -> throw new AssertionError(probe);
          case Reply reply ->
              "to %s\nlog %s\n%s".formatted(reply.to(), reply.log(), PacketText.of(reply.packet()));
        };
  }

  @ParameterizedTest
  @MethodSource("captures")
  void survivesItsOctets(Capture capture) throws MalformedPacketException {
    DhcpPacket packet = capture.packet();
    assertThat(DhcpPacket.parse(packet.bytes())).isEqualTo(packet);
  }

  @ParameterizedTest
  @MethodSource("captures")
  void mutatedIsReadOrRefused(Capture capture) {
    List<DhcpResponder> responders =
        Stream.of(DhcpMode.FULL, DhcpMode.PROXY).map(Site::responder).toList();
    forAll(
        2_000,
        random -> {
          byte[] octets = capture.octets().toArray();
          for (int i = random.nextInt(1, 6); i > 0; i--) {
            octets[random.nextInt(octets.length)] = (byte) random.nextInt();
          }
          Octets cut = Octets.slice(octets, 0, random.nextInt(octets.length + 1));
          PacketTest.readsOrRefuses(random.nextBoolean() ? octets : cut.toArray(), responders);
        });
  }
}
