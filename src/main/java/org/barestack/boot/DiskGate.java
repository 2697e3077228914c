package org.barestack.boot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.NodeState;

/**
 * The gate before every disk. A disk is written only if an install under way claims it, and it is
 * blank, or that same install claimed it before, or an operator allowed to wipe it. There is no
 * other way in, and every route asks here.
 */
final class DiskGate {
  private DiskGate() {}

  /** What the node's rules pick from what its machine has. */
  sealed interface Choice {
    record Picked(List<Disk> disks) implements Choice {}

    record Nothing(String reason) implements Choice {}
  }

  /**
   * Decides on a claim.
   *
   * @param site name of the site, which the labels on disks tell
   * @param install the install that claims, as its token says
   */
  static ClaimAnswer decide(
      String site, Node node, NodeState state, InstallId install, MachineReport report) {
    NodeState.Install current = state.install();
    if (current == null || !current.id().equals(install) || !state.phase().underway()) {
      return new ClaimAnswer.Refused(
          "this install is over (the node is " + state.phase() + "); nothing was written");
    }
    if (!current.disks().isEmpty()) {
      return again(node, current, report);
    }
    Optional<ClaimAnswer> installed = alreadyInstalled(site, node, state.wipe(), report);
    return installed.orElseGet(() ->
        switch (pick(node, report)) {
          case Choice.Nothing(String reason) -> new ClaimAnswer.Refused(reason);
          case Choice.Picked(List<Disk> disks) -> first(node, state.wipe(), install, disks);
        });
  }

  /** The same install on the same disk goes on: a power cut in the middle is no dead end. */
  private static ClaimAnswer again(Node node, NodeState.Install current, MachineReport report) {
    if (!current.admits(report.uuid())) {
      return new ClaimAnswer.Refused(
          "machine "
              + current.machine()
              + " holds the claim of this install; this one is "
              + report.uuid()
              + ". Do two machines have one MAC address?");
    }
    List<Disk> disks =
        report.disks().stream().filter(disk -> current.disks().contains(disk.identity())).toList();
    Set<String> there = disks.stream().map(Disk::identity).collect(Collectors.toSet());
    if (!there.equals(current.disks()) || disks.size() != there.size()) {
      return new ClaimAnswer.Refused(
          "this install claimed "
              + String.join(", ", current.disks())
              + "; the machine now has "
              + names(report.disks()));
    }
    Optional<String> obstacle = disks.stream().flatMap(disk -> obstacle(disk).stream()).findFirst();
    return obstacle.isPresent()
        ? new ClaimAnswer.Refused(obstacle.get())
        : new ClaimAnswer.Granted(
            node,
            current.id(),
            disks,
            "goes on with " + names(disks) + ", which it claimed before");
  }

  /**
   * A label of ours for this very node on any disk: the node is installed, whatever we remember.
   */
  private static Optional<ClaimAnswer> alreadyInstalled(
      String site, Node node, Set<String> wipe, MachineReport report) {
    for (Disk disk : report.disks()) {
      for (String label : disk.labels()) {
        if (!wipe.contains(disk.identity()) && isOurs(label, site, node)) {
          return Optional.of(
              new ClaimAnswer.Installed(
                  label,
                  disk.describe()
                      + " already carries an install of "
                      + node.name()
                      + "; it boots from its disk. To install it anew: barestack reinstall "
                      + node.name()
                      + " --wipe"));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isOurs(String label, String site, Node node) {
    return label.matches(InstallId.PATTERN) && new InstallId(label).belongsTo(site, node.name());
  }

  private static ClaimAnswer first(
      Node node, Set<String> wipe, InstallId install, List<Disk> disks) {
    List<String> reasons = new ArrayList<>();
    for (Disk disk : disks) {
      Optional<String> obstacle = obstacle(disk);
      if (obstacle.isPresent()) {
        return new ClaimAnswer.Refused(obstacle.get());
      }
      if (disk.blank()) {
        reasons.add(disk.name() + " is blank");
      } else if (wipe.contains(disk.identity())) {
        reasons.add(disk.name() + " may be wiped");
      } else {
        return new ClaimAnswer.Refused(
            disk.describe()
                + " is not blank; nothing was written. If it may be wiped: barestack reinstall "
                + node.name()
                + " --wipe");
      }
    }
    return new ClaimAnswer.Granted(node, install, disks, String.join(", ", reasons));
  }

  /** What no permit overrides. */
  private static Optional<String> obstacle(Disk disk) {
    if (disk.medium()) {
      return Optional.of(disk.describe() + " is the medium that the installer runs from");
    }
    if (disk.readOnly()) {
      return Optional.of(disk.describe() + " is read-only");
    }
    if (disk.used()) {
      return Optional.of(
          disk.describe()
              + " is in use: mounted, swapped on, or a part of multipath or of the firmware's"
              + " RAID");
    }
    return Optional.empty();
  }

  /**
   * The disks that the node's rules mean, whatever is on them: what is on a disk decides whether it
   * may be written, never which disk is meant.
   */
  static Choice pick(Node node, MachineReport report) {
    List<Disk> picked = new ArrayList<>();
    for (DiskRule rule : node.os()) {
      List<Disk> matching =
          report.disks().stream()
              .filter(disk -> !disk.medium() && !picked.contains(disk) && disk.matches(rule))
              .sorted(Comparator.comparingLong(Disk::size).thenComparing(Disk::identity))
              .toList();
      if (matching.isEmpty()) {
        return new Choice.Nothing(
            "no disk is meant by the rule " + rule + "; the machine has " + names(report.disks()));
      }
      if (matching.size() > 1 && !(rule instanceof DiskRule.Size)) {
        return new Choice.Nothing(
            "several disks are meant by the rule " + rule + ": " + names(matching));
      }
      picked.add(matching.getFirst());
    }
    return distinct(picked)
        ? new Choice.Picked(picked)
        : new Choice.Nothing("disks cannot be told apart: " + names(picked));
  }

  private static boolean distinct(List<Disk> disks) {
    return disks.stream().map(Disk::identity).distinct().count() == disks.size();
  }

  private static String names(List<Disk> disks) {
    return disks.isEmpty()
        ? "no disk"
        : disks.stream().map(Disk::describe).collect(Collectors.joining(", "));
  }
}
