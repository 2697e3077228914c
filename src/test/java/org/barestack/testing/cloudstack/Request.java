package org.barestack.testing.cloudstack;

import java.util.function.LongFunction;
import org.barestack.cloud.Call;
import org.jspecify.annotations.Nullable;

/** A call with the things that it names. */
record Request(Call call, State state) {
  @Nullable String get(String name) {
    return call.parameters().get(name);
  }

  String get(String name, String other) {
    return call.parameters().getOrDefault(name, other);
  }

  boolean has(String name) {
    return call.parameters().containsKey(name);
  }

  String need(String name) {
    String value = get(name);
    if (value == null) {
      throw Refusal.form(
          "Unable to execute API command "
              + call.command().toLowerCase(java.util.Locale.ROOT)
              + " due to missing parameter "
              + name);
    }
    return value;
  }

  boolean flag(String name) {
    return "true".equalsIgnoreCase(get(name));
  }

  /** A thing that a parameter names and that is or was there. */
  Thing known(Kind kind, String name) {
    String id = need(name);
    Thing thing = state.known(id);
    if (thing == null || thing.kind != kind) {
      throw Refusal.invalid(call.command(), name, id);
    }
    return thing;
  }

  /** A thing that a parameter names and that is there. */
  Thing thing(Kind kind, String name) {
    Thing thing = known(kind, name);
    if (thing.removed) {
      throw Refusal.invalid(call.command(), name, thing.id);
    }
    return thing;
  }

  /**
   * The thing that is to be changed or removed.
   *
   * @param gone what CloudStack says if its row is marked as removed
   */
  Thing target(Kind kind, LongFunction<String> gone) {
    Thing thing = known(kind, "id");
    if (thing.removed) {
      throw Refusal.parameter(gone.apply(thing.number));
    }
    return thing;
  }
}
