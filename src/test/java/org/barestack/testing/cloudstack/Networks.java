package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Physical networks, their traffic types and providers. */
final class Networks {
  private static final List<String> TRAFFIC = List.of("Management", "Public", "Guest", "Storage");

  /** The providers that a physical network has from the first, with their services. */
  private static final Map<String, List<String>> SERVICES =
      Map.of(
          "ConfigDrive", List.of("Dhcp", "Dns", "UserData"),
          "InternalLbVm", List.of("Lb"),
          "BaremetalPxeProvider", List.of(),
          "SecurityGroupProvider", List.of("SecurityGroup"),
          "VirtualRouter",
              List.of(
                  "Vpn",
                  "Dhcp",
                  "Dns",
                  "Gateway",
                  "Firewall",
                  "Lb",
                  "SourceNat",
                  "StaticNat",
                  "PortForwarding",
                  "UserData"),
          "VpcVirtualRouter",
              List.of(
                  "Vpn",
                  "Dhcp",
                  "Dns",
                  "Lb",
                  "SourceNat",
                  "StaticNat",
                  "PortForwarding",
                  "NetworkACL",
                  "UserData"));

  private static final List<String> PROVIDERS =
      List.of(
          "ConfigDrive",
          "InternalLbVm",
          "BaremetalPxeProvider",
          "SecurityGroupProvider",
          "VirtualRouter",
          "VpcVirtualRouter");

  private final State state;

  Networks(State state, Commands commands) {
    this.state = state;
    commands.put("createPhysicalNetwork", this::create);
    commands.list("listPhysicalNetworks", Kind.PHYSICAL_NETWORK);
    commands.put("updatePhysicalNetwork", this::update);
    commands.put("deletePhysicalNetwork", this::delete);
    commands.put("addTrafficType", this::addTrafficType);
    commands.list("listTrafficTypes", Kind.TRAFFIC_TYPE);
    commands.put("updateTrafficType", this::updateTrafficType);
    commands.put("deleteTrafficType", this::deleteTrafficType);
    commands.put(
        "listNetworkServiceProviders",
        request -> Listing.of(request, Kind.PROVIDER.word, state.all(Kind.PROVIDER), true));
    commands.put("updateNetworkServiceProvider", this::updateProvider);
    commands.list("listVirtualRouterElements", Kind.ROUTER_ELEMENT);
    commands.list("listInternalLoadBalancerElements", Kind.BALANCER_ELEMENT);
    commands.put(
        "configureVirtualRouterElement", request -> configure(request, Kind.ROUTER_ELEMENT));
    commands.put(
        "configureInternalLoadBalancerElement",
        request -> configure(request, Kind.BALANCER_ELEMENT));
  }

  /** A zone's traffic type, of whichever physical network. */
  static @Nullable Thing traffic(State state, Thing zone, String type) {
    for (Thing network : state.all(Kind.PHYSICAL_NETWORK, "zoneid", zone)) {
      Optional<Thing> found =
          state.all(Kind.TRAFFIC_TYPE, "physicalnetworkid", network).stream()
              .filter(traffic -> traffic.is("traffictype", type))
              .findFirst();
      if (found.isPresent()) {
        return found.get();
      }
    }
    return null;
  }

  static Thing addTraffic(State state, Thing network, String type, @Nullable String label) {
    ObjectNode shown = Shapes.empty();
    shown.put("id", "").put("traffictype", type).put("physicalnetworkid", network.id);
    Thing traffic = state.add(Kind.TRAFFIC_TYPE, network.label + "/" + type, shown);
    traffic.set("kvmnetworklabel", label == null || label.isEmpty() ? null : label);
    return traffic;
  }

  private Answer create(Request request) {
    Thing zone = request.thing(Kind.ZONE, "zoneid");
    String name = request.need("name");
    if (Zones.enabled(zone)) {
      throw Refusal.denied(
          "Cannot create PhysicalNetwork since the Zone is currently enabled, zone: "
              + Zones.text(zone));
    }
    boolean basic = Zones.basic(zone);
    if (basic && !state.all(Kind.PHYSICAL_NETWORK, "zoneid", zone).isEmpty()) {
      throw Refusal.state(
          "Cannot add the physical network to basic zone: "
              + Zones.text(zone)
              + ", there is a physical network already existing in this basic Zone");
    }
    if (basic && request.has("vlan")) {
      throw Refusal.parameter("Can't specify vnet range to the network in Basic zone");
    }
    String vlan = request.get("vlan");
    if (vlan != null) {
      checkVlans(vlan);
    }
    ObjectNode shown = Shapes.empty();
    shown.put("id", "").put("name", name).put("broadcastdomainrange", basic ? "POD" : "ZONE");
    Zones.put(shown, zone);
    shown.put("state", "Disabled");
    Thing network = state.add(Kind.PHYSICAL_NETWORK, zone.label + "/" + name, shown);
    network.set("vlan", vlan);
    network.set("tags", request.get("tags"));
    network.set("isolationmethods", request.get("isolationmethods"));
    PROVIDERS.forEach(provider -> addProvider(network, provider));
    return Answer.making(network);
  }

  private void addProvider(Thing network, String name) {
    List<String> services = SERVICES.getOrDefault(name, List.of());
    boolean enabled = name.equals("ConfigDrive") || name.equals("BaremetalPxeProvider");
    ObjectNode shown = Shapes.empty();
    shown
        .put("name", name)
        .put("physicalnetworkid", network.id)
        .put("state", enabled ? "Enabled" : "Disabled")
        .put("id", "");
    services.forEach(shown.putArray("servicelist")::add);
    shown.put("canenableindividualservice", services.size() > 1 || name.equals("InternalLbVm"));
    Thing provider = state.add(Kind.PROVIDER, network.label + "/" + name, shown);
    Kind kind =
        switch (name) {
          case "VirtualRouter", "VpcVirtualRouter" -> Kind.ROUTER_ELEMENT;
          case "InternalLbVm" -> Kind.BALANCER_ELEMENT;
          default -> Kind.PROVIDER;
        };
    if (kind != Kind.PROVIDER) {
      state.add(
          kind,
          provider.label,
          Shapes.empty().put("id", "").put("nspid", provider.id).put("enabled", false));
    }
  }

  private static void checkVlans(String vlans) {
    for (String range : vlans.split(",", -1)) {
      if (!range.matches("[0-9]{1,6}(-[0-9]{1,6})?")) {
        throw Refusal.parameter(
            "Please provide valid vnet range. vnet range should be a coma seperated list example"
                + " 2001-2012,3000-3005."
                + range);
      }
      for (String end : range.split("-", -1)) {
        if (Integer.parseInt(end) > 4095) {
          throw Refusal.parameter("Vnet range has to be between 0 and 4095");
        }
      }
    }
  }

  private Answer update(Request request) {
    Thing network = target(request);
    return Answer.job(
        null,
        () -> {
          String vlan = request.get("vlan");
          if (vlan != null && !vlan.isEmpty()) {
            if (Zones.basic(state.get(network.text("zoneid")))) {
              throw Refusal.parameter("Can't specify vnet range to the network in Basic zone");
            }
            checkVlans(vlan);
            network.set("vlan", vlan);
          }
          String to = request.get("state");
          if (to != null) {
            if (!to.equals("Enabled") && !to.equals("Disabled")) {
              throw Refusal.parameter(
                  "Unable to resolve state '"
                      + to
                      + "' to a supported value {Enabled or Disabled}");
            }
            network.set("state", to);
          }
          network.set("tags", request.get("tags"));
          return Answer.of(network);
        });
  }

  private static Thing target(Request request) {
    return request.target(
        Kind.PHYSICAL_NETWORK,
        id -> "Physical Network with id=" + id + "doesn't exist in the system");
  }

  private Answer delete(Request request) {
    Thing network = target(request);
    return Answer.job(
        network,
        () -> {
          String not = "The Physical Network is not deletable because there are ";
          if (!state.all(Kind.NETWORK, "physicalnetworkid", network).isEmpty()) {
            throw Refusal.state(not + "networks associated to this physical network");
          }
          if (!state.all(Kind.VLAN_RANGE, "physicalnetworkid", network).isEmpty()) {
            throw Refusal.state(not + "public IP addresses allocated for this physical network");
          }
          for (Thing provider : state.all(Kind.PROVIDER, "physicalnetworkid", network)) {
            state.all(Kind.ROUTER_ELEMENT, "nspid", provider).forEach(state::remove);
            state.all(Kind.BALANCER_ELEMENT, "nspid", provider).forEach(state::remove);
            state.remove(provider);
          }
          state.all(Kind.TRAFFIC_TYPE, "physicalnetworkid", network).forEach(state::remove);
          state.remove(network);
          return Answer.success();
        });
  }

  /** Refuses at once, without a job, what is there already. */
  private Answer addTrafficType(Request request) {
    Thing network = request.thing(Kind.PHYSICAL_NETWORK, "physicalnetworkid");
    Thing zone = state.get(network.text("zoneid"));
    String type = request.need("traffictype");
    if (!TRAFFIC.contains(type)) {
      throw Refusal.parameter("Invalid traffic type: " + type);
    }
    if (state.all(Kind.TRAFFIC_TYPE, "physicalnetworkid", network).stream()
        .anyMatch(traffic -> traffic.is("traffictype", type))) {
      throw Refusal.state("This physical network already supports the traffic type: " + type);
    }
    if (!type.equals("Guest") && traffic(state, zone, type) != null) {
      throw Refusal.state(
          "Fail to add the traffic type to physical network because Zone already has a physical"
              + " network with this traffic type: "
              + type);
    }
    if (type.equals("Guest")
        && !network.shown.has("tags")
        && state.all(Kind.PHYSICAL_NETWORK, "zoneid", zone).stream()
            .filter(other -> !other.equals(network) && !other.shown.has("tags"))
            .flatMap(other -> state.all(Kind.TRAFFIC_TYPE, "physicalnetworkid", other).stream())
            .anyMatch(traffic -> traffic.is("traffictype", "Guest"))) {
      throw Refusal.state(
          "There are more than 1 physical network without tags in the zone: " + Zones.text(zone));
    }
    return Answer.making(addTraffic(state, network, type, request.get("kvmnetworklabel")));
  }

  private Answer updateTrafficType(Request request) {
    Thing traffic = request.thing(Kind.TRAFFIC_TYPE, "id");
    return Answer.job(
        traffic,
        () -> {
          traffic.set("kvmnetworklabel", request.get("kvmnetworklabel"));
          return Answer.of(traffic);
        });
  }

  private Answer deleteTrafficType(Request request) {
    Thing traffic = request.thing(Kind.TRAFFIC_TYPE, "id");
    return Answer.job(
        traffic,
        () -> {
          state.remove(traffic);
          return Answer.success();
        });
  }

  private Answer updateProvider(Request request) {
    Thing provider = request.thing(Kind.PROVIDER, "id");
    return Answer.job(
        null,
        () -> {
          String to = request.get("state");
          if (to != null) {
            if (!List.of("Enabled", "Disabled", "Shutdown").contains(to)) {
              throw Refusal.parameter("Invalid state: " + to);
            }
            if (to.equals("Enabled") && !ready(provider)) {
              throw Refusal.state(
                  "Provider is not ready, cannot Enable the provider, please configure the provider"
                      + " first");
            }
            provider.set("state", to);
          }
          return Answer.of(provider);
        });
  }

  private boolean ready(Thing provider) {
    return List.of(Kind.ROUTER_ELEMENT, Kind.BALANCER_ELEMENT).stream()
        .flatMap(kind -> state.all(kind, "nspid", provider).stream())
        .allMatch(element -> element.shown.path("enabled").asBoolean());
  }

  private static Answer configure(Request request, Kind kind) {
    Thing element = request.thing(kind, "id");
    boolean enabled = request.need("enabled").equals("true");
    return Answer.job(
        null,
        () -> {
          element.shown.put("enabled", enabled);
          return Answer.of(element);
        });
  }
}
