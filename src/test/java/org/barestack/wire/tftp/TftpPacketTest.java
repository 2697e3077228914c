package org.barestack.wire.tftp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.barestack.testing.Properties;
import org.barestack.wire.tftp.TftpPacket.Ack;
import org.barestack.wire.tftp.TftpPacket.Data;
import org.barestack.wire.tftp.TftpPacket.ErrorPacket;
import org.barestack.wire.tftp.TftpPacket.OptionAck;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.barestack.wire.tftp.TftpPacket.WriteRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TftpPacketTest {
  /** In the byte strings, '.' stands for a NUL. */
  static Stream<Arguments> packets() {
    return Stream.of(
        arguments(".\1a/b.octet.", new ReadRequest("a/b", "octet", options())),
        arguments(".\1..", new ReadRequest("", "", options())),
        arguments(
            ".\1\\boot\\X.octet.tsize.0.blksize.1468.windowsize.4.",
            new ReadRequest(
                "\\boot\\X", "octet", options("tsize", "0", "blksize", "1468", "windowsize", "4"))),
        arguments(".\1f.octet.x..", new ReadRequest("f", "octet", options("x", ""))),
        arguments(".\2f.netascii.", new WriteRequest("f", "netascii", options())),
        arguments(".\3\1\2abc", new Data(0x102, bytes("abc"))),
        arguments(".\3\u00ff\u00ff", new Data(65535, bytes(""))),
        arguments(".\4..", new Ack(0)),
        arguments(".\4\u0080\1", new Ack(0x8001)),
        arguments(".\5.\10User aborted the transfer.", error(8, "User aborted the transfer")),
        arguments(".\5...", error(0, "")),
        arguments(".\6blksize.512.", new OptionAck(options("blksize", "512"))),
        arguments(".\6", new OptionAck(options())));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("packets")
  void packetsAndBytes(String text, TftpPacket packet) throws MalformedPacketException {
    assertThat(packet.bytes()).isEqualTo(bytes(text).array());
    assertThat(packet.length()).isEqualTo(text.length());
    assertThat(TftpPacket.parse(bytes(text))).isEqualTo(packet);
  }

  /** Other bytes that are read as the same packet: what lenience there is. */
  static Stream<Arguments> variants() {
    return Stream.of(
        arguments("upper case", ".\1f.OCTET.BLKSIZE.8.", ".\1f.octet.blksize.8."),
        arguments("error without NUL", ".\5.\1gone", ".\5.\1gone."),
        arguments("error of four bytes", ".\5.\1", ".\5.\1."),
        arguments("bytes after an error's NUL", ".\5.\1gone.xx", ".\5.\1gone."),
        arguments("bytes after an ACK", ".\4.\1xxxx", ".\4.\1"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void lenience(String name, String variant, String exact) throws MalformedPacketException {
    assertThat(TftpPacket.parse(bytes(variant)).bytes()).as(name).isEqualTo(bytes(exact).array());
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        arguments("", 0, "ends before its opcode"),
        arguments("\1", 0, "ends before its opcode"),
        arguments("..", 0, "no TFTP opcode: 0"),
        arguments(".\7", 0, "no TFTP opcode: 7"),
        arguments("\1\1f.octet.", 0, "no TFTP opcode: 257"),
        arguments(".\1", 2, "no NUL ends the file name"),
        arguments(".\1file", 2, "no NUL ends the file name"),
        arguments(".\1file.", 7, "no NUL ends the mode"),
        arguments(".\2file.oct", 7, "no NUL ends the mode"),
        arguments(".\1f.octet.blksize", 10, "no NUL ends the option name"),
        arguments(".\1f.octet.blksize.", 18, "no NUL ends the value of option blksize"),
        arguments(".\1f.octet.blksize.12", 18, "no NUL ends the value of option blksize"),
        arguments(".\1f.octet..", 10, "an option without a name"),
        arguments(".\1f.octet.a.1.A.2.", 14, "option a comes twice"),
        arguments(".\3.", 2, "ends before its block number"),
        arguments(".\4", 2, "ends before its block number"),
        arguments(".\5.", 2, "ends before its error code"),
        arguments(".\6a.", 4, "no NUL ends the value of option a"));
  }

  @ParameterizedTest(name = "{2} at {1}")
  @MethodSource("malformed")
  void malformedBytes(String text, int offset, String what) {
    assertThatThrownBy(() -> TftpPacket.parse(bytes(text)))
        .isInstanceOfSatisfying(
            MalformedPacketException.class, e -> assertThat(e.offset()).isEqualTo(offset))
        .hasMessageStartingWith("byte " + offset + ": ")
        .hasMessageContaining(what);
  }

  @Test
  void readsFromTheBuffersPosition() throws MalformedPacketException {
    ByteBuffer datagram = bytes("xx.\3.\1abcyy").position(2).limit(9);
    assertThat(TftpPacket.parse(datagram)).isEqualTo(new Data(1, bytes("abc")));
    assertThat(datagram.position()).isEqualTo(2);
  }

  @Test
  void payloadIsReadTwiceAlike() {
    Data data = new Data(1, bytes("abc"));
    assertThat(data.payload().get()).isEqualTo((byte) 'a');
    assertThat(data.payload().get()).isEqualTo((byte) 'a');
  }

  @Test
  void recordsRefuseWhatNoPacketCanSay() {
    assertThatThrownBy(() -> new Ack(65536)).hasMessage("does not fit in two bytes: 65536");
    assertThatThrownBy(() -> new Data(-1, bytes(""))).hasMessageContaining("-1");
    assertThatThrownBy(() -> error(1, "a\0b")).hasMessageContaining("no NUL");
    assertThatThrownBy(() -> new ReadRequest("\u0100", "octet", options()))
        .hasMessageContaining("ISO 8859-1");
    assertThatThrownBy(() -> new OptionAck(options("a", "1", "A", "2")))
        .hasMessageContaining("differ");
    assertThatThrownBy(() -> new OptionAck(options("", "1"))).hasMessageContaining("be there");
  }

  @Test
  void roundTrip() {
    Properties.forAll(
        5_000,
        random -> {
          TftpPacket packet = packet(random);
          assertThat(parse(packet.bytes())).isEqualTo(packet);
        });
  }

  @Test
  void randomAndMutatedBytes() {
    Properties.forAll(
        20_000,
        random -> {
          byte[] bytes = packet(random).bytes();
          if (random.nextBoolean()) {
            bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
          }
          for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(8);
          }
          bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 3));
          try {
            TftpPacket packet = TftpPacket.parse(ByteBuffer.wrap(bytes));
            assertThat(parse(packet.bytes())).isEqualTo(packet);
          } catch (MalformedPacketException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "grub.cfg, grub.cfg",
    "/grub/x86_64-efi/fs.lst, grub/x86_64-efi/fs.lst",
    "/boot//grubx64.efi, boot/grubx64.efi",
    "\\EFI\\BOOT\\BOOTX64.EFI, EFI/BOOT/BOOTX64.EFI",
    "//a/./b/, a/b",
    "a..b/...c, a..b/...c",
    "'a b~', 'a b~'",
  })
  void names(String name, String path) {
    assertThat(TftpName.normalise(name)).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({
    "../etc/passwd, climb",
    "a/../../b, climb",
    "'a\\..\\b', climb",
    "..,climb",
    "'', empty",
    "///, empty",
    "/./, empty",
    "'a\u0000b', printable",
    "'a\nb', printable",
    "'a\u007fb', printable",
    "'\u00e4', printable",
  })
  void refusedNames(String name, String reason) {
    assertThatThrownBy(() -> TftpName.normalise(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  private static TftpPacket packet(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> new ReadRequest(text(random), text(random), options(random));
      case 1 -> new WriteRequest(text(random), text(random), options(random));
      case 2 -> new Data(random.nextInt(65536), bytes(text(random)));
      case 3 -> new Ack(random.nextInt(65536));
      case 4 -> error(random.nextInt(65536), text(random));
      default -> new OptionAck(options(random));
    };
  }

  private static SequencedMap<String, String> options(SplittableRandom random) {
    SequencedMap<String, String> options = new LinkedHashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      options.put("o" + i, text(random));
    }
    return options;
  }

  private static String text(SplittableRandom random) {
    return random
        .ints(random.nextInt(20), 1, 256)
        .map(Character::toLowerCase)
        .filter(c -> c < 256)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static TftpPacket parse(byte[] bytes) {
    try {
      return TftpPacket.parse(ByteBuffer.wrap(bytes));
    } catch (MalformedPacketException e) {
      throw new AssertionError(e);
    }
  }

  private static TftpPacket error(int code, String message) {
    return new ErrorPacket(code, message);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.replace('.', '\0').getBytes(ISO_8859_1));
  }

  static SequencedMap<String, String> options(String... namesAndValues) {
    SequencedMap<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return options;
  }
}
