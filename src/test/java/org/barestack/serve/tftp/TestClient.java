package org.barestack.serve.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import org.barestack.wire.tftp.MalformedPacketException;
import org.barestack.wire.tftp.TftpPacket;
import org.barestack.wire.tftp.TftpPacket.Ack;
import org.barestack.wire.tftp.TftpPacket.Data;
import org.barestack.wire.tftp.TftpPacket.OptionAck;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;

/** One port of a TFTP client: single packets by hand, or a whole file with windows (RFC 7440). */
final class TestClient implements AutoCloseable {
  private final DatagramSocket socket;
  private final InetSocketAddress server;
  // Where the last packet came from: the transfer's port.
  private SocketAddress peer;
  private Optional<TftpPacket> last = Optional.empty();

  TestClient(int serverPort) throws IOException {
    this("127.0.0.1", serverPort);
  }

  /** At an address of its own, of which loopback has many. */
  TestClient(String address, int serverPort) throws IOException {
    server = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), serverPort);
    peer = server;
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    socket.setReceiveBufferSize(1 << 20);
  }

  /** A request for an octet file; options as name, value, name, value. */
  static ReadRequest request(String name, String... options) {
    SequencedMap<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      map.put(options[i], options[i + 1]);
    }
    return new ReadRequest(name, "octet", map);
  }

  int port() {
    return socket.getLocalPort();
  }

  int serverPort() {
    return server.getPort();
  }

  SocketAddress peer() {
    return peer;
  }

  /** Sends to the server's listening port. */
  TestClient ask(TftpPacket request) throws IOException {
    return ask(request.bytes());
  }

  TestClient ask(byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, server));
    return this;
  }

  TestClient answer(TftpPacket packet) throws IOException {
    return send(packet, peer);
  }

  TestClient send(TftpPacket packet, SocketAddress to) throws IOException {
    byte[] bytes = packet.bytes();
    socket.send(new DatagramPacket(bytes, bytes.length, to));
    return this;
  }

  /** The next packet that is not the last one again, which a busy machine may bring. */
  TftpPacket receive() throws IOException {
    Optional<TftpPacket> before = last;
    Optional<TftpPacket> packet = receiveWithin(Duration.ofSeconds(10));
    while (packet.isPresent() && packet.equals(before)) {
      packet = receiveWithin(Duration.ofSeconds(10));
    }
    return packet.orElseThrow(() -> new AssertionError("the server is silent after " + before));
  }

  /** The next packet, or nothing if none comes in that time. */
  Optional<TftpPacket> receiveWithin(Duration time) throws IOException {
    DatagramPacket datagram = new DatagramPacket(new byte[65_535], 65_535);
    socket.setSoTimeout((int) time.toMillis());
    try {
      socket.receive(datagram);
      peer = datagram.getSocketAddress();
      last =
          Optional.of(
              TftpPacket.parse(ByteBuffer.wrap(datagram.getData(), 0, datagram.getLength())));
      return last;
    } catch (SocketTimeoutException _) {
      return Optional.empty();
    } catch (MalformedPacketException e) {
      throw new AssertionError(e);
    }
  }

  /** Fetches a whole file; each block of {@code lost} is thrown away when it first comes. */
  byte[] fetch(ReadRequest request, Integer... lost) throws IOException {
    Set<Integer> toLose = new TreeSet<>(Set.of(lost));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    int blockSize = 512;
    int windowSize = 1;
    int expected = 1;
    int sinceAck = 0;
    ask(request);
    while (true) {
      switch (receiveWithin(Duration.ofSeconds(10)).orElseThrow()) {
        case OptionAck(var options) -> {
          blockSize = Integer.parseInt(options.getOrDefault("blksize", "512"));
          windowSize = Integer.parseInt(options.getOrDefault("windowsize", "1"));
          answer(new Ack(0));
        }
        case Data data -> {
          if (toLose.remove(data.block())) {
            continue;
          }
          boolean fits = data.block() == (expected & 0xFFFF);
          int length = data.payload().remaining();
          if (fits) {
            byte[] payload = new byte[length];
            data.payload().get(payload);
            file.writeBytes(payload);
            expected++;
            sinceAck++;
          }
          boolean last = fits && length < blockSize;
          if (!fits || last || sinceAck == windowSize) {
            sinceAck = 0;
            answer(new Ack((expected - 1) & 0xFFFF));
          }
          if (last) {
            assertThat(toLose).isEmpty();
            return file.toByteArray();
          }
        }
        case TftpPacket other -> throw new AssertionError(other);
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
