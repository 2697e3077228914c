package org.barestack.boot;

import java.util.List;
import org.barestack.model.Disk;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.testing.Examples;

/** The lab of the examples, and the disks of its worker. */
final class Machines {
  static final long GIB = 1L << 30;

  static final Disk DISK =
      new Disk(
          "sda", 100 * GIB, "S1", "", "QEMU", List.of(), false, false, false, true, List.of(),
          List.of());

  static final Site SITE = Examples.site("lab");

  static final Node KVM1 = SITE.node(new NodeName("kvm1")).orElseThrow();

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
}
