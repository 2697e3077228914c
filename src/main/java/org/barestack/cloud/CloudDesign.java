package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.barestack.cloud.Part.Difference;
import org.barestack.cloud.Part.Fix;
import org.barestack.cloud.Part.Look;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.Node;
import org.barestack.model.Node.Traffic;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Site.ZoneNetwork;

/**
 * What a site wants of CloudStack, as parts in the order in which they are made. The order, and
 * what is asked of each call, were seen to work on CloudStack 4.22.
 */
final class CloudDesign {
  /** What is made is called so; a network that is there already may be called otherwise. */
  private static final String PHYSICAL_NETWORK = "physnet1";

  private static final String GUEST_NETWORK = "defaultGuestNetwork";
  private static final String OFFERING = "DefaultSharedNetworkOfferingWithSGService";

  /** Enabling a zone makes it by itself, with the label of management. */
  private static final String STORAGE_TRAFFIC = "Storage";

  /** States of a host in which only asking for a new connection helps. */
  private static final Set<String> LOST = Set.of("Down", "Disconnected", "Alert", "Error");

  private final Site site;
  private final Hypervisor hypervisor;

  CloudDesign(Site site, Hypervisor hypervisor) {
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

  /** Everything that the site wants, in the order in which it is made. */
  List<Part> parts(LivingCloud living) {
    boolean advanced = kind() == ZoneNetwork.ADVANCED;
    Assignment assignment = assignment(living);
    List<Part> parts = new ArrayList<>();
    // addHost gives hosts this address to connect to; wrong, it fails after five minutes.
    parts.add(setting("host", management().toString()));
    parts.add(setting("management.network.cidr", site.networks().management().subnet().toString()));
    parts.add(zone());
    parts.add(physicalNetwork());
    labels().forEach((traffic, label) -> parts.add(traffic(traffic, label)));
    if (advanced) {
      parts.add(guestVlans());
    }
    parts.add(physicalNetworkEnabled());
    providers().forEach(name -> parts.add(provider(name)));
    if (!advanced) {
      parts.add(guestNetwork());
    }
    parts.add(pod());
    if (advanced) {
      parts.add(publicRange());
    }
    if (kind() == ZoneNetwork.BASIC) {
      parts.add(guestRange());
    }
    // Before secondary storage: its templates are seeded for the clusters of that moment.
    Stream.concat(Stream.of(site.zone().cluster()), assignment.workers().values().stream())
        .distinct()
        .filter(name -> ours(name) || cluster(living, name).isPresent())
        .forEach(name -> parts.add(cluster(name)));
    workers().forEach(node -> parts.add(host(node, assignment.cluster(node.name()))));
    parts.add(primary());
    parts.add(secondary());
    parts.add(zoneEnabled());
    return parts;
  }

  private ZoneNetwork kind() {
    return site.zone().network();
  }

  private Ipv4 management() {
    return site.managementNode().address();
  }

  // --- Settings ---

  private static Part setting(String name, String wanted) {
    Call list = Call.of("listConfigurations", "name", name);
    return part(
        "setting",
        name,
        wanted,
        living ->
            living
                .named(list, name)
                .map(found ->
                    there(
                        mended(
                            "value",
                            text(found, "value"),
                            wanted,
                            Call.of("updateConfiguration", "name", name, "value", wanted),
                            found.path("isdynamic").asBoolean(true)
                                ? ""
                                : "takes effect when the management server is restarted")))
                .orElseGet(Look.Missing::new),
        _ -> List.of(Call.of("updateConfiguration", "name", name, "value", wanted)));
  }

  // --- Zone ---

  private Part zone() {
    Call create =
        Call.of(
            "createZone",
            "name",
            site.zone().name(),
            "networktype",
            networkType(),
            "dns1",
            dns(0),
            "internaldns1",
            dns(0));
    if (site.networks().management().dns().size() > 1) {
      create = create.with("dns2", dns(1));
    }
    Call made =
        switch (kind()) {
          case ADVANCED -> create.with("guestcidraddress", guestCidr());
          case ADVANCED_SECURITY_GROUPS -> create.with("securitygroupenabled", "true");
          case BASIC -> create;
        };
    return part(
        "zone",
        site.zone().name(),
        networkType() + (kind() == ZoneNetwork.ADVANCED_SECURITY_GROUPS ? ", security groups" : ""),
        living ->
            zone(living).map(found -> there(zoneDifferences(found))).orElseGet(Look.Missing::new),
        _ -> List.of(made));
  }

  private Stream<Difference> zoneDifferences(JsonNode zone) {
    String id = text(zone, "id");
    Fix otherKind =
        new Fix.Person(
            "CloudStack cannot turn a zone into one of another kind",
            "say zone.network in site.yaml as the zone is, or take it down with barestack cloud"
                + " destroy",
            true);
    return Stream.of(
            differs("networktype", text(zone, "networktype"), networkType(), otherKind),
            differs(
                "securitygroupsenabled",
                text(zone, "securitygroupsenabled"),
                Boolean.toString(kind() != ZoneNetwork.ADVANCED),
                otherKind),
            nameServer(zone, "dns1", dns(0)),
            nameServer(zone, "internaldns1", dns(0)),
            site.networks().management().dns().size() > 1
                ? nameServer(zone, "dns2", dns(1))
                : Stream.<Difference>empty(),
            kind() == ZoneNetwork.ADVANCED
                ? differs(
                    "guestcidraddress",
                    text(zone, "guestcidraddress"),
                    guestCidr(),
                    new Fix.Person(
                        "networks that exist keep theirs",
                        "say networks.guest.cidr in site.yaml as it is, or change it in the"
                            + " zone for networks to come: updateZone id="
                            + id
                            + " guestcidraddress="
                            + guestCidr(),
                        false))
                : Stream.<Difference>empty())
        .flatMap(each -> each);
  }

  private static Stream<Difference> nameServer(JsonNode zone, String field, String wanted) {
    return mended(
        field,
        text(zone, field),
        wanted,
        Call.of("updateZone", "id", text(zone, "id"), field, wanted),
        "system VMs that run have it when they are restarted");
  }

  private Part zoneEnabled() {
    return part(
        "zone enabled",
        site.zone().name(),
        "",
        living ->
            zone(living)
                .map(found ->
                    there(
                        mended(
                            "allocationstate",
                            text(found, "allocationstate"),
                            "Enabled",
                            enable(found),
                            "")))
                .orElseGet(Look.Missing::new),
        living -> List.of(enable(zone(living).orElseThrow())));
  }

  private static Call enable(JsonNode zone) {
    return Call.of("updateZone", "id", text(zone, "id"), "allocationstate", "Enabled");
  }

  private String networkType() {
    return kind() == ZoneNetwork.BASIC ? "Basic" : "Advanced";
  }

  private String dns(int index) {
    return site.networks().management().dns().get(index).toString();
  }

  private String guestCidr() {
    return site.networks().guest().cidr().toString();
  }

  /** The site's zone. */
  Optional<JsonNode> zone(LivingCloud living) {
    return living.named(Call.of("listZones"), site.zone().name());
  }

  private String zoneId(LivingCloud living) {
    return text(zone(living).orElseThrow(), "id");
  }

  /** What a list call finds in the site's zone; nothing where there is no zone. */
  List<JsonNode> inZone(LivingCloud living, Call list) {
    return zone(living)
        .map(zone -> living.list(list.with("zoneid", text(zone, "id"))))
        .orElse(List.of());
  }

  private Optional<JsonNode> named(LivingCloud living, Call list, String name) {
    return inZone(living, list.with("name", name)).stream()
        .filter(one -> text(one, "name").equals(name))
        .findFirst();
  }

  // --- Physical network ---

  private Part physicalNetwork() {
    return part(
        "physical network",
        PHYSICAL_NETWORK,
        "",
        living ->
            physicalNetwork(living)
                .<Look>map(_ -> there(Stream.empty()))
                .orElseGet(Look.Missing::new),
        living -> {
          Call create =
              Call.of("createPhysicalNetwork", "zoneid", zoneId(living), "name", PHYSICAL_NETWORK);
          return List.of(
              kind() == ZoneNetwork.BASIC ? create : create.with("isolationmethods", "VLAN"));
        });
  }

  /**
   * The one that is ours. CloudStack makes a second one of the same name without a word when the
   * call is repeated; then it is the one that carries traffic, else the first.
   */
  private Optional<JsonNode> physicalNetwork(LivingCloud living) {
    List<JsonNode> all = inZone(living, Call.of("listPhysicalNetworks"));
    List<JsonNode> named =
        all.stream().filter(one -> text(one, "name").equals(PHYSICAL_NETWORK)).toList();
    List<JsonNode> candidates = named.isEmpty() ? all : named;
    if (candidates.size() < 2) {
      return candidates.stream().findFirst();
    }
    return candidates.stream()
        .filter(one -> !traffic(living, one).isEmpty())
        .findFirst()
        .or(() -> candidates.stream().findFirst());
  }

  private static List<JsonNode> traffic(LivingCloud living, JsonNode physicalNetwork) {
    return living.list(
        Call.of("listTrafficTypes", "physicalnetworkid", text(physicalNetwork, "id")));
  }

  private Look physicalNetwork(LivingCloud living, Function<JsonNode, Look> look) {
    return physicalNetwork(living).map(look).orElseGet(Look.Missing::new);
  }

  private String physicalNetworkId(LivingCloud living) {
    return text(physicalNetwork(living).orElseThrow(), "id");
  }

  /** Kinds of traffic and the bridge of each; all workers of a site use the same ones. */
  private Map<String, String> labels() {
    Map<Traffic, String> carries =
        workers().stream().findFirst().map(Node::carries).orElse(Map.of());
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("Management", carries.getOrDefault(Traffic.MANAGEMENT, "cloudbr0"));
    if (kind() == ZoneNetwork.ADVANCED) {
      labels.put("Public", carries.getOrDefault(Traffic.PUBLIC, "cloudbr0"));
    }
    labels.put("Guest", carries.getOrDefault(Traffic.GUEST, "cloudbr0"));
    return labels;
  }

  private Part traffic(String type, String label) {
    return part(
        "traffic type",
        type,
        label,
        living ->
            physicalNetwork(
                living,
                network ->
                    traffic(living, network).stream()
                        .filter(one -> text(one, "traffictype").equals(type))
                        .findFirst()
                        .<Look>map(found ->
                            there(
                                differs(
                                    "kvmnetworklabel",
                                    text(found, "kvmnetworklabel"),
                                    label,
                                    relabel(living, found, label))))
                        .orElseGet(Look.Missing::new)),
        living ->
            List.of(
                Call.of(
                    "addTrafficType",
                    "physicalnetworkid",
                    physicalNetworkId(living),
                    "traffictype",
                    type,
                    "kvmnetworklabel",
                    label)));
  }

  /** A host is told the labels when it is added, and never again. */
  private Fix relabel(LivingCloud living, JsonNode traffic, String label) {
    Call update = Call.of("updateTrafficType", "id", text(traffic, "id"), "kvmnetworklabel", label);
    if (hosts(living).stream().noneMatch(host -> isIn(living, host))) {
      return new Fix.Mend(List.of(update), "");
    }
    return new Fix.Person(
        "hosts learn their bridges when they are added, and keep them",
        "say the bridge in site.yaml as it is; or take the hosts out (barestack teardown NODE), and"
            + " apply again",
        false);
  }

  private Part guestVlans() {
    String wanted = site.networks().guest().vlans().toString();
    Function<LivingCloud, Call> set =
        living -> Call.of("updatePhysicalNetwork", "id", physicalNetworkId(living), "vlan", wanted);
    return part(
        "guest VLANs",
        wanted,
        "",
        living ->
            physicalNetwork(
                living,
                network ->
                    text(network, "vlan").isEmpty()
                        ? new Look.Missing()
                        : there(
                            mended("vlan", text(network, "vlan"), wanted, set.apply(living), ""))),
        living -> List.of(set.apply(living)));
  }

  private Part physicalNetworkEnabled() {
    Function<LivingCloud, Call> set =
        living ->
            Call.of("updatePhysicalNetwork", "id", physicalNetworkId(living), "state", "Enabled");
    return part(
        "physical network enabled",
        PHYSICAL_NETWORK,
        "",
        living ->
            physicalNetwork(
                living,
                network ->
                    there(
                        mended("state", text(network, "state"), "Enabled", set.apply(living), ""))),
        living -> List.of(set.apply(living)));
  }

  private List<String> providers() {
    return kind() == ZoneNetwork.ADVANCED
        ? List.of("VirtualRouter", "VpcVirtualRouter", "InternalLbVm")
        : List.of("VirtualRouter", "SecurityGroupProvider");
  }

  private Part provider(String name) {
    return part(
        "provider",
        name,
        "",
        living ->
            physicalNetwork(
                living,
                network ->
                    provider(living, network, name)
                        .<Look>map(found ->
                            there(
                                differs(
                                    "state",
                                    text(found, "state"),
                                    "Enabled",
                                    new Fix.Mend(enableProvider(living, found, name), ""))))
                        .orElseGet(Look.Missing::new)),
        living -> {
          JsonNode network = physicalNetwork(living).orElseThrow();
          return provider(living, network, name)
              .map(found -> enableProvider(living, found, name))
              .orElseGet(() ->
                  List.of(
                      Call.of(
                          "addNetworkServiceProvider",
                          "physicalnetworkid",
                          text(network, "id"),
                          "name",
                          name)));
        });
  }

  private static Optional<JsonNode> provider(
      LivingCloud living, JsonNode physicalNetwork, String name) {
    return living.named(
        Call.of(
            "listNetworkServiceProviders",
            "physicalnetworkid",
            text(physicalNetwork, "id"),
            "name",
            name),
        name);
  }

  /** Its element first: without it the job fails with "Provider is not ready". */
  private static List<Call> enableProvider(LivingCloud living, JsonNode provider, String name) {
    String id = text(provider, "id");
    List<Call> calls = new ArrayList<>();
    String element =
        switch (name) {
          case "InternalLbVm" -> "InternalLoadBalancerElement";
          case "VirtualRouter", "VpcVirtualRouter" -> "VirtualRouterElement";
          default -> "";
        };
    if (!element.isEmpty()) {
      living.list(Call.of("list" + element + "s", "nspid", id)).stream()
          .filter(one -> text(one, "nspid").equals(id) && !one.path("enabled").asBoolean())
          .forEach(one ->
              calls.add(Call.of("configure" + element, "id", text(one, "id"), "enabled", "true")));
    }
    calls.add(Call.of("updateNetworkServiceProvider", "id", id, "state", "Enabled"));
    return calls;
  }

  // --- Addresses ---

  private Part pod() {
    Site.Management network = site.networks().management();
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("gateway", network.gateway().toString());
    wanted.put("netmask", network.subnet().netmask().toString());
    wanted.put("startip", network.systemVms().first().toString());
    wanted.put("endip", network.systemVms().last().toString());
    return part(
        "pod",
        site.zone().pod(),
        network.systemVms().toString(),
        living ->
            podOf(living)
                .<Look>map(found ->
                    there(
                        wanted.entrySet().stream()
                            .flatMap(field ->
                                differs(
                                    field.getKey(),
                                    text(found, field.getKey()),
                                    field.getValue(),
                                    addressesInUse("networks.management")))))
                .orElseGet(Look.Missing::new),
        living ->
            List.of(
                new Call("createPod", wanted)
                    .with("zoneid", zoneId(living))
                    .with("name", site.zone().pod())));
  }

  private static Fix addressesInUse(String key) {
    return new Fix.Person(
        "system VMs and guests may be using what is there",
        "say "
            + key
            + " in site.yaml as it is, or change it in CloudStack's UI: Infrastructure, Zones",
        false);
  }

  private Optional<JsonNode> podOf(LivingCloud living) {
    return named(living, Call.of("listPods"), site.zone().pod());
  }

  private String podId(LivingCloud living) {
    return text(podOf(living).orElseThrow(), "id");
  }

  private Map<String, String> publicAddresses() {
    Site.PublicNetwork network = site.networks().publicNetwork();
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("gateway", network.gateway().toString());
    wanted.put("netmask", network.netmask().toString());
    wanted.put("startip", network.range().first().toString());
    wanted.put("endip", network.range().last().toString());
    return wanted;
  }

  private String publicVlan() {
    Integer vlan = site.networks().publicNetwork().vlan();
    return vlan == null ? "untagged" : vlan.toString();
  }

  private Part publicRange() {
    return part(
        "public range",
        site.networks().publicNetwork().range().toString(),
        "VLAN " + publicVlan(),
        living -> range(publicRanges(living)),
        living ->
            List.of(
                new Call("createVlanIpRange", publicAddresses())
                    .with("zoneid", zoneId(living))
                    .with("vlan", publicVlan())
                    .with("forvirtualnetwork", "true")));
  }

  private List<JsonNode> publicRanges(LivingCloud living) {
    return inZone(living, Call.of("listVlanIpRanges", "forvirtualnetwork", "true"));
  }

  /** The range of which addresses are ours: CloudStack refuses one that overlaps it. */
  private Look range(List<JsonNode> ranges) {
    return ranges.stream()
        .filter(this::isOurs)
        .findFirst()
        .<Look>map(found ->
            there(
                Stream.concat(
                    publicAddresses().entrySet().stream()
                        .flatMap(field ->
                            differs(
                                field.getKey(),
                                text(found, field.getKey()),
                                field.getValue(),
                                addressesInUse("networks.public"))),
                    differs(
                        "vlan",
                        text(found, "vlan"),
                        "vlan://" + publicVlan(),
                        addressesInUse("networks.public")))))
        .orElseGet(Look.Missing::new);
  }

  private boolean isOurs(JsonNode range) {
    try {
      return new AddressRange(Ipv4.parse(text(range, "startip")), Ipv4.parse(text(range, "endip")))
          .overlaps(site.networks().publicNetwork().range());
    } catch (IllegalArgumentException e) {
      return false; // a range of IPv6 addresses has no such fields
    }
  }

  private Part guestNetwork() {
    return part(
        "guest network",
        GUEST_NETWORK,
        kind() == ZoneNetwork.BASIC
            ? ""
            : site.networks().publicNetwork().range() + ", VLAN " + publicVlan(),
        living ->
            guestNetwork(living)
                .map(found ->
                    kind() == ZoneNetwork.BASIC
                        ? there(Stream.empty())
                        : sharedRange(living, found))
                .orElseGet(Look.Missing::new),
        living -> {
          Call create =
              Call.of(
                  "createNetwork",
                  "zoneid",
                  zoneId(living),
                  "name",
                  GUEST_NETWORK,
                  "displaytext",
                  GUEST_NETWORK,
                  "networkofferingid",
                  offering(living));
          if (kind() == ZoneNetwork.BASIC) {
            return List.of(create);
          }
          create = create.with("vlan", publicVlan());
          for (var field : publicAddresses().entrySet()) {
            create = create.with(field.getKey(), field.getValue());
          }
          return List.of(create);
        });
  }

  private Look sharedRange(LivingCloud living, JsonNode network) {
    Look look = range(guestRanges(living, network));
    return look instanceof Look.There
        ? look
        : there(
            differs(
                "range",
                "",
                site.networks().publicNetwork().range().toString(),
                addressesInUse("networks.public")));
  }

  private Optional<JsonNode> guestNetwork(LivingCloud living) {
    // Not asked for by name: what listNetworks makes of one is not known.
    return inZone(living, Call.of("listNetworks", "listall", "true")).stream()
        .filter(one -> text(one, "name").equals(GUEST_NETWORK))
        .findFirst();
  }

  private static List<JsonNode> guestRanges(LivingCloud living, JsonNode network) {
    return living.list(Call.of("listVlanIpRanges", "networkid", text(network, "id"))).stream()
        .filter(one -> text(one, "networkid").equals(text(network, "id")))
        .toList();
  }

  private static String offering(LivingCloud living) {
    Call list = Call.of("listNetworkOfferings", "name", OFFERING);
    return living
        .named(list, OFFERING)
        .map(found -> text(found, "id"))
        .orElseThrow(() ->
            new CloudException(
                new CloudException.Fault.Unexpected(
                    list, "this CloudStack has no network offering " + OFFERING)));
  }

  private Part guestRange() {
    return part(
        "guest range",
        site.networks().publicNetwork().range().toString(),
        "",
        living ->
            guestNetwork(living)
                .map(network -> range(guestRanges(living, network)))
                .orElseGet(Look.Missing::new),
        living ->
            List.of(
                new Call("createVlanIpRange", publicAddresses())
                    .with("podid", podId(living))
                    .with("networkid", text(guestNetwork(living).orElseThrow(), "id"))
                    .with("forvirtualnetwork", "false")));
  }

  // --- Clusters and hosts ---

  private boolean ours(String cluster) {
    String first = site.zone().cluster();
    return cluster.equals(first)
        || (cluster.startsWith(first + "-")
            && cluster.substring(first.length() + 1).matches("[0-9]+"));
  }

  private Part cluster(String name) {
    return new Part(
        "cluster",
        name,
        hypervisor.toString(),
        name,
        null,
        living ->
            cluster(living, name)
                .<Look>map(found ->
                    there(
                        differs(
                            "hypervisortype",
                            text(found, "hypervisortype"),
                            hypervisor.toString(),
                            new Fix.Person(
                                "a cluster has one kind of hosts for good",
                                "say another name for zone.cluster in site.yaml",
                                true))))
                .orElseGet(Look.Missing::new),
        living ->
            List.of(
                Call.of(
                    "addCluster",
                    "zoneid",
                    zoneId(living),
                    "podid",
                    podId(living),
                    "clustername",
                    name,
                    "hypervisor",
                    hypervisor.toString(),
                    "clustertype",
                    "CloudManaged")));
  }

  private Optional<JsonNode> cluster(LivingCloud living, String name) {
    return inZone(living, Call.of("listClusters")).stream()
        .filter(one -> text(one, "name").equals(name))
        .findFirst();
  }

  private Part host(Node node, String cluster) {
    return new Part(
        "host",
        node.name().text(),
        node.address() + " in " + cluster,
        cluster,
        node.name(),
        living ->
            host(living, node).<Look>map(found -> there(host(found))).orElseGet(Look.Missing::new),
        living -> {
          Call add =
              Call.of(
                  "addHost",
                  "zoneid",
                  zoneId(living),
                  "podid",
                  podId(living),
                  "clusterid",
                  text(cluster(living, cluster).orElseThrow(), "id"),
                  "hypervisor",
                  hypervisor.toString(),
                  "username",
                  "root");
          // CloudStack tries its own key first, which is in every worker; simulated hosts have
          // none, and there a password must be given.
          return List.of(
              hypervisor == Hypervisor.KVM
                  ? add.with("url", "http://" + node.address()).with("password", "")
                  : add.with("url", "http://sim/" + cluster + "/" + node.name())
                      .with("password", "simulated")
                      .with("hosttags", tag(node)));
        });
  }

  private Stream<Difference> host(JsonNode host) {
    String state = text(host, "state");
    return Stream.of(
            LOST.contains(state)
                ? mended(
                    "state",
                    state,
                    "Up",
                    Call.of("reconnectHost", "id", text(host, "id")),
                    "if it stays so: barestack teardown, then apply")
                : Stream.<Difference>empty(),
            differs(
                "zone",
                text(host, "zonename"),
                site.zone().name(),
                new Fix.Person(
                    "this address is a host of another zone",
                    "correct the worker's address in site.yaml, or take the host out of that zone",
                    false)))
        .flatMap(each -> each);
  }

  private static String tag(Node node) {
    return "barestack-" + node.name();
  }

  /** The host that a worker is. */
  Optional<JsonNode> host(LivingCloud living, Node node) {
    return hosts(living).stream().filter(host -> is(host, node)).findFirst();
  }

  /** The simulator makes up addresses, so there a host is known by its tag. */
  private boolean is(JsonNode host, Node node) {
    return hypervisor == Hypervisor.KVM
        ? text(host, "ipaddress").equals(node.address().toString())
        : List.of(text(host, "hosttags").split(",", -1)).contains(tag(node));
  }

  /** All hosts for guests, of all zones. */
  List<JsonNode> hosts(LivingCloud living) {
    return living.list(Call.of("listHosts", "type", "Routing"));
  }

  /** Whether something is in the site's zone. */
  private boolean isIn(LivingCloud living, JsonNode thing) {
    return zone(living).filter(zone -> text(zone, "id").equals(text(thing, "zoneid"))).isPresent();
  }

  private Assignment assignment(LivingCloud living) {
    Map<NodeName, String> already = new HashMap<>();
    Map<String, Integer> sizes = new HashMap<>();
    for (JsonNode host : hosts(living)) {
      if (isIn(living, host)) {
        sizes.merge(text(host, "clustername"), 1, Integer::sum);
      }
    }
    for (Node worker : workers()) {
      host(living, worker).ifPresent(host -> already.put(worker.name(), text(host, "clustername")));
    }
    return Assignment.of(
        site.zone().cluster(), workers().stream().map(Node::name).toList(), already, sizes);
  }

  // --- Storage ---

  private URI primaryUrl() {
    return switch (site.storage()) {
      case Site.Storage.LabNfs() -> URI.create("nfs://" + management() + "/export/primary");
      case Site.Storage.Nfs(URI primary, var _) -> primary;
    };
  }

  private URI secondaryUrl() {
    return switch (site.storage()) {
      case Site.Storage.LabNfs() -> URI.create("nfs://" + management() + "/export/secondary");
      case Site.Storage.Nfs(var _, URI secondary) -> secondary;
    };
  }

  private static Fix storageInUse(String key) {
    return new Fix.Person(
        "disks and templates lie there",
        "say " + key + " in site.yaml as it is, or move them first and take the storage down",
        false);
  }

  private Part primary() {
    URI url = primaryUrl();
    return part(
        "primary storage",
        "primary",
        url.toString(),
        living ->
            primary(living)
                .<Look>map(found ->
                    there(
                        Stream.concat(
                            differs(
                                "url",
                                "nfs://" + text(found, "ipaddress") + text(found, "path"),
                                url.toString(),
                                storageInUse("storage")),
                            differs(
                                "scope",
                                text(found, "scope"),
                                "ZONE",
                                new Fix.Person(
                                    "other clusters do not reach it",
                                    "take it down, and apply makes it for the whole zone",
                                    false)))))
                .orElseGet(Look.Missing::new),
        living ->
            List.of(
                Call.of(
                    "createStoragePool",
                    "zoneid",
                    zoneId(living),
                    "name",
                    "primary",
                    "scope",
                    "zone",
                    "hypervisor",
                    hypervisor.toString(),
                    "url",
                    url.toString())));
  }

  /** The primary storage that is ours. */
  Optional<JsonNode> primary(LivingCloud living) {
    List<JsonNode> pools = inZone(living, Call.of("listStoragePools"));
    return pools.stream()
        .filter(pool -> text(pool, "name").equals("primary"))
        .findFirst()
        .or(() ->
            pools.stream()
                .filter(pool ->
                    ("nfs://" + text(pool, "ipaddress") + text(pool, "path"))
                        .equals(primaryUrl().toString()))
                .findFirst());
  }

  private Part secondary() {
    URI url = secondaryUrl();
    return part(
        "secondary storage",
        "secondary",
        url.toString(),
        living ->
            secondary(living)
                .<Look>map(found ->
                    there(
                        differs(
                            "url", text(found, "url"), url.toString(), storageInUse("storage"))))
                .orElseGet(Look.Missing::new),
        living ->
            List.of(
                Call.of(
                    "addImageStore",
                    "zoneid",
                    zoneId(living),
                    "provider",
                    "NFS",
                    "name",
                    "secondary",
                    "url",
                    url.toString())));
  }

  /** By its URL too: CloudStack takes the same one again under another name. */
  private Optional<JsonNode> secondary(LivingCloud living) {
    List<JsonNode> stores = inZone(living, Call.of("listImageStores"));
    return stores.stream()
        .filter(store -> text(store, "name").equals("secondary"))
        .findFirst()
        .or(() ->
            stores.stream()
                .filter(store -> text(store, "url").equals(secondaryUrl().toString()))
                .findFirst());
  }

  // --- What is there and the site does not name ---

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
    String network = physicalNetwork(living).map(one -> text(one, "id")).orElse("");
    inZone(living, Call.of("listPhysicalNetworks")).stream()
        .filter(one -> !text(one, "id").equals(network))
        .forEach(one ->
            surplus.add(
                new Surplus(
                    "physical network",
                    text(one, "name"),
                    text(one, "state") + ", id " + text(one, "id"))));
    physicalNetwork(living).stream()
        .flatMap(one -> traffic(living, one).stream())
        .map(one -> text(one, "traffictype"))
        .filter(type -> !labels().containsKey(type) && !type.equals(STORAGE_TRAFFIC))
        .forEach(type -> surplus.add(new Surplus("traffic type", type, "")));
    others(living, "listPods", Set.of(site.zone().pod()))
        .forEach(one -> surplus.add(new Surplus("pod", text(one, "name"), "")));
    ranges(living).stream()
        .filter(one -> !isOurs(one))
        .forEach(one ->
            surplus.add(
                new Surplus(
                    kind() == ZoneNetwork.ADVANCED ? "public range" : "guest range",
                    text(one, "startip") + "-" + text(one, "endip"),
                    "")));
    Set<String> clusters = Set.copyOf(assignment(living).workers().values());
    others(living, "listClusters", clusters)
        .filter(one -> !ours(text(one, "name")))
        .forEach(one -> surplus.add(new Surplus("cluster", text(one, "name"), "")));
    hosts(living).stream()
        .filter(one -> isIn(living, one) && workers().stream().noneMatch(node -> is(one, node)))
        .forEach(one ->
            surplus.add(
                new Surplus(
                    "host",
                    text(one, "name"),
                    text(one, "ipaddress") + " in " + text(one, "clustername"))));
    String primary = primary(living).map(one -> text(one, "id")).orElse("");
    others(living, "listStoragePools", Set.of())
        .filter(one -> !text(one, "id").equals(primary))
        .forEach(one -> surplus.add(new Surplus("primary storage", text(one, "name"), "")));
    String secondary = secondary(living).map(one -> text(one, "id")).orElse("");
    others(living, "listImageStores", Set.of())
        .filter(one -> !text(one, "id").equals(secondary))
        .forEach(one ->
            surplus.add(new Surplus("secondary storage", text(one, "name"), text(one, "url"))));
    return surplus;
  }

  private List<JsonNode> ranges(LivingCloud living) {
    return kind() == ZoneNetwork.ADVANCED
        ? publicRanges(living)
        : guestNetwork(living).map(network -> guestRanges(living, network)).orElse(List.of());
  }

  private Stream<JsonNode> others(LivingCloud living, String list, Set<String> known) {
    return inZone(living, Call.of(list)).stream().filter(one -> !known.contains(text(one, "name")));
  }

  // --- Words ---

  private static Part part(
      String kind,
      String name,
      String detail,
      Function<LivingCloud, Look> look,
      Function<LivingCloud, List<Call>> make) {
    return new Part(kind, name, detail, null, null, look, make);
  }

  private static Look there(Stream<Difference> differences) {
    return new Look.There(differences.toList());
  }

  private static Stream<Difference> differs(String field, String is, String wanted, Fix fix) {
    return is.equals(wanted) ? Stream.empty() : Stream.of(new Difference(field, is, wanted, fix));
  }

  private static Stream<Difference> mended(
      String field, String is, String wanted, Call call, String note) {
    return differs(field, is, wanted, new Fix.Mend(List.of(call), note));
  }
}
