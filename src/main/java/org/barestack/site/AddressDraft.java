package org.barestack.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.barestack.model.AddressRange;
import org.barestack.model.Ipv4;
import org.barestack.model.Subnet;
import org.jspecify.annotations.Nullable;

/**
 * Addresses for a new site in a network that is there: what the examples have in their /24, made
 * smaller for smaller networks, around what is taken.
 *
 * @param nodes the first management node's, and the first worker's
 * @param pool for machines that are not in nodes; null if there is no room
 * @param room how many more nodes find an address
 */
record AddressDraft(
    Subnet subnet,
    List<Ipv4> nodes,
    AddressRange systemVms,
    AddressRange publicRange,
    @Nullable AddressRange pool,
    int room) {
  /** Two nodes, two addresses for system VMs, three public ones; this server and the router. */
  static final int LEAST = 9;

  private static final int WINDOW = 256;
  private static final int FIRST_NODE = 10;

  AddressDraft {
    nodes = List.copyOf(nodes);
  }

  /** Addresses from the first to the last, by their distance from the first of a /24. */
  private record Wish(int first, int last, int least) {}

  private static final Wish PUBLIC = new Wish(100, 149, 3);
  private static final Wish SYSTEM_VMS = new Wish(60, 90, 2);
  private static final Wish POOL = new Wish(200, 250, 1);

  /**
   * Finds them.
   *
   * @param own of the server, in the subnet; in a large subnet all others are near to it
   * @param taken addresses that nobody else may have
   * @return empty if the subnet is too small
   */
  static Optional<AddressDraft> of(Subnet subnet, Ipv4 own, Set<Ipv4> taken) {
    return new Finder(subnet, own, taken).find();
  }

  /** One search, which remembers what it gave away. */
  private static final class Finder {
    private final Subnet subnet;
    private final Ipv4 base;
    private final int size;
    private final Set<Ipv4> taken;

    Finder(Subnet subnet, Ipv4 own, Set<Ipv4> taken) {
      this.subnet = subnet;
      this.size = (int) Math.min(WINDOW, 1L << (32 - subnet.prefix()));
      this.base = new Ipv4(own.bits() & -size);
      this.taken = new TreeSet<>(taken);
    }

    Optional<AddressDraft> find() {
      Optional<AddressRange> publicRange = take(PUBLIC);
      Optional<AddressRange> systemVms = take(SYSTEM_VMS);
      Optional<Ipv4> first = takeNode();
      Optional<Ipv4> second = takeNode();
      if (publicRange.isEmpty() || systemVms.isEmpty() || second.isEmpty()) {
        return Optional.empty();
      }
      AddressRange pool = take(POOL).orElse(null);
      int room = (int) offsets(1, size - 2).stream().filter(this::free).count();
      return Optional.of(
          new AddressDraft(
              subnet,
              List.of(first.orElseThrow(), second.get()),
              systemVms.get(),
              publicRange.get(),
              pool,
              room));
    }

    private Optional<Ipv4> takeNode() {
      List<Integer> order = new ArrayList<>(offsets(scaled(FIRST_NODE), size - 2));
      order.addAll(offsets(1, size - 2));
      Optional<Ipv4> found = order.stream().filter(this::free).map(base::plus).findFirst();
      found.ifPresent(taken::add);
      return found;
    }

    /** The longest free run where it is wished for, else the least number anywhere. */
    private Optional<AddressRange> take(Wish wish) {
      List<Integer> run = longest(offsets(scaled(wish.first), scaled(wish.last)));
      if (run.size() < wish.least) {
        run = longest(offsets(1, size - 2));
        run = run.subList(0, Math.min(run.size(), wish.least));
      }
      if (run.size() < wish.least) {
        return Optional.empty();
      }
      run.forEach(offset -> taken.add(base.plus(offset)));
      return Optional.of(new AddressRange(base.plus(run.getFirst()), base.plus(run.getLast())));
    }

    private List<Integer> longest(List<Integer> offsets) {
      List<Integer> best = List.of();
      List<Integer> run = new ArrayList<>();
      for (int offset : offsets) {
        if (!free(offset)) {
          run = new ArrayList<>();
        } else {
          run.add(offset);
          best = run.size() > best.size() ? run : best;
        }
      }
      return best;
    }

    private int scaled(int offset) {
      return offset * size / WINDOW;
    }

    private static List<Integer> offsets(int first, int last) {
      List<Integer> offsets = new ArrayList<>();
      for (int offset = first; offset <= last; offset++) {
        offsets.add(offset);
      }
      return offsets;
    }

    private boolean free(int offset) {
      Ipv4 address = base.plus(offset);
      return offset > 0 && offset < size - 1 && subnet.isHost(address) && !taken.contains(address);
    }
  }
}
