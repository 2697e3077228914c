package org.barestack.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.jspecify.annotations.Nullable;

/** What a node consists of, and what a change of each means beside the artefacts. */
final class NodeFields {
  /**
   * One component of {@link Node}.
   *
   * @param component its name there
   * @param key in the site file
   * @param meaning of a change, for people
   */
  record Field(
      String component,
      String key,
      Function<Node, @Nullable Object> value,
      BiFunction<Node, Node, String> meaning) {}

  static final List<Field> ALL =
      List.of(
          new Field("name", "name", Node::name, NodeFields::rendered),
          new Field("role", "role", Node::role, NodeFields::role),
          new Field("address", "address", Node::address, NodeFields::address),
          new Field("nics", "nics", Node::nics, NodeFields::nics),
          new Field("links", "links", Node::links, NodeFields::rendered),
          new Field("bridges", "bridges", Node::bridges, NodeFields::rendered),
          new Field("carries", "carries", Node::carries, NodeFields::cloud),
          new Field("os", "disks.os", Node::os, NodeFields::disks),
          new Field("firmware", "firmware", Node::firmware, NodeFields::rendered),
          new Field("localBoot", "local_boot", Node::localBoot, NodeFields::rendered),
          new Field("bootOrder", "boot_order", Node::bootOrder, NodeFields::rendered),
          new Field("kernelArgs", "kernel_args", Node::kernelArgs, NodeFields::rendered),
          new Field("packages", "packages", Node::packages, NodeFields::rendered),
          new Field("scripts", "scripts", Node::scripts, NodeFields::rendered),
          new Field("bmc", "bmc", Node::bmc, NodeFields::nothing));

  private NodeFields() {}

  static List<FieldChange> changes(Node before, Node after) {
    List<FieldChange> changes = new ArrayList<>();
    for (Field field : ALL) {
      Object old = field.value().apply(before);
      Object now = field.value().apply(after);
      if (!same(old, now)) {
        changes.add(
            new FieldChange(
                field.key(),
                Values.text(old),
                Values.text(now),
                field.meaning().apply(before, after)));
      }
    }
    return changes;
  }

  /** Maps of a node have an order that counts: the first interface boots. */
  private static boolean same(@Nullable Object one, @Nullable Object other) {
    return one == null
        ? other == null
        : one.equals(other) && String.valueOf(one).equals(String.valueOf(other));
  }

  /** All that is to be known is in the artefacts. */
  private static String rendered(Node before, Node after) {
    return "";
  }

  private static String cloud(Node before, Node after) {
    return Reach.CLOUD.words();
  }

  private static String nothing(Node before, Node after) {
    return Reach.NOTHING.words();
  }

  private static String role(Node before, Node after) {
    return "another machine comes of it when it is reinstalled"
        + (before.role().equals(Role.KVM_WORKER)
            ? "; take it out of CloudStack while the site still says "
                + before.role()
                + ": barestack teardown "
                + before.name()
            : "");
  }

  private static String address(Node before, Node after) {
    return "DHCP gives it the new one from now on, its system keeps the old one until it is"
        + " reinstalled"
        + (before.role().equals(Role.KVM_WORKER)
            ? "; CloudStack knows the host by the old one: barestack teardown "
                + before.name()
                + " while the site still has that"
            : before.role().equals(Role.MANAGEMENT)
                ? "; every other node and every host of CloudStack is told the new one"
                : "");
  }

  private static String nics(Node before, Node after) {
    return "serve knows the machine by the new ones from now on, and the old ones as unknown; its"
        + " system finds its interfaces by the old ones until it is reinstalled. If this is"
        + " another machine in its place, it installs only when told: barestack reinstall "
        + after.name();
  }

  private static String disks(Node before, Node after) {
    return "its next install claims the disk that the new rule means; what is on the old one stays"
        + " there, if that is another";
  }
}
