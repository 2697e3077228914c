package org.barestack.diff;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.jspecify.annotations.Nullable;

/** A node that is not the same on both sides. */
public sealed interface NodeChange {
  /** Its name. */
  NodeName name();

  /**
   * Only the new side has it.
   *
   * @param formerly the node that its machine was on the old side; null if none
   */
  record Added(Node node, @Nullable NodeName formerly) implements NodeChange {
    @Override
    public NodeName name() {
      return node.name();
    }

    @Override
    public String toString() {
      return node.name()
          + " is new ("
          + node.role()
          + ", "
          + node.address()
          + "): "
          + (formerly == null
              ? ""
              : "its machine was " + formerly + ", of which nothing is known by the new name; ")
          + "it installs when it first boots from the network, if its disk is blank";
    }
  }

  /**
   * Only the old side has it.
   *
   * @param since the node that its machine is on the new side; null if none
   */
  record Removed(Node node, @Nullable NodeName since) implements NodeChange {
    @Override
    public NodeName name() {
      return node.name();
    }

    @Override
    public String toString() {
      return node.name()
          + " is gone ("
          + node.role()
          + ", "
          + node.address()
          + "): "
          + (since == null
              ? "serve takes it for an unknown machine and sends it to its own disk"
              : "its machine is " + since + " now")
          + (node.role().equals(Role.KVM_WORKER)
              ? "; take it out of CloudStack while the site still has it: barestack teardown "
                  + node.name()
              : "");
    }
  }

  /**
   * Both have it.
   *
   * @param artefacts that differ, in the order of rendering
   * @param fields of the node in the site that differ
   */
  record Changed(Node before, Node node, List<ArtefactChange> artefacts, List<FieldChange> fields)
      implements NodeChange {
    public Changed {
      artefacts = List.copyOf(artefacts);
      fields = List.copyOf(fields);
    }

    @Override
    public NodeName name() {
      return node.name();
    }

    /**
     * When its artefacts take effect. A reinstall brings all that an install reads, so the next
     * install, seed and medium go without saying then.
     */
    public Set<Effect> effects() {
      Set<Effect> effects =
          artefacts.stream()
              .map(ArtefactChange::effect)
              .collect(Collectors.toCollection(TreeSet::new));
      if (effects.contains(Effect.REINSTALL)) {
        effects.removeAll(Set.of(Effect.NEXT_INSTALL, Effect.NEXT_SEED, Effect.NEXT_MEDIUM));
      }
      return effects;
    }

    /** The command that reinstalls it, over what it has. */
    public String reinstall() {
      if (before.role().equals(Role.KVM_WORKER) && node.role().equals(Role.KVM_WORKER)) {
        return "barestack rebuild " + name();
      }
      return node.role().equals(Role.MANAGEMENT) && before.role().equals(Role.MANAGEMENT)
          ? "barestack rebuild " + name() + " --restore FILE"
          : "barestack reinstall --wipe " + name();
    }
  }
}
