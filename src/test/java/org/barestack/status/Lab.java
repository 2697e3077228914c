package org.barestack.status;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.barestack.model.AddressRange;
import org.barestack.model.Architecture;
import org.barestack.model.InstallId;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.model.Subnet;
import org.barestack.model.Trust;
import org.jspecify.annotations.Nullable;

/** A site of seven nodes, one in each kind of trouble, and the events that brought them there. */
final class Lab {
  static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  static final Instant NOW = START.plusSeconds(2 * 3600);
  static final String TOKEN = "0123456789abcdef0123456789abcdef";
  static final MacAddress STRANGER = new MacAddress("52:54:00:00:00:99");

  private final List<NodeEvent> events = new ArrayList<>();

  private Lab() {}

  static Site site() {
    Subnet subnet = Subnet.parse("192.168.50.0/24");
    Ipv4 gateway = Ipv4.parse("192.168.50.1");
    return new Site(
        "lab",
        new Site.Time("Europe/Amsterdam", List.of("192.168.50.1")),
        new Site.Localization("en_US.UTF-8", "us"),
        new Site.Rocky("9.7", Architecture.X86_64, null),
        new Site.CloudStack("4.22", URI.create("https://packages.example/el/9/4.22/"), null, null),
        new Site.Repositories(null, null, List.of(), null),
        new Site.Provisioning(
            "eno1",
            Ipv4.parse("192.168.50.5"),
            subnet,
            8080,
            8443,
            Site.DhcpMode.PROXY,
            null,
            Set.of(),
            Node.Firmware.UEFI),
        new Site.Networks(
            new Site.Management(
                subnet,
                gateway,
                List.of(gateway),
                "lab.example",
                null,
                AddressRange.parse("192.168.50.60-192.168.50.90")),
            new Site.PublicNetwork(
                AddressRange.parse("192.168.50.100-192.168.50.149"),
                gateway,
                subnet.netmask(),
                null),
            new Site.Guest(new Site.VlanRange(100, 199), Subnet.parse("10.1.1.0/24"))),
        new Site.Access("admin", List.of("ssh-ed25519 AAAA"), List.of()),
        new Site.Workers("host-model", Site.Isolation.STRICT),
        new Site.Storage.LabNfs(),
        new Site.Zone("zone1", Site.ZoneNetwork.ADVANCED, "pod1", "cluster1"),
        null,
        IntStream.rangeClosed(0, 6).mapToObj(Lab::node).toList(),
        Trust.NONE);
  }

  private static Node node(int number) {
    return new Node(
        new NodeName(number == 0 ? "mgmt1" : "kvm" + number),
        number == 0 ? Role.MANAGEMENT : Role.KVM_WORKER,
        Ipv4.parse("192.168.50.1" + number),
        Map.of("nic1", new MacAddress("52:54:00:00:00:0" + number)),
        List.of(),
        Map.of(),
        Map.of(),
        List.of(),
        Node.Firmware.UEFI,
        Node.LocalBoot.AUTO,
        Node.BootOrder.NETWORK_FIRST,
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  static Map<String, String> report(String edges, String signatures) {
    return Map.of(
        "machine.uuid", "564d7761",
        "disk.0.name", "sda",
        "disk.0.size", "107374182400",
        "disk.0.serial", "S1",
        "disk.0.medium", "0",
        "disk.0.readonly", "0",
        "disk.0.used", "0",
        "disk.0.edges", edges,
        "disk.0.signatures", signatures);
  }

  /** mgmt1 configures, kvm1 is refused, kvm2 and kvm3 are stuck, kvm4 failed, kvm5 is frozen. */
  static List<NodeEvent> events() {
    Lab lab = new Lab();
    lab.claimed("mgmt1", 0);
    lab.add(300, "mgmt1", Kind.INSTALL_FINISHED, Map.of());
    lab.add(7000, "mgmt1", Kind.STEP_STARTED, Map.of("step", "20-database"));
    lab.opened("kvm1", 0);
    lab.add(
        60,
        "kvm1",
        Kind.CLAIM_REFUSED,
        with(
            report("data", "gpt xfs"),
            "reason",
            "sda (100 GiB, serial S1, gpt xfs) is not blank; nothing was written"));
    lab.claimed("kvm2", 10);
    lab.add(90, "kvm2", Kind.INSTALL_PROGRESS, Map.of("step", "packages"));
    lab.opened("kvm3", 3600);
    lab.claimed("kvm4", 20);
    lab.add(200, "kvm4", Kind.INSTALL_FAILED, Map.of("reason", "no space\n\033[2Jleft on sda"));
    lab.claimed("kvm5", 30);
    lab.add(6930, "kvm5", Kind.INSTALL_FINISHED, Map.of());
    lab.add(6950, "kvm5", Kind.SECRETS_GRANTED, asked("a", "192.168.50.15", "first key"));
    lab.add(6970, "kvm5", Kind.SECRETS_FROZEN, asked("b", "192.168.50.77", "the second key"));
    lab.stranger(100, "52:54:00:00:00:06", Map.of("client", "UEFI x64 PXE"));
    lab.stranger(7100, STRANGER.text(), Map.of("client", "iPXE", "uuid", "1b4e28ba"));
    lab.stranger(7140, STRANGER.text(), Map.of("client", "", "serial", "\u202eX\033]0;pwned\007"));
    return lab.events;
  }

  /** mgmt1 and kvm1 are ready, kvm2 and kvm3 are configured, the others were never seen. */
  static List<NodeEvent> cloudEvents() {
    Lab lab = new Lab();
    lab.configured("mgmt1", 0);
    lab.configured("kvm1", 10);
    lab.configured("kvm2", 20);
    lab.configured("kvm3", 30);
    lab.add(
        6800,
        "mgmt1",
        Kind.CLOUD_APPLIED,
        Map.of("changes", "made zone zone1; added host kvm1", "waiting", "2 system VMs"));
    lab.add(6900, "mgmt1", Kind.READY, Map.of());
    lab.add(6900, "kvm1", Kind.READY, Map.of());
    lab.add(
        6900,
        "kvm2",
        Kind.CLOUD_WAITS,
        Map.of(
            "reason",
            "This machine does not have KVM enabled: virtualization is off in its firmware",
            "remedy",
            "switch on VT-x or AMD-V in its firmware; it is tried again by itself"));
    lab.add(
        7000,
        "mgmt1",
        Kind.CLOUD_APPLIED,
        Map.of("waiting", "2 system VMs", "faults", "no KVM; install it"));
    return lab.events;
  }

  private void configured(String node, int second) {
    opened(node, second);
    add(second + 35, node, Kind.CLAIM_GRANTED, with(report("zero", ""), "disks", "serial:S1/1"));
    add(second + 300, node, Kind.CONFIGURED, Map.of());
  }

  static Overview cloud() {
    return Overview.of(site(), Machines.NONE.after(cloudEvents()), NOW);
  }

  private static Map<String, String> asked(String digit, String peer, String reason) {
    return Map.of("key", digit.repeat(64), "peer", peer, "reason", reason);
  }

  private static Map<String, String> with(Map<String, String> fields, String key, String value) {
    Map<String, String> all = new TreeMap<>(fields);
    all.put(key, value);
    return all;
  }

  private void opened(String node, int second) {
    add(second, node, Kind.INSTALL_OPENED, Map.of("token", TOKEN, "release", "9.7"));
    add(second, node, Kind.INSTALL_OFFERED, Map.of("client", "iPXE", "reason", "first install"));
  }

  private void claimed(String node, int second) {
    opened(node, second);
    add(second + 4, node, Kind.FETCHED, Map.of("file", "kickstart", "bytes", "9318"));
    add(second + 31, node, Kind.FETCHED, Map.of("file", "install.img", "bytes", "851861504"));
    add(
        second + 35,
        node,
        Kind.CLAIM_GRANTED,
        with(
            with(report("zero", ""), "reason", "sda is blank"), "disks", "serial:S1/107374182400"));
  }

  private void add(int second, String node, Kind kind, Map<String, String> detail) {
    add(
        second,
        new Subject.OfNode(new NodeName(node)),
        kind,
        new InstallId("bsaaaa222222"),
        detail);
  }

  private void stranger(int second, String mac, Map<String, String> detail) {
    add(second, new Subject.OfStranger(new MacAddress(mac)), Kind.STRANGER_SEEN, null, detail);
  }

  private void add(
      int second,
      Subject subject,
      Kind kind,
      @Nullable InstallId install,
      Map<String, String> detail) {
    events.add(
        new NodeEvent(
            events.size() + 1, START.plusSeconds(second), subject, kind, install, detail));
  }

  static Overview overview() {
    return Overview.of(site(), Machines.NONE.after(events()), NOW);
  }
}
