package org.barestack.storm;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long a DHCP client waits for answers.
 *
 * @param pauses after each request; when the last is over it gives up
 */
record Patience(List<Duration> pauses) {
  /** OVMF: requests at 0, 4, 13 and 29 s, and gives up after 65 s (measured). */
  static final Patience UEFI = seconds(4, 9, 16, 36);

  /** iPXE: doubling from 1 s to 10 s, then it gives up (its config/dhcp.h). */
  static final Patience IPXE = seconds(1, 2, 4, 8, 10);

  /** NetworkManager in the installer: doubling, and gives up after some 150 s (measured). */
  static final Patience INSTALLER = seconds(2, 4, 8, 16, 32, 64, 24);

  private static Patience seconds(long... pauses) {
    return new Patience(
        Stream.iterate(0, i -> i < pauses.length, i -> i + 1)
            .map(i -> Duration.ofSeconds(pauses[i]))
            .toList());
  }
}
