package org.barestack.serve.dhcp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.barestack.serve.dhcp.OneInterfaceSocket.Datagram;
import org.barestack.wire.dhcp.Answer;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.barestack.wire.dhcp.Client;
import org.barestack.wire.dhcp.DhcpPacket;
import org.barestack.wire.dhcp.DhcpResponder;
import org.barestack.wire.dhcp.MalformedPacketException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers DHCP on one interface, on the ports that the mode names. */
public final class DhcpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DhcpServer.class);

  private final DhcpResponder responder;
  private final Consumer<Seen> observer;
  private final List<OneInterfaceSocket> sockets = new ArrayList<>();
  private final List<Thread> loops = new ArrayList<>();

  private DhcpServer(DhcpResponder responder, Consumer<Seen> observer) {
    this.responder = responder;
    this.observer = observer;
  }

  /**
   * Opens the sockets and begins to answer.
   *
   * @param device the only interface that is heard, such as eno1
   * @param observer told of each packet of a known sender, after it was answered; called by several
   *     threads
   * @throws IOException if a port cannot be had; the message says why and what to do
   */
  public static DhcpServer open(String device, DhcpResponder responder, Consumer<Seen> observer)
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
    // No virtual threads: poll() inside a native call holds its carrier, and there are few of
    // those.
    server.sockets.forEach(socket ->
        server.loops.add(
            Thread.ofPlatform()
                .name("dhcp-" + device + "-" + socket.port())
                .start(() -> server.serve(socket))));
    LOG.info(
        "DHCP ({}) answers on {}, UDP {}",
        responder.settings().mode(),
        device,
        responder.settings().mode().ports());
    return server;
  }

  private void serve(OneInterfaceSocket socket) {
    try {
      Optional<Datagram> datagram = socket.receive();
      while (datagram.isPresent()) {
        handle(socket, datagram.get());
        datagram = socket.receive();
      }
    } catch (IOException e) {
      LOG.error(
          "DHCP on {} has failed and no longer answers on UDP {}; start it again",
          socket.device(),
          socket.port(),
          e);
    }
  }

  private void handle(OneInterfaceSocket socket, Datagram datagram) {
    try {
      DhcpPacket packet = DhcpPacket.parse(datagram.octets().toArray());
      Answer answer = responder.answer(packet, datagram.from(), socket.port());
      switch (answer) {
        case Reply reply -> {
          socket.send(reply.packet().bytes(), reply.to());
          LOG.info("{}", reply.log());
        }
        case Silence silence when silence.notable() ->
            LOG.info("no answer to {}", silence.reason());
        case Silence silence -> LOG.debug("no answer to {}", silence.reason());
      }
      packet
          .mac()
          .filter(mac -> !packet.reply())
          .ifPresent(
              mac -> observer.accept(new Seen(mac, Client.of(packet), packet.uuid(), answer)));
    } catch (MalformedPacketException e) {
      LOG.debug("no DHCP packet from {}: {}", datagram.from(), e.getMessage());
    } catch (IOException e) {
      LOG.warn("cannot answer {} by {}: {}", datagram.from(), socket.device(), e.getMessage());
    } catch (RuntimeException e) {
      // One packet that we cannot handle must not cost the others their answer.
      LOG.error("a fault of ours, in the answer to {}", datagram.from(), e);
    }
  }

  /** Stops answering, and returns when no thread and no socket is left. */
  @Override
  public void close() throws IOException {
    for (OneInterfaceSocket socket : sockets) {
      socket.stop();
    }
    boolean interrupted = false;
    for (Thread loop : loops) {
      interrupted |= joined(loop);
    }
    closeSockets();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits through an interrupt, since a socket may only be closed when nobody waits on it. */
  private static boolean joined(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  private void closeSockets() throws IOException {
    for (OneInterfaceSocket socket : sockets) {
      socket.close();
    }
  }
}
