package org.barestack.serve.dhcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.serve.dhcp.OneInterfaceSocket.Datagram;
import org.barestack.wire.dhcp.Answer;
import org.barestack.wire.dhcp.Answer.Probe;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.barestack.wire.dhcp.Client;
import org.barestack.wire.dhcp.DhcpMode;
import org.barestack.wire.dhcp.DhcpPacket;
import org.barestack.wire.dhcp.DhcpResponder;
import org.barestack.wire.dhcp.Endpoint;
import org.barestack.wire.dhcp.MalformedPacketException;
import org.barestack.wire.dhcp.MessageType;
import org.barestack.wire.dhcp.OtherServers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers DHCP on one interface, on the ports that the mode names. */
public final class DhcpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DhcpServer.class);

  /** Probes at once, a thread each for half a second. A client beyond them asks again. */
  private static final int MOST_PROBES = 64;

  /** How many addresses of others are found for one packet before its client has to ask again. */
  private static final int MOST_CONFLICTS = 4;

  private final DhcpResponder responder;
  private final Consumer<Seen> observer;
  private final List<OneInterfaceSocket> sockets = new ArrayList<>();
  private final List<Thread> loops = new ArrayList<>();
  private final Set<Ipv4> probing = ConcurrentHashMap.newKeySet();
  private final Semaphore probes = new Semaphore(MOST_PROBES);
  private @Nullable ServerWatch watch;

  private DhcpServer(DhcpResponder responder, Consumer<Seen> observer) {
    this.responder = responder;
    this.observer = observer;
  }

  /**
   * Opens the sockets and begins to answer.
   *
   * @param device the only interface that is heard, such as eno1
   * @param others remembers the other DHCP servers; only asked where port 67 is ours
   * @param observer told of each packet of a known sender, after it was answered; called by several
   *     threads
   * @throws IOException if a port cannot be had; the message says why and what to do
   */
  public static DhcpServer open(
      String device, DhcpResponder responder, OtherServers others, Consumer<Seen> observer)
      throws IOException {
    DhcpServer server = new DhcpServer(responder, observer);
    try {
      for (int port : responder.settings().mode().ports()) {
        server.sockets.add(OneInterfaceSocket.open(device, port));
      }
    } catch (IOException e) {
      server.closeSockets();
      throw e;
    }
    server.sockets.stream()
        .filter(socket -> socket.port() == DhcpMode.SERVER_PORT)
        .forEach(socket -> server.watch = new ServerWatch(socket, others));
    // No virtual threads: poll() inside a native call holds its carrier, and there are few of
    // those.
    for (OneInterfaceSocket socket : server.sockets) {
      String name = "dhcp-" + device + "-" + socket.port();
      Backlog backlog = new Backlog();
      server.loops.add(Thread.ofPlatform().name(name).start(() -> receive(socket, backlog)));
      server.loops.add(
          Thread.ofPlatform().name(name + "-answers").start(() -> server.serve(socket, backlog)));
    }
    LOG.info(
        "DHCP ({}) answers on {}, UDP {}",
        responder.settings().mode(),
        device,
        responder.settings().mode().ports());
    return server;
  }

  private void serve(OneInterfaceSocket socket, Backlog backlog) {
    try {
      Optional<Datagram> datagram = backlog.take();
      while (datagram.isPresent()) {
        Datagram received = datagram.get();
        attempt(received.from(), () -> handle(socket, received));
        datagram = backlog.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Does nothing else, since the kernel keeps little, and says nothing of what it drops. */
  private static void receive(OneInterfaceSocket socket, Backlog backlog) {
    try {
      Optional<Datagram> datagram = socket.receive();
      while (datagram.isPresent()) {
        if (!backlog.put(datagram.get())) {
          LOG.warn("more asks than can be answered; {} has to ask again", datagram.get().from());
        }
        datagram = socket.receive();
      }
    } catch (IOException e) {
      LOG.error(
          "DHCP on {} has failed and no longer answers on UDP {}; start it again",
          socket.device(),
          socket.port(),
          e);
    } finally {
      backlog.end();
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  /** One packet that we cannot handle must not cost the others their answer. */
  private static void attempt(Endpoint from, Work work) {
    try {
      work.run();
    } catch (IOException e) {
      LOG.warn("cannot answer {}: {}", from, e.getMessage());
    } catch (UncheckedIOException e) {
      LOG.error("no answer to {}, since it could not be recorded: {}", from, e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("a fault of ours, in the answer to {}", from, e);
    }
  }

  private void handle(OneInterfaceSocket socket, Datagram datagram) throws IOException {
    try {
      DhcpPacket packet = DhcpPacket.parse(datagram.octets().toArray());
      boolean heardBack =
          watch != null
              && socket.port() == DhcpMode.SERVER_PORT
              && watch.isOurs(packet, datagram.from());
      if (!heardBack) {
        answer(socket, packet, datagram.from(), 0);
      }
    } catch (MalformedPacketException e) {
      LOG.debug("no DHCP packet from {}: {}", datagram.from(), e.getMessage());
    }
  }

  /**
   * Answers, or has an address probed first.
   *
   * @param conflicts addresses of others that were found for this packet so far
   */
  private void answer(OneInterfaceSocket socket, DhcpPacket packet, Endpoint from, int conflicts)
      throws IOException {
    Answer answer = responder.answer(packet, from, socket.port());
    switch (answer) {
      case Reply reply -> {
        socket.send(reply.packet().bytes(), reply.to());
        LOG.info("{}", reply.log());
      }
      case Probe probe -> {
        LOG.debug("{}", probe.log());
        probe(probe.address(), socket, packet, from, conflicts);
        return;
      }
      case Silence silence when silence.notable() -> LOG.info("no answer to {}", silence.reason());
      case Silence silence -> LOG.debug("no answer to {}", silence.reason());
    }
    Optional<MessageType> type = packet.messageType().filter(_ -> !packet.reply());
    if (type.isPresent()) {
      packet
          .mac()
          .map(mac -> new Seen(mac, type.get(), Client.of(packet), packet.uuid(), answer))
          .ifPresent(observer);
    }
  }

  /** Looks in a thread of its own whether anybody uses the address, then answers. */
  private void probe(
      Ipv4 address, OneInterfaceSocket socket, DhcpPacket packet, Endpoint from, int conflicts) {
    if (conflicts == MOST_CONFLICTS || probing.contains(address) || !probes.tryAcquire()) {
      return; // the client asks again
    }
    probing.add(address);
    Thread.ofPlatform()
        .name("dhcp-" + socket.device() + "-probe")
        .start(() -> {
          try {
            attempt(
                from,
                () -> {
                  boolean free = isFree(address, socket.device());
                  probing.remove(address);
                  answer(socket, packet, from, free ? conflicts : conflicts + 1);
                });
          } finally {
            probing.remove(address);
            probes.release();
          }
        });
  }

  private boolean isFree(Ipv4 address, String device) {
    Optional<MacAddress> user = Optional.empty();
    try {
      user = ArpProbe.user(device, address);
    } catch (IOException e) {
      LOG.warn(
          "cannot look whether anybody uses {} ({}); it needs the capability CAP_NET_RAW and"
              + " address family AF_PACKET",
          address,
          e.getMessage());
    }
    boolean free = responder.probed(address, user);
    if (!free) {
      LOG.warn(
          "{} of the pool is used by {}, which has no lease of it; nobody else gets it for {} min."
              + " Give that machine another address, or take this one out of provisioning.pool",
          address,
          user.map(MacAddress::text).orElse("a machine"),
          responder.settings().leaseTime().toMinutes());
    }
    return free;
  }

  /** Stops answering, and returns when no thread and no socket is left. */
  @Override
  public void close() throws IOException {
    if (watch != null) {
      watch.close();
    }
    for (OneInterfaceSocket socket : sockets) {
      socket.stop();
    }
    loops.forEach(Threads::join);
    probes.acquireUninterruptibly(MOST_PROBES);
    closeSockets();
  }

  private void closeSockets() throws IOException {
    for (OneInterfaceSocket socket : sockets) {
      socket.close();
    }
  }
}
