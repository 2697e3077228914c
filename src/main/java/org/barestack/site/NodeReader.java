package org.barestack.site;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.Node.Bmc;
import org.barestack.model.Node.BootOrder;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.Node.Firmware;
import org.barestack.model.Node.LocalBoot;
import org.barestack.model.Node.SiteScript;
import org.barestack.model.NodeName;
import org.barestack.model.Role;

/** One node, its profile already merged in, to a {@link Node}. */
final class NodeReader {
  private static final MacAddress NO_MAC = new MacAddress("00:00:00:00:00:00");

  private static final Pattern KERNEL_NAME =
      Pattern.compile("/dev/((sd|vd|xvd|hd)[a-z]+|nvme[0-9]+n[0-9]+)");

  /** Arguments with which the boot services say what to install and from where. */
  private static final Pattern OUR_ARGUMENT =
      Pattern.compile("inst\\.(ks|repo|stage2)(\\..*)?|ip|bootdev|BOOTIF|initrd");

  /**
   * Packages and groups that start guests, or bring what does; clients and libraries of libvirt do
   * not, and neither does qemu-img, which CloudStack's management server itself needs.
   */
  private static final Pattern RUNS_GUESTS =
      Pattern.compile(
          "(cloudstack-agent|qemu-kvm|qemu-system|libvirt-daemon|cockpit-machines|libguestfs)"
              + "([-.].*)?|libvirt([-.][0-9].*|\\.x86_64)?"
              + "|@\\^?virtualization-(host|hypervisor|platform).*");

  /** What a node needs to know of the rest of its site. */
  record Context(WiringReader.Tags tags, Path folder, Set<Role> knownRoles) {}

  private final Reading reading;
  private final String name;
  private final Value node;
  private final Context context;

  NodeReader(Reading reading, String name, Value node, Context context) {
    this.reading = reading;
    this.name = name;
    this.node = node;
    this.context = context;
  }

  String name() {
    return name;
  }

  /** All keys that hold for this node. */
  Value value() {
    return node;
  }

  /**
   * The node. It may be used only if no error was reported.
   *
   * @throws Reading.Reported if it cannot be made
   */
  Node read() {
    // Each part alone first: what is wrong with one must not hide the problems of the next.
    List<Supplier<?>> parts =
        List.of(
            this::role,
            this::address,
            this::nics,
            this::wiring,
            this::os,
            this::localBoot,
            this::kernelArgs,
            this::packages,
            this::scripts,
            this::bmc);
    parts.forEach(reading::attempt);
    WiringReader.Wiring wiring = wiring();
    return new Node(
        new NodeName(name),
        role(),
        address(),
        nics(),
        wiring.links(),
        wiring.bridges(),
        wiring.carries(),
        os(),
        reading.constant(Firmware.class, node.at("firmware")),
        localBoot(),
        reading.constant(BootOrder.class, node.at("boot_order")),
        kernelArgs(),
        packages(),
        scripts(),
        bmc().orElse(null));
  }

  Role role() {
    Value value = node.at("role");
    Set<String> known = new TreeSet<>();
    context.knownRoles().forEach(role -> known.add(role.name()));
    if (value.isNothing()) {
      throw reading.fatal(
          value, "missing", "give a role or a profile that has one: " + String.join(", ", known));
    }
    String role = reading.text(value);
    if (!known.contains(role)) {
      throw reading.fatal(
          value, "there is no role '" + role + "'", Wording.suggestion(role, known));
    }
    return new Role(role);
  }

  private Ipv4 address() {
    return reading.ipv4(node.at("address"));
  }

  private Map<String, MacAddress> nics() {
    Map<String, MacAddress> nics = new LinkedHashMap<>();
    reading.entries(node.at("nics")).forEach((nic, mac) -> nics.put(nic, mac(mac)));
    return nics;
  }

  private MacAddress mac(Value value) {
    MacAddress mac = reading.mac(value);
    if (mac.isGroup() || mac.equals(NO_MAC)) {
      reading.error(
          value,
          mac.isGroup() ? mac + " is a group address" : mac + " is no machine's address",
          "give the address that is printed on the card");
    }
    if (SiteDraft.isPlaceholder(mac)) {
      reading.warn(
          value,
          mac + " is a placeholder, which no machine has",
          "give that of the NIC that boots");
    }
    return mac;
  }

  WiringReader.Wiring wiring() {
    return new WiringReader(reading, node, role(), context.tags()).read();
  }

  List<DiskRule> os() {
    Value os = node.at("disks").at("os");
    if (os.at("raid1").isNothing()) {
      return List.of(disk(os));
    }
    if (os.entries().size() > 1) {
      reading.error(os, "raid1 stands beside another rule", "put all rules into raid1");
    }
    List<DiskRule> members = reading.list(os.at("raid1"), this::disk);
    for (int i = 1; i < members.size(); i++) {
      // Equal size rules are no fault: each takes a disk that the ones before it did not take.
      if (!(members.get(i) instanceof DiskRule.Size)
          && members.subList(0, i).contains(members.get(i))) {
        reading.error(
            os.at("raid1").items().get(i), "names the same disk twice", "name another one");
      }
    }
    return members;
  }

  private DiskRule disk(Value rule) {
    List<String> ways = new ArrayList<>();
    List.of("serial", "wwn", "path").stream().filter(rule::has).forEach(ways::add);
    if (rule.has("min") || rule.has("max")) {
      ways.add("size");
    }
    if (ways.size() > 1) {
      throw reading.fatal(
          rule, "means a disk in several ways: " + String.join(", ", ways), "keep one of them");
    }
    return switch (ways.isEmpty() ? "" : ways.getFirst()) {
      case "serial" -> new DiskRule.Serial(reading.text(rule.at("serial")));
      case "wwn" -> new DiskRule.Wwn(reading.text(rule.at("wwn")));
      case "path" -> new DiskRule.DevicePath(path(rule.at("path")));
      case "size" -> size(rule);
      // Whatever stood there is already reported as unknown, or the whole rule as unread.
      default -> throw new Reading.Reported();
    };
  }

  private String path(Value value) {
    String path = reading.text(value);
    if (KERNEL_NAME.matcher(path).matches()) {
      reading.warn(
          value,
          path + " may be another disk after the next boot",
          "name it by serial, wwn or /dev/disk/by-path/..");
    }
    return path;
  }

  private DiskRule.Size size(Value rule) {
    if (!rule.has("min")) {
      throw reading.fatal(rule, "max without min", "give min, like 40G");
    }
    long minimum = octets(reading.text(rule.at("min")));
    Optional<Long> maximum = reading.optional(rule.at("max"), NodeReader::octets);
    if (maximum.isPresent() && minimum > maximum.get()) {
      reading.error(rule.at("max"), "max is smaller than min", "swap them");
    }
    return new DiskRule.Size(minimum, maximum.orElse(null));
  }

  /** Octets of {@code 40G}; the schema leaves six digits and one of the letters. */
  private static long octets(String size) {
    int unit = "KMGT".indexOf(size.charAt(size.length() - 1)) + 1;
    return Long.parseLong(size.substring(0, size.length() - 1)) << (10 * unit);
  }

  private LocalBoot localBoot() {
    LocalBoot localBoot = reading.constant(LocalBoot.class, node.at("local_boot"));
    Firmware firmware = reading.constant(Firmware.class, node.at("firmware"));
    boolean bios = firmware == Firmware.BIOS;
    if (bios ? localBoot == LocalBoot.CHAIN : localBoot == LocalBoot.SANBOOT) {
      reading.error(
          node.at("local_boot"),
          bios ? "chain needs UEFI firmware" : "sanboot needs BIOS firmware",
          "use auto, or correct firmware");
    }
    return localBoot;
  }

  private List<String> kernelArgs() {
    return reading.list(
        node.at("kernel_args"),
        value -> {
          String argument = reading.text(value);
          String key = argument.split("=", 2)[0];
          if (OUR_ARGUMENT.matcher(key).matches()) {
            reading.error(value, key + " is set by Barestack itself", "remove it");
          }
          return argument;
        });
  }

  private List<String> packages() {
    boolean manager = reading.attempt(this::role).filter(Role.MANAGEMENT::equals).isPresent();
    return reading.list(
        node.at("packages"),
        value -> {
          String name = reading.text(value);
          if (manager && RUNS_GUESTS.matcher(name).matches()) {
            reading.error(
                value,
                "the management node runs no guests, so it takes no " + name,
                "remove it here, or name it in the profile of the workers");
          }
          return name;
        });
  }

  private List<SiteScript> scripts() {
    Map<Integer, String> orders = new HashMap<>();
    return reading.list(
        node.at("scripts"),
        value -> {
          int order = reading.number(value.at("order"));
          String file = reading.text(value.at("file"));
          String other = orders.putIfAbsent(order, file);
          if (other != null) {
            reading.error(
                value.at("order"), other + " has order " + order + " too", "give each its own");
          }
          String body =
              reading.read(value.at("file"), text -> ScriptFile.read(context.folder(), text));
          String simple = file.substring(file.lastIndexOf('/') + 1);
          int dot = simple.lastIndexOf('.');
          return new SiteScript(order, dot < 0 ? simple : simple.substring(0, dot), body);
        });
  }

  private Optional<Bmc> bmc() {
    return node.has("bmc")
        ? Optional.of(new Bmc(reading.read(node.at("bmc").at("redfish"), URI::create)))
        : Optional.empty();
  }
}
