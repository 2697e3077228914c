package org.barestack.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.testing.Properties.forAll;

import java.util.HexFormat;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArpPacketTest {
  private static final MacAddress OURS = new MacAddress("52:54:00:aa:00:01");
  private static final Ipv4 ADDRESS = Ipv4.parse("192.168.77.86");

  /** As {@code arping -D} sends it. */
  private static final String PROBE =
      "0001080006040001525400aa00010000000000000000" + "0000c0a84d56";

  @Test
  void aProbeDoesNotSayThatWeHaveTheAddress() {
    byte[] octets = ArpPacket.probe(OURS, ADDRESS).bytes();
    assertThat(HexFormat.of().formatHex(octets)).isEqualTo(PROBE);
    assertThat(ArpPacket.parse(octets)).contains(ArpPacket.probe(OURS, ADDRESS));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "cut short, 000108000604000252540",
    "another kind of network, 0006080006040002525400aa00010a000001525400aa00020a000002",
    "not for IPv4, 000186dd06040002525400aa00010a000001525400aa00020a000002",
    "reverse ARP, 0001080006040003525400aa00010a000001525400aa00020a000002",
  })
  void isNone(String what, String hex) {
    byte[] octets = HexFormat.of().parseHex(hex.length() % 2 == 0 ? hex : hex + "0");
    assertThat(ArpPacket.parse(octets)).isEmpty();
  }

  @Test
  void survivesItsOctets() {
    forAll(
        1_000,
        random -> {
          byte[] octets = new byte[28 + random.nextInt(20)];
          random.nextBytes(octets);
          assertThat(ArpPacket.parse(octets)).isEmpty();
          byte[] mac = new byte[6];
          random.nextBytes(mac);
          ArpPacket packet =
              new ArpPacket(
                  random.nextBoolean(),
                  OURS,
                  new Ipv4(random.nextInt()),
                  MacAddress.of(mac),
                  new Ipv4(random.nextInt()));
          assertThat(ArpPacket.parse(packet.bytes())).contains(packet);
        });
  }
}
