package org.barestack.site;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.Ipv4;
import org.barestack.site.HostFacts.Address;
import org.barestack.site.HostFacts.Found;
import org.barestack.site.HostFacts.Medium;
import org.barestack.site.HostFacts.Nic;
import org.jspecify.annotations.Nullable;

/** A Linux machine, by the files of its kernel and its configuration. */
public final class LinuxFacts implements FactSource {
  /** The resolver's limit, MAXNS. */
  private static final int MOST_NAME_SERVERS = 3;

  /** In the order in which they are preferred. */
  private static final List<String> KEY_TYPES =
      List.of(
          "ssh-ed25519",
          "sk-ssh-ed25519@openssh.com",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521",
          "sk-ecdsa-sha2-nistp256@openssh.com",
          "ssh-rsa");

  /** As the schema of site files takes it. */
  private static final Pattern KEY_COMMENT = Pattern.compile("[A-Za-z0-9 @._+:/=-]*");

  private final Path root;
  private final Path home;

  /**
   * The machine whose files lie below a folder; its interfaces are those of this machine.
   *
   * @param root {@code /}
   * @param home the user's folder, in which {@code .ssh} is
   */
  public LinuxFacts(Path root, Path home) {
    this.root = root;
    this.home = home;
  }

  @Override
  public HostFacts facts() throws IOException {
    Map<String, Optional<Ipv4>> routes = defaultRoutes(text("proc/net/route"));
    List<Nic> nics = new ArrayList<>();
    for (NetworkInterface one :
        NetworkInterface.networkInterfaces()
            .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
            .toList()) {
      nics.add(nic(one, routes));
    }
    return new HostFacts(nics, nameServers(), zone(), key());
  }

  private Nic nic(NetworkInterface one, Map<String, Optional<Ipv4>> routes) throws IOException {
    String name = one.getName();
    List<Address> addresses = new ArrayList<>();
    boolean ipv6 = false;
    for (InterfaceAddress address : one.getInterfaceAddresses()) {
      switch (address.getAddress()) {
        case Inet4Address ip ->
            addresses.add(new Address(Ipv4.of(ip.getAddress()), address.getNetworkPrefixLength()));
        case Inet6Address ip -> ipv6 |= !ip.isLinkLocalAddress();
        default -> {}
      }
    }
    return new Nic(
        name,
        medium(one),
        one.isUp(),
        addresses,
        ipv6,
        routes.containsKey(name),
        routes.getOrDefault(name, Optional.empty()).orElse(null));
  }

  private Medium medium(NetworkInterface one) throws IOException {
    if (one.isLoopback()) {
      return Medium.LOOPBACK;
    }
    if (one.isPointToPoint()) {
      return Medium.TUNNEL;
    }
    Path folder = root.resolve("sys/class/net").resolve(one.getName());
    return Files.exists(folder.resolve("wireless")) || Files.exists(folder.resolve("phy80211"))
        ? Medium.WIRELESS
        : Medium.WIRED;
  }

  /**
   * Interfaces with a default route, and where it leads: proc_pid_net(5), hexadecimal, host order.
   */
  private static Map<String, Optional<Ipv4>> defaultRoutes(String table) {
    Map<String, Optional<Ipv4>> routes = new HashMap<>();
    table
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(cells -> cells.length > 7)
        .filter(cells -> cells[1].equals("00000000") && cells[7].equals("00000000"))
        .filter(cells -> cells[2].matches("[0-9A-Fa-f]{8}"))
        .forEach(cells -> {
          Ipv4 gateway = new Ipv4(Integer.reverseBytes(Integer.parseUnsignedInt(cells[2], 16)));
          routes.putIfAbsent(
              cells[0], gateway.equals(Ipv4.ANY) ? Optional.empty() : Optional.of(gateway));
        });
    return routes;
  }

  /** Where systemd-resolved answers by itself, those that it asks. */
  private Found<List<Ipv4>> nameServers() throws IOException {
    List<Ipv4> own = nameServers(text("etc/resolv.conf"));
    if (!own.isEmpty()) {
      return new Found<>(own, "/etc/resolv.conf");
    }
    String resolved = "run/systemd/resolve/resolv.conf";
    return new Found<>(nameServers(text(resolved)), "/" + resolved);
  }

  private static List<Ipv4> nameServers(String configuration) {
    return configuration
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length > 1 && words[0].equals("nameserver"))
        .flatMap(words -> ipv4(words[1]).stream())
        .filter(address -> address.bits() >>> 24 != 127 && !address.equals(Ipv4.ANY))
        .distinct()
        .limit(MOST_NAME_SERVERS)
        .toList();
  }

  private static Optional<Ipv4> ipv4(String text) {
    try {
      return Optional.of(Ipv4.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private @Nullable Found<String> zone() throws IOException {
    Path link = root.resolve("etc/localtime");
    if (Files.isSymbolicLink(link)) {
      String target = Files.readSymbolicLink(link).toString();
      String zone = target.replaceFirst("^.*/zoneinfo/(posix/|right/)?", "");
      if (known(zone)) {
        return new Found<>(zone, "/etc/localtime");
      }
    }
    String zone = text("etc/timezone").strip();
    return known(zone) ? new Found<>(zone, "/etc/timezone") : null;
  }

  private static boolean known(String zone) {
    return ZoneId.getAvailableZoneIds().contains(zone);
  }

  /** The first key that nodes would take, by type and then by file name. */
  private @Nullable Found<String> key() throws IOException {
    Path folder = home.resolve(".ssh");
    if (!Files.isDirectory(folder)) {
      return null;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".pub")).sorted().toList();
    }
    Map<String, Found<String>> first = new HashMap<>();
    for (Path file : files) {
      key(read(file))
          .ifPresent(line ->
              first.putIfAbsent(
                  line.split(" ", 2)[0], new Found<>(line, "~/.ssh/" + file.getFileName())));
    }
    return KEY_TYPES.stream().filter(first::containsKey).map(first::get).findFirst().orElse(null);
  }

  private static Optional<String> key(String text) {
    String[] words = text.strip().split("\\s+", 3);
    if (words.length < 2 || text.strip().lines().count() != 1) {
      return Optional.empty();
    }
    boolean comment = words.length == 3 && KEY_COMMENT.matcher(words[2]).matches();
    String line = words[0] + " " + words[1] + (comment ? " " + words[2] : "");
    try {
      return Optional.of(SshKey.parse(line));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private String text(String file) {
    return read(root.resolve(file));
  }

  /** A file's text; empty if it is not there or may not be read. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // what a machine does not have, or does not show, it has nothing to say of
    }
  }
}
