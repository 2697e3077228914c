package org.barestack.model;

/**
 * An IPv4 network.
 *
 * @param network its first address; host bits are zero
 * @param prefix length of the network part in bits, 1 to 30
 */
public record Subnet(Ipv4 network, int prefix) {
  public Subnet {
    if (prefix < 1 || prefix > 30) {
      throw new IllegalArgumentException("prefix length " + prefix + " is not between 1 and 30");
    }
    if ((network.bits() & ~mask(prefix)) != 0) {
      throw new IllegalArgumentException(
          network
              + "/"
              + prefix
              + " has host bits set; the network is "
              + new Ipv4(network.bits() & mask(prefix))
              + "/"
              + prefix);
    }
  }

  /**
   * Reads {@code 192.168.50.0/24}.
   *
   * @throws IllegalArgumentException if it is no network in that form
   */
  public static Subnet parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
      throw new IllegalArgumentException("not a network like 192.168.50.0/24: '" + text + "'");
    }
    return new Subnet(
        Ipv4.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  private static int mask(int prefix) {
    return -1 << (32 - prefix);
  }

  /** For example 255.255.255.0. */
  public Ipv4 netmask() {
    return new Ipv4(mask(prefix));
  }

  /** The directed broadcast address, the network's last. */
  public Ipv4 broadcast() {
    return new Ipv4(network.bits() | ~mask(prefix));
  }

  /** Whether the address lies in this network, its first and last included. */
  public boolean contains(Ipv4 address) {
    return (address.bits() & mask(prefix)) == network.bits();
  }

  /** Whether any address lies in both. */
  public boolean overlaps(Subnet other) {
    return contains(other.network) || other.contains(network);
  }

  /** Whether a host may have the address: in the network, neither its first nor its last. */
  public boolean isHost(Ipv4 address) {
    return contains(address) && !address.equals(network) && !address.equals(broadcast());
  }

  @Override
  public String toString() {
    return network + "/" + prefix;
  }
}
