package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.barestack.cloud.Cloud.Report;
import org.barestack.cloud.Cloud.Standing;
import org.barestack.model.NodeName;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.model.Site.ZoneNetwork;
import org.barestack.testing.cloudstack.CloudStackDouble;
import org.barestack.testing.cloudstack.CloudStackDouble.Overload;
import org.barestack.testing.cloudstack.CloudStackDouble.Received;
import org.barestack.testing.cloudstack.HostBehaviour;
import org.barestack.testing.cloudstack.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By real HTTP, against a server that does what CloudStack was measured to do. */
class CloudApplyTest {
  private static final Patience SHORT = new Patience(Duration.ofMinutes(2), Duration.ofMillis(1));

  @TempDir Path folder;

  private final List<String> lines = new ArrayList<>();

  private static CloudStackDouble fresh() {
    CloudStackDouble cloud = CloudStackDouble.start();
    cloud.jobsPend(0);
    return cloud;
  }

  private static CloudClient client(CloudStackDouble cloud) {
    return new CloudClient(
        cloud.api(), null, new Credentials("admin", new Secret("password")), Deadlines.USUAL);
  }

  private Report apply(CloudStackDouble cloud, Site site, Set<NodeName> present) {
    return apply(cloud, site, present, Hypervisor.KVM, SHORT);
  }

  private Report apply(
      CloudStackDouble cloud,
      Site site,
      Set<NodeName> present,
      Hypervisor hypervisor,
      Patience patience) {
    try (CloudClient client = client(cloud)) {
      return new CloudApply(client, hypervisor, 8, patience, lines::add).apply(site, present);
    }
  }

  private static CloudPlan plan(CloudStackDouble cloud, Site site) {
    try (CloudClient client = client(cloud)) {
      return CloudPlan.of(site, Hypervisor.KVM, client);
    }
  }

  private static void assertAllUp(Report report, Site site) {
    assertThat(report.faults()).isEmpty();
    assertThat(report.waiting()).isEmpty();
    assertThat(report.nodes()).hasSameSizeAs(site.nodes());
    assertThat(report.nodes().values()).allMatch(Standing.Up.class::isInstance);
  }

  @ParameterizedTest
  @EnumSource(ZoneNetwork.class)
  void aZoneComesUpAndASecondApplyChangesNothing(ZoneNetwork kind) {
    Site site = TestSites.site(folder, kind, 2);
    try (CloudStackDouble cloud = fresh()) {
      assertAllUp(apply(cloud, site, TestSites.all(site)), site);
      assertThat(plan(cloud, site).entries()).isEmpty();
      cloud.forgetCalls();
      Report second = apply(cloud, site, TestSites.all(site));
      assertAllUp(second, site);
      assertThat(second.changes()).isEmpty();
      assertThat(cloud.changing()).isEmpty();
      assertThat(cloud.violations()).isEmpty();
    }
  }

  /** An empty cloud in the place of a lost one would hide the loss. */
  @Test
  void aZoneThatWasThereIsNotMadeAgain() {
    Site site = TestSites.site(folder, ZoneNetwork.ADVANCED, 1);
    try (CloudStackDouble cloud = fresh();
        CloudClient client = client(cloud)) {
      CloudApply apply = new CloudApply(client, Hypervisor.KVM, 8, SHORT, lines::add);
      Report gone = apply.applyAgain(site, TestSites.all(site));
      assertThat(gone.faults())
          .singleElement()
          .satisfies(fault -> {
            assertThat(fault.symptom()).isEqualTo("zone zone1 is not there any more");
            assertThat(fault.remedy()).startsWith("if it was deleted: barestack cloud apply");
          });
      assertThat(gone.nodes().values()).allMatch(Standing.NotUp.class::isInstance);
      assertThat(cloud.changing()).isEmpty();

      assertAllUp(apply.apply(site, TestSites.all(site)), site);
      cloud.forgetCalls();
      assertAllUp(apply.applyAgain(site, TestSites.all(site)), site);
      assertThat(cloud.changing()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(ZoneNetwork.class)
  void aZoneOfSimulatedHostsComesUp(ZoneNetwork kind) {
    Site site = TestSites.site(folder, kind, 2);
    try (CloudStackDouble cloud = fresh()) {
      Set<NodeName> all = TestSites.all(site);
      assertAllUp(apply(cloud, site, all, Hypervisor.SIMULATOR, SHORT), site);
      cloud.forgetCalls();
      assertAllUp(apply(cloud, site, all, Hypervisor.SIMULATOR, SHORT), site);
      assertThat(cloud.changing()).isEmpty();
      assertThat(cloud.violations()).isEmpty();
    }
  }

  /** As if the client had died: what it asked for was done or not, and it does not know. */
  @ParameterizedTest
  @EnumSource(ZoneNetwork.class)
  void cutOffAtAnyCallItArrivesAllTheSame(ZoneNetwork kind) {
    Site site = TestSites.site(folder, kind, 2);
    Set<NodeName> all = TestSites.all(site);
    List<Integer> changing;
    List<Integer> hosts;
    String wanted;
    try (CloudStackDouble cloud = fresh()) {
      apply(cloud, site, all);
      wanted = cloud.canonical();
      changing =
          cloud.calls().stream()
              .filter(received -> cloud.changing().contains(received.call()))
              .map(Received::number)
              .toList();
      hosts =
          cloud.calls().stream()
              .filter(received -> received.call().command().equals("addHost"))
              .map(Received::number)
              .toList();
    }
    assertThat(changing).hasSizeGreaterThan(15);
    for (int number : changing) {
      for (boolean done : List.of(true, false)) {
        try (CloudStackDouble cloud = fresh()) {
          if (done) {
            cloud.cutAfter(number);
          } else {
            cloud.cutBefore(number);
          }
          String where = number + (done ? " done" : " not done");
          // A host whose answer was lost is found; of all else it is told that it went wrong.
          assertThat(apply(cloud, site, all).faults().isEmpty())
              .as(where)
              .isEqualTo(done && hosts.contains(number));
          Report second = apply(cloud, site, all);
          assertThat(second.faults()).as(where).isEmpty();
          assertAllUp(second, site);
          assertThat(cloud.canonical()).as(where).isEqualTo(wanted);
          assertThat(cloud.violations()).as(where).isEmpty();
        }
      }
    }
  }

  @Test
  void twoHundredWorkersWithinTheServersLimitInTheSameOrderAndWords() {
    Site site = TestSites.site(folder, ZoneNetwork.ADVANCED, 200);
    List<String> first = twoHundred(site);
    assertThat(twoHundred(site)).isEqualTo(first);
    assertThat(first).contains("made host kvm200 (10.50.1.200 in cluster1-13)");
  }

  private List<String> twoHundred(Site site) {
    lines.clear();
    try (CloudStackDouble cloud = fresh()) {
      cloud.limit(8, Overload.UNAVAILABLE);
      cloud.hosts(new HostBehaviour.JoinsAfter(Duration.ofMillis(5)));
      Report report = apply(cloud, site, TestSites.all(site));
      assertAllUp(report, site);
      assertThat(cloud.peak()).isLessThanOrEqualTo(8);
      assertThat(plan(cloud, site).isDone()).isTrue();
      assertThat(cloud.violations()).isEmpty();
      List<String> order =
          cloud.creating().stream()
              .filter(call -> call.command().equals("addHost"))
              .map(call -> String.valueOf(call.parameters().get("url")))
              .toList();
      assertThat(order).hasSize(200);
      // The first of each cluster, then the others; of those that go at once each may be last.
      List<String> first = new ArrayList<>();
      List<String> others = new ArrayList<>();
      for (int i = 1; i <= 200; i++) {
        (i % 16 == 1 ? first : others).add("http://10.50.1." + i);
      }
      assertThat(order.subList(0, first.size())).containsExactlyInAnyOrderElementsOf(first);
      assertThat(order.subList(first.size(), 200)).containsExactlyInAnyOrderElementsOf(others);
      List<String> said = new ArrayList<>(lines);
      said.addAll(report.changes());
      return said;
    }
  }

  @Test
  void workersThatAreNotPresentAreNotAdded() {
    Site site = TestSites.site(folder, ZoneNetwork.ADVANCED, 33);
    try (CloudStackDouble cloud = fresh()) {
      Report first = apply(cloud, site, Set.of(new NodeName("mgmt1")));
      assertThat(first.faults()).isEmpty();
      assertThat(first.nodes()).isEqualTo(Map.of(new NodeName("mgmt1"), new Standing.Up()));
      assertThat(first.waiting())
          .contains("secondarystoragevm: not there", "consoleproxy: not there");
      Report second = apply(cloud, site, Set.of(new NodeName("kvm17"), new NodeName("kvm2")));
      assertThat(second.nodes().values()).allMatch(Standing.Up.class::isInstance);
      // Each has the place that it would have had with all the others.
      assertThat(second.changes())
          .containsExactly(
              "made cluster cluster1-2 (KVM)",
              "made host kvm2 (10.50.1.2 in cluster1)",
              "made host kvm17 (10.50.1.17 in cluster1-2)");
      assertThat(plan(cloud, site).text()).contains("missing    host     kvm33 ");
      assertThat(cloud.violations()).isEmpty();
    }
  }

  @Test
  void oneHostThatFailsKeepsNoOtherOut() {
    Site site = TestSites.site(folder, ZoneNetwork.ADVANCED, 3);
    try (CloudStackDouble cloud = fresh()) {
      cloud.host("10.50.1.1", new HostBehaviour.NoKvm());
      cloud.host("10.50.1.3", new HostBehaviour.Unreachable());
      Report report = apply(cloud, site, TestSites.all(site));
      assertThat(report.faults())
          .extracting(Diagnosis::symptom)
          .allMatch(symptom -> symptom.startsWith("host kvm"))
          .hasSize(2);
      assertThat(report.faults().getFirst().cause()).contains("kvm1 has no /dev/kvm");
      assertThat(report.nodes().get(new NodeName("kvm1"))).isInstanceOf(Standing.NotUp.class);
      assertThat(report.nodes().get(new NodeName("kvm2"))).isInstanceOf(Standing.Up.class);
      cloud.hosts(new HostBehaviour.Joins());
      cloud.host("10.50.1.1", new HostBehaviour.Joins());
      cloud.host("10.50.1.3", new HostBehaviour.Joins());
      assertAllUp(apply(cloud, site, TestSites.all(site)), site);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Down", "Disconnected", "Alert"})
  void aHostThatIsLostIsReconnected(String state) {
    Site site = TestSites.site(folder, ZoneNetwork.ADVANCED, 2);
    try (CloudStackDouble cloud = fresh()) {
      apply(cloud, site, TestSites.all(site));
      cloud.hostState("10.50.1.2", state);
      assertThat(plan(cloud, site).text()).contains("host  kvm2  state is " + state);
      cloud.host("10.50.1.2", new HostBehaviour.NoAgent());
      Report failed = apply(cloud, site, TestSites.all(site));
      assertThat(failed.faults()).isNotEmpty();
      assertThat(failed.nodes().get(new NodeName("kvm2"))).isInstanceOf(Standing.NotUp.class);
      cloud.host("10.50.1.2", new HostBehaviour.Joins());
      Report report = apply(cloud, site, TestSites.all(site));
      assertAllUp(report, site);
      assertThat(report.changes()).containsExactly("reconnected host kvm2, which was " + state);
    }
  }

  /** What it ordered before it was cut off may not be there yet: it waits for that. */
  @Test
  void aJobOfAnEarlierRunIsWaitedFor() {
    Site site = TestSites.site(folder, ZoneNetwork.ADVANCED, 1);
    try (CloudStackDouble cloud = fresh();
        CloudClient client = client(cloud)) {
      AtomicInteger asked = new AtomicInteger();
      CloudApi late =
          call -> {
            if (call.command().equals("listAsyncJobs")) {
              return json(
                  """
                  {"count": 2, "asyncjobs": [
                    {"jobid": "1", "cmd": "org.apache.x.CreatePhysicalNetworkCmd", "jobstatus": 0},
                    {"jobid": "2", "cmd": "org.apache.x.DeployVMCmd", "jobstatus": 0}]}
                  """);
            }
            if (call.command().equals("queryAsyncJobResult")) {
              assertThat(call.parameters()).containsEntry("jobid", "1");
              boolean ends = asked.incrementAndGet() == 3;
              if (ends) {
                lateNetwork(client, site);
              }
              return json("{\"jobstatus\": " + (ends ? 1 : 0) + "}");
            }
            return client.call(call);
          };
      Report report =
          new CloudApply(late, Hypervisor.KVM, 8, SHORT, lines::add)
              .apply(site, TestSites.all(site));
      assertAllUp(report, site);
      assertThat(lines).contains("waiting for a job of an earlier run: CreatePhysicalNetworkCmd");
      assertThat(cloud.count(Kind.PHYSICAL_NETWORK)).isEqualTo(1);
    }
  }

  private static void lateNetwork(CloudClient client, Site site) {
    String dns = "10.50.0.1";
    JsonNode zone =
        client.call(
            Call.of(
                "createZone",
                "name",
                site.zone().name(),
                "networktype",
                "Advanced",
                "dns1",
                dns,
                "internaldns1",
                dns,
                "guestcidraddress",
                "10.1.1.0/24"));
    client.call(
        Call.of(
            "createPhysicalNetwork",
            "zoneid",
            zone.path("zone").path("id").asText(),
            "name",
            "physnet1",
            "isolationmethods",
            "VLAN"));
  }

  private static JsonNode json(String text) {
    try {
      return JsonMapper.builder().build().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** What endangers nothing is set; what does is left, and named. */
  @Test
  void differencesAreMendedOrNamed() {
    String yaml = TestSites.yaml(ZoneNetwork.ADVANCED, 1);
    Site site = TestSites.site(folder, yaml);
    try (CloudStackDouble cloud = fresh()) {
      apply(cloud, site, TestSites.all(site));
      cloud.setting("host", "192.0.2.1", "CSV", true);
      Site other =
          TestSites.site(
              folder,
              yaml.replace("10.50.2.0-10.50.2.99", "10.50.2.0-10.50.2.149")
                  .replace("dns: [10.50.0.1, ", "dns: [10.50.0.3, ")
                  .replace("10.50.3.99 }", "10.50.3.99 }\n  guest: { vlans: 300-399 }"));
      Report report = apply(cloud, other, TestSites.all(other));
      assertThat(report.changes())
          .containsExactly(
              "set setting host: value 10.50.0.10",
              "set zone zone1: dns1 10.50.0.3; system VMs that run have it when they are restarted",
              "set zone zone1: internaldns1 10.50.0.3; system VMs that run have it when they are"
                  + " restarted",
              "set guest VLANs 300-399: vlan 300-399");
      assertThat(report.faults())
          .extracting(Diagnosis::symptom)
          .containsExactly("pod pod1: endip is 10.50.2.99, the site wants 10.50.2.149");
      assertThat(plan(cloud, other).entries()).hasSize(1);
      assertThat(cloud.violations()).isEmpty();
    }
  }

  @Test
  void aZoneOfAnotherKindStopsIt() {
    Site basic = TestSites.site(folder, ZoneNetwork.BASIC, 1);
    try (CloudStackDouble cloud = fresh()) {
      apply(cloud, basic, TestSites.all(basic));
      Site advanced = TestSites.site(folder, ZoneNetwork.ADVANCED, 1);
      cloud.forgetCalls();
      Report report = apply(cloud, advanced, TestSites.all(advanced));
      assertThat(report.faults())
          .extracting(Diagnosis::symptom)
          .containsExactly("zone zone1: networktype is Basic, the site wants Advanced");
      assertThat(cloud.changing()).isEmpty();
    }
  }
}
