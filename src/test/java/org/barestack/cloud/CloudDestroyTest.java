package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.barestack.model.Site;
import org.barestack.testing.cloudstack.CloudStackDouble;
import org.barestack.testing.cloudstack.Kind;
import org.barestack.testing.cloudstack.LivingZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloudDestroyTest {
  @TempDir private Path folder;
  private final List<String> told = new ArrayList<>();

  private CloudDestroy destroy(CloudApi api) {
    told.clear();
    return new CloudDestroy(api, LivingZone.rounds(30), told::add);
  }

  private static List<String> changing(CloudStackDouble server) {
    return server.changing().stream().map(Call::command).toList();
  }

  private static void isEmpty(CloudStackDouble server, Map<Kind, Integer> before) {
    assertThat(server.counts()).isEqualTo(before);
    assertThat(server.violations()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"advanced", "advanced-security-groups", "basic"})
  void aZoneGoesInOneRunWithoutAWrongStep(String network) {
    try (CloudStackDouble server = LivingZone.server();
        CloudClient api = LivingZone.client(server)) {
      Map<Kind, Integer> before = server.counts();
      Site site = LivingZone.site(folder, 3, network, "strict");
      LivingZone.apply(api, site);
      server.forgetCalls();
      assertThat(destroy(api).look(site).orElseThrow().lines())
          .contains(
              "host: 192.168.60.11, 192.168.60.12, 192.168.60.13",
              "cluster: cluster1",
              "secondary storage: secondary",
              "zone: zone1");
      assertThat(changing(server)).isEmpty();
      assertThat(destroy(api).destroy(site, false)).isEqualTo(new CloudDestroy.Outcome.Gone());
      isEmpty(server, before);
      assertThat(changing(server)).startsWith("updateZone").endsWith("deleteZone");
      assertThat(told).doesNotHaveDuplicates();
      int calls = server.changing().size();
      assertThat(destroy(api).destroy(site, false)).isEqualTo(new CloudDestroy.Outcome.Gone());
      assertThat(destroy(api).look(site)).isEmpty();
      assertThat(server.changing()).hasSize(calls);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"advanced", "advanced-security-groups", "basic"})
  void cutOffAfterEveryCallAndRunAgainItArrives(String network) {
    Site site = LivingZone.site(folder, 2, network, "strict");
    int calls;
    try (CloudStackDouble server = LivingZone.server();
        CloudClient api = LivingZone.client(server)) {
      LivingZone.apply(api, site);
      server.forgetCalls();
      assertThat(destroy(api).destroy(site, false)).isEqualTo(new CloudDestroy.Outcome.Gone());
      calls = server.changing().size();
    }
    assertThat(calls).isGreaterThan(12);
    for (int at = 1; at <= calls; at++) {
      try (CloudStackDouble server = LivingZone.server();
          CloudClient api = LivingZone.client(server)) {
        Map<Kind, Integer> before = server.counts();
        LivingZone.apply(api, site);
        // Jobs of calls go on although nobody waits for them.
        int cut = at;
        int[] count = {0};
        CloudApi killed =
            call -> {
              if (!call.reads() && ++count[0] == cut) {
                server.cutAfter(1);
                server.holdJobs();
                try {
                  api.call(call);
                } catch (CloudException e) {
                  throw new LivingZone.CutHere(e);
                }
              }
              return api.call(call);
            };
        try {
          destroy(killed).destroy(site, false);
          throw new AssertionError("call " + at + " was never made");
        } catch (LivingZone.CutHere e) {
          server.releaseJobs();
        }
        assertThat(destroy(api).destroy(site, false))
            .as("cut off after call %d", at)
            .isEqualTo(new CloudDestroy.Outcome.Gone());
        isEmpty(server, before);
      }
    }
  }

  @Test
  void machinesOfUsersAreNamedAndNeedForce() {
    try (CloudStackDouble server = LivingZone.server();
        CloudClient api = LivingZone.client(server)) {
      Map<Kind, Integer> before = server.counts();
      Site site = LivingZone.site(folder, 2, "advanced", "strict");
      LivingZone.apply(api, site);
      server.virtualMachine("web", "192.168.60.11");
      server.virtualMachine("db", "192.168.60.12");
      server.forgetCalls();
      if (!(destroy(api).destroy(site, false)
          instanceof CloudDestroy.Outcome.StillThere(Diagnosis why))) {
        throw new AssertionError("it is gone");
      }
      assertThat(why.symptom()).isEqualTo("zone zone1 has virtual machines of users: db, web");
      assertThat(server.changing()).isEmpty();
      assertThat(destroy(api).destroy(site, true)).isEqualTo(new CloudDestroy.Outcome.Gone());
      isEmpty(server, before);
    }
  }

  @Test
  void hostsThatAreDownGoAllTheSame() {
    try (CloudStackDouble server = LivingZone.server();
        CloudClient api = LivingZone.client(server)) {
      Map<Kind, Integer> before = server.counts();
      Site site = LivingZone.site(folder, 3, "advanced", "strict");
      LivingZone.apply(api, site);
      server.hostState("192.168.60.11", "Down");
      server.resourceState("192.168.60.12", "Disabled");
      server.resourceState("192.168.60.13", "ErrorInMaintenance");
      assertThat(destroy(api).destroy(site, false)).isEqualTo(new CloudDestroy.Outcome.Gone());
      isEmpty(server, before);
    }
  }

  /** CloudStack would delete it at once. */
  @Test
  void secondaryStorageIsNotDeletedWhileAnythingNeedsIt() {
    try (CloudStackDouble server = LivingZone.server();
        CloudClient api = LivingZone.client(server)) {
      Site site = LivingZone.site(folder, 2, "advanced", "strict");
      LivingZone.apply(api, site);
      server.forgetCalls();
      assertThat(destroy(api).destroy(site, false)).isEqualTo(new CloudDestroy.Outcome.Gone());
      List<String> calls = changing(server);
      int store = calls.indexOf("deleteImageStore");
      assertThat(calls.subList(store, calls.size()))
          .containsExactly("deleteImageStore", "deletePhysicalNetwork", "deleteZone");
      assertThat(calls.subList(0, store))
          .contains("destroySystemVm", "deleteStoragePool", "deleteHost", "deletePod");
    }
  }

  @Test
  void anotherZoneIsNotTouched() {
    try (CloudStackDouble server = LivingZone.server();
        CloudClient api = LivingZone.client(server)) {
      Site site = LivingZone.site(folder, 2, "advanced", "strict");
      LivingZone.apply(api, site);
      String before = server.canonical();
      // CloudStack's own filter finds it inside of other names.
      Site other = LivingZone.site(folder, 2, "advanced, name: zone", "strict");
      assertThat(destroy(api).look(other)).isEmpty();
      assertThat(destroy(api).destroy(other, true)).isEqualTo(new CloudDestroy.Outcome.Gone());
      assertThat(server.canonical()).isEqualTo(before);
    }
  }
}
