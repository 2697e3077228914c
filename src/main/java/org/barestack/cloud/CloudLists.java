package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.barestack.cloud.CloudException.Fault;

/** Lists of CloudStack's, whole. */
public final class CloudLists {
  /** CloudStack refuses more, unless its setting default.page.size allows it. */
  static final int PAGE = 500;

  private static final int MOST_PAGES = 1000;

  private CloudLists() {}

  /**
   * All elements, in CloudStack's order, each once.
   *
   * @param call a list command without a page
   * @param element the name of the array in the answer; an empty list has none
   */
  public static List<JsonNode> list(CloudApi api, Call call, String element) {
    Call paged = call.with("pagesize", String.valueOf(PAGE));
    List<JsonNode> all = new ArrayList<>();
    Set<JsonNode> seen = new HashSet<>();
    for (int page = 1; page <= MOST_PAGES; page++) {
      JsonNode answer = api.call(paged.with("page", String.valueOf(page)));
      JsonNode elements = answer.path(element);
      if (!elements.isMissingNode() && !elements.isArray()) {
        throw new CloudException(new Fault.Unexpected(call, "'" + element + "' is no array"));
      }
      int before = all.size();
      for (JsonNode each : elements) {
        // what moves from page to page while we read comes twice
        if (seen.add(each.has("id") ? each.path("id") : each)) {
          all.add(each);
        }
      }
      // Some lists are not paged, and give all of it each time.
      if (elements.size() != PAGE || all.size() == before) {
        return List.copyOf(all);
      }
    }
    throw new CloudException(new Fault.Unexpected(call, "a list without an end"));
  }

  /**
   * Those with just that name: CloudStack's own filter also finds it inside of other names.
   *
   * @param call with a filter by name or without
   */
  public static List<JsonNode> named(CloudApi api, Call call, String element, String name) {
    return list(api, call, element).stream()
        .filter(each -> each.path("name").asText().equals(name))
        .toList();
  }
}
