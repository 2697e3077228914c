package org.barestack.boot;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.Journal.Decision;
import org.barestack.model.MacAddress;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.Node.LocalBoot;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.RestoreFile;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.model.Token;
import org.jspecify.annotations.Nullable;

/**
 * Answers every machine that asks what to boot or whether it may write, and takes what it reports.
 * Each answer is decided on the machine's history and written to the journal in one step.
 */
public final class BootDesk {
  /**
   * How often one install may be offered before it counts as failed: a machine that falls back to
   * the network again and again would otherwise install for ever.
   */
  static final int MOST_OFFERS = 10;

  /** How often a stranger is recorded at most; machines ask several times a boot. */
  private static final Duration STRANGER_PAUSE = Duration.ofMinutes(1);

  private final Supplier<Site> site;
  private final Journal journal;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Index index;

  /**
   * A desk over that site and journal.
   *
   * @param random must be fit for secrets
   */
  public BootDesk(
      Supplier<Site> site, Journal journal, InstantSource clock, RandomGenerator random) {
    this.site = site;
    this.journal = journal;
    this.clock = clock;
    this.random = random;
    this.index = new Index(journal);
  }

  /** An install that a token opens. */
  public record OpenInstall(Node node, NodeState state, NodeState.Install install) {}

  /** What came of an order to install a node anew. */
  public sealed interface Order {
    /**
     * It will install when it next boots from the network.
     *
     * @param wipe the disks it may wipe, as last seen; empty if none
     */
    record Given(List<Disk> wipe) implements Order {}

    /** Nothing was ordered. */
    record NotGiven(String reason) implements Order {}
  }

  /** What came of asking for a seed: what a machine whose disk holds an image shall become. */
  public sealed interface Seed {
    /**
     * It may start.
     *
     * @param before whether it was opened before, and nobody has reported in its name yet
     */
    record Open(OpenInstall install, boolean before) implements Seed {}

    /** Nothing was opened. */
    record NotOpen(String reason) implements Seed {}
  }

  /** What came of asking for the install that goes onto a medium. */
  public sealed interface Opening {
    /**
     * It is open.
     *
     * @param before whether it was before, by network or for another medium
     */
    record Open(OpenInstall install, boolean before) implements Opening {}

    /** None is, and none was opened. */
    record NotOpen(String reason) implements Opening {}
  }

  /** Tells a machine what to boot. */
  public BootAnswer boot(BootRequest request) {
    Site now = site.get();
    Optional<Node> node = now.node(request.mac());
    if (node.isEmpty()) {
      seen(request);
      return new BootAnswer.LocalDisk(
          LocalBoot.AUTO, request.mac() + " is no node of site " + now.name());
    }
    Subject subject = new Subject.OfNode(node.get().name());
    return journal.decide(
        subject, events -> decideBoot(now, node.get(), NodeState.of(events), request));
  }

  private Decision<BootAnswer> decideBoot(
      Site now, Node node, NodeState state, BootRequest request) {
    return switch (state.phase()) {
      case ARMED -> open(now, node, state, request);
      case BOOTING, CLAIMED, INSTALLING -> resume(node, state, request);
      case INSTALLED, CONFIGURING, CONFIGURED, READY ->
          local(node, request, "it is " + state.phase(), null);
      case REFUSED, FAILED ->
          local(
              node,
              request,
              "it is "
                  + state.phase()
                  + " ("
                  + state.reason()
                  + "); to try again: barestack reinstall "
                  + node.name(),
              null);
    };
  }

  private Decision<BootAnswer> open(Site now, Node node, NodeState state, BootRequest request) {
    InstallId id = InstallId.fresh(now.name(), node.name(), random);
    Token token = Token.fresh(random);
    NodeEvent opened =
        event(
            node,
            Kind.INSTALL_OPENED,
            id,
            Map.of("token", token.secret(), "release", now.rocky().release()));
    String reason = state.install() == null ? "first install" : state.reason();
    NodeEvent offered = event(node, Kind.INSTALL_OFFERED, id, offer(request, reason));
    NodeState.Install install = NodeState.Install.opened(id, token);
    return new Decision<>(List.of(opened, offered), new BootAnswer.Install(node, install, reason));
  }

  private Decision<BootAnswer> resume(Node node, NodeState state, BootRequest request) {
    NodeState.Install install = state.install();
    if (install == null) {
      throw new IllegalStateException(node.name() + " is " + state.phase() + " without an install");
    }
    if (install.offers() >= MOST_OFFERS) {
      String reason =
          "the installer was started "
              + install.offers()
              + " times and came no further than "
              + state.phase();
      NodeEvent failed = event(node, Kind.INSTALL_FAILED, install.id(), Map.of("reason", reason));
      return local(node, request, reason, failed);
    }
    String reason = "its install is not finished (" + state.phase() + ")";
    return new Decision<>(
        List.of(event(node, Kind.INSTALL_OFFERED, install.id(), offer(request, reason))),
        new BootAnswer.Install(node, install, reason));
  }

  private Decision<BootAnswer> local(
      Node node, BootRequest request, String reason, @Nullable NodeEvent before) {
    List<NodeEvent> events = new ArrayList<>();
    if (before != null) {
      events.add(before);
    }
    events.add(event(node, Kind.LOCAL_BOOT_OFFERED, null, offer(request, reason)));
    return new Decision<>(events, new BootAnswer.LocalDisk(node.localBoot(), reason));
  }

  /**
   * Opens an install without the network and without a claim: the disk holds an image of the system
   * already. From then on the node counts as installed, so that a boot from the network goes to its
   * disk. Asked again before the machine has reported, it answers with the same install.
   */
  public Seed seed(NodeName name) {
    Site now = site.get();
    Optional<Node> node = now.node(name);
    return node.isEmpty()
        ? new Seed.NotOpen(noNode(name).reason())
        : journal.decide(
            new Subject.OfNode(name), events -> decideSeed(now, node.get(), NodeState.of(events)));
  }

  private Decision<Seed> decideSeed(Site now, Node node, NodeState state) {
    NodeState.Install current = state.install();
    if (state.phase() == Phase.INSTALLED && current != null && current.image()) {
      return new Decision<>(List.of(), new Seed.Open(new OpenInstall(node, state, current), true));
    }
    if (state.phase() != Phase.ARMED) {
      return new Decision<>(
          List.of(),
          new Seed.NotOpen(
              node.name()
                  + " is "
                  + state.phase()
                  + " ("
                  + state.reason()
                  + "); if its disk gets a new image: barestack reinstall "
                  + node.name()
                  + ", then this again"));
    }
    NodeEvent seeded =
        event(
            node,
            Kind.IMAGE_SEEDED,
            InstallId.fresh(now.name(), node.name(), random),
            Map.of("token", Token.fresh(random).secret(), "release", now.rocky().release()));
    NodeState after = state.after(seeded);
    if (after.install() == null) {
      throw new IllegalStateException("a seed that is not counted: " + seeded);
    }
    return new Decision<>(
        List.of(seeded), new Seed.Open(new OpenInstall(node, after, after.install()), false));
  }

  /**
   * Opens an install of which a medium is made. It is the same one as by network: a machine whose
   * install is under way gets that, with its token, and what claims and reports in its name may
   * come from either.
   */
  public Opening medium(NodeName name) {
    Site now = site.get();
    Optional<Node> node = now.node(name);
    return node.isEmpty()
        ? new Opening.NotOpen(noNode(name).reason())
        : journal.decide(
            new Subject.OfNode(name),
            events -> decideMedium(now, node.get(), NodeState.of(events)));
  }

  /** Why a node's install would not be opened for a medium; empty if it would. */
  public Optional<String> noMedium(NodeName name) {
    return noMedium(name, state(name));
  }

  private static Optional<String> noMedium(NodeName name, NodeState state) {
    return state.phase() == Phase.ARMED || state.phase().underway()
        ? Optional.empty()
        : Optional.of(
            name
                + " is "
                + state.phase()
                + " ("
                + state.reason()
                + "); to install it anew: barestack reinstall "
                + name
                + ", then this again");
  }

  private Decision<Opening> decideMedium(Site now, Node node, NodeState state) {
    NodeState.Install current = state.install();
    if (state.phase().underway() && current != null) {
      return new Decision<>(
          List.of(), new Opening.Open(new OpenInstall(node, state, current), true));
    }
    Optional<String> refusal = noMedium(node.name(), state);
    if (refusal.isPresent()) {
      return new Decision<>(List.of(), new Opening.NotOpen(refusal.get()));
    }
    NodeEvent opened =
        event(
            node,
            Kind.INSTALL_OPENED,
            InstallId.fresh(now.name(), node.name(), random),
            Map.of(
                "token",
                Token.fresh(random).secret(),
                "release",
                now.rocky().release(),
                "medium",
                "made"));
    NodeState after = state.after(opened);
    if (after.install() == null) {
      throw new IllegalStateException("an install that is not counted: " + opened);
    }
    return new Decision<>(
        List.of(opened), new Opening.Open(new OpenInstall(node, after, after.install()), false));
  }

  /** Records a machine that is no node; an empty detail does not replace what is known. */
  public void seen(BootRequest request) {
    if (site.get().node(request.mac()).isPresent()) {
      return;
    }
    Map<String, String> detail = new HashMap<>();
    detail.put("client", request.client());
    detail.put("uuid", request.uuid());
    detail.put("serial", request.serial());
    detail.put("product", request.product());
    detail.values().removeIf(String::isEmpty);
    Subject stranger = new Subject.OfStranger(request.mac());
    journal.decide(
        stranger,
        events -> {
          Optional<NodeEvent> last =
              events.reversed().stream().filter(one -> one.kind() != Kind.ASKED).findFirst();
          boolean lately =
              last.isPresent()
                  && last.get().at().plus(STRANGER_PAUSE).isAfter(clock.instant())
                  && last.get().detail().entrySet().containsAll(detail.entrySet());
          NodeEvent event =
              NodeEvent.of(clock.instant(), stranger, Kind.STRANGER_SEEN, null, detail);
          return new Decision<>(lately ? List.of() : List.of(event), lately);
        });
  }

  /**
   * The install that this token opens: the current one of some node. A token dies when its node is
   * ordered to install anew or is forgotten, and nothing brings it back.
   */
  public Optional<OpenInstall> install(Token token) {
    return index
        .owner(token)
        .flatMap(name -> site.get().node(name))
        .flatMap(node -> {
          NodeState state = state(node.name());
          NodeState.Install install = state.install();
          return install != null && state.phase() != Phase.ARMED && install.token().equals(token)
              ? Optional.of(new OpenInstall(node, state, install))
              : Optional.empty();
        });
  }

  /** The same if the system comes by an image. */
  public Optional<OpenInstall> seeded(Token token) {
    return install(token).filter(open -> open.install().image());
  }

  /** The same while the install is under way: what an installer fetches, nobody else needs. */
  public Optional<OpenInstall> underway(Token token) {
    return install(token).filter(open -> open.state().phase().underway());
  }

  /** Decides whether the machine that holds this token may write its disk. */
  public ClaimAnswer claim(Token token, MachineReport report) {
    Optional<OpenInstall> open = install(token);
    if (open.isEmpty()) {
      return new ClaimAnswer.Refused(
          "no install is open here: it was ordered anew, or the journal was lost; nothing was"
              + " written, and the next boot begins anew");
    }
    Node node = open.get().node();
    InstallId id = open.get().install().id();
    return journal.decide(
        new Subject.OfNode(node.name()),
        events -> {
          NodeState state = NodeState.of(events);
          ClaimAnswer answer =
              DiskGate.decide(
                  site.get(), node, state, id, report, disk -> otherHolder(disk, node.name()));
          boolean holder = state.install() == null || state.install().admits(report);
          // A second machine with the same MAC address is refused and told of, but what it does
          // must not end the install of the first.
          NodeEvent event = claimed(node, holder ? id : null, report, answer);
          return new Decision<>(List.of(event), answer);
        });
  }

  private NodeEvent claimed(
      Node node, @Nullable InstallId id, MachineReport report, ClaimAnswer answer) {
    Map<String, String> detail = new HashMap<>(report.fields());
    detail.put("reason", answer.reason());
    Kind kind =
        switch (answer) {
          case ClaimAnswer.Granted granted -> {
            detail.put(
                "disks",
                granted.disks().stream().map(Disk::identity).collect(Collectors.joining(",")));
            yield Kind.CLAIM_GRANTED;
          }
          case ClaimAnswer.Installed installed -> {
            detail.put("label", installed.label());
            yield Kind.FOUND_INSTALLED;
          }
          case ClaimAnswer.Refused refused -> Kind.CLAIM_REFUSED;
        };
    return event(node, kind, id, detail);
  }

  /**
   * Takes what a machine reports of its install or its firstboot steps, or what it fetched.
   *
   * @return false if the token opens nothing; nothing is recorded then
   */
  public boolean report(Token token, Kind kind, Map<String, String> detail) {
    Optional<OpenInstall> open = install(token);
    open.ifPresent(
        install -> journal.append(event(install.node(), kind, install.install().id(), detail)));
    return open.isPresent();
  }

  /**
   * Notes what a machine says of itself it fetched while its install is under way. For display
   * only: anybody in the network can claim to be that machine.
   *
   * @param macs its interfaces, of which the site may know some or none
   * @param detail {@code file}, {@code bytes}
   */
  public void fetched(Collection<MacAddress> macs, Map<String, String> detail) {
    macs.stream()
        .flatMap(mac -> site.get().node(mac).stream())
        .findFirst()
        .ifPresent(node -> {
          NodeState state = state(node.name());
          if (state.install() != null && state.phase().underway()) {
            journal.append(event(node, Kind.FETCHED, state.install().id(), detail));
          }
        });
  }

  /** Whether it is a node, or was seen before. */
  public boolean heardOf(MacAddress mac) {
    return site.get().node(mac).isPresent()
        || !journal.events(new Subject.OfStranger(mac)).isEmpty();
  }

  /**
   * Notes what a machine asked a server for, and what came of it. For display only, like {@link
   * #fetched}.
   *
   * @param asked of which server, and for what
   * @param answer what it got; empty if nothing
   * @param reason why nothing; empty if something
   */
  public void asked(MacAddress mac, String asked, String answer, String reason) {
    Subject subject =
        site.get()
            .node(mac)
            .<Subject>map(node -> new Subject.OfNode(node.name()))
            .orElseGet(() -> new Subject.OfStranger(mac));
    Map<String, String> detail = new HashMap<>();
    detail.put("asked", asked);
    detail.put("answer", answer);
    detail.put("reason", reason);
    detail.values().removeIf(String::isEmpty);
    journal.append(NodeEvent.of(clock.instant(), subject, Kind.ASKED, null, detail));
  }

  /**
   * What a permit to wipe would name: the disks that the node's rules mean, as its machine last
   * reported them. Nothing is ordered by asking.
   */
  public Order wipeable(NodeName name) {
    Optional<Node> node = site.get().node(name);
    if (node.isEmpty()) {
      return noNode(name);
    }
    MachineReport report = state(name).report();
    if (report == null) {
      return new Order.NotGiven(
          "nobody has seen the disks of "
              + name
              + " yet, so there is nothing to permit; switch it on once, it writes only to a blank"
              + " disk and tells what it has");
    }
    return switch (DiskGate.pick(node.get(), report)) {
      case DiskGate.Choice.Picked(List<Disk> disks) -> new Order.Given(disks);
      case DiskGate.Choice.Nothing(String reason) -> new Order.NotGiven(reason);
    };
  }

  /**
   * Orders a new install.
   *
   * @param wipe the disks it may wipe, just as {@link #wipeable} named them; empty if it shall take
   *     only blank ones
   */
  public Order reinstall(NodeName name, List<Disk> wipe) {
    return reinstall(name, wipe, null);
  }

  /**
   * The same with a backup that the node shall load, which must be kept already: from this order on
   * the node may ask for it. An order without one takes back what an earlier one handed over.
   */
  public Order reinstall(NodeName name, List<Disk> wipe, @Nullable RestoreFile restore) {
    return reinstall(name, wipe, restore, Map.of());
  }

  /**
   * The same.
   *
   * @param more what else the event shall tell
   */
  public Order reinstall(
      NodeName name, List<Disk> wipe, @Nullable RestoreFile restore, Map<String, String> more) {
    Optional<Node> node = site.get().node(name);
    if (node.isEmpty()) {
      return noNode(name);
    }
    Order.Given order = new Order.Given(wipe);
    journal.append(ordered(node.get(), order, restore, more));
    return order;
  }

  private Order.NotGiven noNode(NodeName name) {
    return new Order.NotGiven(name + " is no node of site " + site.get().name());
  }

  private NodeEvent ordered(
      Node node, Order.Given order, @Nullable RestoreFile restore, Map<String, String> more) {
    Map<String, String> detail = new HashMap<>(more);
    detail.putAll(restore == null ? Map.of() : restore.detail());
    if (!order.wipe().isEmpty()) {
      detail.put(
          "wipe", order.wipe().stream().map(Disk::identity).collect(Collectors.joining(",")));
    }
    return event(node, Kind.REINSTALL_ORDERED, null, detail);
  }

  /** Drops all that is known of a machine; its events stay, but count no more. */
  public void forget(Subject subject) {
    journal.append(NodeEvent.of(clock.instant(), subject, Kind.FORGOTTEN, null, Map.of()));
  }

  /** Where the node stands. */
  public NodeState state(NodeName name) {
    return index.state(name);
  }

  /** A node that is no longer of the site holds nothing. */
  private Optional<NodeName> otherHolder(String identity, NodeName claiming) {
    return index
        .holder(identity)
        .filter(name -> !name.equals(claiming) && site.get().node(name).isPresent());
  }

  private static Map<String, String> offer(BootRequest request, String reason) {
    return Map.of("client", request.client(), "reason", reason);
  }

  private NodeEvent event(
      Node node, Kind kind, @Nullable InstallId install, Map<String, String> detail) {
    Instant now = clock.instant();
    return NodeEvent.of(now, new Subject.OfNode(node.name()), kind, install, detail);
  }
}
