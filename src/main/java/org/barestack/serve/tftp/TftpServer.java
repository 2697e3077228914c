package org.barestack.serve.tftp;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.barestack.model.Ipv4;
import org.barestack.wire.tftp.Limits;
import org.barestack.wire.tftp.MalformedPacketException;
import org.barestack.wire.tftp.TftpPacket;
import org.barestack.wire.tftp.TftpPacket.ErrorPacket;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.barestack.wire.tftp.TftpPacket.WriteRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read-only TFTP server (RFC 1350, 2347, 2348, 2349, 7440). It listens at one address; each
 * transfer has a port of its own there and a virtual thread.
 *
 * <p>Memory is two buffers of one block for each transfer. A request beyond the allowed number is
 * dropped rather than refused: the client asks again in a second or a few, while an error would end
 * its boot.
 */
public final class TftpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TftpServer.class);

  private final Settings settings;
  private final TftpFiles files;
  private final Consumer<Served> observer;
  private final DatagramSocket socket;
  private final Map<Request, Sender> running = new ConcurrentHashMap<>();
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread listener;

  /**
   * Where and how to serve.
   *
   * @param address of one interface of this machine
   * @param port 69, or 0 for any free one
   * @param transfers how many may run at once
   * @param limits of each transfer
   */
  public record Settings(Ipv4 address, int port, int transfers, Limits limits) {
    /** Port 69 for a few hundred machines on Ethernet. */
    public static Settings on(Ipv4 address) {
      return new Settings(address, 69, 512, Limits.ETHERNET);
    }
  }

  /** A file that a client has received in whole. */
  public record Served(Ipv4 client, String file, long bytes, Duration took) {}

  /** What makes a request one and the same when it comes again (RFC 1123 §4.2.3.1). */
  private record Request(InetSocketAddress client, ReadRequest packet) {}

  /**
   * Binds the port and starts to serve.
   *
   * @param observer told of each file after its last ACK, in the transfer's thread
   * @throws IOException if the port cannot be had; the message says what to do
   */
  public static TftpServer start(Settings settings, TftpFiles files, Consumer<Served> observer)
      throws IOException {
    return new TftpServer(settings, files, observer);
  }

  private TftpServer(Settings settings, TftpFiles files, Consumer<Served> observer)
      throws IOException {
    this.settings = settings;
    this.files = files;
    this.observer = observer;
    this.socket = bind(settings.address(), settings.port());
    this.listener = Thread.ofVirtual().name("tftp").start(this::listen);
  }

  /** The port that it listens on. */
  public int port() {
    return socket.getLocalPort();
  }

  /** Ends all transfers, tells their clients, and waits until the observer has been told. */
  @Override
  public void close() {
    socket.close();
    try {
      listener.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    running.values().forEach(Sender::stop);
    senders.close();
  }

  private void listen() {
    byte[] buffer = new byte[2048];
    while (!socket.isClosed()) {
      DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(datagram);
        answer(datagram);
      } catch (IOException | RuntimeException e) {
        if (!socket.isClosed()) {
          log.warn("TFTP: no answer to {}: {}", datagram.getSocketAddress(), e.toString());
        }
      }
    }
  }

  private void answer(DatagramPacket datagram) throws IOException {
    InetSocketAddress client = (InetSocketAddress) datagram.getSocketAddress();
    ByteBuffer bytes = ByteBuffer.wrap(datagram.getData(), 0, datagram.getLength());
    try {
      switch (TftpPacket.parse(bytes)) {
        case ReadRequest request -> start(new Request(client, request));
        case WriteRequest write -> {
          log.info("TFTP {} wants to write {}: refused", client, Sender.printable(write.name()));
          refuse(client, ErrorPacket.ACCESS_VIOLATION, "this server is read-only");
        }
        default -> log.debug("TFTP {} sent no request: ignored", client);
      }
    } catch (MalformedPacketException e) {
      log.debug("TFTP {} sent no TFTP packet: {}", client, e.getMessage());
      if (bytes.remaining() > 1 && bytes.get(0) == 0 && (bytes.get(1) == 1 || bytes.get(1) == 2)) {
        refuse(client, ErrorPacket.ILLEGAL_OPERATION, "malformed request, " + e.getMessage());
      }
    }
  }

  private void start(Request request) throws IOException {
    if (running.containsKey(request)) {
      log.debug("TFTP {} repeats its request", request.client());
      return;
    }
    if (running.size() >= settings.transfers()) {
      log.warn(
          "TFTP {} must ask again for {}: {} transfers are running, as many as are allowed",
          request.client(),
          Sender.printable(request.packet().name()),
          settings.transfers());
      return;
    }
    Sender sender =
        new Sender(
            bind(settings.address(), 0),
            request.client(),
            request.packet(),
            settings.limits(),
            files,
            observer);
    running.put(request, sender);
    senders.execute(() -> {
      try {
        sender.run();
      } finally {
        running.remove(request);
      }
    });
  }

  private void refuse(InetSocketAddress client, int code, String message) throws IOException {
    byte[] error = new ErrorPacket(code, message).bytes();
    socket.send(new DatagramPacket(error, error.length, client));
  }

  private static DatagramSocket bind(Ipv4 address, int port) throws IOException {
    InetAddress inet = InetAddress.getByAddress(address.octets());
    try {
      return new DatagramSocket(new InetSocketAddress(inet, port));
    } catch (BindException e) {
      boolean ours = NetworkInterface.getByInetAddress(inet) != null;
      throw new IOException(
          "TFTP cannot listen on %s port %d: %s".formatted(address, port, advice(e, ours, port)),
          e);
    }
  }

  /** What to do when a port cannot be had; {@code ours}: the address is one of this machine. */
  static String advice(BindException e, boolean ours, int port) {
    String reason = String.valueOf(e.getMessage());
    if (!ours) {
      return "no interface of this machine has that address; 'ip -br address' lists those it has";
    }
    if (reason.contains("Permission denied")) {
      return "ports below 1024 need a privilege; run as root or give the service"
          + " CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE)";
    }
    return reason
        + "; 'ss -lunp sport = :%d' names the program that has it (dnsmasq? tftp.socket?): stop it"
            .formatted(port);
  }
}
