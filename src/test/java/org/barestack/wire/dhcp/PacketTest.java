package org.barestack.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.barestack.testing.Properties.forAll;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.wire.dhcp.Answer.Probe;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketTest {
  /** A client's packet with these options and nothing else. */
  static byte[] octets(String optionsInHex) {
    byte[] options = HexFormat.of().parseHex(optionsInHex.replace(" ", ""));
    byte[] packet = Arrays.copyOf(HexFormat.of().parseHex("01010600"), 240 + options.length);
    System.arraycopy(HexFormat.of().parseHex("525400aa0001"), 0, packet, 28, 6);
    System.arraycopy(HexFormat.of().parseHex("63825363"), 0, packet, 236, 4);
    System.arraycopy(options, 0, packet, 240, options.length);
    return packet;
  }

  static DhcpPacket packet(String optionsInHex) {
    try {
      return DhcpPacket.parse(octets(optionsInHex));
    } catch (MalformedPacketException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Whatever the octets are: no exception but the one, and every answer is a packet itself. */
  static void readsOrRefuses(byte[] octets, List<DhcpResponder> responders) {
    try {
      DhcpPacket packet = DhcpPacket.parse(octets);
      assertThat(DhcpPacket.parse(packet.bytes())).isEqualTo(packet);
      Endpoint from = new Endpoint(Ipv4.ANY, 68);
      for (DhcpResponder responder : responders) {
        for (int port : responder.settings().mode().ports()) {
          switch (Site.answer(responder, packet, from, port)) {
            case Probe probe -> throw new AssertionError(probe);
            case Reply reply -> {
              assertThat(DhcpPacket.parse(reply.packet().bytes())).isEqualTo(reply.packet());
              assertThat(reply.log()).matches("[ -~]+");
            }
            case Silence silence -> assertThat(silence.reason()).matches("[ -~]+");
          }
        }
      }
    } catch (MalformedPacketException e) {
      assertThat(e.offset()).isBetween(0, octets.length);
    }
  }

  @Test
  void randomOctetsAreReadOrRefused() {
    List<DhcpResponder> responders =
        Stream.of(DhcpMode.FULL, DhcpMode.PROXY).map(Site::responder).toList();
    forAll(
        200_000,
        random -> {
          byte[] octets = new byte[random.nextInt(230, 400)];
          random.nextBytes(octets);
          // Purely random octets hardly ever get past the cookie.
          if (octets.length >= 243 && random.nextInt(10) > 0) {
            octets[0] = 1;
            octets[2] = (byte) random.nextInt(17);
            System.arraycopy(HexFormat.of().parseHex("638253633501"), 0, octets, 236, 6);
            octets[242] = (byte) random.nextInt(10);
          }
          readsOrRefuses(octets, responders);
        });
  }

  @Test
  void anyPacketSurvivesItsOctets() {
    forAll(
        10_000,
        random -> {
          DhcpPacket packet = randomPacket(random);
          byte[] octets = packet.bytes();
          assertThat(octets).hasSizeGreaterThanOrEqualTo(300);
          assertThat(parsed(octets)).isEqualTo(packet);
        });
  }

  private static DhcpPacket parsed(byte[] octets) {
    try {
      return DhcpPacket.parse(octets);
    } catch (MalformedPacketException e) {
      throw new AssertionError(e);
    }
  }

  private static DhcpPacket randomPacket(SplittableRandom random) {
    DhcpOptions options = DhcpOptions.NONE.with(OptionCode.MESSAGE_TYPE, Octets.of((byte) 1));
    for (int i = random.nextInt(5); i > 0; i--) {
      options = options.with(random.nextInt(100, 255), Octets.of(some(random, 600)));
    }
    return new DhcpPacket(
        random.nextBoolean(),
        random.nextInt(256),
        random.nextInt(256),
        random.nextInt(),
        random.nextInt(0x10000),
        random.nextInt(0x10000),
        new Ipv4(random.nextInt()),
        new Ipv4(random.nextInt()),
        new Ipv4(random.nextInt()),
        new Ipv4(random.nextInt()),
        Octets.of(some(random, 16)),
        "s".repeat(random.nextInt(65)),
        "f".repeat(random.nextInt(129)),
        options);
  }

  private static byte[] some(SplittableRandom random, int most) {
    byte[] octets = new byte[random.nextInt(most + 1)];
    random.nextBytes(octets);
    return octets;
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an option longer than the rest | 350101 3204c0a8        | at octet 243: option 50 says 4 octets, 2 are left
          an option without its length   | 350101 32              | at octet 243: option 50 ends before its length
          a message type of two octets   | 00 35020101 ff         | at octet 241: option 53 cannot have 2 octets
          a message type in two parts    | 350101 350101 ff       | at octet 240: option 53 cannot have 2 octets
          message type 0                 | 350100 ff              | at octet 240: there is no message type 0
          message type 9                 | 350109 ff              | at octet 240: there is no message type 9
          an address of three octets     | 350101 3203c0a84d ff   | at octet 243: option 50 cannot have 3 octets
          half an architecture           | 350101 5d03000700 ff   | at octet 243: option 93 cannot have 3 octets
          overload 4                     | 350101 340104 ff       | at octet 243: option 52 is 04, neither 1, 2 nor 3
          overload of two octets         | 350101 34020101 ff     | at octet 243: option 52 is 0101, neither 1, 2 nor 3
          """)
  void refuses(String what, String options, String message) {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> DhcpPacket.parse(octets(options)))
        .withMessage(message);
  }

  @ParameterizedTest(name = "octet {0} = {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0   | 3  | at octet 0: op is 3, neither 1 nor 2
          2   | 17 | at octet 2: hlen is 17, more than 16
          239 | 0  | at octet 236: no DHCP magic cookie but 63825300
          """)
  void refusesHeader(int offset, int value, String message) {
    byte[] octets = octets("350101ff");
    octets[offset] = (byte) value;
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> DhcpPacket.parse(octets))
        .withMessage(message);
  }

  @Test
  void refusesWhatEndsBeforeTheOptions() {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> DhcpPacket.parse(new byte[239]))
        .withMessage("at octet 239: the packet ends before its options at 240");
  }

  @Test
  void readsOptionsInFileAndSname() {
    byte[] octets = octets("350101 340103 4302 6162 ff");
    byte[] inFile = HexFormat.of().parseHex("43026364" + "0c026b31" + "ff");
    byte[] inSname = HexFormat.of().parseHex("43026566" + "ff");
    System.arraycopy(inFile, 0, octets, 108, inFile.length);
    System.arraycopy(inSname, 0, octets, 44, inSname.length);
    DhcpPacket packet = parsed(octets);
    assertThat(packet.text(OptionCode.BOOT_FILE)).contains("abcdef");
    assertThat(packet.text(OptionCode.HOST_NAME)).contains("k1");
    assertThat(packet.file()).isEmpty();
    assertThat(packet.sname()).isEmpty();
    assertThat(packet.options().has(OptionCode.OVERLOAD)).isFalse();
  }

  @Test
  void longValuesAreWrittenInPartsAndReadAsOne() {
    String url = "http://192.168.77.1/" + "x".repeat(500);
    DhcpPacket packet = packet("350105").with(OptionCode.BOOT_FILE, Octets.text(url));
    assertThat(packet.bytes()[243]).isEqualTo((byte) OptionCode.BOOT_FILE);
    assertThat(packet.bytes()[244]).isEqualTo((byte) 255);
    assertThat(parsed(packet.bytes()).text(OptionCode.BOOT_FILE)).contains(url);
  }

  @Test
  void aNameThatDoesNotFitIsRefused() {
    DhcpPacket packet = packet("350105").withBoot(Ipv4.ANY, "", "f".repeat(129));
    assertThatIllegalArgumentException()
        .isThrownBy(packet::bytes)
        .withMessage("129 octets do not fit the field of 128 at 108");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          as iPXE sends it           | 4d04 69505845         | iPXE
          as RFC 3004 has it         | 4d05 0469505845       | iPXE
          two classes                | 4d08 0469505845 026162 | iPXE,ab
          no class                   | 350101                | ''
          """)
  void userClasses(String what, String options, String classes) {
    assertThat(String.join(",", packet(options).userClasses())).isEqualTo(classes);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chaddr                           | 06 | 350101                   | 52:54:00:aa:00:01
          chaddr before the identifier     | 06 | 3d0701525400bb0002       | 52:54:00:aa:00:01
          UUID in chaddr, MAC as option 61 | 10 | 3d0701525400bb0002       | 52:54:00:bb:00:02
          UUID in chaddr, no option 61     | 10 | 350101                   | ''
          UUID in chaddr, UUID as option 61| 10 | 3d1100 00112233445566778899aabbccddeeff | ''
          option 61 of another type        | 10 | 3d0700525400bb0002       | ''
          a group address                  | 10 | 3d070101005e000001       | ''
          """)
  void whoseItIs(String what, String hlen, String options, String mac) throws Exception {
    byte[] octets = octets(options);
    octets[2] = HexFormat.of().parseHex(hlen)[0];
    assertThat(DhcpPacket.parse(octets).mac().map(MacAddress::text).orElse("")).isEqualTo(mac);
  }

  @ParameterizedTest(name = "60={0} 93={1} 77={2} 175={3}")
  @CsvSource({
    "PXEClient:Arch:00000:UNDI:002001,  0000,     ,     ,           BIOS_PXE",
    "PXEClient,                         0007,     ,     ,           UEFI_X64_PXE",
    "PXEClient,                         0009,     ,     ,           UEFI_X64_PXE",
    "PXEClient,                         000b,     ,     ,           UEFI_ARM64_PXE",
    "PXEClient,                         00060007, ,     ,           UEFI_X64_PXE",
    "HTTPClient:Arch:00016:UNDI:003000, 0010,     ,     ,           UEFI_X64_HTTP",
    "HTTPClient,                        0013,     ,     ,           UEFI_ARM64_HTTP",
    "PXEClient,                         0000,     iPXE, ,           IPXE_BIOS",
    "PXEClient,                         0000,     iPXE, 130101180101, IPXE_BIOS",
    // an iPXE that cannot do it
    "PXEClient,                         0000,     iPXE, 130101,     BIOS_PXE",
    "PXEClient,                         0000,     iPXE, 180101,     BIOS_PXE",
    "PXEClient,                         0007,     iPXE, 240101,     UEFI_X64_PXE",
    "PXEClient,                         0007,     iPXE, 130101,     IPXE_UEFI_X64",
    "HTTPClient,                        0010,     iPXE, 130101,     IPXE_UEFI_X64",
    "PXEClient,                         000b,     iPXE, ,           IPXE_UEFI_ARM64",
  })
  void kinds(
      String vendorClass, String architectures, String userClass, String ipxe, ClientKind kind) {
    assertThat(Client.of(asking(vendorClass, architectures, userClass, ipxe)))
        .isEqualTo(new Client.NetworkBoot(kind));
  }

  private static DhcpPacket asking(
      String vendorClass, String architectures, @Nullable String userClass, @Nullable String ipxe) {
    DhcpPacket packet =
        packet("350101")
            .with(OptionCode.VENDOR_CLASS, Octets.text(vendorClass))
            .with(OptionCode.ARCHITECTURES, Octets.of(HexFormat.of().parseHex(architectures)));
    if (userClass != null) {
      packet = packet.with(OptionCode.USER_CLASS, Octets.text(userClass));
    }
    return ipxe == null
        ? packet
        : packet.with(OptionCode.IPXE, Octets.of(HexFormat.of().parseHex(ipxe)));
  }

  @ParameterizedTest(name = "60={0} 93={1}")
  @CsvSource({
    "PXEClient,  0006, 'no loader for architecture [6] by TFTP (option 93)'",
    "PXEClient,  0010, 'no loader for architecture [16] by TFTP (option 93)'",
    "HTTPClient, 0007, 'no loader for architecture [7] by HTTP (option 93)'",
  })
  void unserved(String vendorClass, String architectures, String reason) {
    assertThat(Client.of(asking(vendorClass, architectures, null, null)))
        .isEqualTo(new Client.Unserved(reason));
  }

  @Test
  void firmwareWithoutArchitectureIsUnserved() {
    DhcpPacket packet = packet("350101").with(OptionCode.VENDOR_CLASS, Octets.text("PXEClient"));
    assertThat(Client.of(packet))
        .isEqualTo(new Client.Unserved("no loader for architecture [] by TFTP (option 93)"));
  }

  @Test
  void anOperatingSystemIsPlain() {
    assertThat(Client.of(asking("anaconda-Linux", "0007", null, null)))
        .isEqualTo(new Client.Plain());
    assertThat(Client.of(packet("350101"))).isEqualTo(new Client.Plain());
  }

  @Test
  void whatTheNetworkSendsIsPrintable() {
    assertThat(Octets.text("a\u001b[2J\n\u00e9\u0000").printable())
        .isEqualTo("a\\x1b[2J\\x0a\\xe9");
  }
}
