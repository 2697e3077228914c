package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.barestack.model.Ipv4;
import org.barestack.model.Site;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.Test;

class OtherDhcpTest {
  @Test
  void itsAddressesAreNobodys() throws IOException {
    Site site = Examples.site("lab");
    assertThat(OtherDhcp.free(site, 20))
        .hasSize(20)
        .doesNotHaveDuplicates()
        .allSatisfy(address -> {
          assertThat(site.provisioning().subnet().isHost(address)).isTrue();
          assertThat(address).isNotEqualTo(site.provisioning().address());
          assertThat(site.networks().management().systemVms().contains(address)).isFalse();
          assertThat(site.networks().publicNetwork().range().contains(address)).isFalse();
          assertThat(site.nodes()).noneMatch(node -> node.address().equals(address));
        })
        .startsWith(Ipv4.parse("192.168.50.254"));
  }

  @Test
  void aNetworkThatIsFullIsSaid() {
    assertThatThrownBy(() -> OtherDhcp.free(Examples.site("lab"), 1000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("192.168.50.0/24 has no 1000 addresses left");
  }
}
