package org.barestack.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.barestack.site.Value.Kind;
import org.barestack.site.Value.Mapping;
import org.barestack.site.Value.Scalar;
import org.barestack.site.Value.Sequence;
import org.barestack.site.Value.Unread;

/**
 * Holds a document to the schema, in words. Titles of the schema are noun phrases for that: "'x' is
 * not {title}; write it like {first example}".
 */
final class SchemaCheck {
  private static final String NO_SECRETS =
      "secrets are never in site.yaml: keep them in secrets.age (barestack secrets)";
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(pass(wd|word|phrase)?$|secret|token|psk|private_?key|api_?key).*");
  private static final Pattern IPV6 =
      Pattern.compile("[^/]*(//\\[)?[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,}.*");

  private final Reading reading;
  private final Set<Place> bad = new HashSet<>();

  SchemaCheck(Reading reading) {
    this.reading = reading;
  }

  /**
   * Reports what breaks the schema.
   *
   * @return the document with the schema's defaults, and with {@link Unread} for what is bad
   */
  Value check(Value root) {
    SiteSchema.validator().validate(root.json()).forEach(error -> report(root, error));
    return complete(root, SiteSchema.root());
  }

  private Value complete(Value value, JsonNode schema) {
    if (bad.contains(value.place())) {
      return new Unread(value.place());
    }
    JsonNode form = SiteSchema.resolve(schema);
    return switch (value) {
      case Mapping(Place place, Map<String, Value> entries) -> {
        Map<String, Value> completed = new LinkedHashMap<>();
        entries.forEach((key, entry) -> completed.put(key, complete(entry, below(form, key))));
        form.path("properties")
            .properties()
            .forEach(property -> {
              JsonNode standard = property.getValue().path("default");
              if (!standard.isMissingNode() && !entries.containsKey(property.getKey())) {
                Value added = Value.of(standard, place.child(property.getKey()));
                completed.put(property.getKey(), complete(added, property.getValue()));
              }
            });
        yield new Mapping(place, completed);
      }
      case Sequence(Place place, List<Value> items) ->
          new Sequence(
              place, items.stream().map(item -> complete(item, form.path("items"))).toList());
      default -> value;
    };
  }

  private static JsonNode below(JsonNode form, String key) {
    JsonNode property = form.path("properties").path(key);
    return property.isMissingNode() ? form.path("additionalProperties") : property;
  }

  private void report(Value root, Error error) {
    Value value = find(root, error.getInstanceLocation());
    String pointer = error.getSchemaLocation().getFragment().toString();
    JsonNode form = SiteSchema.at(pointer.substring(0, pointer.lastIndexOf('/')));
    switch (error.getKeyword()) {
      case "additionalProperties" -> unknown(value, error.getProperty(), form);
      case "propertyNames" -> {
        Value entry = value.at(error.getProperty());
        wrong(
            entry,
            Wording.quote(error.getProperty()) + " is not " + title(form.path("propertyNames")),
            example(form.path("propertyNames")));
      }
      case "required" -> missing(value, error.getProperty(), form);
      case "type" -> type(value, form);
      case "pattern" -> pattern((Scalar) value, form);
      case "enum" -> choice(value, form);
      case "minimum", "maximum" ->
          wrong(
              value,
              reading.text(value) + " is not " + title(form),
              "give a number from " + form.get("minimum") + " to " + form.get("maximum"));
      case "minItems", "minProperties" ->
          wrong(value, "too few entries", "give at least " + form.get(error.getKeyword()));
      case "maxItems", "maxProperties" ->
          wrong(value, "too many entries", "give at most " + form.get(error.getKeyword()));
      case "uniqueItems" -> wrong(value, "an entry stands there twice", "remove one of them");
      default -> wrong(value, error.getMessage(), "see barestack schema");
    }
  }

  private void wrong(Value value, String message, String remedy) {
    bad.add(value.place());
    reading.error(value, message, remedy);
  }

  private static Value find(Value root, NodePath path) {
    Value value = root;
    for (int i = 0; i < path.getNameCount(); i++) {
      value =
          value instanceof Sequence sequence
              ? sequence.items().get((Integer) path.getElement(i))
              : value.at(path.getName(i));
    }
    return value;
  }

  private void unknown(Value parent, String key, JsonNode form) {
    Value value = parent.at(key);
    List<String> known = names(form.path("properties"));
    if (key.equals("<<")) {
      wrong(value, "merge keys are not read", "use a profile");
    } else if (key.toLowerCase(Locale.ROOT).contains("ipv6")) {
      wrong(value, "IPv6 is not built yet", "remove it");
    } else if (SECRET.matcher(key).matches()) {
      wrong(value, "a secret", NO_SECRETS);
    } else {
      wrong(value, "unknown key", Wording.suggestion(key, known));
    }
  }

  private void missing(Value parent, String key, JsonNode form) {
    JsonNode wanted = SiteSchema.resolve(form.path("properties").path(key));
    String example =
        wanted.has("examples") ? ", like " + wanted.get("examples").get(0).asText() : "";
    reading.error(parent.place().child(key), "missing", "give " + title(wanted) + example);
  }

  private void type(Value value, JsonNode form) {
    switch (value) {
      case Scalar(Place _, Kind kind, String text)
          when kind != Kind.NULL && kind != Kind.TEXT && form.path("pattern").isTextual() -> {
        if (Pattern.matches(form.get("pattern").asText(), text)) {
          String noun = kind == Kind.NUMBER ? "a number" : "a truth value";
          wrong(
              value, text + " without quotes is " + noun + " to YAML", "quote it: \"" + text + '"');
        } else {
          wrong(value, Wording.quote(text) + " is not " + title(form), example(form));
        }
      }
      case Scalar scalar when value.isNothing() -> wrong(scalar, "empty", "give " + title(form));
      case Scalar(Place _, Kind _, String text) ->
          wrong(value, Wording.quote(text) + " is not " + title(form), example(form));
      case Mapping _ -> wrong(value, "a mapping is not " + title(form), example(form));
      case Sequence _ -> wrong(value, "a list is not " + title(form), example(form));
      case Unread _ -> {}
    }
  }

  private void pattern(Scalar value, JsonNode form) {
    String text = value.text();
    String title = title(form);
    if (text.matches("(?s).*(PRIVATE KEY|AGE-SECRET-KEY).*")) {
      wrong(value, "a private key", NO_SECRETS);
    } else if (text.matches("[a-z]+://[^/]*@.*")) {
      wrong(value, "a URL with a user or password", NO_SECRETS);
    } else if (title.matches(".*(IPv4|URL).*") && IPV6.matcher(text).matches()) {
      wrong(
          value, Wording.quote(text) + " is IPv6, which is not built yet", "give an IPv4 address");
    } else {
      wrong(value, Wording.quote(text) + " is not " + title, example(form));
    }
  }

  private void choice(Value value, JsonNode form) {
    List<String> choices = texts(form.path("enum"));
    String text = value instanceof Scalar scalar ? Wording.quote(scalar.text()) : "this";
    wrong(
        value,
        text + " is not one of " + String.join(", ", choices),
        value instanceof Scalar scalar
            ? Wording.suggestion(scalar.text(), choices, "choose one of them")
            : "choose one of them");
  }

  /** What the schema asks for, as a noun phrase. */
  private static String title(JsonNode schema) {
    JsonNode form = SiteSchema.resolve(schema);
    if (form.has("title")) {
      return form.get("title").asText();
    }
    if (form.has("items")) {
      return "a list of entries, each " + title(form.get("items"));
    }
    return form.has("propertyNames")
        ? "a mapping whose keys are each " + title(form.get("propertyNames"))
        : "a mapping with " + String.join(", ", names(form.path("properties")));
  }

  private static String example(JsonNode schema) {
    JsonNode form = SiteSchema.resolve(schema);
    if (form.has("examples")) {
      return "write it like " + form.get("examples").get(0).asText();
    }
    return form.has("items") ? "write it as [first, second]" : "write it as {key: value}";
  }

  private static List<String> names(JsonNode properties) {
    return properties.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .toList();
  }
}
