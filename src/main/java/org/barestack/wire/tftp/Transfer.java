package org.barestack.wire.tftp;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.barestack.wire.tftp.TftpPacket.Ack;
import org.barestack.wire.tftp.TftpPacket.Data;
import org.barestack.wire.tftp.TftpPacket.ErrorPacket;
import org.barestack.wire.tftp.TftpPacket.OptionAck;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.barestack.wire.tftp.TftpPacket.WriteRequest;

/**
 * The sending side of one transfer, between two packets: what is in flight, and how long to wait
 * for its ACK. A packet or a timeout makes the next {@link Step}.
 *
 * <p>An ACK inside the window says that the block after it was lost; all from there on is sent
 * again (RFC 7440 §4). An ACK of what was acknowledged already is ignored, in windows too:
 * answering it sends every later block twice (the Sorcerer's Apprentice, RFC 1123 §4.2.3.1). So the
 * loss of the first block of a window costs one timeout.
 *
 * @param terms agreed with the client
 * @param size of the file, in bytes
 * @param idle how long the client may make no progress
 * @param acknowledged the last block the client has, from 1 and without rollover; 0: none yet; −1:
 *     the OACK waits for its ACK
 * @param patience until {@link #timeout} is due, after the flight was sent
 * @param silence since the last progress, when the flight was sent
 */
public record Transfer(
    Terms terms, long size, Duration idle, long acknowledged, Duration patience, Duration silence) {

  /** A part of the file: {@code length} bytes at {@code offset}, sent under {@code number}. */
  public record Block(int number, long offset, int length) {}

  /** What comes next. */
  public sealed interface Step {
    /**
     * Send what is in flight of this transfer, which takes the place of the last one; then wait.
     */
    record Send(Transfer transfer) implements Step {}

    /** The packet means nothing. Keep waiting, and do not wait longer for it. */
    record Ignore() implements Step {}

    /** The client has the whole file. */
    record Complete() implements Step {}

    /**
     * The client saw the OACK and left. No fault: this is how OVMF (error 8) and iPXE (error 0) ask
     * for the size of a file.
     */
    record Declined(String reason) implements Step {}

    /** The transfer is over and the client does not have the file. */
    record Failed(String reason) implements Step {}
  }

  /** The start of a transfer; send its flight first. */
  public static Transfer start(Terms terms, long size, Duration idle) {
    long acknowledged = terms.accepted().isEmpty() ? 0 : -1;
    return new Transfer(terms, size, idle, acknowledged, terms.timeout(), Duration.ZERO);
  }

  /** Whether the OACK is in flight. If not, {@link #window} is. */
  public boolean awaitsOptions() {
    return acknowledged < 0;
  }

  /** The blocks in flight, in order; none while the OACK is. */
  public List<Block> window() {
    return awaitsOptions()
        ? List.of()
        : LongStream.rangeClosed(acknowledged + 1, acknowledged + flight())
            .mapToObj(this::block)
            .toList();
  }

  /** How much of the file the client has, in bytes. */
  public long delivered() {
    return Math.min(size, Math.max(0, acknowledged) * terms.blockSize());
  }

  /** What a packet of this client does. */
  public Step receive(TftpPacket packet) {
    return switch (packet) {
      case Ack(int block) -> acknowledge(block);
      case ErrorPacket(int code, String message) -> {
        String reason = "the client sent error " + code + ": " + message;
        yield awaitsOptions() ? new Step.Declined(reason) : new Step.Failed(reason);
      }
      case ReadRequest _, WriteRequest _, Data _, OptionAck _ -> new Step.Ignore();
    };
  }

  /**
   * What no progress within {@link #patience} does: all in flight again and twice the patience, or
   * the end.
   */
  public Step timeout() {
    Duration now = silence.plus(patience);
    Duration left = idle.minus(now);
    if (!left.isPositive()) {
      return new Step.Failed(
          "the client made no progress for " + now.toSeconds() + " s" + lastBlock());
    }
    Duration twice = patience.multipliedBy(2);
    Duration next = twice.compareTo(left) < 0 ? twice : left;
    return new Step.Send(new Transfer(terms, size, idle, acknowledged, next, now));
  }

  private Step acknowledge(int block) {
    long ahead = (block - acknowledged) & 0xFFFF;
    if (ahead == 0 || ahead > flight()) {
      return new Step.Ignore();
    }
    long reached = acknowledged + ahead;
    return reached == blocks()
        ? new Step.Complete()
        : new Step.Send(new Transfer(terms, size, idle, reached, terms.timeout(), Duration.ZERO));
  }

  /** How many packets are in flight. */
  private long flight() {
    return awaitsOptions() ? 1 : Math.min(terms.windowSize(), blocks() - acknowledged);
  }

  /** The last block is always a short one; it is empty if the size is a multiple of the block. */
  private long blocks() {
    return size / terms.blockSize() + 1;
  }

  private Block block(long index) {
    long offset = (index - 1) * terms.blockSize();
    int length = (int) Math.min(terms.blockSize(), size - offset);
    return new Block((int) (index & 0xFFFF), offset, length);
  }

  /** RFC 1350 §6: a client may be gone when its last ACK is lost. */
  private String lastBlock() {
    return acknowledged + flight() == blocks()
        ? " after the last block; it may have the whole file"
        : "";
  }
}
