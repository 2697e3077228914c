package org.barestack.serve.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * The connections that are open, so that neither one address nor a few dozen of them take the
 * places of all others.
 */
final class Connections {
  /** While there is room for everybody. */
  static final int MOST_OF_ONE = 128;

  /** In a crowd. An installer has about ten: dnf loads several packages at once. */
  static final int MOST_OF_ONE_IN_A_CROWD = 16;

  /** Then it is time to look who has many. */
  static final int CROWD = 2048;

  private final Map<InetAddress, List<StreamConnection>> open = new HashMap<>();

  /** Those that closed and were not looked at since are among them. */
  private int counted;

  private int sweep = CROWD;
  private boolean closed;

  /** Whether that connection may stay. */
  synchronized boolean admit(InetAddress peer, StreamConnection connection) {
    List<StreamConnection> ofPeer = open.computeIfAbsent(peer, _ -> new ArrayList<>());
    counted -= ofPeer.size();
    forgetClosed(ofPeer);
    // To look at all is not for each that comes, with ten thousand there: only where it decides,
    // and now and then, to let go of those that closed.
    if (counted >= sweep || (counted >= CROWD && ofPeer.size() >= MOST_OF_ONE_IN_A_CROWD)) {
      open.values().forEach(Connections::forgetClosed);
      open.entrySet().removeIf(one -> one.getValue().isEmpty() && !one.getKey().equals(peer));
      counted = open.values().stream().mapToInt(List::size).sum() - ofPeer.size();
      sweep = Math.max(CROWD, counted + counted / 8);
    }
    int most = counted < CROWD ? MOST_OF_ONE : MOST_OF_ONE_IN_A_CROWD;
    boolean admitted = !closed && ofPeer.size() < most && ofPeer.add(connection);
    counted += ofPeer.size();
    return admitted;
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
