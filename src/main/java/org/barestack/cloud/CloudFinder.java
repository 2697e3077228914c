package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.barestack.model.Ipv4;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Site.ZoneNetwork;

/** How the things that a site names are found in its cloud: by exact names, never by likeness. */
final class CloudFinder {
  private final Site site;
  private final Hypervisor hypervisor;

  CloudFinder(Site site, Hypervisor hypervisor) {
    this.site = site;
    this.hypervisor = hypervisor;
  }

  Hypervisor hypervisor() {
    return hypervisor;
  }

  /** Name of the management node. */
  String manager() {
    return site.managementNode().name().text();
  }

  /** The workers, in site order. */
  List<Node> workers() {
    return site.nodes().stream().filter(node -> node.role().equals(Role.KVM_WORKER)).toList();
  }

  ZoneNetwork kind() {
    return site.zone().network();
  }

  Ipv4 management() {
    return site.managementNode().address();
  }

  /** The site's zone. */
  Optional<JsonNode> zone(LivingCloud living) {
    return living.named(Call.of("listZones"), site.zone().name());
  }

  String zoneId(LivingCloud living) {
    return text(zone(living).orElseThrow(), "id");
  }

  /** What a list call finds in the site's zone; nothing where there is no zone. */
  List<JsonNode> inZone(LivingCloud living, Call list) {
    return zone(living)
        .map(zone -> living.list(list.with("zoneid", text(zone, "id"))))
        .orElse(List.of());
  }

  Optional<JsonNode> named(LivingCloud living, Call list, String name) {
    return inZone(living, list.with("name", name)).stream()
        .filter(one -> text(one, "name").equals(name))
        .findFirst();
  }

  Optional<JsonNode> pod(LivingCloud living) {
    return named(living, Call.of("listPods"), site.zone().pod());
  }

  String podId(LivingCloud living) {
    return text(pod(living).orElseThrow(), "id");
  }

  Optional<JsonNode> cluster(LivingCloud living, String name) {
    return inZone(living, Call.of("listClusters")).stream()
        .filter(one -> text(one, "name").equals(name))
        .findFirst();
  }

  /** The host that a worker is. */
  Optional<JsonNode> host(LivingCloud living, Node node) {
    return hosts(living).stream().filter(host -> CloudHost.of(host).is(node)).findFirst();
  }

  /** All hosts for guests, of all zones. */
  List<JsonNode> hosts(LivingCloud living) {
    return living.list(CloudHost.LIST).stream().filter(CloudHost::isThere).toList();
  }

  /** Whether something is in the site's zone. */
  boolean isIn(LivingCloud living, JsonNode thing) {
    return zone(living).filter(zone -> text(zone, "id").equals(text(thing, "zoneid"))).isPresent();
  }
}
