package org.barestack.wire.dhcp;

import java.util.List;
import java.util.Optional;

/** Option 53 (RFC 2132 §9.6). */
public enum MessageType {
  DISCOVER(1),
  OFFER(2),
  REQUEST(3),
  DECLINE(4),
  ACK(5),
  NAK(6),
  RELEASE(7),
  INFORM(8);

  private static final List<MessageType> ALL = List.of(values());

  private final int number;

  MessageType(int number) {
    this.number = number;
  }

  static Optional<MessageType> of(int number) {
    return number >= 1 && number <= ALL.size()
        ? Optional.of(ALL.get(number - 1))
        : Optional.empty();
  }

  /** As option 53 has it. */
  public Octets octets() {
    return Octets.of((byte) number);
  }
}
