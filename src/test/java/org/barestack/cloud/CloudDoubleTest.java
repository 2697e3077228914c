package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.cloud.Diagnoses.Context;
import org.barestack.model.Ipv4;
import org.barestack.model.Secret;
import org.barestack.secrets.FreshSecrets;
import org.barestack.secrets.SiteAuthority;
import org.barestack.testing.cloudstack.CloudStackDouble;
import org.barestack.testing.cloudstack.CloudStackDouble.Readiness;
import org.barestack.testing.cloudstack.CloudStackDouble.Received;
import org.barestack.testing.cloudstack.HostBehaviour;
import org.barestack.testing.cloudstack.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The client and what it finds wrong, against a management server that behaves as CloudStack. */
class CloudDoubleTest {
  private static final String PASSWORD = "Pa55word0fAdmin";
  private static final Credentials ADMIN = new Credentials("admin", new Secret(PASSWORD));
  private static final Deadlines PATIENT =
      new Deadlines(
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Map.of(),
          Duration.ofSeconds(60));

  private static CloudStackDouble server(InstantSource clock) {
    return CloudStackDouble.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, PASSWORD, clock);
  }

  private static CloudStackDouble server() {
    return server(InstantSource.system());
  }

  private static CloudClient client(CloudStackDouble server) {
    return new CloudClient(server.api(), null, ADMIN, PATIENT);
  }

  @Test
  void byTlsWithTheSitesAuthorityAlone() {
    SiteAuthority site = FreshSecrets.make().authority();
    try (CloudStackDouble server =
            CloudStackDouble.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                site.server(Ipv4.parse("127.0.0.1")),
                PASSWORD);
        CloudClient client =
            new CloudClient(
                URI.create("https://127.0.0.1:" + server.port() + "/client/api"),
                CloudClient.authority(site.certificate()),
                ADMIN,
                PATIENT)) {
      assertThat(client.call(Call.of("listZones"))).isEmpty();
      assertThat(server.calls()).extracting(Received::post).containsOnly(true);
      assertThat(server.calls().getLast().signed()).isTrue();
      assertThat(server.violations()).isEmpty();
    }
  }

  @Test
  void itWaitsWhileTheServerStarts() {
    try (CloudStackDouble server = server();
        CloudClient client = client(server)) {
      server.unavailableFor(4);
      assertThat(client.call(Call.of("listZones"))).isEmpty();
    }
  }

  @Test
  void aServerThatRestartsIsWaitedForByReaders() {
    try (CloudStackDouble server = server();
        CloudClient client = client(server)) {
      client.call(Call.of("listZones"));
      server.endSessions();
      server.unavailableFor(3);
      assertThat(client.call(Call.of("listZones"))).isEmpty();
    }
  }

  @Test
  void keysThatAnotherMadeAreTakenUp() {
    try (CloudStackDouble server = server();
        CloudClient client = client(server);
        CloudClient other = client(server)) {
      client.call(Call.of("listZones"));
      JsonNode user = CloudLists.list(other, Call.of("listUsers"), "user").getFirst();
      other.call(Call.of("registerUserKeys", "id", user.path("id").asText()));
      assertThat(client.call(Call.of("listZones"))).isEmpty();
      assertThat(other.call(Call.of("listZones"))).isEmpty();
      assertThat(server.calls().stream().map(each -> each.call().command()))
          .as("the first client's, and what was asked for; nobody else makes keys")
          .filteredOn("registerUserKeys"::equals)
          .hasSize(2);
    }
  }

  @Test
  void clocksThatDifferAreNoObstacle() {
    InstantSource ahead = () -> InstantSource.system().instant().plus(Duration.ofHours(3));
    try (CloudStackDouble server = server(ahead);
        CloudClient client = client(server)) {
      assertThat(client.call(Call.of("listZones"))).isEmpty();
    }
  }

  @Test
  void jobsAndRefusals() {
    try (CloudStackDouble server = server();
        CloudClient client = client(server)) {
      server.jobsPend(3);
      String zone = zone(client);
      String network =
          client
              .call(
                  Call.of(
                      "createPhysicalNetwork",
                      "zoneid",
                      zone,
                      "name",
                      "physical",
                      "isolationmethods",
                      "VLAN"))
              .path("physicalnetwork")
              .path("id")
              .asText();
      assertThat(network).isNotEmpty();
      Call management =
          Call.of("addTrafficType", "physicalnetworkid", network, "traffictype", "Management");
      client.call(management);
      assertThat(fault(client, management).fault())
          .as("asynchronous, and refused at once")
          .isEqualTo(
              new Fault.Refused(
                  management,
                  530,
                  "This physical network already supports the traffic type: Management"));
      Call vlans = Call.of("updatePhysicalNetwork", "id", network, "vlan", "100-5000");
      assertThat(fault(client, vlans).fault())
          .as("its job fails")
          .isEqualTo(new Fault.Refused(vlans, 431, "Vnet range has to be between 0 and 4095"));
      assertThat(server.violations()).isEmpty();
    }
  }

  @Test
  void aCallThatChangesIsNotMadeTwice() {
    try (CloudStackDouble server = server();
        CloudClient client = client(server)) {
      client.call(Call.of("listZones"));
      server.cutAfter(1);
      CloudException thrown = catchThrowableOfType(CloudException.class, () -> zone(client));
      assertThat(thrown.fault()).isInstanceOf(Fault.NotReached.class);
      assertThat(thrown).hasMessageEndingWith("; it may have been carried out all the same");
      assertThat(server.count(Kind.ZONE)).isEqualTo(1);
      assertThat(server.creating()).hasSize(1);
      server.cutBefore(1);
      assertThat(CloudLists.named(client, Call.of("listZones"), "zone", "zone1")).hasSize(1);
    }
  }

  @Test
  void listsAreReadToTheirEndAndByExactName() {
    try (CloudStackDouble server = server();
        CloudClient client = client(server)) {
      for (int i = 0; i < 1100; i++) {
        server.setting("test.setting." + i, String.valueOf(i), "String", true);
      }
      List<JsonNode> all = CloudLists.list(client, Call.of("listConfigurations"), "configuration");
      assertThat(all).hasSizeGreaterThan(1100).doesNotHaveDuplicates();
      server.setting("account.allow.expose.host.hostname", "false", "Boolean", true);
      assertThat(
              CloudLists.named(
                  client, Call.of("listConfigurations", "name", "host"), "configuration", "host"))
          .singleElement()
          .satisfies(setting -> assertThat(setting.path("name").asText()).isEqualTo("host"));
      assertThat(CloudLists.list(client, Call.of("listZones"), "zone")).isEmpty();
      assertThat(server.violations()).isEmpty();
    }
  }

  @Test
  void aServerThatNeverComesUpIsNamed() {
    try (CloudStackDouble server = server();
        CloudClient client =
            new CloudClient(server.api(), null, ADMIN, PATIENT.ready(Duration.ofMillis(300)))) {
      server.readiness(Readiness.STARTING);
      assertThat(diagnosis(fault(client, Call.of("listZones"))).cause())
          .contains("answers 503 for ever");
    }
  }

  static Stream<Map.Entry<HostBehaviour, String>> hosts() {
    return Stream.of(
        Map.entry(new HostBehaviour.NoAgent(), "agent-never-connects"),
        Map.entry(new HostBehaviour.KeyRefused(), "manager-key-refused"),
        Map.entry(new HostBehaviour.PasswordRefused(), "manager-key-refused"),
        Map.entry(new HostBehaviour.NoKvm(), "virtualization-off"),
        Map.entry(new HostBehaviour.Unreachable(), "ssh-not-reached"),
        Map.entry(new HostBehaviour.AlreadyInDatabase(), "host-known-already"));
  }

  @ParameterizedTest
  @MethodSource("hosts")
  void aHostThatIsNotAdded(Map.Entry<HostBehaviour, String> row) {
    try (CloudStackDouble server = server();
        CloudClient client = client(server)) {
      server.hosts(row.getKey());
      String zone = zone(client);
      String pod =
          client
              .call(
                  Call.of(
                      "createPod",
                      "zoneid",
                      zone,
                      "name",
                      "pod1",
                      "gateway",
                      "192.0.2.1",
                      "netmask",
                      "255.255.255.0",
                      "startip",
                      "192.0.2.60",
                      "endip",
                      "192.0.2.90"))
              .path("pod")
              .path("id")
              .asText();
      String cluster =
          client
              .call(
                  Call.of(
                      "addCluster",
                      "zoneid",
                      zone,
                      "podid",
                      pod,
                      "clustername",
                      "cluster1",
                      "hypervisor",
                      "KVM",
                      "clustertype",
                      "CloudManaged"))
              .path("cluster")
              .path(0)
              .path("id")
              .asText();
      Call add =
          Call.of(
              "addHost",
              "zoneid",
              zone,
              "podid",
              pod,
              "clusterid",
              cluster,
              "hypervisor",
              "KVM",
              "url",
              "http://192.0.2.11",
              "username",
              "root",
              "password",
              "");
      Fault fault = fault(client, add).fault();
      assertThat(Diagnoses.row(new Seen.Failed(fault)).name()).isEqualTo(row.getValue());
      assertThat(server.violations()).isEmpty();
    }
  }

  private static String zone(CloudApi api) {
    return api.call(
            Call.of(
                "createZone",
                "name",
                "zone1",
                "networktype",
                "Advanced",
                "dns1",
                "192.0.2.1",
                "internaldns1",
                "192.0.2.1"))
        .path("zone")
        .path("id")
        .asText();
  }

  private static Diagnosis diagnosis(CloudException thrown) {
    return Diagnoses.of(thrown.fault(), new Context("mgmt1", "kvm1"));
  }

  private static CloudException fault(CloudClient client, Call call) {
    return catchThrowableOfType(CloudException.class, () -> client.call(call));
  }
}
