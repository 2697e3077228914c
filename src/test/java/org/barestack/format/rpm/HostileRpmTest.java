package org.barestack.format.rpm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.barestack.format.rpm.HandMadeRpm.Item;
import org.barestack.format.rpm.HandMadeRpm.Value;
import org.barestack.testing.SignedRpms;
import org.barestack.testing.SignedRpms.Packing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Packages that lie. Nothing but {@link RpmException} comes of them, and its message says where.
 */
class HostileRpmTest {
  private static final byte[] TEXT = "some text\n".getBytes(UTF_8);
  private static final Item FILE = Item.file("/usr/lib/a", TEXT);
  private static final int MAIN = 96 + 72; // lead, signature header with its padding

  private static Map<String, byte[]> extracted(byte[] rpm, String... paths) throws IOException {
    Map<String, byte[]> found = new HashMap<>();
    try (RpmReader reader = RpmReader.open("X.rpm", new ByteArrayInputStream(rpm))) {
      reader.extract(
          List.of(paths),
          (names, _, content) -> {
            byte[] octets = content.readAllBytes();
            names.forEach(name -> found.put(name, octets));
          });
    }
    return found;
  }

  @Test
  void handMadeOnesAreRead() throws IOException {
    Item[] items = {
      FILE,
      Item.link("/usr/lib/b", "a"),
      Item.file("/c", TEXT).inode(7),
      Item.file("/d", TEXT).inode(7)
    };
    byte[] archive = HandMadeRpm.archive(items);
    for (HandMadeRpm rpm :
        List.of(
            HandMadeRpm.of(items),
            HandMadeRpm.of(items).packed("gzip", HandMadeRpm.gzip(archive)),
            HandMadeRpm.of(items).packed("zstd", Zstd.compress(archive)),
            HandMadeRpm.of(items)
                .archive(
                    HandMadeRpm.joined(
                        HandMadeRpm.stripped(0, TEXT),
                        HandMadeRpm.stripped(1, "a".getBytes(UTF_8)),
                        HandMadeRpm.stripped(2, new byte[0]),
                        HandMadeRpm.stripped(3, TEXT),
                        HandMadeRpm.trailer())))) {
      Map<String, byte[]> found = extracted(rpm.bytes(), "/usr/lib/a", "/usr/lib/b", "/c", "/d");
      assertThat(found).hasSize(4).allSatisfy((_, octets) -> assertThat(octets).isEqualTo(TEXT));
    }
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        // header
        lie(
            "main header: tag 1117: '/usr/lib/../a' leads somewhere else",
            item("/usr/lib/../", "a")),
        lie("'/usr/lib/..' leads somewhere else", item("/usr/lib/", "..")),
        lie("tag 1117: '/usr/lib/b/a' is no path", item("/usr/lib/", "b/a")),
        lie("tag 1118: 'usr/lib/a' is no path", item("usr/lib/", "a")),
        lie("tag 1118: 'a' is no path", item("", "a")),
        lie("'/usr//lib/a' leads somewhere else", item("/usr//lib/", "a")),
        lie("tag 1117: '/usr/lib/a' is there twice", HandMadeRpm.of(FILE, FILE)),
        lie(
            "tag 1116: file 0 is in folder 9 of 1",
            good().with(Tag.DIR_INDEXES, HandMadeRpm.int32(9))),
        lie(
            "tag 1116: file 0 is in folder 4294967295 of 1",
            good().with(Tag.DIR_INDEXES, HandMadeRpm.int32(-1))),
        lie(
            "tag 1116: is for 2 files, and there are 1",
            good().with(Tag.DIR_INDEXES, HandMadeRpm.int32(0, 0))),
        lie("tag 1028: is for 0 files, and there are 1", good().without(Tag.FILE_SIZES)),
        lie(
            "tag 1035: is for 2 files",
            good().with(Tag.FILE_DIGESTS, HandMadeRpm.texts(List.of("", "")))),
        lie(
            "tag 1035: '' is no SHA-256 digest",
            good().with(Tag.FILE_DIGESTS, HandMadeRpm.texts(List.of("")))),
        lie(
            "tag 5011: digests of files are by algorithm 1 (MD5 or SHA-1)",
            good().without(Tag.FILE_DIGEST_ALGORITHM)),
        lie(
            "tag 5011: digests of files are by algorithm 77, which is not known",
            good().with(Tag.FILE_DIGEST_ALGORITHM, HandMadeRpm.int32(77))),
        lie("tag 5092: there is no SHA-256 of the payload", good().without(Tag.PAYLOAD_SHA256)),
        lie(
            "tag 5093: is 1; 8 (SHA-256) is read",
            good().with(Tag.PAYLOAD_DIGEST_ALGORITHM, HandMadeRpm.int32(1))),
        lie(
            "tag 5092: has 2 digests",
            good().with(Tag.PAYLOAD_SHA256, HandMadeRpm.texts(List.of("a", "b")))),
        lie("tag 1000: is missing", good().without(Tag.NAME)),
        lie("tag 1000: '../x' is no part", good().with(Tag.NAME, HandMadeRpm.text("../x"))),
        lie("tag 1000: 'a?[31m' is no part", good().with(Tag.NAME, HandMadeRpm.text("a\033[31m"))),
        lie(
            "tag 1000: has type 4, and should have type 6",
            good().with(Tag.NAME, HandMadeRpm.int32(1))),
        lie(
            "tag 1028: has type 7, and is no number",
            good().with(Tag.FILE_SIZES, new Value(7, 1, new byte[1]))),
        lie(
            "tag 5008: number 0 is above 2^63-1",
            good()
                .with(Tag.LONG_FILE_SIZES, new Value(5, 1, new byte[] {-1, 0, 0, 0, 0, 0, 0, 0}))),
        lie(
            "tag 1028: files have more than 8 GiB together",
            good().with(Tag.LONG_FILE_SIZES, new Value(5, 1, new byte[] {0, 0, 1, 0, 0, 0, 0, 0}))),
        lie("is a source package", good().without(Tag.SOURCE_RPM)),
        lie("is a source package", good().with(Tag.SOURCE_PACKAGE, HandMadeRpm.int32(1))),
        lie("payload: is a 'drpm'", good().with(Tag.PAYLOAD_FORMAT, HandMadeRpm.text("drpm"))),
        lie("is packed by 'lzip'", good().with(Tag.PAYLOAD_COMPRESSOR, HandMadeRpm.text("lzip"))),
        lie(
            "tag 1096: '/c' and '/d' are one file, with two contents",
            HandMadeRpm.of(Item.file("/c", TEXT).inode(7), Item.file("/d", new byte[3]).inode(7))),
        lie("is listed (%ghost)", good().with(Tag.FILE_FLAGS, HandMadeRpm.int32(1 << 6))),
        lie(
            "'/usr/lib/a' is a device or pipe",
            HandMadeRpm.of(Item.special("/usr/lib/a", 0020600))),
        lie(
            "'/usr/lib/a' is a device or pipe",
            HandMadeRpm.of(Item.special("/usr/lib/a", 0010600))),
        lie("'/usr/lib/a' is a folder", HandMadeRpm.of(Item.special("/usr/lib/a", 0040755))),
        lie(
            "leads out of the package, to '/etc/shadow'",
            HandMadeRpm.of(Item.link("/usr/lib/a", "/etc/shadow"))),
        lie(
            "leads out of the package, to '../../../x'",
            HandMadeRpm.of(Item.link("/usr/lib/a", "../../../x"))),
        lie(
            "leads in a circle",
            HandMadeRpm.of(Item.link("/usr/lib/a", "b"), Item.link("/usr/lib/b", "a"))),
        // archive
        lie(
            "octet 0 of the archive: '../../etc/passwd' leads out of its folder",
            archive(HandMadeRpm.entry("../../etc/passwd", 0100644, 10, TEXT))),
        lie(
            "'./usr/lib/../lib/a' leads out",
            archive(HandMadeRpm.entry("./usr/lib/../lib/a", 0100644, 10, TEXT))),
        lie(
            "'/etc/passwd' is not in the header's list",
            archive(HandMadeRpm.entry("/etc/passwd", 0100644, 10, TEXT))),
        lie(
            "has a zero inside of its name",
            archive(HandMadeRpm.entry("./usr/lib/a\0b", 0100644, 10, TEXT))),
        lie(
            "'./usr/lib/a' is a LINK, and a FILE in the header",
            archive(HandMadeRpm.entry("./usr/lib/a", 0120777, 10, "/etc/shado".getBytes(UTF_8)))),
        lie(
            "'./usr/lib/a' is a SPECIAL, and a FILE",
            archive(HandMadeRpm.entry("./usr/lib/a", 0060600, 0, new byte[0]))),
        lie(
            "'./usr/lib/a' has 11 octets, and 10 by the header",
            archive(HandMadeRpm.entry("./usr/lib/a", 0100644, 11, TEXT))),
        lie(
            "has 4294967295 octets, and 10 by the header",
            archive(HandMadeRpm.entry("./usr/lib/a", 0100644, 0xffffffffL, TEXT))),
        lie("'/usr/lib/a' is there twice", twice()),
        lie("the archive ends, and has no /usr/lib/a", archive(HandMadeRpm.trailer())),
        lie("is of file 9, and the header lists 1", archive(HandMadeRpm.stripped(9, TEXT))),
        lie(
            "is of file 4294967295, and the header lists 1",
            archive(HandMadeRpm.stripped(-1, TEXT))),
        lie(
            "begins with '070702'",
            archive(
                new String(HandMadeRpm.archive(FILE), UTF_8)
                    .replace("070701", "070702")
                    .getBytes(UTF_8))),
        lie(
            "begins with '07x",
            archive("07x701 nonsense".getBytes(UTF_8))
                .with(Tag.PAYLOAD_COMPRESSOR, HandMadeRpm.text("gzip"))),
        lie(
            "has '-0000001' for a number",
            archive(
                new String(HandMadeRpm.archive(FILE), UTF_8)
                    .replaceFirst("0701.{8}", "0701-0000001")
                    .replaceFirst("-0000001.{8}", "-0000001-0000001")
                    .getBytes(UTF_8))),
        lie(
            "has the digest",
            archive(HandMadeRpm.archive(Item.file("/usr/lib/a", "some tExt\n".getBytes(UTF_8))))),
        lie(
            "payload: has the SHA-256",
            good().with(Tag.PAYLOAD_SHA256, HandMadeRpm.texts(List.of("0".repeat(64))))));
  }

  private static HandMadeRpm good() {
    return HandMadeRpm.of(FILE);
  }

  private static HandMadeRpm item(String folder, String name) {
    return HandMadeRpm.of(new Item(folder, name, 0100644, TEXT, "", 0));
  }

  private static HandMadeRpm archive(byte[] entries) {
    return good().archive(HandMadeRpm.joined(entries, HandMadeRpm.trailer()));
  }

  /** Another file is asked for, so that the archive is read beyond the first. */
  private static HandMadeRpm twice() {
    byte[] entry = HandMadeRpm.entry("./usr/lib/b", 0100644, 10, TEXT);
    return HandMadeRpm.of(FILE, Item.file("/usr/lib/b", TEXT))
        .archive(HandMadeRpm.joined(entry, entry));
  }

  private static Arguments lie(String problem, HandMadeRpm rpm) {
    return Arguments.of(problem, rpm);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void isRefused(String problem, HandMadeRpm rpm) {
    assertThatThrownBy(() -> extracted(rpm.bytes(), "/usr/lib/a"))
        .isInstanceOf(RpmException.class)
        .hasMessageStartingWith("X.rpm")
        .hasMessageContaining(
            problem.equals("'/usr/lib/a' is there twice")
                ? "'/usr/lib/b' is there twice"
                : problem);
  }

  /** Numbers of the header's own structure, put where they lie. */
  static Stream<Arguments> structures() {
    return Stream.of(
        Arguments.of("is no RPM package", 0, 0),
        Arguments.of("lead: is of format 9", 4, 0x09000000),
        Arguments.of("lead: has a type of signature", 76, 0),
        Arguments.of("signature header: does not begin with a header's magic", 96, 0),
        Arguments.of("signature header: does not begin with a header's magic", 100, 1),
        Arguments.of("signature header: has 33 index entries; 1 to 32 are taken", 104, 33),
        Arguments.of("signature header: has 0 index entries", 104, 0),
        Arguments.of("signature header: has 4294967295 octets of data", 108, -1),
        Arguments.of(
            "main header: has 65536 index entries; 1 to 65535 are taken", MAIN + 8, 1 << 16),
        Arguments.of("main header: has 67108865 octets of data", MAIN + 12, (64 << 20) + 1),
        Arguments.of("main header: the file ends after", MAIN + 12, 64 << 20),
        Arguments.of("does not begin with an immutable region", MAIN + 16, 1001),
        Arguments.of("tag 63: is no region: entry 0, type 8", MAIN + 20, 8),
        Arguments.of("tag 63: is no region: entry 0, type 7, count 17", MAIN + 28, 17),
        Arguments.of("tag 63: has its trailer at octet -1", MAIN + 24, -1),
        Arguments.of("tag 63: has no trailer at octet 0", MAIN + 24, 0),
        Arguments.of("tag 63: has its trailer at octet 2147483647", MAIN + 24, Integer.MAX_VALUE),
        Arguments.of("tag 99: no tag of a package", MAIN + 32, 99),
        Arguments.of("tag 1001: is there twice", MAIN + 32, 1001),
        Arguments.of("tag 63: is no region: entry 1", MAIN + 32, 63),
        Arguments.of("tag 1000: has type 0, which there is not", MAIN + 36, 0),
        Arguments.of("tag 1000: has type 10, which there is not", MAIN + 36, 10),
        Arguments.of("tag 1000: has type -1, which there is not", MAIN + 36, -1),
        Arguments.of("tag 1000: begins at octet -1 of the data", MAIN + 40, -1),
        Arguments.of("tag 1000: begins at octet 2147483647", MAIN + 40, Integer.MAX_VALUE),
        Arguments.of("tag 1001: begins at octet 2 of the data, which goes from 5", MAIN + 56, 2),
        Arguments.of("tag 1000: is one text, and counts 2", MAIN + 44, 2),
        Arguments.of("tag 1000: counts 0 values", MAIN + 44, 0),
        Arguments.of("tag 1000: counts 4294967295 values", MAIN + 44, -1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("structures")
  void aLyingStructureIsRefused(String problem, int offset, int number) {
    byte[] rpm = good().bytes();
    ByteBuffer.wrap(rpm).putInt(offset, number);
    assertThatThrownBy(() -> extracted(rpm, "/usr/lib/a"))
        .isInstanceOf(RpmException.class)
        .hasMessageContaining(problem);
  }

  /** The region must be all of the header, or somebody could add to what was signed. */
  @Test
  void whatIsOutsideOfTheRegionIsRefused() {
    HandMadeRpm rpm = good();
    byte[] header = rpm.mainHeader();
    ByteBuffer octets = ByteBuffer.wrap(header);
    int count = octets.getInt(8);
    int trailer = 16 + 16 * count + octets.getInt(24);
    octets.putInt(trailer + 8, -(count - 1) * 16);
    assertThatThrownBy(
            () -> Header.read("X.rpm", Header.Kind.MAIN, new ByteArrayInputStream(header)))
        .isInstanceOf(RpmException.class)
        .hasMessageContaining("tag 63: is not all of the header");
  }

  @Test
  void alignmentAndEndsOfTexts() {
    byte[] rpm = good().bytes();
    ByteBuffer octets = ByteBuffer.wrap(rpm);
    int entry = MAIN + 16;
    while (octets.getInt(entry) != Tag.FILE_SIZES) {
      entry += 16;
    }
    octets.putInt(entry + 8, octets.getInt(entry + 8) + 1);
    assertThatThrownBy(() -> extracted(rpm))
        .isInstanceOf(RpmException.class)
        .hasMessageContaining("tag 1028: begins at octet ")
        .hasMessageContaining(", which 4 does not divide");
    assertThatThrownBy(
            () -> extracted(good().with(9999, new Value(8, 1 << 20, new byte[1])).bytes()))
        .hasMessageContaining("tag 9999: counts 1048576 values in");
    // the last text's end is the first zero of the region's trailer, so one more is asked for
    assertThatThrownBy(
            () -> extracted(good().with(9999, new Value(8, 15, "no end".getBytes(UTF_8))).bytes()))
        .hasMessageContaining("tag 9999: text");
  }

  /** Names of one octet each, and a folder whose name each of many files repeats. */
  @Test
  void bombsInTheHeader() {
    HandMadeRpm names = good();
    names.main.put(Tag.BASE_NAMES, HandMadeRpm.texts(Collections.nCopies(200_001, "a")));
    assertThatThrownBy(() -> extracted(names.bytes()))
        .isInstanceOf(RpmException.class)
        .hasMessageContaining("tag 1117: has 200001 values; at most 200000 are taken");
    HandMadeRpm sizes = good();
    sizes.main.put(Tag.FILE_SIZES, HandMadeRpm.int32(new int[200_001]));
    assertThatThrownBy(() -> extracted(sizes.bytes()))
        .hasMessageContaining("tag 1028: has 200001 values");
    String folder = "/" + "f".repeat(4000) + "/";
    Item[] items = new Item[17_000];
    Arrays.setAll(items, i -> Item.file(folder + i, new byte[0]));
    assertThatThrownBy(() -> extracted(HandMadeRpm.of().listing(items).bytes()))
        .isInstanceOf(RpmException.class)
        .hasMessageContaining("tag 1118: paths have more than 64 MiB together");
  }

  @Test
  void whereSignaturesAre() throws IOException {
    HandMadeRpm rpm = good();
    rpm.signature.clear();
    rpm.signature.put(Tag.PGP, new Value(7, 1, new byte[1]));
    assertThat(signatures(rpm).packets()).isEmpty();
    assertThat(signatures(rpm).legacy()).isTrue();
    rpm.signature.put(Tag.OPENPGP, HandMadeRpm.texts(List.of("AQID", "BAU=")));
    rpm.signature.put(Tag.DSA_HEADER, new Value(7, 1, new byte[] {6}));
    assertThat(signatures(rpm).packets())
        .containsExactly(new byte[] {1, 2, 3}, new byte[] {4, 5}, new byte[] {6});
    assertThat(signatures(rpm).signed()).isEqualTo(rpm.mainHeader());
    rpm.signature.put(Tag.OPENPGP, HandMadeRpm.texts(List.of("?")));
    assertThatThrownBy(() -> signatures(rpm))
        .isInstanceOf(RpmException.class)
        .hasMessage("X.rpm, signature header: tag 278: is not in base64");
  }

  private static HeaderSignatures signatures(HandMadeRpm rpm) throws IOException {
    try (RpmReader reader = RpmReader.open("X.rpm", new ByteArrayInputStream(rpm.bytes()))) {
      return reader.rpm().signatures();
    }
  }

  @Test
  void cutOffAtEachOctet() {
    byte[] rpm = good().packed("gzip", HandMadeRpm.gzip(HandMadeRpm.archive(FILE))).bytes();
    for (int cut = 0; cut < rpm.length; cut++) {
      byte[] part = Arrays.copyOf(rpm, cut);
      assertThatThrownBy(() -> extracted(part, "/usr/lib/a"))
          .as("cut at %d of %d", cut, rpm.length)
          .isInstanceOf(RpmException.class)
          .hasMessageStartingWith("X.rpm");
    }
  }

  /** Here and there, and around each boundary, of a real package of each packing. */
  @Test
  void cutOffAnywhere() throws IOException {
    for (Packing packing : Packing.values()) {
      byte[] rpm = Files.readAllBytes(SignedRpms.usual(packing));
      TreeSet<Integer> cuts = new TreeSet<>();
      int payload = payloadStart(rpm);
      for (int cut = 0; cut < payload; cut += 97) {
        cuts.add(cut);
      }
      for (int around : new int[] {96, 112, payload, payload + 110, rpm.length}) {
        for (int cut = around - 8; cut < Math.min(around + 8, rpm.length); cut++) {
          cuts.add(cut);
        }
      }
      for (int i = 1; i < 15; i++) {
        cuts.add(payload + (rpm.length - payload) / 15 * i);
      }
      String[] all = SignedRpms.files().keySet().toArray(String[]::new);
      for (int cut : cuts) {
        byte[] part = Arrays.copyOf(rpm, cut);
        assertThatThrownBy(() -> extracted(part, all))
            .as("%s cut at %d of %d", packing, cut, rpm.length)
            .isInstanceOf(RpmException.class)
            .hasMessageStartingWith("X.rpm");
      }
      assertThat(extracted(rpm, all)).hasSize(all.length);
    }
  }

  private static int payloadStart(byte[] rpm) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(rpm);
    Headers.read("X.rpm", in);
    return rpm.length - in.available();
  }

  @Test
  void whatIsBehindThePayloadIsSeen() {
    HandMadeRpm rpm = good();
    rpm.rest = new byte[1];
    assertThatThrownBy(() -> extracted(rpm.bytes(), "/usr/lib/a"))
        .hasMessageContaining("payload: has the SHA-256");
  }

  /** Ten MiB of zeros in ten KiB, where the header says ten octets: not one of them is unpacked. */
  @Test
  void bombsInTheArchive() throws IOException {
    byte[] bomb =
        HandMadeRpm.joined(HandMadeRpm.entry("./usr/lib/a", 0100644, 10 << 20, new byte[10 << 20]));
    for (HandMadeRpm rpm :
        List.of(
            good().packed("gzip", HandMadeRpm.gzip(bomb)),
            good().packed("zstd", Zstd.compress(bomb)))) {
      assertThatThrownBy(() -> extracted(rpm.bytes(), "/usr/lib/a"))
          .hasMessageContaining("'./usr/lib/a' has 10485760 octets, and 10 by the header");
    }
    // names are no way either
    byte[] names = new byte[1 << 20];
    Arrays.fill(names, (byte) 'a');
    assertThatThrownBy(() ->
            extracted(
                archive(HandMadeRpm.entry(new String(names, UTF_8), 0100644, 0, new byte[0]))
                    .bytes(),
                "/usr/lib/a"))
        .hasMessageContaining("has a name of 1048577 octets");
  }

  /** A payload without an end, behind headers that promise ten octets. */
  @Test
  void aPayloadWithoutAnEnd() {
    InputStream zeros =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] into, int from, int length) {
            Arrays.fill(into, from, from + length, (byte) 0);
            return length;
          }
        };
    assertThatThrownBy(
            () -> {
              try (RpmReader reader =
                  RpmReader.open(
                      "X.rpm",
                      new SequenceInputStream(new ByteArrayInputStream(good().bytes()), zeros))) {
                reader.verifyPayload();
              }
            })
        .isInstanceOf(RpmException.class)
        .hasMessageContaining("more octets than the files that the header lists can need");
  }

  /** Windows and dictionaries that would take gigabytes of memory. */
  @Test
  void memoryOfDecompressors() {
    // a zstd frame with a window of 2^31 (RFC 8878 §3.1.1.1.2), an lzma header with 4 GiB
    byte[] zstd = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (21 << 3), 1, 0, 0};
    assertThatThrownBy(() -> extracted(good().packed("zstd", zstd).bytes(), "/usr/lib/a"))
        .hasMessageContaining("cannot be unpacked");
    ByteArrayOutputStream lzma = new ByteArrayOutputStream();
    lzma.writeBytes(new byte[] {0x5d, -1, -1, -1, 0x7f});
    lzma.writeBytes(new byte[30]);
    assertThatThrownBy(
            () -> extracted(good().packed("lzma", lzma.toByteArray()).bytes(), "/usr/lib/a"))
        .hasMessageContaining("cannot be unpacked");
  }

  /** A disk's or a server's failure is told as what it is. */
  @Test
  void failuresOfTheSourceComeOut() {
    IOException failure = new IOException("connection reset");
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw failure;
          }

          @Override
          public int read(byte[] into, int from, int length) throws IOException {
            throw failure;
          }
        };
    byte[] rpm = good().packed("gzip", HandMadeRpm.gzip(HandMadeRpm.archive(FILE))).bytes();
    InputStream in =
        new SequenceInputStream(new ByteArrayInputStream(rpm, 0, rpm.length - 20), failing);
    assertThatThrownBy(
            () -> {
              try (RpmReader reader = RpmReader.open("X.rpm", in)) {
                reader.extract(List.of("/usr/lib/a"), (_, _, content) -> content.readAllBytes());
              }
            })
        .isSameAs(failure);
  }
}
