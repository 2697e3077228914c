package org.barestack.testing.cloudstack;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which code carries out which command. */
final class Commands {
  /** Carries out a command; called by one thread at a time. */
  @FunctionalInterface
  interface Handler {
    Answer handle(Request request);
  }

  private final Map<String, Handler> handlers = new TreeMap<>();

  void put(String command, Handler handler) {
    if (handlers.put(command, handler) != null) {
      throw new IllegalStateException("twice: " + command);
    }
  }

  /** A list command whose names match by substring. */
  void list(String command, Kind kind) {
    put(command, request -> Listing.of(request, kind.word, request.state().all(kind), false));
  }

  @Nullable Handler get(String command) {
    return handlers.get(command);
  }
}
