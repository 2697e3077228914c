package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;
import static org.barestack.cloud.Part.differs;
import static org.barestack.cloud.Part.mended;
import static org.barestack.cloud.Part.there;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.cloud.Part.Difference;
import org.barestack.cloud.Part.Fix;
import org.barestack.cloud.Part.Look;
import org.barestack.model.Site;
import org.barestack.model.Site.ZoneNetwork;

/** Global settings, and the zone itself. */
final class ZoneParts {
  private final Site site;
  private final CloudFinder find;

  ZoneParts(Site site, CloudFinder find) {
    this.site = site;
    this.find = find;
  }

  static Part setting(String name, String wanted) {
    Call list = Call.of("listConfigurations", "name", name);
    return Part.of(
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

  Part zone() {
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
        switch (find.kind()) {
          case ADVANCED -> create.with("guestcidraddress", guestCidr());
          case ADVANCED_SECURITY_GROUPS -> create.with("securitygroupenabled", "true");
          case BASIC -> create;
        };
    return Part.of(
        "zone",
        site.zone().name(),
        networkType()
            + (find.kind() == ZoneNetwork.ADVANCED_SECURITY_GROUPS ? ", security groups" : ""),
        living ->
            find.zone(living)
                .map(found -> there(zoneDifferences(found)))
                .orElseGet(Look.Missing::new),
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
                Boolean.toString(find.kind() != ZoneNetwork.ADVANCED),
                otherKind),
            nameServer(zone, "dns1", dns(0)),
            nameServer(zone, "internaldns1", dns(0)),
            site.networks().management().dns().size() > 1
                ? nameServer(zone, "dns2", dns(1))
                : Stream.<Difference>empty(),
            find.kind() == ZoneNetwork.ADVANCED
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

  Part zoneEnabled() {
    return Part.of(
        "zone enabled",
        site.zone().name(),
        "",
        living ->
            find.zone(living)
                .map(found ->
                    there(
                        mended(
                            "allocationstate",
                            text(found, "allocationstate"),
                            "Enabled",
                            enable(found),
                            "")))
                .orElseGet(Look.Missing::new),
        living -> List.of(enable(find.zone(living).orElseThrow())));
  }

  private static Call enable(JsonNode zone) {
    return Call.of("updateZone", "id", text(zone, "id"), "allocationstate", "Enabled");
  }

  private String networkType() {
    return find.kind() == ZoneNetwork.BASIC ? "Basic" : "Advanced";
  }

  private String dns(int index) {
    return site.networks().management().dns().get(index).toString();
  }

  private String guestCidr() {
    return site.networks().guest().cidr().toString();
  }
}
