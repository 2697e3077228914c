package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.barestack.cloud.CloudException.Fault;

/** CloudStack as far as an apply needs it: what is made can be found, and nothing is checked. */
final class FakeCloud implements CloudApi {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Map<String, String> MADE =
      Map.of(
          "createZone", "zone",
          "createPhysicalNetwork", "physicalnetwork",
          "addTrafficType", "traffictype",
          "createPod", "pod",
          "createVlanIpRange", "vlaniprange",
          "createNetwork", "network",
          "addCluster", "cluster",
          "addHost", "host",
          "createStoragePool", "storagepool",
          "addImageStore", "imagestore");
  private static final Set<String> PAGING = Set.of("page", "pagesize", "listall", "templatefilter");

  final Map<String, List<ObjectNode>> things = new TreeMap<>();
  final List<Call> calls = new ArrayList<>();
  final Map<String, CloudException> refusals = new TreeMap<>();

  FakeCloud() {
    thing("configuration", "name", "host", "value", "127.0.0.1", "isdynamic", "true");
    thing(
        "configuration",
        "name",
        "management.network.cidr",
        "value",
        "192.168.50.0/24",
        "isdynamic",
        "false");
    thing("networkoffering", "name", "DefaultSharedNetworkOfferingWithSGService");
    thing("managementserver", "name", "mgmt1", "state", "Up");
  }

  ObjectNode thing(String kind, String... namesAndValues) {
    ObjectNode thing = JSON.createObjectNode();
    List<ObjectNode> all = things.computeIfAbsent(kind, _ -> new ArrayList<>());
    thing.put("id", kind + "-" + (all.size() + 1));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      thing.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    all.add(thing);
    return thing;
  }

  List<ObjectNode> all(String kind) {
    return things.getOrDefault(kind, List.of());
  }

  List<String> changing() {
    return calls.stream().filter(call -> !call.reads()).map(Call::command).toList();
  }

  @Override
  public synchronized JsonNode call(Call call) {
    calls.add(call);
    CloudException refusal = refusals.get(call.command());
    if (refusal != null && call.toString().contains(refusal.fault().toString())) {
      throw refusal;
    }
    if (call.command().startsWith("list")) {
      return listed(call);
    }
    String kind = MADE.get(call.command());
    if (kind != null) {
      return made(call, kind);
    }
    for (List<ObjectNode> each : things.values()) {
      for (ObjectNode thing : each) {
        if (call.command().equals("updateConfiguration")
            ? thing.path("name").asText().equals(call.parameters().get("name"))
            : thing.path("id").asText().equals(call.parameters().get("id"))) {
          call.parameters().forEach(thing::put);
          if (call.command().equals("reconnectHost")) {
            thing.put("state", "Up");
          }
        }
      }
    }
    running();
    return JSON.createObjectNode();
  }

  private JsonNode listed(Call call) {
    String plural = call.command().substring(4).toLowerCase(Locale.ROOT);
    String kind = plural.equals("asyncjobs") ? plural : plural.substring(0, plural.length() - 1);
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode found = JSON.createArrayNode();
    for (ObjectNode thing : all(kind)) {
      boolean fits =
          call.parameters().entrySet().stream()
              .allMatch(one ->
                  PAGING.contains(one.getKey())
                      || !thing.has(one.getKey())
                      || thing.path(one.getKey()).asText().contains(one.getValue()));
      if (fits) {
        found.add(thing);
      }
    }
    return found.isEmpty() ? answer : answer.set(kind, found);
  }

  private JsonNode made(Call call, String kind) {
    ObjectNode thing = thing(kind);
    call.parameters().forEach(thing::put);
    switch (kind) {
      case "zone" ->
          thing
              .put("allocationstate", "Disabled")
              .put(
                  "securitygroupsenabled",
                  call.parameters().containsKey("securitygroupenabled")
                      || call.parameters().containsValue("Basic"));
      case "physicalnetwork" -> {
        thing.put("state", "Disabled");
        for (String name :
            List.of("VirtualRouter", "VpcVirtualRouter", "InternalLbVm", "SecurityGroupProvider")) {
          String id =
              thing(
                      "networkserviceprovider",
                      "name",
                      name,
                      "state",
                      "Disabled",
                      "physicalnetworkid",
                      thing.path("id").asText())
                  .path("id")
                  .asText();
          thing(
              name.equals("InternalLbVm") ? "internalloadbalancerelement" : "virtualrouterelement",
              "nspid",
              id,
              "enabled",
              "false");
        }
      }
      case "network" -> {
        if (call.parameters().containsKey("startip")) {
          range(thing("vlaniprange", "networkid", thing.path("id").asText()), call);
        }
      }
      case "vlaniprange" -> range(thing, call);
      case "cluster" -> {
        thing.put("name", call.parameters().get("clustername"));
        thing.put("hypervisortype", call.parameters().get("hypervisor"));
      }
      case "host" -> {
        thing.put("state", "Up").put("type", "Routing").put("zonename", name("zone"));
        thing.put("ipaddress", call.parameters().getOrDefault("url", "").replace("http://", ""));
        thing.put("clustername", named("cluster", call.parameters().getOrDefault("clusterid", "")));
      }
      case "storagepool" -> {
        String[] parts =
            call.parameters().getOrDefault("url", "").substring("nfs://".length()).split("/", 2);
        thing.put("ipaddress", parts[0]).put("path", "/" + parts[1]).put("scope", "ZONE");
      }
      default -> {}
    }
    running();
    return JSON.createObjectNode();
  }

  private static void range(ObjectNode range, Call call) {
    call.parameters().forEach(range::put);
    range.put("vlan", "vlan://" + call.parameters().getOrDefault("vlan", "untagged"));
  }

  private String name(String kind) {
    return all(kind).getFirst().path("name").asText();
  }

  private String named(String kind, String id) {
    return all(kind).stream()
        .filter(thing -> thing.path("id").asText().equals(id))
        .findFirst()
        .orElseThrow()
        .path("name")
        .asText();
  }

  private void running() {
    boolean runs =
        all("zone").stream()
                .anyMatch(zone -> zone.path("allocationstate").asText().equals("Enabled"))
            && !all("host").isEmpty()
            && !all("imagestore").isEmpty();
    if (runs && all("systemvm").isEmpty()) {
      thing("template", "templatetype", "SYSTEM").put("isready", true);
      for (String type : List.of("secondarystoragevm", "consoleproxy")) {
        thing("systemvm", "systemvmtype", type, "state", "Running", "agentstate", "Up");
      }
    }
  }

  /** Refuses that command where the call's text has this word. */
  void refuse(String command, Call call, String text) {
    refusals.put(command, new CloudException(new Fault.Refused(call, 530, text)));
  }
}
