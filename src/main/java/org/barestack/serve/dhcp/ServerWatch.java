package org.barestack.serve.dhcp;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.barestack.model.Ipv4;
import org.barestack.serve.dhcp.OneInterfaceSocket.Datagram;
import org.barestack.wire.dhcp.DhcpMode;
import org.barestack.wire.dhcp.DhcpPacket;
import org.barestack.wire.dhcp.Endpoint;
import org.barestack.wire.dhcp.MalformedPacketException;
import org.barestack.wire.dhcp.OtherServers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every few minutes which other DHCP servers there are, and warns. */
final class ServerWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerWatch.class);
  private static final Duration PERIOD = Duration.ofMinutes(5);

  /** A server may ping an address before it offers it: dnsmasq for 3 s. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int CLIENT_PORT = 68;
  private static final Endpoint SERVERS = new Endpoint(Ipv4.BROADCAST, DhcpMode.SERVER_PORT);

  private final OneInterfaceSocket socket;
  private final OtherServers servers;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /**
   * Begins to ask.
   *
   * @param socket on the port of servers; whoever receives from it calls {@link #isOurs}
   */
  ServerWatch(OneInterfaceSocket socket, OtherServers servers) {
    this.socket = socket;
    this.servers = servers;
    this.thread = Thread.ofPlatform().name("dhcp-" + socket.device() + "-watch").start(this::watch);
  }

  /** Looks at what came. Our own probe needs no answer. */
  boolean isOurs(DhcpPacket packet, Endpoint from) {
    if (servers.sent(packet)) {
      return true;
    }
    servers.heard(packet, from).ifPresent(warning -> LOG.warn("{}", warning));
    return false;
  }

  private void watch() {
    try {
      do {
        ask();
      } while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask() throws InterruptedException {
    try {
      socket.send(servers.relayedProbe().bytes(), SERVERS);
      boolean stop = closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (!stop && !servers.hasHeard()) {
        stop = askAsClient();
      }
      if (!stop) {
        servers.nobody().ifPresent(warning -> LOG.warn("{}", warning));
      }
    } catch (IOException e) {
      LOG.warn("cannot look for other DHCP servers: {}", e.getMessage());
    }
  }

  /**
   * Some servers answer no relay. A client of this host may hold port 68; then it stays at that.
   *
   * @return whether it was closed meanwhile
   */
  private boolean askAsClient() throws IOException, InterruptedException {
    try (OneInterfaceSocket client = OneInterfaceSocket.open(socket.device(), CLIENT_PORT)) {
      Thread listener = Thread.ofPlatform().name(thread.getName()).start(() -> listen(client));
      try {
        client.send(servers.plainProbe().bytes(), SERVERS);
        return closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        client.stop();
        Threads.join(listener);
      }
    } catch (BindException e) {
      LOG.debug("cannot ask as a client: {}", e.getMessage());
      return false;
    }
  }

  private void listen(OneInterfaceSocket client) {
    try {
      Optional<Datagram> datagram = client.receive();
      while (datagram.isPresent()) {
        try {
          isOurs(DhcpPacket.parse(datagram.get().octets().toArray()), datagram.get().from());
        } catch (MalformedPacketException e) {
          LOG.debug("no DHCP packet from {}: {}", datagram.get().from(), e.getMessage());
        }
        datagram = client.receive();
      }
    } catch (IOException e) {
      LOG.debug("cannot listen as a client: {}", e.getMessage());
    }
  }

  /** Returns when its thread has ended; nothing is asked any more. */
  @Override
  public void close() {
    closed.countDown();
    Threads.join(thread);
  }
}
