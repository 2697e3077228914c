package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import org.barestack.model.Node;

/**
 * A machine that runs guests, as CloudStack counts it.
 *
 * @param state of its agent: {@code Up}, {@code Down}, {@code Disconnected}, {@code Alert}
 * @param resourceState what CloudStack may do with it: {@code Enabled}, {@code Disabled}, {@code
 *     PrepareForMaintenance}, {@code Maintenance}, {@code ErrorInMaintenance}
 */
record CloudHost(
    String id,
    String name,
    String address,
    String state,
    String resourceState,
    String zone,
    String clusterId,
    String cluster,
    String hypervisor,
    List<String> tags) {
  CloudHost {
    tags = List.copyOf(tags);
  }

  /** Hosts for guests, of all zones; without a type system VMs would be among them. */
  static final Call LIST = Call.of("listHosts", "type", "Routing");

  /**
   * The hosts that are there.
   *
   * @param call {@code listHosts}, of a zone, of a cluster, or of all
   */
  static List<CloudHost> list(CloudApi api, Call call) {
    return CloudLists.list(api, call.with("type", "Routing"), "host").stream()
        .filter(CloudHost::isThere)
        .map(CloudHost::of)
        .toList();
  }

  /** Whether an entry of a list is a host that is there. */
  static boolean isThere(JsonNode host) {
    return !text(host, "state").equals("Removed");
  }

  /** An entry of a list. */
  static CloudHost of(JsonNode host) {
    return new CloudHost(
        text(host, "id"),
        text(host, "name"),
        text(host, "ipaddress"),
        text(host, "state"),
        text(host, "resourcestate"),
        text(host, "zonename"),
        text(host, "clusterid"),
        text(host, "clustername"),
        text(host, "hypervisor"),
        Arrays.stream(text(host, "hosttags").split(",", -1)).map(String::strip).toList());
  }

  private static String text(JsonNode host, String field) {
    return host.path(field).asText("");
  }

  /** The simulator makes up addresses, so there a tag says which node a host stands for. */
  boolean is(Node worker) {
    return hypervisor.equals("Simulator")
        ? tags.contains(tag(worker))
        : address.equals(worker.address().toString());
  }

  /** What a simulated host is tagged with. */
  static String tag(Node worker) {
    return "barestack-" + worker.name();
  }

  boolean isUp() {
    return state.equals("Up");
  }

  /** Whether guests may be started on it, or moved to it. */
  boolean takesGuests() {
    return isUp() && resourceState.equals("Enabled");
  }

  /** For people: {@code Up, Enabled}. */
  String standing() {
    return state + ", " + resourceState;
  }
}
