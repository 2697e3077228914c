package org.barestack.media;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.barestack.model.Journal;
import org.barestack.model.MacAddress;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.render.FromMedium;
import org.barestack.render.InstallContext;
import org.barestack.render.MediumMenu;
import org.barestack.render.MediumMenu.Machine;
import org.barestack.render.Renderer;
import org.jspecify.annotations.Nullable;

/** What a medium takes from the journal: of installs that are open, and of machines. */
public final class OpenInstalls {
  /** What boards have whose maker wrote no number: it tells nobody from anybody. */
  private static final Set<String> NOBODY =
      Set.of(
          "00000000-0000-0000-0000-000000000000",
          "ffffffff-ffff-ffff-ffff-ffffffffffff",
          "03000200-0400-0500-0006-000700080009",
          "03020100-0504-0706-0809-0a0b0c0d0e0f",
          "12345678-1234-5678-90ab-cddeefaabbcc");

  private final Site site;
  private final Journal journal;
  private final Renderer renderer;
  private @Nullable Map<NodeName, Set<Machine>> known;

  /** Of that site, in that journal. */
  public OpenInstalls(Site site, Journal journal, Renderer renderer) {
    this.site = site;
    this.journal = journal;
    this.renderer = renderer;
  }

  /**
   * A node's install as it stands on a medium. Its kickstart is rendered once for each variant, and
   * pinned to the install as the network's is: made again, the medium has the same text.
   *
   * @param permit whether an order permits it to wipe a disk
   */
  public BootMedium.Install of(
      Node node, NodeState.Install install, boolean permit, FromMedium from) {
    String kickstart = journal.pin(install.id(), from.variant(), () -> text(node, install, from));
    if (known == null) {
      known = machines(); // of all nodes at once, since it is asked what only one of them has
    }
    Set<Machine> machines = known.getOrDefault(node.name(), Set.of());
    return new BootMedium.Install(
        new MediumMenu.Entry(node, false, permit, from.restarts(), machines), kickstart);
  }

  /** That text, which nobody is given yet. */
  private String text(Node node, NodeState.Install install, FromMedium from) {
    return renderer.mediumKickstart(
        site,
        node,
        new InstallContext(install.id(), install.token(), site.baseUrl(), site.baseUrl()),
        from);
  }

  /**
   * What is known of the machines behind the site's nodes: from what their installers reported, or
   * from what was seen of them before they became nodes. What two nodes have, none has.
   */
  public Map<NodeName, Set<Machine>> machines() {
    Map<NodeName, Set<Machine>> all = new HashMap<>();
    Map<String, Set<NodeName>> owners = new HashMap<>();
    for (Node node : site.nodes()) {
      Set<Machine> machines = new HashSet<>();
      MachineReport report = NodeState.of(journal.events(new Subject.OfNode(node.name()))).report();
      if (report != null) {
        note(machines, report.uuid(), report.serial());
      }
      for (MacAddress mac : node.nics().values()) {
        for (NodeEvent event : journal.events(new Subject.OfStranger(mac))) {
          note(
              machines,
              event.detail().getOrDefault("uuid", ""),
              event.detail().getOrDefault("serial", ""));
        }
      }
      all.put(node.name(), machines);
      machines.forEach(
          one -> owners.computeIfAbsent(one.uuid(), _ -> new HashSet<>()).add(node.name()));
    }
    all.values()
        .forEach(machines ->
            machines.removeIf(one -> owners.getOrDefault(one.uuid(), Set.of()).size() > 1));
    return all;
  }

  private static void note(Collection<Machine> machines, String uuid, String serial) {
    if (uuid.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}") && !NOBODY.contains(uuid)) {
      // GRUB's script takes any text in quotes, but a machine may say anything
      machines.add(new Machine(uuid, serial.matches("[!-~]([ -~]{0,62}[!-~])?") ? serial : ""));
    }
  }
}
