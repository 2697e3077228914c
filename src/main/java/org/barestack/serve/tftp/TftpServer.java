package org.barestack.serve.tftp;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.barestack.model.Ipv4;
import org.barestack.serve.device.OneInterface;
import org.barestack.serve.tftp.Sender.Asked;
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
 * transfer has a port of its own there. One thread moves the packets of all: what a block costs is
 * to take one packet and to send one, and no thread is to be woken for it. Files are looked for,
 * and the observer is told, in virtual threads, since both may take a while.
 *
 * <p>When all places are taken, of one client or of all, the transfer that made no progress for the
 * longest time goes, unless that is a moment. A request for which there is no place is dropped
 * rather than refused: the client asks again in a second or a few, while an error would end its
 * boot.
 */
public final class TftpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TftpServer.class);

  private final Settings settings;
  private final TftpFiles files;
  private final Consumer<Outcome> observer;
  private final DatagramChannel socket;
  private final Selector selector;
  private final Map<Asked, Sender> running = new ConcurrentHashMap<>();
  private final ExecutorService aside = Executors.newVirtualThreadPerTaskExecutor();

  /** What was found and is to be sent. */
  private final Queue<Sender> found = new ConcurrentLinkedQueue<>();

  /** For one packet after the other, of any transfer: of the largest block and its head. */
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(65_536);

  private final Thread mover;
  private volatile boolean closing;

  /** How exactly silence is measured; clients wait for a second or more. */
  private static final Duration PULSE = Duration.ofMillis(50);

  /**
   * How many requests are taken before transfers go on. Of a crowd's requests none may wait here
   * until it is asked again: one that is taken after its transfer has ended begins a transfer that
   * nobody wants.
   */
  private static final int AT_ONCE = 512;

  /** How long a transfer keeps its place from others of its client without progress. */
  private static final Duration MOMENT = Duration.ofSeconds(2);

  /**
   * How long from those of others: who is behind a crowd may wait for seconds, and what is broken
   * off ends a boot.
   */
  private static final Duration WHILE = Duration.ofSeconds(10);

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
    /**
     * Port 69 for ten thousand machines on Ethernet, all at once: OVMF waits 24 s for a first
     * answer (measured), and as long again for each window after it, so that to begin with all of
     * them early loses fewer than to make some wait.
     */
    public static Settings on(String device, Ipv4 address) {
      return new Settings(device, address, 69, 16_384, 4, Limits.ETHERNET);
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

  /**
   * Binds the port and starts to serve.
   *
   * @param observer told of each file after its last ACK, or that it is not to be had, in a thread
   *     that may wait
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
      this.selector = Selector.open();
      socket.register(selector, SelectionKey.OP_READ);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    // No virtual thread: select() would hold its carrier, and there are few of those.
    this.mover = Thread.ofPlatform().name("tftp").start(this::move);
  }

  /** The port that it listens on. */
  public int port() {
    return socket.socket().getLocalPort();
  }

  /** How many transfers are under way. */
  int transfers() {
    return running.size();
  }

  /** Ends all transfers, tells their clients, and waits until the observer has been told. */
  @Override
  public void close() {
    closing = true;
    selector.wakeup();
    try {
      mover.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    aside.close();
    running.values().forEach(this::end);
  }

  /** Until the server is closed. */
  private void move() {
    try (selector;
        socket) {
      long look = System.nanoTime() + PULSE.toNanos();
      while (!closing) {
        selector.select(this::ready, PULSE.toMillis());
        for (Sender sender = found.poll(); sender != null; sender = found.poll()) {
          begin(sender);
        }
        long now = System.nanoTime();
        if (now - look >= 0) {
          look = now + PULSE.toNanos();
          running
              .values()
              .forEach(sender -> {
                if (sender.channel().isRegistered() && now - sender.deadline() >= 0) {
                  after(sender, sender.silence(scratch));
                }
              });
        }
      }
      running.values().forEach(sender -> sender.stop("the server stops"));
    } catch (IOException e) {
      log.error("TFTP has failed and no longer answers; start it again", e);
    }
  }

  private void ready(SelectionKey key) {
    if (key.attachment() instanceof Sender sender) {
      after(sender, sender.read(scratch));
    } else {
      listen();
    }
  }

  private void after(Sender sender, Sender.Now now) {
    switch (now) {
      case UNDER_WAY -> {}
      case SERVED -> {
        end(sender);
        aside.execute(() -> sender.tellServed(observer));
      }
      case OVER -> end(sender);
    }
  }

  private void end(Sender sender) {
    sender.close();
    running.remove(sender.asked(), sender);
  }

  /** Takes what has come to the port that all know, but not for ever: transfers go on. */
  private void listen() {
    for (int i = 0; i < AT_ONCE; i++) {
      SocketAddress from = null;
      try {
        scratch.clear();
        from = socket.receive(scratch);
        if (!(from instanceof InetSocketAddress client)) {
          return;
        }
        answer(client, scratch.flip());
      } catch (IOException | RuntimeException e) {
        log.warn("TFTP: no answer to {}: {}", from, e.toString());
      }
    }
  }

  private void answer(InetSocketAddress client, ByteBuffer bytes) throws IOException {
    int first = bytes.remaining() > 1 ? bytes.getShort(bytes.position()) : 0;
    try {
      switch (TftpPacket.parse(bytes)) {
        case ReadRequest request -> start(new Asked(client, request));
        case WriteRequest write -> {
          log.info("TFTP {} wants to write {}: refused", client, Sender.printable(write.name()));
          refuse(client, ErrorPacket.ACCESS_VIOLATION, "this server is read-only");
        }
        default -> log.debug("TFTP {} sent no request: ignored", client);
      }
    } catch (MalformedPacketException e) {
      log.debug("TFTP {} sent no TFTP packet: {}", client, e.getMessage());
      if (first == 1 || first == 2) {
        refuse(client, ErrorPacket.ILLEGAL_OPERATION, "malformed request, " + e.getMessage());
      }
    }
  }

  private void start(Asked request) throws IOException {
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
    Sender sender = new Sender(bind(settings.address(), 0), request, settings.limits());
    running.put(request, sender);
    aside.execute(() -> {
      if (sender.find(files, observer)) {
        found.add(sender);
        selector.wakeup();
      } else {
        end(sender);
      }
    });
  }

  private void begin(Sender sender) {
    if (running.get(sender.asked()) != sender) {
      sender.close(); // its place was needed
      return;
    }
    try {
      sender.channel().register(selector, SelectionKey.OP_READ, sender);
      after(sender, sender.begin(scratch));
    } catch (IOException e) {
      log.warn("TFTP: no answer to {}: {}", sender.asked().client(), e.toString());
      end(sender);
    }
  }

  /** Whether there is a place for that request, or one that can be made free. */
  private boolean place(Asked request) {
    InetAddress client = request.client().getAddress();
    List<Sender> ofClient =
        running.values().stream().filter(sender -> sender.client().equals(client)).toList();
    if (ofClient.size() >= settings.ofOne()) {
      return longestIdleGoes(ofClient, MOMENT);
    }
    return running.size() < settings.transfers() || longestIdleGoes(running.values(), WHILE);
  }

  private boolean longestIdleGoes(Collection<Sender> some, Duration idleFor) {
    long now = System.nanoTime();
    Optional<Sender> idle =
        some.stream()
            .max(Comparator.comparingLong(sender -> now - sender.progress()))
            .filter(sender -> now - sender.progress() > idleFor.toNanos());
    idle.ifPresent(sender -> {
      sender.stop("another transfer needs its place");
      end(sender);
    });
    return idle.isPresent();
  }

  private void refuse(InetSocketAddress client, int code, String message) throws IOException {
    socket.send(ByteBuffer.wrap(new ErrorPacket(code, message).bytes()), client);
  }

  private static DatagramChannel bind(Ipv4 address, int port) throws IOException {
    InetAddress inet = InetAddress.getByAddress(address.octets());
    DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
    try {
      channel.configureBlocking(false);
      channel.bind(new InetSocketAddress(inet, port));
      return channel;
    } catch (BindException e) {
      channel.close();
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
