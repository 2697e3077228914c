package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.testing.cloudstack.CloudStackDouble;
import org.barestack.testing.cloudstack.LivingZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostRemovalTest {
  private static final String KVM1 = "192.168.60.11";
  private static final String KVM2 = "192.168.60.12";

  @TempDir private Path folder;
  private final CloudStackDouble server = LivingZone.server();
  private final CloudClient api = LivingZone.client(server);
  private final List<String> told = new ArrayList<>();

  @AfterEach
  void nothingWasCalledThatCloudStackHasNot() {
    api.close();
    server.close();
    assertThat(server.violations()).isEmpty();
  }

  private Site zone(int workers, String isolation) {
    Site site = LivingZone.site(folder, workers, "advanced", isolation);
    LivingZone.apply(api, site);
    server.forgetCalls();
    return site;
  }

  private static Node kvm1(Site site) {
    return site.node(new NodeName("kvm1")).orElseThrow();
  }

  private HostRemoval removal(CloudApi by) {
    return new HostRemoval(by, LivingZone.rounds(20), told::add);
  }

  private HostRemoval.Outcome remove(Site site, boolean force) {
    return removal(api).remove(site, kvm1(site), force);
  }

  private Diagnosis stays(Site site) {
    String before = server.canonical();
    if (!(remove(site, false) instanceof HostRemoval.Outcome.StillThere(Diagnosis why))) {
      throw new AssertionError("it is gone");
    }
    assertThat(server.canonical()).as("nothing was changed").isEqualTo(before);
    if (!(removal(api).look(site, kvm1(site)) instanceof HostRemoval.Look.Counted counted)) {
      throw new AssertionError("it is not counted");
    }
    assertThat(counted.obstacle()).as("told before anything is done").isEqualTo(why);
    return why;
  }

  private List<String> changing() {
    return server.changing().stream()
        .map(call -> call.command() + (call.parameters().containsKey("forced") ? " forced" : ""))
        .toList();
  }

  private Membership.Answer counted(Site site) {
    return new HostMembership(api).ask(site, kvm1(site));
  }

  @Test
  void anIdleHostGoesThroughMaintenance() {
    Site site = zone(2, "strict");
    assertThat(counted(site))
        .isEqualTo(new Membership.Answer.Counted("Up, Enabled, no virtual machines of users"));
    assertThat(remove(site, false)).isEqualTo(new HostRemoval.Outcome.Gone());
    assertThat(changing()).containsExactly("prepareHostForMaintenance", "deleteHost");
    assertThat(counted(site)).isEqualTo(new Membership.Answer.NotCounted());
    assertThat(told)
        .containsExactly(
            "host 192.168.60.11: going into maintenance", "host 192.168.60.11: deleted");
    assertThat(remove(site, false)).isEqualTo(new HostRemoval.Outcome.Gone());
    assertThat(changing()).hasSize(2);
    LivingZone.apply(api, site);
    assertThat(counted(site)).isInstanceOf(Membership.Answer.Counted.class);
  }

  @Test
  void guestsMoveWhereTheyCan() {
    Site site = zone(2, "migration");
    server.virtualMachine("web", KVM1);
    assertThat(counted(site))
        .isEqualTo(new Membership.Answer.Counted("Up, Enabled, 1 virtual machine: web"));
    assertThat(remove(site, false)).isEqualTo(new HostRemoval.Outcome.Gone());
    assertThat(server.virtualMachine("web")).isEqualTo("Running " + KVM2);
  }

  @ParameterizedTest
  @CsvSource({
    "2, strict, Up, Enabled, 'workers.isolation is strict, so there is no live migration'",
    "1, migration, Up, Enabled, no other host of cluster1 is up and enabled",
    "2, migration, Up, Disabled, 'it is disabled, and CloudStack puts no disabled host into"
        + " maintenance'",
    "2, migration, Down, Enabled, a host that does not answer cannot be put into maintenance",
    "2, migration, Disconnected, Enabled, a host that does not answer cannot be put into"
        + " maintenance",
    "2, migration, Alert, Enabled, a host that does not answer cannot be put into maintenance",
  })
  void guestsThatCannotMoveAreNamedAndStay(
      int workers, String isolation, String state, String resourceState, String cause) {
    Site site = zone(workers, isolation);
    server.virtualMachine("web", KVM1);
    server.virtualMachine("db", KVM1);
    server.hostState(KVM1, state);
    server.resourceState(KVM1, resourceState);
    Diagnosis why = stays(site);
    assertThat(why.symptom()).startsWith("kvm1 ").contains("db, web");
    assertThat(why.cause()).isEqualTo(cause);
    assertThat(why.remedy()).contains("--force");
    assertThat(server.virtualMachine("web")).isEqualTo("Running " + KVM1);

    assertThat(remove(site, true)).isEqualTo(new HostRemoval.Outcome.Gone());
    assertThat(changing()).containsExactly("deleteHost forced");
    assertThat(server.virtualMachine("web")).isEqualTo("Stopped");
  }

  @Test
  void noOtherHostThatTakesThem() {
    Site site = zone(3, "migration");
    server.virtualMachine("web", KVM1);
    server.hostState(KVM2, "Down");
    server.resourceState("192.168.60.13", "Disabled");
    assertThat(stays(site).cause()).isEqualTo("no other host of cluster1 is up and enabled");
  }

  @Test
  void whatIsDownWithoutGuestsNeedsForceToo() {
    Site site = zone(2, "strict");
    server.hostState(KVM1, "Down");
    assertThat(stays(site).symptom()).isEqualTo("kvm1 is Down to CloudStack");
    assertThat(remove(site, true)).isEqualTo(new HostRemoval.Outcome.Gone());
  }

  /** Switched off after a run that was cut off. */
  @Test
  void whatIsDownInMaintenanceIsDeleted() {
    Site site = zone(2, "strict");
    server.hostState(KVM1, "Disconnected");
    server.resourceState(KVM1, "Maintenance");
    assertThat(remove(site, false)).isEqualTo(new HostRemoval.Outcome.Gone());
    assertThat(changing()).containsExactly("deleteHost");
  }

  @Test
  void aDisabledHostWithoutGuestsIsDeletedByForceSinceCloudStackHasNoOtherWay() {
    Site site = zone(2, "strict");
    server.resourceState(KVM1, "Disabled");
    assertThat(remove(site, false)).isEqualTo(new HostRemoval.Outcome.Gone());
    assertThat(changing()).containsExactly("deleteHost forced");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ErrorInMaintenance", "ErrorInPrepareForMaintenance"})
  void maintenanceThatFailsIsNamed(String error) {
    Site site = zone(2, "migration");
    CloudApi failing =
        call -> {
          var answer = api.call(call);
          if (call.command().equals("prepareHostForMaintenance")) {
            server.virtualMachine("stuck", KVM1);
            server.resourceState(KVM1, error);
          }
          return answer;
        };
    assertThat(removal(failing).remove(site, kvm1(site), false))
        .isEqualTo(
            new HostRemoval.Outcome.StillThere(
                new Diagnosis(
                    "kvm1 is " + error + " to CloudStack, with the virtual machines stuck",
                    "CloudStack could not move them to other hosts",
                    "stop or move what is on it in CloudStack and run this again, or --force")));
    assertThat(changing()).containsExactly("prepareHostForMaintenance");
    assertThat(removal(failing).remove(site, kvm1(site), true))
        .isEqualTo(new HostRemoval.Outcome.Gone());
  }

  @Test
  void oneHostOfAClusterAtATime() {
    Site site = zone(2, "strict");
    server.resourceState(KVM2, "PrepareForMaintenance");
    server.holdSteps();
    assertThat(remove(site, false)).isInstanceOf(HostRemoval.Outcome.StillThere.class);
    assertThat(counted(site)).isInstanceOf(Membership.Answer.Counted.class);
    server.releaseSteps();
    assertThat(remove(site, false)).isEqualTo(new HostRemoval.Outcome.Gone());
  }

  @Test
  void whatTakesTooLongIsSaid() {
    Site site = zone(2, "strict");
    server.holdSteps();
    if (!(remove(site, false) instanceof HostRemoval.Outcome.StillThere(Diagnosis why))) {
      throw new AssertionError("it is gone");
    }
    assertThat(why.symptom())
        .isEqualTo("kvm1 is still a host of CloudStack: Up, PrepareForMaintenance");
    assertThat(changing()).containsExactly("prepareHostForMaintenance");
    server.releaseSteps();
    assertThat(remove(site, false)).isEqualTo(new HostRemoval.Outcome.Gone());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHostOfAnotherZoneIsCountedAndNotRemoved(boolean force) {
    Site site = zone(2, "strict");
    Site renamed = LivingZone.site(folder, 2, "advanced, name: other", "strict");
    assertThat(counted(renamed)).isInstanceOf(Membership.Answer.Counted.class);
    if (!(removal(api).remove(renamed, kvm1(site), force)
        instanceof HostRemoval.Outcome.StillThere(Diagnosis why))) {
      throw new AssertionError("it is gone");
    }
    assertThat(why.symptom()).isEqualTo("kvm1 (192.168.60.11) is a host of zone zone1");
    assertThat(changing()).isEmpty();
  }

  @Test
  void cutOffAnywhereAndRunAgainItArrives() {
    for (boolean after : new boolean[] {false, true}) {
      for (int at = 1; at <= 2; at++) {
        try (CloudStackDouble fresh = LivingZone.server();
            CloudClient client = LivingZone.client(fresh)) {
          Site site = LivingZone.site(folder, 2, "advanced", "migration");
          LivingZone.apply(client, site);
          fresh.virtualMachine("web", KVM1);
          try {
            removal(LivingZone.cut(client, at, after)).remove(site, kvm1(site), false);
            throw new AssertionError("call " + at + " was never made");
          } catch (LivingZone.Cut e) {
            // as meant
          }
          assertThat(removal(client).remove(site, kvm1(site), false))
              .as("cut %s call %d", after ? "after" : "before", at)
              .isEqualTo(new HostRemoval.Outcome.Gone());
          assertThat(fresh.virtualMachine("web")).isEqualTo("Running " + KVM2);
          assertThat(fresh.violations()).isEmpty();
        }
      }
    }
  }

  @Test
  void whoCannotBeAskedIsNotKnown() {
    Site site = zone(1, "strict");
    server.close();
    if (!(counted(site) instanceof Membership.Answer.Unknown(Diagnosis why))) {
      throw new AssertionError("somebody answered");
    }
    assertThat(why.symptom()).isNotEmpty();
  }
}
