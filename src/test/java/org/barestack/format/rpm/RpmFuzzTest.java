package org.barestack.format.rpm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.format.rpm.HandMadeRpm.Item;
import org.barestack.format.rpm.PackagedFile.Kind;
import org.barestack.testing.Fuzz;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** What a mirror may send for a package. */
public class RpmFuzzTest {
  private static final long MOST = 1 << 20;
  private static final Item[] ITEMS = {
    Item.file("/boot/efi/EFI/BOOT/BOOTX64.EFI", "a loader".repeat(20).getBytes(UTF_8)),
    Item.link("/boot/efi/b", "EFI/BOOT/BOOTX64.EFI"),
    Item.special("/boot/efi", 0040755),
    Item.file("/c", "text".getBytes(UTF_8)).inode(7),
    Item.file("/d", "text".getBytes(UTF_8)).inode(7)
  };

  @Test
  void nothingButRpmExceptionComesOut() throws IOException {
    byte[] archive = HandMadeRpm.archive(ITEMS);
    ByteArrayOutputStream xz = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(xz, new LZMA2Options(0))) {
      out.write(archive);
    }
    List<byte[]> seeds =
        List.of(
            HandMadeRpm.of(ITEMS).bytes(),
            HandMadeRpm.of(ITEMS).packed("gzip", HandMadeRpm.gzip(archive)).bytes(),
            HandMadeRpm.of(ITEMS).packed("zstd", Zstd.compress(archive)).bytes(),
            HandMadeRpm.of(ITEMS).packed("xz", xz.toByteArray()).bytes(),
            HandMadeRpm.of(ITEMS)
                .archive(
                    HandMadeRpm.joined(
                        HandMadeRpm.stripped(0, ITEMS[0].content()),
                        HandMadeRpm.stripped(4, ITEMS[4].content()),
                        HandMadeRpm.trailer()))
                .bytes());
    List<byte[]> words =
        Stream.concat(
                Stream.of(
                        "../",
                        "/",
                        "./",
                        "\0",
                        "070701",
                        "07070X",
                        "TRAILER!!!",
                        "00000000",
                        "ffffffff",
                        "gzip",
                        "zstd",
                        "xz",
                        "lzma",
                        "bzip2",
                        "/etc/passwd")
                    .map(word -> word.getBytes(UTF_8)),
                Stream.of(
                        0,
                        1,
                        -1,
                        1 << 16,
                        1 << 26,
                        Integer.MAX_VALUE,
                        62,
                        63,
                        1000,
                        1117,
                        5092,
                        7,
                        8)
                    .map(number -> ByteBuffer.allocate(4).putInt(number).array()))
            .toList();
    Fuzz.run("rpm", 30_000, seeds, words, RpmFuzzTest::shape);
  }

  /** For the coverage-guided fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    shape(input);
  }

  private static Object shape(byte[] input) throws IOException {
    List<Object> shape = new ArrayList<>();
    try (RpmReader reader = RpmReader.open("X.rpm", new ByteArrayInputStream(input))) {
      RpmPackage rpm = reader.rpm();
      List<String> paths = new ArrayList<>();
      long content = 0;
      for (PackagedFile file : rpm.files()) {
        assertThat(file.path()).startsWith("/").doesNotContain("/../", "//", "\0");
        if (file.kind() == Kind.FILE && !file.ghost()) {
          paths.add(file.path());
          content += file.size();
        }
      }
      shape.add(paths.size());
      shape.add(rpm.compressor());
      assertThat(rpm.signatures().signed().length).isLessThanOrEqualTo(input.length);
      if (content <= MOST) {
        reader.extract(
            paths,
            (names, file, in) -> {
              assertThat(in.readAllBytes()).hasSize((int) file.size());
              assertThat(paths).containsAll(names);
              shape.add("file");
            });
      }
    } catch (RpmException e) {
      assertThat(e.getMessage()).startsWith("X.rpm").doesNotContainPattern("\\p{Cntrl}");
      shape.add(
          String.valueOf(e.getMessage())
              .replaceAll("'[^']*'|'.*|[0-9a-f]*[0-9][0-9a-f]*|\\(.*| file .*", ""));
    }
    return shape;
  }
}
