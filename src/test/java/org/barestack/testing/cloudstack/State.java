package org.barestack.testing.cloudstack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All that the double keeps. What was removed stays known by its id, as in CloudStack. */
final class State {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** What differs from one run to the next although nobody would call the clouds different. */
  private static final Set<String> CHANCE =
      Set.of(
          "id",
          "created",
          "zonetoken",
          "lastpinged",
          "privateip",
          "privatemacaddress",
          "linklocalip",
          "linklocalmacaddress",
          "publicip",
          "publicmacaddress",
          "related",
          "hostid",
          "hostname",
          "apikey",
          "capacitybytes",
          "disksizetotal",
          "agents");

  private final Map<Kind, List<Thing>> things = new EnumMap<>(Kind.class);
  private final Map<String, Thing> byId = new HashMap<>();
  private final Map<Kind, Long> numbers = new EnumMap<>(Kind.class);
  private long ids;

  /** An id that nothing has yet. */
  String freshId() {
    ids++;
    UUID made = UUID.nameUUIDFromBytes(("stand-in " + ids).getBytes(UTF_8));
    return new UUID(
            (made.getMostSignificantBits() & ~0xf000L) | 0x4000L, made.getLeastSignificantBits())
        .toString();
  }

  /** Uses up a row's number, as an insert does that the database rolls back. */
  long number(Kind kind) {
    return numbers.merge(kind, 1L, Long::sum);
  }

  Thing add(Kind kind, String label, ObjectNode shown) {
    return add(kind, label, freshId(), shown);
  }

  Thing add(Kind kind, String label, String id, ObjectNode shown) {
    Thing thing = new Thing(kind, number(kind), id, label, shown);
    things.computeIfAbsent(kind, k -> new ArrayList<>()).add(thing);
    byId.put(id, thing);
    return thing;
  }

  void remove(Thing thing) {
    thing.removed = true;
    things.getOrDefault(thing.kind, new ArrayList<>()).remove(thing);
  }

  /** Those that are there, in the order in which they were made. */
  List<Thing> all(Kind kind) {
    return List.copyOf(things.getOrDefault(kind, List.of()));
  }

  /** Those of which a field is another thing's id. */
  List<Thing> all(Kind kind, String field, Thing other) {
    return all(kind).stream().filter(thing -> thing.is(field, other)).toList();
  }

  /** What has or had that id. */
  @Nullable Thing known(String id) {
    return byId.get(id);
  }

  Thing get(String id) {
    Thing thing = known(id);
    if (thing == null) {
      throw new IllegalStateException("nothing has the id " + id);
    }
    return thing;
  }

  /** All that a cloud's owner would call a difference, one thing a line, in an order of its own. */
  String canonical() {
    List<String> lines = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kind != Kind.USER && kind != Kind.MANAGEMENT_SERVER && kind != Kind.OFFERING) {
        all(kind).stream()
            .map(thing -> kind.word + " " + canonical(thing))
            .sorted()
            .forEach(lines::add);
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private String canonical(Thing thing) {
    Map<String, String> fields = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : thing.shown.properties()) {
      boolean made =
          thing.hidden.containsKey("madeup")
              && (field.getKey().equals("ipaddress") || field.getKey().equals("name"));
      if (!CHANCE.contains(field.getKey()) && !made) {
        fields.put(field.getKey(), named(field.getValue().toString()));
      }
    }
    return thing.label + " " + fields;
  }

  private String named(String text) {
    return ID.matcher(text)
        .replaceAll(match -> {
          Thing thing = known(match.group());
          return thing == null ? "#" : java.util.regex.Matcher.quoteReplacement(thing.label);
        });
  }
}
