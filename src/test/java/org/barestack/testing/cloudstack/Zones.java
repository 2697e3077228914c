package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Zones and pods. */
final class Zones {
  private static final List<String> CHANGEABLE =
      List.of("name", "dns1", "dns2", "internaldns1", "internaldns2", "guestcidraddress", "domain");

  private final State state;

  Zones(State state, Commands commands) {
    this.state = state;
    commands.put("createZone", this::createZone);
    commands.list("listZones", Kind.ZONE);
    commands.put("updateZone", this::updateZone);
    commands.put("deleteZone", this::deleteZone);
    commands.put("createPod", this::createPod);
    commands.list("listPods", Kind.POD);
    commands.put("deletePod", this::deletePod);
  }

  /** How CloudStack calls a zone in its errors. */
  static String text(Thing zone) {
    return "Zone {\"id\": \"%d\", \"name\": \"%s\", \"uuid\": \"%s\"}"
        .formatted(zone.number, zone.text("name"), zone.id);
  }

  static boolean basic(Thing zone) {
    return zone.is("networktype", "Basic");
  }

  static boolean enabled(Thing zone) {
    return zone.is("allocationstate", "Enabled");
  }

  static void put(ObjectNode shown, Thing zone) {
    shown.put("zoneid", zone.id).put("zonename", zone.text("name"));
  }

  private Answer createZone(Request request) {
    String name = request.need("name");
    if (state.all(Kind.ZONE).stream().anyMatch(zone -> zone.matches("name", name))) {
      throw Refusal.parameter(
          "A zone with that name already exists. Please specify a unique zone name.");
    }
    String type = request.need("networktype");
    if (!type.equals("Basic") && !type.equals("Advanced")) {
      throw Refusal.parameter("Invalid network type: " + type);
    }
    Address.number(request.need("dns1"));
    Address.number(request.need("internaldns1"));
    Thing zone = state.add(Kind.ZONE, name, Shapes.of("zone"));
    CHANGEABLE.forEach(field -> zone.set(field, request.get(field)));
    zone.set("networktype", type);
    zone.shown
        .put("securitygroupsenabled", type.equals("Basic") || request.flag("securitygroupenabled"))
        .put("localstorageenabled", request.flag("localstorageenabled"))
        .put("allocationstate", "Disabled")
        .put("zonetoken", state.freshId());
    zone.hidden.put("publicnetwork", state.freshId());
    zone.hidden.put("storagenetwork", state.freshId());
    return Answer.now(zone);
  }

  private Answer updateZone(Request request) {
    Thing zone = request.target(Kind.ZONE, id -> "unable to find zone by id " + id);
    boolean details = false;
    for (String name : request.call().parameters().keySet()) {
      if (name.startsWith("details[")) {
        details = true;
        if (!name.endsWith(".key") && !name.endsWith(".value")) {
          throw Refusal.parameter(
              "Invalid Zone Detail specified, fields 'key' and 'value' cannot be null, please"
                  + " specify details in the form:  details[0].key=XXX&details[0].value=YYY");
        }
      }
    }
    String name = request.get("name");
    if (name != null
        && state.all(Kind.ZONE).stream()
            .anyMatch(other -> !other.equals(zone) && other.matches("name", name))) {
      throw Refusal.parameter(
          "A zone with that name already exists. Please specify a unique zone name.");
    }
    String allocation = request.get("allocationstate");
    if (allocation != null) {
      allocate(zone, allocation);
    }
    if (details) {
      zone.hidden.put("details", "set");
    }
    CHANGEABLE.forEach(field -> zone.set(field, request.get(field)));
    if (request.has("localstorageenabled")) {
      zone.shown.put("localstorageenabled", request.flag("localstorageenabled"));
    }
    return Answer.now(zone);
  }

  private void allocate(Thing zone, String allocation) {
    switch (allocation) {
      case "Disabled" -> {}
      case "Enabled" -> enable(zone);
      default ->
          throw Refusal.parameter(
              "Failed to parse allocation state: "
                  + allocation
                  + ". Please specify Enabled or Disabled");
    }
    zone.set("allocationstate", allocation);
  }

  /** Checks little, and adds a Storage traffic type if there is none. */
  private void enable(Thing zone) {
    Thing management = needTraffic(zone, "Management");
    if (!basic(zone) && !zone.shown.path("securitygroupsenabled").asBoolean()) {
      needTraffic(zone, "Public");
    }
    if (Networks.traffic(state, zone, "Storage") == null) {
      Thing network = state.get(management.text("physicalnetworkid"));
      Networks.addTraffic(state, network, "Storage", management.text("kvmnetworklabel"));
    }
  }

  private Thing needTraffic(Thing zone, String type) {
    Thing traffic = Networks.traffic(state, zone, type);
    if (traffic == null) {
      throw Refusal.parameter(
          "Cannot enable this Zone since: Unable to find the default physical network with traffic="
              + type
              + " in the specified zone id");
    }
    return traffic;
  }

  private Answer deleteZone(Request request) {
    Thing zone = request.target(Kind.ZONE, id -> "A zone with ID: " + id + " does not exist.");
    List<Thing> vms = state.all(Kind.SYSTEM_VM, "zoneid", zone);
    refuseIfAny("zone", "servers in this zone", state.all(Kind.HOST, "zoneid", zone));
    refuseIfAny("zone", "pods in this zone", state.all(Kind.POD, "zoneid", zone));
    refuseIfAny("zone", "virtual machines in this zone", vms);
    refuseIfAny(
        "zone", "physical networks in this zone", state.all(Kind.PHYSICAL_NETWORK, "zoneid", zone));
    refuseIfAny(
        "zone", "Secondary storages in this zone", state.all(Kind.IMAGE_STORE, "zoneid", zone));
    state.all(Kind.VLAN_RANGE, "zoneid", zone).forEach(state::remove);
    state.remove(zone);
    return new Answer.Now(Answer.success());
  }

  private static void refuseIfAny(String what, String which, List<Thing> things) {
    if (!things.isEmpty()) {
      throw Refusal.state("The " + what + " cannot be deleted because there are " + which + ".");
    }
  }

  private Answer createPod(Request request) {
    Thing zone = request.thing(Kind.ZONE, "zoneid");
    String name = request.need("name");
    List<Thing> others = state.all(Kind.POD, "zoneid", zone);
    if (others.stream().anyMatch(pod -> pod.matches("name", name))) {
      throw Refusal.parameter(
          "A pod with name: %s already exists in zone %s. Please specify a different pod name. "
              .formatted(name, text(zone)));
    }
    String gateway = addressed(request, "gateway");
    String netmask = addressed(request, "netmask");
    String start = addressed(request, "startip");
    String end = request.get("endip", start);
    for (Thing other : others) {
      if (Address.sameSubnet(gateway, netmask, other.text("gateway"), other.text("netmask"))) {
        throw Refusal.parameter(
            "The subnet of the pod you are adding conflicts with the subnet of pod %s in zone %s. Please specify a different CIDR."
                .formatted(other.text("name"), zone.text("name")));
      }
    }
    inCidr("start", start, gateway, netmask);
    inCidr("end", end, gateway, netmask);
    if (Address.number(start) > Address.number(end)) {
      throw Refusal.parameter(
          "The start IP address must have a lower value than the end IP address.");
    }
    Thing pod = state.add(Kind.POD, zone.label + "/" + name, Shapes.of("pod"));
    put(pod.shown, zone);
    pod.set("name", name);
    pod.set("gateway", gateway);
    pod.set("netmask", netmask);
    pod.shown.putArray("startip").add(start);
    pod.shown.putArray("endip").add(end);
    ((ObjectNode) pod.shown.path("ipranges").path(0)).put("startip", start).put("endip", end);
    return Answer.now(pod);
  }

  private static String addressed(Request request, String name) {
    @Nullable String value = request.get(name);
    if (value == null) {
      throw Refusal.parameter("Please specify " + name + " of the pod");
    }
    Address.number(value);
    return value;
  }

  private static void inCidr(String which, String address, String gateway, String netmask) {
    if (!Address.inside(address, gateway, netmask)) {
      throw Refusal.parameter(
          "The " + which + " address of the IP range is not in the CIDR subnet.");
    }
  }

  private Answer deletePod(Request request) {
    Thing pod = request.target(Kind.POD, id -> "A pod with ID: " + id + " does not exist.");
    refuseIfAny(
        "pod",
        "private IP addresses allocated in this pod",
        state.all(Kind.SYSTEM_VM, "podid", pod).stream()
            .filter(vm -> vm.shown.has("privateip"))
            .toList());
    refuseIfAny("pod", "servers in this pod", state.all(Kind.HOST, "podid", pod));
    refuseIfAny("pod", "virtual machines in this pod", state.all(Kind.SYSTEM_VM, "podid", pod));
    refuseIfAny("pod", "clusters in this pod", state.all(Kind.CLUSTER, "podid", pod));
    state.all(Kind.STORAGE_RANGE, "podid", pod).forEach(state::remove);
    state.all(Kind.VLAN_RANGE, "podid", pod).forEach(state::remove);
    state.remove(pod);
    return new Answer.Now(Answer.success());
  }
}
