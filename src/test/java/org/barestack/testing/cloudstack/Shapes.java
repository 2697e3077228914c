package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * What CloudStack 4.22 shows of each kind of thing, field for field, as recorded; the double fills
 * in what differs.
 */
final class Shapes {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode ALL = read("shapes.json");

  private Shapes() {}

  /** A resource of the folder {@code cloudstack}. */
  static JsonNode read(String name) {
    try (var in = Shapes.class.getResourceAsStream("/cloudstack/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + Path.of("cloudstack", name));
      }
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode node(String name) {
    JsonNode node = ALL.path(name);
    if (node.isMissingNode()) {
      throw new IllegalArgumentException("no shape " + name);
    }
    return node.deepCopy();
  }

  /** A fresh copy. */
  static ObjectNode of(String name) {
    return (ObjectNode) node(name);
  }

  static ObjectNode empty() {
    return JSON.createObjectNode();
  }
}
