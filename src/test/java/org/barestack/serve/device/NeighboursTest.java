package org.barestack.serve.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeighboursTest {
  private static final List<String> TABLE =
      List.of(
          "IP address       HW type     Flags       HW address            Mask     Device",
          "192.168.50.11    0x1         0x2         52:54:00:00:00:01     *        eno1",
          "192.168.50.11    0x1         0x2         52:54:00:00:00:0a     *        eno2",
          "192.168.50.12    0x1         0x0         00:00:00:00:00:00     *        eno1",
          "");

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "eno1, 192.168.50.11, 52:54:00:00:00:01",
    "eno2, 192.168.50.11, 52:54:00:00:00:0a",
    "eno1, 192.168.50.12,",
    "eno1, 192.168.50.1,",
    "eno3, 192.168.50.11,",
  })
  void whoseAnAddressIs(
      String device, String address, @org.jspecify.annotations.Nullable String mac) {
    assertThat(Neighbours.mac(TABLE, device, Ipv4.parse(address)))
        .isEqualTo(Optional.ofNullable(mac).map(MacAddress::new));
  }
}
