package org.barestack.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.barestack.cloud.Diagnosis;
import org.barestack.cloud.HostMembership;
import org.barestack.cloud.Membership;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Subject;

/**
 * A worker that CloudStack still counts as a host gets no permit to wipe its disk: CloudStack would
 * go on with its guests on a machine that is gone.
 *
 * @param options how CloudStack is found
 * @param folder of the site
 * @param force give it all the same
 */
record PermitGuard(CloudOptions options, CloudDoor door, Path folder, boolean force)
    implements Clearance {
  /** In these, after its claim, a management node has a disk on which no cloud is yet. */
  private static final Set<Phase> BEFORE_ITS_CLOUD =
      Set.of(Phase.CLAIMED, Phase.INSTALLING, Phase.INSTALLED, Phase.CONFIGURING);

  /** Whether a permit may be given. */
  sealed interface Verdict {
    /** It may. */
    record Free() implements Verdict {}

    /** CloudStack counts it. */
    record Counted(String state) implements Verdict {}

    /** CloudStack may count it. */
    record Unknown(Diagnosis why) implements Verdict {}
  }

  @Override
  public List<String> look(Site site, Node node, Journal journal) {
    return switch (verdict(site, node, journal)) {
      case Verdict.Free _ -> List.of();
      case Verdict.Counted(String state) -> {
        if (!force) {
          throw refused(node, state);
        }
        yield List.of(
            node.name()
                + " is a host of CloudStack ("
                + state
                + "), which goes on counting it; barestack teardown "
                + node.name()
                + " would remove it first");
      }
      case Verdict.Unknown(Diagnosis why) -> {
        if (!force) {
          throw unknown(node, why);
        }
        yield List.of("whether CloudStack counts " + node.name() + " is not known: " + why);
      }
    };
  }

  /** Asked again: somebody thought about the question for as long as he liked. */
  @Override
  public void clear(Site site, Node node, Journal journal) {
    if (force) {
      return;
    }
    switch (verdict(site, node, journal)) {
      case Verdict.Free _ -> {}
      case Verdict.Counted(String state) -> throw refused(node, state);
      case Verdict.Unknown(Diagnosis why) -> throw unknown(node, why);
    }
  }

  private static Failure refused(Node node, String state) {
    return Failure.notDone(
        "%s is a host of CloudStack: %s%nNothing was ordered. barestack teardown %s takes it out of CloudStack first; --force permits it all the same"
            .formatted(node.name(), state, node.name()));
  }

  private static Failure unknown(Node node, Diagnosis why) {
    return Failure.notDone(
        "whether CloudStack counts %s as a host is not known: %s%nNothing was ordered. --force permits it all the same"
            .formatted(node.name(), why));
  }

  /** What is known of a node now. */
  Verdict verdict(Site site, Node node, Journal journal) {
    if (!node.role().equals(Role.KVM_WORKER)) {
      return new Verdict.Free();
    }
    return verdict(ask(site, node), mayHaveCloud(site, journal));
  }

  /** The rule. */
  static Verdict verdict(Membership.Answer answer, boolean mayHaveCloud) {
    return switch (answer) {
      case Membership.Answer.NotCounted _ -> new Verdict.Free();
      case Membership.Answer.Counted(String state) -> new Verdict.Counted(state);
      case Membership.Answer.Unknown(Diagnosis why) ->
          mayHaveCloud ? new Verdict.Unknown(why) : new Verdict.Free();
    };
  }

  private Membership.Answer ask(Site site, Node node) {
    return switch (options.open(site, folder, door)) {
      case CloudOptions.Opening.Open open -> new HostMembership(open.api()).ask(site, node);
      case CloudOptions.Opening.NotOpen(Diagnosis why) -> new Membership.Answer.Unknown(why);
    };
  }

  /** Whether there can be a cloud that counts anything. */
  boolean mayHaveCloud(Site site, Journal journal) {
    boolean secrets = site.trust().isThere() || Files.exists(folder.resolve("secrets.age"));
    return mayHaveCloud(secrets, journal.events(new Subject.OfNode(site.managementNode().name())));
  }

  /**
   * Whether there can be one. There cannot where the site never had secrets, which no cloud does
   * without: a rehearsal. Nor while a management node is on its way through its current install,
   * with nothing to restore: then its disk is new. What the journal does not show it cannot rule
   * out: it may have been lost, and {@link Kind#FOUND_INSTALLED} says that it was.
   *
   * @param secrets whether the site has any
   * @param management all events of the management node
   */
  static boolean mayHaveCloud(boolean secrets, List<NodeEvent> management) {
    if (!secrets && !has(management, Kind.SECRETS_GRANTED)) {
      return false;
    }
    NodeState state = NodeState.of(management);
    NodeState.Install install = state.install();
    if (install == null || !BEFORE_ITS_CLOUD.contains(state.phase()) || state.restore() != null) {
      return true;
    }
    List<NodeEvent> current =
        management.stream().filter(event -> install.id().equals(event.install())).toList();
    boolean wrote =
        has(current, Kind.CLAIM_GRANTED) || (install.image() && state.phase() == Phase.CONFIGURING);
    boolean done =
        has(current, Kind.CONFIGURED)
            || has(current, Kind.READY)
            || has(current, Kind.FOUND_INSTALLED);
    return done || !wrote;
  }

  private static boolean has(List<NodeEvent> events, Kind kind) {
    return events.stream().anyMatch(event -> event.kind() == kind);
  }
}
