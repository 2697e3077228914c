package org.barestack.render;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.Node.BondMode;
import org.barestack.model.Node.Link;
import org.barestack.model.Node.Traffic;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;

/**
 * One NetworkManager profile. Interfaces are known by their MAC address only: what the kernel will
 * call them is not known before it runs.
 *
 * @param id name of the profile and of its file
 * @param uuid the same at every rendering
 * @param type {@code ethernet}, {@code bond}, {@code vlan} or {@code bridge}
 * @param device name of the interface that the profile makes; null for Ethernet
 * @param mac of the interface meant, or for a bridge the one it shall have; null for others
 * @param controller the bond or bridge that this is a port of; null if it is none
 * @param bond the mode of a bond; null for others
 * @param parent what a VLAN lies on; null for others
 * @param vlan VLAN id; 0 for others
 * @param mtu octets; 0 for the default
 * @param addressed whether it carries the node's address; all others have none
 */
record NetworkProfile(
    String id,
    UUID uuid,
    String type,
    @Nullable String device,
    @Nullable MacAddress mac,
    @Nullable NetworkProfile controller,
    @Nullable BondMode bond,
    @Nullable NetworkProfile parent,
    int vlan,
    int mtu,
    boolean addressed) {
  private static final int USUAL_MTU = 1500;

  /** All profiles of a node, in an order in which each comes after those it refers to. */
  static List<NetworkProfile> of(Site site, Node node) {
    return new Plan(site, node).profiles();
  }

  /** What CloudStack takes as a bridge's uplink begins like this (eth, bond, vlan, en...). */
  private static String vlanDevice(@Nullable String base, int vlan, Set<String> taken) {
    String name = (base == null ? "vlan" : base + ".") + vlan;
    for (int i = 2; !taken.add(name); i++) {
      name = "vlan" + vlan + "." + i;
    }
    return name;
  }

  /** Puts a node's links together. Links with the same ports share an interface or bond. */
  private static final class Plan {
    private final Site site;
    private final Node node;
    private final String addressedLink;
    private final Set<String> devices = new LinkedHashSet<>();
    private final List<NetworkProfile> profiles = new ArrayList<>();

    Plan(Site site, Node node) {
      this.site = site;
      this.node = node;
      String carrier = node.carries().getOrDefault(Traffic.MANAGEMENT, "");
      this.addressedLink = node.bridges().getOrDefault(carrier, carrier);
      Set<String> links = new HashSet<>();
      node.links().forEach(link -> links.add(link.name()));
      if (!links.contains(addressedLink) || !links.containsAll(node.bridges().values())) {
        throw new IllegalArgumentException(
            node.name() + " has a bridge or its address on a link that it does not have");
      }
    }

    List<NetworkProfile> profiles() {
      Map<List<String>, List<Link>> bases = new LinkedHashMap<>();
      node.links()
          .forEach(
              link -> bases.computeIfAbsent(link.ports(), ports -> new ArrayList<>()).add(link));
      int bonds = 0;
      for (Map.Entry<List<String>, List<Link>> base : bases.entrySet()) {
        boolean bonded = base.getKey().size() > 1;
        lay(base.getKey(), base.getValue(), bonded ? "bond" + bonds++ : null);
      }
      return List.copyOf(profiles);
    }

    private void lay(List<String> ports, List<Link> links, @Nullable String bond) {
      MacAddress mac = mac(ports.getFirst());
      int widest =
          links.stream().allMatch(link -> link.mtu() == null)
              ? 0
              : links.stream().mapToInt(link -> orUsual(link.mtu())).max().orElse(0);
      Link untagged = null;
      for (Link link : links) {
        if (vlan(link) == 0) {
          if (untagged != null) {
            throw new IllegalArgumentException(
                "links "
                    + untagged.name()
                    + " and "
                    + link.name()
                    + " are both untagged on "
                    + String.join(", ", ports));
          }
          untagged = link;
        }
      }
      NetworkProfile bridge = untagged == null ? null : bridge(untagged, mac, widest);
      boolean addressed = bridge == null && isAddressed(untagged);
      NetworkProfile base =
          bond == null
              ? ethernet(ports.getFirst(), bridge, widest, addressed)
              : bond(bond, links.getFirst().bond(), bridge, widest, addressed);
      if (bond != null) {
        ports.forEach(port -> ethernet(port, base, 0, false));
      }
      links.stream().filter(link -> vlan(link) != 0).forEach(link -> tagged(link, base, mac));
    }

    private void tagged(Link link, NetworkProfile base, MacAddress mac) {
      NetworkProfile bridge = bridge(link, mac, base.mtu);
      String device = vlanDevice(base.device, vlan(link), devices);
      add(
          new NetworkProfile(
              device,
              uuid(device),
              "vlan",
              device,
              null,
              bridge,
              null,
              base,
              vlan(link),
              base.mtu == 0 ? 0 : orUsual(link.mtu()),
              bridge == null && isAddressed(link)));
    }

    private @Nullable NetworkProfile bridge(Link link, MacAddress mac, int baseMtu) {
      for (Map.Entry<String, String> bridge : node.bridges().entrySet()) {
        if (bridge.getValue().equals(link.name())) {
          String name = bridge.getKey();
          devices.add(name);
          return add(
              new NetworkProfile(
                  name,
                  uuid(name),
                  "bridge",
                  name,
                  mac,
                  null,
                  null,
                  null,
                  0,
                  baseMtu == 0 ? 0 : orUsual(link.mtu()),
                  isAddressed(link)));
        }
      }
      return null;
    }

    private NetworkProfile bond(
        String name,
        @Nullable BondMode mode,
        @Nullable NetworkProfile bridge,
        int mtu,
        boolean addressed) {
      devices.add(name);
      return add(
          new NetworkProfile(
              name,
              uuid(name),
              "bond",
              name,
              null,
              bridge,
              mode == null ? BondMode.ACTIVE_BACKUP : mode,
              null,
              0,
              mtu,
              addressed));
    }

    private NetworkProfile ethernet(
        String port, @Nullable NetworkProfile controller, int mtu, boolean addressed) {
      return add(
          new NetworkProfile(
              port,
              uuid(port),
              "ethernet",
              null,
              mac(port),
              controller,
              null,
              null,
              0,
              mtu,
              addressed));
    }

    private NetworkProfile add(NetworkProfile profile) {
      profiles.add(profile);
      return profile;
    }

    private MacAddress mac(String port) {
      MacAddress mac = node.nics().get(port);
      if (mac == null) {
        throw new IllegalArgumentException(node.name() + " has no interface '" + port + "'");
      }
      return mac;
    }

    /** A link's own VLAN; for the one with the node's address, else that network's. */
    private int vlan(Link link) {
      Integer network = site.networks().management().vlan();
      if (link.vlan() != null) {
        return link.vlan();
      }
      return isAddressed(link) && network != null ? network : 0;
    }

    private boolean isAddressed(@Nullable Link link) {
      return link != null && link.name().equals(addressedLink);
    }

    private UUID uuid(String id) {
      String name = site.name() + "/" + node.name() + "/" + id;
      return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private static int orUsual(@Nullable Integer mtu) {
      return mtu == null ? USUAL_MTU : mtu;
    }
  }
}
