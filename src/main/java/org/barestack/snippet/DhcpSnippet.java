package org.barestack.snippet;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.model.Subnet;
import org.jspecify.annotations.Nullable;

/** A piece of configuration by which another DHCP server and Barestack serve one network. */
public final class DhcpSnippet {
  /** The DHCP servers that it can be written for. */
  public enum Program {
    DNSMASQ,
    KEA,
    ISC
  }

  /** Names the loader of each kind of client, on our TFTP and HTTP servers. */
  @FunctionalInterface
  public interface LoaderNames {
    /** As {@code pxe/loaders.yaml} has it for machines with or without Secure Boot. */
    Optional<String> name(ClientKind client, boolean secure);
  }

  /** Which machines a rule is for. */
  enum Machines {
    ALL,
    /** Those of {@link Special}. */
    SPECIAL,
    OTHERS
  }

  /**
   * Nodes that are told otherwise than machines that nobody knows, since just one of both has
   * Secure Boot.
   *
   * @param name of the class
   * @param macs of all their interfaces
   */
  record Special(String name, List<MacAddress> macs) {}

  /**
   * What a kind of client is told.
   *
   * @param name of the class; lower-case letters, digits, hyphens
   * @param machines those for special ones come before those for others
   * @param architectures in option 93; empty for iPXE, which is known by its user class
   * @param server which TFTP server, or whose port 4011; null where a URL says it
   * @param file a TFTP name or a URL; empty for who asks on port 4011
   * @param vendorClass option 60, without which the client ignores the answer; empty for none
   */
  record Rule(
      String name,
      Machines machines,
      List<Integer> architectures,
      @Nullable Ipv4 server,
      String file,
      String vendorClass) {}

  /**
   * A node that gets its own address.
   *
   * @param mac of the interface that boots
   */
  record Reservation(String name, String mac, Ipv4 address) {}

  /**
   * What is to be written.
   *
   * @param comment lines without the sign of a comment
   * @param listenOn the interface of the server; null where it runs on another host
   * @param router null where nodes must not route by that network
   * @param special null if no rule makes a difference
   */
  record Content(
      List<String> comment,
      @Nullable String listenOn,
      Subnet subnet,
      @Nullable Ipv4 router,
      List<Ipv4> dns,
      String domain,
      @Nullable Special special,
      List<Rule> rules,
      List<Reservation> reservations) {}

  private DhcpSnippet() {}

  /**
   * The configuration for the site's {@code provisioning.dhcp}, which is not {@code full}: then
   * there is no other server.
   */
  public static String of(Program program, Site site, LoaderNames loaders) {
    Content content = content(site, loaders);
    return switch (program) {
      case DNSMASQ -> Dnsmasq.text(content);
      case KEA -> Kea.text(content);
      case ISC -> Isc.text(content);
    };
  }

  private static Content content(Site site, LoaderNames loaders) {
    Site.Provisioning at = site.provisioning();
    Site.Management management = site.networks().management();
    boolean same = at.subnet().equals(management.subnet());
    Special special = special(site);
    return new Content(
        comment(site),
        at.dhcp() == Site.DhcpMode.PORT_4011 ? at.networkInterface() : null,
        at.subnet(),
        same ? management.gateway() : null,
        management.dns(),
        management.domain(),
        special,
        at.dhcp() == Site.DhcpMode.PROXY ? List.of() : new Rules(site, loaders, special).all(),
        site.nodes().stream()
            .filter(node -> at.subnet().isHost(node.address()))
            .map(DhcpSnippet::reservation)
            .toList());
  }

  private static @Nullable Special special(Site site) {
    boolean usual = site.provisioning().strangers() == Node.Firmware.UEFI_SECURE;
    List<MacAddress> macs =
        site.nodes().stream()
            .filter(node -> (node.firmware() == Node.Firmware.UEFI_SECURE) != usual)
            .flatMap(node -> node.nics().values().stream())
            .sorted()
            .toList();
    return macs.isEmpty() || site.provisioning().dhcp() == Site.DhcpMode.PROXY
        ? null
        : new Special(usual ? "no-secure-boot" : "secure-boot", macs);
  }

  private static Reservation reservation(Node node) {
    return new Reservation(node.name().text(), node.bootMac().text(), node.address());
  }

  private static List<String> comment(Site site) {
    String head = "Barestack, site " + site.name() + ", dhcp: ";
    return switch (site.provisioning().dhcp()) {
      case PROXY ->
          List.of(
              head + "proxy. This server needs no boot option: Barestack hears",
              "the same questions and names the boot file itself. It must name none (options 66",
              "and 67). The reservations are of use: nodes then have their own address from the",
              "first boot on.");
      case PORT_4011 ->
          List.of(
              head + "port-4011. This server is on the same host and has port 67.",
              "UEFI firmware is sent to Barestack on port 4011 by option 60, PXEClient, without a",
              "boot file. BIOS firmware, HTTP Boot and iPXE never go there by that alone: they get",
              "the boot file from here.");
      case OFF ->
          List.of(
              head + "off. Everything about booting comes from this server:",
              "iPXE or, with Secure Boot, shim for firmware, and the boot script for iPXE.");
      case FULL ->
          throw new IllegalArgumentException("with dhcp: full there is no other DHCP server");
    };
  }

  /** What each kind of client of a site is told. */
  private record Rules(Site site, LoaderNames loaders, @Nullable Special special) {
    List<Rule> all() {
      Rule ipxe =
          new Rule("ipxe", Machines.ALL, List.of(), null, site.baseUrl() + "/boot.ipxe", "");
      return Stream.concat(Stream.of(ipxe), Arrays.stream(ClientKind.values()).flatMap(this::rules))
          .toList();
    }

    private Stream<Rule> rules(ClientKind kind) {
      if (kind.ipxe() || kind.architecture() != site.rocky().arch()) {
        return Stream.empty();
      }
      boolean usual = site.provisioning().strangers() == Node.Firmware.UEFI_SECURE;
      // Who asks us on port 4011 is answered as its node is.
      if (special == null || !kind.uefi() || asksUs(kind)) {
        return rule(kind, Machines.ALL, usual).stream();
      }
      return Stream.of(rule(kind, Machines.SPECIAL, !usual), rule(kind, Machines.OTHERS, usual))
          .flatMap(Optional::stream);
    }

    private boolean asksUs(ClientKind kind) {
      return site.provisioning().dhcp() == Site.DhcpMode.PORT_4011 && kind.uefi() && !kind.http();
    }

    private Optional<Rule> rule(ClientKind kind, Machines machines, boolean secure) {
      String name =
          kind.name().toLowerCase(Locale.ROOT).replace('_', '-')
              + (machines == Machines.SPECIAL && special != null ? "-" + special.name() : "");
      Ipv4 us = site.provisioning().address();
      return loaders
          .name(kind, secure)
          .map(file ->
              kind.http()
                  ? new Rule(
                      name,
                      machines,
                      kind.architectures(),
                      null,
                      site.baseUrl() + "/loaders/" + file,
                      "HTTPClient")
                  : new Rule(
                      name,
                      machines,
                      kind.architectures(),
                      us,
                      asksUs(kind) ? "" : file,
                      asksUs(kind) ? "PXEClient" : ""));
    }
  }
}
