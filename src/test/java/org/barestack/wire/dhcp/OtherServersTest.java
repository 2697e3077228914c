package org.barestack.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.junit.jupiter.api.Test;

class OtherServersTest {
  private static final Endpoint SERVER = new Endpoint(Ipv4.parse("192.168.77.9"), 67);
  private static final Endpoint CLIENT = new Endpoint(Ipv4.ANY, 68);

  private Instant now = Site.NOON;
  private final OtherServers full = servers(DhcpMode.FULL);
  private final OtherServers proxy = servers(DhcpMode.PROXY);

  private OtherServers servers(DhcpMode mode) {
    return new OtherServers(
        Site.settings(mode), new Clocks(() -> now, () -> now), new SplittableRandom(7));
  }

  private static DhcpPacket chosen(Ipv4 server) {
    return PacketTest.packet("350103")
        .with(OptionCode.SERVER_ID, Octets.addresses(List.of(server)));
  }

  private static DhcpPacket offer(OtherServers servers, Ipv4 server) {
    return servers.relayedProbe().answer(MessageType.OFFER, server);
  }

  @Test
  void aProbeTakesNothing() {
    DhcpPacket probe = full.relayedProbe();
    assertThat(probe.messageType()).contains(MessageType.DISCOVER);
    assertThat(probe.giaddr()).isEqualTo(Site.SERVER);
    assertThat(probe.options().values()).hasSize(1);
    MacAddress mac = probe.mac().orElseThrow();
    assertThat(mac.octets()[0] & 3).as("locally administered, no group").isEqualTo(2);
    DhcpPacket plain = full.plainProbe();
    assertThat(plain.giaddr()).isEqualTo(Ipv4.ANY);
    assertThat(plain.flags()).isEqualTo(DhcpPacket.BROADCAST_FLAG);
    assertThat(plain.mac()).contains(mac);
  }

  @Test
  void itsEchoIsKnown() {
    assertThat(full.sent(full.relayedProbe())).isTrue();
    assertThat(full.sent(full.plainProbe())).isTrue();
    assertThat(full.sent(offer(full, SERVER.address()))).isFalse();
    assertThat(full.sent(chosen(SERVER.address()))).isFalse();
  }

  @Test
  void aServerThatAnswersIsNamedOnceAnHour() {
    assertThat(full.heard(offer(full, SERVER.address()), SERVER))
        .hasValueSatisfying(line ->
            assertThat(line)
                .startsWith("another DHCP server, 192.168.77.9, answers on this network")
                .contains("set provisioning.dhcp: proxy"));
    now = now.plus(Duration.ofMinutes(59));
    assertThat(full.heard(offer(full, SERVER.address()), SERVER)).isEmpty();
    now = now.plus(Duration.ofMinutes(1));
    assertThat(full.heard(offer(full, SERVER.address()), SERVER)).isPresent();
  }

  @Test
  void aServerThatAClientChoseIsNamed() {
    assertThat(full.heard(chosen(SERVER.address()), CLIENT))
        .hasValueSatisfying(
            line -> assertThat(line).contains("192.168.77.9, was chosen by 52:54:"));
    assertThat(full.heard(chosen(Site.SERVER), CLIENT)).isEmpty();
    assertThat(full.heard(PacketTest.packet("350103"), CLIENT)).isEmpty();
  }

  @Test
  void answersToOthersAreNotLookedAt() {
    DhcpPacket other = servers(DhcpMode.FULL).relayedProbe();
    OtherServers elsewhere =
        new OtherServers(
            Site.settings(DhcpMode.FULL),
            new Clocks(() -> now, () -> now),
            new SplittableRandom(8));
    assertThat(elsewhere.heard(other.answer(MessageType.OFFER, SERVER.address()), SERVER))
        .isEmpty();
  }

  @Test
  void inventedServersFillNoLog() {
    long told =
        IntStream.range(0, 10_000)
            .filter(i -> full.heard(chosen(new Ipv4(0x0a000000 + i)), CLIENT).isPresent())
            .count();
    assertThat(told).isEqualTo(32);
  }

  @Test
  void inProxyModeOneServerIsExpected() {
    assertThat(proxy.heard(offer(proxy, SERVER.address()), SERVER)).isEmpty();
    assertThat(proxy.hasHeard()).isTrue();
    assertThat(proxy.nobody()).isEmpty();
    assertThat(proxy.nobody())
        .hasValueSatisfying(line ->
            assertThat(line)
                .startsWith("no DHCP server answers on this network")
                .contains("set provisioning.dhcp: full"));
    assertThat(proxy.nobody()).isEmpty();
    now = now.plus(Duration.ofHours(1));
    assertThat(proxy.nobody()).isPresent();
  }

  @Test
  void inFullModeSilenceIsRight() {
    assertThat(full.nobody()).isEmpty();
  }
}
