package org.barestack.testing.cloudstack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.barestack.testing.cloudstack.DoubleClient.parameters;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.barestack.testing.cloudstack.CloudStackDouble.Overload;
import org.barestack.testing.cloudstack.CloudStackDouble.Readiness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudStackDoubleTest {
  private static final Instant NOW = Instant.parse("2026-11-22T13:00:00Z");

  private final CloudStackDouble server =
      CloudStackDouble.start(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          null,
          "password",
          InstantSource.fixed(NOW));
  private final DoubleClient client = new DoubleClient(server);

  CloudStackDoubleTest() {
    client.login("admin", "password");
    server.forgetCalls();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  /** Brings a zone up, in the order of the facts. */
  private final class Zone {
    final boolean basic;
    final boolean groups;
    final String hypervisor;
    final String id;
    String network = "";
    String pod = "";
    String cluster = "";

    Zone(String kind, String hypervisor) {
      basic = kind.equals("Basic");
      groups = basic || kind.equals("SG");
      this.hypervisor = hypervisor;
      Map<String, String> zone =
          parameters(
              "name",
              "zone1",
              "networktype",
              basic ? "Basic" : "Advanced",
              "dns1",
              "10.20.0.1",
              "internaldns1",
              "10.20.0.1");
      if (groups && !basic) {
        zone.put("securitygroupenabled", "true");
      }
      id = client.call("createZone", zone).body().path("zone").path("id").asText();
    }

    void networks() {
      Map<String, String> physical = parameters("zoneid", id, "name", "physnet1");
      if (!basic) {
        physical.put("isolationmethods", "VLAN");
      }
      DoubleClient.Reply made = client.call("createPhysicalNetwork", physical);
      client.job(made);
      network = made.body().path("id").asText();
      List<String> types =
          groups ? List.of("Management", "Guest") : List.of("Management", "Public", "Guest");
      types.forEach(
          type -> client.done("addTrafficType", "physicalnetworkid", network, "traffictype", type));
      client.done("updatePhysicalNetwork", "id", network, "state", "Enabled");
      element("VirtualRouter");
      if (groups) {
        String provider = provider("SecurityGroupProvider");
        client.done("updateNetworkServiceProvider", "id", provider, "state", "Enabled");
      }
    }

    private String provider(String name) {
      return client
          .call("listNetworkServiceProviders", "physicalnetworkid", network, "name", name)
          .first("networkserviceprovider")
          .path("id")
          .asText();
    }

    private void element(String name) {
      String provider = provider(name);
      String element =
          client
              .call("listVirtualRouterElements", "nspid", provider)
              .first("virtualrouterelement")
              .path("id")
              .asText();
      client.done("configureVirtualRouterElement", "id", element, "enabled", "true");
      client.done("updateNetworkServiceProvider", "id", provider, "state", "Enabled");
    }

    void pod() {
      pod =
          client
              .call(
                  "createPod",
                  "zoneid",
                  id,
                  "name",
                  "pod1",
                  "gateway",
                  "10.20.0.1",
                  "netmask",
                  "255.255.255.0",
                  "startip",
                  "10.20.0.50",
                  "endip",
                  "10.20.0.99")
              .body()
              .path("pod")
              .path("id")
              .asText();
    }

    void ranges() {
      String offering =
          client
              .call("listNetworkOfferings", "name", "DefaultSharedNetworkOfferingWithSGService")
              .first("networkoffering")
              .path("id")
              .asText();
      String gateway = "192.168.2.1";
      if (basic) {
        String guest =
            client
                .call(
                    "createNetwork",
                    "zoneid",
                    id,
                    "name",
                    "guest",
                    "displaytext",
                    "guest",
                    "networkofferingid",
                    offering)
                .body()
                .path("network")
                .path("id")
                .asText();
        client.call(
            "createVlanIpRange",
            "podid",
            pod,
            "networkid",
            guest,
            "gateway",
            gateway,
            "netmask",
            "255.255.255.0",
            "startip",
            "192.168.2.20",
            "endip",
            "192.168.2.200",
            "forvirtualnetwork",
            "false");
      } else if (groups) {
        client.call(
            "createNetwork",
            "zoneid",
            id,
            "name",
            "guest",
            "displaytext",
            "guest",
            "networkofferingid",
            offering,
            "gateway",
            gateway,
            "netmask",
            "255.255.255.0",
            "startip",
            "192.168.2.20",
            "endip",
            "192.168.2.200",
            "vlan",
            "untagged");
      } else {
        client.call(
            "createVlanIpRange",
            "zoneid",
            id,
            "vlan",
            "untagged",
            "gateway",
            gateway,
            "netmask",
            "255.255.255.0",
            "startip",
            "192.168.2.20",
            "endip",
            "192.168.2.200",
            "forvirtualnetwork",
            "true");
      }
    }

    void cluster() {
      cluster =
          client
              .call(
                  "addCluster",
                  "zoneid",
                  id,
                  "podid",
                  pod,
                  "clustername",
                  "cluster1",
                  "hypervisor",
                  hypervisor,
                  "clustertype",
                  "CloudManaged")
              .first("cluster")
              .path("id")
              .asText();
    }

    DoubleClient.Reply host(String url) {
      return client.call(
          "addHost",
          "zoneid",
          id,
          "podid",
          pod,
          "clusterid",
          cluster,
          "hypervisor",
          hypervisor,
          "url",
          url,
          "username",
          "root",
          "password",
          "");
    }

    void primary() {
      client.call(
          "createStoragePool",
          "zoneid",
          id,
          "name",
          "primary",
          "scope",
          "zone",
          "hypervisor",
          hypervisor,
          "url",
          "nfs://10.20.0.10/export/primary");
    }

    void secondary() {
      client.call(
          "addImageStore",
          "zoneid",
          id,
          "name",
          "secondary",
          "provider",
          "NFS",
          "url",
          "nfs://10.20.0.10/export/secondary");
    }

    DoubleClient.Reply allocation(String state) {
      return client.call("updateZone", "id", id, "allocationstate", state);
    }

    Zone up() {
      networks();
      pod();
      ranges();
      cluster();
      host("http://10.20.0.11");
      primary();
      secondary();
      allocation("Enabled");
      return this;
    }

    List<String> systemVms() {
      client.call("listSystemVms", "zoneid", id);
      client.call("listSystemVms", "zoneid", id);
      List<String> found = new ArrayList<>();
      client
          .call("listSystemVms", "zoneid", id)
          .body()
          .path("systemvm")
          .forEach(vm ->
              found.add(
                  vm.path("systemvmtype").asText()
                      + " "
                      + vm.path("state").asText()
                      + " "
                      + vm.path("agentstate").asText()));
      return found;
    }

    String hostState(String address) {
      for (JsonNode host :
          client.call("listHosts", "zoneid", id, "type", "Routing").body().path("host")) {
        if (host.path("ipaddress").asText().equals(address)) {
          return host.path("state").asText() + " " + host.path("resourcestate").asText();
        }
      }
      return "none";
    }

    String hostId(String address) {
      for (JsonNode host : client.call("listHosts", "type", "Routing").body().path("host")) {
        if (host.path("ipaddress").asText().equals(address)) {
          return host.path("id").asText();
        }
      }
      return "none";
    }
  }

  @Test
  void isRefusedThenStartsThenIsUp() {
    server.readiness(Readiness.REFUSED);
    assertThatThrownBy(() -> client.unkeyed("listApis")).isInstanceOf(UncheckedIOException.class);

    server.readiness(Readiness.STARTING);
    assertThat(client.unkeyed("listApis").status()).isEqualTo(503);

    server.readiness(Readiness.UP);
    assertThat(client.unkeyed("listApis").status()).isEqualTo(401);

    server.unavailableFor(2);
    assertThat(Stream.of(1, 2, 3).map(n -> client.unkeyed("listApis").status()))
        .containsExactly(503, 503, 401);
  }

  @Test
  void logsInByPostAlone() {
    Map<String, String> login =
        parameters(
            "command", "login", "username", "admin", "password", "password", "response", "json");
    assertThat(client.send(false, login, "").status()).isEqualTo(405);
    assertThat(client.login("admin", "wrong").status()).isEqualTo(531);
    assertThat(client.login("admin", "password").status()).isEqualTo(200);
    assertThat(server.violations()).isEmpty();
  }

  @Test
  void oneCallWithoutItsKeyEndsASession() {
    assertThat(client.call("listZones").status()).isEqualTo(200);
    assertThat(client.unkeyed("listZones").error()).isEqualTo("unable to verify user credentials");
    assertThat(client.call("listZones").error())
        .isEqualTo("unable to verify user credentials and/or request signature");
  }

  @Test
  void keysEndWhenNewOnesAreMade() {
    String user = client.call("listUsers", "username", "admin").first("user").path("id").asText();
    assertThat(client.call("getUserKeys", "id", user).body().path("userkeys").has("apikey"))
        .isFalse();
    JsonNode old = client.call("registerUserKeys", "id", user).body().path("userkeys");
    assertThat(signed(old, parameters(), parameters()).status()).isEqualTo(200);
    JsonNode fresh = client.call("registerUserKeys", "id", user).body().path("userkeys");
    assertThat(signed(old, parameters(), parameters()).status()).isEqualTo(401);
    assertThat(signed(fresh, parameters(), parameters()).status()).isEqualTo(200);
    assertThat(client.call("getUserKeys", "id", user).body().path("userkeys").path("apikey"))
        .isEqualTo(fresh.path("apikey"));
    client.call("updateUser", "id", user, "password", "another");
    assertThat(signed(fresh, parameters(), parameters()).status()).isEqualTo(200);
    assertThat(client.login("admin", "password").status()).isEqualTo(531);
    assertThat(client.login("admin", "another").status()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "'', '', 200",
    "3, 2026-11-22T13:00:01+0000, 200",
    "3, 2026-11-22T14:00:01+0100, 200",
    "3, 2026-11-22T13:00:00+0000, 401",
    "3, 2026-11-22T12:00:00+0000, 401",
    "3, 2026-11-22, 401",
    "3, '', 401",
  })
  void signaturesExpire(String version, String expires, int status) {
    Map<String, String> more = new TreeMap<>();
    if (!version.isEmpty()) {
      more.put("signatureVersion", version);
    }
    if (!expires.isEmpty()) {
      more.put("expires", expires);
    }
    assertThat(signed(keys(), parameters(), more).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a+b", "a~b", "a*b", "ä/ö", "x=1&y=2", "A.B-C_D", "100%"})
  void signaturesAreOverEncodedValues(String value) {
    assertThat(signed(keys(), parameters("name", value), parameters()).status()).isEqualTo(200);
  }

  @Test
  void aSignatureThatLeavesATildeAsItIsIsWrong() {
    JsonNode keys = keys();
    Map<String, String> all = all(keys, parameters("name", "a~b"));
    String right = text(all);
    assertThat(right).contains("name=a%7eb");
    all.put("signature", hmac(keys, right.replace("%7e", "~")));
    assertThat(client.send(true, all, "").status()).isEqualTo(401);
  }

  @Test
  void namesAreSignedAsTheyAre() {
    String zone = new Zone("Advanced", "KVM").id;
    JsonNode keys = keys();
    Map<String, String> all =
        all(keys, parameters("id", zone, "details[0].key", "a", "details[0].value", "b"));
    all.put("command", "updateZone");
    all.put("signature", hmac(keys, text(all)));
    assertThat(client.send(true, all, "").status()).isEqualTo(200);
    all.put("signature", hmac(keys, text(all).replace("[", "%5b").replace("]", "%5d")));
    assertThat(client.send(true, all, "").status()).isEqualTo(401);
  }

  private JsonNode keys() {
    String user = client.call("listUsers", "username", "admin").first("user").path("id").asText();
    return client.call("registerUserKeys", "id", user).body().path("userkeys");
  }

  private static Map<String, String> all(JsonNode keys, Map<String, String> parameters) {
    Map<String, String> all = new TreeMap<>(parameters);
    all.put("command", "listZones");
    all.put("response", "json");
    all.put("apiKey", keys.path("apikey").asText());
    return all;
  }

  private DoubleClient.Reply signed(
      JsonNode keys, Map<String, String> parameters, Map<String, String> more) {
    Map<String, String> all = all(keys, parameters);
    all.putAll(more);
    all.put("signature", hmac(keys, text(all)));
    return client.send(false, all, "");
  }

  /** What is signed, by an encoder of its own. */
  private static String text(Map<String, String> all) {
    StringBuilder text = new StringBuilder();
    all.forEach((name, value) -> {
      if (name.equals("signature")) {
        return;
      }
      text.append(text.isEmpty() ? "" : "&").append(name).append('=');
      for (byte each : value.getBytes(UTF_8)) {
        char letter = (char) (each & 0xff);
        boolean plain =
            letter < 128 && (Character.isLetterOrDigit(letter) || ".-_*".indexOf(letter) >= 0);
        text.append(plain ? String.valueOf(letter) : String.format("%%%02x", (int) letter));
      }
    });
    return text.toString().toLowerCase(Locale.ROOT);
  }

  private static String hmac(JsonNode keys, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(keys.path("secretkey").asText().getBytes(UTF_8), "HmacSHA1"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<Arguments> misfits() {
    String id = "00000000-0000-4000-8000-000000000000";
    return Stream.of(
        Arguments.of("noSuchCommand", parameters(), "noSuchCommand: no such command"),
        Arguments.of("listZones", parameters("bogus", "1"), "listZones: has no parameter bogus"),
        Arguments.of("listZones", parameters("Name", "z"), "listZones: has no parameter Name"),
        Arguments.of("listZones", parameters("id", "1"), "listZones: id is no uuid"),
        Arguments.of("listZones", parameters("id", ""), "listZones: id is no uuid"),
        Arguments.of("listZones", parameters("page", "x"), "listZones: page is no integer"),
        Arguments.of(
            "listZones", parameters("showicon", "yes"), "listZones: showicon is no boolean"),
        Arguments.of("listZones", parameters("ids", "a,,b"), "listZones: ids is no list"),
        Arguments.of("deletePod", parameters(), "deletePod: lacks id"),
        Arguments.of(
            "updateZone", parameters("id", id, "details", "a"), "updateZone: details is no map"),
        Arguments.of(
            "updateZone",
            parameters("id", id, "name[0].key", "a"),
            "updateZone: has no parameter name[0].key"),
        Arguments.of(
            "createStoragePool",
            parameters("zoneid", id, "name", "p", "url", "nfs://a/b", "capacitybytes", "1T"),
            "createStoragePool: capacitybytes is no long"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("misfits")
  void refusesWhatDoesNotFitTheListOfCalls(
      String command, Map<String, String> parameters, String violation) {
    DoubleClient.Reply reply = client.call(command, parameters);
    assertThat(reply.status()).isGreaterThan(400);
    assertThat(server.violations()).containsExactly(violation);
  }

  @Test
  void isAsForgivingAsCloudStackIfToldTo() {
    server.lenient();
    assertThat(client.call("listZones", "bogus", "1").status()).isEqualTo(200);
    assertThat(client.call("createPod", "name", "x").error())
        .isEqualTo("Unable to execute API command createpod due to missing parameter zoneid");
    assertThat(server.violations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Advanced,KVM", "SG,KVM", "Basic,KVM", "Advanced,Simulator"})
  void aZoneComesUp(String kind, String hypervisor) {
    Zone zone = new Zone(kind, hypervisor).up();
    String console = hypervisor.equals("KVM") ? "Up" : "";
    assertThat(zone.systemVms())
        .containsExactlyInAnyOrder(
            "secondarystoragevm Running Up", ("consoleproxy Running " + console));
    assertThat(
            client
                .call(
                    "listTemplates",
                    "templatefilter",
                    "all",
                    "zoneid",
                    zone.id,
                    "hypervisor",
                    hypervisor)
                .first("template")
                .path("isready")
                .asBoolean())
        .isTrue();
    assertThat(server.violations()).isEmpty();
    assertThat(server.pendingJobs()).isEmpty();
    assertThat(server.count(Kind.ZONE)).isEqualTo(1);
    assertThat(server.canonical()).contains("host zone1/cluster1");
  }

  @Test
  void systemVmsTakeTheirTimeAndComeBackWhileTheZoneIsEnabled() {
    server.holdSteps();
    Zone zone = new Zone("Advanced", "KVM").up();
    assertThat(zone.systemVms())
        .containsExactlyInAnyOrder("secondarystoragevm Starting ", "consoleproxy Starting ");
    server.releaseSteps();
    assertThat(zone.systemVms()).contains("secondarystoragevm Running Up");
    destroySystemVms(zone);
    assertThat(zone.systemVms()).contains("secondarystoragevm Running Up");
    zone.allocation("Disabled");
    destroySystemVms(zone);
    assertThat(zone.systemVms()).isEmpty();
  }

  private void destroySystemVms(Zone zone) {
    client
        .call("listSystemVms", "zoneid", zone.id)
        .body()
        .path("systemvm")
        .forEach(vm -> client.done("destroySystemVm", "id", vm.path("id").asText()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"pool", "store", "host", "range", "enabled", "store before cluster", "mount"})
  void withoutAnyOfItsNeedsNoSystemVmStarts(String lacking) {
    Zone zone = new Zone("Advanced", "KVM");
    zone.networks();
    zone.pod();
    if (!lacking.equals("range")) {
      zone.ranges();
    }
    if (lacking.equals("mount")) {
      server.unmountable("10.20.0.10");
    }
    if (lacking.equals("store before cluster")) {
      zone.secondary();
    }
    zone.cluster();
    if (!lacking.equals("host")) {
      zone.host("http://10.20.0.11");
    }
    if (!lacking.equals("pool")) {
      zone.primary();
    }
    if (!lacking.startsWith("store")) {
      zone.secondary();
    }
    if (!lacking.equals("enabled")) {
      zone.allocation("Enabled");
    }
    assertThat(zone.systemVms()).isEmpty();
    if (lacking.equals("mount") || lacking.startsWith("store ")) {
      server.seedTemplate("zone1", "KVM");
      assertThat(zone.systemVms()).contains("secondarystoragevm Running Up");
    }
  }

  @Test
  void goesDownInTheRightOrderAndSaysWhatIsInTheWay() {
    Zone zone = new Zone("Advanced", "KVM").up();
    zone.systemVms();
    String host = zone.hostId("10.20.0.11");
    String pool = client.call("listStoragePools").first("storagepool").path("id").asText();
    String range = client.call("listVlanIpRanges").first("vlaniprange").path("id").asText();
    String store = client.call("listImageStores").first("imagestore").path("id").asText();

    assertThat(error("deleteZone", zone.id)).contains("there are servers in this zone");
    assertThat(error("deleteHost", host))
        .contains("is not in maintenance mode and no forced deletion");
    assertThat(error("deleteStoragePool", pool)).contains("not in Maintenance state");
    assertThat(error("deleteCluster", zone.cluster)).contains("Cluster still has hosts");
    assertThat(error("deletePod", zone.pod)).contains("private IP addresses allocated in this pod");
    assertThat(error("deleteVlanIpRange", range)).contains("2  Ips are in use");
    JsonNode job = client.done("deletePhysicalNetwork", "id", zone.network);
    assertThat(job.path("jobresult").path("errortext").asText())
        .contains("public IP addresses allocated");

    zone.allocation("Disabled");
    destroySystemVms(zone);
    client.done("enableStorageMaintenance", "id", pool);
    assertThat(error("deleteStoragePool", pool)).isEmpty();
    client.done("prepareHostForMaintenance", "id", host);
    assertThat(error("deleteHost", host)).contains("is not in maintenance mode");
    assertThat(zone.hostState("10.20.0.11")).isEqualTo("Up Maintenance");
    assertThat(error("deleteHost", host)).isEmpty();
    assertThat(error("deleteCluster", zone.cluster)).isEmpty();
    assertThat(error("deletePod", zone.pod)).isEmpty();
    assertThat(error("deletePod", zone.pod)).isEqualTo("A pod with ID: 1 does not exist.");
    assertThat(error("deleteVlanIpRange", range)).isEmpty();
    assertThat(error("deleteImageStore", store)).isEmpty();
    assertThat(error("deleteZone", zone.id)).contains("there are physical networks in this zone");
    client.done("deletePhysicalNetwork", "id", zone.network);
    assertThat(error("deleteZone", zone.id)).isEmpty();
    assertThat(error("deleteZone", zone.id)).contains("does not exist");
    assertThat(server.canonical().lines().filter(line -> !line.startsWith("setting "))).isEmpty();
    assertThat(server.violations()).isEmpty();
  }

  private String error(String command, String id) {
    return client.call(command, "id", id).error();
  }

  @Test
  void deletesTheSecondaryStoreOfALivingZoneAtOnce() {
    new Zone("Advanced", "KVM").up().systemVms();
    String store = client.call("listImageStores").first("imagestore").path("id").asText();
    assertThat(error("deleteImageStore", store)).isEmpty();
    assertThat(server.count(Kind.IMAGE_STORE)).isZero();
  }

  @Test
  void jobsDoTheirWorkAtTheirEnd() {
    server.jobsPend(2);
    String zone = new Zone("Advanced", "KVM").id;
    DoubleClient.Reply made = client.call("createPhysicalNetwork", "zoneid", zone, "name", "p");
    String network = made.body().path("id").asText();
    assertThat(server.count(Kind.PHYSICAL_NETWORK)).isEqualTo(1);
    String job =
        client
            .call("updatePhysicalNetwork", "id", network, "vlan", "5-6")
            .body()
            .path("jobid")
            .asText();
    List<Integer> states = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      assertThat(server.canonical()).doesNotContain("vlan=\"5-6\"");
      states.add(client.call("queryAsyncJobResult", "jobid", job).body().path("jobstatus").asInt());
    }
    assertThat(states).containsExactly(0, 0, 1);
    assertThat(server.canonical()).contains("vlan=\"5-6\"");
    JsonNode failed = client.done("updatePhysicalNetwork", "id", network, "vlan", "1-5000");
    assertThat(failed.path("jobstatus").asInt()).isEqualTo(2);
    assertThat(failed.path("jobresult").path("errorcode").asInt()).isEqualTo(431);
  }

  @Test
  void aJobThatNobodyAsksForEndsAllTheSame() {
    String zone = new Zone("Advanced", "KVM").id;
    String network =
        client
            .call("createPhysicalNetwork", "zoneid", zone, "name", "p")
            .body()
            .path("id")
            .asText();
    server.endJobs();
    client.call("updatePhysicalNetwork", "id", network, "state", "Enabled");
    for (int i = 0; i < 4; i++) {
      client.call("listZones");
    }
    assertThat(server.pendingJobs()).containsExactly("updatePhysicalNetwork");
    client.call("listZones");
    assertThat(server.pendingJobs()).isEmpty();
    assertThat(server.canonical()).contains("state=\"Enabled\"");
  }

  static Stream<Arguments> hosts() {
    return Stream.of(
        Arguments.of(
            new HostBehaviour.Unreachable(),
            "There was a problem while connecting to 10.20.0.11:22"),
        Arguments.of(new HostBehaviour.KeyRefused(), "Authentication error with ssh private key"),
        Arguments.of(new HostBehaviour.PasswordRefused(), "Password authentication failed."),
        Arguments.of(new HostBehaviour.NoKvm(), "This machine does not have KVM enabled."),
        Arguments.of(
            new HostBehaviour.NoAgent(),
            "Unable to add the host: Cannot find the server resources at http://10.20.0.11"),
        Arguments.of(new HostBehaviour.AlreadyInDatabase(), "is already in the database"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hosts")
  void aKvmHostThatDoesNotCome(HostBehaviour behaviour, String text) {
    Zone zone = new Zone("Advanced", "KVM");
    zone.pod();
    zone.cluster();
    server.host("10.20.0.11", behaviour);
    DoubleClient.Reply reply = zone.host("http://10.20.0.11");
    assertThat(reply.status()).isEqualTo(530);
    assertThat(reply.error()).contains(text);
    assertThat(server.count(Kind.HOST)).isZero();
    server.host("10.20.0.11", new HostBehaviour.Joins());
    assertThat(zone.host("http://10.20.0.11").status()).isEqualTo(200);
    assertThat(zone.host("http://10.20.0.11").error()).contains("is already in the database");
  }

  @Test
  void agentsAreLostIfTheSettingHostIsWrong() {
    Zone zone = new Zone("Advanced", "KVM");
    zone.pod();
    zone.cluster();
    server.agentsReachOnly("10.20.0.2");
    assertThat(zone.host("http://10.20.0.11").error()).contains("Cannot find the server resources");
    client.call("updateConfiguration", "name", "host", "value", "10.20.0.2");
    assertThat(zone.host("http://10.20.0.11").status()).isEqualTo(200);
  }

  @Test
  void hostsAreAddedAtOnceUpToTheLimit() throws Exception {
    Zone zone = new Zone("Advanced", "KVM");
    zone.pod();
    zone.cluster();
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch arrived = new CountDownLatch(3);
    server.hosts(new HostBehaviour.JoinsWhen(release));
    server.forgetCalls();
    for (int n = 1; n <= 3; n++) {
      server.beforeCall(n, arrived::countDown);
    }
    server.limit(3, Overload.UNAVAILABLE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<DoubleClient.Reply>> adding = new ArrayList<>();
      for (int n = 1; n <= 3; n++) {
        String url = "http://10.20.0.1" + n;
        adding.add(threads.submit(() -> zone.host(url)));
      }
      arrived.await();
      assertThat(client.call("listZones").status()).isEqualTo(503);
      server.limit(3, Overload.HANGS_UP);
      assertThatThrownBy(() -> client.call("listZones")).isInstanceOf(UncheckedIOException.class);
      release.countDown();
      for (Future<DoubleClient.Reply> each : adding) {
        assertThat(each.get().status()).isEqualTo(200);
      }
    }
    assertThat(server.peak()).isEqualTo(4);
    assertThat(server.count(Kind.HOST)).isEqualTo(3);
  }

  private Zone twoHosts() {
    Zone zone = new Zone("Advanced", "KVM").up();
    zone.host("http://10.20.0.12");
    server.virtualMachine("web", "10.20.0.11");
    return zone;
  }

  @Test
  void maintenanceMovesVirtualMachinesAway() {
    Zone zone = twoHosts();
    client.done("prepareHostForMaintenance", "id", zone.hostId("10.20.0.11"));
    assertThat(server.virtualMachine("web")).isEqualTo("Running 10.20.0.12");
    JsonNode second = client.done("prepareHostForMaintenance", "id", zone.hostId("10.20.0.12"));
    assertThat(second.path("jobresult").path("errortext").asText())
        .contains("There are other servers attempting migrations for maintenance.");
    assertThat(zone.hostState("10.20.0.11")).isEqualTo("Up Maintenance");
    JsonNode again = client.done("prepareHostForMaintenance", "id", zone.hostId("10.20.0.11"));
    assertThat(again.path("jobresult").path("errortext").asText())
        .contains("Host is already in state Maintenance");
  }

  @Test
  void maintenanceOfTheLastHostStopsThem() {
    Zone zone = twoHosts();
    server.hostState("10.20.0.12", "Down");
    client.done("prepareHostForMaintenance", "id", zone.hostId("10.20.0.11"));
    assertThat(server.virtualMachine("web")).isEqualTo("Stopped");
  }

  @Test
  void maintenanceThatCannotGetOnEndsInAnError() {
    server.lastHostKeeps();
    Zone zone = new Zone("Advanced", "KVM").up();
    server.virtualMachine("web", "10.20.0.11");
    String host = zone.hostId("10.20.0.11");
    client.done("prepareHostForMaintenance", "id", host);
    List<String> states = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      states.add(zone.hostState("10.20.0.11"));
    }
    assertThat(states.stream().distinct())
        .containsExactly(
            "Up PrepareForMaintenance", "Up ErrorInPrepareForMaintenance", "Up ErrorInMaintenance");
    assertThat(server.virtualMachine("web")).isEqualTo("Running 10.20.0.11");
    assertThat(error("deleteHost", host)).contains("is not in maintenance mode");
    assertThat(client.call("deleteHost", "id", host, "forced", "true").status()).isEqualTo(200);
    assertThat(server.virtualMachine("web")).isEqualTo("Stopped");
    assertThat(zone.host("http://10.20.0.11").status()).isEqualTo(200);
  }

  @Test
  void aHostThatIsDownComesBackByReconnecting() {
    Zone zone = twoHosts();
    server.hostState("10.20.0.11", "Disconnected");
    server.host("10.20.0.11", new HostBehaviour.NoAgent());
    String host = zone.hostId("10.20.0.11");
    assertThat(client.done("reconnectHost", "id", host).path("jobstatus").asInt()).isEqualTo(2);
    server.host("10.20.0.11", new HostBehaviour.Joins());
    assertThat(client.done("reconnectHost", "id", host).path("jobstatus").asInt()).isEqualTo(1);
    assertThat(zone.hostState("10.20.0.11")).isEqualTo("Up Enabled");
  }

  @Test
  void pagesAreCutAtFiveHundred() {
    for (int i = 0; i < 700; i++) {
      server.setting(String.format("test.setting.%03d", i), "x", "String", true);
    }
    JsonNode all = client.call("listConfigurations", "name", "test.setting").body();
    assertThat(all.path("count").asInt()).isEqualTo(700);
    assertThat(all.path("configuration")).hasSize(500);
    JsonNode second =
        client
            .call("listConfigurations", "name", "test.setting", "page", "2", "pagesize", "500")
            .body();
    assertThat(second.path("configuration")).hasSize(200);
    assertThat(client.call("listConfigurations", "page", "1").error())
        .contains("\"pagesize\" parameter is required");
    assertThat(client.call("listConfigurations", "page", "1", "pagesize", "501").status())
        .isEqualTo(431);
    assertThat(client.call("listConfigurations", "name", "no.such").body()).isEmpty();
  }

  @Test
  void callsAreHookedCutAndRemembered() {
    List<String> order = new ArrayList<>();
    server.beforeCall(1, () -> order.add("before, zones: " + server.count(Kind.ZONE)));
    server.afterCall(1, () -> order.add("after, zones: " + server.count(Kind.ZONE)));
    new Zone("Advanced", "KVM");
    assertThat(order).containsExactly("before, zones: 0", "after, zones: 1");

    server.cutBefore(1);
    assertThatThrownBy(() -> create("cut1")).isInstanceOf(UncheckedIOException.class);
    assertThat(server.count(Kind.ZONE)).isEqualTo(1);
    server.cutAfter(1);
    assertThatThrownBy(() -> create("cut2")).isInstanceOf(UncheckedIOException.class);
    assertThat(server.count(Kind.ZONE)).isEqualTo(2);

    client.call("listZones");
    assertThat(server.creating())
        .extracting(call -> call.parameters().get("name"))
        .containsExactly("zone1", "cut1", "cut2");
    assertThat(server.calls())
        .last()
        .satisfies(call -> assertThat(call.call().command()).isEqualTo("listZones"));
    server.refuseNext(call -> call.command().equals("listZones"), 530, "no");
    assertThat(client.call("listZones").error()).isEqualTo("no");
    assertThat(client.call("listZones").status()).isEqualTo(200);
  }

  private DoubleClient.Reply create(String name) {
    return client.call(
        "createZone",
        "name",
        name,
        "networktype",
        "Advanced",
        "dns1",
        "10.20.0.1",
        "internaldns1",
        "10.20.0.1");
  }

  @Test
  void listsShowWhatClientsStumbleOver() {
    Zone zone = new Zone("Advanced", "KVM").up();
    zone.systemVms();
    assertThat(client.call("listHosts", "zoneid", zone.id).body().path("host")).hasSize(3);
    assertThat(client.call("listHosts", "zoneid", zone.id, "type", "Routing").body().path("host"))
        .hasSize(1);
    assertThat(client.call("listZones", "name", "one").body().path("zone")).hasSize(1);
    assertThat(
            client
                .call("listConfigurations", "name", "host")
                .first("configuration")
                .path("name")
                .asText())
        .isEqualTo("account.allow.expose.host.hostname");
    assertThat(client.call("listPhysicalNetworks", "zoneid", zone.id, "name", "none").body())
        .isEmpty();
  }

  @Test
  void equalCloudsReadTheSame() {
    Zone zone = twoHosts();
    zone.systemVms();
    try (CloudStackDouble other = CloudStackDouble.start()) {
      assertThat(other.canonical()).isNotEqualTo(server.canonical());
    }
    String before = server.canonical();
    destroySystemVms(zone);
    assertThat(server.canonical()).isNotEqualTo(before);
    zone.systemVms();
    assertThat(server.canonical()).isEqualTo(before);
    create("another");
    assertThat(server.canonical()).isNotEqualTo(before);
  }

  @Test
  void speaksTls(@TempDir Path folder) throws Exception {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=double",
                "-ext",
                "SAN=IP:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor()).isZero();
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (CloudStackDouble secure =
            CloudStackDouble.start(any, CloudStackDouble.tls(store, "changeit"), "password");
        DoubleClient trusting =
            new DoubleClient(
                secure.api(), HttpClient.newBuilder().sslContext(trust(store)).build())) {
      assertThat(secure.api().getScheme()).isEqualTo("https");
      assertThat(trusting.login("admin", "password").status()).isEqualTo(200);
    }
  }

  private static SSLContext trust(Path store) throws Exception {
    KeyStore own = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      own.load(in, "changeit".toCharArray());
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", own.getCertificate("a"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  @Test
  void byHandItSaysWhatItIs() throws IOException {
    Process made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                CloudStackDouble.class.getName(),
                "--port",
                "0")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(made.getInputStream(), UTF_8))) {
      assertThat(output.readLine())
          .isEqualTo("stand-in: plays CloudStack 4.22's API for rehearsals");
      String api = output.readLine();
      assertThat(api).startsWith("http://127.0.0.1:");
      try (DoubleClient other =
          new DoubleClient(java.net.URI.create(api), HttpClient.newHttpClient())) {
        assertThat(other.login("admin", "password").status()).isEqualTo(200);
      }
    } finally {
      made.destroyForcibly();
    }
  }
}
