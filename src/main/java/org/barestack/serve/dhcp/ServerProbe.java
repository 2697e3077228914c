package org.barestack.serve.dhcp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
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

/** Asks once which other DHCP servers there are. {@link ServerWatch} does so again and again. */
public final class ServerProbe {
  private static final Logger LOG = LoggerFactory.getLogger(ServerProbe.class);

  private static final int CLIENT_PORT = 68;
  private static final Endpoint SERVERS = new Endpoint(Ipv4.BROADCAST, DhcpMode.SERVER_PORT);

  private ServerProbe() {}

  /**
   * Asks as a client, or as a relay where another client has port 68, and takes no address.
   *
   * @param device the interface, such as eno1
   * @param others makes the probes, and knows which server is not another one
   * @param patience how long to wait for answers; dnsmasq may take 3 s
   * @throws IOException if neither port can be had; the message says what to do
   */
  public static Set<Ipv4> find(String device, OtherServers others, Duration patience)
      throws IOException {
    try {
      return find(device, CLIENT_PORT, others.plainProbe(), others, patience);
    } catch (BindException e) {
      LOG.debug("cannot ask as a client: {}", e.getMessage());
      return find(device, DhcpMode.SERVER_PORT, others.relayedProbe(), others, patience);
    }
  }

  private static Set<Ipv4> find(
      String device, int port, DhcpPacket probe, OtherServers others, Duration patience)
      throws IOException {
    Set<Ipv4> found = new ConcurrentSkipListSet<>();
    try (OneInterfaceSocket socket = OneInterfaceSocket.open(device, port)) {
      Thread listener =
          Thread.ofPlatform()
              .name("dhcp-" + device + "-probe")
              .start(() -> listen(socket, others, found));
      try {
        socket.send(probe.bytes(), SERVERS);
        TimeUnit.MILLISECONDS.sleep(patience.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("stopped while it waited for DHCP servers");
      } finally {
        socket.stop();
        Threads.join(listener);
      }
    }
    return found;
  }

  private static void listen(OneInterfaceSocket socket, OtherServers others, Set<Ipv4> found) {
    try {
      Optional<Datagram> datagram = socket.receive();
      while (datagram.isPresent()) {
        try {
          others
              .server(DhcpPacket.parse(datagram.get().octets().toArray()), datagram.get().from())
              .ifPresent(found::add);
        } catch (MalformedPacketException e) {
          LOG.debug("no DHCP packet from {}: {}", datagram.get().from(), e.getMessage());
        }
        datagram = socket.receive();
      }
    } catch (IOException e) {
      LOG.debug("cannot listen for DHCP servers: {}", e.getMessage());
    }
  }
}
