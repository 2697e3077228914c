package org.barestack.model;

import static org.barestack.model.Phase.ARMED;
import static org.barestack.model.Phase.BOOTING;
import static org.barestack.model.Phase.CLAIMED;
import static org.barestack.model.Phase.CONFIGURED;
import static org.barestack.model.Phase.CONFIGURING;
import static org.barestack.model.Phase.FAILED;
import static org.barestack.model.Phase.INSTALLED;
import static org.barestack.model.Phase.INSTALLING;
import static org.barestack.model.Phase.READY;
import static org.barestack.model.Phase.REFUSED;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.barestack.model.NodeEvent.Kind;

/**
 * One line of the table of states: which event leads from where to where. An event that no line
 * names for a phase leaves the node where it is. The pictures in docs/states-and-claims.md are
 * drawn from this table.
 *
 * @param from the phases in which the event counts
 * @param when what happened, for people
 */
public record Transition(Kind event, Set<Phase> from, Phase to, String when) {
  private static final Set<Phase> ANY = EnumSet.allOf(Phase.class);
  private static final Set<Phase> UNDERWAY = EnumSet.of(BOOTING, CLAIMED, INSTALLING);

  /**
   * Once a disk was claimed, the word of the installer or of the system counts wherever we think
   * the node is: a system that speaks was installed, even if we counted its install as refused or
   * failed, or its last report was lost.
   */
  private static final Set<Phase> WRITTEN = EnumSet.of(CLAIMED, INSTALLING, REFUSED, FAILED);

  private static final Set<Phase> BOOTED = and(WRITTEN, INSTALLED, CONFIGURING);

  /** The whole table. */
  public static final List<Transition> TABLE =
      List.of(
          new Transition(
              Kind.INSTALL_OPENED,
              EnumSet.of(ARMED),
              BOOTING,
              "told to install, or its medium made"),
          new Transition(Kind.IMAGE_SEEDED, EnumSet.of(ARMED), INSTALLED, "barestack seed"),
          new Transition(Kind.CLAIM_GRANTED, UNDERWAY, CLAIMED, "claim granted"),
          new Transition(Kind.CLAIM_REFUSED, UNDERWAY, REFUSED, "claim refused"),
          new Transition(Kind.FOUND_INSTALLED, UNDERWAY, INSTALLED, "found its system on the disk"),
          new Transition(
              Kind.INSTALL_PROGRESS, EnumSet.of(CLAIMED, INSTALLING), INSTALLING, "reports a step"),
          new Transition(Kind.INSTALL_FINISHED, WRITTEN, INSTALLED, "reports its end"),
          new Transition(Kind.INSTALL_FAILED, UNDERWAY, FAILED, "gives up, or 10 boots"),
          new Transition(Kind.STEP_STARTED, and(BOOTED, CONFIGURED), CONFIGURING, "step begins"),
          new Transition(Kind.STEP_FINISHED, BOOTED, CONFIGURING, "step ends"),
          new Transition(Kind.STEP_FAILED, BOOTED, CONFIGURING, "step fails"),
          new Transition(Kind.CONFIGURED, BOOTED, CONFIGURED, "all steps done"),
          new Transition(
              Kind.CLOUD_WAITS, EnumSet.of(CONFIGURED), CONFIGURED, "CloudStack does not say Up"),
          new Transition(Kind.READY, EnumSet.of(CONFIGURED), READY, "CloudStack says Up"),
          new Transition(Kind.REINSTALL_ORDERED, ANY, ARMED, "barestack reinstall"),
          new Transition(Kind.FORGOTTEN, ANY, ARMED, "barestack forget"));

  public Transition {
    from = Collections.unmodifiableSet(EnumSet.copyOf(from));
  }

  private static Set<Phase> and(Set<Phase> some, Phase... more) {
    Set<Phase> all = EnumSet.copyOf(some);
    all.addAll(List.of(more));
    return all;
  }

  /** Where the event leads from a phase; the same phase if nowhere. */
  static Phase next(Phase from, Kind event) {
    return TABLE.stream()
        .filter(line -> line.event == event && line.from.contains(from))
        .map(Transition::to)
        .findFirst()
        .orElse(from);
  }

  /** Whether the event counts in a phase, be it that it leads back to it. */
  static boolean counts(Phase from, Kind event) {
    return TABLE.stream().anyMatch(line -> line.event == event && line.from.contains(from));
  }
}
