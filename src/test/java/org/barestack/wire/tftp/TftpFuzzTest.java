package org.barestack.wire.tftp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.testing.Fuzz;
import org.barestack.wire.tftp.TftpPacket.Ack;
import org.barestack.wire.tftp.TftpPacket.ErrorPacket;
import org.barestack.wire.tftp.TftpPacket.OptionAck;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.barestack.wire.tftp.TftpPacket.WriteRequest;
import org.barestack.wire.tftp.Transfer.Block;
import org.barestack.wire.tftp.Transfer.Step;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What anybody may send to the TFTP ports, and what must hold for every transfer. */
public class TftpFuzzTest {
  private static final Limits LIMITS = Limits.ETHERNET;

  /**
   * An input: two octets of the file's size, then datagrams, each behind its length in one octet. A
   * length of zero is silence.
   */
  @Test
  void everyTransferKeepsItsTerms() {
    ReadRequest plain = request("boot//snponly.efi", "octet", Map.of());
    ReadRequest ovmf =
        request("snponly.efi", "octet", Map.of("tsize", "0", "blksize", "1468", "windowsize", "4"));
    ReadRequest narrow = request("x", "octet", Map.of("blksize", "8", "windowsize", "3"));
    List<byte[]> seeds =
        List.of(
            input(1500, plain, new Ack(1), new Ack(2), new Ack(3)),
            input(10_000, ovmf, new Ack(0), new Ack(2), new Ack(6), new Ack(7)),
            input(65_535, narrow, new Ack(0), new Ack(3), new Ack(1), new Ack(5), new Ack(65535)),
            input(0, ovmf, new ErrorPacket(8, "User aborted the transfer")),
            input(9, new WriteRequest("\\..\\x", "NetASCII", new LinkedHashMap<>())),
            input(9, new OptionAck(new LinkedHashMap<>(Map.of("tsize", "9")))));
    List<byte[]> words =
        Stream.of(
                "\0",
                "octet\0",
                "netascii\0",
                "blksize\0",
                "windowsize\0",
                "timeout\0",
                "tsize\0",
                "8\0",
                "65464\0",
                "65535\0",
                "999999999999999999\0",
                "-1\0",
                "../",
                "\\",
                "\4\0\4\0\1",
                "\4\0\4\0\0",
                "\4\0\4\377\377",
                "\0\0\0\0\0\0",
                "\4\0\5\0\0")
            .map(word -> word.getBytes(ISO_8859_1))
            .toList();
    Fuzz.run("tftp", 60_000, seeds, words, TftpFuzzTest::shape);
  }

  private static ReadRequest request(String name, String mode, Map<String, String> options) {
    return new ReadRequest(name, mode, new LinkedHashMap<>(options));
  }

  private static byte[] input(int size, TftpPacket... packets) {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.write(size >> 8);
    input.write(size);
    for (TftpPacket packet : packets) {
      input.write(packet.length());
      input.writeBytes(packet.bytes());
    }
    return input.toByteArray();
  }

  /** For the coverage-guided fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    shape(input);
  }

  private static Object shape(byte[] input) {
    if (input.length < 3) {
      return "nothing";
    }
    ByteBuffer in = ByteBuffer.wrap(input);
    long size = in.getShort() & 0xffff;
    Set<Object> shape = new HashSet<>();
    if (!(next(in, shape) instanceof ReadRequest request)) {
      return shape;
    }
    shape.add(name(request.name()));
    Terms terms = terms(request, size);
    shape.add(terms.accepted().keySet());
    Transfer transfer = Transfer.start(terms, size, LIMITS.idle());
    check(transfer);
    while (in.hasRemaining()) {
      boolean silence = in.get(in.position()) == 0;
      TftpPacket packet = next(in, shape);
      if (packet == null && !silence) {
        continue;
      }
      Step step = packet == null ? transfer.timeout() : transfer.receive(packet);
      shape.add(step.getClass());
      switch (step) {
        case Step.Send(Transfer then) -> {
          checkProgress(transfer, then);
          transfer = then;
        }
        case Step.Ignore() -> {}
        case Step.Complete() -> {
          List<Block> window = transfer.window();
          assertThat(window.getLast().offset() + window.getLast().length()).isEqualTo(size);
          return shape;
        }
        case Step.Declined _ -> {
          assertThat(transfer.awaitsOptions()).isTrue();
          return shape;
        }
        case Step.Failed _ -> {
          return shape;
        }
      }
    }
    return shape;
  }

  /** The next datagram, or null if it is none or silence. */
  private static @Nullable TftpPacket next(ByteBuffer in, Set<Object> shape) {
    byte[] octets = new byte[Math.min(in.get() & 255, in.remaining())];
    in.get(octets);
    try {
      TftpPacket packet = TftpPacket.parse(ByteBuffer.wrap(octets));
      assertThat(packet.bytes()).hasSize(packet.length());
      assertThat(TftpPacket.parse(ByteBuffer.wrap(packet.bytes()))).isEqualTo(packet);
      return packet;
    } catch (MalformedPacketException e) {
      assertThat(e.offset()).isBetween(0, octets.length);
      shape.add(String.valueOf(e.getMessage()).replaceAll("[^a-z ]|option .*", ""));
      return null;
    }
  }

  private static String name(String asked) {
    try {
      String name = TftpName.normalise(asked);
      assertThat(name)
          .matches("[ -~&&[^/\\\\]]+(/[ -~&&[^/\\\\]]+)*")
          .doesNotMatch("(.*/)?\\.\\.?(/.*)?");
      assertThat(TftpName.normalise(name)).isEqualTo(name);
      return "name";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static Terms terms(ReadRequest request, long size) {
    Terms terms = Terms.negotiate(request, size, LIMITS);
    assertThat(terms.blockSize()).isBetween(8, LIMITS.blockSize());
    assertThat(terms.windowSize()).isBetween(1, LIMITS.windowSize());
    assertThat(terms.timeout()).isBetween(Duration.ofSeconds(1), LIMITS.idle());
    assertThat(new OptionAck(terms.accepted()).length()).isLessThan(512);
    assertThat(request.options().keySet()).containsAll(terms.accepted().keySet());
    return terms;
  }

  private static void check(Transfer transfer) {
    int blockSize = transfer.terms().blockSize();
    long number = Math.max(0, transfer.acknowledged());
    long last = transfer.awaitsOptions() ? 0 : number + transfer.terms().windowSize();
    List<Block> allowed = new ArrayList<>();
    while (++number <= last && (number - 1) * blockSize <= transfer.size()) {
      long offset = (number - 1) * blockSize;
      int length = (int) Math.min(blockSize, transfer.size() - offset);
      allowed.add(new Block((int) number & 0xffff, offset, length));
    }
    assertThat(transfer.window().equals(allowed)).as("%s", transfer).isTrue();
    assertThat(transfer.patience()).isPositive().isLessThanOrEqualTo(transfer.idle());
  }

  /** No ACK leads past what was sent, and nothing leads back. */
  private static void checkProgress(Transfer before, Transfer then) {
    long sent = Math.max(0, before.acknowledged()) + before.window().size();
    assertThat(then.acknowledged()).isBetween(before.acknowledged(), sent);
    check(then);
  }
}
