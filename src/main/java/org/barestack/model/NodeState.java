package org.barestack.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.barestack.model.NodeEvent.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What a machine's events add up to.
 *
 * @param since when this phase began; null before the first event
 * @param lastHeard when the machine itself last said or asked anything; null if never
 * @param install the current or last install; null before the first
 * @param past what its earlier installs were and wrote
 * @param wipe identities of the disks that an operator allowed to wipe and no install has used yet
 * @param restore the backup that the last order handed over; null if none
 * @param report the machine's own last report; null before its first
 * @param step the last step heard of, of the installer or of first boot; empty before the first
 * @param reason why it is where it is, for people
 * @param remedy what to do about it, where an event said so; empty else
 */
public record NodeState(
    Phase phase,
    @Nullable Instant since,
    @Nullable Instant lastHeard,
    @Nullable Install install,
    Past past,
    Set<String> wipe,
    @Nullable Restore restore,
    @Nullable MachineReport report,
    String step,
    String reason,
    String remedy) {
  /** A node of which nothing was ever heard: the site names it, so it may install. */
  public static final NodeState NEW =
      new NodeState(
          Phase.ARMED, null, null, null, Past.NONE, Set.of(), null, null, "", "never seen", "");

  /**
   * Reports of the installer at work, or of the system that it made: only a claim gives rise to
   * them, or an image that holds the system already.
   */
  private static final Set<Kind> AFTER_CLAIM =
      Set.of(
          Kind.INSTALL_PROGRESS,
          Kind.INSTALL_FINISHED,
          Kind.STEP_STARTED,
          Kind.STEP_FINISHED,
          Kind.STEP_FAILED,
          Kind.CONFIGURED);

  /** What CloudStack says of it: the machine itself was not heard. */
  private static final Set<Kind> OF_OTHERS = Set.of(Kind.CLOUD_WAITS, Kind.READY);

  private static final String FAILED = " failed: ";

  private static final String MEDIUM_MADE = "a medium was made for it";

  public NodeState {
    wipe = Set.copyOf(wipe);
  }

  /**
   * One run of the installer, over however many boots.
   *
   * @param token the secret of its URLs
   * @param image whether the system comes by an image: then no installer runs, and nothing is
   *     claimed
   * @param offers how often the machine was told to boot it
   * @param disks identities of the disks it may write; empty before its claim
   * @param machine which machine holds the claim ({@link MachineReport#machine()}); empty before it
   * @param clock of its latest report
   * @param handout which key the secrets of this install are for
   */
  public record Install(
      InstallId id,
      Token token,
      boolean image,
      int offers,
      Set<String> disks,
      String machine,
      Clock clock,
      Handout handout) {
    public Install {
      disks = Set.copyOf(disks);
    }

    /** One that was just opened. */
    public static Install opened(InstallId id, Token token) {
      return new Install(id, token, false, 0, Set.of(), "", Clock.NONE, Handout.NONE);
    }

    /** One that was just opened for a system that comes by an image. */
    public static Install seeded(InstallId id, Token token) {
      return new Install(id, token, true, 0, Set.of(), "", Clock.NONE, Handout.NONE);
    }

    /** Whether that machine may go on with this install: any, until one has claimed. */
    public boolean admits(MachineReport report) {
      return disks.isEmpty() || machine.equals(report.machine());
    }

    private Install offered() {
      return new Install(id, token, image, offers + 1, disks, machine, clock, handout);
    }

    private Install at(Clock now) {
      return new Install(id, token, image, offers, disks, machine, now, handout);
    }

    private Install with(Handout now) {
      return new Install(id, token, image, offers, disks, machine, clock, now);
    }

    /** Whether there can be a system that speaks in its name. */
    public boolean written() {
      return image || !disks.isEmpty();
    }
  }

  /**
   * A backup that an order handed over.
   *
   * @param spent whether all steps of an install were done since: whoever still asks for it has
   *     missed it, and must not go on as if there were none
   */
  public record Restore(RestoreFile file, boolean spent) {}

  /**
   * Which key the secrets of an install are for. Keys are told by their {@link Fingerprint}.
   *
   * @param key the first that asked; null before it
   * @param rival the second; null while there is none. Once there is one, nobody gets anything
   */
  public record Handout(@Nullable Fingerprint key, @Nullable Fingerprint rival) {
    static final Handout NONE = new Handout(null, null);

    /** Whether nobody gets anything any more. */
    public boolean frozen() {
      return rival != null;
    }

    private Handout after(NodeEvent event) {
      Fingerprint told = Fingerprint.parse(event.detail().getOrDefault("key", "")).orElse(null);
      boolean freezes = event.kind() == Kind.SECRETS_FROZEN;
      return new Handout(
          key == null && !freezes ? told : key, rival == null && freezes ? told : rival);
    }
  }

  /**
   * A machine's own count of its time, by which reports that come late are known: the wall clock of
   * a new machine may be anything.
   *
   * @param boot the kernel's random id of this boot; empty if it was not told
   * @param uptime hundredths of a second since then
   */
  public record Clock(String boot, long uptime) {
    static final Clock NONE = new Clock("", 0);

    private static Clock of(NodeEvent event) {
      String uptime = event.detail().getOrDefault("uptime", "");
      String boot = event.detail().getOrDefault("boot", "");
      return uptime.matches("[0-9]{1,12}[.][0-9]{2}")
          ? new Clock(boot, Long.parseLong(uptime.replace(".", "")))
          : NONE;
    }

    private boolean before(Clock other) {
      return !boot.isEmpty() && boot.equals(other.boot) && uptime < other.uptime;
    }
  }

  /**
   * What is known of all installs of a node, the current one among them.
   *
   * @param installs that were ever opened
   * @param disks identities of the disks that any of them might write
   */
  public record Past(Set<InstallId> installs, Set<String> disks) {
    static final Past NONE = new Past(Set.of(), Set.of());

    public Past {
      installs = Set.copyOf(installs);
      disks = Set.copyOf(disks);
    }

    private Past and(InstallId install) {
      Set<InstallId> more = new HashSet<>(installs);
      more.add(install);
      return new Past(more, disks);
    }

    private Past and(Set<String> written) {
      Set<String> more = new HashSet<>(disks);
      more.addAll(written);
      return new Past(installs, more);
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
    // A system that was found on its disk is done with its first boot, and does not report again;
    // one that comes by an image is started when somebody pleases.
    boolean found = phase == Phase.INSTALLED && (install == null || install.disks().isEmpty());
    return deadline != null
        && !found
        && !awaitsMedium()
        && last != null
        && last.plus(deadline).isBefore(now);
  }

  /** Whether a medium was made for its install, and nobody has started it from there yet. */
  public boolean awaitsMedium() {
    return phase == Phase.BOOTING && reason.equals(MEDIUM_MADE);
  }

  /** Why the last step of its first boot failed; empty if it did not, or is tried again by now. */
  public Optional<String> failure() {
    String begin = step + FAILED;
    return phase == Phase.CONFIGURING && reason.startsWith(begin)
        ? Optional.of(reason.substring(begin.length()))
        : Optional.empty();
  }

  /** Whether two keys asked for the secrets of the current install: one of them is not the node. */
  public boolean frozen() {
    return phase != Phase.ARMED && install != null && install.handout().frozen();
  }

  /**
   * The state after one more event. An event of an install that is not the current one, or that
   * cannot follow in this phase, leads nowhere: reports come late, twice and out of order. Only a
   * grant spends the permit in any case.
   */
  public NodeState after(NodeEvent event) {
    return switch (event.kind()) {
      case FORGOTTEN -> NEW;
      case REINSTALL_ORDERED -> ordered(event);
      case STRANGER_SEEN, FETCHED, LOCAL_BOOT_OFFERED -> heard(event);
      case INSTALL_OPENED, IMAGE_SEEDED -> opened(event);
      case CLAIM_GRANTED -> spent(event).inInstall(event);
      case ASKED, CLOUD_APPLIED, RELEASE_IMPORTED -> this;
      default -> inInstall(event);
    };
  }

  private NodeState ordered(NodeEvent event) {
    boolean wiping = event.detail().containsKey("wipe");
    Restore restore = RestoreFile.of(event).map(file -> new Restore(file, false)).orElse(null);
    return new NodeState(
        Phase.ARMED,
        event.at(),
        lastHeard,
        install,
        past,
        identities(event, "wipe"),
        restore,
        report,
        "",
        (wiping ? "reinstall ordered, with permission to wipe" : "reinstall ordered")
            + (restore == null ? "" : ", and a backup to restore"),
        "");
  }

  /** Only an armed node begins an install: what is installed stays so until an operator orders. */
  private NodeState opened(NodeEvent event) {
    String token = event.detail().getOrDefault("token", "");
    if (!Transition.counts(phase, event.kind())
        || event.install() == null
        || !Token.isToken(token)) {
      return this;
    }
    // A permit is for an installer; an image wrote over the disk without asking.
    boolean image = event.kind() == Kind.IMAGE_SEEDED;
    return new NodeState(
        Transition.next(phase, event.kind()),
        event.at(),
        image ? lastHeard : event.at(),
        image
            ? Install.seeded(event.install(), new Token(token))
            : Install.opened(event.install(), new Token(token)),
        past.and(event.install()),
        image ? Set.of() : wipe,
        restore,
        report,
        "",
        image
            ? "its image was given a seed"
            : event.detail().containsKey("medium") ? MEDIUM_MADE : "install opened",
        "");
  }

  /**
   * The permit is spent with the grant: whatever else happens, it opens no second disk. And what
   * might be written is remembered, even if the grant was no longer wanted.
   */
  private NodeState spent(NodeEvent event) {
    Past more = past.and(identities(event, "disks"));
    return new NodeState(
        phase, since, lastHeard, install, more, Set.of(), restore, report, step, reason, remedy);
  }

  private NodeState inInstall(NodeEvent event) {
    if (install == null || !install.id().equals(event.install())) {
      return this;
    }
    Clock clock = Clock.of(event);
    if (clock.before(install.clock())) {
      return this;
    }
    NodeState here = clock.equals(Clock.NONE) ? this : with(install.at(clock));
    boolean early = AFTER_CLAIM.contains(event.kind()) && !install.written();
    return early || !Transition.counts(phase, event.kind())
        ? here.asked(event)
        : here.leads(install, event);
  }

  /** It was heard of, and is where it was. */
  private NodeState asked(NodeEvent event) {
    if (OF_OTHERS.contains(event.kind())) {
      return this;
    }
    if (install == null) {
      return heard(event);
    }
    return switch (event.kind()) {
      case INSTALL_OFFERED ->
          phase.underway()
              ? with(install.offered()).because(reason(event)).heard(event)
              : heard(event);
      case SECRETS_GRANTED, SECRETS_FROZEN ->
          with(install.with(install.handout().after(event))).heard(event);
      default -> heard(event);
    };
  }

  private NodeState leads(Install current, NodeEvent event) {
    NodeState next = in(Transition.next(phase, event.kind()), event);
    return switch (event.kind()) {
      case CLAIM_GRANTED ->
          next.with(claimed(current, event)).told(event).because(reason(event)).began(event);
      case CLAIM_REFUSED -> next.told(event).because(reason(event));
      // The permit was for what was on the disk when it was given; that is not what is there.
      case FOUND_INSTALLED ->
          next.told(event)
              .spent(event)
              .because(
                  "its disk carries a finished install: "
                      + event.detail().getOrDefault("label", ""));
      case INSTALL_PROGRESS -> next.because("installer: " + step(event));
      case INSTALL_FINISHED -> next.because("installer finished");
      case STEP_STARTED -> next.because("running " + step(event));
      case STEP_FINISHED -> next.because("done: " + step(event));
      case STEP_FAILED -> next.because(step(event) + FAILED + reason(event));
      case CONFIGURED -> next.because("all steps done");
      case CLOUD_WAITS -> next.because(reason(event), event.detail().getOrDefault("remedy", ""));
      case READY -> next.because("CloudStack says that it is up");
      default -> next.because(reason(event));
    };
  }

  private static Install claimed(Install current, NodeEvent event) {
    return new Install(
        current.id(),
        current.token(),
        current.image(),
        current.offers(),
        identities(event, "disks"),
        MachineReport.machine(event.detail()),
        current.clock(),
        current.handout());
  }

  private NodeState in(Phase next, NodeEvent event) {
    return new NodeState(
        next,
        next == phase && since != null ? since : event.at(),
        OF_OTHERS.contains(event.kind()) ? lastHeard : event.at(),
        install,
        past,
        wipe,
        next == Phase.CONFIGURED && restore != null ? new Restore(restore.file(), true) : restore,
        report,
        event.detail().getOrDefault("step", step),
        reason,
        remedy);
  }

  private NodeState with(Install current) {
    return new NodeState(
        phase, since, lastHeard, current, past, wipe, restore, report, step, reason, remedy);
  }

  private NodeState because(String why) {
    return because(why, "");
  }

  private NodeState because(String why, String what) {
    return new NodeState(
        phase, since, lastHeard, install, past, wipe, restore, report, step, why, what);
  }

  private NodeState heard(NodeEvent event) {
    return new NodeState(
        phase, since, event.at(), install, past, wipe, restore, report, step, reason, remedy);
  }

  private NodeState began(NodeEvent event) {
    return new NodeState(
        phase, event.at(), lastHeard, install, past, wipe, restore, report, step, reason, remedy);
  }

  /** A report that cannot be read does not hide the state: the one before it counts on. */
  private NodeState told(NodeEvent event) {
    try {
      MachineReport told = MachineReport.parse(event.detail());
      return new NodeState(
          phase, since, lastHeard, install, past, wipe, restore, told, step, reason, remedy);
    } catch (IllegalArgumentException e) {
      return this;
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
