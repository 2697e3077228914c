package org.barestack.snippet;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.barestack.model.Ipv4;
import org.barestack.snippet.DhcpSnippet.Content;
import org.barestack.snippet.DhcpSnippet.Machines;
import org.barestack.snippet.DhcpSnippet.Reservation;
import org.barestack.snippet.DhcpSnippet.Rule;
import org.barestack.snippet.DhcpSnippet.Special;
import org.jspecify.annotations.Nullable;

/** A file to include in {@code dhcpd.conf}. */
final class Isc {
  private Isc() {}

  static String text(Content content) {
    List<String> lines = new ArrayList<>();
    content.comment().forEach(line -> lines.add("# " + line));
    lines.add("#");
    lines.add(
        "# Include it in dhcpd.conf, in place of your own subnet statement for that network;");
    lines.add("# dhcpd -t; restart dhcpd. Its range for other machines is yours to add.");
    lines.add("");
    if (!content.rules().isEmpty()) {
      lines.add("option barestack-arch code 93 = unsigned integer 16;");
      lines.add("");
    }
    lines.add(
        "subnet %s netmask %s {".formatted(content.subnet().network(), content.subnet().netmask()));
    if (content.router() != null) {
      lines.add("  option routers %s;".formatted(content.router()));
    }
    lines.add(
        content.dns().stream()
            .map(Ipv4::toString)
            .collect(Collectors.joining(", ", "  option domain-name-servers ", ";")));
    lines.add("  option domain-name \"%s\";".formatted(content.domain()));
    String word = "if";
    for (Rule rule : content.rules()) {
      rule(rule, test(rule, content.special()), word, lines);
      word = "elsif";
    }
    lines.add("}");
    if (!content.reservations().isEmpty()) {
      lines.add("");
      content.reservations().forEach(node -> lines.add(host(node)));
    }
    return String.join("\n", lines) + "\n";
  }

  private static String test(Rule rule, @Nullable Special special) {
    String test =
        rule.architectures().isEmpty()
            ? "option user-class = \"iPXE\""
            : rule.architectures().stream()
                .map("substring(option barestack-arch, 0, 2) = 00:%02x"::formatted)
                .collect(Collectors.joining(" or "));
    if (special == null || rule.machines() != Machines.SPECIAL) {
      return test; // what is for the others comes later
    }
    // dhcpd ends a condition that begins with a bracket where that bracket ends
    return special.macs().stream()
        .map("hardware = 1:%s"::formatted)
        .collect(Collectors.joining(" or ", "((" + test + ") and (", "))"));
  }

  private static void rule(Rule rule, String test, String word, List<String> lines) {
    lines.add("  %s %s {  # %s".formatted(word, test, rule.name()));
    if (!rule.vendorClass().isEmpty()) {
      lines.add("    option vendor-class-identifier \"%s\";".formatted(rule.vendorClass()));
    }
    if (rule.server() != null) {
      lines.add("    next-server %s;".formatted(rule.server()));
    }
    if (!rule.file().isEmpty()) {
      lines.add("    filename \"%s\";".formatted(rule.file()));
    }
    lines.add("  }");
  }

  private static String host(Reservation node) {
    return "host %s { hardware ethernet %s; fixed-address %s; option host-name \"%s\"; }"
        .formatted(node.name(), node.mac(), node.address(), node.name());
  }
}
