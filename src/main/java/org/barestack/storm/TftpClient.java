package org.barestack.storm;

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
import java.util.SequencedMap;
import java.util.function.IntConsumer;
import org.barestack.wire.tftp.MalformedPacketException;
import org.barestack.wire.tftp.TftpPacket;
import org.barestack.wire.tftp.TftpPacket.Ack;
import org.barestack.wire.tftp.TftpPacket.Data;
import org.barestack.wire.tftp.TftpPacket.ErrorPacket;
import org.barestack.wire.tftp.TftpPacket.OptionAck;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.jspecify.annotations.Nullable;

/**
 * Loads files by TFTP as OVMF does (measured): a probe for the size, which it breaks off, then the
 * file in blocks of 1468 octets and windows of 4.
 */
final class TftpClient {
  /** EDK2's PXE: 4 s, and six times before it gives up (PxeBcMtftp, PXEBC_MTFTP_*). */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private static final int TRIES = 6;
  private static final int LARGEST = 1500;

  private final InetAddress local;
  private final InetSocketAddress server;
  private final Losses losses;
  private final IntConsumer again;

  /**
   * @param local address of the machine
   * @param again is told how many requests were made again
   */
  TftpClient(InetAddress local, InetSocketAddress server, Losses losses, IntConsumer again) {
    this.local = local;
    this.server = server;
    this.losses = losses;
    this.again = again;
  }

  /** Loads a file, and returns its octets' number. */
  long load(String name) throws IOException, Lost {
    try (Transfer probe = new Transfer()) {
      probe.ask(name, options("tsize", "0", "blksize", "1468", "windowsize", "4"));
      probe.say(new ErrorPacket(ErrorPacket.OPTIONS_DECLINED, "User aborted the transfer"));
    }
    try (Transfer transfer = new Transfer()) {
      return transfer.load(name, options("blksize", "1468", "windowsize", "4"));
    }
  }

  private static SequencedMap<String, String> options(String... words) {
    SequencedMap<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i < words.length; i += 2) {
      options.put(words[i], words[i + 1]);
    }
    return options;
  }

  /** One port of the machine's. */
  private final class Transfer implements AutoCloseable {
    private final DatagramSocket socket;
    private final DatagramPacket heard = new DatagramPacket(new byte[LARGEST], LARGEST);
    private SocketAddress peer = server;
    private int block;
    private int inWindow;
    private long octets;
    private boolean gapTold;

    Transfer() throws IOException {
      socket = new DatagramSocket(new InetSocketAddress(local, 0));
    }

    /** The first answer to a request. */
    TftpPacket ask(String name, SequencedMap<String, String> options) throws IOException, Lost {
      ReadRequest request = new ReadRequest(name, "octet", options);
      for (int tries = 0; tries < TRIES; tries++) {
        if (tries > 0) {
          again.accept(1);
        }
        peer = server;
        say(request);
        TftpPacket answer = hear();
        if (answer instanceof ErrorPacket refusal) {
          throw new Lost("TFTP refused it: " + refusal.message());
        }
        if (answer != null) {
          return answer;
        }
      }
      throw new Lost("no answer by TFTP");
    }

    long load(String name, SequencedMap<String, String> options) throws IOException, Lost {
      TftpPacket first = ask(name, options);
      int blockSize = 512;
      int window = 1;
      if (first instanceof OptionAck accepted) {
        blockSize = Integer.parseInt(accepted.options().getOrDefault("blksize", "512"));
        window = Integer.parseInt(accepted.options().getOrDefault("windowsize", "1"));
        say(new Ack(0));
      } else if (take(first, blockSize, window)) {
        return octets;
      }
      int silences = 0;
      while (true) {
        TftpPacket packet = hear();
        if (packet != null) {
          silences = 0;
          if (take(packet, blockSize, window)) {
            return octets;
          }
        } else if (++silences == TRIES) {
          throw new Lost("TFTP fell silent within a file");
        } else {
          again.accept(1);
          acknowledge();
        }
      }
    }

    /** Whether the file is whole with this packet. */
    private boolean take(TftpPacket packet, int blockSize, int window) throws IOException, Lost {
      switch (packet) {
        case Data data -> {
          if (data.block() != ((block + 1) & 0xffff)) {
            // A gap: RFC 7440 §4.2 has the last block in order acknowledged, once.
            if (!gapTold) {
              acknowledge();
              gapTold = true;
            }
            return false;
          }
          gapTold = false;
          block = data.block();
          octets += data.payload().remaining();
          inWindow++;
          boolean last = data.payload().remaining() < blockSize;
          if (last || inWindow == window) {
            acknowledge();
          }
          return last;
        }
        case OptionAck _ -> acknowledge();
        case ErrorPacket refusal -> throw new Lost("TFTP broke it off: " + refusal.message());
        default -> throw new Lost("TFTP answered with what is no answer");
      }
      return false;
    }

    private void acknowledge() throws IOException {
      say(new Ack(block));
      inWindow = 0;
    }

    void say(TftpPacket packet) throws IOException {
      if (!losses.next()) {
        byte[] octets = packet.bytes();
        socket.send(new DatagramPacket(octets, octets.length, peer));
      }
    }

    /** The next packet of this transfer; null if none comes in time. */
    private @Nullable TftpPacket hear() throws IOException, Lost {
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return null;
        }
        socket.setSoTimeout((int) left);
        heard.setLength(LARGEST);
        try {
          socket.receive(heard);
        } catch (SocketTimeoutException e) {
          return null;
        }
        if (losses.next()) {
          continue;
        }
        if (peer.equals(server)) {
          peer = heard.getSocketAddress();
        }
        if (!peer.equals(heard.getSocketAddress())) {
          continue;
        }
        try {
          return TftpPacket.parse(ByteBuffer.wrap(heard.getData(), 0, heard.getLength()));
        } catch (MalformedPacketException e) {
          throw new Lost("TFTP answered with what is no packet");
        }
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
