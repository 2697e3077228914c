package org.barestack.site;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.Node.BondMode;
import org.barestack.model.Node.Link;
import org.barestack.model.Node.Traffic;
import org.barestack.model.Role;
import org.barestack.model.Site.VlanRange;
import org.jspecify.annotations.Nullable;

/** Links, bridges and traffic of one node, with the defaults of its role. */
final class WiringReader {
  /**
   * Names that CloudStack's agent takes for a physical uplink (LibvirtComputingResource, {@code
   * isInterface}), or that CloudStack and libvirt make themselves.
   */
  private static final Pattern TAKEN_BRIDGE =
      Pattern.compile(
          "(eth|bond|vlan|vx|em|ens|eno|enp|team|enx|dummy|lo|p[0-9]+p[0-9]+|vni|enc).*"
              + "|cloud0|virbr.*|vnet.*|all|default");

  /** What is made of a node's network interfaces. */
  record Wiring(List<Link> links, Map<String, String> bridges, Map<Traffic, String> carries) {}

  /**
   * What the wiring must agree with; empty also where that could not be read.
   *
   * @param managementVlan tag of the management network
   * @param publicVlan tag that CloudStack puts on public traffic
   * @param publicVlanPlace where that is said
   */
  record Tags(
      Optional<Integer> managementVlan,
      Optional<Integer> publicVlan,
      Value publicVlanPlace,
      Optional<VlanRange> guest) {}

  private final Reading reading;
  private final Value node;
  private final Role role;
  private final boolean worker;
  private final Tags tags;

  WiringReader(Reading reading, Value node, Role role, Tags tags) {
    this.reading = reading;
    this.node = node;
    this.role = role;
    this.worker = role.equals(Role.KVM_WORKER);
    this.tags = tags;
  }

  /**
   * The whole wiring.
   *
   * @throws Reading.Reported if a part of it is missing or bad
   */
  Wiring read() {
    Map<String, Link> links = links();
    Map<String, String> bridges = bridges(links);
    Map<Traffic, String> carries = carries(links, bridges);
    guestless(links, bridges, carries);
    tagManagement(links, bridges, carries);
    shares(List.copyOf(links.values()));
    agree(links, bridges, carries);
    return new Wiring(List.copyOf(links.values()), bridges, carries);
  }

  private Value place(String link) {
    return node.at("links").at(link);
  }

  private Map<String, Link> links() {
    Set<String> nics = reading.entries(node.at("nics")).keySet();
    Map<String, Link> links = new LinkedHashMap<>();
    Value written = reading.readable(node.at("links"));
    if (written.entries().isEmpty()) {
      List<String> names = List.copyOf(nics);
      links.put("mgmt", new Link("mgmt", names.subList(0, 1), null, null, null));
      if (worker && names.size() > 1) {
        links.put("data", new Link("data", names.subList(1, 2), null, null, null));
      }
      return links;
    }
    written
        .entries()
        .forEach((name, value) ->
            reading.attempt(() -> link(name, value, nics)).ifPresent(l -> links.put(name, l)));
    if (links.size() < written.entries().size()) {
      throw new Reading.Reported();
    }
    return links;
  }

  private Link link(String name, Value value, Set<String> nics) {
    Value places = value.at("ports");
    if (places.isNothing()) {
      throw reading.fatal(places, "missing", "name the NICs of this link, like [nic1]");
    }
    List<String> ports =
        reading.list(
            places,
            place -> {
              String port = reading.text(place);
              if (!nics.contains(port)) {
                reading.error(
                    place,
                    node.place().path() + " has no NIC '" + port + "'",
                    "name one of its own: " + String.join(", ", nics));
              }
              return port;
            });
    Optional<BondMode> bond = reading.optional(value.at("bond"), WiringReader::bond);
    if (ports.size() > 1 && bond.isEmpty()) {
      reading.error(value, "several ports without a bond", "give bond, like 802.3ad");
    }
    if (ports.size() == 1 && bond.isPresent()) {
      reading.error(value.at("bond"), "a bond of a single port", "add a port, or remove bond");
    }
    return new Link(
        name,
        ports,
        bond.orElse(null),
        reading.optional(value.at("vlan"), Integer::valueOf).orElse(null),
        reading.optional(value.at("mtu"), Integer::valueOf).orElse(null));
  }

  private static BondMode bond(String text) {
    return Stream.of(BondMode.values())
        .filter(mode -> mode.toString().equals(text))
        .findFirst()
        .orElseThrow();
  }

  private Map<String, String> bridges(Map<String, Link> links) {
    Map<String, String> bridges = new LinkedHashMap<>();
    Value written = reading.readable(node.at("bridges"));
    if (written.isNothing() && worker) {
      if (links.containsKey("mgmt")) {
        bridges.put("cloudbr0", "mgmt");
      }
      if (links.containsKey("data")) {
        bridges.put("cloudbr1", "data");
      }
      return bridges;
    }
    written
        .entries()
        .forEach((name, value) -> {
          String link = reading.text(value);
          if (TAKEN_BRIDGE.matcher(name).matches() || links.containsKey(name)) {
            reading.error(
                value, "a bridge cannot be called " + name, "choose a name like cloudbr0");
          }
          if (!links.containsKey(link)) {
            reading.error(
                value,
                "there is no link '" + link + "'",
                "name one of: " + String.join(", ", links.keySet()));
          }
          if (bridges.containsValue(link)) {
            reading.error(
                value, "link '" + link + "' has a bridge already", "give each link one bridge");
          }
          bridges.put(name, link);
        });
    return bridges;
  }

  private Map<Traffic, String> carries(Map<String, Link> links, Map<String, String> bridges) {
    Map<Traffic, String> carries = new EnumMap<>(Traffic.class);
    for (Traffic traffic : Traffic.values()) {
      reading.check(
          () -> carrier(traffic, links, bridges).ifPresent(name -> carries.put(traffic, name)));
    }
    return carries;
  }

  private Optional<String> carrier(
      Traffic traffic, Map<String, Link> links, Map<String, String> bridges) {
    String kind = traffic.name().toLowerCase(Locale.ROOT);
    Value value = reading.readable(node.at("carries")).at(kind);
    if (value.isNothing()) {
      Optional<String> standard = standardCarrier(traffic, links, bridges);
      if (standard.isEmpty() && (worker || traffic == Traffic.MANAGEMENT)) {
        // With written bridges the fault is there, often in a profile: once for all its nodes.
        throw reading.fatal(
            node.has("bridges") ? node.at("bridges") : value,
            "nothing carries " + kind + " traffic",
            "add carries: {" + kind + ": " + (worker ? "a bridge" : "a bridge or link") + "}");
      }
      return standard;
    }
    String name = reading.text(value);
    if (role.equals(Role.MANAGEMENT) && traffic != Traffic.MANAGEMENT) {
      throw reading.fatal(
          value,
          "the management node runs no guests, so it carries no " + kind + " traffic",
          "remove the line, or make the machine a kvm-worker");
    }
    if (!bridges.containsKey(name) && (worker || !links.containsKey(name))) {
      Set<String> known = new TreeSet<>(bridges.keySet());
      if (!worker) {
        known.addAll(links.keySet());
      }
      throw reading.fatal(
          value,
          "there is no bridge" + (worker ? "" : " or link") + " '" + name + "'",
          "name one of: " + String.join(", ", known));
    }
    bridges.forEach((bridge, link) -> {
      if (link.equals(name)) {
        reading.error(value, "link '" + name + "' lies below a bridge", "name " + bridge);
      }
    });
    return Optional.of(name);
  }

  /** What a management node's bridge could carry beside management is guests. */
  private void guestless(
      Map<String, Link> links, Map<String, String> bridges, Map<Traffic, String> carries) {
    Link management = below(Traffic.MANAGEMENT, links, bridges, carries);
    if (!role.equals(Role.MANAGEMENT) || management == null) {
      return;
    }
    bridges.forEach((bridge, link) -> {
      if (!link.equals(management.name())) {
        reading.error(
            node.at("bridges").at(bridge),
            "the management node runs no guests, so it has no bridge for them",
            "remove the line, or make the machine a kvm-worker");
      }
    });
  }

  private Optional<String> standardCarrier(
      Traffic traffic, Map<String, Link> links, Map<String, String> bridges) {
    if (worker) {
      return traffic == Traffic.GUEST && bridges.containsKey("cloudbr1")
          ? Optional.of("cloudbr1")
          : Optional.of("cloudbr0").filter(bridges::containsKey);
    }
    if (traffic != Traffic.MANAGEMENT || !links.containsKey("mgmt")) {
      return Optional.empty();
    }
    return Optional.of(
        bridges.entrySet().stream()
            .filter(bridge -> bridge.getValue().equals("mgmt"))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse("mgmt"));
  }

  /** The link below what carries the traffic; null if nothing does. */
  private static @Nullable Link below(
      Traffic traffic,
      Map<String, Link> links,
      Map<String, String> bridges,
      Map<Traffic, String> carries) {
    String carrier = carries.get(traffic);
    return carrier == null ? null : links.get(bridges.getOrDefault(carrier, carrier));
  }

  private void tagManagement(
      Map<String, Link> links, Map<String, String> bridges, Map<Traffic, String> carries) {
    Link link = below(Traffic.MANAGEMENT, links, bridges, carries);
    if (link != null && !place(link.name()).has("vlan")) {
      Integer tag = tags.managementVlan().orElse(null);
      links.put(link.name(), new Link(link.name(), link.ports(), link.bond(), tag, link.mtu()));
    }
  }

  private void shares(List<Link> links) {
    for (int i = 0; i < links.size(); i++) {
      for (Link earlier : links.subList(0, i)) {
        if (!Collections.disjoint(earlier.ports(), links.get(i).ports())) {
          share(earlier, links.get(i));
        }
      }
    }
  }

  private void share(Link earlier, Link link) {
    Value value = place(link.name());
    String shares = "shares ports with link '" + earlier.name() + "'";
    if (!Set.copyOf(earlier.ports()).equals(Set.copyOf(link.ports()))) {
      reading.error(value, shares + ", but not all of them", "name the same ports in both");
    } else if (earlier.bond() != link.bond()) {
      reading.error(value, shares + ", but not the bond", "give both the same bond");
    } else if (Objects.equals(earlier.vlan(), link.vlan())) {
      reading.error(
          value,
          shares + ", and both are " + (link.vlan() == null ? "untagged" : "VLAN " + link.vlan()),
          "give each its own vlan; one of them may have none");
    }
  }

  private void agree(
      Map<String, Link> links, Map<String, String> bridges, Map<Traffic, String> carries) {
    tags.guest()
        .filter(_ -> worker)
        .ifPresent(guest ->
            links.forEach((name, link) -> {
              Value vlan = place(name).at("vlan");
              if (!vlan.isNothing()
                  && link.vlan() != null
                  && guest.first() <= link.vlan()
                  && link.vlan() <= guest.last()) {
                reading.error(
                    vlan,
                    "VLAN " + link.vlan() + " is one of networks.guest.vlans " + guest,
                    "choose one outside");
              }
            }));
    Link link = below(Traffic.PUBLIC, links, bridges, carries);
    if (link != null && link.vlan() != null) {
      tags.publicVlan()
          .filter(link.vlan()::equals)
          .ifPresent(tag ->
              reading.error(
                  tags.publicVlanPlace(),
                  "the link below " + carries.get(Traffic.PUBLIC) + " has VLAN " + tag + " too",
                  "remove it here: CloudStack would take the tag away from that bridge"));
    }
  }
}
