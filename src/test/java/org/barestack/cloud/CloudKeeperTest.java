package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.barestack.cloud.Cloud.Report;
import org.barestack.cloud.Cloud.Standing;
import org.barestack.model.InstallId;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.testing.Examples;
import org.barestack.testing.InMemoryJournal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time passes only where a test says so, and no test waits for it. */
class CloudKeeperTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Site LAB = Examples.site("lab");
  private static final NodeName MGMT1 = new NodeName("mgmt1");
  private static final NodeName KVM1 = new NodeName("kvm1");
  private static final Diagnosis NO_KVM =
      new Diagnosis(
          "This machine does not have KVM enabled", "VT-x is off", "switch it on in the firmware");

  private Site site = LAB;
  private final BrokenAtWill journal = new BrokenAtWill();
  private final Script cloud = new Script();
  private long nanos = 1;
  private CloudKeeper keeper = keeper();
  private int installs;

  /** A cloud that answers as the test says, and keeps what it was asked. */
  private final class Script implements Cloud {
    final List<Set<String>> applied = new ArrayList<>();
    final Deque<Function<Set<NodeName>, Report>> answers = new ArrayDeque<>();
    Function<Set<NodeName>, Report> usual = CloudKeeperTest::allUp;
    boolean busy;

    @Override
    public Report apply(Site of, Set<NodeName> present) {
      assertThat(busy).as("two at a time").isFalse();
      busy = true;
      try {
        assertThat(of).isEqualTo(site);
        applied.add(
            present.stream().map(NodeName::text).collect(Collectors.toCollection(TreeSet::new)));
        Function<Set<NodeName>, Report> answer = answers.poll();
        return (answer == null ? usual : answer).apply(present);
      } finally {
        busy = false;
      }
    }
  }

  /** A journal whose disk is full when a test says so. */
  private static final class BrokenAtWill extends InMemoryJournal {
    boolean readable = true;
    boolean writable = true;

    private static void check(boolean works) {
      if (!works) {
        throw new UncheckedIOException(new IOException("the disk is full"));
      }
    }

    @Override
    public synchronized <T> T decide(
        Subject subject, Function<List<NodeEvent>, Decision<T>> decide) {
      check(writable);
      return super.decide(subject, decide);
    }

    @Override
    public List<NodeEvent> since(long sequence) {
      check(readable);
      return super.since(sequence);
    }
  }

  private CloudKeeper keeper() {
    return new CloudKeeper(() -> site, journal, cloud, () -> NOW, () -> nanos);
  }

  private static Report report(
      Map<NodeName, Standing> nodes,
      List<String> changes,
      List<Diagnosis> faults,
      List<String> waiting) {
    return new Report(nodes, changes, faults, waiting);
  }

  private static Report allUp(Set<NodeName> present) {
    return report(all(present, new Standing.Up()), List.of(), List.of(), List.of());
  }

  private static Map<NodeName, Standing> all(Set<NodeName> present, Standing standing) {
    return present.stream().collect(Collectors.toMap(node -> node, node -> standing));
  }

  private static Function<Set<NodeName>, Report> workersWait(Diagnosis why) {
    return present ->
        report(
            present.stream()
                .collect(
                    Collectors.toMap(
                        node -> node,
                        node -> node.equals(MGMT1) ? new Standing.Up() : new Standing.NotUp(why))),
            List.of(),
            List.of(),
            List.of());
  }

  private static Function<Set<NodeName>, Report> fault(Diagnosis fault) {
    return present ->
        report(all(present, new Standing.NotUp(fault)), List.of(), List.of(fault), List.of());
  }

  private InstallId installed(NodeName node) {
    InstallId id = new InstallId("bsaaaa22222" + "abcdefgh".charAt(installs++));
    append(node, Kind.REINSTALL_ORDERED, null, Map.of());
    append(node, Kind.INSTALL_OPENED, id, Map.of("token", "0".repeat(31) + installs));
    append(node, Kind.CLAIM_GRANTED, id, Map.of("disks", "serial:" + node));
    append(node, Kind.INSTALL_FINISHED, id, Map.of());
    return id;
  }

  private InstallId configured(NodeName node) {
    InstallId id = installed(node);
    append(node, Kind.CONFIGURED, id, Map.of());
    return id;
  }

  private void append(
      NodeName node, Kind kind, @Nullable InstallId id, Map<String, String> detail) {
    journal.append(NodeEvent.of(NOW, new Subject.OfNode(node), kind, id, detail));
  }

  private InstallId install(NodeName node) {
    return Objects.requireNonNull(state(node).install()).id();
  }

  private NodeState state(NodeName node) {
    return NodeState.of(journal.events(new Subject.OfNode(node)));
  }

  private long count(NodeName node, Kind kind) {
    return journal.events(new Subject.OfNode(node)).stream()
        .filter(event -> event.kind() == kind)
        .count();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      keeper.step();
    }
  }

  private static Set<String> names(String... names) {
    return new TreeSet<>(Arrays.asList(names));
  }

  // ---- what an apply is begun by ---------------------------------------------------------------

  @Test
  void waitsForTheManagementNode() {
    configured(KVM1);
    installed(MGMT1);
    look(3);
    assertThat(cloud.applied).isEmpty();

    append(MGMT1, Kind.CONFIGURED, install(MGMT1), Map.of());
    look(3);
    assertThat(cloud.applied).containsExactly(names("kvm1", "mgmt1"));
    assertThat(state(MGMT1).phase()).isEqualTo(Phase.READY);
    assertThat(state(KVM1).phase()).isEqualTo(Phase.READY);
  }

  @Test
  void eachWorkerThatComesLaterIsOneMoreApply() {
    configured(MGMT1);
    look(2);
    configured(KVM1);
    look(2);
    pass(Duration.ofDays(1));
    look(2);
    assertThat(cloud.applied).containsExactly(names("mgmt1"), names("kvm1", "mgmt1"));
    assertThat(state(KVM1).phase()).isEqualTo(Phase.READY);
  }

  @Test
  void whatComesWhileOneRunsLeadsToOneMore() {
    configured(MGMT1);
    cloud.answers.add(present -> {
      configured(KVM1);
      append(KVM1, Kind.LOCAL_BOOT_OFFERED, null, Map.of());
      return allUp(present);
    });
    look(4);
    assertThat(cloud.applied).containsExactly(names("mgmt1"), names("kvm1", "mgmt1"));
  }

  @Test
  void aWorkerThatIsInstalledAnewIsANewOne() {
    configured(MGMT1);
    configured(KVM1);
    look(1);
    installed(KVM1);
    look(2);
    assertThat(cloud.applied).hasSize(1);
    append(KVM1, Kind.CONFIGURED, install(KVM1), Map.of());
    look(2);
    assertThat(cloud.applied).hasSize(2);
    assertThat(state(KVM1).phase()).isEqualTo(Phase.READY);
  }

  @Test
  void aChangedSiteIsApplied() {
    configured(MGMT1);
    look(2);
    site = withZone("zone2");
    look(2);
    assertThat(cloud.applied).hasSize(2);
  }

  @Test
  void aNodeThatTheSiteNamesNoMoreIsLeftOut() {
    configured(MGMT1);
    configured(new NodeName("kvm99"));
    look(1);
    assertThat(cloud.applied).containsExactly(names("mgmt1"));
    assertThat(state(new NodeName("kvm99")).phase()).isEqualTo(Phase.CONFIGURED);
  }

  /** Whoever has the secrets of a frozen install may not be the node. */
  @Test
  void nothingFrozenIsTakenIntoTheCloud() {
    configured(MGMT1);
    InstallId worker = configured(KVM1);
    append(KVM1, Kind.SECRETS_FROZEN, worker, Map.of("key", "b".repeat(64)));
    look(1);
    assertThat(cloud.applied).containsExactly(names("mgmt1"));

    append(MGMT1, Kind.SECRETS_FROZEN, install(MGMT1), Map.of("key", "b".repeat(64)));
    site = withZone("zone2");
    look(1);
    assertThat(cloud.applied).hasSize(1);
  }

  @Test
  void aNewKeeperGoesOnWhereTheLastOneWasCut() {
    configured(MGMT1);
    configured(KVM1);
    cloud.answers.add(present -> {
      keeper.close();
      throw new IllegalStateException("cut");
    });
    look(1);
    assertThat(journal.since(0)).noneMatch(event -> isOfCloud(event.kind()));

    keeper = keeper();
    look(2);
    assertThat(cloud.applied).hasSize(2);
    assertThat(state(KVM1).phase()).isEqualTo(Phase.READY);
  }

  private static boolean isOfCloud(Kind kind) {
    return kind == Kind.READY || kind == Kind.CLOUD_WAITS || kind == Kind.CLOUD_APPLIED;
  }

  @Test
  void allThatIsReadyIsLookedAtOnceAfterAStart() {
    configured(MGMT1);
    look(1);
    keeper = keeper();
    look(1);
    pass(Duration.ofDays(1));
    look(3);
    assertThat(cloud.applied).hasSize(2);
    assertThat(count(MGMT1, Kind.READY)).isEqualTo(1);
    assertThat(count(MGMT1, Kind.CLOUD_APPLIED)).isEqualTo(1);
  }

  // ---- pauses ----------------------------------------------------------------------------------

  /** The seconds after which applies were begun, while nothing but time passes. */
  private List<Integer> begun(int seconds) {
    List<Integer> begun = new ArrayList<>();
    for (int second = 0; second <= seconds; second++) {
      int before = cloud.applied.size();
      keeper.step();
      if (cloud.applied.size() > before) {
        begun.add(second);
      }
      pass(Duration.ofSeconds(1));
    }
    return begun;
  }

  @Test
  void pausesGrowToFiveMinutes() {
    configured(MGMT1);
    cloud.usual = fault(NO_KVM);
    assertThat(begun(1200)).containsExactly(0, 15, 45, 105, 225, 465, 765, 1065);
  }

  @Test
  void whileSomethingIsMadePausesDoNotGrow() {
    configured(MGMT1);
    cloud.usual =
        present ->
            report(
                all(present, new Standing.NotUp(NO_KVM)),
                List.of("added a host"),
                List.of(NO_KVM),
                List.of());
    assertThat(begun(60)).containsExactly(0, 15, 30, 45, 60);
  }

  @Test
  void whatIsWaitedForIsLookedAtAgain() {
    configured(MGMT1);
    cloud.answers.add(present ->
        report(all(present, new Standing.Up()), List.of("made it"), List.of(), List.of("a VM")));
    assertThat(begun(60)).containsExactly(0, 15);
  }

  @Test
  void aWorkerThatIsNotUpIsLookedAtAgainAndOneThatWasReadyIsNot() {
    configured(MGMT1);
    configured(KVM1);
    cloud.answers.add(workersWait(NO_KVM));
    assertThat(begun(60)).containsExactly(0, 15);
    assertThat(state(KVM1).phase()).isEqualTo(Phase.READY);

    cloud.usual = workersWait(NO_KVM);
    site = withZone("zone2");
    assertThat(begun(60)).containsExactly(0);
    assertThat(state(KVM1).phase()).isEqualTo(Phase.READY);
  }

  @Test
  void newsDoNotWaitForThePause() {
    configured(MGMT1);
    cloud.usual = fault(NO_KVM);
    begun(100);
    configured(KVM1);
    assertThat(begun(60)).containsExactly(0, 15, 45);
  }

  /** It was told up while it ran a step anew, so that this did not count. */
  @Test
  void aNodeThatIsConfiguredAgainIsNotForgotten() {
    configured(MGMT1);
    InstallId worker = configured(KVM1);
    cloud.answers.add(present -> {
      append(KVM1, Kind.STEP_STARTED, worker, Map.of("step", "40-bridges"));
      return allUp(present);
    });
    look(2);
    assertThat(state(KVM1).phase()).isEqualTo(Phase.CONFIGURING);
    append(KVM1, Kind.CONFIGURED, worker, Map.of());
    assertThat(begun(30)).containsExactly(15);
    assertThat(state(KVM1).phase()).isEqualTo(Phase.READY);
  }

  // ---- what is recorded ------------------------------------------------------------------------

  @Test
  void whyANodeIsNotUpIsRecordedWhenItChanges() {
    configured(MGMT1);
    configured(KVM1);
    Diagnosis other = new Diagnosis("Cannot find the server resources", "no agent", "see its log");
    List.of(NO_KVM, NO_KVM, NO_KVM, other, other, NO_KVM)
        .forEach(why -> cloud.answers.add(workersWait(why)));
    for (int i = 0; i < 6; i++) {
      keeper.step();
      pass(CloudKeeper.LONGEST_PAUSE);
    }
    assertThat(cloud.applied).hasSize(6);
    assertThat(count(KVM1, Kind.CLOUD_WAITS)).isEqualTo(3);
    assertThat(state(KVM1))
        .returns(Phase.CONFIGURED, NodeState::phase)
        .returns("This machine does not have KVM enabled: VT-x is off", NodeState::reason)
        .returns("switch it on in the firmware", NodeState::remedy);
    assertThat(state(MGMT1).phase()).isEqualTo(Phase.READY);
    keeper.step();
    assertThat(state(KVM1)).returns(Phase.READY, NodeState::phase).returns("", NodeState::remedy);
  }

  @Test
  void aRestartDoesNotRecordTheReasonAgain() {
    configured(MGMT1);
    configured(KVM1);
    cloud.usual = workersWait(NO_KVM);
    look(1);
    keeper = keeper();
    look(1);
    assertThat(cloud.applied).hasSize(2);
    assertThat(count(KVM1, Kind.CLOUD_WAITS)).isEqualTo(1);
  }

  /** CloudStack spoke of the machine as it was before. */
  @Test
  void whatIsInstalledAnewMeanwhileIsNotReady() {
    configured(MGMT1);
    configured(KVM1);
    cloud.answers.add(present -> {
      configured(KVM1);
      return allUp(present);
    });
    keeper.step();
    assertThat(state(KVM1).phase()).isEqualTo(Phase.CONFIGURED);
    keeper.step();
    assertThat(state(KVM1).phase()).isEqualTo(Phase.READY);
  }

  @Test
  void aNodeThatTheCloudDoesNotTellOfStaysAsItIs() {
    configured(MGMT1);
    cloud.answers.add(present -> report(Map.of(), List.of(), List.of(), List.of()));
    look(1);
    assertThat(state(MGMT1).phase()).isEqualTo(Phase.CONFIGURED);
    assertThat(begun(30)).containsExactly(15);
  }

  @Test
  void whatWasDoneToTheCloudIsTold() {
    configured(MGMT1);
    List<String> changes = new ArrayList<>(IntStream.range(0, 23).mapToObj(i -> "h" + i).toList());
    cloud.answers.add(present ->
        report(all(present, new Standing.Up()), changes, List.of(NO_KVM), List.of("a", "b")));
    cloud.answers.add(present ->
        report(all(present, new Standing.Up()), List.of(), List.of(NO_KVM), List.of("a", "b")));
    for (int i = 0; i < 3; i++) {
      keeper.step();
      pass(CloudKeeper.LONGEST_PAUSE);
    }
    assertThat(
            journal.events(new Subject.OfNode(MGMT1)).stream()
                .filter(event -> event.kind() == Kind.CLOUD_APPLIED)
                .map(NodeEvent::detail))
        .containsExactly(
            Map.of(
                "changes",
                String.join("; ", changes.subList(0, 20)) + "; and 3 more",
                "faults",
                NO_KVM.toString(),
                "waiting",
                "a; b"),
            Map.of());
  }

  // ---- what goes wrong -------------------------------------------------------------------------

  @Test
  void aFaultOfTheCloudKillsNothing() {
    configured(MGMT1);
    cloud.answers.add(present -> {
      throw new IllegalStateException("password=hunter2");
    });
    cloud.answers.add(present -> {
      throw new CloudException(new CloudException.Fault.Starting(Call.of("listZones")));
    });
    look(1);
    assertThat(state(MGMT1).reason())
        .isEqualTo(
            "the apply to the cloud failed (IllegalStateException): CloudStack could not be"
                + " brought to what the site says");
    assertThat(journal.since(0).toString()).doesNotContain("hunter2");
    pass(CloudKeeper.FIRST_PAUSE);
    look(1);
    assertThat(state(MGMT1).reason()).startsWith("listZones: CloudStack is starting (503)");
    pass(CloudKeeper.LONGEST_PAUSE);
    look(1);
    assertThat(state(MGMT1).phase()).isEqualTo(Phase.READY);
  }

  @Test
  void aJournalThatCannotBeReadIsWaitedFor() {
    configured(MGMT1);
    journal.readable = false;
    look(3);
    assertThat(cloud.applied).isEmpty();
    journal.readable = true;
    look(1);
    assertThat(state(MGMT1).phase()).isEqualTo(Phase.READY);
  }

  @Test
  void whatCouldNotBeRecordedIsFoundOutAgain() {
    configured(MGMT1);
    journal.writable = false;
    look(3);
    assertThat(cloud.applied).hasSize(1);
    journal.writable = true;
    assertThat(begun(30)).containsExactly(15);
    assertThat(state(MGMT1).phase()).isEqualTo(Phase.READY);
  }

  @Test
  void aSiteThatCannotBeReadKillsNothing() {
    configured(MGMT1);
    Site good = site;
    CloudKeeper other =
        new CloudKeeper(
            () -> {
              if (!site.equals(good)) {
                throw new IllegalStateException("no site");
              }
              return site;
            },
            journal,
            cloud,
            () -> NOW,
            () -> nanos);
    site = withZone("zone2");
    other.step();
    assertThat(cloud.applied).isEmpty();
    site = good;
    other.step();
    assertThat(cloud.applied).hasSize(1);
  }

  // ---- the thread ------------------------------------------------------------------------------

  @Test
  @Timeout(60)
  void closingCutsAnApplyOff() throws InterruptedException {
    configured(MGMT1);
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch cut = new CountDownLatch(1);
    CloudKeeper running =
        CloudKeeper.start(
            () -> site,
            journal,
            (of, present) -> {
              began.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                cut.countDown();
              }
              return allUp(present);
            },
            () -> NOW);
    began.await();
    running.close();
    cut.await();
    assertThat(state(MGMT1).phase()).isEqualTo(Phase.CONFIGURED);
    running.close();
  }

  /** One that does not listen does not hold the server up, and says nothing afterwards. */
  @Test
  @Timeout(60)
  void anApplyThatDoesNotEndIsLeftBehind() throws InterruptedException {
    configured(MGMT1);
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CloudKeeper running =
        CloudKeeper.start(
            () -> site,
            journal,
            (of, present) -> {
              began.countDown();
              while (go.getCount() > 0) {
                Thread.onSpinWait();
              }
              return allUp(present);
            },
            () -> NOW);
    began.await();
    running.close();
    go.countDown();
    assertThat(journal.since(0)).noneMatch(event -> isOfCloud(event.kind()));
  }

  @Test
  @Timeout(60)
  void looksByItself() throws InterruptedException {
    CountDownLatch applied = new CountDownLatch(1);
    try (CloudKeeper running =
        CloudKeeper.start(
            () -> site,
            journal,
            (of, present) -> {
              applied.countDown();
              return allUp(present);
            },
            () -> NOW)) {
      assertThat(running).isNotNull();
      configured(MGMT1);
      applied.await();
    }
  }

  private static Site withZone(String name) {
    return new Site(
        LAB.name(),
        LAB.time(),
        LAB.localization(),
        LAB.rocky(),
        LAB.cloudstack(),
        LAB.repositories(),
        LAB.provisioning(),
        LAB.networks(),
        LAB.access(),
        LAB.workers(),
        LAB.storage(),
        new Site.Zone(name, LAB.zone().network(), LAB.zone().pod(), LAB.zone().cluster()),
        LAB.backup(),
        LAB.nodes(),
        LAB.trust());
  }
}
