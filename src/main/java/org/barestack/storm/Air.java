package org.barestack.storm;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.serve.device.OneInterface;
import org.barestack.wire.dhcp.DhcpOptions;
import org.barestack.wire.dhcp.DhcpPacket;
import org.barestack.wire.dhcp.MalformedPacketException;
import org.barestack.wire.dhcp.MessageType;
import org.barestack.wire.dhcp.Octets;
import org.barestack.wire.dhcp.OptionCode;
import org.jspecify.annotations.Nullable;

/**
 * What all machines hear and speak before they have an address: broadcasts from port 68 to port 67.
 * One socket serves them all, so every request asks for its answer as a broadcast (RFC 2131 §4.1),
 * which UEFI does anyway.
 */
final class Air implements Closeable {
  private static final int CLIENT = 68;
  private static final int SERVER = 67;
  private static final int LARGEST = 1500;
  private static final int ETHERNET = 1;

  private final DatagramSocket socket;
  private final InetSocketAddress everyone;
  private final Losses losses;
  private final Map<Integer, BlockingQueue<byte[]>> listeners = new ConcurrentHashMap<>();
  private final Thread reader;

  Air(String device, Losses losses) throws IOException {
    this.losses = losses;
    this.everyone = new InetSocketAddress(InetAddress.ofLiteral("255.255.255.255"), SERVER);
    this.socket = new DatagramSocket(null);
    try {
      socket.setReuseAddress(true);
      socket.setBroadcast(true);
      socket.setReceiveBufferSize(32 << 20);
      socket.bind(new InetSocketAddress(CLIENT));
      OneInterface.hold(OneInterface.Kind.UDP, CLIENT, device);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    this.reader = Thread.ofPlatform().name("storm-dhcp").daemon().start(this::listen);
  }

  /** One exchange, by its number. */
  final class Exchange implements AutoCloseable {
    private final int xid;
    private final BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();

    private Exchange(int xid) {
      this.xid = xid;
      listeners.put(xid, heard);
    }

    /** A client's packet of this exchange (RFC 2131 §4.4.1). */
    DhcpPacket packet(MessageType type, MacAddress mac, DhcpOptions options) {
      DhcpOptions all = DhcpOptions.NONE.with(OptionCode.MESSAGE_TYPE, type.octets());
      for (Map.Entry<Integer, Octets> option : options.values().entrySet()) {
        all = all.with(option.getKey(), option.getValue());
      }
      return new DhcpPacket(
          false,
          ETHERNET,
          0,
          xid,
          0,
          DhcpPacket.BROADCAST_FLAG,
          Ipv4.ANY,
          Ipv4.ANY,
          Ipv4.ANY,
          Ipv4.ANY,
          Octets.of(mac.octets()),
          "",
          "",
          all);
    }

    void say(DhcpPacket packet) throws IOException {
      if (!losses.next()) {
        byte[] octets = packet.bytes();
        socket.send(new DatagramPacket(octets, octets.length, everyone));
      }
    }

    /** The next answer that fits; null if none comes in that time. */
    @Nullable DhcpPacket hear(Duration patience, Predicate<DhcpPacket> fits)
        throws InterruptedException {
      long until = System.nanoTime() + patience.toNanos();
      while (true) {
        long left = until - System.nanoTime();
        byte[] octets = left <= 0 ? null : heard.poll(left, TimeUnit.NANOSECONDS);
        if (octets == null) {
          return null;
        }
        try {
          DhcpPacket packet = DhcpPacket.parse(octets);
          if (fits.test(packet)) {
            return packet;
          }
        } catch (MalformedPacketException e) {
          // another server's fault is as good as silence
        }
      }
    }

    @Override
    public void close() {
      listeners.remove(xid, heard);
    }
  }

  Exchange open(int xid) {
    return new Exchange(xid);
  }

  private void listen() {
    byte[] buffer = new byte[LARGEST];
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    while (!socket.isClosed()) {
      try {
        packet.setLength(buffer.length);
        socket.receive(packet);
      } catch (IOException e) {
        continue; // closed, or an ICMP error that is nobody's
      }
      if (packet.getLength() < 8) {
        continue;
      }
      BlockingQueue<byte[]> listener = listeners.get(ByteBuffer.wrap(buffer).getInt(4));
      if (listener != null && !losses.next()) {
        listener.add(Arrays.copyOf(buffer, packet.getLength()));
      }
    }
  }

  /** Datagrams that came faster than they were read, as the kernel counts them; 0 if unknown. */
  long missed() {
    try {
      // The local address is hex with its port behind a colon; the last column counts drops.
      return Files.readAllLines(Path.of("/proc/self/net/udp")).stream()
          .map(line -> line.strip().split("\\s+"))
          .filter(columns -> columns.length > 12 && columns[1].endsWith(":0044"))
          .mapToLong(columns -> Long.parseLong(columns[columns.length - 1]))
          .sum();
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    socket.close();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
