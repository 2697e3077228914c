package org.barestack.render;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;

/**
 * Site and node as templates see them: maps of plain names, lists, strings, numbers, booleans. What
 * is not set is an empty string, 0 or false, never missing. kickstart-templates/README.md lists
 * every name; a test holds it to that.
 */
final class Views {
  private Views() {}

  static Map<String, Object> site(Site site) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", site.name());
    view.put("domain", site.networks().management().domain());
    view.put("time_zone", site.time().zone());
    view.put("ntp", site.time().ntp());
    view.put("language", site.localization().language());
    view.put("locale", site.localization().language().split("[.@]", 2)[0]);
    view.put("keyboard", site.localization().keyboard());
    view.put(
        "rocky",
        Map.of(
            "release", site.rocky().release(),
            "major", site.rocky().major(),
            "arch", site.rocky().arch().toString()));
    view.put(
        "cloudstack",
        Map.of(
            "version", site.cloudstack().version(),
            "url", site.cloudstack().url().toString(),
            "key", text(site.cloudstack().key()),
            "system_vm_template", template(site.cloudstack().systemVmTemplate())));
    view.put("repositories", repositories(site.repositories()));
    view.put("networks", networks(site.networks()));
    view.put(
        "access",
        Map.of(
            "user", site.access().user(),
            "ssh_keys", site.access().sshKeys(),
            "from", site.access().from().stream().map(Views::source).toList()));
    view.put("workers", workers(site));
    view.put("server", site.provisioning().address().toString());
    view.put("storage", storage(site.storage()));
    view.put(
        "zone",
        Map.of(
            "name", site.zone().name(),
            "network", site.zone().network().name().toLowerCase(Locale.ROOT),
            "pod", site.zone().pod(),
            "cluster", site.zone().cluster()));
    view.put("secure_url", site.secureUrl().toString());
    view.put(
        "trust",
        Map.of(
            "ca", site.trust().ca(),
            "manager_ssh_key", site.trust().managerSshKey(),
            "backup", site.trust().backup()));
    view.put("backup", backup(site.backup()));
    view.put("management_node", briefly(site, site.managementNode()));
    view.put("nodes", site.nodes().stream().map(node -> briefly(site, node)).toList());
    return view;
  }

  private static Map<String, Object> template(Site.@Nullable SystemVmTemplate template) {
    return template == null
        ? Map.of("url", "", "sha512", "")
        : Map.of("url", template.url().toString(), "sha512", template.sha512());
  }

  private static Map<String, Object> backup(Site.@Nullable Backup backup) {
    return backup == null
        ? Map.of("to", "", "keep", 0)
        : Map.of("to", backup.to(), "keep", backup.keep());
  }

  private static Map<String, Object> briefly(Site site, Node node) {
    return Map.of(
        "name", node.name().text(),
        "fqdn", site.fqdn(node),
        "role", node.role().name(),
        "address", node.address().toString());
  }

  /** As nftables writes it, which takes no range of a single address. */
  private static String source(AddressRange range) {
    return range.size() == 1 ? range.first().toString() : range.toString();
  }

  /** CloudStack's agent has a mode, and a model only for the mode that names one. */
  private static Map<String, Object> workers(Site site) {
    Site.Workers workers = site.workers();
    List<Ipv4> addresses =
        site.nodes().stream()
            .filter(node -> node.role().equals(Role.KVM_WORKER))
            .map(Node::address)
            .toList();
    boolean mode = workers.guestCpu().startsWith("host-");
    return Map.of(
        "guest_cpu_mode",
        mode ? workers.guestCpu() : "custom",
        "guest_cpu_model",
        mode ? "" : workers.guestCpu(),
        "migration",
        workers.isolation() == Site.Isolation.MIGRATION,
        "addresses",
        AddressRange.of(addresses).stream().map(Views::source).toList());
  }

  private static Map<String, Object> repositories(Site.Repositories repositories) {
    return Map.of(
        "mirror", folder(repositories.mirror()),
        "epel", folder(repositories.epel()),
        "proxy", text(repositories.proxy()),
        "extra",
            repositories.extra().stream()
                .map(extra ->
                    Map.of(
                        "name", extra.name(),
                        "url", extra.url().toString(),
                        "key", text(extra.key())))
                .toList());
  }

  private static Map<String, Object> networks(Site.Networks networks) {
    Site.Management management = networks.management();
    Site.PublicNetwork outside = networks.publicNetwork();
    return Map.of(
        "management",
        Map.of(
            "subnet", management.subnet().toString(),
            "prefix", management.subnet().prefix(),
            "netmask", management.subnet().netmask().toString(),
            "gateway", management.gateway().toString(),
            "dns", management.dns().stream().map(Ipv4::toString).toList(),
            "vlan", number(management.vlan()),
            "system_vms_first", management.systemVms().first().toString(),
            "system_vms_last", management.systemVms().last().toString()),
        "public",
        Map.of(
            "first", outside.range().first().toString(),
            "last", outside.range().last().toString(),
            "gateway", outside.gateway().toString(),
            "netmask", outside.netmask().toString(),
            "vlan", number(outside.vlan())),
        "guest",
        Map.of(
            "first_vlan",
            networks.guest().vlans().first(),
            "last_vlan",
            networks.guest().vlans().last()));
  }

  private static Map<String, Object> storage(Site.Storage storage) {
    return switch (storage) {
      case Site.Storage.LabNfs() -> Map.of("lab", true, "primary", "", "secondary", "");
      case Site.Storage.Nfs(URI primary, URI secondary) ->
          Map.of("lab", false, "primary", primary.toString(), "secondary", secondary.toString());
    };
  }

  static Map<String, Object> node(Site site, Node node) {
    Map<String, Object> view = new LinkedHashMap<>(briefly(site, node));
    view.put("boot_mac", node.bootMac().text());
    view.put("firmware", node.firmware().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    view.put("uefi", node.firmware() != Node.Firmware.BIOS);
    view.put("network_first", node.bootOrder() == Node.BootOrder.NETWORK_FIRST);
    view.put("kernel_args", node.kernelArgs());
    view.put("packages", node.packages());
    view.put("raid", node.os().size() > 1);
    view.put("disk_rules", node.os().stream().map(Views::rule).toList());
    view.put("profiles", NetworkProfile.of(site, node).stream().map(Views::profile).toList());
    view.put("carries", carries(node));
    return view;
  }

  private static Map<String, Object> carries(Node node) {
    Map<String, Object> view = new LinkedHashMap<>();
    for (Node.Traffic traffic : Node.Traffic.values()) {
      view.put(traffic.name().toLowerCase(Locale.ROOT), node.carries().getOrDefault(traffic, ""));
    }
    return view;
  }

  private static Map<String, Object> rule(DiskRule rule) {
    return switch (rule) {
      case DiskRule.Serial(String serial) -> Map.of("by", "serial", "values", List.of(serial));
      case DiskRule.Wwn(String wwn) -> Map.of("by", "wwn", "values", List.of(wwn));
      case DiskRule.DevicePath(String path) -> Map.of("by", "path", "values", List.of(path));
      case DiskRule.Size(long minimum, Long maximum) -> {
        List<Object> values = new ArrayList<>(List.of(minimum));
        if (maximum != null) {
          values.add(maximum);
        }
        yield Map.of("by", "size", "values", values);
      }
    };
  }

  static Map<String, Object> profile(NetworkProfile profile) {
    Map<String, Object> view = new LinkedHashMap<>();
    NetworkProfile controller = profile.controller();
    NetworkProfile parent = profile.parent();
    view.put("id", profile.id());
    view.put("uuid", profile.uuid().toString());
    view.put("type", profile.type());
    view.put("device", profile.device() == null ? "" : profile.device());
    view.put("mac", profile.mac() == null ? "" : profile.mac().text());
    view.put("controller", controller == null ? "" : controller.uuid().toString());
    view.put("controller_type", controller == null ? "" : controller.type());
    view.put("bond_mode", profile.bond() == null ? "" : profile.bond().toString());
    view.put("parent", parent == null ? "" : parent.uuid().toString());
    view.put("vlan", profile.vlan());
    view.put("mtu", profile.mtu());
    view.put("addressed", profile.addressed());
    return view;
  }

  private static String text(@Nullable URI uri) {
    return uri == null ? "" : uri.toString();
  }

  /** Templates go on with a slash. */
  private static String folder(@Nullable URI uri) {
    return text(uri).replaceAll("/+$", "");
  }

  private static int number(@Nullable Integer number) {
    return number == null ? 0 : number;
  }
}
