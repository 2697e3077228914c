package org.barestack.wire.dhcp;

import java.util.Map;
import java.util.stream.Collectors;
import org.barestack.model.Ipv4;

/** A packet as lines that a person can check: the fields that are not empty, then the options. */
final class PacketText {
  private PacketText() {}

  static String of(DhcpPacket packet) {
    StringBuilder out = new StringBuilder();
    out.append(packet.reply() ? "op reply" : "op request");
    out.append(" htype %d hops %d".formatted(packet.htype(), packet.hops()));
    out.append(" xid %08x secs %d".formatted(packet.xid(), packet.secs()));
    out.append(" flags %04x\n".formatted(packet.flags()));
    address(out, "ciaddr", packet.ciaddr());
    address(out, "yiaddr", packet.yiaddr());
    address(out, "siaddr", packet.siaddr());
    address(out, "giaddr", packet.giaddr());
    out.append("chaddr ").append(packet.chaddr()).append('\n');
    line(out, "sname", packet.sname());
    line(out, "file", packet.file());
    packet.options().values().forEach((code, value) -> out.append(option(packet, code, value)));
    packet.uuid().ifPresent(uuid -> line(out, "uuid", uuid.toString()));
    return out.toString();
  }

  private static String option(DhcpPacket packet, int code, Octets value) {
    String text =
        switch (code) {
          case OptionCode.MESSAGE_TYPE -> packet.messageType().orElseThrow().toString();
          case OptionCode.SUBNET_MASK,
              OptionCode.BROADCAST,
              OptionCode.REQUESTED_ADDRESS,
              OptionCode.SERVER_ID ->
              packet.address(code).orElseThrow().toString();
          case OptionCode.ROUTER, OptionCode.DNS, OptionCode.NTP ->
              packet.addresses(code).toString();
          case OptionCode.LEASE_TIME, OptionCode.RENEWAL_TIME, OptionCode.REBINDING_TIME ->
              packet.seconds(code).orElseThrow() + " s";
          case OptionCode.HOST_NAME,
              OptionCode.DOMAIN,
              OptionCode.MESSAGE,
              OptionCode.VENDOR_CLASS,
              OptionCode.TFTP_SERVER,
              OptionCode.BOOT_FILE ->
              "'" + value.printable() + "'";
          case OptionCode.USER_CLASS -> packet.userClasses().toString();
          case OptionCode.ARCHITECTURES -> packet.architectures().toString();
          case OptionCode.VENDOR_SPECIFIC, OptionCode.IPXE -> inside(value);
          default -> value.toString();
        };
    return "option %d %s\n".formatted(code, text);
  }

  private static String inside(Octets value) {
    return value
        .options()
        .map(options ->
            options.values().entrySet().stream()
                .map(PacketText::inner)
                .collect(Collectors.joining(" ", "{", "}")))
        .orElse(value.toString());
  }

  private static String inner(Map.Entry<Integer, Octets> option) {
    return option.getKey() + "=" + option.getValue();
  }

  private static void address(StringBuilder out, String name, Ipv4 address) {
    if (!address.equals(Ipv4.ANY)) {
      line(out, name, address.toString());
    }
  }

  private static void line(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(name).append(' ').append(value).append('\n');
    }
  }
}
