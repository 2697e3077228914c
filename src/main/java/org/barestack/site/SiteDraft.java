package org.barestack.site;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Subnet;
import org.barestack.site.HostFacts.Address;
import org.barestack.site.HostFacts.Found;
import org.barestack.site.HostFacts.Medium;
import org.barestack.site.HostFacts.Nic;
import org.jspecify.annotations.Nullable;

/**
 * A first site file, made from what a machine says of itself. Valid as it is, so that {@code
 * validate} can lead on; what the machine cannot know is marked with REPLACE.
 *
 * @param text the file
 * @param taken the interface it is for, for people
 * @param notes what the reader must know before all else
 */
public record SiteDraft(String text, String taken, List<String> notes) {
  /** The word that marks what has to be put in. */
  public static final String REPLACE = "REPLACE";

  /** Documentation's, RFC 9542 §2.1.2: 00-00-5E-00-53-00 to -FF. No machine has one. */
  static final String PLACEHOLDER_MAC = "00:00:5e:00:53:";

  /** Thirty-two octets that say NotAKey.: a well-formed key that nobody has. */
  private static final String PLACEHOLDER_KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE5vdEFLZXkuTm90QUtleS5Ob3RBS2V5Lk5vdEFLZXku replace@me";

  /** Used where there is no network to begin from. */
  private static final Subnet EXAMPLE = Subnet.parse("192.168.50.0/24");

  private static final Ipv4 EXAMPLE_OWN = Ipv4.parse("192.168.50.5");

  /** The default of networks.guest.cidr first. */
  private static final List<String> GUEST_CIDRS =
      List.of("10.1.1.0/24", "172.30.1.0/24", "192.168.231.0/24", "198.18.1.0/24");

  private static final String DEFAULT_NAME = "mycloud";

  public SiteDraft {
    notes = List.copyOf(notes);
  }

  /** Whether no machine has that address: one of those that a draft puts in. */
  static boolean isPlaceholder(MacAddress mac) {
    return mac.text().startsWith(PLACEHOLDER_MAC);
  }

  /**
   * Drafts a site.
   *
   * @param folder the name of the folder it is for, from which the site's name is made
   * @param wanted the interface to take; null to choose
   * @throws IllegalArgumentException if that interface cannot serve, with what to do
   */
  public static SiteDraft of(HostFacts facts, String folder, @Nullable String wanted) {
    return new Writer(facts, siteName(folder), choose(facts, wanted)).write();
  }

  /** What fits into the file's key {@code site}. */
  private static String siteName(String folder) {
    String name =
        folder
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^[^a-z]+", "")
            .replaceAll("(?<=^.{32}).*", "")
            .replaceAll("-+$", "");
    return name.isEmpty() ? DEFAULT_NAME : name;
  }

  /**
   * What was chosen.
   *
   * @param nic null if there is none
   * @param why for people
   * @param missing why addresses are only examples; empty if they are those of the interface
   */
  private record Choice(@Nullable Nic nic, String why, String missing) {}

  private static Choice choose(HostFacts facts, @Nullable String wanted) {
    if (wanted != null) {
      return new Choice(named(facts, wanted), "as --interface says", missing(named(facts, wanted)));
    }
    // Firmware boots where the server is, seldom where it has its own way out: that is an office's
    // or a carrier's network. A network that is too small is another machine's link, not a rack's.
    List<Nic> fit =
        facts.nics().stream()
            .filter(nic -> nic.passedOver().isEmpty())
            .sorted(
                Comparator.comparing((Nic nic) -> !missing(nic).isEmpty())
                    .thenComparing(nic -> nic.medium() == Medium.WIRELESS)
                    .thenComparing(Nic::uplink))
            .toList();
    if (fit.isEmpty()) {
      Optional<Nic> next =
          facts.nics().stream()
              .filter(nic -> nic.unfit().isEmpty() && nic.address().isEmpty())
              .filter(nic -> nic.medium() == Medium.WIRED && nic.up())
              .min(Comparator.comparing(Nic::uplink));
      return next.isPresent()
          ? new Choice(next.get(), "it is up", missing(next.get()))
          : new Choice(null, "", "no interface of this machine can serve");
    }
    Nic first = fit.getFirst();
    String why = fit.size() == 1 ? "the only one that can serve" : reason(first, fit);
    return new Choice(first, why, missing(first));
  }

  private static String reason(Nic first, List<Nic> fit) {
    if (first.uplink()) {
      return "it has the default route, and the others fit less";
    }
    List<Nic> alike =
        fit.stream()
            .filter(nic -> nic.medium() == first.medium() && !nic.uplink())
            .filter(nic -> missing(nic).isEmpty() == missing(first).isEmpty())
            .toList();
    return alike.size() == 1
        ? "the default route goes elsewhere"
        : "the first of " + alike.size() + " by which no default route goes: is it the one?";
  }

  private static Nic named(HostFacts facts, String wanted) {
    Nic nic =
        facts.nics().stream()
            .filter(one -> one.name().equals(wanted))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "this machine has no interface '"
                        + wanted
                        + "'; it has "
                        + facts.nics().stream().map(Nic::name).collect(Collectors.joining(", "))));
    nic.unfit()
        .ifPresent(reason -> {
          throw new IllegalArgumentException(
              "machines cannot boot from " + wanted + ": " + reason + "; name another interface");
        });
    return nic;
  }

  /** Why a site cannot have its addresses there; empty if it can. */
  private static String missing(Nic nic) {
    Optional<Address> address = nic.address();
    if (address.isEmpty()) {
      return nic.name() + " has " + nic.withoutAddress();
    }
    if (addresses(address.get(), Set.of(gateway(nic, address.get()))).isPresent()) {
      return "";
    }
    int hosts = (1 << (32 - address.get().prefix())) - 2;
    return "%s has %s, a network of %d addresses, and a site needs %d: this server, the router, two nodes, 2 for system VMs, 3 public ones"
        .formatted(nic.name(), address.get(), hosts, AddressDraft.LEAST);
  }

  private static Optional<AddressDraft> addresses(Address own, Set<Ipv4> taken) {
    Set<Ipv4> all = new HashSet<>(taken);
    all.add(own.ip());
    return own.subnet().flatMap(subnet -> AddressDraft.of(subnet, own.ip(), all));
  }

  private static Ipv4 gateway(Nic nic, Address own) {
    Subnet subnet = own.subnet().orElseThrow();
    return nic.gateway() != null && subnet.isHost(nic.gateway())
        ? nic.gateway()
        : subnet.network().plus(1);
  }

  /** Writes the file, line by line. */
  private static final class Writer {
    /** Where comments begin behind what is written, in characters. */
    private static final int COMMENT = 42;

    private final HostFacts facts;
    private final String site;
    private final Choice choice;
    private final String nic;
    private final Address own;
    private final AddressDraft plan;
    private final boolean example;
    private final Ipv4 gateway;
    private final List<Ipv4> dns;
    private final List<String> lines = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Writer(HostFacts facts, String site, Choice choice) {
      this.facts = facts;
      this.site = site;
      this.choice = choice;
      this.nic = choice.nic == null ? "eno1" : choice.nic.name();
      this.example = !choice.missing.isEmpty();
      this.own =
          example || choice.nic == null
              ? new Address(EXAMPLE_OWN, EXAMPLE.prefix())
              : choice.nic.address().orElseThrow();
      this.gateway =
          example || choice.nic == null ? EXAMPLE.network().plus(1) : gateway(choice.nic, own);
      this.dns = facts.dns().value();
      this.plan =
          addresses(own, taken(true)).orElseGet(() -> addresses(own, taken(false)).orElseThrow());
    }

    /** What has its place already: the router, and what else is known in that network. */
    private Set<Ipv4> taken(boolean all) {
      Set<Ipv4> taken = new HashSet<>(Set.of(gateway));
      if (all) {
        facts.nics().stream()
            .flatMap(one -> one.addresses().stream())
            .map(Address::ip)
            .forEach(taken::add);
        taken.addAll(dns);
      }
      return taken;
    }

    SiteDraft write() {
      head();
      here();
      provisioning();
      networks();
      access();
      nodes();
      String taken =
          example ? nic + ", with example addresses" : nic + " (" + own + "), " + choice.why;
      return new SiteDraft(String.join("\n", lines) + "\n", taken, notes);
    }

    private void line(String text) {
      lines.add(text);
    }

    private void line(String text, String comment) {
      lines.add(text + " ".repeat(Math.max(2, COMMENT - text.length())) + "# " + comment);
    }

    private void head() {
      line("# yaml-language-server: $schema=./site.schema.json");
      line("#");
      line(
          "# Made by \"barestack init\" from what this machine says of itself. It is valid as it"
              + " is, but");
      line("# lines with " + REPLACE + " hold what this machine cannot know.");
      line("#");
      line(
          "# \"barestack validate\" reads this file and says everything that is wrong with it at"
              + " once.");
      line(
          "# \"barestack schema > site.schema.json\" makes the file that the first line names, and"
              + " then an");
      line("# editor completes and explains every key. All that is not here has a default.");
      if (example) {
        notes.add(
            choice.missing
                + ". The addresses in the file are examples of "
                + EXAMPLE
                + ": "
                + REPLACE
                + " them all");
        line("#");
        line("# " + REPLACE + " ALL ADDRESSES: they are examples, because");
        wrapped(choice.missing);
      }
      line("");
    }

    private void wrapped(String text) {
      StringBuilder row = new StringBuilder("#");
      for (String word : text.split(" ", -1)) {
        if (row.length() + word.length() > 98) {
          line(row.toString());
          row = new StringBuilder("#");
        }
        row.append(' ').append(word);
      }
      line(row.toString());
    }

    private void here() {
      line("site: " + site, "begins the nodes' host names: mgmt1." + site + ".internal");
      line("");
      Found<String> zone = facts.zone();
      line("time:");
      line(
          "  zone: " + (zone == null ? "UTC" : zone.value()),
          zone == null ? "this machine names none" : "this machine's, from " + zone.source());
      line("");
    }

    private void provisioning() {
      line(
          "# What this server is on the network from which machines boot. It answers there and"
              + " nowhere else.");
      line("provisioning:");
      if (choice.nic == null) {
        line("  interface: " + nic, REPLACE + ": " + choice.missing);
        line("  address: " + own.ip(), REPLACE + ": this server's address there");
      } else if (example) {
        line("  interface: " + nic, choice.why);
        line("  address: " + own.ip(), REPLACE + ": this server's address there");
      } else {
        line("  interface: " + nic, choice.why);
        line("  address: " + own.ip(), nic + " has " + own);
      }
      line("  dhcp: proxy", "another server gives addresses there; if nobody does: full");
      if (plan.pool() != null) {
        line("  # pool: " + plan.pool(), "then with these, for machines that are not in nodes");
      }
      List<Nic> others =
          facts.nics().stream()
              .filter(one -> !one.name().equals(nic) && one.medium() != Medium.LOOPBACK)
              .toList();
      if (!others.isEmpty()) {
        line(
            "  # Other interfaces of this machine; barestack init --interface NAME takes one of"
                + " them:");
        others.forEach(one ->
            line(
                "  #   %-15s %-18s %s"
                    .formatted(one.name(), one.addressText(), standing(one))
                    .stripTrailing()));
      }
      line("");
    }

    private static String standing(Nic one) {
      return Stream.of(
              one.passedOver().orElse(one.medium() == Medium.WIRELESS ? "wireless" : ""),
              one.uplink() ? "has the default route" : "")
          .filter(part -> !part.isEmpty())
          .collect(Collectors.joining(", "));
    }

    private void networks() {
      line(
          "# Nobody else may give the addresses of the two ranges and of the nodes: take them out"
              + " of the");
      line("# pool of the network's DHCP server.");
      line("networks:");
      line("  management:");
      line(
          "    subnet: " + plan.subnet(),
          example ? REPLACE : "that of " + nic + "; a tagged network of the nodes is another one");
      line("    gateway: " + gateway, router());
      if (router().startsWith(REPLACE + " if")) {
        notes.add("the router of " + plan.subnet() + " is guessed: " + gateway);
      }
      if (dns.isEmpty()) {
        line("    # dns: [" + gateway + "]", "this machine names no server: nodes ask the gateway");
      } else {
        line(
            "    dns: "
                + dns.stream().map(Ipv4::toString).collect(Collectors.joining(", ", "[", "]")),
            "from " + facts.dns().source() + "; nodes must reach them");
      }
      line("    system_vms: " + plan.systemVms(), "CloudStack's own VMs take these");
      line("  public:");
      line("    range: " + plan.publicRange(), "guests reach the outside by these");
      guestCidr();
      line("");
    }

    private String router() {
      if (example) {
        return REPLACE + ": the network's router";
      }
      if (choice.nic != null && gateway.equals(choice.nic.gateway())) {
        return "this machine's own default route";
      }
      if (gateway.equals(own.ip())) {
        return REPLACE + " if another one routes: guessed, this server has the first address";
      }
      return REPLACE + " if it is another: guessed, the network's first address";
    }

    /** The default must not overlap the network of the nodes. */
    private void guestCidr() {
      String cidr =
          GUEST_CIDRS.stream()
              .filter(one -> !Subnet.parse(one).overlaps(plan.subnet()))
              .findFirst()
              .orElseThrow();
      if (!cidr.equals(GUEST_CIDRS.getFirst())) {
        line("  guest:");
        line(
            "    cidr: " + cidr, "the default, " + GUEST_CIDRS.getFirst() + ", lies in the subnet");
      }
    }

    private void access() {
      line("# Who may log in to the nodes. root is locked, and passwords are not accepted.");
      line("access:");
      line("  user: admin");
      Found<String> key = facts.key();
      if (key == null) {
        notes.add(
            "no public SSH key was found in ~/.ssh; the one in the file is nobody's: "
                + REPLACE
                + " it, else nobody can log in to the nodes (ssh-keygen -t ed25519 makes one)");
        line("  ssh_keys:", REPLACE + ": this key is nobody's; ssh-keygen -t ed25519 makes one");
        line("    - " + PLACEHOLDER_KEY);
      } else {
        line("  ssh_keys:", "from " + key.source());
        line("    - " + quotedIfNeeded(key.value()));
      }
      line("");
    }

    /** A key's comment may hold what would end a plain scalar. */
    private static String quotedIfNeeded(String key) {
      return key.contains(": ") || key.endsWith(":") ? '"' + key + '"' : key;
    }

    private void nodes() {
      notes.add(
          "the nodes' MAC addresses are placeholders, which no machine has: "
              + REPLACE
              + " each by that of the NIC that boots");
      line("storage:");
      line("  mode: lab-nfs", "the management node keeps all disks: not for production");
      line("");
      line(
          "# The machines. Their MAC addresses are out of the range for documentation (RFC 9542),"
              + " which no");
      line(
          "# machine has: "
              + REPLACE
              + " each by that of the NIC that boots. It stands on a sticker and in the");
      line(
          "# firmware's setup; or let a machine boot from the network: \"barestack status\" shows"
              + " who asked,");
      line("# and \"barestack adopt MAC\" prints the lines for one more node.");
      if (plan.room() < 16) {
        String room =
            plan.subnet()
                + " is small: it has room for "
                + (plan.room() == 1 ? "1 more node" : plan.room() + " more nodes");
        line("# " + room + ".");
        notes.add(
            room
                + ", "
                + plan.publicRange().size()
                + " public addresses and "
                + plan.systemVms().size()
                + " for system VMs");
      }
      line("nodes:");
      line("  mgmt1:", "CloudStack's management server: exactly one");
      node("management", plan.nodes().get(0), "0a");
      line("    # firmware: bios", "where it is not uefi");
      line(
          "    # disks: { os: { min: 100G } }",
          "default: the smallest of at least 40G; it must be blank");
      line("");
      line("  kvm1:", "runs guests; its processor needs VT-x or AMD-V");
      node("kvm-worker", plan.nodes().get(1), "0b");
    }

    private void node(String role, Ipv4 address, String lastOctet) {
      line("    role: " + role);
      line("    address: " + address);
      line("    nics: { nic1: \"" + PLACEHOLDER_MAC + lastOctet + "\" }", REPLACE);
    }
  }
}
