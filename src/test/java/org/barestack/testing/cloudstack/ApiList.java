package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.cloud.Call;

/** The calls that a 4.22 server has, with their parameters, as its listApis gave them. */
final class ApiList {
  private static final Pattern MAP = Pattern.compile("([a-z0-9]+)\\[[0-9]+\\]\\.[A-Za-z0-9._-]+");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,9}");
  private static final Pattern LONG = Pattern.compile("-?[0-9]{1,18}");
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}.*");

  /** Calls of the 4.22 documentation that the recorded list leaves out. */
  private static final String MORE =
      """
      {"destroySystemVm": {"async": true, "params": {"id": {"type": "uuid", "required": true}}},
       "deleteNetwork": {"async": true, "params": {"id": {"type": "uuid", "required": true},
         "forced": {"type": "boolean", "required": false}}}}
      """;

  private final JsonNode apis = Shapes.read("apis.json").path("apis");
  private final JsonNode more;

  ApiList() {
    try {
      more = Shapes.JSON.readTree(MORE);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean has(String command) {
    return apis.has(command) || more.has(command);
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    apis.fieldNames().forEachRemaining(names::add);
    return names;
  }

  boolean async(String command) {
    return of(command).path("async").asBoolean();
  }

  private JsonNode of(String command) {
    return apis.has(command) ? apis.path(command) : more.path(command);
  }

  /** The required parameters that a call lacks, in the list's order. */
  List<String> missing(Call call) {
    List<String> missing = new ArrayList<>();
    for (Map.Entry<String, JsonNode> parameter : of(call.command()).path("params").properties()) {
      if (parameter.getValue().path("required").asBoolean()
          && !call.parameters().containsKey(parameter.getKey())) {
        missing.add(parameter.getKey());
      }
    }
    return missing;
  }

  /** The first parameter that is to be an id and has not the form of one, by CloudStack's order. */
  List<String> malformedIds(Call call) {
    return call.parameters().entrySet().stream()
        .filter(parameter -> type(call, parameter.getKey()).equals("uuid"))
        .filter(parameter -> !UUID.matcher(parameter.getValue()).matches())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The parameters that are ids. */
  List<String> ids(Call call) {
    return call.parameters().keySet().stream()
        .filter(name -> type(call, name).equals("uuid"))
        .toList();
  }

  /** A call without what CloudStack would not even look at. */
  Call known(Call call) {
    JsonNode parameters = of(call.command()).path("params");
    Map<String, String> known = new TreeMap<>(call.parameters());
    known.keySet().removeIf(name -> !parameters.has(name) && !MAP.matcher(name).matches());
    return new Call(call.command(), known);
  }

  private String type(Call call, String name) {
    return of(call.command()).path("params").path(name).path("type").asText();
  }

  /** What of a call does not fit the list. */
  List<String> violations(Call call) {
    List<String> found = new ArrayList<>();
    if (!has(call.command())) {
      return List.of(call.command() + ": no such command");
    }
    JsonNode parameters = of(call.command()).path("params");
    missing(call).forEach(name -> found.add(call.command() + ": lacks " + name));
    call.parameters()
        .forEach((name, value) -> {
          Matcher map = MAP.matcher(name);
          if (map.matches() && parameters.path(map.group(1)).path("type").asText().equals("map")) {
            return;
          }
          JsonNode parameter = parameters.path(name);
          if (parameter.isMissingNode()) {
            found.add(call.command() + ": has no parameter " + name);
          } else if (!fits(parameter.path("type").asText(), value)) {
            found.add(call.command() + ": " + name + " is no " + parameter.path("type").asText());
          }
        });
    return found;
  }

  private static boolean fits(String type, String value) {
    return switch (type) {
      case "uuid" -> UUID.matcher(value).matches();
      case "boolean" -> Set.of("true", "false").contains(value);
      case "integer" -> INTEGER.matcher(value).matches();
      case "long" -> LONG.matcher(value).matches();
      case "date" -> DATE.matcher(value).matches();
      case "list" ->
          !value.isEmpty() && List.of(value.split(",", -1)).stream().noneMatch(String::isBlank);
      case "map" -> false;
      default -> true;
    };
  }
}
