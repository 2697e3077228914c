package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.barestack.format.image.Medium;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images that ask for too much, by generous bounds: each is refused, and soon. */
@Timeout(60)
class LimitsTest {
  private static final long TERABYTE = 1L << 40;

  private static Field name(String text) {
    return new Field().raw(text.getBytes(ISO_8859_1));
  }

  private static Field none() {
    return new Field();
  }

  private static void refused(Medium medium, String message) {
    assertThatExceptionOfType(IsoException.class)
        .isThrownBy(() -> IsoImage.of(medium))
        .withMessageContaining(message);
  }

  /** Zeros to the end: nothing is in them, but they would be read for minutes. */
  @Test
  void aDirectoryOfGigabytes() {
    HandMade image = new HandMade(TERABYTE, 0xffff_f800L);
    image.put(HandMade.ROOT, HandMade.head(HandMade.ROOT, 0xffff_f800L, none()).octets());
    refused(image, "the directories are longer than 256 MiB");
  }

  @Test
  void moreFilesThanAnyMediumHas() throws Exception {
    assertThat(IsoImage.of(files(Limits.ENTRIES, 0)).entries()).hasSize(Limits.ENTRIES);
    refused(files(Limits.ENTRIES + 1, 0), "more than 100000 files");
  }

  /** All with the same content, if they have any. */
  private static HandMade files(int count, long length) {
    Field directory = HandMade.head(HandMade.ROOT, 0, none());
    int sectors = 1 + count / 40;
    byte[] octets = new byte[sectors * 2048];
    int at = directory.length();
    for (int i = 0; i < count; i++) {
      byte[] record =
          HandMade.record(1_000_000, length, false, name("F%06d".formatted(i)), none()).octets();
      at = at % 2048 + record.length > 2048 ? (at / 2048 + 1) * 2048 : at;
      System.arraycopy(record, 0, octets, at, record.length);
      at += record.length;
    }
    System.arraycopy(directory.octets(), 0, octets, 0, directory.length());
    HandMade image = new HandMade(4L << 30, octets.length);
    image.put(HandMade.ROOT, octets);
    return image;
  }

  /** Hard links are legal, but an image of 4 GiB must not unpack to 400. */
  @Test
  void filesThatAreTooMuchTogether() throws Exception {
    assertThat(IsoImage.of(files(8, 1L << 30)).entries()).hasSize(8);
    refused(files(9, 1L << 30), "all files are longer than 2 times the image");
  }

  @Test
  void directoriesTooDeep() throws Exception {
    assertThat(IsoImage.of(deep(Limits.DEPTH, "D")).entries()).hasSize(Limits.DEPTH);
    refused(deep(Limits.DEPTH + 1, "D"), "more than 64 directories above it");
  }

  @Test
  void aPathTooLong() {
    refused(deep(7, "d".repeat(150)), "a path of more than 1024 octets");
  }

  private static HandMade deep(int depth, String name) {
    HandMade image = new HandMade(1 << 20, 2048);
    for (int i = 0; i < depth; i++) {
      long block = HandMade.ROOT + i;
      image.put(
          block,
          HandMade.head(block, 2048, none())
              .raw(HandMade.record(block + 1, 2048, true, name(name), none()).octets())
              .octets());
    }
    long last = HandMade.ROOT + depth;
    image.put(last, HandMade.head(last, 2048, none()).octets());
    return image;
  }

  /** A file of Rock Ridge whose entries go on in a sector. */
  private static HandMade continued(Field area) {
    HandMade image = new HandMade(1 << 20, 2048);
    Field root =
        none()
            .raw(SystemUse.sharing())
            .raw(SystemUse.continuation(30, SystemUse.reference().length));
    Field file = none().raw(SystemUse.continuation(31, area.length()));
    image.put(
        HandMade.ROOT,
        HandMade.head(HandMade.ROOT, 2048, root)
            .raw(HandMade.record(40, 1, false, name("F"), file).octets())
            .octets());
    image.put(30, SystemUse.reference());
    image.put(31, area.octets());
    return image;
  }

  private static Field susp(String signature, byte[] data) {
    return name(signature).number8(4 + data.length).number8(1).raw(data);
  }

  @Test
  void whatGoesOnIsRead() throws Exception {
    byte[] half = name("\1" + "n".repeat(100)).octets();
    byte[] rest = name("\0" + "m".repeat(100)).octets();
    Field area = none().raw(susp("NM", half).octets()).raw(susp("NM", rest).octets());
    assertThat(IsoImage.of(continued(area)).entries())
        .extracting(IsoEntry::path)
        .containsExactly("n".repeat(100) + "m".repeat(100));
  }

  @Test
  void aNameTooLong() {
    byte[] half = name("\1" + "n".repeat(200)).octets();
    Field area = none().raw(susp("NM", half).octets()).raw(susp("NM", half).octets());
    refused(continued(area), "a name of more than 255 octets");
  }

  @Test
  void aTargetTooLong() {
    Field area = none();
    for (int i = 0; i < 6; i++) {
      area.raw(susp("SL", name("\1\0\310" + "t".repeat(200)).octets()).octets());
    }
    area.raw(SystemUse.name("l"));
    refused(continued(area), "a target of more than 1024 octets");
  }

  @Test
  void anAreaThatGoesOnInItself() {
    refused(continued(none().raw(SystemUse.continuation(31, 28))), "goes on more than 32 times");
  }

  @Test
  void anAreaThatGoesOnTwice() {
    Field twice = none().raw(SystemUse.continuation(32, 28)).raw(SystemUse.continuation(33, 28));
    refused(continued(twice), "a second CE");
  }

  @Test
  void descriptorsWithoutEnd() {
    HandMade image = new HandMade(1 << 20, 2048);
    byte[] other = VolumeDescriptor.terminator();
    other[0] = 3;
    for (int sector = 17; sector < HandMade.ROOT; sector++) {
      image.put(sector, other);
    }
    image.put(HandMade.ROOT, HandMade.head(HandMade.ROOT, 2048, none()).octets());
    refused(image, "no terminator behind 100 of them");
  }

  @Test
  void twoOfAName() {
    for (List<String> names :
        List.of(List.of("A", "A"), List.of("A.;1", "A"), List.of("B;1", "B;2"))) {
      HandMade image = new HandMade(1 << 20, 2048);
      Field root = HandMade.head(HandMade.ROOT, 2048, none());
      for (String name : names) {
        root.raw(HandMade.record(30, 0, false, name(name), none()).octets());
      }
      image.put(HandMade.ROOT, root.octets());
      refused(image, "is there twice");
    }
  }

  /** What would leave the folder into which it is unpacked. */
  @Test
  void namesThatLeadElsewhere() {
    for (String name : List.of("..", ".", "../x", "a/b", "/", "x\0", ".;1", "..;1", "...;1")) {
      HandMade image = new HandMade(1 << 20, 2048);
      image.put(
          HandMade.ROOT,
          HandMade.head(HandMade.ROOT, 2048, none())
              .raw(HandMade.record(30, 0, false, name(name), none()).octets())
              .octets());
      refused(image, "sector 200, octet 68 (directory /, record 3): the name '");
    }
  }
}
