package org.barestack.serve.tftp;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
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
import org.barestack.wire.tftp.TftpPacket.Data;
import org.barestack.wire.tftp.TftpPacket.ErrorPacket;
import org.barestack.wire.tftp.TftpPacket.OptionAck;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.barestack.wire.tftp.Transfer;
import org.barestack.wire.tftp.Transfer.Block;
import org.barestack.wire.tftp.Transfer.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one read request, from a port of its own: the server's transfer identifier (RFC 1350 §4).
 * One line in the log says how it ended.
 */
final class Sender implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Sender.class);

  private final DatagramSocket socket;
  private final InetSocketAddress client;
  private final ReadRequest request;
  private final Limits limits;
  private final TftpFiles files;
  private final Consumer<Outcome> observer;
  // An ACK has 4 bytes; an ERROR's message may be cut.
  private final DatagramPacket received = new DatagramPacket(new byte[512], 512);
  private final long started = System.nanoTime();
  private volatile long progress = started;
  private volatile String stopped = "";

  Sender(
      DatagramSocket socket,
      InetSocketAddress client,
      ReadRequest request,
      Limits limits,
      TftpFiles files,
      Consumer<Outcome> observer) {
    this.socket = socket;
    this.client = client;
    this.request = request;
    this.limits = limits;
    this.files = files;
    this.observer = observer;
  }

  /** Ends the transfer from another thread. */
  void stop(String reason) {
    stopped = reason;
    try (socket) {
      send(client, new ErrorPacket(ErrorPacket.UNDEFINED, reason));
    } catch (IOException e) {
      log.debug("TFTP {} cannot be told that {}: {}", client, reason, e.toString());
    }
  }

  InetAddress client() {
    return client.getAddress();
  }

  /** When the client last made progress, as System.nanoTime tells it. */
  long progress() {
    return progress;
  }

  @Override
  public void run() {
    try (socket) {
      try {
        answer();
      } catch (IOException | RuntimeException e) {
        if (socket.isClosed()) {
          log.info("TFTP {} {}: aborted, {}", client, printable(request.name()), stopped);
        } else {
          log.error("TFTP {} {}: aborted by a fault", client, printable(request.name()), e);
          send(client, new ErrorPacket(ErrorPacket.UNDEFINED, "fault in the server"));
        }
      }
    } catch (IOException e) {
      log.debug("TFTP {} cannot be told of the fault: {}", client, e.toString());
    }
  }

  private void answer() throws IOException {
    String name;
    try {
      name = TftpName.normalise(request.name());
    } catch (IllegalArgumentException e) {
      refuse(ErrorPacket.ACCESS_VIOLATION, String.valueOf(e.getMessage()));
      return;
    }
    // netascii changes the size of a file on its way, so that neither tsize nor the place of a
    // block would be known. No boot loader asks for it.
    if (!request.mode().equals("octet")) {
      refuse(ErrorPacket.ILLEGAL_OPERATION, "mode is " + request.mode() + "; ask for octet");
      return;
    }
    switch (files.find(name)) {
      case Answer.NotFound(String reason) -> {
        refuse(ErrorPacket.NOT_FOUND, reason);
        tell(new NotServed(address(), printable(name), printable(reason)));
      }
      case Answer.Absent() -> {
        log.debug("TFTP {} {}: there is none", client, printable(name));
        send(client, new ErrorPacket(ErrorPacket.NOT_FOUND, "no such file"));
      }
      case Answer.Found(Content content) -> {
        try (content) {
          transfer(printable(name), content);
        }
      }
    }
  }

  private void refuse(int code, String reason) throws IOException {
    log.info("TFTP {} {}: {}", client, printable(request.name()), printable(reason));
    send(client, new ErrorPacket(code, reason.replaceAll("[^ -~]", "?")));
  }

  private void transfer(String name, Content content) throws IOException {
    Terms terms = Terms.negotiate(request, content.size(), limits);
    ByteBuffer block = ByteBuffer.allocate(terms.blockSize());
    Transfer transfer = Transfer.start(terms, content.size(), limits.idle());
    long deadline = 0;
    Step step = new Step.Send(transfer);
    while (true) {
      switch (step) {
        case Step.Send(Transfer next) -> {
          if (next.acknowledged() > transfer.acknowledged()) {
            progress = System.nanoTime();
          }
          transfer = next;
          sendFlight(transfer, content, block);
          deadline = System.nanoTime() + transfer.patience().toNanos();
        }
        case Step.Ignore() -> {}
        case Step.Complete() -> {
          complete(name, terms, content.size());
          return;
        }
        case Step.Declined(String reason) -> {
          log.info(
              "TFTP {} {}: left after the options (a size probe?): {}",
              client,
              name,
              printable(reason));
          return;
        }
        case Step.Failed(String reason) -> {
          log.warn(
              "TFTP {} {}: aborted at {} of {} bytes: {}",
              client,
              name,
              transfer.delivered(),
              content.size(),
              printable(reason));
          return;
        }
      }
      step = await(transfer, deadline);
    }
  }

  private void complete(String name, Terms terms, long size) {
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    log.info(
        "TFTP {} {}: {} bytes in {} ms (blksize {}, windowsize {})",
        client,
        name,
        size,
        took.toMillis(),
        terms.blockSize(),
        terms.windowSize());
    tell(new Served(address(), name, size, took));
  }

  private Ipv4 address() {
    return Ipv4.of(client.getAddress().getAddress());
  }

  private void tell(Outcome outcome) {
    try {
      observer.accept(outcome);
    } catch (RuntimeException e) {
      log.error("TFTP {} {}: answered, but its observer failed", client, outcome.file(), e);
    }
  }

  private void sendFlight(Transfer transfer, Content content, ByteBuffer block) throws IOException {
    if (transfer.awaitsOptions()) {
      send(client, new OptionAck(transfer.terms().accepted()));
    }
    for (Block part : transfer.window()) {
      content.read(part.offset(), block.clear().limit(part.length()));
      send(client, new Data(part.number(), block.flip()));
    }
  }

  /** Waits for one datagram; what it means, or what silence until {@code deadline} means. */
  private Step await(Transfer transfer, long deadline) throws IOException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      return transfer.timeout();
    }
    try {
      socket.setSoTimeout((int) Duration.ofNanos(left).toMillis() + 1);
      socket.receive(received);
    } catch (SocketTimeoutException _) {
      return transfer.timeout();
    }
    SocketAddress from = received.getSocketAddress();
    try {
      TftpPacket packet =
          TftpPacket.parse(ByteBuffer.wrap(received.getData(), 0, received.getLength()));
      if (from.equals(client)) {
        return transfer.receive(packet);
      }
      // Only the client itself can have mistaken its port. Who else guesses this one hears nothing.
      if (!(packet instanceof ErrorPacket) && received.getAddress().equals(client.getAddress())) {
        send(from, new ErrorPacket(ErrorPacket.UNKNOWN_TRANSFER, "not your transfer"));
      }
    } catch (MalformedPacketException e) {
      log.debug("TFTP {} sent no TFTP packet: {}", from, e.getMessage());
    }
    return new Step.Ignore();
  }

  private void send(SocketAddress to, TftpPacket packet) throws IOException {
    byte[] bytes = packet.bytes();
    socket.send(new DatagramPacket(bytes, bytes.length, to));
  }

  /** Text from the network as it may stand in one line of a log, with tokens masked. */
  static String printable(String text) {
    return Token.masked(text.replaceAll("[^ -~]", "?"));
  }
}
