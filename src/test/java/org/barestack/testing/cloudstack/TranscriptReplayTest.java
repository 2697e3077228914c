package org.barestack.testing.cloudstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every recorded call of a CloudStack 4.22 server, made again of the double, in order: the same
 * HTTP status, errorcode, cserrorcode and errortext, the same fields with the same types, and,
 * except for what {@link #BY_CHANCE} and {@link #SHAPE_ONLY} name, the same values.
 *
 * <p>The recording is of three servers: lines 1 to 190, lines 311 to 319 and lines 320 to 339, each
 * fresh; lines 191 to 310 stand in it word for word before. Calls that the recording left out,
 * since they only repeat what others show, are made in between; see {@link Besides}.
 */
class TranscriptReplayTest {
  private static final Path TRANSCRIPT = Path.of("src/test/resources/cloudstack/transcript.jsonl");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Pattern CUT = Pattern.compile("\\.\\.\\. ([0-9]+) more");

  /** Fields whose values no second server would have the same, even if it were CloudStack. */
  private static final Set<String> BY_CHANCE =
      Set.of(
          "created",
          "completed",
          "lastpinged",
          "lastserverstart",
          "zonetoken",
          "privateip",
          "privatemacaddress",
          "linklocalip",
          "linklocalmacaddress",
          "publicmacaddress",
          "apikey",
          "secretkey",
          "version",
          "hypervisorversion",
          "events",
          "url");

  /** Lines of which values differ by more than chance, and why. Nothing else may be in here. */
  private static final Map<Integer, String> SHAPE_ONLY = shapeOnly();

  private static Map<Integer, String> shapeOnly() {
    Map<Integer, String> lines = new TreeMap<>();
    lines.put(
        71, "CloudStack has 35 settings with host in their names, of which three are recorded");
    lines.put(111, "CloudStack has 5 such offerings, of which three are recorded");
    lines.put(124, "CloudStack has 5 such offerings, of which three are recorded");
    return lines;
  }

  /** A recorded call, and what the double says to it. */
  private static final class Line {
    final int number;
    final JsonNode record;
    final List<String> wrong = new ArrayList<>();
    final List<String> values = new ArrayList<>();

    Line(int number, JsonNode record) {
      this.number = number;
      this.record = record;
    }

    String command() {
      return record.path("command").asText();
    }
  }

  /** One server of the recording, played by one double. */
  private static final class Replay implements AutoCloseable {
    final CloudStackDouble server = CloudStackDouble.start();
    final DoubleClient client = new DoubleClient(server);
    final Map<String, String> ids = new HashMap<>();

    Replay() {
      server.lenient();
      server.setting("host", "192.0.2.2", "CSV", true);
      client.login("admin", "password");
    }

    @Override
    public void close() {
      client.close();
      server.close();
    }

    String mine(String text) {
      return ID.matcher(text).replaceAll(match -> ids.getOrDefault(match.group(), match.group()));
    }

    JsonNode does(String command, String... namesAndValues) {
      Map<String, String> parameters = DoubleClient.parameters(namesAndValues);
      parameters.replaceAll((name, value) -> mine(value));
      DoubleClient.Reply reply = client.call(command, parameters);
      assertThat(reply.status()).as("unrecorded %s: %s", command, reply.error()).isEqualTo(200);
      JsonNode job = client.job(reply);
      assertThat(job.path("jobstatus").asInt())
          .as("unrecorded %s: %s", command, job)
          .isNotEqualTo(2);
      return job.has("jobresult") ? job.path("jobresult") : job;
    }

    /** The recorded id of which a thing's id is the double's. */
    void is(String recorded, JsonNode made) {
      ids.put(recorded, made.path("id").asText());
    }

    void play(Line line) {
      Map<String, String> parameters = new TreeMap<>();
      line.record
          .path("params")
          .properties()
          .forEach(each -> parameters.put(each.getKey(), mine(each.getValue().asText())));
      if (line.number == 93) {
        // The recording hides that there was none.
        parameters.put("password", "");
      }
      DoubleClient.Reply reply =
          switch (line.number) {
            case 3 -> client.unkeyed(line.command(), flat(parameters));
            default -> client.call(line.command(), parameters);
          };
      if (reply.status() != line.record.path("http").asInt()) {
        line.wrong.add("HTTP " + reply.status() + " " + reply.body());
      }
      compare(line, "", line.record.path("body"), reply.body());
      if (line.record.has("job")) {
        compare(line, "job", line.record.path("job"), client.job(reply));
      }
    }

    private static String[] flat(Map<String, String> parameters) {
      return parameters.entrySet().stream()
          .flatMap(each -> Stream.of(each.getKey(), each.getValue()))
          .toArray(String[]::new);
    }

    void compare(Line line, String at, JsonNode recorded, JsonNode own) {
      if (recorded.getNodeType() != own.getNodeType()) {
        line.wrong.add(at + ": " + recorded + " is not " + own);
      } else if (recorded.isObject()) {
        Set<String> names = new HashSet<>();
        recorded.fieldNames().forEachRemaining(names::add);
        own.fieldNames().forEachRemaining(names::add);
        for (String name : names.stream().sorted().toList()) {
          if (!recorded.has(name) || !own.has(name)) {
            line.wrong.add(at + "/" + name + (own.has(name) ? " is too much" : " is missing"));
          } else if (!chance(recorded, name)) {
            compare(line, at + "/" + name, recorded.path(name), own.path(name));
          } else if (recorded.path(name).getNodeType() != own.path(name).getNodeType()) {
            line.wrong.add(at + "/" + name + " has another type");
          }
        }
      } else if (recorded.isArray()) {
        arrays(line, at, recorded, own);
      } else if (recorded.isTextual()) {
        texts(line, at, recorded.asText(), own.asText());
      } else if (!recorded.equals(own)) {
        differs(line, at, recorded, own);
      }
    }

    /** A simulated host makes up its address. */
    private static boolean chance(JsonNode thing, String field) {
      return BY_CHANCE.contains(field)
          || (field.equals("ipaddress")
              && thing.path("hypervisor").asText().equals("Simulator")
              && thing.has("resourcestate"));
    }

    private void arrays(Line line, String at, JsonNode recorded, JsonNode own) {
      List<JsonNode> entries = new ArrayList<>();
      int more = 0;
      for (JsonNode entry : recorded) {
        Matcher cut = CUT.matcher(entry.asText());
        if (cut.matches()) {
          more = Integer.parseInt(cut.group(1));
        } else {
          entries.add(entry);
        }
      }
      if (entries.size() + more != own.size()) {
        line.values.add(at + ": " + (entries.size() + more) + " entries, not " + own.size());
      }
      List<JsonNode> rest = new ArrayList<>();
      own.forEach(rest::add);
      for (JsonNode entry : entries) {
        JsonNode match = match(entry, rest);
        if (match.isMissingNode()) {
          line.values.add(at + ": lacks " + entry.path("name").asText(entry.asText()));
        } else {
          rest.remove(match);
          compare(line, at + "/" + entry.path("name").asText("*"), entry, match);
        }
      }
    }

    /** By its id if that is known already, by its name, or else the first. */
    private JsonNode match(JsonNode entry, List<JsonNode> among) {
      String id = entry.isTextual() ? entry.asText() : entry.path("id").asText();
      String mine = ids.getOrDefault(id, "");
      for (JsonNode each : among) {
        if (!mine.isEmpty()
            && (each.path("id").asText().equals(mine) || each.asText().equals(mine))) {
          return each;
        }
      }
      if (entry.has("name") && !entry.path("name").asText().startsWith("SimulatedAgent")) {
        for (JsonNode each : among) {
          if (each.path("name").equals(entry.path("name")) && !ids.containsKey(id)) {
            return each;
          }
        }
        return Shapes.JSON.missingNode();
      }
      Iterator<JsonNode> first = among.iterator();
      return first.hasNext() ? first.next() : Shapes.JSON.missingNode();
    }

    private void texts(Line line, String at, String recorded, String own) {
      Matcher theirs = ID.matcher(recorded);
      Matcher ours = ID.matcher(own);
      while (theirs.find() && ours.find()) {
        ids.putIfAbsent(theirs.group(), ours.group());
      }
      if (!mine(recorded).equals(own)) {
        differs(line, at, recorded, own);
      }
    }

    private static void differs(Line line, String at, Object recorded, Object own) {
      boolean error =
          at.endsWith("errortext") || at.endsWith("errorcode") || at.endsWith("jobstatus");
      (error ? line.wrong : line.values).add(at + ": " + recorded + " is not " + own);
    }
  }

  private static List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    try {
      for (String text : Files.readAllLines(TRANSCRIPT)) {
        lines.add(new Line(lines.size() + 1, Shapes.JSON.readTree(text)));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return lines;
  }

  private static List<Line> replayed() {
    List<Line> lines = lines();
    try (Replay first = new Replay()) {
      first.server.unmountable("10.70.0.5");
      for (Line line : lines.subList(0, 190)) {
        new Besides(first, line).first();
        first.play(line);
      }
    }
    for (Line line : lines.subList(190, 310)) {
      Line same =
          lines.subList(0, 190).stream()
              .filter(each -> each.record.equals(line.record))
              .findFirst()
              .orElseThrow(() -> new AssertionError("line " + line.number + " is new"));
      line.wrong.addAll(same.wrong);
      if (!SHAPE_ONLY.containsKey(same.number)) {
        line.values.addAll(same.values);
      }
    }
    try (Replay second = new Replay()) {
      for (Line line : lines.subList(310, 319)) {
        new Besides(second, line).second();
        second.play(line);
      }
    }
    try (Replay third = new Replay()) {
      for (Line line : lines.subList(319, 339)) {
        new Besides(third, line).third(lines);
        third.play(line);
      }
    }
    return lines;
  }

  /** What a server was asked besides, before a line. */
  private record Besides(Replay replay, Line line) {
    String parameter(String name) {
      return line.record.path("params").path(name).asText();
    }

    JsonNode named(String list, String word, String name, String... parameters) {
      for (JsonNode each : replay.does(list, parameters).path(word)) {
        if (each.path("name").asText().equals(name)) {
          return each;
        }
      }
      throw new IllegalStateException("no " + word + " " + name);
    }

    String zone(String name) {
      return named("listZones", "zone", name).path("id").asText();
    }

    String network(String zone) {
      return replay
          .does("listPhysicalNetworks", "zoneid", zone)
          .path("physicalnetwork")
          .path(0)
          .path("id")
          .asText();
    }

    void first() {
      CloudStackDouble server = replay.server;
      switch (line.number) {
        case 6 -> replay.client.login("admin", "password");
        case 66 -> systemVms();
        case 92 -> server.host("127.0.0.2", new HostBehaviour.PasswordRefused());
        case 93 -> server.host("127.0.0.2", new HostBehaviour.KeyRefused());
        case 97 -> server.host("127.0.0.3", new HostBehaviour.Unreachable());
        case 112 -> providers(network(zone("zsg")));
        case 125 -> {
          providers(network(zone("zbasic")));
          traffic(network(zone("zbasic")), "Management");
        }
        case 134 -> {
          enable(zone("zsg"));
          enable(zone("zbasic"));
          systemVms();
        }
        case 167 -> {
          traffic(network(zone("ztest")), "Management");
          traffic(network(zone("ztest")), "Guest");
          enable(zone("ztest"));
        }
        case 176 -> replay.does("deletePhysicalNetwork", "id", network(zone("ztest")));
        default -> {}
      }
    }

    void second() {
      switch (line.number) {
        case 313 -> physicalNetwork(parameter("physicalnetworkid"));
        case 314 -> podAndCluster();
        case 316 -> {
          JsonNode balancer =
              named(
                  "listNetworkServiceProviders",
                  "networkserviceprovider",
                  "InternalLbVm",
                  "physicalnetworkid",
                  network(zone("zone1")));
          String id = balancer.path("id").asText();
          JsonNode elements = replay.does("listInternalLoadBalancerElements", "nspid", id);
          String element = elements.path("internalloadbalancerelement").path(0).path("id").asText();
          replay.does("configureInternalLoadBalancerElement", "id", element, "enabled", "true");
          replay.does("updateNetworkServiceProvider", "id", id, "state", "Enabled");
        }
        case 317 -> imageStore();
        default -> {}
      }
    }

    void third(List<Line> lines) {
      switch (line.number) {
        case 322 -> {
          physicalNetwork("");
          podAndCluster();
        }
        case 323 -> {
          String zone = zone("zone1");
          String recordedPool = lines.get(325).record.path("params").path("id").asText();
          String recordedStore = lines.get(326).record.path("params").path("id").asText();
          String recordedRange = lines.get(327).record.path("params").path("id").asText();
          replay.is(
              recordedRange,
              replay
                  .does(
                      "createVlanIpRange",
                      "zoneid",
                      zone,
                      "vlan",
                      "untagged",
                      "gateway",
                      "192.168.2.1",
                      "netmask",
                      "255.255.255.0",
                      "startip",
                      "192.168.2.20",
                      "endip",
                      "192.168.2.200",
                      "forvirtualnetwork",
                      "true")
                  .path("vlan"));
          JsonNode host = replay.does("listHosts").path("host").path(0);
          replay.is(
              recordedPool,
              replay
                  .does(
                      "createStoragePool",
                      "zoneid",
                      zone,
                      "podid",
                      host.path("podid").asText(),
                      "clusterid",
                      host.path("clusterid").asText(),
                      "name",
                      "primary1",
                      "scope",
                      "cluster",
                      "url",
                      "nfs://10.20.0.10/export/primary")
                  .path("storagepool"));
          replay.is(recordedStore, imageStore());
          enable(zone);
          systemVms();
          for (JsonNode vm : replay.does("listSystemVms").path("systemvm")) {
            int number = vm.path("systemvmtype").asText().equals("consoleproxy") ? 330 : 329;
            replay.is(lines.get(number - 1).record.path("params").path("id").asText(), vm);
          }
        }
        case 329 -> replay.does("updateZone", "id", zone("zone1"), "allocationstate", "Disabled");
        case 334 -> {
          for (int i = 0; i < 3; i++) {
            replay.does("listHosts");
          }
        }
        default -> {}
      }
    }

    private void physicalNetwork(String recorded) {
      JsonNode made =
          replay
              .does(
                  "createPhysicalNetwork",
                  "zoneid",
                  zone("zone1"),
                  "name",
                  "physnet1",
                  "isolationmethods",
                  "VLAN")
              .path("physicalnetwork");
      replay.is(recorded, made);
      for (String type : List.of("Management", "Public", "Guest")) {
        traffic(made.path("id").asText(), type);
      }
    }

    private void podAndCluster() {
      String zone = zone("zone1");
      JsonNode pod =
          replay
              .does(
                  "createPod",
                  "zoneid",
                  zone,
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
              .path("pod");
      JsonNode cluster =
          replay.does(
              "addCluster",
              "zoneid",
              zone,
              "podid",
              pod.path("id").asText(),
              "clustername",
              "cluster1",
              "hypervisor",
              "Simulator",
              "clustertype",
              "CloudManaged");
      replay.is(parameter("podid"), pod);
      replay.is(parameter("clusterid"), cluster.path("cluster").path(0));
    }

    private JsonNode imageStore() {
      return replay
          .does(
              "addImageStore",
              "name",
              "secondary1",
              "zoneid",
              zone("zone1"),
              "provider",
              "NFS",
              "url",
              "nfs://10.20.0.10/export/secondary")
          .path("imagestore");
    }

    private void traffic(String network, String type) {
      replay.does(
          "addTrafficType",
          "physicalnetworkid",
          network,
          "traffictype",
          type,
          "kvmnetworklabel",
          "cloudbr0");
    }

    private void enable(String zone) {
      replay.does("updateZone", "id", zone, "allocationstate", "Enabled");
    }

    private void providers(String network) {
      replay.does("updatePhysicalNetwork", "id", network, "state", "Enabled");
      for (String name : List.of("VirtualRouter", "SecurityGroupProvider")) {
        String id =
            named(
                    "listNetworkServiceProviders",
                    "networkserviceprovider",
                    name,
                    "physicalnetworkid",
                    network)
                .path("id")
                .asText();
        for (JsonNode element :
            replay.does("listVirtualRouterElements", "nspid", id).path("virtualrouterelement")) {
          replay.does(
              "configureVirtualRouterElement",
              "id",
              element.path("id").asText(),
              "enabled",
              "true");
        }
        replay.does("updateNetworkServiceProvider", "id", id, "state", "Enabled");
      }
    }

    private void systemVms() {
      for (int i = 0; i < 3; i++) {
        replay.does("listSystemVms");
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> everyRecordedCall() {
    return replayed().stream()
        .map(line ->
            DynamicTest.dynamicTest(
                line.number + " " + line.command(),
                () -> {
                  assertThat(line.wrong).as("differs").isEmpty();
                  if (SHAPE_ONLY.containsKey(line.number)) {
                    assertThat(line.values).as("no reason to be in SHAPE_ONLY").isNotEmpty();
                  } else {
                    assertThat(line.values).as("other values").isEmpty();
                  }
                }));
  }

  @Test
  void theTableNamesLines() {
    assertThat(SHAPE_ONLY.keySet()).isSubsetOf(IntStream.rangeClosed(1, 339).boxed().toList());
  }

  /** By hand: what differs, line by line. */
  public static void main(String[] none) {
    for (Line line : replayed()) {
      if (!line.wrong.isEmpty() || !line.values.isEmpty()) {
        System.out.println(
            line.number + " " + line.command() + " WRONG " + line.wrong + " VALUES " + line.values);
      }
    }
  }
}
