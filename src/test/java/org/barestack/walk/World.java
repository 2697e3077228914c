package org.barestack.walk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootRequest;
import org.barestack.boot.ClaimAnswer;
import org.barestack.boot.SecretAnswer;
import org.barestack.boot.SecretDesk;
import org.barestack.model.Disk;
import org.barestack.model.Fingerprint;
import org.barestack.model.InstallId;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.model.Token;
import org.barestack.testing.Examples;
import org.barestack.testing.InMemoryJournal;
import org.barestack.walk.FaultyJournal.Fault;
import org.barestack.walk.Machine.Doing;
import org.barestack.walk.Platter.Content;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes, a third machine with the address of one of them, five disks, an operator, and two
 * servers over one journal. Each step does one thing that may happen in a machine room. The true
 * past of every disk is kept apart from all that Barestack remembers, and each write is held
 * against it.
 */
final class World {
  /** An operator's word that a disk may be wiped, as it was given in the true past. */
  private static final class Permit {
    final NodeName node;
    final Platter disk;
    final long given;
    @Nullable InstallId usedBy;

    Permit(NodeName node, Platter disk, long given) {
      this.node = node;
      this.disk = disk;
      this.given = given;
    }
  }

  private record Report(Token token, Kind kind, Map<String, String> detail) {}

  private record Claim(Token token, MachineReport report) {}

  private static final Site SITE = Examples.site("lab");
  private static final List<String> LOOKS = List.of("ext4", "zfs_member", "ntfs", "raw");

  private final SplittableRandom random;
  private final FaultyJournal journal = new FaultyJournal();
  private final List<Machine> machines = new ArrayList<>();
  private final List<Platter> shelf = new ArrayList<>();
  private final List<Permit> permits = new ArrayList<>();
  private final Deque<Report> underway = new ArrayDeque<>();
  private final List<Claim> claims = new ArrayList<>();
  private final List<InMemoryJournal> backups = new ArrayList<>();
  private final Map<InstallId, Machine> writers = new HashMap<>();

  /** Which key the secrets of an install went to. */
  private final Map<Token, Fingerprint> gotSecrets = new HashMap<>();

  /** Installs in which nobody may get any more: two keys asked, or its node was ready. */
  private final Set<Token> closed = new HashSet<>();

  /** When each install was first told of: an operator who orders later means it, too. */
  private final Map<InstallId, Long> opened = new HashMap<>();

  private final List<String> story = new ArrayList<>();

  /** Who holds a claim stands only in the journal: when that forgets, two machines may. */
  private boolean rewound;

  private Instant clock = Instant.parse("2026-01-01T00:00:00Z");
  private long now = 1;
  private BootDesk desk;

  World(SplittableRandom random) {
    this.random = random;
    Node kvm1 = SITE.node(new NodeName("kvm1")).orElseThrow();
    machines.add(new Machine("kvm1", kvm1, "uuid-1"));
    machines.add(new Machine("mgmt1", SITE.managementNode(), "uuid-2"));
    machines.add(new Machine("twin", kvm1, random.nextBoolean() ? "uuid-1" : "uuid-3"));
    for (int i = 0; i < 5; i++) {
      Platter disk = new Platter("S" + i, i % 2 == 0);
      if (random.nextInt(3) == 0) {
        disk.put(new Content.Foreign(now, any(LOOKS)));
      }
      if (i < 3) {
        machines.get(i).bays.add(disk);
      } else {
        shelf.add(disk);
      }
    }
    desk = server();
  }

  private BootDesk server() {
    return new BootDesk(() -> SITE, journal, () -> clock, random);
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  /** One thing happens. */
  void step() {
    now++;
    clock = clock.plusSeconds(random.nextInt(300));
    if (chance(12)) {
      disaster();
    } else if (chance(8)) {
      operator();
    } else if (chance(4)) {
      network();
    } else {
      act(any(machines));
    }
  }

  List<String> story() {
    return story;
  }

  private void tell(Object... words) {
    story.add(now + ": " + Stream.of(words).map(String::valueOf).collect(Collectors.joining(" ")));
  }

  // ---- machines --------------------------------------------------------------------------------

  private void act(Machine machine) {
    machine.uptime++;
    switch (machine.doing) {
      case Doing.Off off -> {
        machine.boots++;
        machine.uptime = 0;
        machine.doing = new Doing.Firmware();
      }
      case Doing.Firmware firmware -> boot(machine);
      case Doing.Looking(Token token, InstallId install) -> claim(machine, token, install);
      case Doing.Writing writing -> install(machine, writing);
      case Doing.Running(InstallId install) -> run(machine, install);
    }
  }

  private void boot(Machine machine) {
    Optional<BootAnswer> answer =
        asked(() ->
            desk.boot(
                new BootRequest(machine.node.bootMac(), "iPXE", true, machine.uuid, "", "QEMU")));
    answer.ifPresent(given -> assertThat(given.reason()).isNotBlank());
    tell(machine.name, "boots:", answer);
    if (answer.isPresent() && answer.get() instanceof BootAnswer.Install install) {
      InstallId id = install.install().id();
      opened.putIfAbsent(id, now);
      machine.doing = new Doing.Looking(install.install().token(), id);
    } else {
      localDisk(machine);
    }
  }

  /** Firmware starts the first disk that holds a system. */
  private static void localDisk(Machine machine) {
    machine.doing =
        machine.bays.stream()
            .map(Platter::content)
            .<Doing>mapMulti((content, found) -> {
              if (content instanceof Content.Finished finished) {
                found.accept(new Doing.Running(finished.install()));
              }
            })
            .findFirst()
            .orElse(new Doing.Off());
  }

  private void claim(Machine machine, Token token, InstallId install) {
    MachineReport report = machine.report();
    claims.add(new Claim(token, report));
    Optional<ClaimAnswer> answer = asked(() -> desk.claim(token, report));
    tell(machine.name, "claims", install, ":", answer);
    if (answer.isEmpty()) {
      if (chance(3)) {
        machine.doing = new Doing.Off();
      }
      return;
    }
    assertThat(answer.get().reason()).isNotBlank();
    machine.token = token;
    machine.doing =
        answer.get() instanceof ClaimAnswer.Granted granted
            ? new Doing.Writing(
                token, install, granted.disks().stream().map(Disk::lastingName).toList(), false)
            : new Doing.Off();
  }

  /** Partitions, then file systems, then the end; the power may go between any two. */
  private void install(Machine machine, Doing.Writing writing) {
    List<Platter> disks =
        writing.paths().stream()
            .flatMap(path -> machine.bays.stream().filter(disk -> disk.path().equals(path)))
            .toList();
    if (disks.size() != writing.paths().size()) {
      tell(machine.name, "misses a disk of its disk part");
      report(writing.token(), Kind.INSTALL_FAILED, machine, Map.of("reason", "no such disk"));
      machine.doing = new Doing.Off();
    } else if (!writing.wrote()) {
      disks.forEach(disk -> write(machine, writing.install(), disk));
      report(writing.token(), Kind.INSTALL_PROGRESS, machine, Map.of("step", "storage-ready"));
      machine.doing = new Doing.Writing(writing.token(), writing.install(), writing.paths(), true);
    } else if (!(disks.getFirst().content() instanceof Content.Begun begun)) {
      machine.doing = new Doing.Off();
    } else if (!begun.labelled()) {
      disks.forEach(disk ->
          disk.put(
              new Content.Begun(
                  begunAt(writing.install()), writing.install(), machine.node.name(), true)));
      report(writing.token(), Kind.INSTALL_PROGRESS, machine, Map.of("step", "packages"));
    } else if (chance(6)) {
      report(writing.token(), Kind.INSTALL_FAILED, machine, Map.of("reason", "a script failed"));
      machine.doing = new Doing.Off();
    } else {
      tell(machine.name, "finishes", writing.install());
      disks.forEach(disk ->
          disk.put(
              new Content.Finished(
                  begunAt(writing.install()), writing.install(), machine.node.name())));
      report(writing.token(), Kind.INSTALL_FINISHED, machine, Map.of());
      machine.doing = new Doing.Off();
    }
  }

  private void run(Machine machine, InstallId install) {
    Token token = machine.token;
    if (chance(5)) {
      machine.doing = new Doing.Off();
    } else if (token != null && chance(4)) {
      askForSecrets(machine.name, token, key(machine.name + install));
    } else if (token != null && chance(6)) {
      cloudStackSays(machine, token);
    } else if (token != null) {
      Kind kind =
          any(List.of(Kind.STEP_STARTED, Kind.STEP_FINISHED, Kind.STEP_FAILED, Kind.CONFIGURED));
      report(token, kind, machine, Map.of("step", "10-hosts", "reason", "because"));
    }
  }

  private static Fingerprint key(String name) {
    return new Fingerprint("%064x".formatted(Integer.toUnsignedLong(name.hashCode())));
  }

  /** Never two keys in one install, never after an alarm, never after it was ready. */
  private void askForSecrets(String who, Token token, Fingerprint key) {
    SecretDesk secrets = new SecretDesk(desk, journal, () -> clock);
    Optional<SecretAnswer> answer = asked(() -> secrets.ask(token, key, who));
    tell(who, "asks for secrets of", token, ":", answer);
    answer.ifPresent(given -> assertThat(given.reason()).isNotBlank());
    if (answer.isPresent() && answer.get() instanceof SecretAnswer.Granted && !rewound) {
      Fingerprint first = gotSecrets.putIfAbsent(token, key);
      assertThat(first == null || first.equals(key)).as("a second key got secrets").isTrue();
      assertThat(closed).as("no more secrets in this install").doesNotContain(token);
    }
    if (answer.isPresent() && answer.get() instanceof SecretAnswer.Frozen) {
      closed.add(token);
    }
  }

  private void cloudStackSays(Machine machine, Token token) {
    if (chance(2)) {
      asked(() -> desk.report(token, Kind.CLOUD_WAITS, Map.of("reason", "no host", "remedy", "")));
      asked(() -> desk.report(token, Kind.CLOUD_APPLIED, Map.of("faults", "no host")));
    } else {
      asked(() -> desk.report(token, Kind.READY, Map.of()));
    }
    NodeState state = desk.state(machine.node.name());
    if (state.phase() == Phase.READY && state.install() != null) {
      closed.add(state.install().token());
    }
    tell(machine.name, "was looked for in the cloud; it is", state.phase());
  }

  /** A report is on its way: it may come late, twice, or never. */
  private void report(Token token, Kind kind, Machine machine, Map<String, String> detail) {
    Map<String, String> more = new HashMap<>(detail);
    more.put("boot", machine.name + machine.boots);
    more.put("uptime", machine.uptime + ".00");
    underway.add(new Report(token, kind, more));
  }

  /** What a server answers; nothing if it dies meanwhile. Another one then takes its place. */
  private <T> Optional<T> asked(Supplier<T> question) {
    try {
      return Optional.of(question.get());
    } catch (UncheckedIOException e) {
      tell("the server died:", e.toString());
      desk = server();
      return Optional.empty();
    }
  }

  // ---- the one rule ----------------------------------------------------------------------------

  private void write(Machine machine, InstallId install, Platter disk) {
    Content before = disk.content();
    tell(machine.name, "writes", disk);
    NodeName node = machine.node.name();
    boolean allowed =
        switch (before) {
          case Content.Blank blank -> true;
          case Content.Begun begun ->
              begun.install().equals(install)
                  || permitted(node, disk, install, before, true)
                  // it never ran, and an older claim on that very disk came back with its journal
                  || (rewound && begun.node().equals(node));
          case Content.Foreign foreign -> permitted(node, disk, install, before, false);
          case Content.Finished finished -> permitted(node, disk, install, before, false);
        };
    assertThat(allowed).as("%s of %s writes over %s", install, machine.name, disk).isTrue();
    Machine first = writers.putIfAbsent(install, machine);
    // Two machines with one UUID are one machine to whoever cannot see them.
    assertThat(rewound || first == null || first.uuid.equals(machine.uuid))
        .as("%s wrote under %s, and so did %s", first, install, machine)
        .isTrue();
    disk.put(new Content.Begun(begunAt(install), install, node, false));
  }

  private long begunAt(InstallId install) {
    return opened.getOrDefault(install, now);
  }

  /**
   * Whether an operator said that this may go: about this disk, after it came to hold what it
   * holds, and once. Left-overs of our own that never ran may go with a permit that was used.
   */
  private boolean permitted(
      NodeName node, Platter disk, InstallId install, Content content, boolean leftOver) {
    for (Permit permit : permits) {
      boolean unused = permit.usedBy == null || permit.usedBy.equals(install);
      if (permit.disk == disk
          && permit.node.equals(node)
          && (leftOver || (unused && content.since() <= permit.given))) {
        permit.usedBy = permit.usedBy == null ? install : permit.usedBy;
        return true;
      }
    }
    return false;
  }

  // ---- operators -------------------------------------------------------------------------------

  private void operator() {
    Machine machine = any(machines);
    NodeName node = machine.node.name();
    switch (random.nextInt(10)) {
      case 0 -> {
        asked(() -> desk.reinstall(node, List.of()));
        tell("reinstall", node);
      }
      case 1, 2 -> wipe(node);
      case 3 -> {
        asked(() -> {
          desk.forget(new Subject.OfNode(node));
          return node;
        });
        tell("forget", node);
      }
      case 4 -> swap();
      case 5 -> shelf.forEach(this::somebodyUses);
      case 6 -> {
        Platter disk = any(disks().toList());
        disk.put(new Content.Blank(now));
        tell(disk, "is wiped by hand");
      }
      case 7 -> machine.doing = new Doing.Off();
      case 8 -> image(machine, node);
      default -> {
        // pulled out and put to use elsewhere, while the machine is off
        machine.doing = new Doing.Off();
        machine.bays.stream().findFirst().ifPresent(this::somebodyUses);
      }
    }
  }

  /** An image goes onto the disk by hand; its token must never open a disk to an installer. */
  private void image(Machine machine, NodeName node) {
    Optional<BootDesk.Seed> seed = asked(() -> desk.seed(node));
    tell("seed", node, ":", seed);
    if (seed.isPresent() && seed.get() instanceof BootDesk.Seed.Open(var open, boolean before)) {
      machine.doing = new Doing.Off();
      machine.bays.stream().findFirst().ifPresent(this::somebodyUses);
      Token token = open.install().token();
      claims.add(new Claim(token, machine.report()));
      report(token, Kind.STEP_STARTED, machine, Map.of("step", "10-hosts"));
    }
  }

  private void somebodyUses(Platter disk) {
    // Long enough for an installer that was about to write it to miss it.
    for (Machine machine : machines) {
      if (machine.doing instanceof Doing.Writing writing && writing.paths().contains(disk.path())) {
        machine.doing = new Doing.Off();
      }
    }
    disk.put(new Content.Foreign(now, any(LOOKS)));
    tell("somebody uses", disk);
  }

  private void wipe(NodeName node) {
    if (desk.wipeable(node) instanceof BootDesk.Order.Given(List<Disk> disks)) {
      for (Disk disk : disks) {
        disks()
            .filter(one -> disk.serial().equals(one.seen(0).serial()))
            .forEach(one -> permits.add(new Permit(node, one, now)));
      }
      asked(() -> desk.reinstall(node, disks));
      tell("reinstall --wipe", node, ":", disks);
    }
  }

  private Stream<Platter> disks() {
    return Stream.concat(
        shelf.stream(), machines.stream().flatMap(machine -> machine.bays.stream()));
  }

  /** A disk goes from a machine to the shelf and another from there into a machine, hot or not. */
  private void swap() {
    Machine from = any(machines);
    if (!from.bays.isEmpty()) {
      shelf.add(from.bays.removeFirst());
    }
    Machine to = any(machines);
    if (to.bays.size() < 2 && !shelf.isEmpty()) {
      to.bays.add(shelf.remove(random.nextInt(shelf.size())));
    }
    tell("swapped:", from, "and", to);
  }

  // ---- what else may happen --------------------------------------------------------------------

  private void network() {
    Report report = underway.poll();
    if (report == null) {
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> tell("lost:", report.kind());
      case 1 -> underway.add(report);
      case 2 -> {
        deliver(report);
        underway.add(report);
      }
      default -> deliver(report);
    }
  }

  private void deliver(Report report) {
    asked(() -> desk.report(report.token(), report.kind(), report.detail()));
    tell("reported:", report.kind());
  }

  private void disaster() {
    switch (random.nextInt(10)) {
      case 0 -> journal.next(Fault.BEFORE);
      case 1 -> journal.next(Fault.AFTER);
      case 2 -> desk = server();
      case 3 -> backups.add(journal.snapshot());
      case 4 -> {
        if (!backups.isEmpty()) {
          journal.replace(any(backups));
          desk = server();
          rewound = true;
          tell("an old journal is put back");
        }
      }
      case 5 -> {
        if (chance(3)) {
          journal.replace(new InMemoryJournal());
          rewound = true;
          desk = server();
          tell("the journal is lost");
        }
      }
      case 6 -> clock = clock.plus(Duration.ofDays(random.nextInt(3) - 1));
      case 7 -> {
        if (!claims.isEmpty()) {
          Claim claim = any(claims);
          Optional<ClaimAnswer> answer = asked(() -> desk.claim(claim.token(), claim.report()));
          tell("a claim is replayed:", answer);
        }
      }
      case 8 -> {
        if (!claims.isEmpty()) {
          askForSecrets("a listener", any(claims).token(), key("listener"));
        }
      }
      default -> {
        Machine machine = any(machines);
        machine.doing = new Doing.Off();
        tell("power cut:", machine.name);
      }
    }
  }

  // ---- the way out -----------------------------------------------------------------------------

  /**
   * From wherever the walk has led, an operator who does what {@code status} says gets a node with
   * a system on its disk, and Barestack knows of it.
   */
  void wayOut() {
    underway.clear();
    journal.next(Fault.NONE);
    Machine machine = machines.getFirst();
    machines.forEach(one -> one.doing = new Doing.Off());
    if (machine.bays.isEmpty()) {
      machine.bays.add(shelf.isEmpty() ? machines.get(1).bays.removeFirst() : shelf.removeFirst());
    }
    NodeName node = machine.node.name();
    for (int tries = 0; tries < 8; tries++) {
      for (int i = 0; i < 40 && !(machine.doing instanceof Doing.Running); i++) {
        now++;
        act(machine);
        while (!underway.isEmpty()) {
          deliver(underway.remove());
        }
      }
      NodeState state = desk.state(node);
      assertThat(state.reason()).as("the reason of %s", state.phase()).isNotBlank();
      boolean known =
          switch (state.phase()) {
            case INSTALLED, CONFIGURING, CONFIGURED, READY -> true;
            default -> false;
          };
      if (known && machine.doing instanceof Doing.Running) {
        return;
      }
      tell("way out:", state.phase(), ",", state.reason());
      if (state.reason().contains("barestack forget mgmt1")) {
        desk.forget(new Subject.OfNode(new NodeName("mgmt1")));
      }
      // What status says: put right what it says, then reinstall; with --wipe if the disk may go.
      desk.reinstall(node, List.of());
      wipe(node);
      machine.doing = new Doing.Off();
    }
    throw new AssertionError("no way out for " + machine + ", " + desk.state(node));
  }
}
