package org.barestack.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.barestack.testing.Properties.forAll;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "52:54:00:AB:cd:01, 52:54:00:ab:cd:01",
    "52-54-00-ab-cd-01, 52:54:00:ab:cd:01",
    "525400abcd01,      52:54:00:ab:cd:01",
  })
  void macHasOneCanonicalForm(String raw, String canonical) {
    assertThat(new MacAddress(raw)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "52:54", "52:54:00:ab:cd:0g", "5254:00ab:cd01", "52:54:00-ab:cd:01"})
  void macRefuses(String raw) {
    assertThatIllegalArgumentException().isThrownBy(() -> new MacAddress(raw));
  }

  @Test
  void macSurvivesItsOctets() {
    forAll(
        1_000,
        random -> {
          byte[] octets = new byte[6];
          random.nextBytes(octets);
          assertThat(MacAddress.of(octets).octets()).isEqualTo(octets);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "a.b.c.d"})
  void ipv4Refuses(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Ipv4.parse(text));
  }

  @Test
  void ipv4SurvivesTextAndOctets() {
    forAll(
        1_000,
        random -> {
          Ipv4 address = new Ipv4(random.nextInt());
          assertThat(Ipv4.parse(address.toString())).isEqualTo(address);
          assertThat(Ipv4.of(address.octets())).isEqualTo(address);
        });
  }

  @Test
  void subnet() {
    Subnet subnet = Subnet.parse("192.168.50.128/25");
    assertThat(subnet.netmask()).hasToString("255.255.255.128");
    assertThat(subnet.broadcast()).hasToString("192.168.50.255");
    assertThat(subnet.contains(Ipv4.parse("192.168.50.128"))).isTrue();
    assertThat(subnet.isHost(Ipv4.parse("192.168.50.128"))).isFalse();
    assertThat(subnet.isHost(Ipv4.parse("192.168.50.254"))).isTrue();
    assertThat(subnet.contains(Ipv4.parse("192.168.50.127"))).isFalse();
  }

  @Test
  void subnetNamesTheNetworkWhenHostBitsAreSet() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subnet.parse("192.168.50.5/24"))
        .withMessageContaining("the network is 192.168.50.0/24");
  }

  @Test
  void range() {
    AddressRange range = AddressRange.parse("192.168.50.100-192.168.50.149");
    assertThat(range.size()).isEqualTo(50);
    assertThat(range.contains(Ipv4.parse("192.168.50.149"))).isTrue();
    assertThat(range.contains(Ipv4.parse("192.168.50.150"))).isFalse();
    assertThat(range.overlaps(AddressRange.parse("192.168.50.149-192.168.50.160"))).isTrue();
    assertThat(range.overlaps(AddressRange.parse("192.168.50.150-192.168.50.160"))).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AddressRange.parse("192.168.50.2-192.168.50.1"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "'', []",
    "10.0.0.7, [10.0.0.7-10.0.0.7]",
    "10.0.0.9 10.0.0.7 10.0.0.8 10.0.0.7, [10.0.0.7-10.0.0.9]",
    "10.0.0.255 10.0.1.0 10.0.1.2, '[10.0.0.255-10.0.1.0, 10.0.1.2-10.0.1.2]'",
    "255.255.255.255 0.0.0.0, '[0.0.0.0-0.0.0.0, 255.255.255.255-255.255.255.255]'",
    "127.255.255.255 128.0.0.0, [127.255.255.255-128.0.0.0]",
  })
  void addressesInAsFewRangesAsCanBe(String addresses, String ranges) {
    List<Ipv4> all =
        Stream.of(addresses.split(" ", -1)).filter(one -> !one.isEmpty()).map(Ipv4::parse).toList();
    assertThat(AddressRange.of(all)).hasToString(ranges);
  }
}
