package org.barestack.site;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The JSON Schema of {@code site.yaml}: forms, defaults and descriptions of its keys. */
public final class SiteSchema {
  private static final String TEXT = load();
  private static final JsonNode JSON = parse(TEXT);
  private static final Schema VALIDATOR =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(JSON);

  private SiteSchema() {}

  /** The schema as published: JSON Schema 2020-12. */
  public static String text() {
    return TEXT;
  }

  static Schema validator() {
    return VALIDATOR;
  }

  /** The whole schema. */
  static JsonNode root() {
    return JSON;
  }

  /** The part of the schema at a JSON pointer, references followed. */
  static JsonNode at(String pointer) {
    return resolve(JSON.at(JsonPointer.compile(pointer)));
  }

  /** What a {@code $ref} stands for; anything else is itself. */
  static JsonNode resolve(JsonNode schema) {
    JsonNode ref = schema.path("$ref");
    return ref.isTextual() ? at(ref.asText().substring(1)) : schema;
  }

  private static String load() {
    try (InputStream in = SiteSchema.class.getResourceAsStream("site.schema.json")) {
      if (in == null) {
        throw new IllegalStateException("site.schema.json is missing from the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("site.schema.json is broken", e);
    }
  }
}
