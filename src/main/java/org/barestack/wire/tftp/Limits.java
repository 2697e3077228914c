package org.barestack.wire.tftp;

import java.time.Duration;

/**
 * How far a server goes along with its clients.
 *
 * @param blockSize the largest block in bytes, 512 to 65464. MTU − 32 (IP 20, UDP 8, TFTP 4) keeps
 *     every block in one frame; firmware often cannot put fragments together.
 * @param windowSize the most blocks sent before an ACK, 1 to 65535
 * @param idle how long a client may make no progress, at least 3 s
 */
public record Limits(int blockSize, int windowSize, Duration idle) {
  /** For an MTU of 1500; half a minute outlasts the retries of the firmware seen so far. */
  public static final Limits ETHERNET = new Limits(1468, 64, Duration.ofSeconds(30));

  public Limits {
    if (blockSize < 512 || blockSize > 65464) {
      throw new IllegalArgumentException("block size is not in 512 to 65464: " + blockSize);
    }
    if (windowSize < 1 || windowSize > 65535) {
      throw new IllegalArgumentException("window size is not in 1 to 65535: " + windowSize);
    }
    if (idle.toSeconds() < 3) {
      throw new IllegalArgumentException("idle time is shorter than 3 s: " + idle);
    }
  }
}
