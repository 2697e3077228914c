package org.barestack.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.OverlayMedium;
import org.barestack.format.image.Run;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Check sums, judged by isomd5sum's own programs. */
class CheckSumTest {
  private static final int FIELD = 16 * 2048 + 883;

  @TempDir private Path folder;

  private Path replica(int major, int octets) {
    IsoReplica replica =
        major == 9 ? IsoReplica.rocky9(Media.BOOT) : IsoReplica.rocky10(Media.BOOT);
    byte[] content = new byte[octets];
    new SplittableRandom(octets).nextBytes(content);
    return replica.with("images/install.img", content).write(folder);
  }

  private static byte[] withSum(byte[] iso) throws IOException {
    Overlay plain = Overlay.of(List.of(new Run.OfSource(0, iso.length)));
    Overlay summed = CheckSum.of(Medium.of(iso), new Silent()).in(plain);
    byte[] octets = new byte[iso.length];
    try (OverlayMedium medium = OverlayMedium.open(summed, Medium.of(iso))) {
      medium.read(0, octets, 0, octets.length);
    }
    return octets;
  }

  private byte[] implanted(byte[] iso) throws IOException {
    Path copy = Files.write(folder.resolve("copy.iso"), iso);
    Command.Result result = Command.of("implantisomd5", "-f", copy.toString()).run();
    assertThat(result.status()).as(result.all()).isZero();
    return Files.readAllBytes(copy);
  }

  /** checkisomd5's own word for it. */
  private String judged(byte[] iso) throws IOException {
    Path copy = Files.write(folder.resolve("judged.iso"), iso);
    String output = Command.of("checkisomd5", copy.toString()).run().all();
    return output.contains("PASS") ? "pass" : output.contains("FAIL") ? "fail" : "none";
  }

  private static String ours(byte[] iso) throws IOException {
    return switch (CheckSum.check(Medium.of(iso), new Silent())) {
      case CheckSum.Found.Pass() -> "pass";
      case CheckSum.Found.Fail(long before) -> {
        assertThat(before).isLessThanOrEqualTo(iso.length);
        yield "fail";
      }
      case CheckSum.Found.None() -> "none";
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void theSameOctetsAsImplantisomd5(int major) throws IOException {
    byte[] iso = Files.readAllBytes(replica(major, 5_000_000));
    byte[] summed = withSum(iso);
    assertThat(summed).isEqualTo(implanted(iso)).isNotEqualTo(iso);
    assertThat(withSum(summed)).as("what is in the field counts for nothing").isEqualTo(summed);
    assertThat(judged(summed)).isEqualTo("pass");
    assertThat(ours(summed)).isEqualTo("pass");
    assertThat(ours(iso)).isEqualTo("none").isEqualTo(judged(iso));
  }

  /** From less than a step a fragment to several. */
  @Test
  void imagesOfAnySize() throws IOException {
    for (int octets : new int[] {1, 100_000, 500_000, 600_000, 688_000, 720_000, 1_400_001}) {
      byte[] iso = Files.readAllBytes(replica(9, octets));
      byte[] summed = withSum(iso);
      assertThat(summed).as("%d octets", octets).isEqualTo(implanted(iso));
      assertThat(ours(summed)).as("%d octets", octets).isEqualTo(judged(summed));
    }
  }

  @Test
  void damageIsFoundWhereCheckisomd5FindsIt() throws IOException {
    byte[] whole = withSum(Files.readAllBytes(replica(10, 3_000_000)));
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      places.add(random.nextInt(whole.length));
    }
    int size = size(whole);
    // The last octet that counts, and the first that does not; the field's border.
    places.addAll(List.of(size - 15 * 2048 - 1, size - 15 * 2048, FIELD - 1, FIELD + 512));
    for (int place : places) {
      byte[] damaged = whole.clone();
      damaged[place] ^= 1;
      assertThat(ours(damaged)).as("-Dseed=%d, at %d", seed, place).isEqualTo(judged(damaged));
    }
    byte[] cut = Arrays.copyOf(whole, 2_000_000);
    assertThat(ours(cut)).isEqualTo("fail").isEqualTo(judged(cut));
  }

  private static int size(byte[] iso) {
    int at = 16 * 2048 + 84;
    return 2048
        * (((iso[at] & 0xff) << 24)
            | ((iso[at + 1] & 0xff) << 16)
            | ((iso[at + 2] & 0xff) << 8)
            | (iso[at + 3] & 0xff));
  }

  @Test
  void sumsWithoutFragmentsAreTaken() throws IOException {
    byte[] whole = withSum(Files.readAllBytes(replica(9, 1_000_000)));
    String text = new String(whole, FIELD, 512, StandardCharsets.US_ASCII);
    String old = text.substring(0, text.indexOf("RHLISOSTATUS")) + "RHLISOSTATUS=0;";
    Arrays.fill(whole, FIELD, FIELD + 512, (byte) ' ');
    byte[] octets = old.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(octets, 0, whole, FIELD, octets.length);
    assertThat(ours(whole)).isEqualTo("pass");
    whole[whole.length / 2] ^= 1;
    assertThat(ours(whole)).isEqualTo("fail");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ISO MD5SUM = 0123;SKIPSECTORS = 15;",
        "ISO MD5SUM = 0123456789abcdef0123456789abcdef;",
        "ISO MD5SUM = 0123456789abcdef0123456789abcdef;SKIPSECTORS = 9999999999;",
        "SKIPSECTORS = 15;FRAGMENT COUNT = 20;",
        ""
      })
  void fieldsThatSayNothing(String text) throws IOException {
    byte[] iso = Files.readAllBytes(replica(9, 1000));
    Arrays.fill(iso, FIELD, FIELD + 512, (byte) ' ');
    System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, iso, FIELD, text.length());
    assertThat(ours(iso)).isEqualTo("none");
  }

  /** Counts and sizes of anybody's making end in a verdict. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SKIPSECTORS = 999999999;FRAGMENT SUMS = 000000000000000000000000000000000000000000000"
            + "000000000000000;FRAGMENT COUNT = 20;",
        "SKIPSECTORS = 0;FRAGMENT SUMS = 0000000000000000000000000000000000000000000000"
            + "00000000000000;FRAGMENT COUNT = 0;",
        "SKIPSECTORS = 0;FRAGMENT SUMS = 0000000000000000000000000000000000000000000000"
            + "00000000000000;FRAGMENT COUNT = 99;",
        "SKIPSECTORS = 0;FRAGMENT SUMS = 0000000000000000000000000000000000000000000000"
            + "00000000000000;FRAGMENT COUNT = 1;"
      })
  void hostileFieldsFail(String text) throws IOException {
    byte[] iso = Files.readAllBytes(replica(9, 1000));
    String field = "ISO MD5SUM = 0123456789abcdef0123456789abcdef;" + text;
    System.arraycopy(field.getBytes(StandardCharsets.US_ASCII), 0, iso, FIELD, field.length());
    assertThat(ours(iso)).isEqualTo("fail");
    iso[16 * 2048 + 84] = -1; // a volume of 8 TiB, which the image does not have
    assertThat(ours(iso)).isEqualTo("fail");
  }

  @Test
  void whatIsNoImageHasNone() throws IOException {
    assertThat(ours(new byte[100])).isEqualTo("none");
    assertThat(ours(new byte[200_000])).isEqualTo("none");
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> CheckSum.of(Medium.of(new byte[200_000]), new Silent()))
        .withMessage("this is no ISO image: it has no volume");
    byte[] cut = Arrays.copyOf(Files.readAllBytes(replica(9, 1_000_000)), 900_000);
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> CheckSum.of(Medium.of(cut), new Silent()))
        .withMessageContaining("it is cut off");
  }

  /** Written into a file, the sum is taken beside the copy. */
  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void aWrittenFileHasTheSameSum(int major) throws IOException {
    Path iso = replica(major, 5_000_000);
    long size = Files.size(iso);
    Path source = folder.resolve("source.iso");
    Files.move(iso, source, StandardCopyOption.REPLACE_EXISTING);
    Overlay overlay =
        Overlay.of(List.of(new Run.OfSource(0, size), new Run.Zeros(10_000)))
            .with(2_000_000, "other octets".getBytes(StandardCharsets.US_ASCII));
    Path plain = folder.resolve("plain.iso");
    Path summed = folder.resolve("summed.iso");
    ImageFile.write(overlay, source, plain, false, new Silent());
    ImageFile.write(overlay, source, summed, true, new Silent());
    assertThat(Files.readAllBytes(summed)).isEqualTo(implanted(Files.readAllBytes(plain)));
    assertThat(judged(Files.readAllBytes(summed))).isEqualTo("pass");
  }
}
