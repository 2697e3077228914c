package org.barestack.model;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One machine, resolved from its profile and its own overrides.
 *
 * @param address its static address in the management network
 * @param nics its network interfaces: the site's name for each and its MAC address, in the order of
 *     the file; the first one boots
 * @param links what is made of the interfaces, in the order of the file
 * @param bridges Linux bridges by name, and the link below each
 * @param carries which bridge (or link, where there is no bridge) carries which traffic
 * @param os the disk, or with more than one the members of a RAID1, that the system goes to
 * @param kernelArgs for the installer and the installed system, in order
 * @param packages beyond those of the role
 * @param scripts the site's own firstboot steps
 * @param bmc its management controller; null if it has none
 */
public record Node(
    NodeName name,
    Role role,
    Ipv4 address,
    Map<String, MacAddress> nics,
    List<Link> links,
    Map<String, String> bridges,
    Map<Traffic, String> carries,
    List<DiskRule> os,
    Firmware firmware,
    LocalBoot localBoot,
    BootOrder bootOrder,
    List<String> kernelArgs,
    List<String> packages,
    List<SiteScript> scripts,
    @Nullable Bmc bmc) {
  public Node {
    nics = Collections.unmodifiableMap(new LinkedHashMap<>(nics));
    links = List.copyOf(links);
    bridges = Collections.unmodifiableMap(new LinkedHashMap<>(bridges));
    carries = Collections.unmodifiableMap(new LinkedHashMap<>(carries));
    os = List.copyOf(os);
    kernelArgs = List.copyOf(kernelArgs);
    packages = List.copyOf(packages);
    scripts = List.copyOf(scripts);
  }

  /** The interface that boots: the first one named. */
  public MacAddress bootMac() {
    return nics.values().iterator().next();
  }

  /** What CloudStack calls a kind of traffic. */
  public enum Traffic {
    MANAGEMENT,
    PUBLIC,
    GUEST
  }

  /** How the machine's firmware starts. */
  public enum Firmware {
    BIOS,
    UEFI,
    /** UEFI with Secure Boot: it starts only what is signed, so shim and GRUB in iPXE's place. */
    UEFI_SECURE
  }

  /** How a machine that came to us by network is sent to its own disk. */
  public enum LocalBoot {
    /** What is known to work for its firmware: {@link #SANBOOT} on BIOS, {@link #EXIT} on UEFI. */
    AUTO,
    /** The loader returns to the firmware, which tries its next boot entry. */
    EXIT,
    /** iPXE starts the first disk; on UEFI only builds newer than 2019 can. */
    SANBOOT,
    /** On UEFI the loader starts the one on the EFI system partition; not for BIOS. */
    CHAIN
  }

  /** Which boot entry of the firmware stands first after an install. */
  public enum BootOrder {
    /** The network, so that each next decision is ours. */
    NETWORK_FIRST,
    /** The disk; a reinstall then needs {@code efibootmgr --bootnext}, a boot menu or a BMC. */
    DISK_FIRST
  }

  /** Linux bonding modes that keep working with bridges on top. */
  public enum BondMode {
    LACP("802.3ad"),
    ACTIVE_BACKUP("active-backup"),
    BALANCE_XOR("balance-xor");

    private final String kernelName;

    BondMode(String kernelName) {
      this.kernelName = kernelName;
    }

    /** As the kernel's bonding driver and NetworkManager write it. */
    @Override
    public String toString() {
      return kernelName;
    }
  }

  /**
   * A network connection: one interface, or several in a bond, with or without a VLAN tag. Links
   * that name the same ports share them, each with its own tag.
   *
   * @param ports names out of {@link Node#nics}
   * @param bond how several ports become one; null with a single port
   * @param vlan VLAN id, 1 to 4094; null if untagged
   * @param mtu octets; null for the network's default
   */
  public record Link(
      String name,
      List<String> ports,
      @Nullable BondMode bond,
      @Nullable Integer vlan,
      @Nullable Integer mtu) {
    public Link {
      ports = List.copyOf(ports);
    }
  }

  /** Which disk of the machine is meant. */
  public sealed interface DiskRule {
    /** The serial number that the disk reports. */
    record Serial(String serial) implements DiskRule {}

    /** The World Wide Name that the disk reports, {@code 0x5000c500a1b2c3d4}. */
    record Wwn(String wwn) implements DiskRule {}

    /** A kernel or udev path, {@code /dev/disk/by-path/pci-0000:00:1f.2-ata-1}. */
    record DevicePath(String path) implements DiskRule {}

    /**
     * The smallest disk whose size lies between both.
     *
     * @param minimum octets
     * @param maximum octets; null for no upper limit
     */
    record Size(long minimum, @Nullable Long maximum) implements DiskRule {}
  }

  /**
   * A step of the site's own that runs on first boot.
   *
   * @param order 0 to 99, among the numbers of the role's steps
   * @param name file name without folder and extension
   * @param body the script's text
   */
  public record SiteScript(int order, String name, String body) {}

  /** A management controller that speaks Redfish. */
  public record Bmc(URI redfish) {}
}
