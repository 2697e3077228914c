package org.barestack.serve.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * Which large files go at full speed, when many machines ask at once. If all went, all would end
 * last, and each small request (a boot script, a claim, a report) would wait behind a thousand
 * downloads. So some go, and the others wait for their turn: machine after machine, in the order in
 * which they first asked, since who has its kernel soon wants its initrd, too.
 *
 * <p>Who waits is sent a little now and then, so that no client takes the server for dead: EDK2's
 * HTTP Boot gives up after 5 s without an octet (HTTP_BOOT_RESPONSE_TIMEOUT). Who goes and is slow,
 * as one behind a slow link is, takes no place from others.
 */
final class Downloads {
  /** Octets. What is no longer than that goes at once. */
  static final long LARGE = 1 << 20;

  /** Below that in one {@link #pulse}, a download counts as slow. */
  static final long SLOW = 1 << 20;

  /** Machines whose first question is remembered. */
  private static final int KNOWN = 65_536;

  private final int places;
  private final Map<Load, Going> going = new HashMap<>();
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong(Waiting::machine).thenComparingLong(Waiting::number));
  private final SequencedMap<InetAddress, Long> machines = new LinkedHashMap<>();
  private long numbers;
  private int busy;

  /**
   * @param places how many go at full speed
   */
  Downloads(int places) {
    this.places = places;
  }

  /** One download. Its methods are called with the lock held, and do not wait. */
  interface Load {
    /** Who asked. */
    InetAddress peer();

    /** Octets of it that were sent so far. */
    long sent();

    /** Whether its connection is still there. */
    boolean open();

    /** From now on at full speed. */
    void go();

    /** A few octets, and then it waits on. */
    void trickle();

    /** Lets go of what it sends, since its connection has gone. */
    void abandon();
  }

  /** One that goes; {@code sent} as it was at the last pulse. */
  private record Going(long sent, boolean fast) {}

  private record Waiting(long machine, long number, Load load) {}

  /**
   * Takes a download on.
   *
   * @param length octets that are to be sent
   */
  synchronized void enter(Load load, long length) {
    if (length <= LARGE) {
      going.put(load, new Going(0, false));
      load.go();
      return;
    }
    long number = numbers++;
    long machine = machines.computeIfAbsent(load.peer(), _ -> number);
    if (machines.size() > KNOWN) {
      machines.pollFirstEntry();
    }
    if (busy < places) {
      start(load);
    } else {
      waiting.add(new Waiting(machine, number, load));
      load.trickle();
    }
  }

  private void start(Load load) {
    busy++;
    going.put(load, new Going(load.sent(), true));
    load.go();
  }

  /** It has ended, however that was. */
  synchronized void leave(Load load) {
    Going was = going.remove(load);
    if (was == null) {
      waiting.removeIf(one -> one.load().equals(load));
    } else if (was.fast()) {
      busy--;
      promote();
    }
  }

  private void promote() {
    while (busy < places && !waiting.isEmpty()) {
      start(waiting.poll().load());
    }
  }

  /**
   * To be called every second or two: lets go of those whose clients have gone, counts anew who is
   * fast, and keeps those who wait alive.
   */
  synchronized void pulse() {
    List<Load> gone =
        Stream.concat(waiting.stream().map(Waiting::load), going.keySet().stream())
            .filter(load -> !load.open())
            .toList();
    gone.forEach(load -> {
      leave(load);
      load.abandon();
    });
    if (waiting.isEmpty()) {
      return;
    }
    going.replaceAll((load, before) -> new Going(load.sent(), load.sent() - before.sent() >= SLOW));
    busy = (int) going.values().stream().filter(Going::fast).count();
    promote();
    List.copyOf(waiting).forEach(one -> one.load().trickle());
  }

  /** Those that wait, in the order of their turns. */
  synchronized Collection<Load> queue() {
    List<Waiting> all = new ArrayList<>(waiting);
    all.sort(waiting.comparator());
    return all.stream().map(Waiting::load).toList();
  }
}
