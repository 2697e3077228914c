package org.barestack.serve.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A line of the route table.
 *
 * @param pattern segments; {@code {}} stands for any one, {@code **} at the end for one or more
 * @param upload whether a POST brings octets that the action reads, not a form
 */
record Route(List<String> pattern, Set<String> methods, boolean upload, Action action) {
  /** What is done for a request; runs on a virtual thread, so it may block. */
  interface Action {
    Reply answer(Request request) throws BadRequest, IOException;
  }

  static Route of(String pattern, Set<String> methods, Action action) {
    return new Route(List.of(pattern.substring(1).split("/", -1)), methods, false, action);
  }

  static Route upload(String pattern, Action action) {
    return new Route(List.of(pattern.substring(1).split("/", -1)), Set.of("POST"), true, action);
  }

  /** What the pattern's place-holders stand for; empty if the path is another one. */
  Optional<List<String>> match(List<String> path) {
    boolean open = pattern.getLast().equals("**");
    int fixed = open ? pattern.size() - 1 : pattern.size();
    if (open ? path.size() <= fixed : path.size() != fixed) {
      return Optional.empty();
    }
    List<String> captured = new ArrayList<>();
    for (int i = 0; i < fixed; i++) {
      if (pattern.get(i).equals("{}")) {
        captured.add(path.get(i));
      } else if (!pattern.get(i).equals(path.get(i))) {
        return Optional.empty();
      }
    }
    captured.addAll(path.subList(fixed, path.size()));
    return Optional.of(captured);
  }
}
