package org.barestack.serve.dhcp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.barestack.serve.device.CLibrary.BIND;
import static org.barestack.serve.device.CLibrary.CLOEXEC;
import static org.barestack.serve.device.CLibrary.CLOSE;
import static org.barestack.serve.device.CLibrary.EACCES;
import static org.barestack.serve.device.CLibrary.EADDRINUSE;
import static org.barestack.serve.device.CLibrary.EAGAIN;
import static org.barestack.serve.device.CLibrary.EINTR;
import static org.barestack.serve.device.CLibrary.ENODEV;
import static org.barestack.serve.device.CLibrary.EPERM;
import static org.barestack.serve.device.CLibrary.EVENTFD;
import static org.barestack.serve.device.CLibrary.NONBLOCK;
import static org.barestack.serve.device.CLibrary.POLL;
import static org.barestack.serve.device.CLibrary.POLLIN;
import static org.barestack.serve.device.CLibrary.RECVFROM;
import static org.barestack.serve.device.CLibrary.SENDTO;
import static org.barestack.serve.device.CLibrary.SETSOCKOPT;
import static org.barestack.serve.device.CLibrary.SOCKET;
import static org.barestack.serve.device.CLibrary.SOCK_DGRAM;
import static org.barestack.serve.device.CLibrary.WRITE;
import static org.barestack.serve.device.CLibrary.call;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.SocketException;
import java.nio.ByteOrder;
import java.util.Optional;
import org.barestack.model.Ipv4;
import org.barestack.serve.device.CLibrary.NativeException;
import org.barestack.serve.device.OneInterface;
import org.barestack.wire.dhcp.Endpoint;
import org.barestack.wire.dhcp.Octets;

/**
 * A UDP socket on 0.0.0.0 that hears and speaks on one interface only (Linux, SO_BINDTODEVICE).
 *
 * <p>Java's own channels cannot: bound to the interface's address they hear no broadcast, bound to
 * 0.0.0.0 they hear every interface. So this calls the C library.
 *
 * <p>One thread receives, and closes; any may send or {@link #stop}.
 */
final class OneInterfaceSocket implements AutoCloseable {
  private static final int AF_INET = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_BROADCAST = 6;

  /** What UDP can carry at most; OVMF says it takes 65280 (option 57). */
  private static final int LARGEST = 65_507;

  private static final int ADDRESS_SIZE = 16;
  private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt IPV4 = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

  /** What came, and from where. */
  record Datagram(Octets octets, Endpoint from) {}

  private final String device;
  private final int port;
  private final int socket;
  private final int stopEvent;
  private final Arena arena = Arena.ofShared();

  /** Two struct pollfd: the socket, and the event that ends the waiting. */
  private final MemorySegment polled = arena.allocate(16, 4);

  private final MemorySegment received = arena.allocate(LARGEST);
  private final MemorySegment sender = arena.allocate(ADDRESS_SIZE, 4);
  private final MemorySegment senderSize = arena.allocate(JAVA_INT);
  private boolean closed;

  private OneInterfaceSocket(String device, int port, int socket, int stopEvent) {
    this.device = device;
    this.port = port;
    this.socket = socket;
    this.stopEvent = stopEvent;
    polled.set(JAVA_INT, 0, socket);
    polled.set(JAVA_SHORT, 4, POLLIN);
    polled.set(JAVA_INT, 8, stopEvent);
    polled.set(JAVA_SHORT, 12, POLLIN);
  }

  /**
   * Opens a socket on one interface.
   *
   * <p>Without SO_REUSEADDR: sockets on different interfaces do not disturb each other anyway, and
   * with it the kernel lets two DHCP servers onto one interface and tells neither (dnsmasq sets
   * it).
   *
   * @param device name of the interface, such as eno1
   * @throws IOException if that cannot be; the message says what to do
   */
  static OneInterfaceSocket open(String device, int port) throws IOException {
    if (device.isEmpty()) {
      throw new IllegalArgumentException("an empty name binds to every interface");
    }
    int socket =
        (int) call(it -> (int) SOCKET.invokeExact(it, AF_INET, SOCK_DGRAM | CLOEXEC | NONBLOCK, 0));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment on = arena.allocateFrom(JAVA_INT, 1);
      MemorySegment any = address(arena, new Endpoint(Ipv4.ANY, port));
      option(socket, SO_BROADCAST, on);
      OneInterface.bind(socket, device);
      call(it -> (int) BIND.invokeExact(it, socket, any, ADDRESS_SIZE));
      int event = (int) call(it -> (int) EVENTFD.invokeExact(it, 0, CLOEXEC | NONBLOCK));
      return new OneInterfaceSocket(device, port, socket, event);
    } catch (NativeException e) {
      call(it -> (int) CLOSE.invokeExact(it, socket));
      throw explained(e, device, port);
    }
  }

  private static void option(int socket, int option, MemorySegment value) throws NativeException {
    call(it ->
        (int)
            SETSOCKOPT.invokeExact(it, socket, SOL_SOCKET, option, value, (int) value.byteSize()));
  }

  private static IOException explained(NativeException e, String device, int port)
      throws SocketException {
    String where = "UDP port " + port + " of " + device;
    return switch (e.errno()) {
      case EPERM, EACCES ->
          new BindException(
              "no right to listen on %s: run as root, or with the capabilities CAP_NET_BIND_SERVICE and CAP_NET_RAW"
                  .formatted(where));
      case EADDRINUSE ->
          new BindException(
              "%s is taken: another DHCP or PXE server runs on this host; 'ss -lunp sport = :%d' names it. Stop it, keep it off %s, or set dhcp: port-4011 and give it what 'barestack dhcp-snippet' prints"
                  .formatted(where, port, device));
      case ENODEV -> OneInterface.missing(device);
      default -> new SocketException("cannot listen on " + where + ": " + e.getMessage());
    };
  }

  /** The name of the interface. */
  String device() {
    return device;
  }

  /** The UDP port. */
  int port() {
    return port;
  }

  /** Waits for a datagram; empty once {@link #stop} was called. */
  Optional<Datagram> receive() throws IOException {
    while (true) {
      try {
        call(it -> (int) POLL.invokeExact(it, polled, 2L, -1));
        if (polled.get(JAVA_SHORT, 14) != 0) {
          return Optional.empty();
        }
        senderSize.set(JAVA_INT, 0, ADDRESS_SIZE);
        long size =
            call(it ->
                (long)
                    RECVFROM.invokeExact(
                        it, socket, received, received.byteSize(), 0, sender, senderSize));
        return Optional.of(
            new Datagram(
                Octets.of(received.asSlice(0, size).toArray(JAVA_BYTE)),
                new Endpoint(
                    new Ipv4(sender.get(IPV4, 4)), Short.toUnsignedInt(sender.get(PORT, 2)))));
      } catch (NativeException e) {
        // A datagram with a wrong checksum wakes poll and is then gone: EAGAIN.
        if (e.errno() != EINTR && e.errno() != EAGAIN) {
          throw e;
        }
      }
    }
  }

  /** Sends by this interface, whatever the routing table says. */
  void send(byte[] octets, Endpoint to) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment data = call.allocateFrom(JAVA_BYTE, octets);
      MemorySegment address = address(call, to);
      call(it ->
          (long) SENDTO.invokeExact(it, socket, data, data.byteSize(), 0, address, ADDRESS_SIZE));
    }
  }

  /** Ends the waiting in {@link #receive}, now and from now on. */
  synchronized void stop() throws IOException {
    if (!closed) {
      try (Arena call = Arena.ofConfined()) {
        MemorySegment one = call.allocateFrom(JAVA_LONG, 1);
        call(it -> (long) WRITE.invokeExact(it, stopEvent, one, one.byteSize()));
      }
    }
  }

  /** Only when no thread is in {@link #receive}. */
  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      arena.close();
      call(it -> (int) CLOSE.invokeExact(it, socket));
      call(it -> (int) CLOSE.invokeExact(it, stopEvent));
    }
  }

  /** A struct sockaddr_in. */
  private static MemorySegment address(Arena arena, Endpoint endpoint) {
    MemorySegment address = arena.allocate(ADDRESS_SIZE, 4);
    address.set(JAVA_SHORT, 0, (short) AF_INET);
    address.set(PORT, 2, (short) endpoint.port());
    address.set(IPV4, 4, endpoint.address().bits());
    return address;
  }
}
