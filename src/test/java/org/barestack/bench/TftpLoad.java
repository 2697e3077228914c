package org.barestack.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * Up to {@link Cable#MANY} TFTP clients, each at an address of its own, in one thread, as little
 * work as a client can be: {@code TftpLoad ADDRESS FILE CLIENTS FILES BLKSIZE WINDOWSIZE}. Each
 * client loads the file so many times, one after the other. Prints the octets that came, the
 * seconds that it took and how often a client had to ask again.
 */
final class TftpLoad {
  private static final long PATIENCE = 1_000_000_000L;
  private static final int TRIES = 20;

  private final InetSocketAddress server;
  private final byte[] request;
  private final int window;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
  private final ByteBuffer out = ByteBuffer.allocateDirect(512);
  private long octets;
  private long again;
  private int left;

  private TftpLoad(InetSocketAddress server, byte[] request, int window) throws IOException {
    this.server = server;
    this.request = request;
    this.window = window;
    this.selector = Selector.open();
  }

  /** One client, within one file. */
  private final class Client {
    private final InetSocketAddress own;
    private final int files;
    private int done;
    private DatagramChannel channel;
    private SocketAddress peer = server;
    private int block;
    private int inWindow;
    private int granted;
    private int blockSize;
    private boolean gapTold;
    private int silences;
    private long heard;

    Client(int number, int files) throws IOException {
      this.own = new InetSocketAddress(Cable.client(number), 0);
      this.files = files;
      this.channel = open();
      ask();
    }

    private DatagramChannel open() throws IOException {
      DatagramChannel made = DatagramChannel.open(StandardProtocolFamily.INET);
      made.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
      made.bind(own);
      made.configureBlocking(false);
      made.register(selector, SelectionKey.OP_READ, this);
      return made;
    }

    private void ask() throws IOException {
      peer = server;
      block = 0;
      inWindow = 0;
      granted = 1;
      blockSize = 512;
      gapTold = false;
      heard = System.nanoTime();
      send(request);
    }

    private void send(byte[] octets) throws IOException {
      out.clear().put(octets).flip();
      channel.send(out, peer);
    }

    private void acknowledge() throws IOException {
      out.clear().putShort((short) 4).putShort((short) block).flip();
      channel.send(out, peer);
      inWindow = 0;
    }

    /** Takes all that is there. */
    void read() throws IOException {
      int before = done;
      while (done == before && channel.isOpen()) {
        buffer.clear();
        SocketAddress from = channel.receive(buffer);
        if (from == null) {
          return;
        }
        buffer.flip();
        if (peer.equals(server)) {
          peer = from;
        } else if (!from.equals(peer)) {
          continue;
        }
        heard = System.nanoTime();
        silences = 0;
        take();
      }
    }

    private void take() throws IOException {
      switch (buffer.getShort()) {
        case 3 -> data(buffer.getShort() & 0xffff, buffer.remaining());
        case 6 -> {
          options();
          acknowledge();
        }
        default -> throw new IOException("refused: " + US_ASCII.decode(buffer));
      }
    }

    private void options() {
      String[] words = US_ASCII.decode(buffer).toString().split("\0", -1);
      for (int i = 0; i + 1 < words.length; i += 2) {
        switch (words[i].toLowerCase(java.util.Locale.ROOT)) {
          case "blksize" -> blockSize = Integer.parseInt(words[i + 1]);
          case "windowsize" -> granted = Math.min(window, Integer.parseInt(words[i + 1]));
          default -> {} // tsize
        }
      }
    }

    private void data(int number, int length) throws IOException {
      if (number != ((block + 1) & 0xffff)) {
        if (!gapTold) {
          gapTold = true;
          acknowledge();
        }
        return;
      }
      gapTold = false;
      block = number;
      octets += length;
      inWindow++;
      boolean last = length < blockSize;
      if (last || inWindow == granted) {
        acknowledge();
      }
      if (last) {
        done++;
        channel.close();
        if (done == files) {
          left--;
        } else {
          channel = open();
          ask();
        }
      }
    }

    void look(long now) throws IOException {
      if (channel.isOpen() && now - heard > PATIENCE) {
        if (++silences == TRIES) {
          throw new IOException("no answer");
        }
        again++;
        heard = now;
        if (peer.equals(server)) {
          send(request);
        } else {
          acknowledge();
        }
      }
    }
  }

  private void run(int clients, int files) throws IOException {
    left = clients;
    for (int i = 0; i < clients; i++) {
      new Client(i, files);
    }
    long looked = System.nanoTime();
    while (left > 0) {
      selector.select(100);
      for (SelectionKey key : selector.selectedKeys()) {
        if (key.isValid() && key.attachment() instanceof Client client) {
          client.read();
        }
      }
      selector.selectedKeys().clear();
      long now = System.nanoTime();
      if (now - looked > 100_000_000L) {
        looked = now;
        for (SelectionKey key : selector.keys().toArray(SelectionKey[]::new)) {
          if (key.isValid() && key.attachment() instanceof Client client) {
            client.look(now);
          }
        }
      }
    }
  }

  public static void main(String[] words) throws IOException {
    String options =
        "\0octet\0blksize\0" + words[4] + (words[5].equals("1") ? "" : "\0windowsize\0" + words[5]);
    byte[] name = (words[1] + options + "\0").getBytes(US_ASCII);
    byte[] request = ByteBuffer.allocate(2 + name.length).putShort((short) 1).put(name).array();
    TftpLoad load =
        new TftpLoad(new InetSocketAddress(words[0], 69), request, Integer.parseInt(words[5]));
    long from = System.nanoTime();
    load.run(Integer.parseInt(words[2]), Integer.parseInt(words[3]));
    System.out.printf("%d %.6f %d%n", load.octets, (System.nanoTime() - from) / 1e9, load.again);
  }
}
