package org.barestack.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.testing.InMemoryLeases;
import org.barestack.wire.dhcp.Answer.Probe;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The states of RFC 2131 §4.3, and the answers that captured packets do not lead to. */
class DhcpResponderTest {
  private static final Endpoint NOBODY = new Endpoint(Ipv4.ANY, 68);

  private static final int CIADDR = 12;
  private static final int GIADDR = 24;
  private static final int CHADDR = 28;

  private Instant now = Site.NOON;
  private final DhcpResponder full = responder(Site::lease, Site::bootFile);

  private DhcpResponder responder(Leases leases, BootFiles bootFiles) {
    return new DhcpResponder(
        Site.settings(DhcpMode.FULL), leases, bootFiles, new InMemoryLeases(), clocks());
  }

  private Clocks clocks() {
    return new Clocks(() -> now, () -> now);
  }

  /** A packet of an operating system; client 1 is the known one. */
  private static DhcpPacket client(int number, MessageType type) {
    MacAddress mac = new MacAddress("52:54:00:aa:00:%02x".formatted(number));
    return patched(PacketTest.packet("3501" + type.octets()), CHADDR, Octets.of(mac.octets()));
  }

  private static DhcpPacket patched(DhcpPacket packet, int offset, Octets value) {
    byte[] octets = packet.bytes();
    System.arraycopy(value.toArray(), 0, octets, offset, value.size());
    try {
      return DhcpPacket.parse(octets);
    } catch (MalformedPacketException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Octets address(String text) {
    return Octets.addresses(List.of(Ipv4.parse(text)));
  }

  private Answer answer(DhcpPacket packet) {
    return Site.answer(full, packet, NOBODY, DhcpMode.SERVER_PORT);
  }

  private static String summary(Answer answer) {
    return switch (answer) {
      case Reply reply ->
          reply.packet().messageType().orElseThrow() + " " + reply.packet().yiaddr();
      case Probe probe -> "probe " + probe.address();
      case Silence silence -> "silence";
    };
  }

  @ParameterizedTest(name = "{0}: {6}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # state                        | who | 54           | 50             | ciaddr        | giaddr       | answer            | to
          SELECTING, its own address     | 1   | 192.168.77.1 | 192.168.77.85  | 0.0.0.0       | 0.0.0.0      | ACK 192.168.77.85 | 255.255.255.255:68
          SELECTING, another address     | 1   | 192.168.77.1 | 192.168.77.86  | 0.0.0.0       | 0.0.0.0      | NAK 0.0.0.0       | 255.255.255.255:68
          SELECTING, no address          | 1   | 192.168.77.1 |                | 0.0.0.0       | 0.0.0.0      | NAK 0.0.0.0       | 255.255.255.255:68
          SELECTING, out of the pool     | 2   | 192.168.77.1 | 192.168.77.87  | 0.0.0.0       | 0.0.0.0      | ACK 192.168.77.87 | 255.255.255.255:68
          SELECTING, beside the pool     | 2   | 192.168.77.1 | 192.168.77.99  | 0.0.0.0       | 0.0.0.0      | NAK 0.0.0.0       | 255.255.255.255:68
          SELECTING another server       | 1   | 192.168.77.9 | 192.168.77.85  | 0.0.0.0       | 0.0.0.0      | silence           |
          SELECTING, relayed             | 1   | 192.168.77.1 | 192.168.77.85  | 0.0.0.0       | 192.168.77.7 | ACK 192.168.77.85 | 192.168.77.7:67
          INIT-REBOOT, its own address   | 1   |              | 192.168.77.85  | 0.0.0.0       | 0.0.0.0      | ACK 192.168.77.85 | 255.255.255.255:68
          INIT-REBOOT, another network   | 1   |              | 10.0.0.5       | 0.0.0.0       | 0.0.0.0      | NAK 0.0.0.0       | 255.255.255.255:68
          INIT-REBOOT, relayed           | 1   |              | 10.0.0.5       | 0.0.0.0       | 192.168.77.7 | NAK 0.0.0.0       | 192.168.77.7:67
          INIT-REBOOT, out of the pool   | 2   |              | 192.168.77.88  | 0.0.0.0       | 0.0.0.0      | ACK 192.168.77.88 | 255.255.255.255:68
          RENEWING                       | 1   |              |                | 192.168.77.85 | 0.0.0.0      | ACK 192.168.77.85 | 192.168.77.85:68
          RENEWING out of the pool       | 2   |              |                | 192.168.77.86 | 0.0.0.0      | ACK 192.168.77.86 | 192.168.77.86:68
          RENEWING what it has no longer | 1   |              |                | 192.168.77.84 | 0.0.0.0      | NAK 0.0.0.0       | 255.255.255.255:68
          RENEWING, forged sender        | 1   |              | 192.168.77.85  | 10.0.0.5      | 0.0.0.0      | ACK 192.168.77.85 | 255.255.255.255:68
          relayed from another network   | 1   | 192.168.77.1 | 192.168.77.85  | 0.0.0.0       | 10.0.0.1     | silence           |
          relayed from no host's address | 1   | 192.168.77.1 | 192.168.77.85  | 0.0.0.0       | 192.168.77.255 | silence         |
          """)
  void request(
      String state,
      int who,
      @Nullable String server,
      @Nullable String requested,
      String ciaddr,
      String giaddr,
      String answer,
      @Nullable String to) {
    DhcpPacket packet =
        patched(
            patched(client(who, MessageType.REQUEST), CIADDR, address(ciaddr)),
            GIADDR,
            address(giaddr));
    if (server != null) {
      packet = packet.with(OptionCode.SERVER_ID, address(server));
    }
    if (requested != null) {
      packet = packet.with(OptionCode.REQUESTED_ADDRESS, address(requested));
    }
    Answer given = answer(packet);
    assertThat(summary(given)).isEqualTo(answer);
    assertThat(given instanceof Reply reply ? reply.to().toString() : null).isEqualTo(to);
  }

  private static Reply reply(Answer answer) {
    assertThat(answer).isInstanceOf(Reply.class);
    return (Reply) answer;
  }

  private static Silence silence(Answer answer) {
    assertThat(answer).isInstanceOf(Silence.class);
    return (Silence) answer;
  }

  @Test
  void aNakThroughARelayIsBroadcastThere() {
    DhcpPacket packet =
        patched(client(1, MessageType.REQUEST), GIADDR, address("192.168.77.7"))
            .with(OptionCode.REQUESTED_ADDRESS, address("10.0.0.5"));
    assertThat(reply(answer(packet)).packet().flags()).isEqualTo(DhcpPacket.BROADCAST_FLAG);
  }

  @Test
  void theRelaysInformationGoesBackLast() {
    Octets relay = Octets.of(HexFormat.of().parseHex("0104deadbeef"));
    DhcpPacket packet =
        patched(client(1, MessageType.DISCOVER), GIADDR, address("192.168.77.7"))
            .with(OptionCode.RELAY_INFORMATION, relay);
    Reply reply = reply(answer(packet));
    assertThat(reply.to()).hasToString("192.168.77.7:67");
    assertThat(reply.packet().giaddr()).hasToString("192.168.77.7");
    assertThat(reply.packet().options().octets().toString()).endsWith("52060104deadbeef");
  }

  @Test
  void thePoolRemembersItsClients() {
    String first = summary(answer(client(2, MessageType.DISCOVER)));
    String second = summary(answer(client(3, MessageType.DISCOVER)));
    String third = summary(answer(client(4, MessageType.DISCOVER)));
    assertThat(List.of(first, second, third))
        .containsExactlyInAnyOrder(
            "OFFER 192.168.77.86", "OFFER 192.168.77.87", "OFFER 192.168.77.88");
    assertThat(summary(answer(client(2, MessageType.DISCOVER)))).isEqualTo(first);
    assertThat(silence(answer(client(5, MessageType.DISCOVER))).reason())
        .isEqualTo(
            "DISCOVER from 52:54:00:aa:00:05 (no vendor class): all 3 addresses of the pool are"
                + " taken");
    // An offer that nobody asked for is good for a minute; then client 5 gets one of the three.
    now = now.plus(Duration.ofMinutes(1));
    assertThat(summary(answer(client(5, MessageType.DISCOVER)))).startsWith("OFFER");
  }

  @Test
  void aLeaseLastsAndIsOver() {
    take(2, "192.168.77.86");
    take(3, "192.168.77.87");
    take(4, "192.168.77.88");
    now = now.plus(Duration.ofHours(12)).minusSeconds(1);
    assertThat(answer(client(5, MessageType.DISCOVER))).isInstanceOf(Silence.class);
    take(2, "192.168.77.86");
    now = now.plusSeconds(1);
    assertThat(summary(answer(client(5, MessageType.DISCOVER)))).doesNotContain("192.168.77.86");
  }

  private void take(int number, String address) {
    DhcpPacket packet =
        client(number, MessageType.REQUEST)
            .with(OptionCode.REQUESTED_ADDRESS, address(address))
            .with(OptionCode.SERVER_ID, Octets.addresses(List.of(Site.SERVER)));
    assertThat(summary(answer(packet))).isEqualTo("ACK " + address);
  }

  @Test
  void aReleasedAddressIsFreeAndOfferedToItsOwnerFirst() {
    take(2, "192.168.77.86");
    take(3, "192.168.77.87");
    take(4, "192.168.77.88");
    answer(patched(client(3, MessageType.RELEASE), CIADDR, address("192.168.77.87")));
    // Client 4 cannot release what is client 2's.
    answer(patched(client(4, MessageType.RELEASE), CIADDR, address("192.168.77.86")));
    assertThat(summary(answer(client(3, MessageType.DISCOVER)))).isEqualTo("OFFER 192.168.77.87");
    answer(patched(client(3, MessageType.RELEASE), CIADDR, address("192.168.77.87")));
    assertThat(summary(answer(client(5, MessageType.DISCOVER)))).isEqualTo("OFFER 192.168.77.87");
    assertThat(answer(client(3, MessageType.DISCOVER))).isInstanceOf(Silence.class);
  }

  @Test
  void aDeclinedAddressIsNotOfferedForALeaseTime() {
    take(2, "192.168.77.86");
    Answer declined =
        answer(
            client(2, MessageType.DECLINE)
                .with(OptionCode.REQUESTED_ADDRESS, address("192.168.77.86")));
    assertThat(silence(declined).notable()).isTrue();
    assertThat(silence(declined).reason()).contains("another machine already uses 192.168.77.86");
    take(2, "192.168.77.87");
    take(3, "192.168.77.88");
    assertThat(answer(client(4, MessageType.DISCOVER))).isInstanceOf(Silence.class);
    now = now.plus(Duration.ofHours(12));
    take(2, "192.168.77.87");
    take(3, "192.168.77.88");
    assertThat(summary(answer(client(4, MessageType.DISCOVER)))).isEqualTo("OFFER 192.168.77.86");
  }

  @Test
  void aDeclineOfAnotherServersAddressIsNotOurs() {
    Silence silence =
        silence(
            answer(
                client(2, MessageType.DECLINE)
                    .with(OptionCode.REQUESTED_ADDRESS, address("192.168.77.86"))
                    .with(OptionCode.SERVER_ID, address("192.168.77.9"))));
    assertThat(silence.reason()).endsWith("it chose another DHCP server, 192.168.77.9");
  }

  @Test
  void aWantedAddressOfThePoolIsOffered() {
    List<String> offers =
        IntStream.rangeClosed(86, 88)
            .mapToObj(i ->
                summary(
                    answer(
                        client(i, MessageType.DISCOVER)
                            .with(OptionCode.REQUESTED_ADDRESS, address("192.168.77." + i)))))
            .toList();
    assertThat(offers)
        .containsExactly("OFFER 192.168.77.86", "OFFER 192.168.77.87", "OFFER 192.168.77.88");
  }

  @Test
  void informGetsTheNetworkWithoutTimes() {
    Reply reply =
        reply(answer(patched(client(1, MessageType.INFORM), CIADDR, address("192.168.77.85"))));
    assertThat(reply.to()).hasToString("192.168.77.85:68");
    assertThat(reply.packet().yiaddr()).isEqualTo(Ipv4.ANY);
    assertThat(reply.packet().address(OptionCode.ROUTER)).contains(Ipv4.parse("192.168.77.254"));
    assertThat(reply.packet().seconds(OptionCode.LEASE_TIME)).isEmpty();
  }

  @Test
  void aRefusedMachineGetsNoAnswerAtAll() {
    DhcpResponder refusing =
        responder(mac -> new Lease.Refused("it has no permit to boot"), Site::bootFile);
    Capture discover = Capture.of("ovmf-pxe-discover");
    for (Capture capture : List.of(discover, Capture.of("ovmf-pxe-4011"))) {
      Silence silence = silence(refusing.answer(capture.packet(), NOBODY, capture.port()));
      assertThat(silence.notable()).isTrue();
      assertThat(silence.reason())
          .endsWith("from 52:54:00:aa:00:01 (UEFI_X64_PXE): it has no permit to boot");
    }
    assertThat(silence(refusing.answer(client(1, MessageType.DISCOVER), NOBODY, 67)).notable())
        .isFalse();
  }

  @Test
  void withoutABootFileFullGivesTheAddressAndAFileThatIsNotThere() {
    DhcpResponder nothing = responder(Site::lease, (mac, kind) -> new BootFile.None("it is ready"));
    Capture discover = Capture.of("ovmf-pxe-discover");
    Reply reply = reply(nothing.answer(discover.packet(), NOBODY, 67));
    assertThat(reply.log()).endsWith("OFFER 192.168.77.85 (kvm1), no boot file: it is ready");
    assertThat(reply.packet().text(OptionCode.BOOT_FILE)).contains("no-loader-for-this-machine");
    assertThat(reply.packet().text(OptionCode.VENDOR_CLASS)).contains("PXEClient");
    Capture later = Capture.of("ovmf-pxe-4011");
    assertThat(silence(nothing.answer(later.packet(), later.from(), 4011)).reason())
        .endsWith("it is ready");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ovmf-http-discover | no boot file: HTTP Boot takes a URL, not the TFTP file f
          ovmf-pxe-discover  | no boot file: PXE firmware takes a TFTP file, not the URL http://u/
          """)
  void aBootFileOfTheWrongKindIsNamed(String capture, String log) {
    DhcpResponder wrong =
        responder(
            Site::lease,
            (mac, kind) ->
                kind.http() ? new BootFile.Tftp("f") : new BootFile.Url(URI.create("http://u/")));
    assertThat(reply(wrong.answer(Capture.of(capture).packet(), NOBODY, 67)).log()).endsWith(log);
  }

  @Test
  void aUrlTooLongForTheHeaderIsAnOptionOnly() {
    String url = "http://192.168.77.1/" + "x".repeat(108);
    for (int length : List.of(127, 128)) {
      URI uri = URI.create(url.substring(0, length));
      DhcpResponder responder = responder(Site::lease, (mac, kind) -> new BootFile.Url(uri));
      DhcpPacket packet =
          reply(responder.answer(Capture.of("ovmf-http-discover").packet(), NOBODY, 67)).packet();
      assertThat(packet.text(OptionCode.BOOT_FILE)).contains(uri.toString());
      assertThat(packet.file()).isEqualTo(length == 127 ? uri.toString() : "");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new BootFile.Tftp("x".repeat(128)));
  }

  @Test
  void aUuidInsteadOfAnEthernetAddressIsExplained() {
    DhcpPacket packet = patched(Capture.of("ovmf-pxe-discover").packet(), 2, Octets.of((byte) 16));
    Silence silence = silence(answer(packet));
    assertThat(silence.notable()).isTrue();
    assertThat(silence.reason()).contains("chaddr 525400aa000100000000000000000000 nor option 61");
    DhcpPacket identified =
        packet.with(OptionCode.CLIENT_ID, Octets.of((byte) 1).plus(Octets.of(Site.KVM1.octets())));
    DhcpPacket offer = reply(answer(identified)).packet();
    assertThat(offer.yiaddr()).isEqualTo(Site.KVM1_ADDRESS);
    assertThat(offer.chaddr().size()).isEqualTo(16);
  }

  @ParameterizedTest
  @EnumSource(
      value = DhcpMode.class,
      names = {"PORT_4011", "OFF"})
  void port67IsLeftAlone(DhcpMode mode) {
    Capture discover = Capture.of("ovmf-pxe-discover");
    assertThat(Site.responder(mode).answer(discover.packet(), NOBODY, 67))
        .isInstanceOf(Silence.class);
  }

  @Test
  void withoutAPoolOnlyTheKnownGetAnAddress() {
    DhcpSettings with = Site.settings(DhcpMode.FULL);
    DhcpSettings without =
        new DhcpSettings(
            with.mode(),
            with.serverAddress(),
            with.subnet(),
            null,
            List.of(),
            null,
            List.of(),
            null,
            with.leaseTime(),
            with.discoveryControl());
    DhcpResponder responder =
        new DhcpResponder(without, Site::lease, Site::bootFile, new InMemoryLeases(), clocks());
    DhcpPacket offer =
        reply(responder.answer(client(1, MessageType.DISCOVER), NOBODY, 67)).packet();
    assertThat(offer.options().values().keySet())
        .doesNotContain(OptionCode.ROUTER, OptionCode.DNS, OptionCode.DOMAIN, OptionCode.NTP);
    assertThat(silence(responder.answer(client(2, MessageType.DISCOVER), NOBODY, 67)).reason())
        .endsWith("it has no address in the site, and there is no pool");
    // RFC 2131 §4.3.2: of a client in INIT-REBOOT that the server does not know it stays silent.
    DhcpPacket reboot =
        client(2, MessageType.REQUEST).with(OptionCode.REQUESTED_ADDRESS, address("192.168.77.99"));
    assertThat(silence(responder.answer(reboot, NOBODY, 67)).notable()).isFalse();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "192.168.77.200-192.168.78.1, leaves the subnet",
    "192.168.77.0-192.168.77.9, leaves the subnet",
    "192.168.77.1-192.168.77.9, 'holds 192.168.77.1,'",
    "192.168.77.250-192.168.77.254, 'holds 192.168.77.254,'",
  })
  void aPoolThatCannotBe(String pool, String problem) {
    DhcpSettings good = Site.settings(DhcpMode.FULL);
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new DhcpSettings(
                good.mode(),
                good.serverAddress(),
                good.subnet(),
                good.router(),
                List.of(),
                null,
                List.of(),
                AddressRange.parse(pool),
                good.leaseTime(),
                good.discoveryControl()))
        .withMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource({"192.168.77.85, 192.168.77.85:68", "10.0.0.5, 255.255.255.255:68"})
  void nothingIsSentToHostsElsewhere(String ciaddr, String to) {
    DhcpPacket inform = patched(client(1, MessageType.INFORM), CIADDR, address(ciaddr));
    assertThat(reply(answer(inform)).to()).hasToString(to);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # what is echoed          | its octets | option 57 | answered
          a usual identifier        | 7          |           | true
          as much as a frame holds  | 1100       |           | true
          more than a frame holds   | 1400       |           | false
          less than the client says | 200        | 0258      | true
          more than the client says | 400        | 0258      | false
          an option 57 below the minimum counts as 576 | 200 | 0001 | true
          an option 57 above a frame counts as a frame | 1400 | ffff | false
          an option 57 of the wrong size counts for nothing | 400 | 02 | true
          """)
  void anAnswerIsNoLongerThanTheClientTakes(
      String what, int octets, @Nullable String largest, boolean answered) {
    DhcpPacket packet =
        client(1, MessageType.DISCOVER).with(OptionCode.CLIENT_ID, Octets.of(new byte[octets]));
    if (largest != null) {
      packet = packet.with(OptionCode.LARGEST_MESSAGE, Octets.of(HexFormat.of().parseHex(largest)));
    }
    Answer answer = answer(packet);
    assertThat(answer instanceof Reply).as(what).isEqualTo(answered);
    if (answer instanceof Silence silence) {
      assertThat(silence.reason()).contains("its answer has ");
    }
  }
}
