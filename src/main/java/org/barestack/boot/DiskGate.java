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
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Site;

/**
 * The gate before every disk. A disk is written only if an install under way claims it, and it is
 * blank, or that same install claimed it before and has not finished, or an operator allowed to
 * wipe just what is on it. There is no other way in, and every route asks here.
 *
 * <p>Our own memory is not trusted further than the disk itself: a journal may be lost, or put back
 * as it was yesterday. A finished install on a disk that the journal does not know of is never
 * written over, whatever the journal permits.
 */
final class DiskGate {
  /** What the disk part of our kickstarts puts on a disk, in the words of wipefs and blkid. */
  private static final Set<String> MADE_BY_INSTALLS =
      Set.of("gpt", "PMBR", "dos", "vfat", "xfs", "swap", "LVM2_member", "linux_raid_member");

  private final Site site;
  private final Node node;
  private final NodeState state;
  private final MachineReport report;

  private DiskGate(Site site, Node node, NodeState state, MachineReport report) {
    this.site = site;
    this.node = node;
    this.state = state;
    this.report = report;
  }

  /** What the node's rules pick from what its machine has. */
  sealed interface Choice {
    record Picked(List<Disk> disks) implements Choice {}

    record Nothing(String reason) implements Choice {}
  }

  /** Which other node holds the claim on a disk, by the disk's identity. */
  @FunctionalInterface
  interface Holders {
    Optional<NodeName> holder(String identity);
  }

  /**
   * Decides on a claim.
   *
   * @param install the install that claims, as its token says
   */
  static ClaimAnswer decide(
      Site site,
      Node node,
      NodeState state,
      InstallId install,
      MachineReport report,
      Holders others) {
    NodeState.Install current = state.install();
    if (current == null || !current.id().equals(install) || !state.phase().underway()) {
      return new ClaimAnswer.Refused(
          "this install is over (the node is " + state.phase() + "); nothing was written");
    }
    DiskGate gate = new DiskGate(site, node, state, report);
    return current.disks().isEmpty() ? gate.first(install, others) : gate.again(current);
  }

  /** The same install on the same disk goes on: a power cut in the middle is no dead end. */
  private ClaimAnswer again(NodeState.Install current) {
    if (!current.admits(report)) {
      return new ClaimAnswer.Refused(
          "machine "
              + current.machine()
              + " holds the claim of this install; this one is "
              + report.machine()
              + ". Do two machines have one MAC address?");
    }
    Optional<ClaimAnswer> installed = alreadyInstalled(current.disks());
    if (installed.isPresent()) {
      return installed.get();
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
    Optional<String> objection =
        disks.stream()
            .flatMap(disk -> obstacle(disk).or(() -> changed(disk, "its claim")).stream())
            .findFirst();
    return objection.isPresent()
        ? new ClaimAnswer.Refused(objection.get())
        : new ClaimAnswer.Granted(
            node,
            current.id(),
            disks,
            "goes on with " + names(disks) + ", which it claimed before");
  }

  private ClaimAnswer first(InstallId install, Holders others) {
    Optional<ClaimAnswer> installed = alreadyInstalled(state.wipe());
    return installed.orElseGet(() ->
        switch (pick(node, report)) {
          case Choice.Nothing(String reason) -> new ClaimAnswer.Refused(reason);
          case Choice.Picked(List<Disk> disks) -> first(install, disks, others);
        });
  }

  /**
   * A finished install of this very node on any disk: the node is installed, whatever we remember.
   * Past it leads only the right to write that disk, and only over an install that we know to be an
   * earlier one.
   *
   * @param writable identities of the disks that may be written
   */
  private Optional<ClaimAnswer> alreadyInstalled(Set<String> writable) {
    for (Disk disk : report.disks()) {
      for (String label : disk.labels()) {
        Optional<InstallId> there =
            InstallId.ofLabel(label)
                .filter(id -> id.label().equals(label))
                .filter(id -> id.belongsTo(site.name(), node.name()));
        if (there.isPresent() && !(writable.contains(disk.identity()) && isEarlier(there.get()))) {
          return Optional.of(new ClaimAnswer.Installed(label, installedReason(disk)));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether it is known: from our own events, or because the machine told of it before. */
  private boolean isEarlier(InstallId install) {
    boolean current = state.install() != null && state.install().id().equals(install);
    MachineReport last = state.report();
    boolean told =
        last != null
            && last.disks().stream().anyMatch(disk -> disk.labels().contains(install.label()));
    return !current && (told || state.past().installs().contains(install));
  }

  private String installedReason(Disk disk) {
    String what =
        disk.describe()
            + " already carries a finished install of "
            + node.name()
            + "; it boots from its disk";
    return state.wipe().contains(disk.identity())
        ? what
            + ". The permit to wipe is older than that install, so it is void. To install it anew,"
            + " order it again: barestack reinstall "
            + node.name()
            + " --wipe"
        : what + ". To install it anew: barestack reinstall " + node.name() + " --wipe";
  }

  private ClaimAnswer first(InstallId install, List<Disk> disks, Holders others) {
    List<String> reasons = new ArrayList<>();
    for (Disk disk : disks) {
      Optional<String> objection =
          obstacle(disk)
              .or(() -> shared(disk, others))
              .or(() -> disk.blank() ? Optional.empty() : notBlank(disk));
      if (objection.isPresent()) {
        return new ClaimAnswer.Refused(objection.get());
      }
      reasons.add(disk.name() + (disk.blank() ? " is blank" : " may be wiped"));
    }
    return new ClaimAnswer.Granted(node, install, disks, String.join(", ", reasons));
  }

  /** A blank disk that another node claimed is about to be written by it: a LUN that both see. */
  private static Optional<String> shared(Disk disk, Holders others) {
    return others
        .holder(disk.identity())
        .map(other ->
            disk.describe()
                + " is claimed by "
                + other
                + ". If both machines see one disk, let only one of them see it; if the disk was"
                + " moved from there: barestack forget "
                + other);
  }

  private Optional<String> notBlank(Disk disk) {
    return state.wipe().contains(disk.identity())
        ? changed(disk, "the permit to wipe")
        : Optional.of(
            disk.describe() + " is not blank" + whose(disk) + "; nothing was written." + remedy());
  }

  /** What came onto a disk since we were told of it is nobody's to wipe. */
  private Optional<String> changed(Disk disk, String since) {
    Optional<Disk> before =
        Optional.ofNullable(state.report()).stream()
            .flatMap(last -> last.disks().stream())
            .filter(last -> last.identity().equals(disk.identity()))
            .findFirst();
    return disk.blank()
            || before.filter(disk::holdsTheSameAs).isPresent()
            || isLeftByUs(disk, before)
        ? Optional.empty()
        : Optional.of(
            "what is on "
                + disk.describe()
                + " is not what it was at the time of "
                + since
                + " ("
                + before.map(Disk::content).orElse("the disk was not there")
                + "); nothing was written."
                + remedy());
  }

  private String remedy() {
    return " If it may be wiped: barestack reinstall " + node.name() + " --wipe";
  }

  /**
   * Whether the disk is that of an install of ours that we know, whatever is on it beside, or what
   * is on it was made by our installs, or was there when the permit was given: over that a
   * reinstall goes.
   */
  private boolean isLeftByUs(Disk disk, Optional<Disk> before) {
    if (!state.past().disks().contains(disk.identity())) {
      return false;
    }
    boolean known =
        disk.labels().stream()
            .flatMap(label -> InstallId.ofLabel(label).stream())
            .anyMatch(state.past().installs()::contains);
    return known || isMadeByInstalls(disk, before);
  }

  private boolean isMadeByInstalls(Disk disk, Optional<Disk> before) {
    return disk.signatures().stream()
            .allMatch(found ->
                MADE_BY_INSTALLS.contains(found)
                    || before.filter(last -> last.signatures().contains(found)).isPresent())
        && disk.labels().stream()
            .allMatch(found ->
                InstallId.ofLabel(found)
                        .filter(id -> id.belongsTo(site.name(), node.name()))
                        .isPresent()
                    || before.filter(last -> last.labels().contains(found)).isPresent());
  }

  /** Whose install a label on the disk tells of, for people. */
  private String whose(Disk disk) {
    for (String label : disk.labels()) {
      Optional<InstallId> id = InstallId.ofLabel(label);
      if (id.isPresent()) {
        String state = id.get().label().equals(label) ? "an install" : "an unfinished install";
        return site.nodes().stream()
            .map(Node::name)
            .filter(name -> id.get().belongsTo(site.name(), name))
            .findFirst()
            .map(name -> ": it carries " + state + " of " + name)
            .orElse(": it carries " + state + " of another site of Barestack's");
      }
    }
    return "";
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
