package org.barestack.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of the document and its place. */
sealed interface Value {
  /** Where it stands. */
  Place place();

  /** What JSON would call it: YAML 1.2's core schema. */
  enum Kind {
    NULL,
    BOOLEAN,
    NUMBER,
    TEXT
  }

  /**
   * A single value.
   *
   * @param text as written, without quotes
   */
  record Scalar(Place place, Kind kind, String text) implements Value {}

  /** A list. */
  record Sequence(Place place, List<Value> items) implements Value {}

  /** Keys and values in the order of the file. */
  record Mapping(Place place, Map<String, Value> entries) implements Value {}

  /** A value whose problem is already reported; nothing may be concluded from it. */
  record Unread(Place place) implements Value {}

  static Value nothing(Place place) {
    return new Scalar(place, Kind.NULL, "");
  }

  /** A default of the schema, at the place of the mapping that lacks the key. */
  static Value of(JsonNode json, Place place) {
    return switch (json.getNodeType()) {
      case OBJECT -> {
        Map<String, Value> entries = new LinkedHashMap<>();
        json.properties()
            .forEach(entry ->
                entries.put(entry.getKey(), of(entry.getValue(), place.child(entry.getKey()))));
        yield new Mapping(place, entries);
      }
      case ARRAY -> {
        List<Value> items = new ArrayList<>();
        json.forEach(item -> items.add(of(item, place)));
        yield new Sequence(place, items);
      }
      case NUMBER -> new Scalar(place, Kind.NUMBER, json.asText());
      case STRING -> new Scalar(place, Kind.TEXT, json.asText());
      default -> nothing(place);
    };
  }

  /** The value below a key; an absent key and an empty one are both nothing. */
  default Value at(String key) {
    return switch (this) {
      case Mapping mapping when mapping.entries.containsKey(key) -> mapping.entries.get(key);
      case Unread unread -> new Unread(unread.place.child(key));
      default -> nothing(place().child(key));
    };
  }

  /** Whether the key is written, even with nothing behind it. */
  default boolean has(String key) {
    return this instanceof Mapping mapping && mapping.entries.containsKey(key);
  }

  /** Whether it is absent or null. */
  default boolean isNothing() {
    return this instanceof Scalar scalar && scalar.kind == Kind.NULL;
  }

  /** The entries of a mapping; none otherwise. */
  default Map<String, Value> entries() {
    return this instanceof Mapping mapping ? mapping.entries : Map.of();
  }

  /** The items of a list; none otherwise. */
  default List<Value> items() {
    return this instanceof Sequence sequence ? sequence.items : List.of();
  }

  /** The same for a JSON Schema validator. */
  default JsonNode json() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (this) {
      case Scalar(Place _, Kind kind, String text) ->
          switch (kind) {
            case NULL -> json.nullNode();
            case BOOLEAN -> json.booleanNode(Boolean.parseBoolean(text));
            case NUMBER -> number(text);
            case TEXT -> json.textNode(text);
          };
      case Sequence(Place _, List<Value> items) -> {
        ArrayNode array = json.arrayNode();
        items.forEach(item -> array.add(item.json()));
        yield array;
      }
      case Mapping(Place _, Map<String, Value> entries) -> {
        ObjectNode object = json.objectNode();
        entries.forEach((key, value) -> object.set(key, value.json()));
        yield object;
      }
      case Unread _ -> json.nullNode();
    };
  }

  private static JsonNode number(String text) {
    try {
      return JsonNodeFactory.instance.numberNode(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      // No key takes hexadecimal, octal or a large number: any fraction is as wrong as they are.
      return JsonNodeFactory.instance.numberNode(new BigDecimal("0.5"));
    }
  }
}
