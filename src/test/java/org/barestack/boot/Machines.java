package org.barestack.boot;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.barestack.model.AddressRange;
import org.barestack.model.Architecture;
import org.barestack.model.Disk;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Subnet;

/** A small site and its machines, for tests. */
final class Machines {
  static final long GIB = 1L << 30;

  static final Disk DISK =
      new Disk(
          "sda", 100 * GIB, "S1", "", "QEMU", List.of(), false, false, false, true, List.of(),
          List.of());

  static final Node KVM1 = node();

  static final Site SITE = site();

  private Machines() {}

  static Disk blank(Disk disk) {
    return disk;
  }

  static Disk withContent(Disk disk, String... signatures) {
    return new Disk(
        disk.name(),
        disk.size(),
        disk.serial(),
        disk.wwn(),
        disk.model(),
        disk.paths(),
        false,
        false,
        false,
        false,
        List.of(signatures),
        List.of());
  }

  static Disk labelled(Disk disk, String label) {
    return new Disk(
        disk.name(),
        disk.size(),
        disk.serial(),
        disk.wwn(),
        disk.model(),
        disk.paths(),
        false,
        false,
        false,
        false,
        List.of("gpt", "xfs"),
        List.of(label));
  }

  static MachineReport report(Disk... disks) {
    return new MachineReport("uuid-1", "SN1", "uefi", 1, 1, "vmx", List.of(disks));
  }

  static Node withRules(Node node, List<DiskRule> rules) {
    return new Node(
        node.name(),
        node.role(),
        node.address(),
        node.nics(),
        node.links(),
        node.bridges(),
        node.carries(),
        rules,
        node.firmware(),
        node.localBoot(),
        node.bootOrder(),
        node.kernelArgs(),
        node.packages(),
        node.scripts(),
        node.bmc());
  }

  private static Node node() {
    Map<String, MacAddress> nics = new LinkedHashMap<>();
    nics.put("nic1", new MacAddress("52:54:00:00:00:02"));
    nics.put("nic2", new MacAddress("52:54:00:00:00:03"));
    return new Node(
        new NodeName("kvm1"),
        Role.KVM_WORKER,
        Ipv4.parse("192.168.50.11"),
        nics,
        List.of(new Node.Link("mgmt", List.of("nic1"), null, null, null)),
        Map.of("cloudbr0", "mgmt"),
        Map.of(Node.Traffic.MANAGEMENT, "cloudbr0"),
        List.of(new DiskRule.Size(40 * GIB, null)),
        Node.Firmware.UEFI,
        Node.LocalBoot.AUTO,
        Node.BootOrder.NETWORK_FIRST,
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  private static Site site() {
    Subnet subnet = Subnet.parse("192.168.50.0/24");
    Ipv4 gateway = Ipv4.parse("192.168.50.1");
    return new Site(
        "lab",
        new Site.Time("UTC", List.of("192.168.50.1")),
        new Site.Localization("en_US.UTF-8", "us"),
        new Site.Rocky("9.7", Architecture.X86_64, null),
        new Site.CloudStack("4.22", URI.create("http://cloudstack.example/"), null),
        new Site.Repositories(null, null, List.of(), null),
        new Site.Provisioning(
            "eno1", Ipv4.parse("192.168.50.5"), subnet, 8080, Site.DhcpMode.PROXY, null),
        new Site.Networks(
            new Site.Management(
                subnet,
                gateway,
                List.of(gateway),
                "lab.internal",
                null,
                AddressRange.parse("192.168.50.60-192.168.50.90")),
            new Site.PublicNetwork(
                AddressRange.parse("192.168.50.100-192.168.50.149"),
                gateway,
                subnet.netmask(),
                null),
            new Site.VlanRange(100, 199)),
        new Site.Access("admin", List.of("ssh-ed25519 AAAA test")),
        new Site.Storage.LabNfs(),
        new Site.Zone("zone1", Site.ZoneNetwork.ADVANCED, "pod1", "cluster1"),
        List.of(KVM1));
  }
}
