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

/** A file for {@code /etc/dnsmasq.d}. */
final class Dnsmasq {
  private Dnsmasq() {}

  static String text(Content content) {
    List<String> lines = new ArrayList<>();
    content.comment().forEach(line -> lines.add("# " + line));
    lines.add("#");
    lines.add("# Save it as /etc/dnsmasq.d/barestack.conf; dnsmasq --test; restart dnsmasq.");
    if (!content.rules().isEmpty()) {
      lines.add("");
      if (content.special() != null) {
        content
            .special()
            .macs()
            .forEach(
                mac -> lines.add("dhcp-mac=set:%s,%s".formatted(content.special().name(), mac)));
      }
      content.rules().forEach(rule -> recognise(rule, lines));
      lines.add("");
      content.rules().forEach(rule -> answer(rule, tags(rule, content.special()), lines));
    }
    if (!content.reservations().isEmpty()) {
      lines.add("");
      nodes(content, lines);
    }
    return String.join("\n", lines) + "\n";
  }

  private static void recognise(Rule rule, List<String> lines) {
    if (rule.architectures().isEmpty()) {
      lines.add("dhcp-userclass=set:%s,iPXE".formatted(rule.name()));
    }
    rule.architectures()
        .forEach(number ->
            lines.add("dhcp-match=set:%s,option:client-arch,%d".formatted(rule.name(), number)));
  }

  private static String tags(Rule rule, @Nullable Special special) {
    String tags =
        rule.architectures().isEmpty() ? "tag:" + rule.name() : "tag:!ipxe,tag:" + rule.name();
    return special == null || rule.machines() == Machines.ALL
        ? tags
        : tags + (rule.machines() == Machines.SPECIAL ? ",tag:" : ",tag:!") + special.name();
  }

  private static void answer(Rule rule, String tags, List<String> lines) {
    if (!rule.vendorClass().isEmpty()) {
      lines.add("dhcp-option-force=%s,60,%s".formatted(tags, rule.vendorClass()));
    }
    lines.add(
        "dhcp-boot=%s,%s%s"
            .formatted(tags, rule.file(), rule.server() == null ? "" : ",," + rule.server()));
  }

  private static void nodes(Content content, List<String> lines) {
    lines.add(
        "# The nodes have their own addresses. A dhcp-range for other machines is yours to give.");
    lines.add(
        "dhcp-range=%s,static,%s,1h"
            .formatted(content.subnet().network(), content.subnet().netmask()));
    if (content.router() != null) {
      lines.add("dhcp-option=tag:barestack,option:router," + content.router());
    }
    lines.add(
        content.dns().stream()
            .map(Ipv4::toString)
            .collect(Collectors.joining(",", "dhcp-option=tag:barestack,option:dns-server,", "")));
    lines.add("dhcp-option=tag:barestack,option:domain-name," + content.domain());
    for (Reservation node : content.reservations()) {
      lines.add(
          "dhcp-host=%s,set:barestack,%s,%s".formatted(node.mac(), node.address(), node.name()));
    }
  }
}
