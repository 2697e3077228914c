package org.barestack.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.Order;
import org.barestack.journal.RestoreFiles;
import org.barestack.journal.SqliteJournal;
import org.barestack.journal.StateLock;
import org.barestack.model.Disk;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.RestoreFile;
import org.barestack.model.Site;
import org.barestack.ssh.NodeShell;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The order to install a node anew, as an operator gives it.
 *
 * @param ssh how the system's ssh program is called
 * @param wipe whether it is permitted to wipe its disk, once
 * @param now restart it into the installer; only with a permit
 * @param yes do not ask
 * @param clearance what stands before the permit
 * @param backup what the node shall load, checked already; null if it begins anew
 */
record InstallOrder(
    CommandSpec command,
    JournalOptions options,
    List<String> ssh,
    Wipe wipe,
    boolean now,
    boolean yes,
    Clearance clearance,
    @Nullable Path backup) {
  InstallOrder {
    ssh = List.copyOf(ssh);
  }

  /** Whether an order permits to wipe a disk. */
  enum Wipe {
    /** It does not. */
    NO,
    /** It does, or it is not given. */
    YES,
    /** It does if the disks of the node were ever seen; else the node takes a blank one only. */
    IF_SEEN
  }

  /**
   * The order goes first, the restart second. The other way round the machine could ask before the
   * order is there, be sent to its disk, and have used up its one boot from the network. An order
   * whose restart failed does no harm of its own: it is spent only by a claim of that machine on
   * those disks, it shows in {@code status}, and {@code forget} takes it back.
   *
   * <p>A backup goes before the order: until the order names it, it counts for nothing, and what an
   * earlier order named stays whole. What is left of earlier orders goes last.
   *
   * <p>What stands before a permit is looked at before anything is asked, and cleared right before
   * the order: whatever cuts it off in between, no permit is there, and it may be run again.
   */
  void give(Site site, Node target) {
    NodeName name = target.name();
    String script = options.renderer().reinstallScript(site, target);
    Print out = new Print(command);
    try (Journal journal = SqliteJournal.open(options.journal())) {
      BootDesk desk = new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom());
      boolean wiping = wipe != Wipe.NO;
      List<String> costs = wiping ? clearance.look(site, target, journal) : List.of();
      List<Disk> disks = wiping ? confirmed(out, name, desk, costs) : List.of();
      String hostKeyName = hostKeyName(name, desk.state(name));
      RestoreFile restore = backup == null ? null : kept(name, backup);
      if (wiping) {
        try (StateLock _ = options.cloudLock(command)) {
          clearance.clear(site, target, journal);
          write(desk, name, disks, restore, Map.of());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      } else {
        write(desk, name, disks, restore, Map.of());
      }
      dropOthers(name, restore);
      out.line(
          name
              + " installs again when it next boots from the network, "
              + (disks.isEmpty()
                  ? "on a blank disk only; --wipe permits it to go over what is there"
                  : "over " + names(disks)));
      if (restore != null) {
        out.line(
            "it loads the backup %s (%d octets, sha256 %s)"
                .formatted(restore.name(), restore.octets(), restore.sha256()));
      }
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
    }
  }

  /** An order that stands already, and is not spent, is not given twice. */
  static void write(
      BootDesk desk,
      NodeName name,
      List<Disk> disks,
      @Nullable RestoreFile restore,
      Map<String, String> more) {
    NodeState state = desk.state(name);
    boolean stands =
        state.phase() == Phase.ARMED
            && !disks.isEmpty()
            && state.wipe().equals(disks.stream().map(Disk::identity).collect(Collectors.toSet()))
            && state.restore() == null
            && restore == null;
    if (!stands
        && desk.reinstall(name, disks, restore, more) instanceof Order.NotGiven(String reason)) {
      throw Failure.notDone(reason);
    }
  }

  private RestoreFile kept(NodeName name, Path file) {
    try {
      return options.backups().keep(name, file);
    } catch (IOException e) {
      throw Failure.notDone(
          "%s cannot be copied to %s: %s; nothing was ordered. If the disk is full, make room"
              .formatted(file, options.backupFolder(), e.getMessage()));
    }
  }

  /** Another command for the same node at the same moment may have taken ours for an old one. */
  private void dropOthers(NodeName name, @Nullable RestoreFile restore) {
    dropOthers(command, options, name, restore);
    if (restore != null && options.backups().find(name, restore).isEmpty()) {
      throw Failure.notDone(
          "another command gave an order for %s at this very moment and removed this backup; the node would refuse to go on without it. Give this order again"
              .formatted(name));
    }
  }

  /** Drops what earlier orders handed over. The order stands, whatever comes of that. */
  static void dropOthers(
      CommandSpec command, JournalOptions options, NodeName name, @Nullable RestoreFile restore) {
    RestoreFiles backups = options.backups();
    try {
      backups.keepOnly(name, restore);
    } catch (IOException e) {
      command
          .commandLine()
          .getErr()
          .println(
              "barestack: warning: what was kept for an earlier order of "
                  + name
                  + " cannot be removed ("
                  + e
                  + "); no node gets it");
    }
  }

  /** Each install makes a host key, so that a key is known by the install that it came with. */
  static String hostKeyName(NodeName name, NodeState state) {
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

  private List<Disk> confirmed(Print out, NodeName name, BootDesk desk, List<String> costs) {
    return switch (desk.wipeable(name)) {
      case Order.NotGiven(String reason) -> {
        if (wipe == Wipe.YES) {
          throw Failure.notDone(reason);
        }
        ask(out, name, costs, "no permit to wipe is given: " + reason);
        yield List.of();
      }
      case Order.Given(List<Disk> disks) -> {
        ask(
            out,
            name,
            costs,
            "everything on this disk of %s will be lost%s: %s"
                .formatted(name, now ? ", beginning now" : "", lastSeen(disks, desk.state(name))));
        yield disks;
      }
    };
  }

  private void ask(Print out, NodeName name, List<String> costs, String last) {
    costs.forEach(out::line);
    out.line(last);
    if (!yes && !asked("node", name.text())) {
      throw Failure.notDone("nothing was ordered");
    }
  }

  /** What a machine reported of a disk is older than what our own installs put there since. */
  static String lastSeen(List<Disk> disks, NodeState state) {
    NodeState.Install install = state.install();
    return disks.stream()
        .map(disk ->
            install != null && install.disks().contains(disk.identity())
                ? disk.describe() + ", and since then install " + install.id()
                : disk.describe())
        .collect(Collectors.joining("; "));
  }

  /** Has the operator type a name, so that nobody permits it by habit. */
  static boolean asked(String what, String name) {
    String answer =
        Print.console()
            .orElseThrow(() ->
                Failure.notDone("nobody is here to be asked; nothing was ordered. --yes answers"))
            .readLine("Type the name of the %s to permit that: ", what);
    return answer != null && answer.strip().equals(name);
  }

  private static String names(List<Disk> disks) {
    return disks.stream().map(Disk::describe).collect(Collectors.joining(", "));
  }
}
