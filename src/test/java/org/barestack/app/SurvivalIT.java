package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.barestack.model.InstallId;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.rehearse.Rehearsal;
import org.barestack.rehearse.VirtualMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nothing is lost and nothing is wiped: a machine and its server that are killed at random points
 * of an install, a journal that is gone, and one that is put back from a copy. {@code -Dseed=N}
 * repeats a run; an even seed is a BIOS machine, an odd one has UEFI.
 */
class SurvivalIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final Pattern UP = Pattern.compile("standin: installed system up node=");

  /** The points of an install that the console tells of, in their order; the first is power-on. */
  private static final List<String> POINTS =
      List.of(
          "",
          "started",
          "network-up",
          "stage2-fetched",
          "kickstart-fetched",
          "pre-done",
          "kickstart-parsed",
          "storage-done",
          "packages-done",
          "configured",
          "bootloader-done",
          "post-done",
          "finished");

  /** After these the points that were to come do not come in this boot. */
  private static final String NO_FURTHER = "installed system up|installation error|Installer error";

  private static final Set<Phase> RUNS = EnumSet.of(Phase.CONFIGURING, Phase.CONFIGURED);

  @TempDir private Path work = Path.of("");
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Set<InstallId> earlier = new HashSet<>();
  private NodeName node = new NodeName("mgmt1");

  /**
   * One that kills.
   *
   * @param point of {@link #POINTS}
   * @param millis after that point
   * @param server whether it hits the server and not the machine
   * @param secondsDown how long the server stays away
   */
  private record Blow(int point, int millis, boolean server, int secondsDown) {
    /** One at the machine and one at the server, in the order in which they come. */
    static List<Blow> random(SplittableRandom random) {
      int machine = random.nextInt(POINTS.size());
      int server = (machine + 1 + random.nextInt(POINTS.size() - 1)) % POINTS.size();
      return Stream.of(
              new Blow(machine, millis(random, machine), false, 0),
              new Blow(server, millis(random, server), true, random.nextBoolean() ? 20 : 0))
          .sorted(Comparator.comparingInt(Blow::point))
          .toList();
    }

    private static int millis(SplittableRandom random, int point) {
      return random.nextInt(point == 0 ? 10_000 : 3_000);
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
  }

  /** Four blows at points that stay; many at points of chance with {@code -Dmatrix=full}. */
  static LongStream seeds() {
    Long only = Long.getLong("seed");
    if (only != null) {
      return LongStream.of(only);
    }
    long first = System.nanoTime() & ~1;
    return "full".equals(System.getProperty("matrix"))
        ? LongStream.range(first, first + 6)
        : LongStream.of(18938618626606L);
  }

  @ParameterizedTest(name = "-Dseed={0}")
  @MethodSource("seeds")
  void noDiskIsLostWhateverIsKilledOrForgotten(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    node = new NodeName(seed % 2 == 0 ? "mgmt1" : "kvm1");
    RehearsedSite site = new RehearsedSite(work, "full", lab -> {});
    open.add(site);
    site.awaitServing(LIMIT);
    System.out.println("SurvivalIT: " + node + ", -Dseed=" + seed);

    InstallId first = installs(site, Blow.random(random));

    turnOff(site);
    RehearsedSite.run("rm", "-r", site.state().toString());
    turnOn(site);
    findsItsSystem(site, first);
    assertThat(site.barestack("status"))
        .containsPattern(node + ".* installed")
        .contains("its disk carries a finished install");

    turnOff(site);
    site.barestack("reinstall", node.text(), "--wipe", "--force", "--yes");
    Path copy = work.resolve("yesterday");
    RehearsedSite.run("cp", "-a", site.state().toString(), copy.toString());
    turnOn(site);
    of(site.events(node), Kind.INSTALL_OPENED)
        .forEach(event -> earlier.add(Objects.requireNonNull(event.install())));
    InstallId second = installs(site, Blow.random(random));

    turnOff(site);
    RehearsedSite.run("rm", "-r", site.state().toString());
    RehearsedSite.run("cp", "-a", copy.toString(), site.state().toString());
    turnOn(site);
    assertThat(site.rehearsal().state(node).wipe()).isNotEmpty();
    findsItsSystem(site, second);
    assertThat(site.rehearsal().state(node).wipe()).isEmpty();
    assertThat(site.barestack("events", node.text()))
        .contains("The permit to wipe is older than that install, so it is void");
  }

  private void turnOff(RehearsedSite site) throws Exception {
    site.rehearsal().machine(node).powerOff();
    site.rehearsal().killServer();
  }

  private static void turnOn(RehearsedSite site) throws Exception {
    site.rehearsal().restartServer();
    site.awaitServing(LIMIT);
  }

  /** Installs under blows, from a machine that is off to its own system that speaks to us. */
  private InstallId installs(RehearsedSite site, List<Blow> blows) throws Exception {
    VirtualMachine machine = site.rehearsal().machine(node);
    machine.start();
    for (Blow blow : blows) {
      System.out.println("SurvivalIT: " + blow + " " + POINTS.get(blow.point()));
      if (blow.point() > 0) {
        String point = "standin: (phase=" + POINTS.get(blow.point()) + "|" + NO_FURTHER + ")";
        machine.await(Pattern.compile(point), LIMIT);
      }
      TimeUnit.MILLISECONDS.sleep(blow.millis()); // to a moment that no event tells of
      strike(site, blow);
    }
    NodeState end =
        site.rehearsal().await(node, state -> state.phase() == Phase.FAILED || runs(state), LIMIT);
    int orders = 0;
    if (end.phase() == Phase.FAILED) {
      // The stand-in gives up when its packages do not come while the server is away.
      assertThat(end.reason()).contains("cannot fetch");
      machine.powerOff();
      site.barestack("reinstall", node.text(), "--wipe", "--force", "--yes");
      orders++;
      machine.start();
      end = site.rehearsal().await(node, this::runs, LIMIT);
    }
    InstallId install = Objects.requireNonNull(end.install()).id();
    assertThat(end.wipe()).isEmpty();
    check(site, install, orders);
    return install;
  }

  private void strike(RehearsedSite site, Blow blow) throws Exception {
    if (blow.server()) {
      site.rehearsal().killServer();
      TimeUnit.SECONDS.sleep(blow.secondsDown());
      turnOn(site);
    } else {
      VirtualMachine machine = site.rehearsal().machine(node);
      machine.powerOff();
      machine.start();
    }
  }

  private boolean runs(NodeState state) {
    return RUNS.contains(state.phase())
        && !earlier.contains(Objects.requireNonNull(state.install()).id());
  }

  /** The journal is whole, and the disk was written by that install alone, by right. */
  private void check(RehearsedSite site, InstallId install, int orders) throws IOException {
    assertThat(RehearsedSite.run("sqlite3", site.journal().toString(), "PRAGMA integrity_check"))
        .isEqualTo("ok\n");
    List<NodeEvent> all = site.events();
    assertThat(all)
        .extracting(NodeEvent::sequence)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, all.size()).boxed().toList());
    List<NodeEvent> events = site.events(node);
    assertThat(of(events, Kind.INSTALL_OPENED))
        .extracting(NodeEvent::install)
        .filteredOn(id -> !earlier.contains(id))
        .hasSize(1 + orders)
        .last()
        .isEqualTo(install);
    long permits =
        of(events, Kind.REINSTALL_ORDERED).stream()
            .filter(event -> event.detail().containsKey("wipe"))
            .count();
    assertThat(of(events, Kind.CLAIM_GRANTED))
        .filteredOn(event -> event.detail().getOrDefault("reason", "").contains("may be wiped"))
        .hasSizeLessThanOrEqualTo((int) permits);
    assertThat(of(events, Kind.CLAIM_REFUSED)).isEmpty();
    assertThat(labels(site.rehearsal().disk(node))).containsOnly(install.label());
  }

  private static List<NodeEvent> of(List<NodeEvent> events, Kind kind) {
    return events.stream().filter(event -> event.kind() == kind).toList();
  }

  /** Told to install, it finds its system, writes nothing, and boots it. */
  private void findsItsSystem(RehearsedSite site, InstallId there) throws Exception {
    Rehearsal rehearsal = site.rehearsal();
    VirtualMachine machine = rehearsal.machine(node);
    FileTime written = Files.getLastModifiedTime(rehearsal.disk(node));
    // A journal that was put back knows of earlier times.
    int found = of(site.events(node), Kind.FOUND_INSTALLED).size();
    int offered = of(site.events(node), Kind.LOCAL_BOOT_OFFERED).size();

    machine.start();
    NodeState now =
        rehearsal.await(
            node,
            state ->
                state.phase() == Phase.INSTALLED
                    && of(site.events(node), Kind.FOUND_INSTALLED).size() > found,
            LIMIT);
    assertThat(now.reason()).endsWith(": " + there);
    // It waits for ten seconds before it goes to its disk; that system then writes, of course.
    machine.powerOff();
    assertThat(Files.getLastModifiedTime(rehearsal.disk(node))).isEqualTo(written);
    InstallId asked = Objects.requireNonNull(now.install()).id();
    assertThat(of(site.events(node), Kind.CLAIM_GRANTED))
        .noneMatch(event -> asked.equals(event.install()));

    machine.start();
    machine.await(UP, LIMIT);
    assertThat(rehearsal.state(node).phase()).isEqualTo(Phase.INSTALLED);
    assertThat(of(site.events(node), Kind.LOCAL_BOOT_OFFERED)).hasSizeGreaterThan(offered);
    assertThat(labels(rehearsal.disk(node))).containsOnly(there.label());
  }

  /** The labels of the XFS file systems on a disk: sb_fname of each superblock and its copies. */
  private static List<String> labels(Path disk) throws IOException {
    List<String> labels = new ArrayList<>();
    byte[] block = new byte[120];
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "r")) {
      for (long at = 0; at + block.length < file.length(); at += 1 << 20) {
        file.seek(at);
        file.readFully(block);
        String text = new String(block, StandardCharsets.ISO_8859_1);
        if (text.startsWith("XFSB")) {
          labels.add(text.substring(108).replace("\0", ""));
        }
      }
    }
    labels.removeIf(String::isEmpty);
    return labels;
  }
}
