package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.model.Site;
import org.barestack.model.Site.ZoneNetwork;

/**
 * What a site wants of CloudStack, as parts in the order in which they are made. The order, and
 * what is asked of each call, were seen to work on CloudStack 4.22.
 */
final class CloudDesign {
  /** Enabling a zone makes it by itself, with the label of management. */
  private static final String STORAGE_TRAFFIC = "Storage";

  private final Site site;
  private final CloudFinder find;
  private final ZoneParts zone;
  private final NetworkParts network;
  private final AddressParts addresses;
  private final HostParts hosts;
  private final StorageParts storage;

  CloudDesign(Site site, Hypervisor hypervisor) {
    this.site = site;
    this.find = new CloudFinder(site, hypervisor);
    this.zone = new ZoneParts(site, find);
    this.network = new NetworkParts(site, find);
    this.addresses = new AddressParts(site, find);
    this.hosts = new HostParts(site, find);
    this.storage = new StorageParts(site, find);
  }

  CloudFinder find() {
    return find;
  }

  /** The primary storage that is ours. */
  Optional<JsonNode> primary(LivingCloud living) {
    return storage.primary(living);
  }

  /** Everything that the site wants, in the order in which it is made. */
  List<Part> parts(LivingCloud living) {
    boolean advanced = find.kind() == ZoneNetwork.ADVANCED;
    Assignment assignment = hosts.assignment(living);
    List<Part> parts = new ArrayList<>();
    // addHost gives hosts this address to connect to; wrong, it fails after five minutes.
    parts.add(ZoneParts.setting("host", find.management().toString()));
    parts.add(
        ZoneParts.setting(
            "management.network.cidr", site.networks().management().subnet().toString()));
    parts.add(zone.zone());
    parts.add(network.physicalNetwork());
    network.labels().forEach((traffic, label) -> parts.add(network.traffic(traffic, label)));
    if (advanced) {
      parts.add(network.guestVlans());
    }
    parts.add(network.physicalNetworkEnabled());
    network.providers().forEach(name -> parts.add(network.provider(name)));
    if (!advanced) {
      parts.add(addresses.guestNetwork());
    }
    parts.add(addresses.pod());
    if (advanced) {
      parts.add(addresses.publicRange());
    }
    if (find.kind() == ZoneNetwork.BASIC) {
      parts.add(addresses.guestRange());
    }
    // Before secondary storage: its templates are seeded for the clusters of that moment.
    Stream.concat(Stream.of(site.zone().cluster()), assignment.workers().values().stream())
        .distinct()
        .filter(name -> hosts.ours(name) || find.cluster(living, name).isPresent())
        .forEach(name -> parts.add(hosts.cluster(name)));
    find.workers().forEach(node -> parts.add(hosts.host(node, assignment.cluster(node.name()))));
    parts.add(storage.primary());
    parts.add(storage.secondary());
    parts.add(zone.zoneEnabled());
    return parts;
  }

  /** Something in the cloud of which the site says nothing. */
  record Surplus(String kind, String name, String detail) {}

  /**
   * What the cloud has besides, where the site would name it. Guests and their networks are not.
   */
  List<Surplus> surplus(LivingCloud living) {
    List<Surplus> surplus = new ArrayList<>();
    living.list(Call.of("listZones")).stream()
        .filter(one -> !text(one, "name").equals(site.zone().name()))
        .forEach(one -> surplus.add(new Surplus("zone", text(one, "name"), "")));
    Diagnosis another =
        Diagnoses.of(
            new Seen.AnotherPhysicalNetwork(),
            new Diagnoses.Context(find.manager(), find.manager()));
    String kept = network.physicalNetwork(living).map(one -> text(one, "id")).orElse("");
    find.inZone(living, Call.of("listPhysicalNetworks")).stream()
        .filter(one -> !text(one, "id").equals(kept))
        .forEach(one ->
            surplus.add(
                new Surplus(
                    "physical network",
                    text(one, "name"),
                    text(one, "state") + ", id " + text(one, "id") + "; " + another.remedy())));
    network.physicalNetwork(living).stream()
        .flatMap(one -> NetworkParts.traffic(living, one).stream())
        .map(one -> text(one, "traffictype"))
        .filter(type -> !network.labels().containsKey(type) && !type.equals(STORAGE_TRAFFIC))
        .forEach(type -> surplus.add(new Surplus("traffic type", type, "")));
    others(living, "listPods", Set.of(site.zone().pod()))
        .forEach(one -> surplus.add(new Surplus("pod", text(one, "name"), "")));
    addresses.ranges(living).stream()
        .filter(one -> !addresses.isOurs(one))
        .forEach(one ->
            surplus.add(
                new Surplus(
                    find.kind() == ZoneNetwork.ADVANCED ? "public range" : "guest range",
                    text(one, "startip") + "-" + text(one, "endip"),
                    "")));
    Set<String> clusters = Set.copyOf(hosts.assignment(living).workers().values());
    others(living, "listClusters", clusters)
        .filter(one -> !hosts.ours(text(one, "name")))
        .forEach(one -> surplus.add(new Surplus("cluster", text(one, "name"), "")));
    find.hosts(living).stream()
        .filter(one ->
            find.isIn(living, one) && find.workers().stream().noneMatch(CloudHost.of(one)::is))
        .forEach(one ->
            surplus.add(
                new Surplus(
                    "host",
                    text(one, "name"),
                    text(one, "ipaddress") + " in " + text(one, "clustername"))));
    String primary = storage.primary(living).map(one -> text(one, "id")).orElse("");
    others(living, "listStoragePools", Set.of())
        .filter(one -> !text(one, "id").equals(primary))
        .forEach(one -> surplus.add(new Surplus("primary storage", text(one, "name"), "")));
    String secondary = storage.secondary(living).map(one -> text(one, "id")).orElse("");
    others(living, "listImageStores", Set.of())
        .filter(one -> !text(one, "id").equals(secondary))
        .forEach(one ->
            surplus.add(new Surplus("secondary storage", text(one, "name"), text(one, "url"))));
    return surplus;
  }

  private Stream<JsonNode> others(LivingCloud living, String list, Set<String> known) {
    return find.inZone(living, Call.of(list)).stream()
        .filter(one -> !known.contains(text(one, "name")));
  }
}
