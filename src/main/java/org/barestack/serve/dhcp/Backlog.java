package org.barestack.serve.dhcp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.barestack.serve.dhcp.OneInterfaceSocket.Datagram;
import org.barestack.wire.dhcp.DhcpPacket;
import org.barestack.wire.dhcp.DhcpPacket.Question;
import org.barestack.wire.dhcp.Endpoint;

/**
 * Datagrams that came and are not answered yet. The kernel has room for some hundred only, and a
 * room full of machines asks in one moment. What a client asks for second goes first: with all in
 * one line, a crowd that begins would push out those that are half done. Who asks again keeps its
 * place, and the later question is the one that is answered.
 */
final class Backlog {
  /** Octets of either line: the questions of some 15,000 machines. */
  static final int ROOM = 8 << 20;

  /** What a datagram takes beside its octets. */
  static final int OVERHEAD = 200;

  private final Line begun = new Line();
  private final Line fresh = new Line();
  private boolean ended;

  private record Asked(Question question, Endpoint from) {}

  private static final class Line {
    private final SequencedMap<Object, Datagram> waiting = new LinkedHashMap<>();
    private int octets;

    boolean put(Object key, Datagram datagram) {
      Datagram before = waiting.get(key);
      int with = octets + size(datagram) - (before == null ? 0 : size(before));
      boolean room = with <= ROOM;
      if (room) {
        octets = with;
        waiting.put(key, datagram);
      }
      return room;
    }

    Optional<Datagram> take() {
      Optional<Datagram> first =
          Optional.ofNullable(waiting.pollFirstEntry()).map(Map.Entry::getValue);
      octets -= first.map(Line::size).orElse(0);
      return first;
    }

    private static int size(Datagram datagram) {
      return datagram.octets().size() + OVERHEAD;
    }
  }

  /** Puts one in; false if there is no room, and its client has to ask again. */
  synchronized boolean put(Datagram datagram) {
    Optional<Question> question = DhcpPacket.question(datagram.octets());
    Line line = question.filter(Question::first).isPresent() ? fresh : begun;
    Object key = question.isPresent() ? new Asked(question.get(), datagram.from()) : new Object();
    boolean put = line.put(key, datagram);
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
