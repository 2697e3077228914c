package org.barestack.cloud;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.model.Site.ZoneNetwork;
import org.barestack.testing.Examples;

/** Sites of any kind of zone and any number of workers, read from site files. */
final class TestSites {
  private TestSites() {}

  static String yaml(ZoneNetwork kind, int workers) {
    StringBuilder text =
        new StringBuilder(
            """
            site: test
            provisioning: { interface: eno1, address: 10.50.0.5 }
            networks:
              management:
                subnet: 10.50.0.0/22
                gateway: 10.50.0.1
                dns: [10.50.0.1, 10.50.0.2]
                system_vms: 10.50.2.0-10.50.2.99
              public: { range: 10.50.3.0-10.50.3.99 }
            access:
              ssh_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH a@b]
            storage: { mode: lab-nfs }
            nodes:
              mgmt1: { role: management, address: 10.50.0.10, nics: { nic1: "02:00:00:00:00:0a" } }
            """);
    for (int i = 1; i <= workers; i++) {
      text.append(
          "  kvm%d: { role: kvm-worker, address: 10.50.1.%d, nics: { nic1: \"02:00:00:00:01:%02x\", nic2: \"02:00:00:00:02:%02x\" } }%n"
              .formatted(i, i, i, i));
    }
    return text.append("zone: { network: ")
        .append(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .append(" }\n")
        .toString();
  }

  static Site site(Path folder, ZoneNetwork kind, int workers) {
    return site(folder, yaml(kind, workers));
  }

  static Site site(Path folder, String yaml) {
    try {
      Files.writeString(folder.resolve("site.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Examples.read(folder);
  }

  static Set<NodeName> all(Site site) {
    return site.nodes().stream().map(Node::name).collect(Collectors.toSet());
  }
}
