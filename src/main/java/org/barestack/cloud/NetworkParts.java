package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;
import static org.barestack.cloud.Part.differs;
import static org.barestack.cloud.Part.mended;
import static org.barestack.cloud.Part.there;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.barestack.cloud.Part.Fix;
import org.barestack.cloud.Part.Look;
import org.barestack.model.Node;
import org.barestack.model.Node.Traffic;
import org.barestack.model.Site;
import org.barestack.model.Site.ZoneNetwork;

/** The physical network and what it carries. */
final class NetworkParts {
  /** What is made is called so; a network that is there already may be called otherwise. */
  private static final String PHYSICAL_NETWORK = "physnet1";

  private final Site site;
  private final CloudFinder find;

  NetworkParts(Site site, CloudFinder find) {
    this.site = site;
    this.find = find;
  }

  Part physicalNetwork() {
    return Part.of(
        "physical network",
        PHYSICAL_NETWORK,
        "",
        living ->
            physicalNetwork(living)
                .<Look>map(_ -> there(Stream.empty()))
                .orElseGet(Look.Missing::new),
        living -> {
          Call create =
              Call.of(
                  "createPhysicalNetwork", "zoneid", find.zoneId(living), "name", PHYSICAL_NETWORK);
          return List.of(
              find.kind() == ZoneNetwork.BASIC ? create : create.with("isolationmethods", "VLAN"));
        });
  }

  /**
   * The one that is ours. CloudStack makes a second one of the same name without a word when the
   * call is repeated; then it is the one that carries traffic, else the first.
   */
  Optional<JsonNode> physicalNetwork(LivingCloud living) {
    List<JsonNode> all = find.inZone(living, Call.of("listPhysicalNetworks"));
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

  static List<JsonNode> traffic(LivingCloud living, JsonNode physicalNetwork) {
    return living.list(
        Call.of("listTrafficTypes", "physicalnetworkid", text(physicalNetwork, "id")));
  }

  Look physicalNetwork(LivingCloud living, Function<JsonNode, Look> look) {
    return physicalNetwork(living).map(look).orElseGet(Look.Missing::new);
  }

  private String physicalNetworkId(LivingCloud living) {
    return text(physicalNetwork(living).orElseThrow(), "id");
  }

  /** Kinds of traffic and the bridge of each; all workers of a site use the same ones. */
  Map<String, String> labels() {
    Map<Traffic, String> carries =
        find.workers().stream().findFirst().map(Node::carries).orElse(Map.of());
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("Management", carries.getOrDefault(Traffic.MANAGEMENT, "cloudbr0"));
    if (find.kind() == ZoneNetwork.ADVANCED) {
      labels.put("Public", carries.getOrDefault(Traffic.PUBLIC, "cloudbr0"));
    }
    labels.put("Guest", carries.getOrDefault(Traffic.GUEST, "cloudbr0"));
    return labels;
  }

  Part traffic(String type, String label) {
    return Part.of(
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
    if (find.hosts(living).stream().noneMatch(host -> find.isIn(living, host))) {
      return new Fix.Mend(List.of(update), "");
    }
    return new Fix.Person(
        "hosts learn their bridges when they are added, and keep them",
        "say the bridge in site.yaml as it is; or take the hosts out (barestack teardown NODE), and"
            + " apply again",
        false);
  }

  Part guestVlans() {
    String wanted = site.networks().guest().vlans().toString();
    Function<LivingCloud, Call> set =
        living -> Call.of("updatePhysicalNetwork", "id", physicalNetworkId(living), "vlan", wanted);
    return Part.of(
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

  Part physicalNetworkEnabled() {
    Function<LivingCloud, Call> set =
        living ->
            Call.of("updatePhysicalNetwork", "id", physicalNetworkId(living), "state", "Enabled");
    return Part.of(
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

  List<String> providers() {
    return find.kind() == ZoneNetwork.ADVANCED
        ? List.of("VirtualRouter", "VpcVirtualRouter", "InternalLbVm")
        : List.of("VirtualRouter", "SecurityGroupProvider");
  }

  Part provider(String name) {
    return Part.of(
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

  static Optional<JsonNode> provider(LivingCloud living, JsonNode physicalNetwork, String name) {
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
}
