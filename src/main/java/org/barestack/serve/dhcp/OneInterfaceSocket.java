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
import static org.barestack.serve.device.CLibrary.RECVMMSG;
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
import org.barestack.serve.device.CLibrary;
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
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVBUFFORCE = 33;

  /** What UDP can carry at most; OVMF says it takes 65280 (option 57). */
  private static final int LARGEST = 65_507;

  /** Datagrams that one call takes at most. */
  private static final int BATCH = 16;

  /** Of a struct mmsghdr: its size, and where the sizes of its sender and its datagram stand. */
  private static final long MESSAGE_SIZE = 64;

  private static final long NAME_SIZE = 8;
  private static final long MESSAGE_LENGTH = 56;

  private static final long VECTOR_SIZE = 16;
  private static final int ADDRESS_SIZE = 16;

  /** What the kernel keeps for us, octets with its own: thousands of packets. */
  private static final int RECEIVE_BUFFER = 4 << 20;

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

  /** Struct mmsghdr, each with one struct iovec, one place for the datagram and its sender. */
  private final MemorySegment messages = arena.allocate(BATCH * MESSAGE_SIZE, 8);

  private final MemorySegment received = arena.allocate((long) BATCH * LARGEST);
  private final MemorySegment senders = arena.allocate(BATCH * ADDRESS_SIZE, 4);
  private final MemorySegment errno = CLibrary.errno(arena);
  private int arrived;
  private int taken;

  private final MemorySegment outgoing = arena.allocate(LARGEST);
  private final MemorySegment receiver = arena.allocate(ADDRESS_SIZE, 4);
  private final MemorySegment sendErrno = CLibrary.errno(arena);
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
    MemorySegment vectors = arena.allocate(BATCH * VECTOR_SIZE, 8);
    for (long i = 0; i < BATCH; i++) {
      MemorySegment message = messages.asSlice(i * MESSAGE_SIZE, MESSAGE_SIZE);
      MemorySegment vector = vectors.asSlice(i * VECTOR_SIZE, VECTOR_SIZE);
      vector.set(ValueLayout.ADDRESS, 0, received.asSlice(i * LARGEST, LARGEST));
      vector.set(JAVA_LONG, 8, LARGEST);
      message.set(ValueLayout.ADDRESS, 0, senders.asSlice(i * ADDRESS_SIZE, ADDRESS_SIZE));
      message.set(ValueLayout.ADDRESS, 16, vector);
      message.set(JAVA_LONG, 24, 1);
    }
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
      hearMuch(socket, arena.allocateFrom(JAVA_INT, RECEIVE_BUFFER));
      call(it -> (int) BIND.invokeExact(it, socket, any, ADDRESS_SIZE));
      int event = (int) call(it -> (int) EVENTFD.invokeExact(it, 0, CLOEXEC | NONBLOCK));
      return new OneInterfaceSocket(device, port, socket, event);
    } catch (NativeException e) {
      call(it -> (int) CLOSE.invokeExact(it, socket));
      throw explained(e, device, port);
    }
  }

  /** Who may not pass the limit of the system (net.core.rmem_max) gets that. */
  private static void hearMuch(int socket, MemorySegment octets) throws NativeException {
    try {
      option(socket, SO_RCVBUFFORCE, octets);
    } catch (NativeException e) {
      option(socket, SO_RCVBUF, octets);
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
    while (taken == arrived) {
      taken = 0;
      arrived = 0;
      try {
        call(errno, it -> (int) POLL.invokeExact(it, polled, 2L, -1));
        if (polled.get(JAVA_SHORT, 14) != 0) {
          return Optional.empty();
        }
        for (int i = 0; i < BATCH; i++) {
          messages.set(JAVA_INT, i * MESSAGE_SIZE + NAME_SIZE, ADDRESS_SIZE);
        }
        arrived =
            (int)
                call(
                    errno,
                    it ->
                        (int)
                            RECVMMSG.invokeExact(
                                it, socket, messages, BATCH, 0, MemorySegment.NULL));
      } catch (NativeException e) {
        // A signal ends poll(). A datagram with a wrong checksum wakes it and is then gone: EAGAIN.
        if (e.errno() != EINTR && e.errno() != EAGAIN) {
          throw e;
        }
      }
    }
    return Optional.of(datagram(taken++));
  }

  private Datagram datagram(int i) {
    int size = messages.get(JAVA_INT, i * MESSAGE_SIZE + MESSAGE_LENGTH);
    long sender = (long) i * ADDRESS_SIZE;
    return new Datagram(
        Octets.of(received.asSlice((long) i * LARGEST, size).toArray(JAVA_BYTE)),
        new Endpoint(
            new Ipv4(senders.get(IPV4, sender + 4)),
            Short.toUnsignedInt(senders.get(PORT, sender + 2))));
  }

  /** Sends by this interface, whatever the routing table says. */
  void send(byte[] octets, Endpoint to) throws IOException {
    synchronized (outgoing) {
      MemorySegment data =
          outgoing.asSlice(0, octets.length).copyFrom(MemorySegment.ofArray(octets));
      address(receiver, to);
      call(
          sendErrno,
          it ->
              (long)
                  SENDTO.invokeExact(it, socket, data, data.byteSize(), 0, receiver, ADDRESS_SIZE));
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
    address(address, endpoint);
    return address;
  }

  private static void address(MemorySegment address, Endpoint endpoint) {
    address.set(JAVA_SHORT, 0, (short) AF_INET);
    address.set(PORT, 2, (short) endpoint.port());
    address.set(IPV4, 4, endpoint.address().bits());
  }
}
