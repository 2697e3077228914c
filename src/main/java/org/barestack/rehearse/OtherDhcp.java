package org.barestack.rehearse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.model.Subnet;

/**
 * The DHCP server that a network has beside ours: dnsmasq on a host of its own. It gives addresses
 * and names no boot file.
 */
final class OtherDhcp {
  private OtherDhcp() {}

  /** Starts it; the lab ends it. Each interface of the nodes has an address that is no node's. */
  static void start(Lab lab, Site site, Path log) throws IOException {
    List<MacAddress> cards =
        site.nodes().stream().map(Node::nics).flatMap(nics -> nics.values().stream()).toList();
    List<Ipv4> free = free(site, cards.size() + 1);
    List<String> ranges = new ArrayList<>();
    ranges.add("--dhcp-range=" + site.provisioning().subnet().network() + ",static,1h");
    for (int i = 0; i < cards.size(); i++) {
      ranges.add("--dhcp-host=" + cards.get(i) + "," + free.get(i + 1));
    }
    lab.startDhcpAtOtherEnd(free.getFirst(), ranges, log);
  }

  /** Addresses that the site uses for nothing, from the end of the provisioning network. */
  static List<Ipv4> free(Site site, int count) throws IOException {
    Subnet subnet = site.provisioning().subnet();
    List<Ipv4> free =
        Stream.iterate(subnet.broadcast().plus(-1), subnet::isHost, address -> address.plus(-1))
            .filter(address -> !isUsed(site, address))
            .limit(count)
            .toList();
    if (free.size() < count) {
      throw new IOException(
          "the network "
              + subnet
              + " has no "
              + count
              + " addresses left for the DHCP server that a site with dhcp: proxy needs beside it");
    }
    return free;
  }

  private static boolean isUsed(Site site, Ipv4 address) {
    return address.equals(site.provisioning().address())
        || address.equals(site.networks().management().gateway())
        || site.networks().management().systemVms().contains(address)
        || site.networks().publicNetwork().range().contains(address)
        || site.nodes().stream().anyMatch(node -> node.address().equals(address));
  }
}
