package org.barestack.serve.dhcp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.barestack.serve.device.CLibrary.BIND;
import static org.barestack.serve.device.CLibrary.CLOEXEC;
import static org.barestack.serve.device.CLibrary.CLOSE;
import static org.barestack.serve.device.CLibrary.EAGAIN;
import static org.barestack.serve.device.CLibrary.EINTR;
import static org.barestack.serve.device.CLibrary.NONBLOCK;
import static org.barestack.serve.device.CLibrary.POLL;
import static org.barestack.serve.device.CLibrary.POLLIN;
import static org.barestack.serve.device.CLibrary.RECVFROM;
import static org.barestack.serve.device.CLibrary.SENDTO;
import static org.barestack.serve.device.CLibrary.SOCKET;
import static org.barestack.serve.device.CLibrary.SOCK_DGRAM;
import static org.barestack.serve.device.CLibrary.call;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.serve.device.CLibrary.NativeException;
import org.barestack.wire.dhcp.ArpPacket;

/**
 * Asks a network who uses an address (RFC 5227 §2.1.1). ARP, unlike ICMP echo, is answered through
 * every host firewall. The waits are shorter than that RFC's seven seconds, since a client waits:
 * iPXE and firmware ask again after one second or more.
 */
final class ArpProbe implements AutoCloseable {
  private static final int AF_PACKET = 17;
  private static final short ETHERTYPE_ARP = 0x0806;
  private static final int TIMES = 3;
  private static final Duration PAUSE = Duration.ofMillis(150);

  private static final ValueLayout.OfShort NETWORK_SHORT =
      JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

  /** A struct sockaddr_ll. */
  private static final int ADDRESS_SIZE = 20;

  private static final int LARGEST = 128;

  private final Arena arena = Arena.ofConfined();
  private final MacAddress ours;
  private final int socket;
  private final MemorySegment everybody;
  private final MemorySegment polled = arena.allocate(8, 4);
  private final MemorySegment received = arena.allocate(LARGEST);

  private ArpProbe(NetworkInterface device, MacAddress ours) throws NativeException {
    this.ours = ours;
    this.everybody = everybodyOn(device);
    this.socket =
        (int)
            call(it -> (int) SOCKET.invokeExact(it, AF_PACKET, SOCK_DGRAM | CLOEXEC | NONBLOCK, 0));
    polled.set(JAVA_INT, 0, socket);
    polled.set(JAVA_SHORT, 4, POLLIN);
    try {
      call(it -> (int) BIND.invokeExact(it, socket, everybody, ADDRESS_SIZE));
    } catch (NativeException e) {
      close();
      throw e;
    }
  }

  private MemorySegment everybodyOn(NetworkInterface device) {
    MemorySegment address = arena.allocate(ADDRESS_SIZE, 4);
    address.set(JAVA_SHORT, 0, (short) AF_PACKET);
    address.set(NETWORK_SHORT, 2, ETHERTYPE_ARP);
    address.set(JAVA_INT, 4, device.getIndex());
    address.set(JAVA_BYTE, 11, (byte) 6);
    address.asSlice(12, 6).fill((byte) 0xff);
    return address;
  }

  /**
   * The machine that uses the address; empty when none answers within half a second, or when the
   * interface is no Ethernet. Blocks inside native calls.
   *
   * @throws IOException if the network cannot be asked
   */
  static Optional<MacAddress> user(String device, Ipv4 address) throws IOException {
    NetworkInterface found = NetworkInterface.getByName(device);
    if (found == null) {
      throw new SocketException("there is no interface " + device + " any more");
    }
    byte[] ours = found.getHardwareAddress();
    if (ours == null || ours.length != 6) {
      return Optional.empty();
    }
    try (ArpProbe probe = new ArpProbe(found, MacAddress.of(ours))) {
      Optional<MacAddress> user = Optional.empty();
      for (int i = 0; i < TIMES && user.isEmpty(); i++) {
        probe.ask(address);
        user = probe.answer(address);
      }
      return user;
    }
  }

  private void ask(Ipv4 address) throws NativeException {
    MemorySegment packet = arena.allocateFrom(JAVA_BYTE, ArpPacket.probe(ours, address).bytes());
    call(it ->
        (long)
            SENDTO.invokeExact(it, socket, packet, packet.byteSize(), 0, everybody, ADDRESS_SIZE));
  }

  /** Whoever sends from the address has it, in an answer or in a question of its own. */
  private Optional<MacAddress> answer(Ipv4 address) throws NativeException {
    long deadline = System.nanoTime() + PAUSE.toNanos();
    long left = PAUSE.toMillis();
    while (left > 0) {
      Optional<MacAddress> user =
          receive((int) left)
              .filter(packet -> packet.sender().equals(address))
              .map(ArpPacket::senderMac)
              .filter(mac -> !mac.equals(ours));
      if (user.isPresent()) {
        return user;
      }
      left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    }
    return Optional.empty();
  }

  private Optional<ArpPacket> receive(int milliseconds) throws NativeException {
    try {
      long ready = call(it -> (int) POLL.invokeExact(it, polled, 1L, milliseconds));
      if (ready == 0) {
        return Optional.empty();
      }
      long size =
          call(it ->
              (long)
                  RECVFROM.invokeExact(
                      it,
                      socket,
                      received,
                      received.byteSize(),
                      0,
                      MemorySegment.NULL,
                      MemorySegment.NULL));
      return ArpPacket.parse(received.asSlice(0, size).toArray(JAVA_BYTE));
    } catch (NativeException e) {
      if (e.errno() == EINTR || e.errno() == EAGAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void close() throws NativeException {
    arena.close();
    call(it -> (int) CLOSE.invokeExact(it, socket));
  }
}
