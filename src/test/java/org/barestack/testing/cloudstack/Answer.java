package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a command comes to. */
sealed interface Answer {
  /** The object inside of {@code <command>response}. */
  record Now(ObjectNode body) implements Answer {}

  /**
   * A job.
   *
   * @param created what is there as soon as the call is answered, of calls that make something
   * @param instance what the job is about
   * @param work done when the job ends; it may refuse
   */
  record Job(@Nullable Thing created, @Nullable Thing instance, Supplier<ObjectNode> work)
      implements Answer {}

  /** Shows one thing. */
  static ObjectNode of(String word, ObjectNode shown) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set(word, shown.deepCopy());
    return body;
  }

  static ObjectNode of(Thing thing) {
    return of(thing.kind.word, thing.shown);
  }

  static Answer now(Thing thing) {
    return new Now(of(thing));
  }

  static ObjectNode success() {
    return JsonNodeFactory.instance.objectNode().put("success", true);
  }

  /** Something made at once, the rest of which is done by a job. */
  static Answer making(Thing thing) {
    return new Job(thing, thing, () -> of(thing));
  }

  static Answer job(@Nullable Thing instance, Supplier<ObjectNode> work) {
    return new Job(null, instance, work);
  }
}
