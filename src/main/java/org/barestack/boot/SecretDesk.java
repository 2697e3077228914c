package org.barestack.boot;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.model.Fingerprint;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.Journal.Decision;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Subject;
import org.barestack.model.Token;
import org.jspecify.annotations.Nullable;

/**
 * Decides who gets the secrets of a node: the first key that asks in an install, as often as it
 * asks, until the node is ready. The token of an install goes over plain HTTP, so somebody else may
 * hold it; two keys of one install are the sign of that, and then nobody gets anything.
 *
 * <p>Each answer is decided on the node's history and written to the journal in one step, before
 * anything is sent.
 */
public final class SecretDesk {
  private final BootDesk desk;
  private final Journal journal;
  private final InstantSource clock;

  /** A desk beside that one, over the same journal. */
  public SecretDesk(BootDesk desk, Journal journal, InstantSource clock) {
    this.desk = desk;
    this.journal = journal;
    this.clock = clock;
  }

  /**
   * Decides on one request.
   *
   * @param key of whoever asks, who has shown that he holds its private part
   * @param peer the address that asks, for people
   */
  public SecretAnswer ask(Token token, Fingerprint key, String peer) {
    Optional<OpenInstall> open = desk.install(token);
    if (open.isEmpty()) {
      return noInstall();
    }
    Node node = open.get().node();
    InstallId id = open.get().install().id();
    return journal.decide(
        new Subject.OfNode(node.name()),
        events -> {
          NodeState state = NodeState.of(events);
          SecretAnswer answer = decide(node, state, id, key, peer);
          return new Decision<>(recorded(node, state, id, key, peer, answer), answer);
        });
  }

  private static SecretAnswer decide(
      Node node, NodeState state, InstallId id, Fingerprint key, String peer) {
    NodeState.Install install = state.install();
    if (install == null || !install.id().equals(id) || state.phase() == Phase.ARMED) {
      return noInstall();
    }
    NodeState.Handout handout = install.handout();
    Fingerprint first = handout.key();
    if (handout.frozen()) {
      return new SecretAnswer.Frozen(
          node,
          "two keys asked for the secrets of this install, so nobody gets them" + remedy(node));
    }
    if (state.phase() == Phase.READY) {
      return new SecretAnswer.Never(
          node.name()
              + " is ready and has its secrets; they are not handed out again"
              + remedy(node));
    }
    if (!install.written() || !installed(state.phase())) {
      return new SecretAnswer.NotYet(
          "the system of this install was not heard of (it is " + state.phase() + ")");
    }
    if (first == null) {
      return new SecretAnswer.Granted(node, id, "first key of this install, " + key.brief());
    }
    return first.equals(key)
        ? new SecretAnswer.Granted(node, id, "asks again with the same key")
        : new SecretAnswer.Frozen(
            node,
            "key "
                + key.brief()
                + " of "
                + peer
                + " is the second that asks in this install, after "
                + first.brief()
                + "; nobody gets its secrets any more"
                + remedy(node));
  }

  private static boolean installed(Phase phase) {
    return switch (phase) {
      case INSTALLED, CONFIGURING, CONFIGURED -> true;
      case ARMED, BOOTING, CLAIMED, INSTALLING, READY, REFUSED, FAILED -> false;
    };
  }

  private static SecretAnswer noInstall() {
    return new SecretAnswer.NoInstall("no install is open here");
  }

  private static String remedy(Node node) {
    return "; to install it anew: barestack reinstall " + node.name() + " --wipe";
  }

  /** An alarm is raised once: what else asks in a frozen install says nothing new. */
  private List<NodeEvent> recorded(
      Node node,
      NodeState state,
      InstallId install,
      Fingerprint key,
      String peer,
      SecretAnswer answer) {
    @Nullable Kind kind =
        switch (answer) {
          case SecretAnswer.Granted granted -> Kind.SECRETS_GRANTED;
          case SecretAnswer.Frozen frozen when !state.frozen() -> Kind.SECRETS_FROZEN;
          default -> null;
        };
    return kind == null
        ? List.of()
        : List.of(
            NodeEvent.of(
                clock.instant(),
                new Subject.OfNode(node.name()),
                kind,
                install,
                Map.of("key", key.text(), "peer", peer, "reason", answer.reason())));
  }
}
