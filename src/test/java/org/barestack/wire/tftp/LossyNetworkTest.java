package org.barestack.wire.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.barestack.testing.Properties;
import org.barestack.wire.tftp.TftpPacket.Ack;
import org.barestack.wire.tftp.TftpPacket.Data;
import org.barestack.wire.tftp.TftpPacket.ErrorPacket;
import org.barestack.wire.tftp.TftpPacket.OptionAck;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.barestack.wire.tftp.TftpPacket.WriteRequest;
import org.barestack.wire.tftp.Transfer.Block;
import org.barestack.wire.tftp.Transfer.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole transfers over a network that loses, doubles and reorders, in simulated time. */
class LossyNetworkTest {
  /** Shares of packets, and the longest delay in ms; a packet takes at least 1 ms. */
  record Network(double lost, double doubled, int delay) {
    static final Network PERFECT = new Network(0, 0, 1);
  }

  private record Event(long at, long order, Runnable action) {}

  private static final class Exchange {
    private final SplittableRandom random;
    private final Network down;
    private final Network up;
    private final byte[] file;
    private final ReadRequest request;
    private final Limits limits;
    private final PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long now;
    private long order;

    private Transfer transfer;
    private boolean requested;
    private int flights;
    int blocksSent;
    Step end = new Step.Ignore();

    private final ByteArrayOutputStream got = new ByteArrayOutputStream();
    private int blockSize = 512;
    private int windowSize = 1;
    private int expected = 1;
    private int sinceAck;
    private int silences;
    boolean clientHasAll;
    private TftpPacket lastSent;

    Exchange(
        SplittableRandom random,
        Network down,
        Network up,
        int size,
        String options,
        Duration idle) {
      this.random = random;
      this.down = down;
      this.up = up;
      this.file = new byte[size];
      random.nextBytes(file);
      this.request = new ReadRequest("f", "octet", TermsTest.options(options));
      this.limits = new Limits(1468, 64, idle);
      this.transfer = Transfer.start(Terms.negotiate(request, size, limits), size, idle);
      this.lastSent = request;
    }

    /** Runs until nothing is under way, and holds the client's bytes against the file's. */
    Exchange run() {
      toServer(request);
      for (Event event = events.poll(); event != null; event = events.poll()) {
        now = event.at();
        event.action().run();
      }
      byte[] bytes = got.toByteArray();
      assertThat(Arrays.equals(bytes, Arrays.copyOf(file, bytes.length)))
          .as("what the client has is the file's beginning")
          .isTrue();
      if (end instanceof Step.Complete) {
        assertThat(clientHasAll).isTrue();
      }
      if (clientHasAll) {
        assertThat(bytes).hasSize(file.length);
      }
      return this;
    }

    private void at(long time, Runnable action) {
      events.add(new Event(time, order++, action));
    }

    private void deliver(TftpPacket packet, Network network, Consumer<TftpPacket> to) {
      byte[] bytes = packet.bytes();
      for (int copies = random.nextDouble() < network.doubled() ? 2 : 1; copies > 0; copies--) {
        if (random.nextDouble() >= network.lost()) {
          at(now + 1 + random.nextInt(network.delay()), () -> to.accept(parse(bytes)));
        }
      }
    }

    // the server

    private void serve(TftpPacket packet) {
      if (packet instanceof ReadRequest) {
        if (!requested) {
          requested = true;
          step(new Step.Send(transfer));
        }
      } else if (end instanceof Step.Ignore) {
        step(transfer.receive(packet));
      }
    }

    private void step(Step step) {
      switch (step) {
        case Step.Ignore() -> {}
        case Step.Send(Transfer next) -> {
          transfer = next;
          int flight = ++flights;
          if (next.awaitsOptions()) {
            deliver(new OptionAck(next.terms().accepted()), down, this::take);
          }
          for (Block block : next.window()) {
            blocksSent++;
            ByteBuffer payload = ByteBuffer.wrap(file, (int) block.offset(), block.length());
            deliver(new Data(block.number(), payload), down, this::take);
          }
          at(
              now + next.patience().toMillis(),
              () -> {
                if (flight == flights && end instanceof Step.Ignore) {
                  step(transfer.timeout());
                }
              });
        }
        case Step.Complete(), Step.Declined _, Step.Failed _ -> end = step;
      }
    }

    // the client, which acknowledges what does not fit as edk2 does: each time, with the last good

    private void toServer(TftpPacket packet) {
      lastSent = packet;
      deliver(packet, up, this::serve);
      int silence = ++silences;
      at(
          now + 2500,
          () -> {
            if (silence == silences && !clientHasAll && end instanceof Step.Ignore) {
              toServer(lastSent);
            }
          });
    }

    private void take(TftpPacket packet) {
      switch (packet) {
        case OptionAck(var options) -> {
          blockSize = Integer.parseInt(options.getOrDefault("blksize", "512"));
          windowSize = Integer.parseInt(options.getOrDefault("windowsize", "1"));
          if (expected == 1) {
            toServer(new Ack(0));
          }
        }
        case Data data -> take(data);
        case ReadRequest _, WriteRequest _, Ack _, ErrorPacket _ ->
            throw new AssertionError("not for a client: " + packet);
      }
    }

    private void take(Data data) {
      // A client that has not seen the OACK does not know the size of a block.
      if (!transfer.terms().accepted().isEmpty() && lastSent instanceof ReadRequest) {
        return;
      }
      ByteBuffer payload = data.payload();
      boolean fits = data.block() == (expected & 0xFFFF) && !clientHasAll;
      if (fits) {
        clientHasAll = payload.remaining() < blockSize;
        while (payload.hasRemaining()) {
          got.write(payload.get());
        }
        expected++;
        sinceAck++;
      }
      if (!fits || clientHasAll || sinceAck == windowSize) {
        sinceAck = 0;
        toServer(new Ack((expected - 1) & 0xFFFF));
      }
    }
  }

  @ParameterizedTest(name = "{0} bytes, {1}")
  @CsvSource({
    "0, ''",
    "1, ''",
    "511, ''",
    "512, ''",
    "513, ''",
    "5120, tsize=0",
    "0, blksize=1468 windowsize=4",
    "1467, blksize=1468 windowsize=4",
    "1468, blksize=1468 windowsize=4",
    "5872, blksize=1468 windowsize=4",
    "29360, blksize=1468 windowsize=4",
    "100000, blksize=1432 tsize=0",
    "100000, blksize=1024 windowsize=16",
    "100000, blksize=512 windowsize=64",
    "2000, blksize=8 windowsize=7 timeout=3",
  })
  void everyByteArrives(int size, String options) {
    Properties.forAll(
        20,
        random -> {
          Network network =
              new Network(random.nextDouble(0.2), random.nextDouble(0.2), 1 + random.nextInt(20));
          // So long that only a fault can end it: 2^16 s of doubling, 16 losses in a row.
          Duration idle = Duration.ofDays(1);
          Exchange exchange = new Exchange(random, network, network, size, options, idle).run();
          assertThat(exchange.clientHasAll).isTrue();
        });
  }

  @Test
  void anySizeAndOptions() {
    Properties.forAll(
        200,
        random -> {
          Network network =
              new Network(random.nextDouble(0.6), random.nextDouble(0.5), 1 + random.nextInt(3000));
          String options =
              "blksize=%d windowsize=%d"
                  .formatted(8 + random.nextInt(1500), 1 + random.nextInt(70));
          Exchange exchange =
              new Exchange(
                      random,
                      network,
                      network,
                      random.nextInt(30_000),
                      options,
                      Duration.ofSeconds(30))
                  .run();
          assertThat(exchange.end).isInstanceOfAny(Step.Complete.class, Step.Failed.class);
        });
  }

  @ParameterizedTest(name = "windowsize {0}, {1} lost")
  @CsvSource({"1, 0", "16, 0", "16, 0.001", "64, 0.001"})
  void moreThan65535Blocks(int windowSize, double lost) {
    Properties.forAll(
        1,
        random -> {
          Network network = new Network(lost, 0, 1);
          Exchange exchange =
              new Exchange(
                      random,
                      network,
                      network,
                      8 * 66_000,
                      "blksize=8 windowsize=" + windowSize,
                      Duration.ofDays(1))
                  .run();
          assertThat(exchange.clientHasAll).isTrue();
        });
  }

  @ParameterizedTest
  @CsvSource({"1", "4", "64"})
  void aPerfectNetworkCarriesEachBlockOnce(int windowSize) {
    assertThat(blocksSent(windowSize, Network.PERFECT, Network.PERFECT)).isEqualTo(1001);
  }

  /** RFC 1123 §4.2.3.1: a doubled ACK must not double the blocks after it. */
  @ParameterizedTest(name = "windowsize {0}")
  @CsvSource({"1", "4", "64"})
  void doubledAcksDoubleNoBlocks(int windowSize) {
    assertThat(blocksSent(windowSize, Network.PERFECT, new Network(0, 1, 1))).isEqualTo(1001);
  }

  /** A client that answers each stray block as edk2 does draws a window by it, but no more. */
  @ParameterizedTest(name = "windowsize {0}")
  @CsvSource({"1", "4", "64"})
  void doubledBlocksDoNotMultiply(int windowSize) {
    assertThat(blocksSent(windowSize, new Network(0, 1, 1), new Network(0, 1, 1)))
        .isLessThanOrEqualTo(1001 * windowSize);
  }

  private static int blocksSent(int windowSize, Network down, Network up) {
    Exchange exchange =
        new Exchange(
                new SplittableRandom(1),
                down,
                up,
                512 * 1000,
                "windowsize=" + windowSize,
                Duration.ofSeconds(30))
            .run();
    assertThat(exchange.end).isEqualTo(new Step.Complete());
    return exchange.blocksSent;
  }

  private static TftpPacket parse(byte[] bytes) {
    try {
      return TftpPacket.parse(ByteBuffer.wrap(bytes));
    } catch (MalformedPacketException e) {
      throw new AssertionError(e);
    }
  }
}
