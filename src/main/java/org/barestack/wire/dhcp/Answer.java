package org.barestack.wire.dhcp;

import org.barestack.model.Ipv4;

/** What a packet leads to. */
public sealed interface Answer {
  /**
   * A packet back.
   *
   * @param question who asked for what
   * @param outcome what is given
   */
  record Reply(DhcpPacket packet, Endpoint to, String question, String outcome) implements Answer {
    /** One line: what is given to whom. */
    public String log() {
      return question + ": " + outcome;
    }
  }

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
   * @param question who asked for what; empty if that cannot be told
   * @param why nothing is sent
   */
  record Silence(boolean notable, String question, String why) implements Answer {
    /** One line: whom nothing is sent, and why. */
    public String reason() {
      return question.isEmpty() ? why : question + ": " + why;
    }
  }
}
