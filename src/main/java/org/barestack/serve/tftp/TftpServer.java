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
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.barestack.model.Ipv4;
import org.barestack.serve.device.OneInterface;
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
 * <p>Memory is two buffers of one block for each transfer. When all places are taken, of one client
 * or of all, the transfer that made no progress for the longest time goes, unless that is a moment.
 * A request for which there is no place is dropped rather than refused: the client asks again in a
 * second or a few, while an error would end its boot.
 */
public final class TftpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TftpServer.class);

  private final Settings settings;
  private final TftpFiles files;
  private final Consumer<Outcome> observer;
  private final DatagramSocket socket;
  private final Map<Request, Sender> running = new ConcurrentHashMap<>();
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread listener;

  /** How long a transfer keeps its place without progress: every client answers within it. */
  private static final Duration MOMENT = Duration.ofSeconds(2);

  /**
   * Where and how to serve.
   *
   * @param device the interface of that address, the only one that is heard
   * @param address of that interface
   * @param port 69, or 0 for any free one
   * @param transfers how many may run at once
   * @param ofOne how many of one client; firmware has one, and another after it starts anew
   * @param limits of each transfer
   */
  public record Settings(
      String device, Ipv4 address, int port, int transfers, int ofOne, Limits limits) {
    /** Port 69 for a few hundred machines on Ethernet. */
    public static Settings on(String device, Ipv4 address) {
      return new Settings(device, address, 69, 1024, 4, Limits.ETHERNET);
    }
  }

  /** What came of a request. */
  public sealed interface Outcome {
    /** Who asked. */
    Ipv4 client();

    /** The name, fit to be shown. */
    String file();
  }

  /** A file that a client has received in whole. */
  public record Served(Ipv4 client, String file, long bytes, Duration took) implements Outcome {}

  /** A file that a client did not get, since there is none to be had under that name. */
  public record NotServed(Ipv4 client, String file, String reason) implements Outcome {}

  /** What makes a request one and the same when it comes again (RFC 1123 §4.2.3.1). */
  private record Request(InetSocketAddress client, ReadRequest packet) {}

  /**
   * Binds the port and starts to serve.
   *
   * @param observer told of each file after its last ACK, or that it is not to be had, in the
   *     transfer's thread
   * @throws IOException if the port cannot be had; the message says what to do
   */
  public static TftpServer start(Settings settings, TftpFiles files, Consumer<Outcome> observer)
      throws IOException {
    return new TftpServer(settings, files, observer);
  }

  private TftpServer(Settings settings, TftpFiles files, Consumer<Outcome> observer)
      throws IOException {
    this.settings = settings;
    this.files = files;
    this.observer = observer;
    this.socket = bind(settings.address(), settings.port());
    try {
      OneInterface.hold(OneInterface.Kind.UDP, port(), settings.device());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    this.listener = Thread.ofVirtual().name("tftp").start(this::listen);
  }

  /** The port that it listens on. */
  public int port() {
    return socket.getLocalPort();
  }

  /** How many transfers are under way. */
  int transfers() {
    return running.size();
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
    running.values().forEach(sender -> sender.stop("the server stops"));
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
    if (!place(request)) {
      log.warn(
          "TFTP {} must ask again for {}: all places are taken",
          request.client(),
          Sender.printable(request.packet().name()));
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
        running.remove(request, sender);
      }
    });
  }

  /** Whether there is a place for that request, or one that can be made free. */
  private boolean place(Request request) {
    InetAddress client = request.client().getAddress();
    List<Sender> ofClient =
        running.values().stream().filter(sender -> sender.client().equals(client)).toList();
    if (ofClient.size() >= settings.ofOne()) {
      return longestIdleGoes(ofClient);
    }
    return running.size() < settings.transfers() || longestIdleGoes(running.values());
  }

  private boolean longestIdleGoes(Collection<Sender> senders) {
    long now = System.nanoTime();
    Optional<Sender> idle =
        senders.stream()
            .max(Comparator.comparingLong(sender -> now - sender.progress()))
            .filter(sender -> now - sender.progress() > MOMENT.toNanos());
    idle.ifPresent(sender -> {
      running.values().remove(sender);
      sender.stop("another transfer needs its place");
    });
    return idle.isPresent();
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
