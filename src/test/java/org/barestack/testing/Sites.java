package org.barestack.testing;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.barestack.model.AddressRange;
import org.barestack.model.Architecture;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.Node.BondMode;
import org.barestack.model.Node.BootOrder;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.Node.Firmware;
import org.barestack.model.Node.Link;
import org.barestack.model.Node.LocalBoot;
import org.barestack.model.Node.SiteScript;
import org.barestack.model.Node.Traffic;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Subnet;

/** A site with what the {@link Examples} do not have, so that both together have everything. */
public final class Sites {
  private Sites() {}

  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKx0d3Vq4mVb2yq0kq9b9n3Zp1m3b8y0b1c2d3e4f5g6 ops@lab";

  /**
   * A management node and two workers with bonds, a tagged management network and large frames, and
   * a worker with a single interface; RAID1, mirrors, a proxy, NFS elsewhere, own scripts, on Rocky
   * 10.
   */
  public static Site rack() {
    List<SiteScript> scripts =
        List.of(
            new SiteScript(
                25, "monitoring", "#!/usr/bin/bash\nset -eu\ndnf -y install node-exporter\n"));
    Node large =
        new Node(
            new NodeName("kvm-a1"),
            Role.KVM_WORKER,
            ip("10.20.0.21"),
            nics(
                "mgmt-a", "3c:ec:ef:00:01:01",
                "mgmt-b", "3c:ec:ef:00:01:02",
                "data-a", "3c:ec:ef:00:01:03",
                "data-b", "3c:ec:ef:00:01:04"),
            List.of(
                new Link("mgmt", List.of("mgmt-a", "mgmt-b"), BondMode.LACP, null, null),
                new Link("data", List.of("data-a", "data-b"), BondMode.LACP, null, 9000)),
            ordered("cloudbr0", "mgmt", "cloudbr1", "data"),
            carries(),
            List.of(new DiskRule.Serial("S6PENG0R500123"), new DiskRule.Wwn("0x5000c500a1b2c3d4")),
            Firmware.UEFI,
            LocalBoot.CHAIN,
            BootOrder.NETWORK_FIRST,
            List.of("intel_iommu=on"),
            List.of("lldpd", "-iwl*-firmware"),
            scripts,
            new Node.Bmc(URI.create("https://10.20.9.21")));
    Node second =
        new Node(
            new NodeName("kvm-a2"),
            Role.KVM_WORKER,
            ip("10.20.0.22"),
            nics(
                "mgmt-a", "3c:ec:ef:00:02:01",
                "mgmt-b", "3c:ec:ef:00:02:02",
                "data-a", "3c:ec:ef:00:02:03",
                "data-b", "3c:ec:ef:00:02:04"),
            List.of(
                new Link("mgmt", List.of("mgmt-a", "mgmt-b"), BondMode.ACTIVE_BACKUP, null, null),
                new Link("data", List.of("data-a", "data-b"), BondMode.BALANCE_XOR, null, 9000)),
            ordered("cloudbr0", "mgmt", "cloudbr1", "data"),
            carries(),
            List.of(
                new DiskRule.DevicePath("/dev/disk/by-path/pci-0000:00:1f.2-ata-1"),
                new DiskRule.DevicePath("/dev/disk/by-path/pci-0000:00:1f.2-ata-2")),
            Firmware.BIOS,
            LocalBoot.SANBOOT,
            BootOrder.DISK_FIRST,
            List.of(),
            List.of("lldpd"),
            scripts,
            null);
    Node single =
        new Node(
            new NodeName("kvm-b1"),
            Role.KVM_WORKER,
            ip("10.20.0.31"),
            nics("lan", "3c:ec:ef:00:03:01"),
            List.of(
                new Link("mgmt", List.of("lan"), null, 20, null),
                new Link("data", List.of("lan"), null, 30, 1450)),
            ordered("cloudbr0", "mgmt", "cloudbr1", "data"),
            carries(),
            List.of(new DiskRule.Size(100L << 30, 2L << 40)),
            Firmware.UEFI_SECURE,
            LocalBoot.EXIT,
            BootOrder.NETWORK_FIRST,
            List.of(),
            List.of(),
            List.of(),
            null);
    Node management =
        new Node(
            new NodeName("manager"),
            Role.MANAGEMENT,
            ip("10.20.0.10"),
            nics("left", "3c:ec:ef:00:00:01", "right", "3c:ec:ef:00:00:02"),
            List.of(new Link("mgmt", List.of("left", "right"), BondMode.LACP, null, null)),
            Map.of(),
            Map.of(Traffic.MANAGEMENT, "mgmt"),
            List.of(new DiskRule.Size(400L << 30, null), new DiskRule.Size(400L << 30, null)),
            Firmware.UEFI,
            LocalBoot.AUTO,
            BootOrder.NETWORK_FIRST,
            List.of(),
            List.of("vim-enhanced"),
            scripts,
            new Node.Bmc(URI.create("https://10.20.9.10")));
    return new Site(
        "rack-7",
        new Site.Time("UTC", List.of("ntp1.rack.example", "10.20.0.3")),
        new Site.Localization("en_US.UTF-8", "de-nodeadkeys"),
        new Site.Rocky(
            "10.1",
            Architecture.X86_64,
            URI.create("http://mirror.rack.example/rocky/10.1/BaseOS/x86_64/os")),
        new Site.CloudStack(
            "4.22",
            URI.create("https://mirror.rack.example/cloudstack/el/10/4.22/"),
            URI.create("https://mirror.rack.example/keys/cloudstack.asc"),
            new Site.SystemVmTemplate(
                URI.create(
                    "http://mirror.rack.example/systemvmtemplate-4.22.0-x86_64-kvm.qcow2.bz2"),
                "0f".repeat(64))),
        new Site.Repositories(
            URI.create("http://mirror.rack.example/rocky/10.1/"),
            URI.create("http://mirror.rack.example/epel/10/"),
            List.of(
                new Site.Repository(
                    "rack-tools",
                    URI.create("http://mirror.rack.example/tools/el10/"),
                    URI.create("http://mirror.rack.example/keys/tools.asc")),
                new Site.Repository(
                    "rack-unsigned", URI.create("http://mirror.rack.example/unsigned/"), null)),
            URI.create("http://proxy.rack.example:3128")),
        new Site.Provisioning(
            "ens1f0",
            ip("10.20.0.5"),
            Subnet.parse("10.20.0.0/22"),
            80,
            443,
            Site.DhcpMode.FULL,
            AddressRange.parse("10.20.3.0-10.20.3.200"),
            Set.of(ClientKind.BIOS_PXE),
            Firmware.UEFI),
        new Site.Networks(
            new Site.Management(
                Subnet.parse("10.20.0.0/22"),
                ip("10.20.0.1"),
                List.of(ip("10.20.0.2"), ip("10.20.0.3")),
                "rack.example",
                20,
                AddressRange.parse("10.20.1.0-10.20.1.99")),
            new Site.PublicNetwork(
                AddressRange.parse("203.0.113.10-203.0.113.200"),
                ip("203.0.113.1"),
                ip("255.255.255.0"),
                40),
            new Site.Guest(new Site.VlanRange(500, 799), Subnet.parse("172.20.0.0/24"))),
        new Site.Access(
            "ops",
            List.of(KEY, KEY.replace("ops@lab", "O'Neil of ops")),
            List.of(
                AddressRange.parse("10.8.0.0-10.8.255.255"),
                AddressRange.parse("10.20.0.77-10.20.0.77"))),
        new Site.Workers("EPYC-Milan", Site.Isolation.MIGRATION),
        new Site.Storage.Nfs(
            URI.create("nfs://nas.rack.example/primary"),
            URI.create("nfs://nas.rack.example/secondary")),
        new Site.Zone("rack-7", Site.ZoneNetwork.ADVANCED, "row-1", "cluster-1"),
        new Site.Backup("nfs://nas.rack.example/backup", 14),
        List.of(management, large, second, single),
        Trusts.example());
  }

  private static Ipv4 ip(String text) {
    return Ipv4.parse(text);
  }

  private static Map<Traffic, String> carries() {
    return Map.of(
        Traffic.MANAGEMENT, "cloudbr0", Traffic.PUBLIC, "cloudbr0", Traffic.GUEST, "cloudbr1");
  }

  private static Map<String, MacAddress> nics(String... namesAndAddresses) {
    Map<String, MacAddress> nics = new LinkedHashMap<>();
    for (int i = 0; i < namesAndAddresses.length; i += 2) {
      nics.put(namesAndAddresses[i], new MacAddress(namesAndAddresses[i + 1]));
    }
    return nics;
  }

  private static Map<String, String> ordered(String... keysAndValues) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
