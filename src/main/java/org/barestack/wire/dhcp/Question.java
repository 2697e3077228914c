package org.barestack.wire.dhcp;

import static org.barestack.wire.dhcp.OptionCode.VENDOR_CLASS;

import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.wire.dhcp.Answer.Silence;
import org.barestack.wire.dhcp.Client.NetworkBoot;
import org.barestack.wire.dhcp.Client.Plain;
import org.barestack.wire.dhcp.Client.Unserved;

/** A packet that asks, what is known of its sender, and where an answer goes (RFC 2131 §4.1). */
record Question(DhcpPacket packet, MessageType type, MacAddress mac, Client client, Endpoint from) {
  private static final int CLIENT_PORT = 68;

  /** Nothing is sent, and a machine that wants to boot may be waiting for it. */
  Silence refuse(String reason) {
    return new Silence(!(client instanceof Plain), toString(), reason);
  }

  /** Nothing is sent, and that is in order. */
  Silence pass(String reason) {
    return new Silence(false, toString(), reason);
  }

  /**
   * To the relay, or to all: a client without an address cannot be reached by unicast, because that
   * needs an entry in the kernel's ARP table, which a Java program cannot write.
   */
  Endpoint broadcast() {
    return isRelayed()
        ? new Endpoint(packet.giaddr(), DhcpMode.SERVER_PORT)
        : new Endpoint(Ipv4.BROADCAST, CLIENT_PORT);
  }

  /** To the address that the client already uses, if it does. */
  Endpoint unicast() {
    return isRelayed() || packet.ciaddr().equals(Ipv4.ANY)
        ? broadcast()
        : new Endpoint(packet.ciaddr(), CLIENT_PORT);
  }

  boolean isRelayed() {
    return !packet.giaddr().equals(Ipv4.ANY);
  }

  /** For logs, so nothing in it is as the network sent it. */
  @Override
  public String toString() {
    String kind =
        switch (client) {
          case NetworkBoot boot -> boot.kind().toString();
          case Unserved unserved -> "network boot";
          case Plain plain ->
              packet
                  .options()
                  .get(VENDOR_CLASS)
                  .map(name -> "'" + name.printable() + "'")
                  .orElse("no vendor class");
        };
    return type + " from " + mac + " (" + kind + ")";
  }
}
