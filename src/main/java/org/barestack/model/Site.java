package org.barestack.model;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One site, as its {@code site.yaml} defines it, with every default filled in and every node
 * resolved from its profile.
 *
 * @param name what the site is called; lower-case letters, digits, inner hyphens
 * @param backup null for none
 * @param nodes in the order of the file
 * @param trust from {@code secrets.pub.yaml} beside it
 */
public record Site(
    String name,
    Time time,
    Localization localization,
    Rocky rocky,
    CloudStack cloudstack,
    Repositories repositories,
    Provisioning provisioning,
    Networks networks,
    Access access,
    Workers workers,
    Storage storage,
    Zone zone,
    @Nullable Backup backup,
    List<Node> nodes,
    Trust trust) {
  public Site {
    nodes = IndexedNodes.of(nodes);
  }

  /** The same site with the public parts of its secrets. */
  public Site with(Trust known) {
    return new Site(
        name,
        time,
        localization,
        rocky,
        cloudstack,
        repositories,
        provisioning,
        networks,
        access,
        workers,
        storage,
        zone,
        backup,
        nodes,
        known);
  }

  /** The node of that name. */
  public Optional<Node> node(NodeName name) {
    return IndexedNodes.of(nodes).find(name);
  }

  /** The node that owns a network interface with that address. */
  public Optional<Node> node(MacAddress mac) {
    return IndexedNodes.of(nodes).find(mac);
  }

  /** The node of that address. */
  public Optional<Node> node(Ipv4 address) {
    return IndexedNodes.of(nodes).find(address);
  }

  /** Whether the machine with that interface starts only what is signed. */
  public boolean secureBoot(MacAddress mac) {
    return node(mac).map(Node::firmware).orElse(provisioning.strangers())
        == Node.Firmware.UEFI_SECURE;
  }

  /** The one node that runs CloudStack's management server. */
  public Node managementNode() {
    return nodes.stream()
        .filter(node -> node.role().equals(Role.MANAGEMENT))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a checked site has a management node"));
  }

  /** The host name of a node with the site's domain. */
  public String fqdn(Node node) {
    return node.name() + "." + networks.management().domain();
  }

  /** Where nodes reach us by HTTP, without a final slash. */
  public URI baseUrl() {
    return URI.create("http://" + provisioning.address() + ":" + provisioning.httpPort());
  }

  /** Where nodes reach us by TLS, without a final slash. */
  public URI secureUrl() {
    return URI.create("https://" + provisioning.address() + ":" + provisioning.httpsPort());
  }

  /**
   * The clock of every node.
   *
   * @param zone a name of the IANA time zone database
   * @param ntp host names or addresses of time servers, at least one
   */
  public record Time(String zone, List<String> ntp) {
    public Time {
      ntp = List.copyOf(ntp);
    }
  }

  /**
   * Language and keyboard of the consoles.
   *
   * @param language a locale, {@code en_US.UTF-8}
   * @param keyboard a console key map, {@code us}
   */
  public record Localization(String language, String keyboard) {}

  /**
   * The release that nodes install.
   *
   * @param release major and minor, {@code 9.7}
   * @param tree URL of an install tree elsewhere; null when it is served from {@code
   *     http-root/releases}
   */
  public record Rocky(String release, Architecture arch, @Nullable URI tree) {
    /** 9 or 10. */
    public int major() {
      return Integer.parseInt(release.substring(0, release.indexOf('.')));
    }

    /** The folder below {@code http-root/releases}: {@code rocky-9.7-x86_64}. */
    public String folder() {
      return "rocky-" + release + "-" + arch;
    }
  }

  /**
   * Which CloudStack, and where its packages come from.
   *
   * @param version major and minor of CloudStack, {@code 4.22}
   * @param url its RPM repository
   * @param key URL of the key that signs its packages; null where they are unsigned
   * @param systemVmTemplate the template of system VMs; null where the packages bundle it
   */
  public record CloudStack(
      String version, URI url, @Nullable URI key, @Nullable SystemVmTemplate systemVmTemplate) {}

  /**
   * CloudStack's system VM template for KVM.
   *
   * @param sha512 in lower-case hexadecimal digits
   */
  public record SystemVmTemplate(URI url, String sha512) {}

  /**
   * Nightly backups of the management node.
   *
   * @param to {@code nfs://host/path}, or a folder of that node
   * @param keep how many stay
   */
  public record Backup(String to, int keep) {}

  /**
   * An RPM repository.
   *
   * @param key URL of its signing key; null switches the signature check off
   */
  public record Repository(String name, URI url, @Nullable URI key) {}

  /**
   * Where packages come from besides the install tree.
   *
   * @param mirror a mirror of Rocky's own repositories, with the folder of the release; null for
   *     Rocky's mirror list
   * @param epel a mirror of EPEL, with the folder of the release; null for Fedora's
   * @param proxy the HTTP proxy that nodes use for packages
   */
  public record Repositories(
      @Nullable URI mirror, @Nullable URI epel, List<Repository> extra, @Nullable URI proxy) {
    public Repositories {
      extra = List.copyOf(extra);
    }
  }

  /** How Barestack answers DHCP. */
  public enum DhcpMode {
    /** It is the only DHCP server of the network. */
    FULL,
    /** Another server gives addresses; this one only says what to boot. */
    PROXY,
    /**
     * Another server on this very host gives addresses and sends machines to port 4011, where this
     * one says what to boot.
     */
    PORT_4011,
    /** It does not listen. */
    OFF
  }

  /**
   * Where boot services answer.
   *
   * @param networkInterface the only interface they answer on, {@code eno1}
   * @param address our address there
   * @param subnet the network there
   * @param httpPort where boot services answer by HTTP
   * @param httpsPort where nodes get their secrets, by TLS
   * @param dhcp how DHCP is answered
   * @param pool addresses for machines that have no fixed one; only with {@link DhcpMode#FULL}
   * @param discoveryControl who is told by PXE's option 43 to boot the named file at once
   * @param strangers what machines that are no node are taken to have: {@code defaults.firmware}
   */
  public record Provisioning(
      String networkInterface,
      Ipv4 address,
      Subnet subnet,
      int httpPort,
      int httpsPort,
      DhcpMode dhcp,
      @Nullable AddressRange pool,
      Set<ClientKind> discoveryControl,
      Node.Firmware strangers) {
    public Provisioning {
      discoveryControl = Set.copyOf(discoveryControl);
    }
  }

  /** The networks of the cloud. */
  public record Networks(Management management, PublicNetwork publicNetwork, Guest guest) {}

  /**
   * The network of the nodes themselves.
   *
   * @param vlan its VLAN id on the nodes' links; null if untagged
   * @param systemVms the pod's addresses for CloudStack's system VMs
   */
  public record Management(
      Subnet subnet,
      Ipv4 gateway,
      List<Ipv4> dns,
      String domain,
      @Nullable Integer vlan,
      AddressRange systemVms) {
    public Management {
      dns = List.copyOf(dns);
    }
  }

  /**
   * Addresses by which guests reach the outside.
   *
   * @param vlan VLAN id; null if untagged
   */
  public record PublicNetwork(
      AddressRange range, Ipv4 gateway, Ipv4 netmask, @Nullable Integer vlan) {}

  /**
   * The guests' own networks.
   *
   * @param cidr what CloudStack proposes for them; only zones of kind {@link ZoneNetwork#ADVANCED}
   */
  public record Guest(VlanRange vlans, Subnet cidr) {}

  /** VLAN ids of guest networks, both ends included, 1 to 4094. */
  public record VlanRange(int first, int last) {
    @Override
    public String toString() {
      return first + "-" + last;
    }
  }

  /**
   * Who may log in to the nodes.
   *
   * @param user gets sudo
   * @param sshKeys public keys in OpenSSH's one-line form, at least one
   * @param from addresses from which workers are reached by SSH, besides the management node and
   *     this server
   */
  public record Access(String user, List<String> sshKeys, List<AddressRange> from) {
    public Access {
      sshKeys = List.copyOf(sshKeys);
      from = List.copyOf(from);
    }
  }

  /** What one worker may reach on another one. */
  public enum Isolation {
    /** No service. */
    STRICT,
    /** Only the ports of live migration. */
    MIGRATION
  }

  /**
   * What all KVM workers have in common.
   *
   * @param guestCpu the processor that guests see: {@code host-model}, {@code host-passthrough} or
   *     the name of a CPU model of libvirt
   */
  public record Workers(String guestCpu, Isolation isolation) {}

  /** Where CloudStack keeps disks and templates. */
  public sealed interface Storage {
    /** The management node exports both. Not for production. */
    record LabNfs() implements Storage {}

    /** NFS servers elsewhere: {@code nfs://host/path}. */
    record Nfs(URI primary, URI secondary) implements Storage {}
  }

  /** CloudStack's zone kinds. */
  public enum ZoneNetwork {
    ADVANCED,
    ADVANCED_SECURITY_GROUPS,
    BASIC
  }

  /** Names of CloudStack's zone and of the one pod and cluster that we begin with. */
  public record Zone(String name, ZoneNetwork network, String pod, String cluster) {}
}
