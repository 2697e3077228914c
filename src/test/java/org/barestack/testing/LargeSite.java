package org.barestack.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A site of many nodes, for storms: in 10.60.0.0/16, with its server at 10.60.0.5. The first node
 * manages, the others are workers.
 */
public final class LargeSite {
  private LargeSite() {}

  /** The address of the card of node number i, which counts from 0. */
  public static String mac(int i) {
    return String.format(
        Locale.ROOT, "52:54:01:%02x:%02x:%02x", i >> 16 & 0xff, i >> 8 & 0xff, i & 0xff);
  }

  /**
   * Writes site.yaml.
   *
   * @param nodes how many, to 50,000
   * @param device interface that its server serves on
   */
  public static Path write(Path folder, int nodes, String device) throws IOException {
    StringBuilder site =
        new StringBuilder(
            """
            site: storm
            rocky: { release: "9.7" }
            provisioning:
              interface: %s
              address: 10.60.0.5
              dhcp: full
              pool: 10.60.250.1-10.60.250.9
            networks:
              management:
                subnet: 10.60.0.0/16
                gateway: 10.60.0.1
                system_vms: 10.60.200.1-10.60.200.90
              public:
                range: 10.60.201.1-10.60.201.200
            access:
              ssh_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3HD5Pg5cjoQG0WbWZmRu29EXp9bmHK1Y0Bk2VJq8eg admin@desk]
            nodes:
              mgmt1: { role: management, address: 10.60.1.0, nics: { nic1: "%s" } }
            """
                .formatted(device, mac(0)));
    for (int i = 1; i < nodes; i++) {
      int address = 256 + i;
      site.append(
          String.format(
              Locale.ROOT,
              "  kvm%d: { role: kvm-worker, address: 10.60.%d.%d, nics: { nic1: \"%s\" } }\n",
              i,
              address >> 8,
              address & 0xff,
              mac(i)));
    }
    Files.createDirectories(folder);
    return Files.writeString(folder.resolve("site.yaml"), site);
  }

  /**
   * Writes the site's release into an http-root. Nothing in it runs; what counts is that it is
   * sent.
   *
   * @param initrd its length, octets
   */
  public static void release(Path httpRoot, long initrd) throws IOException {
    Path tree = httpRoot.resolve("releases/rocky-9.7-x86_64");
    Files.createDirectories(tree.resolve("images/pxeboot"));
    Files.write(tree.resolve("images/pxeboot/vmlinuz"), new byte[12 << 20]);
    try (RandomAccessFile file =
        new RandomAccessFile(tree.resolve("images/pxeboot/initrd.img").toFile(), "rw")) {
      byte[] some = new byte[1 << 20];
      for (long at = 0; at < initrd; at += some.length) {

        file.write(some, 0, (int) Math.min(some.length, initrd - at));
      }
    }
    Files.write(tree.resolve("images/install.img"), new byte[1 << 20]);
    Files.writeString(
        tree.resolve(".treeinfo"),
        """
        [header]
        type = productmd.treeinfo
        version = 1.2
        [general]
        arch = x86_64
        version = 9.7
        [images-x86_64]
        initrd = images/pxeboot/initrd.img
        kernel = images/pxeboot/vmlinuz
        [stage2]
        mainimage = images/install.img
        """);
  }
}
