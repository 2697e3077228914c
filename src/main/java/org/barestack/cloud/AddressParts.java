package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;
import static org.barestack.cloud.Part.differs;
import static org.barestack.cloud.Part.there;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.barestack.cloud.Part.Fix;
import org.barestack.cloud.Part.Look;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.Site;
import org.barestack.model.Site.ZoneNetwork;

/** Addresses: of system VMs, and of guests or their routers. */
final class AddressParts {
  private static final String GUEST_NETWORK = "defaultGuestNetwork";
  private static final String OFFERING = "DefaultSharedNetworkOfferingWithSGService";

  private final Site site;
  private final CloudFinder find;

  AddressParts(Site site, CloudFinder find) {
    this.site = site;
    this.find = find;
  }

  Part pod() {
    Site.Management network = site.networks().management();
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("gateway", network.gateway().toString());
    wanted.put("netmask", network.subnet().netmask().toString());
    wanted.put("startip", network.systemVms().first().toString());
    wanted.put("endip", network.systemVms().last().toString());
    return Part.of(
        "pod",
        site.zone().pod(),
        network.systemVms().toString(),
        living ->
            find.pod(living)
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
                    .with("zoneid", find.zoneId(living))
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

  Part publicRange() {
    return Part.of(
        "public range",
        site.networks().publicNetwork().range().toString(),
        "VLAN " + publicVlan(),
        living -> range(publicRanges(living)),
        living ->
            List.of(
                new Call("createVlanIpRange", publicAddresses())
                    .with("zoneid", find.zoneId(living))
                    .with("vlan", publicVlan())
                    .with("forvirtualnetwork", "true")));
  }

  private List<JsonNode> publicRanges(LivingCloud living) {
    return find.inZone(living, Call.of("listVlanIpRanges", "forvirtualnetwork", "true"));
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

  boolean isOurs(JsonNode range) {
    try {
      return new AddressRange(Ipv4.parse(text(range, "startip")), Ipv4.parse(text(range, "endip")))
          .overlaps(site.networks().publicNetwork().range());
    } catch (IllegalArgumentException e) {
      return false; // a range of IPv6 addresses has no such fields
    }
  }

  Part guestNetwork() {
    return Part.of(
        "guest network",
        GUEST_NETWORK,
        find.kind() == ZoneNetwork.BASIC
            ? ""
            : site.networks().publicNetwork().range() + ", VLAN " + publicVlan(),
        living ->
            guestNetwork(living)
                .map(found ->
                    find.kind() == ZoneNetwork.BASIC
                        ? there(Stream.empty())
                        : sharedRange(living, found))
                .orElseGet(Look.Missing::new),
        living -> {
          Call create =
              Call.of(
                  "createNetwork",
                  "zoneid",
                  find.zoneId(living),
                  "name",
                  GUEST_NETWORK,
                  "displaytext",
                  GUEST_NETWORK,
                  "networkofferingid",
                  offering(living));
          if (find.kind() == ZoneNetwork.BASIC) {
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

  Optional<JsonNode> guestNetwork(LivingCloud living) {
    // Not asked for by name: what listNetworks makes of one is not known.
    return find.inZone(living, Call.of("listNetworks", "listall", "true")).stream()
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

  Part guestRange() {
    return Part.of(
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
                    .with("podid", find.podId(living))
                    .with("networkid", text(guestNetwork(living).orElseThrow(), "id"))
                    .with("forvirtualnetwork", "false")));
  }

  List<JsonNode> ranges(LivingCloud living) {
    return find.kind() == ZoneNetwork.ADVANCED
        ? publicRanges(living)
        : guestNetwork(living).map(network -> guestRanges(living, network)).orElse(List.of());
  }
}
