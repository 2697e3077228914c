package org.barestack.kickstart;

import java.util.Arrays;
import java.util.Optional;
import org.barestack.kickstart.Command.Condition;
import org.barestack.kickstart.Command.Problem;

/** What must hold of the command {@code network}. */
final class Networks {
  private Networks() {}

  static final Condition BRIDGE_OPTIONS =
      Conditions.value(
          "--bridgeopts",
          options ->
              Arrays.stream(options.split(",", -1))
                  .allMatch(option -> option.matches("(?s)[^=]*=[^=]+")),
          "takes key=value, with commas between them",
          "write --bridgeopts=stp=no,priority=100");

  static final Condition BIND_TO_MAC =
      line ->
          line.says("--bindto") && line.says("--vlanid") && !line.says("--bondopts")
              ? Optional.of(
                  new Problem(
                      Rule.CONFLICTING_OPTIONS,
                      line.at("--bindto"),
                      "a VLAN cannot be bound to a MAC address",
                      "leave out --bindto=mac"))
              : Optional.empty();
}
