package org.barestack.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.boot.Machines.DISK;
import static org.barestack.boot.Machines.GIB;
import static org.barestack.boot.Machines.KVM1;
import static org.barestack.boot.Machines.SITE;
import static org.barestack.boot.Machines.blank;
import static org.barestack.boot.Machines.report;
import static org.barestack.boot.Machines.withContent;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.barestack.model.Disk;
import org.barestack.model.MacAddress;
import org.barestack.model.MachineReport;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Subject;
import org.barestack.model.Token;
import org.barestack.testing.InMemoryJournal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootDeskTest {
  private static final MacAddress STRANGER = new MacAddress("52:54:00:99:99:99");

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final InMemoryJournal journal = new InMemoryJournal();
  private final BootDesk desk = new BootDesk(() -> SITE, journal, () -> now, new SecureRandom());

  private BootAnswer boot() {
    return desk.boot(request(KVM1.bootMac()));
  }

  private static BootRequest request(MacAddress mac) {
    return new BootRequest(mac, "iPXE on UEFI", true, "uuid-1", "SN1", "QEMU");
  }

  private NodeState.Install install() {
    return ((BootAnswer.Install) boot()).install();
  }

  private Phase phase() {
    return desk.state(KVM1.name()).phase();
  }

  private Token installed() {
    Token token = install().token();
    assertThat(desk.claim(token, report(blank(DISK)))).isInstanceOf(ClaimAnswer.Granted.class);
    desk.report(token, Kind.INSTALL_PROGRESS, Map.of("step", "packages"));
    desk.report(token, Kind.INSTALL_FINISHED, Map.of());
    return token;
  }

  private BootDesk.Order permit() {
    return switch (desk.wipeable(KVM1.name())) {
      case BootDesk.Order.Given(List<Disk> disks) -> desk.reinstall(KVM1.name(), disks);
      case BootDesk.Order.NotGiven refusal -> refusal;
    };
  }

  private NodeState.Install medium() {
    return ((BootDesk.Opening.Open) desk.medium(KVM1.name())).install().install();
  }

  @Test
  void aMediumOpensTheInstallThatTheNetworkGoesOnWith() {
    NodeState.Install made = medium();
    assertThat(phase()).isEqualTo(Phase.BOOTING);
    assertThat(desk.state(KVM1.name()).reason()).isEqualTo("a medium was made for it");
    assertThat(medium()).isEqualTo(made);
    assertThat(journal.events(new Subject.OfNode(KVM1.name()))).hasSize(1);
    assertThat(install().id()).isEqualTo(made.id());
    assertThat(medium().token()).isEqualTo(made.token());
    assertThat(desk.claim(made.token(), report(blank(DISK))))
        .isInstanceOf(ClaimAnswer.Granted.class);
    assertThat(medium().token()).isEqualTo(made.token());
  }

  @Test
  void aNodeThatWaitsForItsMediumIsNotStuck() {
    medium();
    now = now.plus(Duration.ofDays(30));
    assertThat(desk.state(KVM1.name()).stuck(now)).isFalse();
    boot();
    now = now.plus(Duration.ofDays(30));
    assertThat(desk.state(KVM1.name()).stuck(now)).isTrue();
  }

  @Test
  void anInstalledNodeGetsNoMedium() {
    installed();
    int events = journal.events(new Subject.OfNode(KVM1.name())).size();
    assertThat(desk.medium(KVM1.name()))
        .isInstanceOfSatisfying(
            BootDesk.Opening.NotOpen.class,
            not ->
                assertThat(not.reason())
                    .startsWith("kvm1 is installed (")
                    .endsWith("barestack reinstall kvm1, then this again"));
    assertThat(desk.noMedium(KVM1.name())).isPresent();
    assertThat(journal.events(new Subject.OfNode(KVM1.name()))).hasSize(events);
    assertThat(desk.medium(new NodeName("nobody"))).isInstanceOf(BootDesk.Opening.NotOpen.class);
  }

  @Test
  void anOrderToWipeHoldsForTheMediumThatIsMadeAfterIt() {
    Token before = installed();
    permit();
    BootDesk.Opening.Open open = (BootDesk.Opening.Open) desk.medium(KVM1.name());
    assertThat(open.before()).isFalse();
    assertThat(open.install().state().wipe()).isNotEmpty();
    assertThat(open.install().install().token()).isNotEqualTo(before);
  }

  @Test
  void theWayOfOneMachine() {
    assertThat(phase()).isEqualTo(Phase.ARMED);
    Token token = install().token();
    assertThat(phase()).isEqualTo(Phase.BOOTING);
    desk.claim(token, report(blank(DISK)));
    assertThat(phase()).isEqualTo(Phase.CLAIMED);
    desk.report(token, Kind.INSTALL_PROGRESS, Map.of("step", "packages"));
    assertThat(phase()).isEqualTo(Phase.INSTALLING);
    desk.report(token, Kind.INSTALL_FINISHED, Map.of());
    assertThat(phase()).isEqualTo(Phase.INSTALLED);
    assertThat(boot()).isInstanceOf(BootAnswer.LocalDisk.class);
    desk.report(token, Kind.STEP_STARTED, Map.of("step", "10-hosts"));
    assertThat(phase()).isEqualTo(Phase.CONFIGURING);
    assertThat(boot()).isInstanceOf(BootAnswer.LocalDisk.class);
  }

  private BootDesk.OpenInstall seeded() {
    return ((BootDesk.Seed.Open) desk.seed(KVM1.name())).install();
  }

  @Test
  void theWayOfAnImage() {
    Token token = seeded().install().token();
    assertThat(phase()).isEqualTo(Phase.INSTALLED);
    assertThat(desk.seeded(token)).isPresent();
    assertThat(desk.underway(token)).as("no kickstart, kernel or claim").isEmpty();
    assertThat(boot()).isInstanceOf(BootAnswer.LocalDisk.class);
    assertThat(desk.claim(token, report(blank(DISK)))).isInstanceOf(ClaimAnswer.Refused.class);
    assertThat(phase()).isEqualTo(Phase.INSTALLED);
    desk.report(token, Kind.STEP_STARTED, Map.of("step", "10-hosts"));
    assertThat(phase()).isEqualTo(Phase.CONFIGURING);
    desk.report(token, Kind.CONFIGURED, Map.of());
    assertThat(phase()).isEqualTo(Phase.CONFIGURED);
  }

  @Test
  void aSeedThatNobodyTookIsTheSame() {
    Token token = seeded().install().token();
    desk.report(token, Kind.FETCHED, Map.of("file", "user-data"));
    assertThat(desk.seed(KVM1.name())).isInstanceOf(BootDesk.Seed.Open.class);
    assertThat(seeded().install().token()).isEqualTo(token);
    assertThat(((BootDesk.Seed.Open) desk.seed(KVM1.name())).before()).isTrue();
  }

  @Test
  void aSeedDiesWithItsInstall() {
    Token token = seeded().install().token();
    desk.reinstall(KVM1.name(), List.of());
    assertThat(desk.seeded(token)).isEmpty();
    assertThat(desk.report(token, Kind.CONFIGURED, Map.of())).isFalse();
    Token second = seeded().install().token();
    assertThat(second).isNotEqualTo(token);
    desk.forget(new Subject.OfNode(KVM1.name()));
    assertThat(desk.seeded(second)).isEmpty();
    assertThat(desk.seeded(installed())).as("no image").isEmpty();
  }

  @Test
  void onlyAnArmedNodeIsSeeded() {
    Token token = install().token();
    assertThat(desk.seed(KVM1.name()))
        .isInstanceOfSatisfying(
            BootDesk.Seed.NotOpen.class,
            no ->
                assertThat(no.reason())
                    .startsWith("kvm1 is booting")
                    .contains("barestack reinstall kvm1"));
    assertThat(desk.install(token)).isPresent();
    assertThat(desk.seed(new NodeName("nobody"))).isInstanceOf(BootDesk.Seed.NotOpen.class);
  }

  @Test
  void aPowerCutGoesOnWithTheSameInstallAndDisk() {
    NodeState.Install first = install();
    desk.claim(first.token(), report(blank(DISK)));
    NodeState.Install second = install();
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.token()).isEqualTo(first.token());
    assertThat(desk.claim(second.token(), report(withContent(DISK, "gpt", "xfs"))))
        .isInstanceOf(ClaimAnswer.Granted.class);
  }

  @Test
  void anInstallThatNeverEndsIsNotOfferedForEver() {
    for (int i = 0; i < BootDesk.MOST_OFFERS; i++) {
      assertThat(boot()).isInstanceOf(BootAnswer.Install.class);
    }
    assertThat(boot()).isInstanceOf(BootAnswer.LocalDisk.class);
    assertThat(phase()).isEqualTo(Phase.FAILED);
    assertThat(boot()).isInstanceOf(BootAnswer.LocalDisk.class);
  }

  @Test
  void aFailedInstallBootsTheDiskUntilSomebodyOrdersAnother() {
    Token token = install().token();
    desk.report(token, Kind.INSTALL_FAILED, Map.of("reason", "no space"));
    assertThat(boot()).isInstanceOf(BootAnswer.LocalDisk.class);
    assertThat(boot().reason()).contains("no space").contains("barestack reinstall kvm1");
    desk.reinstall(KVM1.name(), List.of());
    assertThat(boot()).isInstanceOf(BootAnswer.Install.class);
  }

  @Test
  void aRefusedMachineBootsItsDisk() {
    Token token = install().token();
    ClaimAnswer answer = desk.claim(token, report(withContent(DISK, "ext4")));
    assertThat(answer).isInstanceOf(ClaimAnswer.Refused.class);
    assertThat(answer.reason()).contains("ext4").contains("nothing was written");
    assertThat(phase()).isEqualTo(Phase.REFUSED);
    assertThat(boot()).isInstanceOf(BootAnswer.LocalDisk.class);
  }

  @Test
  void aStaleTokenOpensNothing() {
    Token old = installed();
    permit();
    Token fresh = install().token();
    assertThat(fresh).isNotEqualTo(old);
    assertThat(desk.install(old)).isEmpty();
    assertThat(desk.claim(old, report(blank(DISK)))).isInstanceOf(ClaimAnswer.Refused.class);
    assertThat(desk.report(old, Kind.INSTALL_FINISHED, Map.of())).isFalse();
    assertThat(phase()).isEqualTo(Phase.BOOTING);
  }

  @Test
  void aTokenDiesWithItsInstall() {
    Token token = installed();
    assertThat(desk.install(token)).isPresent();
    assertThat(desk.underway(token)).isEmpty();
    desk.reinstall(KVM1.name(), List.of());
    assertThat(desk.install(token)).isEmpty();
    assertThat(desk.report(token, Kind.CONFIGURED, Map.of())).isFalse();
    assertThat(desk.claim(token, report(blank(DISK))).reason()).contains("no install is open here");
    Token second = install().token();
    assertThat(desk.underway(second)).isPresent();
    desk.forget(new Subject.OfNode(KVM1.name()));
    assertThat(desk.install(second)).isEmpty();
  }

  /**
   * An installer whose report of its end was lost comes back by network, and must not begin anew.
   */
  @Test
  void aLostReportOfTheEndIsNoReasonToInstallAgain() {
    NodeState.Install first = install();
    desk.claim(first.token(), report(blank(DISK)));
    desk.report(first.token(), Kind.INSTALL_PROGRESS, Map.of("step", "packages"));
    Token again = install().token();
    Disk finished = Machines.labelled(DISK, first.id().label());
    assertThat(desk.claim(again, report(finished))).isInstanceOf(ClaimAnswer.Installed.class);
    assertThat(phase()).isEqualTo(Phase.INSTALLED);
    assertThat(boot()).isInstanceOf(BootAnswer.LocalDisk.class);
    assertThat(desk.report(again, Kind.STEP_STARTED, Map.of("step", "10-hosts"))).isTrue();
    assertThat(phase()).isEqualTo(Phase.CONFIGURING);
  }

  /** Yesterday there was a permit; since then it was spent, and the node runs. */
  @Test
  void aJournalOfYesterdayDoesNotBringAPermitBack() {
    installed();
    permit();
    InMemoryJournal yesterday = journal.copy();
    NodeState.Install today = install();
    Disk before = withContent(DISK, "gpt", "xfs");
    assertThat(desk.claim(today.token(), report(before))).isInstanceOf(ClaimAnswer.Granted.class);

    BootDesk restored = new BootDesk(() -> SITE, yesterday, () -> now, new SecureRandom());
    BootAnswer.Install offer = (BootAnswer.Install) restored.boot(request(KVM1.bootMac()));
    ClaimAnswer answer =
        restored.claim(
            offer.install().token(), report(Machines.labelled(DISK, today.id().label())));
    assertThat(answer).isInstanceOf(ClaimAnswer.Installed.class);
    assertThat(answer.reason()).contains("The permit to wipe is older than that install");
    assertThat(restored.boot(request(KVM1.bootMac()))).isInstanceOf(BootAnswer.LocalDisk.class);
    assertThat(restored.state(KVM1.name()).wipe()).isEmpty();
  }

  @Test
  void twoNodesNeverWriteOneDiskThatBothSee() {
    Disk lun =
        new Disk(
            "sda", 100 * GIB, "", "0x600A", "", List.of(), false, false, false, true, List.of(),
            List.of());
    assertThat(desk.claim(install().token(), report(lun))).isInstanceOf(ClaimAnswer.Granted.class);
    MacAddress other = SITE.managementNode().bootMac();
    Token token = ((BootAnswer.Install) desk.boot(request(other))).install().token();
    assertThat(desk.claim(token, report(lun)).reason()).contains("is claimed by kvm1");
    desk.forget(new Subject.OfNode(KVM1.name()));
    desk.reinstall(SITE.managementNode().name(), List.of());
    token = ((BootAnswer.Install) desk.boot(request(other))).install().token();
    assertThat(desk.claim(token, report(lun))).isInstanceOf(ClaimAnswer.Granted.class);
  }

  @Test
  void aPermitOpensOneDiskOnce() {
    installed();
    Disk full = withContent(DISK, "gpt", "xfs");
    assertThat(permit()).isEqualTo(new BootDesk.Order.Given(List.of(blank(DISK))));
    Token token = install().token();
    assertThat(desk.claim(token, report(full))).isInstanceOf(ClaimAnswer.Granted.class);
    desk.report(token, Kind.INSTALL_FAILED, Map.of("reason", "cut"));
    desk.reinstall(KVM1.name(), List.of());
    assertThat(desk.claim(install().token(), report(full))).isInstanceOf(ClaimAnswer.Refused.class);
  }

  @Test
  void aPermitDoesNotFitAnotherDisk() {
    installed();
    permit();
    Disk other =
        withContent(
            new Disk(
                "sdb", 500 * GIB, "OTHER", "", "", List.of(), false, false, false, true, List.of(),
                List.of()),
            "xfs");
    assertThat(desk.claim(install().token(), report(other)))
        .isInstanceOf(ClaimAnswer.Refused.class);
  }

  @Test
  void wipingNeedsToKnowWhat() {
    assertThat(permit()).isInstanceOf(BootDesk.Order.NotGiven.class);
    assertThat(phase()).isEqualTo(Phase.ARMED);
  }

  @Test
  void aLostJournalCostsNoDisk() {
    Token token = installed();
    String label = desk.install(token).orElseThrow().install().id().label();
    BootDesk afterLoss =
        new BootDesk(() -> SITE, new InMemoryJournal(), () -> now, new SecureRandom());
    BootAnswer.Install offer = (BootAnswer.Install) afterLoss.boot(request(KVM1.bootMac()));
    Disk ours = Machines.labelled(DISK, label);
    assertThat(afterLoss.claim(offer.install().token(), report(ours)))
        .isInstanceOf(ClaimAnswer.Installed.class);
    assertThat(afterLoss.state(KVM1.name()).phase()).isEqualTo(Phase.INSTALLED);
    assertThat(afterLoss.boot(request(KVM1.bootMac()))).isInstanceOf(BootAnswer.LocalDisk.class);
  }

  @Test
  void aStrangerBootsItsDiskAndIsRecordedOnceAMinute() {
    for (int i = 0; i < 5; i++) {
      assertThat(desk.boot(request(STRANGER))).isInstanceOf(BootAnswer.LocalDisk.class);
    }
    Subject subject = new Subject.OfStranger(STRANGER);
    assertThat(journal.events(subject)).hasSize(1);
    assertThat(journal.events(subject).getFirst().detail())
        .containsEntry("uuid", "uuid-1")
        .containsEntry("serial", "SN1");
    now = now.plus(Duration.ofMinutes(2));
    desk.boot(request(STRANGER));
    assertThat(journal.events(subject)).hasSize(2);
  }

  @Test
  void forgottenMeansArmedAgainButNeverPermitted() {
    installed();
    desk.forget(new Subject.OfNode(KVM1.name()));
    assertThat(phase()).isEqualTo(Phase.ARMED);
    assertThat(desk.claim(install().token(), report(withContent(DISK, "xfs"))))
        .isInstanceOf(ClaimAnswer.Refused.class);
  }

  @Test
  void anUnknownNodeIsNotOrdered() {
    assertThat(desk.reinstall(new NodeName("nobody"), List.of()))
        .isInstanceOf(BootDesk.Order.NotGiven.class);
  }

  @Test
  void aSecondMachineWithTheSameMacDoesNotDisturbTheFirst() {
    Token token = install().token();
    desk.claim(token, report(blank(DISK)));
    MachineReport twin = new MachineReport("uuid-2", "", "", 0, 0, "", List.of(blank(DISK)));
    assertThat(desk.claim(token, twin).reason()).contains("Do two machines have one MAC address?");
    assertThat(phase()).isEqualTo(Phase.CLAIMED);
    desk.report(token, Kind.INSTALL_FINISHED, Map.of());
    assertThat(phase()).isEqualTo(Phase.INSTALLED);
  }

  @Test
  void manyMachinesWithOneMacGetOneInstallAndOneClaim() throws Exception {
    Token token = install().token();
    List<Callable<ClaimAnswer>> claims =
        java.util.stream.IntStream.range(0, 32)
            .<Callable<ClaimAnswer>>mapToObj(i ->
                () ->
                    desk.claim(
                        token,
                        new MachineReport("uuid-" + i, "", "uefi", 0, 0, "", List.of(blank(DISK)))))
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long granted = 0;
      for (var answer : threads.invokeAll(claims)) {
        granted += answer.get() instanceof ClaimAnswer.Granted ? 1 : 0;
      }
      assertThat(granted).isEqualTo(1);
    }
  }

  /** Whatever state a node is in, a disk with something on it is written only with a permit. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"never seen", "booting", "refused", "failed", "installed", "forgotten", "reinstall"})
  void aFullDiskIsNeverGivenWithoutPermit(String before) {
    switch (before) {
      case "booting" -> install();
      case "refused" -> desk.claim(install().token(), report());
      case "failed" -> desk.report(install().token(), Kind.INSTALL_FAILED, Map.of());
      case "installed" -> installed();
      case "forgotten" -> {
        installed();
        desk.forget(new Subject.OfNode(KVM1.name()));
      }
      case "reinstall" -> {
        installed();
        desk.reinstall(KVM1.name(), List.of());
      }
      default -> assertThat(phase()).isEqualTo(Phase.ARMED);
    }
    if (boot() instanceof BootAnswer.Install offer) {
      assertThat(desk.claim(offer.install().token(), report(withContent(DISK, "xfs"))))
          .isInstanceOf(ClaimAnswer.Refused.class);
    }
    long granted =
        journal.events(new Subject.OfNode(KVM1.name())).stream()
            .map(NodeEvent::kind)
            .filter(kind -> kind == Kind.CLAIM_GRANTED)
            .count();
    assertThat(granted).isEqualTo(before.matches("installed|forgotten|reinstall") ? 1 : 0);
  }

  @Test
  void theFirstInterfaceIsNotTheOnlyOneThatIsKnown() {
    MacAddress second = List.copyOf(KVM1.nics().values()).getLast();
    assertThat(second).isNotEqualTo(KVM1.bootMac());
    assertThat(desk.boot(request(second))).isInstanceOf(BootAnswer.Install.class);
  }

  @Test
  void whatWasAskedIsKeptAndChangesNothing() {
    desk.asked(KVM1.bootMac(), "TFTP for grubx64.efi", "", "not imported");
    desk.asked(STRANGER, "DHCP DISCOVER (UEFI X64 PXE)", "OFFER, boots snponly.efi", "");
    assertThat(journal.events(new Subject.OfNode(KVM1.name())).getFirst().detail())
        .isEqualTo(Map.of("asked", "TFTP for grubx64.efi", "reason", "not imported"));
    assertThat(desk.state(KVM1.name())).isEqualTo(NodeState.NEW);
    assertThat(desk.heardOf(STRANGER)).isTrue();
    assertThat(desk.heardOf(new MacAddress("52:54:00:99:99:98"))).isFalse();
    assertThat(desk.heardOf(KVM1.bootMac())).isTrue();
  }

  /** A question in between does not make a machine that was just seen a new one. */
  @Test
  void aStrangerIsSeenOnceAMinuteWhateverItAsks() {
    for (int i = 0; i < 5; i++) {
      desk.seen(request(STRANGER));
      desk.asked(STRANGER, "DHCP " + i, "", "nothing");
    }
    assertThat(journal.events(new Subject.OfStranger(STRANGER)))
        .filteredOn(event -> event.kind() == Kind.STRANGER_SEEN)
        .hasSize(1);
  }
}
