package org.barestack.diff;

import static org.barestack.diff.Reach.CLOUD;
import static org.barestack.diff.Reach.NODES;
import static org.barestack.diff.Reach.NOTHING;
import static org.barestack.diff.Reach.SERVE;
import static org.barestack.diff.Reach.SERVE_START;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;

/**
 * What a site consists of beside its nodes, and who reads it. This is the one place that says so; a
 * test holds it to the components of {@link Site}.
 */
final class SiteFields {
  /**
   * One value.
   *
   * @param component the way to it from {@link Site}: {@code networks.publicNetwork.range}
   * @param key in the site file, or with its file in another one
   * @param reach who reads it
   */
  record Field(
      String component, String key, Function<Site, @Nullable Object> value, Set<Reach> reach) {}

  static final List<Field> ALL =
      List.of(
          field("name", "site", Site::name, NODES),
          field("time.zone", "time.zone", site -> site.time().zone(), NODES),
          field("time.ntp", "time.ntp", site -> site.time().ntp(), NODES),
          field(
              "localization.language",
              "localization.language",
              site -> site.localization().language(),
              NODES),
          field(
              "localization.keyboard",
              "localization.keyboard",
              site -> site.localization().keyboard(),
              NODES),
          field("rocky.release", "rocky.release", site -> site.rocky().release(), NODES, SERVE),
          field("rocky.arch", "rocky.arch", site -> site.rocky().arch(), NODES, SERVE),
          field("rocky.tree", "rocky.tree", site -> site.rocky().tree(), NODES, SERVE),
          field(
              "cloudstack.version",
              "cloudstack.version",
              site -> site.cloudstack().version(),
              NODES),
          field("cloudstack.url", "cloudstack.url", site -> site.cloudstack().url(), NODES),
          field("cloudstack.key", "cloudstack.key", site -> site.cloudstack().key(), NODES),
          field(
              "cloudstack.systemVmTemplate",
              "cloudstack.system_vm_template",
              site -> site.cloudstack().systemVmTemplate(),
              NODES),
          field(
              "repositories.mirror",
              "repositories.mirror",
              site -> site.repositories().mirror(),
              NODES),
          field(
              "repositories.epel", "repositories.epel", site -> site.repositories().epel(), NODES),
          field(
              "repositories.extra",
              "repositories.extra",
              site -> site.repositories().extra(),
              NODES),
          field(
              "repositories.proxy",
              "repositories.proxy",
              site -> site.repositories().proxy(),
              NODES),
          // serve opens its sockets and fills in what DHCP says once, at its start.
          field(
              "provisioning.networkInterface",
              "provisioning.interface",
              site -> site.provisioning().networkInterface(),
              SERVE_START),
          field(
              "provisioning.address",
              "provisioning.address",
              site -> site.provisioning().address(),
              NODES,
              SERVE_START),
          field(
              "provisioning.subnet",
              "provisioning.subnet",
              site -> site.provisioning().subnet(),
              SERVE_START),
          field(
              "provisioning.httpPort",
              "provisioning.http_port",
              site -> site.provisioning().httpPort(),
              NODES,
              SERVE_START),
          field(
              "provisioning.httpsPort",
              "provisioning.https_port",
              site -> site.provisioning().httpsPort(),
              NODES,
              SERVE_START),
          field(
              "provisioning.dhcp",
              "provisioning.dhcp",
              site -> site.provisioning().dhcp(),
              SERVE_START),
          field(
              "provisioning.pool",
              "provisioning.pool",
              site -> site.provisioning().pool(),
              SERVE_START),
          field(
              "provisioning.discoveryControl",
              "provisioning.discovery_control",
              site -> site.provisioning().discoveryControl().stream().sorted().toList(),
              SERVE_START),
          field(
              "provisioning.strangers",
              "defaults.firmware",
              site -> site.provisioning().strangers(),
              SERVE),
          field(
              "networks.management.subnet",
              "networks.management.subnet",
              site -> site.networks().management().subnet(),
              NODES,
              CLOUD,
              SERVE_START),
          field(
              "networks.management.gateway",
              "networks.management.gateway",
              site -> site.networks().management().gateway(),
              NODES,
              CLOUD,
              SERVE_START),
          field(
              "networks.management.dns",
              "networks.management.dns",
              site -> site.networks().management().dns(),
              NODES,
              CLOUD,
              SERVE_START),
          field(
              "networks.management.domain",
              "networks.management.domain",
              site -> site.networks().management().domain(),
              NODES,
              SERVE_START),
          field(
              "networks.management.vlan",
              "networks.management.vlan",
              site -> site.networks().management().vlan(),
              NODES),
          field(
              "networks.management.systemVms",
              "networks.management.system_vms",
              site -> site.networks().management().systemVms(),
              NODES,
              CLOUD),
          field(
              "networks.publicNetwork.range",
              "networks.public.range",
              site -> site.networks().publicNetwork().range(),
              NODES,
              CLOUD),
          field(
              "networks.publicNetwork.gateway",
              "networks.public.gateway",
              site -> site.networks().publicNetwork().gateway(),
              CLOUD),
          field(
              "networks.publicNetwork.netmask",
              "networks.public.netmask",
              site -> site.networks().publicNetwork().netmask(),
              CLOUD),
          field(
              "networks.publicNetwork.vlan",
              "networks.public.vlan",
              site -> site.networks().publicNetwork().vlan(),
              CLOUD),
          field(
              "networks.guest.vlans",
              "networks.guest.vlans",
              site -> site.networks().guest().vlans(),
              CLOUD),
          field(
              "networks.guest.cidr",
              "networks.guest.cidr",
              site -> site.networks().guest().cidr(),
              CLOUD),
          field("access.user", "access.user", site -> site.access().user(), NODES),
          field("access.sshKeys", "access.ssh_keys", site -> site.access().sshKeys(), NODES),
          field("access.from", "access.from", site -> site.access().from(), NODES),
          field("workers.guestCpu", "workers.guest_cpu", site -> site.workers().guestCpu(), NODES),
          field(
              "workers.isolation", "workers.isolation", site -> site.workers().isolation(), NODES),
          field("storage", "storage", Site::storage, NODES, CLOUD),
          field("zone.name", "zone.name", site -> site.zone().name(), CLOUD),
          field("zone.network", "zone.network", site -> site.zone().network(), CLOUD),
          field("zone.pod", "zone.pod", site -> site.zone().pod(), CLOUD),
          field("zone.cluster", "zone.cluster", site -> site.zone().cluster(), CLOUD),
          field("backup", "backup", Site::backup, NODES),
          // Their order, too: hosts go to clusters in it.
          field(
              "nodes",
              "nodes",
              site -> site.nodes().stream().map(Node::name).toList(),
              NODES,
              CLOUD),
          field(
              "trust.recipients",
              "secrets.pub.yaml: recipients",
              site -> site.trust().recipients(),
              NOTHING),
          field("trust.ca", "secrets.pub.yaml: ca", site -> site.trust().ca(), NODES, SERVE_START),
          field(
              "trust.managerSshKey",
              "secrets.pub.yaml: manager_ssh_key",
              site -> site.trust().managerSshKey(),
              NODES),
          field("trust.backup", "secrets.pub.yaml: backup", site -> site.trust().backup(), NODES));

  private SiteFields() {}

  private static Field field(
      String component,
      String key,
      Function<Site, @Nullable Object> value,
      Reach first,
      Reach... others) {
    return new Field(component, key, value, EnumSet.of(first, others));
  }

  static List<FieldChange> changes(Site before, Site after) {
    List<FieldChange> changes = new ArrayList<>();
    for (Field field : ALL) {
      Object old = field.value().apply(before);
      Object now = field.value().apply(after);
      if (!Objects.equals(old, now)) {
        changes.add(
            new FieldChange(
                field.key(),
                Values.text(old),
                Values.text(now),
                field.reach().stream()
                    .filter(reach -> reach != NODES)
                    .map(Reach::words)
                    .collect(Collectors.joining("; "))));
      }
    }
    return changes;
  }
}
