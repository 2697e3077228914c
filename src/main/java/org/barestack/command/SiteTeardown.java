package org.barestack.command;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.Order;
import org.barestack.cloud.CloudApi;
import org.barestack.cloud.CloudDestroy;
import org.barestack.cloud.CloudException;
import org.barestack.cloud.Diagnosis;
import org.barestack.cloud.HostMembership;
import org.barestack.cloud.Rounds;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Disk;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Takes a whole site down: its zone, then a permit to wipe for every node, the management node
 * last. Its permit ends the run; until then a run that was cut off is gone on with, and a node that
 * has had its permit in it gets no second one, though it be installed again since.
 *
 * @param patience for CloudStack to let go of what it has
 * @param yes do not ask
 */
record SiteTeardown(
    CommandSpec command,
    JournalOptions options,
    PermitGuard guard,
    Supplier<Rounds> patience,
    boolean yes) {
  private static final Map<String, String> MARK = Map.of("teardown", "all");

  void run(Site site) {
    Print out = new Print(command);
    try (Journal journal = SqliteJournal.open(options.journal())) {
      BootDesk desk = new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom());
      Map<Node, Order> orders = orders(site, journal, desk);
      if (orders.isEmpty()) {
        out.line("all nodes of " + site.name() + " have their permits already; restart them");
        return;
      }
      Optional<CloudDestroy> cloud = cloud(out, site, journal);
      orders.forEach((node, order) -> out.line(words(node, order, desk)));
      if (!yes && !InstallOrder.asked("site", site.name())) {
        throw Failure.notDone("nothing was done");
      }
      cloud.ifPresent(one -> destroy(one, out, site));
      orders.forEach((node, order) -> give(out, site, node, order, desk, journal));
      out.line(
          "each of them installs again when it next boots from the network; restart the management"
              + " node first");
    }
  }

  /** Who still gets an order, and which; the management node last. */
  private Map<Node, Order> orders(Site site, Journal journal, BootDesk desk) {
    long begin = begin(journal.events(subject(site.managementNode())));
    List<Node> nodes = new ArrayList<>(site.nodes());
    nodes.remove(site.managementNode());
    nodes.add(site.managementNode());
    Map<Node, Order> orders = new LinkedHashMap<>();
    for (Node node : nodes) {
      if (!isDone(journal.events(subject(node)), begin)) {
        orders.put(node, desk.wipeable(node.name()));
      }
    }
    return orders;
  }

  /**
   * Where in the journal the present run begins: after the permit with which the last one ended, if
   * that was used.
   */
  static long begin(List<NodeEvent> management) {
    NodeState state = NodeState.of(management);
    boolean unused = state.phase() == Phase.ARMED && !state.wipe().isEmpty();
    List<NodeEvent> orders =
        management.stream().filter(event -> event.kind() == Kind.REINSTALL_ORDERED).toList();
    List<NodeEvent> ends =
        (unused ? orders.subList(0, orders.size() - 1) : orders)
            .stream().filter(SiteTeardown::isMarked).toList();
    return ends.isEmpty() ? 0 : ends.getLast().sequence();
  }

  /** Whether it has had its permit in this run, and nothing since undid that. */
  static boolean isDone(List<NodeEvent> events, long begin) {
    boolean done = false;
    for (NodeEvent event : events) {
      switch (event.kind()) {
        case REINSTALL_ORDERED -> done = event.sequence() > begin && isMarked(event);
        // It became a host again, so there is something to take down again.
        case READY, FORGOTTEN -> done = false;
        default -> {}
      }
    }
    return done;
  }

  private static boolean isMarked(NodeEvent event) {
    return "all".equals(event.detail().get("teardown"));
  }

  /** The zone that is to go; empty if there is none, or none that can be asked. */
  private Optional<CloudDestroy> cloud(Print out, Site site, Journal journal) {
    switch (guard.options().open(site, guard.folder(), guard.door())) {
      case CloudOptions.Opening.Open(CloudApi api) -> {
        try {
          CloudDestroy destroy = new CloudDestroy(api, patience, out::line);
          Optional<CloudDestroy.Inventory> zone = destroy.look(site);
          CloudDestroyCommand.name(out, site, zone);
          Optional<Diagnosis> objection =
              guard.force() ? Optional.empty() : destroy.objection(site, false);
          if (objection.isPresent()) {
            throw Failure.notDone(objection.get() + "\nNothing was done");
          }
          return Optional.of(destroy);
        } catch (CloudException e) {
          return notAsked(out, site, journal, HostMembership.why(e, site, site.managementNode()));
        }
      }
      case CloudOptions.Opening.NotOpen(Diagnosis why) -> {
        return notAsked(out, site, journal, why);
      }
    }
  }

  private Optional<CloudDestroy> notAsked(Print out, Site site, Journal journal, Diagnosis why) {
    if (!guard.mayHaveCloud(site, journal)) {
      out.line("there is no cloud");
    } else if (guard.force()) {
      out.line("what CloudStack has is not known (" + why + ") and stays as it is");
    } else {
      throw Failure.notDone(
          "what CloudStack has is not known: %s%nNothing was done. --force leaves it as it is"
              .formatted(why));
    }
    return Optional.empty();
  }

  /** By force, the site goes down also where its zone does not. */
  private void destroy(CloudDestroy cloud, Print out, Site site) {
    Diagnosis left;
    try {
      if (!(cloud.destroy(site, guard.force())
          instanceof CloudDestroy.Outcome.StillThere(Diagnosis why))) {
        return;
      }
      left = why;
    } catch (CloudException e) {
      left = HostMembership.why(e, site, site.managementNode());
    }
    if (!guard.force()) {
      throw Failure.notDone(
          left + "\nNo node has a permit yet. To go on: barestack teardown --all");
    }
    out.line("zone " + site.zone().name() + " is not gone: " + left);
  }

  private static String words(Node node, Order order, BootDesk desk) {
    NodeState state = desk.state(node.name());
    return switch (order) {
      case Order.Given(List<Disk> disks) ->
          "everything on this disk of %s will be lost: %s"
              .formatted(node.name(), InstallOrder.lastSeen(disks, state));
      case Order.NotGiven(String reason) -> node.name() + " takes only a blank disk: " + reason;
    };
  }

  private void give(Print out, Site site, Node node, Order order, BootDesk desk, Journal journal) {
    NodeName name = node.name();
    switch (order) {
      case Order.Given(List<Disk> disks) -> {
        if (node.role().equals(Role.KVM_WORKER)) {
          guard.clear(site, node, journal);
        }
        InstallOrder.write(desk, name, disks, null, MARK);
        out.line(name + ": permitted");
      }
      // Of a node that never was there, nothing needs to be taken back.
      case Order.NotGiven _ -> {
        if (desk.state(name).phase() != Phase.ARMED) {
          InstallOrder.write(desk, name, List.of(), null, MARK);
        }
        out.line(name + ": installs on a blank disk only");
      }
    }
    InstallOrder.dropOthers(command, options, name, null);
  }

  private static Subject subject(Node node) {
    return new Subject.OfNode(node.name());
  }
}
