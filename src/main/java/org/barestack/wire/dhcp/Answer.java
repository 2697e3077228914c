package org.barestack.wire.dhcp;

import org.barestack.model.Ipv4;

/** What a packet leads to. */
public sealed interface Answer {
  /**
   * A packet back.
   *
   * @param log one line: what is given to whom
   */
  record Reply(DhcpPacket packet, Endpoint to, String log) implements Answer {}

  /**
   * Nothing yet: first find out whether anybody uses the address (RFC 5227 §2.1.1), tell {@link
   * DhcpResponder#probed}, and ask again.
   *
   * @param log one line: for whom
   */
  record Probe(Ipv4 address, String log) implements Answer {}

  /**
   * Nothing is sent.
   *
   * @param notable whether someone may be waiting for the answer: a machine that will not boot. The
   *     rest is the ordinary noise of a network
   */
  record Silence(boolean notable, String reason) implements Answer {}
}
