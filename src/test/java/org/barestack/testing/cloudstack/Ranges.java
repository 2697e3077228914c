package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Address ranges and guest networks. */
final class Ranges {
  private static final String OVERLAP =
      "The IP range already has IPs that overlap with the new range. Please specify a different"
          + " start IP/end IP.";

  private final State state;

  Ranges(State state, Commands commands) {
    this.state = state;
    commands.put("createVlanIpRange", this::createVlan);
    commands.list("listVlanIpRanges", Kind.VLAN_RANGE);
    commands.put("deleteVlanIpRange", this::deleteVlan);
    commands.put("createStorageNetworkIpRange", this::createStorage);
    commands.list("listStorageNetworkIpRange", Kind.STORAGE_RANGE);
    commands.put("createNetwork", this::createNetwork);
    commands.list("listNetworks", Kind.NETWORK);
    commands.put("deleteNetwork", this::deleteNetwork);
    commands.put(
        "listNetworkOfferings",
        request -> Listing.of(request, Kind.OFFERING.word, state.all(Kind.OFFERING), false));
    Shapes.node("networkoffering")
        .forEach(offering ->
            state.add(
                Kind.OFFERING, offering.path("name").asText(), (ObjectNode) offering.deepCopy()));
  }

  private Answer createVlan(Request request) {
    boolean virtual = !request.has("forvirtualnetwork") || request.flag("forvirtualnetwork");
    @Nullable Thing guest =
        request.has("networkid") ? request.thing(Kind.NETWORK, "networkid") : null;
    Thing zone =
        request.has("zoneid")
            ? request.thing(Kind.ZONE, "zoneid")
            : guest != null
                ? state.get(guest.text("zoneid"))
                : request.has("podid")
                    ? state.get(request.thing(Kind.POD, "podid").text("zoneid"))
                    : missing("Please specify a zone or a network");
    if (Zones.basic(zone) && (virtual || guest == null || !request.has("podid"))) {
      throw Refusal.parameter(
          "Please specify a pod, a network and forvirtualnetwork=false in a Basic zone");
    }
    String physical;
    String network;
    if (guest == null) {
      if (!virtual) {
        throw Refusal.parameter(
            "Network parameter is required for Direct Untagged or tagged vlans");
      }
      @Nullable Thing traffic = Networks.traffic(state, zone, "Public");
      if (traffic == null) {
        throw Refusal.parameter(
            "Unable to find the default physical network with traffic=Public in the specified zone"
                + " id");
      }
      physical = traffic.text("physicalnetworkid");
      network = zone.hidden.getOrDefault("publicnetwork", "");
    } else {
      physical = guest.text("physicalnetworkid");
      network = guest.id;
    }
    Thing range = vlan(request, zone, state.get(physical), network, virtual);
    if (request.has("podid")) {
      Thing pod = request.thing(Kind.POD, "podid");
      range.shown.put("podid", pod.id).put("podname", pod.text("name"));
    }
    return new Answer.Now(Answer.of("vlan", range.shown));
  }

  private static Thing missing(String text) {
    throw Refusal.parameter(text);
  }

  private Thing vlan(Request request, Thing zone, Thing physical, String network, boolean virtual) {
    String vlan = request.get("vlan", "untagged");
    String tag = "vlan://" + vlan;
    String gateway = need(request, "gateway");
    String netmask = need(request, "netmask");
    String start = need(request, "startip");
    String end = request.get("endip", start);
    if (!vlan.equals("untagged") && guestVlan(zone, vlan)) {
      throw Refusal.parameter(
          "The VLAN tag %s is already being used for dynamic vlan allocation for the guest network in zone %s"
              .formatted(tag, zone.text("name")));
    }
    if (!Address.inside(start, gateway, netmask) || !Address.inside(end, gateway, netmask)) {
      throw Refusal.parameter(
          "Please ensure that your IP range is in the same subnet as your gateway and netmask.");
    }
    if (Address.number(start) > Address.number(end)) {
      throw Refusal.parameter("Please ensure that the start IP is lower than the end IP.");
    }
    for (Thing other : state.all(Kind.VLAN_RANGE, "zoneid", zone)) {
      boolean sameTag = other.is("vlan", tag);
      boolean sameSubnet =
          Address.sameSubnet(gateway, netmask, other.text("gateway"), other.text("netmask"));
      if (sameTag && Address.overlap(start, end, other.text("startip"), other.text("endip"))) {
        throw Refusal.parameter(OVERLAP);
      }
      if (sameSubnet
          && (!sameTag || !other.is("gateway", gateway) || !other.is("netmask", netmask))) {
        throw Refusal.parameter(
            "The IP range with tag: %s in zone %s has overlapped with the subnet. Please specify a different gateway/netmask."
                .formatted(other.text("vlan"), zone.text("name")));
      }
    }
    for (Thing pod : state.all(Kind.POD, "zoneid", zone)) {
      refusePrivate("The", pod, start, end);
    }
    ObjectNode shown = Shapes.empty();
    shown.put("id", "").put("forvirtualnetwork", virtual).put("zoneid", zone.id).put("vlan", tag);
    if (!virtual) {
      Thing user = state.all(Kind.USER).getFirst();
      shown
          .put("account", "system")
          .put("domainid", user.text("domainid"))
          .put("domain", "ROOT")
          .put("domainpath", "ROOT");
    }
    shown
        .put("gateway", gateway)
        .put("netmask", netmask)
        .put("cidr", Address.cidr(gateway, netmask))
        .put("startip", start)
        .put("endip", end)
        .put("networkid", network)
        .put("physicalnetworkid", physical.id)
        .put("forsystemvms", false);
    return state.add(Kind.VLAN_RANGE, zone.label + "/" + start, shown);
  }

  private static void refusePrivate(String which, Thing pod, String start, String end) {
    String first = pod.shown.path("startip").path(0).asText();
    String last = pod.shown.path("endip").path(0).asText();
    if (Address.overlap(start, end, first, last)) {
      throw Refusal.state(
          "%s Start IP and endIP address range overlap with private IP :%s - %s"
              .formatted(which, first, last));
    }
  }

  private boolean guestVlan(Thing zone, String vlan) {
    if (!vlan.matches("[0-9]{1,6}")) {
      throw Refusal.parameter("Please specify a valid VLAN: " + vlan);
    }
    int tag = Integer.parseInt(vlan);
    for (Thing network : state.all(Kind.PHYSICAL_NETWORK, "zoneid", zone)) {
      for (String range : network.text("vlan").split(",", -1)) {
        String[] ends = range.split("-", -1);
        if (!range.isEmpty()
            && Integer.parseInt(ends[0]) <= tag
            && tag <= Integer.parseInt(ends[ends.length - 1])) {
          return true;
        }
      }
    }
    return false;
  }

  private static String need(Request request, String name) {
    String value = request.get(name);
    if (value == null) {
      throw Refusal.parameter("Please specify " + name);
    }
    Address.number(value);
    return value;
  }

  private Answer deleteVlan(Request request) {
    Thing range = request.target(Kind.VLAN_RANGE, id -> "Please specify a valid IP range id.");
    long used =
        state.all(Kind.SYSTEM_VM, "zoneid", state.get(range.text("zoneid"))).stream()
            .filter(vm -> inRange(range, vm.text("publicip")))
            .count();
    if (used > 0) {
      throw Refusal.parameter(used + "  Ips are in use. Cannot delete this vlan");
    }
    state.remove(range);
    return new Answer.Now(Answer.success());
  }

  static boolean inRange(Thing range, String address) {
    return !address.isEmpty()
        && Address.overlap(address, address, range.text("startip"), range.text("endip"));
  }

  private Answer createStorage(Request request) {
    Thing pod = request.thing(Kind.POD, "podid");
    String start = need(request, "startip");
    String end = request.get("endip", start);
    String gateway = need(request, "gateway");
    String netmask = need(request, "netmask");
    return Answer.job(
        null,
        () -> {
          Thing zone = state.get(pod.text("zoneid"));
          if (Networks.traffic(state, zone, "Storage") == null) {
            throw Refusal.state("Cannot find storage network in zone " + zone.number);
          }
          if (!Address.inside(start, gateway, netmask) || !Address.inside(end, gateway, netmask)) {
            throw Refusal.parameter("The start address of the IP range is not in the CIDR subnet.");
          }
          String which = "The Storage network";
          for (Thing other : state.all(Kind.STORAGE_RANGE, "zoneid", zone)) {
            if (Address.overlap(start, end, other.text("startip"), other.text("endip"))) {
              throw Refusal.state(
                  "%s Start IP and endIP address range overlap with private IP :%s - %s"
                      .formatted(which, other.text("startip"), other.text("endip")));
            }
          }
          for (Thing each : state.all(Kind.POD, "zoneid", zone)) {
            refusePrivate(which, each, start, end);
          }
          ObjectNode shown = Shapes.empty().put("id", "");
          if (request.has("vlan")) {
            shown.put("vlan", Integer.parseInt(request.need("vlan")));
          }
          shown
              .put("podid", pod.id)
              .put("startip", start)
              .put("endip", end)
              .put("gateway", gateway)
              .put("networkid", zone.hidden.getOrDefault("storagenetwork", ""))
              .put("zoneid", zone.id)
              .put("netmask", netmask);
          Thing range = state.add(Kind.STORAGE_RANGE, pod.label + "/" + start, shown);
          ObjectNode answer = range.shown.deepCopy();
          answer.remove(List.of("podid", "networkid", "zoneid"));
          return Answer.of(Kind.STORAGE_RANGE.word, answer);
        });
  }

  private Answer createNetwork(Request request) {
    Thing zone = request.thing(Kind.ZONE, "zoneid");
    Thing offering = request.thing(Kind.OFFERING, "networkofferingid");
    String name = request.need("name");
    boolean basic = Zones.basic(zone);
    if (basic && !state.all(Kind.NETWORK, "zoneid", zone).isEmpty()) {
      throw Refusal.parameter(
          "Can't have more than one Guest network in zone with network type Basic");
    }
    @Nullable Thing traffic = Networks.traffic(state, zone, "Guest");
    if (traffic == null) {
      throw Refusal.parameter(
          "Unable to find the default physical network with traffic=Guest in the specified zone"
              + " id");
    }
    Thing physical = state.get(traffic.text("physicalnetworkid"));
    if (!physical.is("state", "Enabled")) {
      throw Refusal.parameter(
          "Physical network id=%s is not in the correct state: %s"
              .formatted(physical.id, physical.text("state")));
    }
    requireProviders(offering, physical);
    ObjectNode shown = Shapes.of("network");
    shown
        .put("name", name)
        .put("displaytext", request.get("displaytext", name))
        .put("networkofferingid", offering.id)
        .put("networkofferingname", offering.text("name"))
        .put("networkofferingdisplaytext", offering.text("displaytext"))
        .put("dns1", zone.text("dns1"))
        .put("domainid", state.all(Kind.USER).getFirst().text("domainid"))
        .put("physicalnetworkid", physical.id);
    Zones.put(shown, zone);
    if (!basic) {
      // The range is refused before the network is there.
      Thing range = vlan(request, zone, physical, "", false);
      for (String field : List.of("gateway", "netmask", "cidr")) {
        shown.put(field, range.text(field));
      }
      shown.put("vlan", request.get("vlan", "untagged")).put("broadcasturi", range.text("vlan"));
      Thing network = state.add(Kind.NETWORK, zone.label + "/" + name, shown);
      range.set("networkid", network.id);
      network.set("related", network.id);
      return Answer.now(network);
    }
    Thing network = state.add(Kind.NETWORK, zone.label + "/" + name, shown);
    network.set("related", network.id);
    return Answer.now(network);
  }

  private void requireProviders(Thing offering, Thing physical) {
    offering
        .shown
        .path("service")
        .findValues("provider")
        .forEach(providers ->
            providers.forEach(provider -> {
              String name = provider.path("name").asText();
              boolean enabled =
                  state.all(Kind.PROVIDER, "physicalnetworkid", physical).stream()
                      .anyMatch(each -> each.is("name", name) && each.is("state", "Enabled"));
              if (!enabled) {
                throw Refusal.parameter(
                    "Provider %s is either not enabled or doesn't support service in physical network %s"
                        .formatted(name, physical.id));
              }
            }));
  }

  private Answer deleteNetwork(Request request) {
    Thing network = request.target(Kind.NETWORK, id -> "unable to find network with id " + id);
    return Answer.job(
        network,
        () -> {
          Thing zone = state.get(network.text("zoneid"));
          if (!state.all(Kind.VIRTUAL_MACHINE, "zoneid", zone).isEmpty()
              || state.all(Kind.SYSTEM_VM, "zoneid", zone).stream()
                  .anyMatch(vm -> vm.shown.has("publicip"))) {
            throw Refusal.state("Failed to delete network");
          }
          state.all(Kind.VLAN_RANGE, "networkid", network).forEach(state::remove);
          state.remove(network);
          return Answer.success();
        });
  }
}
