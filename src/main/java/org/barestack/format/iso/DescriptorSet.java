package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.ImageVolume.Names;
import org.barestack.format.iso.ImageVolume.PathTables;

/**
 * The volume descriptors from sector 16 to the terminator (ECMA-119 §6.7.1). A second set, whose
 * blocks count from the begin of a partition (xorriso's {@code -partition_offset}), stands behind
 * the terminator and is not looked at. Of several descriptors of a kind, all readers use the first.
 *
 * @param volumes the primary one, then Joliet's if there is one
 */
record DescriptorSet(List<ImageVolume> volumes, Optional<BootRecord> bootRecord) {
  private static final int FIRST = 16;

  private static final int BOOT = 0;
  private static final int PRIMARY = 1;
  private static final int SUPPLEMENTARY = 2;
  private static final int TERMINATOR = 255;

  private static final byte[] STANDARD = {'C', 'D', '0', '0', '1'};
  private static final byte[] EL_TORITO = "EL TORITO SPECIFICATION\0".getBytes(UTF_8);

  /** UCS-2 of levels 1 to 3 (Joliet Specification, "Escape Sequences"). */
  private static final List<String> JOLIET = List.of("%/@", "%/C", "%/E");

  static DescriptorSet read(Medium medium) throws IOException, IsoException {
    List<ImageVolume> primary = new ArrayList<>();
    List<ImageVolume> joliet = new ArrayList<>();
    List<BootRecord> boot = new ArrayList<>();
    for (int sector = FIRST; sector <= FIRST + Limits.DESCRIPTORS; sector++) {
      Octets descriptor = descriptor(medium, sector);
      switch (descriptor.number8(0)) {
        case BOOT -> {
          if (descriptor.has(7, EL_TORITO)) {
            boot.add(new BootRecord(sector, descriptor.little32(71)));
          }
        }
        case PRIMARY -> {
          if (primary.isEmpty()) {
            primary.add(volume(medium, descriptor, sector, false));
          }
        }
        case SUPPLEMENTARY -> {
          if (joliet.isEmpty() && JOLIET.contains(descriptor.part(88, 3).latin())) {
            joliet.add(volume(medium, descriptor, sector, true));
          }
        }
        case TERMINATOR -> {
          if (primary.isEmpty()) {
            throw descriptor.wrong(0, "the descriptors end, and none was the primary one");
          }
          primary.addAll(joliet);
          return new DescriptorSet(List.copyOf(primary), boot.stream().findFirst());
        }
        default -> {}
      }
    }
    throw new IsoException(
        new Place((long) FIRST * Volume.BLOCK, "volume descriptors"),
        "no terminator behind " + Limits.DESCRIPTORS + " of them");
  }

  static Octets descriptor(Medium medium, int sector) throws IOException, IsoException {
    String what = "volume descriptor " + (sector - FIRST + 1);
    Place place = new Place((long) sector * Volume.BLOCK, what);
    if ((sector + 1L) * Volume.BLOCK > medium.size()) {
      throw new IsoException(
          place,
          "the image ends before, with %d octets; is it an ISO image, and whole?"
              .formatted(medium.size()));
    }
    Octets descriptor = Octets.read(medium, place.offset(), Volume.BLOCK, what);
    if (!descriptor.has(1, STANDARD)) {
      throw descriptor.wrong(
          1,
          sector == FIRST
              ? "no ISO image: 'CD001' does not stand here"
              : "neither a volume descriptor nor the terminator: 'CD001' does not stand here");
    }
    return descriptor;
  }

  /** What a descriptor says of its volume. */
  static ImageVolume volume(Medium medium, Octets octets, long sector, boolean isJoliet)
      throws IOException, IsoException {
    int blockSize = octets.both16(128);
    if (blockSize != Volume.BLOCK) {
      throw octets.wrong(
          128, "logical blocks of %d octets; only %d are read".formatted(blockSize, Volume.BLOCK));
    }
    long blocks = octets.both32(80);
    if (blocks * Volume.BLOCK > medium.size()) {
      throw octets.wrong(
          80,
          "the volume has %d octets, but the image only %d: it was cut off"
              .formatted(blocks * Volume.BLOCK, medium.size()));
    }
    ParsedRecord root = ParsedRecord.parse(octets.part(156, 34), medium.size());
    if (!root.isSelf() || !root.isDirectory()) {
      throw root.wrong("no record of a root directory");
    }
    Charset charset = isJoliet ? UTF_16BE : UTF_8;
    return new ImageVolume(
        sector,
        isJoliet ? Names.JOLIET : TreeReader.names(medium, root.extent()),
        label(new String(octets.raw(40, 32), charset)),
        blocks,
        new PathTables(
            octets.both32(132),
            octets.little32(140),
            octets.little32(144),
            octets.big32(148),
            octets.big32(152)),
        root.extent());
  }

  private static String label(String text) {
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\0')) {
      end--;
    }
    return text.substring(0, end);
  }
}
