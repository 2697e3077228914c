package org.barestack.serve.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** The connections that are open, so that no address takes the places of all others. */
final class Connections {
  /** An installer has about ten: dnf loads several packages at once. */
  static final int MOST_OF_ONE = 128;

  /** After so many new ones the closed ones of everybody are forgotten. */
  private static final int SWEEP = 1024;

  private final Map<InetAddress, List<StreamConnection>> open = new HashMap<>();
  private int admitted;
  private boolean closed;

  /** Whether that connection may stay. */
  synchronized boolean admit(InetAddress peer, StreamConnection connection) {
    if (++admitted % SWEEP == 0) {
      open.values().forEach(Connections::forgetClosed);
      open.values().removeIf(List::isEmpty);
    }
    List<StreamConnection> ofPeer = open.computeIfAbsent(peer, _ -> new ArrayList<>());
    forgetClosed(ofPeer);
    return !closed && ofPeer.size() < MOST_OF_ONE && ofPeer.add(connection);
  }

  private static void forgetClosed(List<StreamConnection> connections) {
    connections.removeIf(connection -> !connection.isOpen());
  }

  /** Breaks them all, and admits no more. */
  synchronized void close() {
    closed = true;
    open.values().forEach(ofPeer -> ofPeer.forEach(IoUtils::safeClose));
  }
}
