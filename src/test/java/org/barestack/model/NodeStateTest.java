package org.barestack.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.testing.Properties.forAll;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.barestack.model.NodeEvent.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class NodeStateTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Subject KVM1 = new Subject.OfNode(new NodeName("kvm1"));
  private static final InstallId OURS = new InstallId("bsaaaaaaaaaa");
  private static final InstallId FOREIGN = new InstallId("bsbbbbbbbbbb");
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  /** The shortest way to each phase. */
  private static final Map<Phase, List<Kind>> WAYS = new EnumMap<>(Phase.class);

  static {
    WAYS.put(Phase.ARMED, List.of());
    WAYS.put(Phase.BOOTING, List.of(Kind.INSTALL_OPENED));
    WAYS.put(Phase.CLAIMED, List.of(Kind.INSTALL_OPENED, Kind.CLAIM_GRANTED));
    WAYS.put(
        Phase.INSTALLING, List.of(Kind.INSTALL_OPENED, Kind.CLAIM_GRANTED, Kind.INSTALL_PROGRESS));
    WAYS.put(
        Phase.INSTALLED, List.of(Kind.INSTALL_OPENED, Kind.CLAIM_GRANTED, Kind.INSTALL_FINISHED));
    WAYS.put(
        Phase.CONFIGURING, List.of(Kind.INSTALL_OPENED, Kind.CLAIM_GRANTED, Kind.STEP_STARTED));
    WAYS.put(Phase.CONFIGURED, List.of(Kind.INSTALL_OPENED, Kind.CLAIM_GRANTED, Kind.CONFIGURED));
    WAYS.put(
        Phase.READY, List.of(Kind.INSTALL_OPENED, Kind.CLAIM_GRANTED, Kind.CONFIGURED, Kind.READY));
    WAYS.put(Phase.REFUSED, List.of(Kind.INSTALL_OPENED, Kind.CLAIM_REFUSED));
    WAYS.put(Phase.FAILED, List.of(Kind.INSTALL_OPENED, Kind.INSTALL_FAILED));
  }

  private static NodeState in(Phase phase) {
    NodeState state = NodeState.NEW;
    for (Kind kind : Objects.requireNonNull(WAYS.get(phase))) {
      state = state.after(event(0, kind, OURS));
    }
    assertThat(state.phase()).isEqualTo(phase);
    return state;
  }

  private static NodeEvent event(int second, Kind kind, InstallId install, String... pairs) {
    Map<String, String> detail =
        new TreeMap<>(
            switch (kind) {
              case INSTALL_OPENED, IMAGE_SEEDED -> Map.of("token", TOKEN);
              case CLAIM_GRANTED -> Map.of("disks", "wwn:1,wwn:2", "machine.uuid", "u1");
              case REINSTALL_ORDERED -> Map.of("wipe", "wwn:1");
              default -> Map.of("step", "step1", "reason", "because", "label", OURS.label());
            });
    for (int i = 0; i < pairs.length; i += 2) {
      detail.put(pairs[i], pairs[i + 1]);
    }
    return NodeEvent.of(START.plusSeconds(second), KVM1, kind, install, detail);
  }

  private static NodeState after(Phase phase, NodeEvent... events) {
    NodeState state = in(phase);
    for (NodeEvent event : events) {
      state = state.after(event);
    }
    return state;
  }

  @Test
  void everyPhaseIsReached() {
    assertThat(WAYS.keySet()).isEqualTo(EnumSet.allOf(Phase.class));
  }

  /**
   * Where each kind of event leads from each phase; {@code .} is nowhere. One column a phase: ARMED
   * BOOTING CLAIMED INSTALLING INSTALLED CONFIGURING CONFIGURED READY REFUSED FAILED. Written down
   * anew, so that a slip in {@link Transition#TABLE} shows.
   */
  private static final String TABLE =
      """
      STRANGER_SEEN      .           .           .           .           .           .           .           .           .           .
      ASKED              .           .           .           .           .           .           .           .           .           .
      INSTALL_OPENED     BOOTING     .           .           .           .           .           .           .           .           .
      IMAGE_SEEDED       INSTALLED   .           .           .           .           .           .           .           .           .
      INSTALL_OFFERED    .           .           .           .           .           .           .           .           .           .
      LOCAL_BOOT_OFFERED .           .           .           .           .           .           .           .           .           .
      FETCHED            .           .           .           .           .           .           .           .           .           .
      CLAIM_GRANTED      .           CLAIMED     .           CLAIMED     .           .           .           .           .           .
      CLAIM_REFUSED      .           REFUSED     REFUSED     REFUSED     .           .           .           .           .           .
      FOUND_INSTALLED    .           INSTALLED   INSTALLED   INSTALLED   .           .           .           .           .           .
      INSTALL_PROGRESS   .           .           INSTALLING  .           .           .           .           .           .           .
      INSTALL_FINISHED   .           .           INSTALLED   INSTALLED   .           .           .           .           .           .
      INSTALL_FAILED     .           FAILED      FAILED      FAILED      .           .           .           .           .           .
      LOGS_KEPT          .           .           .           .           .           .           .           .           .           .
      STEP_STARTED       .           .           CONFIGURING CONFIGURING CONFIGURING .           CONFIGURING .           .           .
      STEP_FINISHED      .           .           CONFIGURING CONFIGURING CONFIGURING .           .           .           .           .
      STEP_FAILED        .           .           CONFIGURING CONFIGURING CONFIGURING .           .           .           .           .
      CONFIGURED         .           .           CONFIGURED  CONFIGURED  CONFIGURED  CONFIGURED  .           .           .           .
      SECRETS_GRANTED    .           .           .           .           .           .           .           .           .           .
      SECRETS_FROZEN     .           .           .           .           .           .           .           .           .           .
      CLOUD_WAITS        .           .           .           .           .           .           CONFIGURED  .           .           .
      READY              .           .           .           .           .           .           READY       .           .           .
      CLOUD_APPLIED      .           .           .           .           .           .           .           .           .           .
      RELEASE_IMPORTED   .           .           .           .           .           .           .           .           .           .
      REINSTALL_ORDERED  .           ARMED       ARMED       ARMED       ARMED       ARMED       ARMED       ARMED       ARMED       ARMED
      FORGOTTEN          .           ARMED       ARMED       ARMED       ARMED       ARMED       ARMED       ARMED       ARMED       ARMED
      """;

  static Stream<Arguments> table() {
    List<Phase> phases = List.copyOf(WAYS.keySet());
    return TABLE
        .lines()
        .map(line -> line.split(" +"))
        .flatMap(cells ->
            phases.stream()
                .map(from -> {
                  String to = cells[phases.indexOf(from) + 1];
                  return Arguments.of(
                      Kind.valueOf(cells[0]), from, to.equals(".") ? from : Phase.valueOf(to));
                }));
  }

  @ParameterizedTest(name = "{0} in {1}: {2}")
  @MethodSource("table")
  void leads(Kind kind, Phase from, Phase to) {
    NodeState after = after(from, event(9, kind, OURS));
    assertThat(after.phase()).isEqualTo(to);
    if (from != to && kind != Kind.FORGOTTEN) {
      assertThat(after.since()).isEqualTo(START.plusSeconds(9));
    }
  }

  @Test
  void theTableHasEveryKind() {
    assertThat(table().map(row -> row.get()[0]).distinct())
        .containsExactlyInAnyOrder((Object[]) Kind.values());
  }

  /** All but an order, and what is no install's matter. */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {
        "INSTALL_OPENED",
        "IMAGE_SEEDED",
        "STRANGER_SEEN",
        "FETCHED",
        "LOCAL_BOOT_OFFERED",
        "REINSTALL_ORDERED",
        "FORGOTTEN",
      })
  void aForeignInstallChangesNothing(Kind kind) {
    for (Phase phase : WAYS.keySet()) {
      assertSame(after(phase, event(9, kind, FOREIGN)), in(phase));
    }
  }

  /** But for when the machine was heard, and what its disks may hold. */
  private static void assertSame(NodeState state, NodeState before) {
    assertThat(state)
        .usingRecursiveComparison()
        .ignoringFields("lastHeard", "past", "wipe")
        .isEqualTo(before);
    assertThat(before.wipe()).containsAll(state.wipe());
  }

  private static NodeState claimedAnd(Phase phase) {
    return after(
        Phase.CLAIMED,
        event(1, phase == Phase.REFUSED ? Kind.CLAIM_REFUSED : Kind.INSTALL_FAILED, OURS));
  }

  /** Only the disk that an install wrote can speak in its name. */
  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"REFUSED", "FAILED"})
  void aSystemThatSpeaksWasInstalled(Phase phase) {
    assertThat(claimedAnd(phase).phase()).isEqualTo(phase);
    assertThat(claimedAnd(phase).after(event(9, Kind.INSTALL_FINISHED, OURS)).phase())
        .isEqualTo(Phase.INSTALLED);
    assertThat(claimedAnd(phase).after(event(9, Kind.STEP_STARTED, OURS)).phase())
        .isEqualTo(Phase.CONFIGURING);
    assertThat(claimedAnd(phase).after(event(9, Kind.CONFIGURED, OURS)).phase())
        .isEqualTo(Phase.CONFIGURED);
  }

  private static NodeState seeded() {
    return NodeState.NEW
        .after(event(0, Kind.REINSTALL_ORDERED, OURS))
        .after(event(1, Kind.IMAGE_SEEDED, OURS));
  }

  @Test
  void anImageSpeaksWithoutAClaim() {
    assertThat(seeded().phase()).isEqualTo(Phase.INSTALLED);
    assertThat(seeded().wipe()).as("a permit is for an installer").isEmpty();
    assertThat(seeded().after(event(9, Kind.STEP_STARTED, OURS)).phase())
        .isEqualTo(Phase.CONFIGURING);
    assertThat(seeded().after(event(9, Kind.STEP_FAILED, OURS)).reason())
        .isEqualTo("step1 failed: because");
    assertThat(seeded().after(event(9, Kind.CONFIGURED, OURS)).phase()).isEqualTo(Phase.CONFIGURED);
    assertThat(seeded().after(event(9, Kind.CLAIM_GRANTED, OURS)).phase())
        .as("its disk is not claimed afterwards")
        .isEqualTo(Phase.INSTALLED);
  }

  @Test
  void anImageThatNobodyHasStartedIsNotStuck() {
    assertThat(seeded().stuck(START.plus(Duration.ofDays(9)))).isFalse();
    assertThat(
            seeded().after(event(9, Kind.STEP_STARTED, OURS)).stuck(START.plus(Duration.ofDays(9))))
        .isTrue();
  }

  @ParameterizedTest(name = "{0} {1} after a {2} 5.00: {3}")
  @CsvSource({
    "a, 5.00, a, CONFIGURING",
    "a, 4.99, a, CONFIGURED",
    "b, 4.99, a, CONFIGURING",
    "a, 6.00, b, CONFIGURING",
    "'', 4.99, '', CONFIGURING",
    "a, yesterday, a, CONFIGURING",
  })
  void aReportThatComesLateIsKnownByTheMachinesOwnClock(
      String boot, String uptime, String lastBoot, Phase phase) {
    NodeState done =
        after(
            Phase.CONFIGURING, event(8, Kind.CONFIGURED, OURS, "boot", lastBoot, "uptime", "5.00"));
    NodeState state = done.after(event(9, Kind.STEP_STARTED, OURS, "boot", boot, "uptime", uptime));
    assertThat(state.phase()).isEqualTo(phase);
  }

  @Test
  void rememberWhatAllInstallsWere() {
    NodeState state =
        after(
            Phase.INSTALLED,
            event(9, Kind.REINSTALL_ORDERED, OURS),
            event(10, Kind.INSTALL_OPENED, FOREIGN),
            event(11, Kind.CLAIM_GRANTED, FOREIGN, "disks", "wwn:3"));
    assertThat(state.past())
        .isEqualTo(new NodeState.Past(Set.of(OURS, FOREIGN), Set.of("wwn:1", "wwn:2", "wwn:3")));
  }

  @Test
  void aPermitDoesNotOutliveTheFindOfAnInstall() {
    NodeState found =
        after(
            Phase.ARMED,
            event(0, Kind.REINSTALL_ORDERED, OURS),
            event(1, Kind.INSTALL_OPENED, OURS),
            event(2, Kind.FOUND_INSTALLED, OURS));
    assertThat(found.phase()).isEqualTo(Phase.INSTALLED);
    assertThat(found.wipe()).isEmpty();
  }

  @Test
  void anInstallFromFirstToLast() {
    NodeState state =
        NodeState.of(
            List.of(
                event(0, Kind.INSTALL_OPENED, OURS),
                event(0, Kind.INSTALL_OFFERED, OURS),
                event(9, Kind.FETCHED, OURS),
                event(10, Kind.CLAIM_GRANTED, OURS, "disk.0.name", "sda"),
                event(20, Kind.INSTALL_PROGRESS, OURS, "step", "packages"),
                event(30, Kind.INSTALL_FINISHED, OURS),
                event(40, Kind.STEP_STARTED, OURS, "step", "10-repos"),
                event(50, Kind.STEP_FAILED, OURS, "step", "10-repos", "reason", "no route"),
                event(60, Kind.STEP_FINISHED, OURS, "step", "10-repos"),
                event(70, Kind.CONFIGURED, OURS, "step", "10-repos")));
    assertThat(state)
        .isEqualTo(
            new NodeState(
                Phase.CONFIGURED,
                START.plusSeconds(70),
                START.plusSeconds(70),
                new NodeState.Install(
                    OURS,
                    new Token(TOKEN),
                    false,
                    1,
                    Set.of("wwn:1", "wwn:2"),
                    "u1",
                    NodeState.Clock.NONE,
                    NodeState.Handout.NONE),
                new NodeState.Past(Set.of(OURS), Set.of("wwn:1", "wwn:2")),
                Set.of(),
                null,
                MachineReport.parse(Map.of("machine.uuid", "u1", "disk.0.name", "sda")),
                "10-repos",
                "all steps done",
                ""));
  }

  @Test
  void saysWhyInWords() {
    assertThat(in(Phase.REFUSED).reason()).isEqualTo("because");
    assertThat(in(Phase.FAILED).reason()).isEqualTo("because");
    assertThat(in(Phase.INSTALLING).reason()).isEqualTo("installer: step1");
    assertThat(after(Phase.CONFIGURING, event(1, Kind.STEP_FAILED, OURS)).reason())
        .isEqualTo("step1 failed: because");
    assertThat(after(Phase.BOOTING, event(1, Kind.FOUND_INSTALLED, OURS)).reason())
        .isEqualTo("its disk carries a finished install: bsaaaaaaaaaa");
  }

  @Test
  void whatCloudStackSaysIsNoWordOfTheMachine() {
    NodeState done = in(Phase.CONFIGURED);
    NodeState waits =
        done.after(
            event(
                9, Kind.CLOUD_WAITS, OURS, "reason", "no host", "remedy", "barestack events kvm1"));
    assertThat(waits)
        .returns(Phase.CONFIGURED, NodeState::phase)
        .returns("no host", NodeState::reason)
        .returns("barestack events kvm1", NodeState::remedy)
        .returns(done.since(), NodeState::since)
        .returns(done.lastHeard(), NodeState::lastHeard);
    assertThat(waits.after(event(10, Kind.CLOUD_WAITS, FOREIGN, "reason", "late")))
        .isEqualTo(waits);
    NodeState ready = waits.after(event(11, Kind.READY, OURS));
    assertThat(ready)
        .returns(Phase.READY, NodeState::phase)
        .returns("", NodeState::remedy)
        .returns(done.lastHeard(), NodeState::lastHeard)
        .returns(START.plusSeconds(11), NodeState::since);
    assertThat(ready.after(event(12, Kind.CLOUD_WAITS, OURS))).isEqualTo(ready);
    assertThat(waits.after(event(12, Kind.STEP_STARTED, OURS)).remedy()).isEmpty();
    assertThat(done.after(event(12, Kind.CLOUD_APPLIED, OURS, "faults", "x"))).isSameAs(done);
  }

  @Test
  void countsOffersAndKeepsThemOverAClaim() {
    NodeEvent offered = event(1, Kind.INSTALL_OFFERED, OURS);
    NodeState state =
        after(Phase.BOOTING, offered, offered, event(2, Kind.CLAIM_GRANTED, OURS), offered);
    assertThat(Objects.requireNonNull(state.install()).offers()).isEqualTo(3);
    assertThat(state.phase()).isEqualTo(Phase.CLAIMED);
  }

  @Test
  void aDoubledOpeningKeepsTheClaim() {
    assertThat(after(Phase.CLAIMED, event(9, Kind.INSTALL_OPENED, OURS)))
        .isEqualTo(in(Phase.CLAIMED));
    assertThat(after(Phase.CLAIMED, event(9, Kind.INSTALL_OPENED, FOREIGN)))
        .isEqualTo(in(Phase.CLAIMED));
  }

  @Test
  void aLateFinishDoesNotEndFirstBoot() {
    assertSame(
        after(Phase.CONFIGURING, event(9, Kind.INSTALL_FINISHED, OURS)), in(Phase.CONFIGURING));
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"STRANGER_SEEN", "FETCHED", "LOCAL_BOOT_OFFERED"})
  void aQuestionIsHeardAndMovesNothing(Kind kind) {
    NodeState before = in(Phase.CLAIMED);
    NodeState after = before.after(event(9, kind, FOREIGN));
    assertThat(after.lastHeard()).isEqualTo(START.plusSeconds(9));
    assertThat(after.since()).isEqualTo(before.since());
    assertThat(after.reason()).isEqualTo(before.reason());
  }

  @Test
  void anOrderArmsAndPermitsWhatItNames() {
    NodeState state = after(Phase.INSTALLED, event(9, Kind.REINSTALL_ORDERED, OURS));
    assertThat(state.wipe()).containsExactly("wwn:1");
    assertThat(state.reason()).isEqualTo("reinstall ordered, with permission to wipe");
    assertThat(state.install()).isEqualTo(in(Phase.INSTALLED).install());
    NodeEvent without = NodeEvent.of(START, KVM1, Kind.REINSTALL_ORDERED, null, Map.of());
    assertThat(state.after(without).wipe()).isEmpty();
    assertThat(state.after(without).reason()).isEqualTo("reinstall ordered");
  }

  @Test
  void aBackupIsHandedOverUntilItIsSpentOrOrderedAnew() {
    RestoreFile file = new RestoreFile("lab.cms", 7, "0a".repeat(32));
    NodeEvent order = NodeEvent.of(START, KVM1, Kind.REINSTALL_ORDERED, null, file.detail());
    NodeState armed = in(Phase.READY).after(order);
    assertThat(armed.reason()).isEqualTo("reinstall ordered, and a backup to restore");
    assertThat(armed.restore()).isEqualTo(new NodeState.Restore(file, false));
    NodeState open =
        armed.after(event(1, Kind.INSTALL_OPENED, OURS, "token", TOKEN, "release", "9.7"));
    NodeState configuring =
        open.after(event(2, Kind.CLAIM_GRANTED, OURS, "disk.0.name", "sda"))
            .after(event(3, Kind.INSTALL_FINISHED, OURS))
            .after(event(4, Kind.STEP_STARTED, OURS, "step", "54-restore"));
    assertThat(configuring.restore()).isEqualTo(new NodeState.Restore(file, false));
    NodeState done = configuring.after(event(5, Kind.CONFIGURED, OURS));
    assertThat(done.restore()).isEqualTo(new NodeState.Restore(file, true));
    assertThat(done.after(event(6, Kind.STEP_STARTED, OURS, "step", "54-restore")).restore())
        .isEqualTo(new NodeState.Restore(file, true));
    assertThat(done.after(order).restore()).isEqualTo(new NodeState.Restore(file, false));
    for (Kind kind : List.of(Kind.REINSTALL_ORDERED, Kind.FORGOTTEN)) {
      NodeEvent without = NodeEvent.of(START, KVM1, kind, null, Map.of());
      assertThat(configuring.after(without).restore()).isNull();
    }
  }

  @Test
  void aReportOfTheInstallBeforeTheOrderChangesNothing() {
    NodeState armed = after(Phase.INSTALLING, event(9, Kind.REINSTALL_ORDERED, OURS));
    for (Kind kind :
        List.of(Kind.INSTALL_FINISHED, Kind.INSTALL_FAILED, Kind.STEP_STARTED, Kind.CONFIGURED)) {
      assertSame(armed.after(event(10, kind, OURS)), armed);
    }
  }

  @Test
  void thePermitLastsUntilTheGrantAndNoLonger() {
    NodeState ordered = NodeState.NEW.after(event(0, Kind.REINSTALL_ORDERED, OURS));
    NodeState booting = ordered.after(event(1, Kind.INSTALL_OPENED, OURS));
    assertThat(booting.wipe()).containsExactly("wwn:1");
    assertThat(booting.after(event(2, Kind.CLAIM_REFUSED, OURS)).wipe()).containsExactly("wwn:1");
    assertThat(booting.after(event(2, Kind.CLAIM_GRANTED, OURS)).wipe()).isEmpty();
    assertThat(booting.after(event(2, Kind.CLAIM_GRANTED, FOREIGN)).wipe()).isEmpty();
    assertThat(booting.after(event(2, Kind.CLAIM_GRANTED, FOREIGN)).past().disks())
        .containsExactlyInAnyOrder("wwn:1", "wwn:2");
    assertThat(ordered.after(event(2, Kind.CLAIM_GRANTED, OURS)).wipe()).isEmpty();
  }

  @Test
  void nothingIsLeftOfWhatWasForgotten() {
    for (Phase phase : WAYS.keySet()) {
      assertThat(after(phase, event(9, Kind.FORGOTTEN, OURS))).isSameAs(NodeState.NEW);
    }
  }

  @ParameterizedTest(name = "{0}: {1} min")
  @CsvSource({"BOOTING, 20", "CLAIMED, 15", "INSTALLING, 60", "INSTALLED, 30", "CONFIGURING, 60"})
  void isStuckWhenNothingWasHeardForTooLong(Phase phase, int minutes) {
    Duration deadline = Duration.ofMinutes(minutes);
    NodeState state = in(phase);
    assertThat(state.stuck(START.plus(deadline))).isFalse();
    assertThat(state.stuck(START.plus(deadline).plusMillis(1))).isTrue();
    NodeState heard = state.after(event(1, Kind.FETCHED, OURS));
    assertThat(heard.stuck(START.plus(deadline).plusMillis(1))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"ARMED", "CONFIGURED", "REFUSED", "FAILED"})
  void waitsForEverWhereAPersonMustAct(Phase phase) {
    assertThat(in(phase).stuck(START.plus(Duration.ofDays(10_000)))).isFalse();
  }

  @Test
  void aSystemThatWasFoundHasNothingMoreToReport() {
    NodeState found = after(Phase.BOOTING, event(1, Kind.FOUND_INSTALLED, OURS));
    assertThat(found.stuck(START.plus(Duration.ofDays(10_000)))).isFalse();
  }

  @Test
  void anUnreadableReportKeepsTheOneBefore() {
    NodeState granted =
        after(Phase.BOOTING, event(1, Kind.CLAIM_GRANTED, OURS, "disk.0.name", "sda"));
    NodeState refused =
        granted.after(event(2, Kind.CLAIM_REFUSED, OURS, "machine.memory_kib", "lots"));
    assertThat(refused.phase()).isEqualTo(Phase.REFUSED);
    assertThat(refused.report()).isEqualTo(granted.report()).isNotNull();
  }

  /** Any events in any order, with any detail. */
  @Test
  void noHistoryThrowsOrOpensADiskTwice() {
    forAll(
        2_000,
        random -> {
          NodeState state = NodeState.NEW;
          List<NodeEvent> events = new ArrayList<>();
          boolean permitted = false;
          boolean ordered = true;
          for (int i = random.nextInt(60); i > 0; i--) {
            NodeEvent event = anyEvent(random);
            events.add(event);
            boolean wrote = mayWrite(state);
            state = state.after(event);
            switch (event.kind()) {
              case REINSTALL_ORDERED -> {
                permitted = true;
                ordered = true;
              }
              case FORGOTTEN -> {
                permitted = false;
                ordered = true;
              }
              case CLAIM_GRANTED -> permitted = false;
              default -> {}
            }
            if (done(state)) {
              ordered = false;
            }
            assertThat(state.wipe().isEmpty() || permitted).as("permit after %s", event).isTrue();
            assertThat(mayWrite(state) && !ordered).as("written again by %s", event).isFalse();
            assertThat(mayWrite(state) && !wrote && event.kind() != Kind.CLAIM_GRANTED)
                .as("writes without a grant by %s", event)
                .isFalse();
          }
          assertThat(NodeState.of(events)).isEqualTo(state);
        });
  }

  private static boolean mayWrite(NodeState state) {
    return state.phase() == Phase.CLAIMED || state.phase() == Phase.INSTALLING;
  }

  private static boolean done(NodeState state) {
    return EnumSet.of(Phase.INSTALLED, Phase.CONFIGURING, Phase.CONFIGURED, Phase.READY)
        .contains(state.phase());
  }

  private static NodeEvent anyEvent(SplittableRandom random) {
    List<Kind> kinds = List.of(Kind.values());
    Kind kind = kinds.get(random.nextInt(kinds.size()));
    if (random.nextInt(4) > 0) {
      return event(random.nextInt(100), kind, random.nextInt(5) == 0 ? FOREIGN : OURS);
    }
    List<String> keys =
        Arrays.asList("token", "disks", "wipe", "step", "machine.clock", "disk.0.name");
    Map<String, String> detail = new TreeMap<>();
    for (String key : keys) {
      if (random.nextBoolean()) {
        detail.put(key, List.of("", ",", "x,,y", "12", TOKEN).get(random.nextInt(5)));
      }
    }
    return NodeEvent.of(START, KVM1, kind, random.nextBoolean() ? OURS : null, detail);
  }
}
