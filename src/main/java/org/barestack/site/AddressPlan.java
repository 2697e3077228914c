package org.barestack.site;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.Site;
import org.barestack.model.Subnet;

/**
 * Whether all addresses of a site fit together. CloudStack checks little of it: it accepts a public
 * range inside the pod's own subnet, whatever else lies there (seen on 4.22).
 */
final class AddressPlan {
  private record Range(Value value, AddressRange addresses) {}

  private final Reading reading;
  private final Value root;
  private final SiteReader site;
  private final Value management;
  private final List<Range> ranges = new ArrayList<>();

  AddressPlan(Reading reading, Value root, SiteReader site) {
    this.reading = reading;
    this.root = root;
    this.site = site;
    this.management = root.at("networks").at("management");
  }

  void check() {
    Value publicNetwork = root.at("networks").at("public");
    Value own = root.at("provisioning").at("address");
    Value pool = root.at("provisioning").at("pool");
    // SSVM and console proxy take one of each; the first router takes a public one.
    collect(management.at("system_vms"), 2);
    collect(publicNetwork.at("range"), 3);
    collect(pool, 1);
    reading.check(() -> hosts(management.at("system_vms"), site.managementSubnet()));
    reading.check(() -> hosts(pool, site.provisioningSubnet()));
    reading.check(() -> host(management.at("gateway"), site.managementSubnet()));
    reading.check(() -> host(own, site.provisioningSubnet()));
    Optional<Boolean> sound = reading.attempt(() -> publicSubnet(publicNetwork));
    reading.check(() -> publicTag(publicNetwork));
    if (sound.isPresent()) {
      reading.check(() -> guestCidr(root.at("networks").at("guest").at("cidr")));
    }
    overlaps();
    holds(own, publicNetwork);
    nodes(own);
  }

  private void collect(Value value, int least) {
    reading.check(() -> {
      AddressRange range = reading.range(value);
      ranges.add(new Range(value, range));
      if (range.size() < least) {
        reading.error(
            value, "too few addresses for CloudStack's system VMs", "give at least " + least);
      }
    });
  }

  private void hosts(Value value, Subnet subnet) {
    AddressRange range = reading.range(value);
    if (!subnet.isHost(range.first()) || !subnet.isHost(range.last())) {
      reading.error(
          value, range + " is not within " + subnet, "keep it between its first and last address");
    }
  }

  private void host(Value value, Subnet subnet) {
    Ipv4 address = reading.ipv4(value);
    if (!subnet.isHost(address)) {
      reading.error(
          value, address + " is no host address of " + subnet, "choose one in that network");
    }
  }

  /** Whether it has a netmask that is one; what else is wrong is reported. */
  private boolean publicSubnet(Value value) {
    Site.PublicNetwork network = site.publicNetwork();
    if (!value.has("gateway") && !value.has("netmask")) {
      hosts(value.at("range"), site.managementSubnet());
      return true;
    }
    int mask = network.netmask().bits();
    int prefix = Integer.bitCount(mask);
    if (prefix < 1 || prefix > 30 || mask != -1 << (32 - prefix)) {
      throw reading.fatal(
          value.at("netmask"), network.netmask() + " is no netmask", "write it like 255.255.255.0");
    }
    Subnet subnet = new Subnet(new Ipv4(network.gateway().bits() & mask), prefix);
    if (subnet.overlaps(site.managementSubnet()) && !subnet.equals(site.managementSubnet())) {
      reading.error(
          value.has("netmask") ? value.at("netmask") : value.at("gateway"),
          subnet
              + " overlaps "
              + site.managementSubnet()
              + ", the management network, without being the same",
          "give the same netmask, or a network of its own");
    }
    host(value.at("gateway").isNothing() ? management.at("gateway") : value.at("gateway"), subnet);
    hosts(value.at("range"), subnet);
    return true;
  }

  private void publicTag(Value publicNetwork) {
    if (!publicNetwork.at("vlan").isNothing() && site.zone().network() == Site.ZoneNetwork.BASIC) {
      reading.error(
          publicNetwork.at("vlan"),
          "a basic zone knows no VLANs",
          "remove it, or tag the link below the bridge of guests");
    }
  }

  /** Routers of guests would take what they shall route to for the guests' own. */
  private void guestCidr(Value value) {
    if (site.zone().network() != Site.ZoneNetwork.ADVANCED) {
      return;
    }
    Map<String, Subnet> others = new LinkedHashMap<>();
    others.put("networks.management.subnet", site.managementSubnet());
    if (!site.provisioningSubnet().equals(site.managementSubnet())) {
      others.put("provisioning.subnet", site.provisioningSubnet());
    }
    Site.PublicNetwork network = site.publicNetwork();
    if (!site.managementSubnet().contains(network.range().first())) {
      int mask = network.netmask().bits();
      others.put(
          "networks.public",
          new Subnet(new Ipv4(network.gateway().bits() & mask), Integer.bitCount(mask)));
    }
    Subnet own = site.guestCidr();
    others.forEach((name, other) -> {
      if (own.overlaps(other)) {
        reading.error(
            value,
            own + " overlaps " + name + " (" + other + ")",
            "choose a network that nobody else has");
      }
    });
  }

  private void overlaps() {
    for (int i = 0; i < ranges.size(); i++) {
      for (Range earlier : ranges.subList(0, i)) {
        if (earlier.addresses.overlaps(ranges.get(i).addresses)) {
          reading.error(
              ranges.get(i).value,
              "overlaps " + named(earlier),
              "make them disjoint: each has its own giver of addresses");
        }
      }
    }
  }

  private static String named(Range range) {
    return range.value.place().path() + " (" + range.addresses + ")";
  }

  /** Addresses of routers and servers, which nobody may be given. */
  private void holds(Value own, Value publicNetwork) {
    List<Value> fixed = new ArrayList<>();
    fixed.add(management.at("gateway"));
    fixed.add(publicNetwork.at("gateway"));
    fixed.add(own);
    fixed.addAll(management.at("dns").items());
    Map<Ipv4, String> names = new LinkedHashMap<>();
    fixed.forEach(
        value -> reading.check(() -> names.putIfAbsent(reading.ipv4(value), value.place().path())));
    for (String share : List.of("primary", "secondary")) {
      reading.check(() ->
          server(root.at("storage").at("nfs").at(share))
              .ifPresent(address ->
                  names.putIfAbsent(
                      address, root.at("storage").at("nfs").at(share).place().path())));
    }
    names.forEach((address, name) ->
        ranges.stream()
            .filter(range -> range.addresses.contains(address))
            .forEach(range ->
                reading.error(
                    range.value,
                    "holds " + address + ", which is " + name,
                    "leave that address out")));
  }

  /** The server of a share, if it is named by its address. */
  private Optional<Ipv4> server(Value share) {
    return reading
        .optional(share, URI::create)
        .map(URI::getHost)
        .filter(host -> host.matches("[0-9.]+"))
        .map(Ipv4::parse);
  }

  private void nodes(Value own) {
    Map<Ipv4, String> taken = new HashMap<>();
    Value publicGateway = root.at("networks").at("public").at("gateway");
    for (Value value : List.of(publicGateway, management.at("gateway"), own)) {
      reading.check(() -> taken.put(reading.ipv4(value), value.place().path()));
    }
    root.at("nodes")
        .entries()
        .values()
        .forEach(node -> reading.check(() -> node(node.at("address"), taken)));
  }

  private void node(Value value, Map<Ipv4, String> taken) {
    Ipv4 address = reading.ipv4(value);
    reading.check(() -> host(value, site.managementSubnet()));
    String other = taken.putIfAbsent(address, value.place().path());
    if (other != null) {
      reading.error(value, address + " is already " + other, "give the node its own address");
    }
    ranges.stream()
        .filter(range -> range.addresses.contains(address))
        .forEach(range ->
            reading.error(
                value, address + " lies in " + named(range), "choose an address outside"));
  }
}
