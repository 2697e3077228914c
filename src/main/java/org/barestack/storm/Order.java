package org.barestack.storm;

import java.time.Duration;
import java.util.List;
import org.barestack.model.MacAddress;

/**
 * A storm to be.
 *
 * @param machines by the address of the card that boots; each is another machine
 * @param kinds each machine is the next of them, in turn
 * @param over they are switched on evenly over this time; zero for all at once
 * @param loss share of all datagrams (DHCP, TFTP) that get lost on the way, in either direction; 0
 *     to below 1. TCP sees no loss: that is the kernel's business
 * @param device interface that the machines are behind
 * @param limit from a machine's switch-on; who is not done by then is lost
 * @param seed of all that is left to chance
 */
public record Order(
    List<MacAddress> machines,
    List<Kind> kinds,
    Duration over,
    double loss,
    String device,
    Duration limit,
    long seed) {
  public Order {
    machines = List.copyOf(machines);
    kinds = List.copyOf(kinds);
    if (machines.isEmpty() || kinds.isEmpty()) {
      throw new IllegalArgumentException("a storm needs machines, and what they are");
    }
    if (!(loss >= 0 && loss < 1)) {
      throw new IllegalArgumentException("a loss is 0 to below 1, and not " + loss);
    }
  }
}
