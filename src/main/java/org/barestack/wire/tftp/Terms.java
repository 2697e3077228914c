package org.barestack.wire.tftp;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;

/**
 * What client and server agree on for one transfer.
 *
 * @param blockSize bytes a block, 8 to 65464 (RFC 2348)
 * @param windowSize blocks before an ACK, 1 to 65535 (RFC 7440)
 * @param timeout the first wait before a resend
 * @param accepted what the OACK says; empty: no OACK, the transfer starts with block 1
 */
public record Terms(
    int blockSize, int windowSize, Duration timeout, SequencedMap<String, String> accepted) {
  public Terms {
    accepted = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(accepted));
  }

  /**
   * Answers the options of a request. A block or window that is too large for {@code limits}
   * becomes smaller. An option that is unknown, or whose value is out of the range of its RFC, is
   * left out, and then counts as never asked (RFC 2347).
   *
   * @param size of the file, in bytes
   */
  public static Terms negotiate(ReadRequest request, long size, Limits limits) {
    int blockSize = 512;
    int windowSize = 1;
    Duration timeout = Duration.ofSeconds(1);
    SequencedMap<String, String> accepted = new LinkedHashMap<>();
    // The longest timeout that leaves room for one resend: t, then 2t, within the idle time.
    long longest = Math.min(255, limits.idle().toSeconds() / 3);
    for (var option : request.options().entrySet()) {
      String name = option.getKey();
      OptionalLong asked =
          switch (name) {
            case "blksize" -> number(option.getValue(), 8, 65464);
            case "windowsize" -> number(option.getValue(), 1, 65535);
            // RFC 2349: the server takes the value as it is, or leaves the option out.
            case "timeout" -> number(option.getValue(), 1, longest);
            case "tsize" -> number(option.getValue(), 0, Long.MAX_VALUE);
            default -> OptionalLong.empty();
          };
      if (asked.isEmpty()) {
        continue;
      }
      long answer = asked.getAsLong();
      switch (name) {
        case "blksize" -> answer = blockSize = (int) Math.min(answer, limits.blockSize());
        case "windowsize" -> answer = windowSize = (int) Math.min(answer, limits.windowSize());
        case "timeout" -> timeout = Duration.ofSeconds(answer);
        default -> answer = size;
      }
      accepted.put(name, Long.toString(answer));
    }
    return new Terms(blockSize, windowSize, timeout, accepted);
  }

  private static OptionalLong number(String text, long least, long most) {
    if (!text.matches("[0-9]{1,18}")) {
      return OptionalLong.empty();
    }
    long value = Long.parseLong(text);
    return value < least || value > most ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
