package org.barestack.site;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.barestack.model.MacAddress;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.Node.Traffic;
import org.barestack.model.Role;

/** What holds between the nodes of a site. */
final class NodesCheck {
  /** Linux's HOST_NAME_MAX. */
  private static final int MAX_HOST_NAME = 64;

  private final Reading reading;
  private final Value nodes;
  private final List<NodeReader> readers;

  /**
   * @param nodes the nodes as written, also those that cannot be resolved
   * @param readers one for each that can
   */
  NodesCheck(Reading reading, Value nodes, List<NodeReader> readers) {
    this.reading = reading;
    this.nodes = nodes;
    this.readers = readers;
  }

  void check(Supplier<String> domain) {
    roles();
    macs();
    controllers();
    disks();
    labels();
    reading.check(() -> hostNames(domain.get()));
  }

  private void roles() {
    Map<Role, String> first = new HashMap<>();
    int read = 0;
    int workers = 0;
    for (NodeReader reader : readers) {
      Role role = reading.attempt(reader::role).orElse(null);
      if (role == null) {
        continue;
      }
      read++;
      workers += role.equals(Role.KVM_WORKER) ? 1 : 0;
      String earlier = first.putIfAbsent(role, reader.name());
      if (role.equals(Role.MANAGEMENT) && earlier != null) {
        reading.error(
            reader.value(),
            "a second management node besides " + earlier,
            "give it another role: a site has exactly one");
      }
    }
    boolean all = read == nodes.entries().size() && read > 0;
    if (all && !first.containsKey(Role.MANAGEMENT)) {
      reading.error(nodes, "no node has the role management", "give it to one of them");
    }
    if (all && workers == 0) {
      reading.warn(nodes, "no node is a kvm-worker, so the cloud can run nothing", "add one");
    }
  }

  private void macs() {
    Map<MacAddress, String> seen = new HashMap<>();
    nodes
        .entries()
        .values()
        .forEach(node ->
            node.at("nics")
                .entries()
                .values()
                .forEach(mac -> reading.check(() -> once(seen, reading.mac(mac), mac))));
  }

  private void controllers() {
    Map<String, String> seen = new HashMap<>();
    for (Value node : nodes.entries().values()) {
      Value redfish = node.at("bmc").at("redfish");
      reading.check(() -> once(seen, reading.text(redfish), redfish));
    }
  }

  private <T> void once(Map<T, String> seen, T key, Value value) {
    String other = seen.putIfAbsent(key, value.place().path());
    if (other != null) {
      reading.error(value, key + " is already " + other, "correct one of them");
    }
  }

  private void disks() {
    Map<DiskRule, String> seen = new HashMap<>();
    for (NodeReader reader : readers) {
      List<DiskRule> rules = reading.attempt(reader::os).orElse(List.of());
      for (DiskRule rule : rules.stream().distinct().toList()) {
        boolean oneDisk = rule instanceof DiskRule.Serial || rule instanceof DiskRule.Wwn;
        String other = oneDisk ? seen.putIfAbsent(rule, reader.name()) : null;
        if (other != null) {
          reading.error(
              reader.value().at("disks").at("os"),
              reader.name() + " and " + other + " cannot both have the disk " + name(rule),
              "name each machine's own disk in its node");
        }
      }
    }
  }

  private static String name(DiskRule rule) {
    return switch (rule) {
      case DiskRule.Serial(String serial) -> serial;
      case DiskRule.Wwn(String wwn) -> wwn;
      case DiskRule.DevicePath(String path) -> path;
      case DiskRule.Size(long minimum, Long _) -> Long.toString(minimum);
    };
  }

  /** A CloudStack zone has one bridge name for each kind of traffic, on all its KVM hosts. */
  private void labels() {
    Map<Traffic, String> labels = new EnumMap<>(Traffic.class);
    Map<Traffic, String> first = new EnumMap<>(Traffic.class);
    for (NodeReader reader : readers) {
      if (!reading.attempt(reader::role).filter(Role.KVM_WORKER::equals).isPresent()) {
        continue;
      }
      reading
          .attempt(reader::wiring)
          .ifPresent(wiring ->
              wiring
                  .carries()
                  .forEach((traffic, bridge) -> {
                    String label = labels.putIfAbsent(traffic, bridge);
                    first.putIfAbsent(traffic, reader.name());
                    if (label != null && !label.equals(bridge)) {
                      String kind = traffic.name().toLowerCase(Locale.ROOT);
                      reading.error(
                          reader.value().at("carries").at(kind),
                          "%s here, but %s on %s: a zone has one bridge name for it"
                              .formatted(bridge, label, first.get(traffic)),
                          "name the bridges alike on all workers");
                    }
                  }));
    }
  }

  private void hostNames(String domain) {
    nodes
        .entries()
        .forEach((name, node) -> {
          int length = name.length() + 1 + domain.length();
          if (length > MAX_HOST_NAME) {
            reading.error(
                node,
                "its host name with networks.management.domain has " + length + " characters",
                "shorten one of them: Linux allows " + MAX_HOST_NAME);
          }
        });
  }
}
