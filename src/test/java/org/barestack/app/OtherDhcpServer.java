package org.barestack.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.barestack.model.Ipv4;
import org.barestack.rehearse.Lab;
import org.jspecify.annotations.Nullable;

/**
 * The DHCP server that a network already had: dnsmasq at 192.168.50.1, on a host of its own at the
 * other end of the lab's cable. It gives addresses and names no boot file.
 */
final class OtherDhcpServer {
  private OtherDhcpServer() {}

  /**
   * Starts it; the lab ends it.
   *
   * @param nextServer what its leases name in {@code siaddr}; null for itself, as dnsmasq does
   */
  static void start(Lab lab, Path log, @Nullable String nextServer) throws IOException {
    List<String> ranges = new ArrayList<>();
    ranges.add("--dhcp-range=192.168.50.220,192.168.50.240,10m");
    if (nextServer != null) {
      ranges.add("--dhcp-boot=,," + nextServer);
    }
    lab.startDhcpAtOtherEnd(Ipv4.parse("192.168.50.1"), ranges, log);
  }

  static void start(Lab lab, Path log) throws IOException {
    start(lab, log, null);
  }
}
