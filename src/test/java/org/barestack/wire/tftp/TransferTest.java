package org.barestack.wire.tftp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
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
import org.junit.jupiter.params.provider.ValueSource;

class TransferTest {
  /**
   * Plays the client's lines and the silences of a transcript, and expects the server's lines.
   * {@code >} is from the client, {@code <} from the server, {@code .} a silence of the length that
   * the server waits, {@code =} the end.
   */
  @ParameterizedTest
  @ValueSource(strings = {"ovmf", "ovmf-loss", "shim", "grub", "ipxe", "plain"})
  void transcript(String name) throws IOException {
    String expected = resource(name + ".txt");
    Replay replay = new Replay();
    expected.lines().forEach(replay::line);
    assertThat(replay.actual.toString()).isEqualTo(expected);
  }

  private static final class Replay {
    final StringBuilder actual = new StringBuilder();
    private boolean ended = true;
    private long size;
    private Transfer transfer = start(0, "");

    void line(String line) {
      switch (line.charAt(0)) {
        case '#', 'f' -> {
          print(line);
          size = line.startsWith("file ") ? Long.parseLong(line.substring(5)) : size;
        }
        case '>' -> {
          print(line);
          TftpPacket packet = throughBytes(packet(line.substring(2)));
          // In the middle of a transfer a request is a stray one.
          step(
              packet instanceof ReadRequest request && ended
                  ? new Step.Send(start(size, request))
                  : transfer.receive(packet));
        }
        case '.' -> {
          print(". " + transfer.patience().toSeconds() + " s");
          step(transfer.timeout());
        }
        default -> {}
      }
    }

    private void step(Step step) {
      ended = !(step instanceof Step.Send || step instanceof Step.Ignore);
      switch (step) {
        case Step.Send(Transfer next) -> {
          transfer = next;
          if (next.awaitsOptions()) {
            print("< OACK" + text(next.terms().accepted()));
          }
          for (Block block : next.window()) {
            print("< DATA " + block.number() + " " + block.length());
          }
        }
        case Step.Ignore() -> {}
        case Step.Complete() -> print("= complete");
        case Step.Declined(String reason) -> print("= declined: " + reason);
        case Step.Failed(String reason) -> print("= failed: " + reason);
      }
    }

    private void print(String line) {
      actual.append(line).append('\n');
    }
  }

  @Test
  void blockNumbersStartAgainAtZero() {
    Transfer transfer = start(8L * 70_000, "blksize=8 windowsize=3");
    transfer = send(transfer.receive(new Ack(0)));
    for (int block = 3; block < 65535; block += 3) {
      transfer = send(transfer.receive(new Ack(block)));
    }
    assertThat(transfer.window())
        .containsExactly(
            new Block(65533, 8 * 65532, 8),
            new Block(65534, 8 * 65533, 8),
            new Block(65535, 8 * 65534, 8));
    transfer = send(transfer.receive(new Ack(65534)));
    assertThat(transfer.window()).extracting(Block::number).containsExactly(65535, 0, 1);
    assertThat(transfer.receive(new Ack(65534))).isEqualTo(new Step.Ignore());
    transfer = send(transfer.receive(new Ack(0)));
    assertThat(transfer.window()).first().isEqualTo(new Block(1, 8 * 65536, 8));
    assertThat(transfer.delivered()).isEqualTo(8 * 65536);
  }

  @Test
  void anySizeOfFile() {
    Transfer transfer = start(1L << 40, "tsize=0 blksize=1468");
    assertThat(transfer.terms().accepted()).containsEntry("tsize", "1099511627776");
    long last = (1L << 40) / 1468;
    Transfer late =
        new Transfer(
            transfer.terms(),
            transfer.size(),
            transfer.idle(),
            last,
            Duration.ofSeconds(1),
            Duration.ZERO);
    assertThat(late.window())
        .containsExactly(
            new Block((int) ((last + 1) & 0xFFFF), last * 1468, (int) ((1L << 40) % 1468)));
  }

  @Test
  void theClientsTimeoutIsTheFirstWait() {
    Transfer transfer = start(1, "timeout=7");
    assertThat(transfer.patience()).hasSeconds(7);
    transfer = send(transfer.timeout());
    assertThat(transfer.patience()).hasSeconds(14);
    transfer = send(transfer.timeout());
    assertThat(transfer.patience()).as("the rest of the idle time").hasSeconds(9);
    assertThat(transfer.timeout())
        .isEqualTo(new Step.Failed("the client made no progress for 30 s"));
  }

  @Test
  void progressEndsTheBackOff() {
    Transfer transfer = send(start(5000, "").timeout());
    assertThat(transfer.patience()).hasSeconds(2);
    transfer = send(transfer.receive(new Ack(1)));
    assertThat(transfer.patience()).hasSeconds(1);
    assertThat(transfer.silence()).isZero();
  }

  private static Transfer start(long size, String options) {
    return start(size, new ReadRequest("f", "octet", TermsTest.options(options)));
  }

  private static Transfer start(long size, ReadRequest request) {
    Terms terms = Terms.negotiate(request, size, Limits.ETHERNET);
    return Transfer.start(terms, size, Limits.ETHERNET.idle());
  }

  private static Transfer send(Step step) {
    assertThat(step).isInstanceOf(Step.Send.class);
    return ((Step.Send) step).transfer();
  }

  private static TftpPacket packet(String line) {
    String[] words = line.split(" ", 4);
    return switch (words[0]) {
      case "RRQ" -> new ReadRequest(words[1], words[2], options(words, 3));
      case "WRQ" -> new WriteRequest(words[1], words[2], options(words, 3));
      case "OACK" -> new OptionAck(options(words, 1));
      case "DATA" ->
          new Data(
              Integer.parseInt(words[1]), ByteBuffer.wrap(new byte[Integer.parseInt(words[2])]));
      case "ACK" -> new Ack(Integer.parseInt(words[1]));
      case "ERROR" -> new ErrorPacket(Integer.parseInt(words[1]), line.substring(8));
      default -> throw new AssertionError("no packet: " + line);
    };
  }

  private static SequencedMap<String, String> options(String[] words, int index) {
    return TermsTest.options(words.length > index ? words[index] : "");
  }

  private static String text(Map<String, String> options) {
    return options.entrySet().stream()
        .map(option -> " " + option.getKey() + "=" + option.getValue())
        .collect(Collectors.joining());
  }

  private static TftpPacket throughBytes(TftpPacket packet) {
    try {
      return TftpPacket.parse(ByteBuffer.wrap(packet.bytes()));
    } catch (MalformedPacketException e) {
      throw new AssertionError(e);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = TransferTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
