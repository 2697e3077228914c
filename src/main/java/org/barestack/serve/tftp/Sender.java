package org.barestack.serve.tftp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.barestack.model.Ipv4;
import org.barestack.model.Token;
import org.barestack.serve.tftp.TftpFiles.Answer;
import org.barestack.serve.tftp.TftpServer.NotServed;
import org.barestack.serve.tftp.TftpServer.Outcome;
import org.barestack.serve.tftp.TftpServer.Served;
import org.barestack.wire.tftp.Limits;
import org.barestack.wire.tftp.MalformedPacketException;
import org.barestack.wire.tftp.Terms;
import org.barestack.wire.tftp.TftpName;
import org.barestack.wire.tftp.TftpPacket;
import org.barestack.wire.tftp.TftpPacket.ErrorPacket;
import org.barestack.wire.tftp.TftpPacket.OptionAck;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.barestack.wire.tftp.Transfer;
import org.barestack.wire.tftp.Transfer.Block;
import org.barestack.wire.tftp.Transfer.Step;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one read request, from a port of its own: the server's transfer identifier (RFC 1350 §4).
 * One line in the log says how it ended.
 *
 * <p>{@link #find} may take its time; all that follows is done by one thread, the server's,
 * whenever something came for this transfer or nothing did in time.
 */
final class Sender {
  private static final Logger log = LoggerFactory.getLogger(Sender.class);

  /** Opcode of DATA (RFC 1350 §5). */
  private static final short DATA = 3;

  private final DatagramChannel channel;
  private final Asked asked;
  private final InetSocketAddress client;
  private final ReadRequest request;
  private final Limits limits;
  private final long started = System.nanoTime();
  private volatile long progress = started;
  private String name = "";
  private @Nullable Content content;
  private @Nullable Transfer transfer;
  private long deadline;

  /** What makes a request one and the same when it comes again (RFC 1123 §4.2.3.1). */
  record Asked(InetSocketAddress client, ReadRequest packet) {}

  /**
   * @param channel not connected, so that it can tell a client that it mistook its port (RFC 1350
   *     §4)
   */
  Sender(DatagramChannel channel, Asked asked, Limits limits) {
    this.channel = channel;
    this.asked = asked;
    this.client = asked.client();
    this.request = asked.packet();
    this.limits = limits;
  }

  Asked asked() {
    return asked;
  }

  DatagramChannel channel() {
    return channel;
  }

  InetAddress client() {
    return client.getAddress();
  }

  /** When the client last made progress, as System.nanoTime tells it. */
  long progress() {
    return progress;
  }

  /** When silence means something, as System.nanoTime tells it. */
  long deadline() {
    return deadline;
  }

  /**
   * Looks for the file. Whoever asked has been told if there is none.
   *
   * @param observer told if there is none
   * @return whether there is one: then it is to be sent
   */
  boolean find(TftpFiles files, Consumer<Outcome> observer) {
    try {
      return found(files, observer);
    } catch (IOException | RuntimeException e) {
      fault(e);
      return false;
    }
  }

  private boolean found(TftpFiles files, Consumer<Outcome> observer) throws IOException {
    String normal;
    try {
      normal = TftpName.normalise(request.name());
    } catch (IllegalArgumentException e) {
      refuse(ErrorPacket.ACCESS_VIOLATION, String.valueOf(e.getMessage()));
      return false;
    }
    // netascii changes the size of a file on its way, so that neither tsize nor the place of a
    // block would be known. No boot loader asks for it.
    if (!request.mode().equals("octet")) {
      refuse(ErrorPacket.ILLEGAL_OPERATION, "mode is " + request.mode() + "; ask for octet");
      return false;
    }
    name = printable(normal);
    return switch (files.find(normal)) {
      case Answer.NotFound(String reason) -> {
        refuse(ErrorPacket.NOT_FOUND, reason);
        tell(observer, new NotServed(address(), name, printable(reason)));
        yield false;
      }
      case Answer.Absent() -> {
        log.debug("TFTP {} {}: there is none", client, name);
        send(client, new ErrorPacket(ErrorPacket.NOT_FOUND, "no such file"));
        yield false;
      }
      case Answer.Found(Content there) -> {
        content = there;
        yield true;
      }
    };
  }

  private void refuse(int code, String reason) throws IOException {
    log.info("TFTP {} {}: {}", client, printable(request.name()), printable(reason));
    send(client, new ErrorPacket(code, reason.replaceAll("[^ -~]", "?")));
  }

  /** What became of a transfer for now. */
  enum Now {
    UNDER_WAY,
    /** The client has the whole file. */
    SERVED,
    /** It is over, and the client does not have it. */
    OVER
  }

  /** Sends the first packets of what was found. */
  Now begin(ByteBuffer scratch) {
    try {
      Content found = found();
      Terms terms = Terms.negotiate(request, found.size(), limits);
      return then(new Step.Send(Transfer.start(terms, found.size(), limits.idle())), scratch);
    } catch (IOException | RuntimeException e) {
      return fault(e);
    }
  }

  /** Takes one datagram, and does what it means. */
  Now read(ByteBuffer scratch) {
    try {
      scratch.clear();
      SocketAddress from = channel.receive(scratch);
      if (from == null) {
        return Now.UNDER_WAY;
      }
      scratch.flip();
      return then(heard(from, scratch), scratch);
    } catch (IOException | RuntimeException e) {
      return fault(e);
    }
  }

  /** What to do when nothing came in time. */
  Now silence(ByteBuffer scratch) {
    try {
      return then(underWay().timeout(), scratch);
    } catch (IOException | RuntimeException e) {
      return fault(e);
    }
  }

  private Step heard(SocketAddress from, ByteBuffer datagram) throws IOException {
    try {
      TftpPacket packet = TftpPacket.parse(datagram);
      if (from.equals(client)) {
        return underWay().receive(packet);
      }
      // Only the client itself can have mistaken its port. Who else guesses this one hears nothing.
      if (!(packet instanceof ErrorPacket)
          && from instanceof InetSocketAddress other
          && other.getAddress().equals(client.getAddress())) {
        send(from, new ErrorPacket(ErrorPacket.UNKNOWN_TRANSFER, "not your transfer"));
      }
    } catch (MalformedPacketException e) {
      log.debug("TFTP {} sent no TFTP packet: {}", from, e.getMessage());
    }
    return new Step.Ignore();
  }

  private Now then(Step step, ByteBuffer scratch) throws IOException {
    return switch (step) {
      case Step.Send(Transfer next) -> {
        Transfer before = transfer;
        if (before == null || next.acknowledged() > before.acknowledged()) {
          progress = System.nanoTime();
        }
        transfer = next;
        sendFlight(next, scratch);
        deadline = System.nanoTime() + next.patience().toNanos();
        yield Now.UNDER_WAY;
      }
      case Step.Ignore() -> Now.UNDER_WAY;
      case Step.Complete() -> {
        Terms terms = underWay().terms();
        log.info(
            "TFTP {} {}: {} bytes in {} ms (blksize {}, windowsize {})",
            client,
            name,
            found().size(),
            took().toMillis(),
            terms.blockSize(),
            terms.windowSize());
        yield Now.SERVED;
      }
      case Step.Declined(String reason) -> {
        log.info(
            "TFTP {} {}: left after the options (a size probe?): {}",
            client,
            name,
            printable(reason));
        yield Now.OVER;
      }
      case Step.Failed(String reason) -> {
        log.warn(
            "TFTP {} {}: aborted at {} of {} bytes: {}",
            client,
            name,
            underWay().delivered(),
            found().size(),
            printable(reason));
        yield Now.OVER;
      }
    };
  }

  private Transfer underWay() {
    Transfer one = transfer;
    if (one == null) {
      throw new IllegalStateException("nothing was sent yet");
    }
    return one;
  }

  private Content found() {
    Content one = content;
    if (one == null) {
      throw new IllegalStateException("nothing was found");
    }
    return one;
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  private Ipv4 address() {
    return Ipv4.of(client.getAddress().getAddress());
  }

  /** Tells that the client has the file. */
  void tellServed(Consumer<Outcome> observer) {
    tell(observer, new Served(address(), name, found().size(), took()));
  }

  private void tell(Consumer<Outcome> observer, Outcome outcome) {
    try {
      observer.accept(outcome);
    } catch (RuntimeException e) {
      log.error("TFTP {} {}: answered, but its observer failed", client, outcome.file(), e);
    }
  }

  private Now fault(Exception e) {
    log.error("TFTP {} {}: aborted by a fault", client, printable(request.name()), e);
    try {
      send(client, new ErrorPacket(ErrorPacket.UNDEFINED, "fault in the server"));
    } catch (IOException again) {
      log.debug("TFTP {} cannot be told of the fault: {}", client, again.toString());
    }
    return Now.OVER;
  }

  /** Says why it ends before the client has the file. */
  void stop(String reason) {
    log.info("TFTP {} {}: aborted, {}", client, printable(request.name()), reason);
    try {
      send(client, new ErrorPacket(ErrorPacket.UNDEFINED, reason));
    } catch (IOException e) {
      log.debug("TFTP {} cannot be told that {}: {}", client, reason, e.toString());
    }
  }

  /** Lets go of its port and its file. */
  void close() {
    try (Content _ = content) {
      channel.close();
    } catch (ClosedChannelException _) {
      // as it should be
    } catch (IOException e) {
      log.debug("TFTP {} {}: {}", client, name, e.toString());
    }
  }

  /** Straight from the file into what is sent: this is done for every block of every machine. */
  private void sendFlight(Transfer one, ByteBuffer scratch) throws IOException {
    if (one.awaitsOptions()) {
      send(client, new OptionAck(one.terms().accepted()));
    }
    for (Block part : one.window()) {
      scratch.clear().putShort(DATA).putShort((short) part.number());
      scratch.limit(scratch.position() + part.length());
      found().read(part.offset(), scratch);
      channel.send(scratch.flip(), client);
    }
  }

  private void send(SocketAddress to, TftpPacket packet) throws IOException {
    channel.send(ByteBuffer.wrap(packet.bytes()), to);
  }

  /** Text from the network as it may stand in one line of a log, with tokens masked. */
  static String printable(String text) {
    return Token.masked(text.replaceAll("[^ -~]", "?"));
  }
}
