package org.barestack.serve.dhcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.testing.Namespace;
import org.barestack.testing.Namespace.Program;
import org.barestack.wire.dhcp.DhcpPacket;
import org.barestack.wire.dhcp.Endpoint;
import org.barestack.wire.dhcp.MalformedPacketException;
import org.barestack.wire.dhcp.MessageType;
import org.barestack.wire.dhcp.Octets;
import org.barestack.wire.dhcp.OptionCode;

/**
 * Firmware at the wire, as a program of its own so that a namespace can hold it: sends a DISCOVER
 * that real firmware sent, takes the address, and goes on to port 4011 as EDK2 does when the answer
 * says PXEClient and names no file.
 */
final class PxeClient {
  private static final Path CAPTURES = Path.of("src/test/resources/org/barestack/wire/dhcp");
  private static final Endpoint SERVERS = new Endpoint(Ipv4.BROADCAST, 67);

  private PxeClient() {}

  /**
   * Starts it in a namespace.
   *
   * @param capture name of the DISCOVER
   * @param mac what it says it is
   * @param wanted the address it asks for; 0.0.0.0 for any
   */
  static Program start(Namespace where, String capture, String mac, String wanted) {
    return where.start(
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        PxeClient.class.getName(),
        capture,
        mac,
        wanted);
  }

  public static void main(String[] arguments) throws IOException, MalformedPacketException {
    List<String> lines = Files.readAllLines(CAPTURES.resolve(arguments[0] + ".hex"));
    byte[] octets = HexFormat.of().parseHex(String.join("", lines.subList(1, lines.size())));
    byte[] mac = new MacAddress(arguments[1]).octets();
    System.arraycopy(mac, 0, octets, 28, mac.length);
    octets[10] = (byte) 0x80; // all take broadcasts; here nobody can take unicast without address
    DhcpPacket discover = DhcpPacket.parse(octets);
    Ipv4 wanted = Ipv4.parse(arguments[2]);
    if (!wanted.equals(Ipv4.ANY)) {
      discover = discover.with(OptionCode.REQUESTED_ADDRESS, Octets.addresses(List.of(wanted)));
    }
    try (OneInterfaceSocket socket = OneInterfaceSocket.open("eth0", 68)) {
      DhcpPacket offer = ask(socket, discover, SERVERS, MessageType.OFFER);
      Ipv4 server = offer.address(OptionCode.SERVER_ID).orElseThrow();
      DhcpPacket request =
          discover
              .with(OptionCode.MESSAGE_TYPE, Octets.of((byte) 3))
              .with(OptionCode.SERVER_ID, Octets.addresses(List.of(server)))
              .with(OptionCode.REQUESTED_ADDRESS, Octets.addresses(List.of(offer.yiaddr())));
      DhcpPacket ack = ask(socket, request, SERVERS, MessageType.ACK);
      boolean pxe = "PXEClient".equals(ack.text(OptionCode.VENDOR_CLASS).orElse(""));
      if (pxe && ack.file().isEmpty() && !ack.options().has(OptionCode.BOOT_FILE)) {
        Namespace.run("ip", "addr", "add", ack.yiaddr() + "/24", "dev", "eth0");
        askBootServer(discover, ack);
      }
    }
  }

  private static void askBootServer(DhcpPacket discover, DhcpPacket ack)
      throws IOException, MalformedPacketException {
    byte[] octets = discover.with(OptionCode.MESSAGE_TYPE, Octets.of((byte) 3)).bytes();
    System.arraycopy(ack.yiaddr().octets(), 0, octets, 12, 4);
    try (OneInterfaceSocket socket = OneInterfaceSocket.open("eth0", 4011)) {
      ask(socket, DhcpPacket.parse(octets), new Endpoint(ack.siaddr(), 4011), MessageType.ACK);
    }
  }

  private static DhcpPacket ask(
      OneInterfaceSocket socket, DhcpPacket packet, Endpoint to, MessageType answer)
      throws IOException, MalformedPacketException {
    socket.send(packet.bytes(), to);
    while (true) {
      DhcpPacket got = DhcpPacket.parse(socket.receive().orElseThrow().octets().toArray());
      if (got.reply() && got.xid() == packet.xid() && got.messageType().orElseThrow() == answer) {
        String file = got.text(OptionCode.BOOT_FILE).orElse(got.file());
        System.out.printf(
            "%s from port %d: %s next %s file '%s' class '%s'%n",
            answer,
            to.port(),
            got.yiaddr(),
            got.siaddr(),
            file,
            got.text(OptionCode.VENDOR_CLASS).orElse(""));
        return got;
      }
    }
  }
}
