package org.barestack.snippet;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.Ipv4;
import org.barestack.snippet.DhcpSnippet.Content;
import org.barestack.snippet.DhcpSnippet.Machines;
import org.barestack.snippet.DhcpSnippet.Reservation;
import org.barestack.snippet.DhcpSnippet.Rule;
import org.barestack.snippet.DhcpSnippet.Special;
import org.jspecify.annotations.Nullable;

/** A {@code kea-dhcp4.conf}, JSON with comments. */
final class Kea {
  private Kea() {}

  static String text(Content content) {
    String comment =
        content.comment().stream().map(line -> "// " + line + "\n").collect(Collectors.joining());
    return comment
        + """
        //
        // A whole kea-dhcp4.conf, or parts for yours; kea-dhcp4 -t FILE; restart it. Pools for other
        // machines are yours to add.
        {
          "Dhcp4": {
            "interfaces-config": { "interfaces": [ "%s" ] },%s
            "subnet4": [
              {
                "id": 1,
                "subnet": "%s",%s%s
              }
            ]
          }
        }
        """
            .formatted(
                content.listenOn() == null ? "*" : content.listenOn(),
                list(4, "client-classes", clientClasses(content), ","),
                content.subnet(),
                list(8, "reservations", content.reservations().stream().map(Kea::reservation), ","),
                list(8, "option-data", network(content), ""));
  }

  /** A field, or nothing: Kea takes no empty list. */
  private static String list(int indent, String name, Stream<String> items, String end) {
    String line = "\n" + " ".repeat(indent);
    String text = items.collect(Collectors.joining("," + line + "  "));
    return text.isEmpty()
        ? ""
        : "%s\"%s\": [%s  %s%s]%s".formatted(line, name, line, text, line, end);
  }

  private static Stream<String> clientClasses(Content content) {
    Special special = content.special();
    Stream<String> rules = content.rules().stream().map(rule -> clientClass(rule, special));
    return special == null || content.rules().isEmpty()
        ? rules
        : Stream.concat(
            Stream.of(
                special.macs().stream()
                    .map(mac -> "pkt4.mac == 0x" + mac.text().replace(":", ""))
                    .collect(
                        Collectors.joining(
                            " or ",
                            "{ \"name\": \"%s\", \"test\": \"".formatted(special.name()),
                            "\" }"))),
            rules);
  }

  private static String clientClass(Rule rule, @Nullable Special special) {
    List<String> fields = new ArrayList<>();
    fields.add("\"name\": \"%s\", \"test\": \"%s\"".formatted(rule.name(), test(rule, special)));
    if (rule.server() != null) {
      fields.add("\"next-server\": \"%s\"".formatted(rule.server()));
    }
    if (!rule.file().isEmpty()) {
      fields.add("\"boot-file-name\": \"%s\"".formatted(rule.file()));
    }
    if (!rule.vendorClass().isEmpty()) {
      fields.add(
          "\"option-data\": [ { \"name\": \"vendor-class-identifier\", \"data\": \"%s\", \"always-send\": true } ]"
              .formatted(rule.vendorClass()));
    }
    return String.join(",\n        ", fields).transform(text -> "{ " + text + " }");
  }

  private static String test(Rule rule, @Nullable Special special) {
    return special == null || rule.machines() == Machines.ALL
        ? test(rule)
        : test(rule)
            + (rule.machines() == Machines.SPECIAL ? " and member('" : " and not member('")
            + special.name()
            + "')";
  }

  private static String test(Rule rule) {
    return rule.architectures().isEmpty()
        ? "substring(option[77].hex, 0, 4) == 'iPXE'"
        : rule.architectures().stream()
            .map("substring(option[93].hex, 0, 2) == 0x%04x"::formatted)
            .collect(Collectors.joining(" or ", "not member('ipxe') and (", ")"));
  }

  private static Stream<String> network(Content content) {
    List<String> options = new ArrayList<>();
    if (content.router() != null) {
      options.add(option("routers", content.router().toString()));
    }
    options.add(
        option(
            "domain-name-servers",
            content.dns().stream().map(Ipv4::toString).collect(Collectors.joining(", "))));
    options.add(option("domain-name", content.domain()));
    return options.stream();
  }

  private static String option(String name, String data) {
    return "{ \"name\": \"%s\", \"data\": \"%s\" }".formatted(name, data);
  }

  private static String reservation(Reservation node) {
    return "{ \"hw-address\": \"%s\", \"ip-address\": \"%s\", \"hostname\": \"%s\" }"
        .formatted(node.mac(), node.address(), node.name());
  }
}
