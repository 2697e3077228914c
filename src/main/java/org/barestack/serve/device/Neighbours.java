package org.barestack.serve.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;

/** Whose the addresses in the network are, as the kernel's ARP table has it. */
public final class Neighbours {
  private static final Path TABLE = Path.of("/proc/self/net/arp");

  private static final String INCOMPLETE = "00:00:00:00:00:00";

  private Neighbours() {}

  /**
   * The machine with that address; behind a router that is the router. Empty where the kernel has
   * not spoken to it lately.
   *
   * @param device name of the interface, such as eno1
   */
  public static Optional<MacAddress> mac(String device, Ipv4 address) {
    try {
      return mac(Files.readAllLines(TABLE), device, address);
    } catch (IOException e) {
      return Optional.empty(); // for display only
    }
  }

  /** Lines of /proc/self/net/arp: address, type, flags, MAC address, mask, device. */
  static Optional<MacAddress> mac(List<String> table, String device, Ipv4 address) {
    return table.stream()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(words -> words.length == 6 && words[5].equals(device))
        .filter(words -> words[0].equals(address.toString()) && !words[3].equals(INCOMPLETE))
        .map(words -> new MacAddress(words[3]))
        .findFirst();
  }
}
