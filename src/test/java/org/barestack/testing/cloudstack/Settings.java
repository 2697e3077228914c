package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Global settings and the management server itself. */
final class Settings {
  private static final List<String> SCOPES =
      List.of("zoneid", "clusterid", "storageid", "accountid", "domainid", "imagestoreuuid");

  private final State state;
  private final Map<String, ObjectNode> settings = new TreeMap<>();
  private final Map<String, String> scoped = new HashMap<>();
  final Map<String, String> hostNames = new ConcurrentHashMap<>();

  /** The only address at which agents find the server; null if any will do. */
  volatile @Nullable String reachable;

  Settings(State state, Commands commands, ApiList apis) {
    this.state = state;
    for (JsonNode setting : Shapes.node("configuration")) {
      settings.put(setting.path("name").asText(), (ObjectNode) setting.deepCopy());
    }
    state.add(Kind.MANAGEMENT_SERVER, "localhost", Shapes.of("managementserver"));
    commands.put("listConfigurations", this::list);
    commands.put("updateConfiguration", this::update);
    commands.put("listManagementServers", this::servers);
    commands.put("listApis", request -> apis(request, apis));
    commands.put("listCapabilities", request -> capabilities());
    for (String none : List.of("listAlerts", "listEvents", "listAsyncJobs")) {
      commands.put(none, request -> new Answer.Now(Shapes.empty()));
    }
  }

  /** Whether the setting {@code host}, which agents are given, leads to the server. */
  boolean agentsReachIt() {
    @Nullable String wanted = reachable;
    return wanted == null || List.of(value("host").split(",", -1)).contains(wanted);
  }

  String hostName(String address) {
    return hostNames.getOrDefault(address, "kvm-" + address.replace('.', '-'));
  }

  String value(String name) {
    ObjectNode setting = settings.get(name);
    return setting == null ? "" : setting.path("value").asText();
  }

  /** Sets or adds one, as a server that has it would start with it. */
  void preset(String name, String value, String type, boolean dynamic) {
    ObjectNode setting =
        settings.computeIfAbsent(
            name,
            n -> {
              ObjectNode fresh = settings.getOrDefault("workers", Shapes.empty()).deepCopy();
              return fresh.put("name", n).put("defaultvalue", value).put("description", n);
            });
    setting.put("value", value).put("type", type).put("isdynamic", dynamic);
  }

  String canonical() {
    StringBuilder text = new StringBuilder();
    settings.forEach((name, setting) -> {
      if (setting.has("value")) {
        text.append("setting ")
            .append(name)
            .append('=')
            .append(setting.path("value").asText())
            .append('\n');
      }
    });
    return text.toString();
  }

  private Answer list(Request request) {
    String part = request.get("name", "").toLowerCase(Locale.ROOT);
    List<ObjectNode> found = new ArrayList<>();
    for (ObjectNode setting : settings.values()) {
      if (setting.path("name").asText().toLowerCase(Locale.ROOT).contains(part)
          && isIn(request, "group", setting)
          && isIn(request, "subgroup", setting)
          && isIn(request, "category", setting)) {
        found.add(scopedCopy(request, setting));
      }
    }
    return Listing.page(request, "configuration", found);
  }

  private static boolean isIn(Request request, String field, ObjectNode setting) {
    String wanted = request.get(field);
    return wanted == null || wanted.equalsIgnoreCase(setting.path(field).asText());
  }

  private ObjectNode scopedCopy(Request request, ObjectNode setting) {
    ObjectNode copy = setting.deepCopy();
    for (String scope : SCOPES) {
      String id = request.get(scope);
      if (id != null) {
        copy.put("scope", scope.replace("uuid", "").replace("id", ""));
        String value = scoped.get(id + " " + setting.path("name").asText());
        if (value != null) {
          copy.put("value", value);
        }
      }
    }
    return copy;
  }

  private Answer update(Request request) {
    String name = request.need("name");
    ObjectNode setting = settings.get(name);
    if (setting == null) {
      throw Refusal.parameter("Config parameter with name " + name + " doesn't exist");
    }
    String value = request.get("value");
    if (value != null) {
      check(setting.path("type").asText(), value);
      @Nullable String scope =
          SCOPES.stream().filter(request::has).findFirst().map(request::get).orElse(null);
      if (scope == null) {
        setting.put("value", value);
      } else {
        scoped.put(scope + " " + name, value);
      }
    }
    return new Answer.Now(Answer.of("configuration", scopedCopy(request, setting)));
  }

  private static void check(String type, String value) {
    String number = "-?[0-9]{1,9}";
    boolean right =
        switch (type) {
          case "Number" -> value.matches(number);
          case "Decimal" -> value.matches(number + "(\\.[0-9]+)?");
          case "Boolean" -> value.equals("true") || value.equals("false");
          default -> true;
        };
    if (!right) {
      String java =
          switch (type) {
            case "Number" -> "Integer";
            case "Decimal" -> "Float";
            default -> "Boolean";
          };
      throw Refusal.parameter(
          "Value [" + value + "] is not a valid [class java.lang." + java + "].");
    }
  }

  private Answer servers(Request request) {
    List<String> hosts =
        Stream.concat(
                state.all(Kind.HOST).stream().filter(host -> host.is("state", "Up")),
                state.all(Kind.SYSTEM_VM).stream().flatMap(vm -> SystemVms.agent(vm).stream()))
            .map(host -> host.id)
            .toList();
    return Listing.of(
        request,
        Kind.MANAGEMENT_SERVER.word,
        state.all(Kind.MANAGEMENT_SERVER),
        false,
        server -> {
          ObjectNode shown = server.shown.deepCopy();
          ArrayNode agents = shown.putArray("agents");
          hosts.forEach(agents::add);
          return shown.put("agentscount", hosts.size());
        });
  }

  private static Answer apis(Request request, ApiList apis) {
    List<ObjectNode> all =
        apis.names().stream()
            .filter(name -> !request.has("name") || name.equalsIgnoreCase(request.get("name")))
            .map(name -> Shapes.empty().put("name", name).put("isasync", apis.async(name)))
            .toList();
    return Listing.page(
        new Request(org.barestack.cloud.Call.of("listApis"), request.state()), "api", all);
  }

  private static Answer capabilities() {
    ObjectNode capability = Shapes.empty();
    capability
        .put("securitygroupsenabled", false)
        .put("cloudstackversion", Shapes.node("version").asText());
    return new Answer.Now(Answer.of("capability", capability));
  }
}
