package org.barestack.site;

import java.net.URI;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.AddressRange;
import org.barestack.model.Architecture;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Site.VlanRange;
import org.barestack.model.Subnet;
import org.barestack.model.Trust;
import org.barestack.site.Value.Mapping;
import org.jspecify.annotations.Nullable;

/**
 * A document that follows the schema to a {@link Site}: what the schema cannot say, and the
 * defaults that depend on other keys.
 */
final class SiteReader {
  /** Ids that the installed system already has or that we write. */
  private static final Set<String> OUR_REPOSITORIES =
      Set.of("baseos", "appstream", "extras", "crb", "epel", "cloudstack");

  /** Accounts that packages of ours create. */
  private static final Set<String> SYSTEM_USERS = Set.of("root", "cloud", "mysql", "qemu");

  private final Reading reading;
  private final Value root;
  private final Path folder;
  private final Set<Role> knownRoles;

  SiteReader(Reading reading, Value root, Path folder, Set<Role> knownRoles) {
    this.reading = reading;
    this.root = root;
    this.folder = folder;
    this.knownRoles = knownRoles;
  }

  /**
   * The site. It may be used only if no error was reported.
   *
   * @throws Reading.Reported if it cannot be made
   */
  Site read() {
    // Each section alone first: what is wrong with one must not hide the problems of the next.
    List<Supplier<?>> sections =
        List.of(
            this::name,
            this::time,
            this::localization,
            this::rocky,
            this::cloudStack,
            this::repositories,
            this::provisioning,
            this::management,
            this::publicNetwork,
            this::guestVlans,
            this::guestCidr,
            this::access,
            this::workers,
            this::storage,
            this::zone,
            () -> Optional.ofNullable(backup()));
    sections.forEach(reading::attempt);
    List<NodeReader> readers = nodeReaders();
    List<Node> nodes = new ArrayList<>();
    readers.forEach(reader -> reading.attempt(reader::read).ifPresent(nodes::add));
    new AddressPlan(reading, root, this).check();
    new NodesCheck(reading, root.at("nodes"), readers).check(this::domain);
    return new Site(
        name(),
        time(),
        localization(),
        rocky(),
        cloudStack(),
        repositories(),
        provisioning(),
        new Site.Networks(management(), publicNetwork(), new Site.Guest(guestVlans(), guestCidr())),
        access(),
        workers(),
        storage(),
        zone(),
        backup(),
        nodes,
        Trust.NONE);
  }

  private String name() {
    return reading.text(root.at("site"));
  }

  private Site.Time time() {
    Value time = root.at("time");
    String zone = reading.text(time.at("zone"));
    if (!ZoneId.getAvailableZoneIds().contains(zone)) {
      reading.error(
          time.at("zone"),
          "there is no time zone " + Wording.quote(zone),
          Wording.suggestion(zone, ZoneId.getAvailableZoneIds(), "see timedatectl list-timezones"));
    }
    return new Site.Time(zone, reading.texts(time.at("ntp")));
  }

  private Site.Localization localization() {
    Value localization = root.at("localization");
    return new Site.Localization(
        reading.text(localization.at("language")), reading.text(localization.at("keyboard")));
  }

  private Site.Rocky rocky() {
    Value rocky = root.at("rocky");
    Architecture arch = reading.constant(Architecture.class, rocky.at("arch"));
    if (arch == Architecture.AARCH64) {
      reading.warn(
          rocky.at("arch"),
          "aarch64 is not tested, and CloudStack bundles no system VM template for it",
          "try it on one machine first");
    }
    return new Site.Rocky(
        reading.text(rocky.at("release")),
        arch,
        reading.optional(rocky.at("tree"), URI::create).orElse(null));
  }

  private Site.CloudStack cloudStack() {
    Value cloudstack = root.at("cloudstack");
    String version = reading.text(cloudstack.at("version"));
    if (cloudstack.at("key").isNothing()) {
      reading.warn(
          cloudstack.at("key"),
          "CloudStack's packages are installed without a signature check",
          "give the URL of their key, or the URL of a mirror with packages that you checked");
    }
    // CloudStack 4.22's release notes: Enterprise Linux 10 supported; 4.20.1's: preview.
    if (rocky().major() == 10 && Integer.parseInt(version.substring(2)) < 22) {
      reading.warn(
          cloudstack.at("version"),
          "CloudStack before 4.22 knows Enterprise Linux 10 only as a preview",
          "take 4.22, or Rocky 9");
    }
    return new Site.CloudStack(
        version,
        reading
            .optional(cloudstack.at("url"), URI::create)
            .orElseGet(() ->
                URI.create(
                    "https://download.cloudstack.org/el/%d/%s/"
                        .formatted(rocky().major(), version))),
        reading.optional(cloudstack.at("key"), URI::create).orElse(null),
        systemVmTemplate(cloudstack.at("system_vm_template")));
  }

  private Site.@Nullable SystemVmTemplate systemVmTemplate(Value template) {
    return template.isNothing()
        ? null
        : new Site.SystemVmTemplate(
            reading.read(template.at("url"), URI::create), reading.text(template.at("sha512")));
  }

  private Site.@Nullable Backup backup() {
    Value backup = root.at("backup");
    if (backup.isNothing()) {
      return null;
    }
    return new Site.Backup(
        reading.text(backup.at("to")), backup.has("keep") ? reading.number(backup.at("keep")) : 7);
  }

  private Site.Repositories repositories() {
    Value repositories = root.at("repositories");
    Set<String> names = new HashSet<>(OUR_REPOSITORIES);
    return new Site.Repositories(
        reading.optional(repositories.at("mirror"), URI::create).orElse(null),
        reading.optional(repositories.at("epel"), URI::create).orElse(null),
        reading.list(repositories.at("extra"), value -> repository(value, names)),
        reading.optional(repositories.at("proxy"), URI::create).orElse(null));
  }

  private Site.Repository repository(Value value, Set<String> names) {
    String name = reading.text(value.at("name"));
    if (!names.add(name)) {
      reading.error(
          value.at("name"), "there is already a repository '" + name + "'", "rename this one");
    }
    if (value.at("key").isNothing()) {
      reading.warn(
          value.at("key"),
          "packages of '" + name + "' are installed without a signature check",
          "give the URL of their key");
    }
    return new Site.Repository(
        name,
        reading.read(value.at("url"), URI::create),
        reading.optional(value.at("key"), URI::create).orElse(null));
  }

  private Site.Provisioning provisioning() {
    Value provisioning = root.at("provisioning");
    Site.DhcpMode dhcp = reading.constant(Site.DhcpMode.class, provisioning.at("dhcp"));
    if (dhcp != Site.DhcpMode.FULL && provisioning.has("pool")) {
      reading.error(
          provisioning.at("pool"), "a pool is only for dhcp: full", "remove it, or set dhcp: full");
    }
    if (dhcp == Site.DhcpMode.FULL
        && !provisioning.has("pool")
        && !provisioningSubnet().equals(managementSubnet())) {
      reading.error(
          provisioning.at("pool"),
          "missing, and the nodes' own addresses are of another network",
          "give a pool, from which they get one while they install");
    }
    if (!provisioning.has("subnet") && management().vlan() != null) {
      reading.warn(
          provisioning.at("subnet"),
          "missing, and the management network is tagged, on which firmware cannot boot",
          "give the untagged network that machines boot on");
    }
    int secure = reading.number(provisioning.at("https_port"));
    if (secure == reading.number(provisioning.at("http_port"))) {
      reading.error(
          provisioning.at("https_port"), "is the same as http_port", "give each a port of its own");
    }
    return new Site.Provisioning(
        reading.text(provisioning.at("interface")),
        reading.ipv4(provisioning.at("address")),
        provisioningSubnet(),
        reading.number(provisioning.at("http_port")),
        secure,
        dhcp,
        provisioning.has("pool") ? reading.range(provisioning.at("pool")) : null,
        reading.texts(provisioning.at("discovery_control")).stream()
            .flatMap(firmware ->
                firmware.equals("bios")
                    ? Stream.of(ClientKind.BIOS_PXE)
                    : Stream.of(ClientKind.UEFI_X64_PXE, ClientKind.UEFI_ARM64_PXE))
            .collect(Collectors.toSet()),
        reading.constant(Node.Firmware.class, root.at("defaults").at("firmware")));
  }

  Subnet provisioningSubnet() {
    Value subnet = root.at("provisioning").at("subnet");
    return subnet.isNothing() ? managementSubnet() : reading.subnet(subnet);
  }

  Subnet managementSubnet() {
    return reading.subnet(root.at("networks").at("management").at("subnet"));
  }

  private Site.Management management() {
    Value management = root.at("networks").at("management");
    Ipv4 gateway = reading.ipv4(management.at("gateway"));
    return new Site.Management(
        managementSubnet(),
        gateway,
        management.has("dns")
            ? reading.list(management.at("dns"), reading::ipv4)
            : List.of(gateway),
        domain(),
        reading.optional(management.at("vlan"), Integer::valueOf).orElse(null),
        reading.range(management.at("system_vms")));
  }

  private String domain() {
    Value domain = root.at("networks").at("management").at("domain");
    return domain.isNothing() ? name() + ".internal" : reading.text(domain);
  }

  Site.PublicNetwork publicNetwork() {
    Value network = root.at("networks").at("public");
    var range = reading.range(network.at("range"));
    Subnet management = managementSubnet();
    boolean inside = management.contains(range.first()) && management.contains(range.last());
    for (String key : List.of("gateway", "netmask")) {
      if (!inside && !network.has(key)) {
        reading.error(
            network.at(key),
            "missing, and range lies outside " + management + ", the management network",
            "give gateway and netmask of the public network");
      }
    }
    return new Site.PublicNetwork(
        range,
        inside && !network.has("gateway")
            ? reading.ipv4(root.at("networks").at("management").at("gateway"))
            : reading.ipv4(network.at("gateway")),
        inside && !network.has("netmask")
            ? management.netmask()
            : reading.ipv4(network.at("netmask")),
        reading.optional(network.at("vlan"), Integer::valueOf).orElse(null));
  }

  private VlanRange guestVlans() {
    Value vlans = root.at("networks").at("guest").at("vlans");
    String[] ends = reading.text(vlans).split("-", 2);
    VlanRange guest = new VlanRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
    if (guest.first() > guest.last()) {
      throw reading.fatal(vlans, "the range ends before it begins", "put the lower id first");
    }
    for (String other : List.of("management", "public")) {
      reading.check(() ->
          reading
              .optional(root.at("networks").at(other).at("vlan"), Integer::valueOf)
              .filter(tag -> guest.first() <= tag && tag <= guest.last())
              .ifPresent(tag ->
                  reading.error(
                      vlans,
                      "holds VLAN " + tag + " of networks." + other,
                      "leave that id to it alone")));
    }
    return guest;
  }

  Subnet guestCidr() {
    return reading.subnet(root.at("networks").at("guest").at("cidr"));
  }

  private Site.Access access() {
    Value access = root.at("access");
    String user = reading.text(access.at("user"));
    if (SYSTEM_USERS.contains(user)) {
      reading.error(access.at("user"), user + " is a system account", "choose another name");
    }
    List<AddressRange> from =
        reading.list(access.at("from"), value -> reading.read(value, SiteReader::source));
    if (from.isEmpty()) {
      reading.note(
          access.at("from"),
          "none, so only the management node and Barestack reach the workers by SSH",
          "name the networks of people who shall");
    }
    return new Site.Access(
        user, reading.list(access.at("ssh_keys"), key -> reading.read(key, SshKey::parse)), from);
  }

  /** The addresses of a network, or a single one. */
  private static AddressRange source(String text) {
    if (!text.contains("/")) {
      return new AddressRange(Ipv4.parse(text), Ipv4.parse(text));
    }
    Subnet subnet = Subnet.parse(text);
    return new AddressRange(subnet.network(), subnet.broadcast());
  }

  private Site.Workers workers() {
    Value workers = root.at("workers");
    return new Site.Workers(
        reading.text(workers.at("guest_cpu")),
        reading.constant(Site.Isolation.class, workers.at("isolation")));
  }

  private Site.Storage storage() {
    Value storage = root.at("storage");
    if (!storage.at("mode").isNothing()) {
      reading.text(storage.at("mode"));
      reading.warn(
          storage.at("mode"),
          "the management node keeps all disks and templates: not for production",
          "use storage: {nfs: ..} there");
      return new Site.Storage.LabNfs();
    }
    URI primary = reading.read(storage.at("nfs").at("primary"), URI::create);
    URI secondary = reading.read(storage.at("nfs").at("secondary"), URI::create);
    if (primary.equals(secondary)) {
      reading.error(
          storage.at("nfs").at("secondary"),
          "the same as primary",
          "export a folder of its own: CloudStack would mix both");
    }
    return new Site.Storage.Nfs(primary, secondary);
  }

  Site.Zone zone() {
    Value zone = root.at("zone");
    return new Site.Zone(
        reading.text(zone.at("name")),
        reading.constant(Site.ZoneNetwork.class, zone.at("network")),
        reading.text(zone.at("pod")),
        reading.text(zone.at("cluster")));
  }

  /** One for each node whose profile is there. */
  List<NodeReader> nodeReaders() {
    var context =
        new NodeReader.Context(
            new WiringReader.Tags(
                reading.attempt(this::management).map(Site.Management::vlan),
                reading.attempt(this::publicNetwork).map(Site.PublicNetwork::vlan),
                root.at("networks").at("public").at("vlan"),
                reading.attempt(this::guestVlans)),
            folder,
            knownRoles);
    List<NodeReader> readers = new ArrayList<>();
    root.at("nodes")
        .entries()
        .forEach((name, node) ->
            reading
                .attempt(() -> withProfile(node))
                .ifPresent(value -> readers.add(new NodeReader(reading, name, value, context))));
    return readers;
  }

  /** The node's keys over those of its profile over those of {@code defaults}. */
  Value withProfile(Value node) {
    Value profile = node.at("profile");
    if (profile.isNothing()) {
      return merge(root.at("defaults"), node);
    }
    String name = reading.text(profile);
    Map<String, Value> profiles = root.at("profiles").entries();
    Value found = profiles.get(name);
    if (found == null) {
      throw reading.fatal(
          profile,
          "there is no profile '" + name + "'",
          Wording.suggestion(name, profiles.keySet()));
    }
    return merge(merge(root.at("defaults"), reading.readable(found)), node);
  }

  private static Value merge(Value base, Value over) {
    if (!(base instanceof Mapping lower && over instanceof Mapping upper)) {
      return over;
    }
    Map<String, Value> merged = new LinkedHashMap<>(lower.entries());
    upper
        .entries()
        .forEach((key, value) ->
            merged.merge(
                key, value, (below, above) -> key.equals("os") ? above : merge(below, above)));
    return new Mapping(upper.place(), merged);
  }
}
