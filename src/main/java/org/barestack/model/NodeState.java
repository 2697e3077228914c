package org.barestack.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a machine's events add up to.
 *
 * @param since when this phase began; null before the first event
 * @param lastHeard when the machine itself last said or asked anything; null if never
 * @param install the current or last install; null before the first
 * @param wipe identities of the disks that an operator allowed to wipe and no install has used yet
 * @param report the machine's own last report; null before its first
 * @param step the last step heard of, of the installer or of first boot; empty before the first
 * @param reason why it is where it is, for people
 */
public record NodeState(
    Phase phase,
    @Nullable Instant since,
    @Nullable Instant lastHeard,
    @Nullable Install install,
    Set<String> wipe,
    @Nullable MachineReport report,
    String step,
    String reason) {
  /** A node of which nothing was ever heard: the site names it, so it may install. */
  public static final NodeState NEW =
      new NodeState(Phase.ARMED, null, null, null, Set.of(), null, "", "never seen");

  public NodeState {
    wipe = Set.copyOf(wipe);
  }

  /**
   * One run of the installer, over however many boots.
   *
   * @param token the secret of its URLs
   * @param offers how often the machine was told to boot it
   * @param disks identities of the disks it may write; empty before its claim
   * @param machine UUID of the machine that holds the claim; empty before it, or if it told none
   */
  public record Install(InstallId id, Token token, int offers, Set<String> disks, String machine) {
    public Install {
      disks = Set.copyOf(disks);
    }

    /** Whether the machine of that UUID may go on with this install: any, until one has claimed. */
    public boolean admits(String uuid) {
      return disks.isEmpty() || machine.equals(uuid);
    }
  }

  /** The fold over all events of one machine, oldest first. */
  public static NodeState of(List<NodeEvent> events) {
    NodeState state = NEW;
    for (NodeEvent event : events) {
      state = state.after(event);
    }
    return state;
  }

  /** Whether nothing was heard for longer than the phase allows. */
  public boolean stuck(Instant now) {
    Duration deadline = phase.deadline();
    Instant last = lastHeard != null ? lastHeard : since;
    return deadline != null && last != null && last.plus(deadline).isBefore(now);
  }

  /**
   * The state after one more event. An event of an install that is not the current one, or that
   * cannot follow in this phase, changes nothing: reports come late, twice and out of order. Only a
   * grant spends the permit in any case.
   */
  public NodeState after(NodeEvent event) {
    return switch (event.kind()) {
      case FORGOTTEN -> NEW;
      case REINSTALL_ORDERED ->
          new NodeState(
              Phase.ARMED,
              event.at(),
              lastHeard,
              install,
              identities(event, "wipe"),
              report,
              "",
              event.detail().containsKey("wipe")
                  ? "reinstall ordered, with permission to wipe"
                  : "reinstall ordered");
      case STRANGER_SEEN, FETCHED, LOCAL_BOOT_OFFERED -> heard(event);
      case INSTALL_OPENED -> opened(event);
      default ->
          install != null && install.id().equals(event.install())
              ? inInstall(install, event)
              : event.kind() == NodeEvent.Kind.CLAIM_GRANTED ? spent() : this;
    };
  }

  private NodeState inInstall(Install current, NodeEvent event) {
    boolean writing = phase == Phase.CLAIMED || phase == Phase.INSTALLING;
    // First boot speaks from the disk, so the installer has finished even if that report was lost.
    boolean booted = writing || phase == Phase.INSTALLED || phase == Phase.CONFIGURING;
    return switch (event.kind()) {
      case INSTALL_OFFERED -> phase.underway() ? offered(current, event) : this;
      case CLAIM_GRANTED -> phase.underway() ? granted(current, event) : spent();
      case CLAIM_REFUSED ->
          phase.underway() ? reported(event).in(Phase.REFUSED, event, reason(event)) : this;
      case FOUND_INSTALLED ->
          phase.underway()
              ? reported(event)
                  .in(
                      Phase.INSTALLED,
                      event,
                      "its disk carries an earlier install of ours: "
                          + event.detail().getOrDefault("label", ""))
              : this;
      case INSTALL_PROGRESS ->
          writing ? in(Phase.INSTALLING, event, "installer: " + step(event)) : this;
      case INSTALL_FINISHED -> writing ? in(Phase.INSTALLED, event, "installer finished") : this;
      case INSTALL_FAILED -> phase.underway() ? in(Phase.FAILED, event, reason(event)) : this;
      case LOGS_KEPT -> heard(event);
      case STEP_STARTED ->
          booted || phase == Phase.CONFIGURED
              ? in(Phase.CONFIGURING, event, "running " + step(event))
              : this;
      case STEP_FINISHED -> booted ? in(Phase.CONFIGURING, event, "done: " + step(event)) : this;
      case STEP_FAILED ->
          booted ? in(Phase.CONFIGURING, event, step(event) + " failed: " + reason(event)) : this;
      case CONFIGURED -> booted ? in(Phase.CONFIGURED, event, "all steps done") : this;
      default -> this;
    };
  }

  /** Only an armed node begins an install: what is installed stays so until an operator orders. */
  private NodeState opened(NodeEvent event) {
    String token = event.detail().getOrDefault("token", "");
    if (phase != Phase.ARMED || event.install() == null || !Token.isToken(token)) {
      return this;
    }
    return new NodeState(
        Phase.BOOTING,
        event.at(),
        event.at(),
        new Install(event.install(), new Token(token), 0, Set.of(), ""),
        wipe,
        report,
        "",
        "install opened");
  }

  private NodeState offered(Install current, NodeEvent event) {
    Install again =
        new Install(
            current.id(),
            current.token(),
            current.offers() + 1,
            current.disks(),
            current.machine());
    return new NodeState(phase, since, event.at(), again, wipe, report, step, reason(event));
  }

  /** The permit is spent with the grant: whatever else happens, it opens no second disk. */
  private NodeState spent() {
    return new NodeState(phase, since, lastHeard, install, Set.of(), report, step, reason);
  }

  private NodeState granted(Install current, NodeEvent event) {
    Install claimed =
        new Install(
            current.id(),
            current.token(),
            current.offers(),
            identities(event, "disks"),
            event.detail().getOrDefault("machine.uuid", ""));
    return new NodeState(
        Phase.CLAIMED, event.at(), event.at(), claimed, Set.of(), told(event), step, reason(event));
  }

  private NodeState in(Phase next, NodeEvent event, String why) {
    return new NodeState(
        next,
        next == phase && since != null ? since : event.at(),
        event.at(),
        install,
        wipe,
        report,
        event.detail().getOrDefault("step", step),
        why);
  }

  private NodeState heard(NodeEvent event) {
    return new NodeState(phase, since, event.at(), install, wipe, report, step, reason);
  }

  private NodeState reported(NodeEvent event) {
    return new NodeState(phase, since, lastHeard, install, wipe, told(event), step, reason);
  }

  /** A report that cannot be read does not hide the state: the one before it counts on. */
  private @Nullable MachineReport told(NodeEvent event) {
    try {
      return MachineReport.parse(event.detail());
    } catch (IllegalArgumentException e) {
      return report;
    }
  }

  private static String reason(NodeEvent event) {
    return event.detail().getOrDefault("reason", "no reason given");
  }

  private static String step(NodeEvent event) {
    return event.detail().getOrDefault("step", "a step without a name");
  }

  private static Set<String> identities(NodeEvent event, String key) {
    return Arrays.stream(event.detail().getOrDefault(key, "").split(",", -1))
        .filter(identity -> !identity.isEmpty())
        .collect(Collectors.toSet());
  }
}
