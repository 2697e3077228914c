package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The list commands. Names match by substring, without regard to case, wherever it is not known
 * that CloudStack wants them whole: clients have to compare them by themselves.
 */
final class Listing {
  private static final int DEFAULT_PAGE = 500;

  /** Parameters that choose nothing here. */
  private static final Set<String> NO_FILTER =
      Set.of(
          "page",
          "pagesize",
          "keyword",
          "listall",
          "isrecursive",
          "details",
          "showcapacities",
          "showicon",
          "showunique",
          "showremoved",
          "templatefilter",
          "networkfilter",
          "peers",
          "accountid",
          "domainid",
          "projectid",
          "available",
          "account");

  private static final Map<String, String> FIELDS =
      Map.of("hypervisor", "hypervisortype", "status", "state", "provider", "providername");

  private Listing() {}

  /** Those of the things that the call asks for. */
  static Answer of(Request request, String word, List<Thing> things, boolean wholeNames) {
    return of(request, word, things, wholeNames, thing -> thing.shown);
  }

  static Answer of(
      Request request,
      String word,
      List<Thing> things,
      boolean wholeNames,
      Function<Thing, ObjectNode> shown) {
    List<ObjectNode> chosen =
        things.stream()
            .filter(thing -> asked(request, thing, wholeNames))
            .map(thing -> shown.apply(thing).deepCopy())
            .toList();
    return page(request, word, chosen);
  }

  /** The page that the call asks for; without it, as many as a page has at most. */
  static Answer page(Request request, String word, List<ObjectNode> all) {
    boolean paged = request.has("page");
    if (paged != request.has("pagesize")) {
      throw Refusal.form(
          paged
              ? "\"pagesize\" parameter is required when \"page\" is specified"
              : "\"page\" parameter is required when \"pagesize\" is specified");
    }
    int size = paged ? Integer.parseInt(request.need("pagesize")) : DEFAULT_PAGE;
    if (size > DEFAULT_PAGE) {
      throw Refusal.parameter(
          "Page size can't exceed max allowed page size value: " + DEFAULT_PAGE);
    }
    int first = paged ? (Math.max(1, Integer.parseInt(request.need("page"))) - 1) * size : 0;
    ObjectNode body = Shapes.empty();
    if (!all.isEmpty()) {
      body.put("count", all.size());
    }
    if (first < all.size()) {
      ArrayNode list = body.putArray(word);
      all.subList(first, Math.min(all.size(), first + size)).forEach(list::add);
    }
    return new Answer.Now(body);
  }

  private static boolean asked(Request request, Thing thing, boolean wholeNames) {
    String keyword = request.get("keyword");
    if (keyword != null && !thing.nameHas(keyword)) {
      return false;
    }
    for (Map.Entry<String, String> parameter : request.call().parameters().entrySet()) {
      String name = parameter.getKey();
      String value = parameter.getValue();
      if (NO_FILTER.contains(name)) {
        continue;
      }
      boolean matches =
          switch (name) {
            case "name" -> wholeNames ? thing.matches(name, value) : thing.nameHas(value);
            case "ids" -> List.of(value.split(",", -1)).contains(thing.id);
            default -> thing.matches(field(thing, name), value);
          };
      if (!matches) {
        return false;
      }
    }
    return true;
  }

  private static String field(Thing thing, String parameter) {
    return thing.shown.has(parameter) ? parameter : FIELDS.getOrDefault(parameter, parameter);
  }
}
