package org.barestack.command;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.Order;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Disk;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Site;
import org.barestack.ssh.NodeShell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack reinstall NODE}. */
@Command(
    name = "reinstall",
    description = {
      "Orders a new install of a node for its next boot from the network.",
      "Without --wipe it takes only a blank disk."
    })
public final class ReinstallCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", description = "A node of the site.")
  private String node = "";

  @Option(
      names = "--wipe",
      description = "Permit it to wipe its disk, once. Names the disk and asks.")
  private boolean wipe;

  @Option(names = "--now", description = "Restart it into the installer, by SSH. Only with --wipe.")
  private boolean now;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Spec private CommandSpec command = CommandSpec.create();

  private final List<String> ssh;

  /**
   * @param ssh how the system's ssh program is called
   */
  public ReinstallCommand(List<String> ssh) {
    this.ssh = List.copyOf(ssh);
  }

  /**
   * The order goes first, the restart second. The other way round the machine could ask before the
   * order is there, be sent to its disk, and have used up its one boot from the network. An order
   * whose restart failed does no harm of its own: it is spent only by a claim of that machine on
   * those disks, it shows in {@code status}, and {@code forget} takes it back.
   */
  @Override
  public Integer call() {
    if (now && !wipe) {
      throw Failure.badInput(
          "a node that answers by SSH runs from its disk, so it is not blank: --now goes only with"
              + " --wipe");
    }
    Site site = options.load();
    Node target = SiteOptions.node(site, node);
    NodeName name = target.name();
    String script = options.renderer().reinstallScript(site, target);
    Print out = new Print(command);
    try (Journal journal = SqliteJournal.open(options.journal())) {
      BootDesk desk = new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom());
      List<Disk> disks = wipe ? confirmed(out, name, desk) : List.of();
      String hostKeyName = hostKeyName(name, desk.state(name));
      if (desk.reinstall(name, disks) instanceof Order.NotGiven(String reason)) {
        throw Failure.notDone(reason);
      }
      out.line(
          name
              + " installs again when it next boots from the network, "
              + (disks.isEmpty()
                  ? "on a blank disk only; --wipe permits it to go over what is there"
                  : "over " + names(disks)));
      if (now) {
        NodeShell shell = new NodeShell(ssh, options.journal().resolveSibling("known_hosts"));
        restarted(
            out,
            site,
            target,
            shell.run(target.address(), site.access().user(), hostKeyName, script));
      } else {
        out.line(whatToDo(site, target));
      }
      return 0;
    }
  }

  /** Each install makes a host key, so that a key is known by the install that it came with. */
  private static String hostKeyName(NodeName name, NodeState state) {
    NodeState.Install install = state.install();
    return install == null ? name.text() : name + "." + install.id();
  }

  private static void restarted(Print out, Site site, Node node, NodeShell.Result result) {
    switch (result) {
      case NodeShell.Result.Done(String output) -> out.line(node.name() + ": " + output);
      case NodeShell.Result.Failed(String reason) ->
          throw Failure.notDone(
              "%s was not restarted: %s%nThe order stands. %s; to take it back: barestack forget %s"
                  .formatted(node.name(), reason, whatToDo(site, node), node.name()));
    }
  }

  /** How a machine whose order is given comes to boot from the network. */
  private static String whatToDo(Site site, Node node) {
    String login = site.access().user() + "@" + node.address();
    if (node.bootOrder() == Node.BootOrder.NETWORK_FIRST) {
      return "Restart it (if it runs: ssh " + login + " sudo systemctl reboot)";
    }
    String once = "Start it from the network once, by its boot menu or its management controller";
    return node.firmware() == Node.Firmware.BIOS
        ? once
        : once
            + " (if it runs: ssh "
            + login
            + ", sudo efibootmgr --bootnext NUMBER, sudo systemctl reboot)";
  }

  private List<Disk> confirmed(Print out, NodeName name, BootDesk desk) {
    return switch (desk.wipeable(name)) {
      case Order.NotGiven(String reason) -> throw Failure.notDone(reason);
      case Order.Given(List<Disk> disks) -> {
        out.line(
            "everything on this disk of %s will be lost%s: %s"
                .formatted(name, now ? ", beginning now" : "", lastSeen(disks, desk.state(name))));
        if (!yes && !asked(name)) {
          throw Failure.notDone("nothing was ordered");
        }
        yield disks;
      }
    };
  }

  /** What a machine reported of a disk is older than what our own installs put there since. */
  private static String lastSeen(List<Disk> disks, NodeState state) {
    NodeState.Install install = state.install();
    return disks.stream()
        .map(disk ->
            install != null && install.disks().contains(disk.identity())
                ? disk.describe() + ", and since then install " + install.id()
                : disk.describe())
        .collect(Collectors.joining("; "));
  }

  private static boolean asked(NodeName name) {
    String answer =
        Print.console()
            .orElseThrow(() ->
                Failure.notDone("nobody is here to be asked; nothing was ordered. --yes answers"))
            .readLine("Type the name of the node to permit that: ");
    return answer != null && answer.strip().equals(name.text());
  }

  private static String names(List<Disk> disks) {
    return disks.stream().map(Disk::describe).collect(Collectors.joining(", "));
  }
}
