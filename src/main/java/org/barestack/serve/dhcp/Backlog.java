package org.barestack.serve.dhcp;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.barestack.serve.dhcp.OneInterfaceSocket.Datagram;
import org.barestack.wire.dhcp.DhcpPacket;

/**
 * Datagrams that came and are not answered yet. The kernel has room for some hundred only, and a
 * room full of machines asks in one moment. What a client asks for second goes first: with all in
 * one line, a crowd that begins would push out those that are half done.
 */
final class Backlog {
  /** Octets of either line; about 4000 packets. More would wait for longer than clients do. */
  static final int ROOM = 2 << 20;

  /** What a datagram takes beside its octets. */
  static final int OVERHEAD = 200;

  private final Line begun = new Line();
  private final Line fresh = new Line();
  private boolean ended;

  private static final class Line {
    private final Queue<Datagram> waiting = new ArrayDeque<>();
    private int octets;

    boolean put(Datagram datagram) {
      int size = datagram.octets().size() + OVERHEAD;
      boolean room = octets + size <= ROOM;
      if (room) {
        octets += size;
        waiting.add(datagram);
      }
      return room;
    }

    Optional<Datagram> take() {
      Optional<Datagram> first = Optional.ofNullable(waiting.poll());
      octets -= first.map(datagram -> datagram.octets().size() + OVERHEAD).orElse(0);
      return first;
    }
  }

  /** Puts one in; false if there is no room, and its client has to ask again. */
  synchronized boolean put(Datagram datagram) {
    boolean put = (DhcpPacket.begins(datagram.octets()) ? fresh : begun).put(datagram);
    notifyAll();
    return put;
  }

  /** The next one; waits for it. Empty once the end was told. */
  synchronized Optional<Datagram> take() throws InterruptedException {
    while (!ended) {
      Optional<Datagram> next = begun.take().or(fresh::take);
      if (next.isPresent()) {
        return next;
      }
      wait();
    }
    return Optional.empty();
  }

  /** Nothing is taken any more. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }
}
