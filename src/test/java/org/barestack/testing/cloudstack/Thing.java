package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One thing of the double, in the form in which CloudStack shows it. */
final class Thing {
  final Kind kind;

  /** Its row in CloudStack's database, which some error texts name. */
  final long number;

  final String id;
  final String label;
  final ObjectNode shown;

  /** What CloudStack knows of it and does not show. */
  final Map<String, String> hidden = new TreeMap<>();

  boolean removed;

  Thing(Kind kind, long number, String id, String label, ObjectNode shown) {
    this.kind = kind;
    this.number = number;
    this.id = id;
    this.label = label;
    this.shown = shown;
    shown.put("id", id);
  }

  /** A field, as text; empty if it has none. */
  String text(String field) {
    return shown.path(field).asText();
  }

  boolean is(String field, String value) {
    return text(field).equals(value);
  }

  boolean is(String field, Thing other) {
    return is(field, other.id);
  }

  /**
   * Whether a list that asks for this value of this field has it in; the database knows no case.
   */
  boolean matches(String field, String value) {
    JsonNode node = shown.path(field);
    return node.isValueNode() && node.asText().equalsIgnoreCase(value);
  }

  boolean nameHas(String part) {
    return text("name").toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }

  void set(String field, @Nullable String value) {
    if (value != null) {
      shown.put(field, value);
    }
  }
}
