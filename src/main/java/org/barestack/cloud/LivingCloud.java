package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is there, read by list calls, each once. Whoever changes the cloud does it by {@link
 * #change}, or says so by {@link #forget}.
 */
final class LivingCloud {
  private final CloudApi api;
  private final Map<Call, List<JsonNode>> known = new ConcurrentHashMap<>();

  LivingCloud(CloudApi api) {
    this.api = api;
  }

  /** All that a list call finds. Many compare names loosely: filter by what you mean exactly. */
  List<JsonNode> list(Call call) {
    List<JsonNode> found = known.get(call);
    if (found == null) {
      found = read(call);
      known.put(call, found);
    }
    return found;
  }

  /** The one of exactly that name. */
  Optional<JsonNode> named(Call call, String name) {
    return list(call).stream().filter(one -> text(one, "name").equals(name)).findFirst();
  }

  /** Makes a call that changes something; all that was read before is read anew. */
  JsonNode change(Call call) {
    try {
      return api.call(call);
    } finally {
      forget();
    }
  }

  /** All is read anew. */
  void forget() {
    known.clear();
  }

  /** A field as text; empty if there is none. Of a list its first entry. */
  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isArray() ? value.path(0).asText("") : value.asText("");
  }

  private List<JsonNode> read(Call call) {
    // listZones answers with an array called zone; of all that we ask, one does otherwise.
    String plural = call.command().substring("list".length()).toLowerCase(Locale.ROOT);
    String element = plural.equals("asyncjobs") ? plural : plural.substring(0, plural.length() - 1);
    return CloudLists.list(api, call, element);
  }
}
