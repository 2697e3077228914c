package org.barestack.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.barestack.model.NodeName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteSchemaTest {
  @Test
  void isJsonSchema() {
    var metaschema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    assertThat(metaschema.validate(SiteSchema.root())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"minimal", "lab", "rack"})
  void acceptsTheExamples(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of("examples", name, "site.yaml"));
    Value document = new YamlText(new Reading(name)).parse(bytes);
    assertThat(SiteSchema.validator().validate(document.json())).isEmpty();
  }

  @Test
  void acceptsItsOwnExamplesAndDefaults() {
    Map<String, List<?>> wrong = new TreeMap<>();
    forms((pointer, form) -> {
      var validator =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(
                  ((ObjectNode) form.deepCopy()).set("$defs", SiteSchema.root().get("$defs")));
      form.path("examples").forEach(example -> put(wrong, pointer, validator.validate(example)));
      if (form.has("default") && !form.get("default").isNull()) {
        put(wrong, pointer, validator.validate(form.get("default")));
      }
    });
    assertThat(wrong).isEmpty();
  }

  private static void put(Map<String, List<?>> wrong, String pointer, List<?> errors) {
    if (!errors.isEmpty()) {
      wrong.put(pointer, errors);
    }
  }

  @Test
  void everyMappingIsClosed() {
    Set<String> open = new TreeSet<>();
    forms((pointer, form) -> {
      if (form.path("type").asText().equals("object") && !form.has("additionalProperties")) {
        open.add(pointer);
      }
    });
    assertThat(open).isEmpty();
  }

  @Test
  void everyKeyIsDescribed() {
    Set<String> silent = new TreeSet<>();
    forms((pointer, form) ->
        form.path("properties")
            .properties()
            .forEach(property -> {
              if (!property.getValue().has("description")
                  && !SiteSchema.resolve(property.getValue()).has("description")) {
                silent.add(pointer + "/" + property.getKey());
              }
            }));
    assertThat(silent).isEmpty();
  }

  @Test
  void everyKeyIsDocumented() throws IOException {
    String page = Files.readString(Path.of("docs/site-file.md"));
    Set<String> missing = new TreeSet<>();
    forms((pointer, form) ->
        form.path("properties")
            .properties()
            .forEach(property -> {
              String key = Pattern.quote(property.getKey());
              if (!Pattern.compile("[`.{ ]" + key + "[`.:,}]").matcher(page).find()) {
                missing.add(pointer + "/" + property.getKey());
              }
            }));
    assertThat(missing).isEmpty();
  }

  /** No text may bring a second line, a quote or a shell's special characters into a template. */
  @Test
  void everyTextIsTight() {
    Set<String> loose = new TreeSet<>();
    forms((pointer, form) -> {
      if (!form.path("type").toString().contains("\"string\"")) {
        return;
      }
      if (!form.path("pattern").asText().matches("(?s)\\^.*\\$")) {
        loose.add(pointer);
      }
      JsonNode example = form.path("examples").path(0);
      var validator =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(form);
      for (String bad :
          List.of(
              "\n", "\r", "\0", "\u0085", "\u2028", "'", "\"", "`", "$", ";", "&", "|", "<", ">",
              "\\", "(", "{", "#", "*", "!", "é", "\t")) {
        String text = example.asText();
        for (String broken : List.of(text + bad, bad + text, text + bad + text)) {
          var value = TextNode.valueOf(broken);
          if (validator.validate(value).isEmpty()) {
            loose.add(pointer + " takes " + broken);
          }
        }
      }
    });
    assertThat(loose).isEmpty();
  }

  /** The longest value that YamlText lets through must not exhaust the stack of a pattern. */
  @Test
  void longTextIsJudgedToo() {
    List<String> parts = List.of("a", "1", "a.", "a-", "1.", "%41", "/a", "/", ":", "a/", "=", "@");
    forms((pointer, form) -> {
      String pattern = form.path("pattern").asText("");
      String start = form.path("examples").path(0).asText("");
      for (String part : parts) {
        String text = start + part.repeat(4_096 / part.length());
        assertThat(Pattern.compile(pattern).matcher(text + "!").matches()).as(pointer).isFalse();
      }
    });
  }

  @Test
  void namesOfNodesAreThoseOfTheModel() {
    assertThat(SiteSchema.at("/$defs/nodeName/pattern").asText())
        .isEqualTo("^" + NodeName.PATTERN + "$");
  }

  @Test
  void isPublishedAsItIsUsed() throws IOException {
    assertThat(SiteSchema.text())
        .isEqualTo(
            Files.readString(
                Path.of("src/main/resources/org/barestack/site/site.schema.json"), UTF_8));
  }

  /** Walks all subschemas. */
  private static void forms(BiConsumer<String, JsonNode> visit) {
    forms("", SiteSchema.root(), visit);
  }

  private static void forms(String pointer, JsonNode form, BiConsumer<String, JsonNode> visit) {
    visit.accept(pointer, form);
    for (String group : List.of("properties", "$defs")) {
      form.path(group)
          .properties()
          .forEach(child ->
              forms(pointer + "/" + group + "/" + child.getKey(), child.getValue(), visit));
    }
    for (String one : List.of("items", "additionalProperties", "propertyNames")) {
      if (form.path(one).isObject()) {
        forms(pointer + "/" + one, form.get(one), visit);
      }
    }
  }
}
