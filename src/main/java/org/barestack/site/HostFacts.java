package org.barestack.site;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.barestack.model.Ipv4;
import org.barestack.model.Subnet;
import org.jspecify.annotations.Nullable;

/**
 * What a machine says of itself, as far as a site can be begun from it.
 *
 * @param nics its network interfaces in the kernel's order
 * @param dns its IPv4 name servers, without those of its own loopback
 * @param zone its time zone; null if it names none that is known
 * @param key a public SSH key of the user; null if there is none
 */
public record HostFacts(
    List<Nic> nics,
    Found<List<Ipv4>> dns,
    @Nullable Found<String> zone,
    @Nullable Found<String> key) {
  public HostFacts {
    nics = List.copyOf(nics);
  }

  /**
   * A value and where it was found.
   *
   * @param source a file, for people
   */
  public record Found<T>(T value, String source) {}

  /**
   * An address and the length of its network's prefix in bits.
   *
   * @param prefix 0 to 32
   */
  public record Address(Ipv4 ip, int prefix) {
    /** Its network; empty where that is too large or too small to be one of machines. */
    Optional<Subnet> subnet() {
      return prefix < 1 || prefix > 30
          ? Optional.empty()
          : Optional.of(new Subnet(new Ipv4(ip.bits() & -1 << (32 - prefix)), prefix));
    }

    @Override
    public String toString() {
      return ip + "/" + prefix;
    }
  }

  /** What lies behind an interface. */
  public enum Medium {
    WIRED,
    WIRELESS,
    LOOPBACK,
    /** Point to point: nobody else can be heard there. */
    TUNNEL
  }

  /**
   * A network interface.
   *
   * @param up whether it is switched on and has a link
   * @param addresses its IPv4 addresses
   * @param ipv6 whether it has an IPv6 address that is not link-local
   * @param uplink whether a default route goes by it
   * @param gateway where to; null if it is no uplink, or its route names nobody
   */
  public record Nic(
      String name,
      Medium medium,
      boolean up,
      List<Address> addresses,
      boolean ipv6,
      boolean uplink,
      @Nullable Ipv4 gateway) {
    /** As the site file takes them. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");

    private static final Pattern TUNNEL_NAME =
        Pattern.compile("(tun|tap|wg|ppp|tailscale|zt|ipsec|ip6?gre|gre|sit|vti|ip6tnl).*");

    /** Bridges and ports that containers and virtual machines bring along. */
    private static final Pattern VIRTUAL_NAME =
        Pattern.compile(
            "(docker|virbr|veth|vnet|cni|flannel|cali|cilium|lxc|lxd|incus|podman|kube|nodelocaldns"
                + "|vmnet|vboxnet|mpqemubr|dummy|ifb).*|br-[0-9a-f]{12}");

    public Nic {
      addresses = List.copyOf(addresses);
    }

    /** The address by which it could serve: the first one of a network of machines. */
    Optional<Address> address() {
      return addresses.stream()
          .filter(one -> one.subnet().isPresent() && !linkLocal(one))
          .findFirst();
    }

    /** RFC 3927: what a machine takes when nobody gave it an address. */
    private static boolean linkLocal(Address address) {
      return address.ip().bits() >>> 16 == 0xa9fe;
    }

    /** Why no machine could boot there, whatever its addresses; empty if one could. */
    Optional<String> unfit() {
      if (medium == Medium.LOOPBACK) {
        return Optional.of("the loopback");
      }
      if (medium == Medium.TUNNEL || TUNNEL_NAME.matcher(name).matches()) {
        return Optional.of("a tunnel");
      }
      return NAME.matcher(name).matches()
          ? Optional.empty()
          : Optional.of("its name does not fit into a site file");
    }

    /** Why it is not taken unless somebody says so; empty if it can be. */
    Optional<String> passedOver() {
      if (unfit().isPresent()) {
        return unfit();
      }
      if (VIRTUAL_NAME.matcher(name).matches()) {
        return Optional.of("of containers or virtual machines");
      }
      if (!up) {
        return Optional.of("down, or without a cable");
      }
      return address().isPresent() ? Optional.empty() : Optional.of(withoutAddress());
    }

    /** Why {@link #address()} is empty. */
    String withoutAddress() {
      if (!addresses.isEmpty()) {
        return "its address is of no network of machines";
      }
      return ipv6 ? "only IPv6, which is not built yet" : "no IPv4 address";
    }

    /** Its addresses, for people. */
    String addressText() {
      return addresses.isEmpty()
          ? "-"
          : addresses.stream().map(Address::toString).collect(Collectors.joining(" "));
    }
  }
}
