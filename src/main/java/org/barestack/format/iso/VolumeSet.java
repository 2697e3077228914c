package org.barestack.format.iso;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.barestack.format.image.Medium;
import org.jspecify.annotations.Nullable;

/**
 * Volume descriptors up to a terminator, as they are changed.
 *
 * @param shift the block of the image where their blocks count from
 * @param first the first one's sector, counted from there
 * @param descriptors those of volumes
 */
record VolumeSet(long shift, long first, List<Descriptor> descriptors) {
  private static final byte[] STANDARD = {'C', 'D', '0', '0', '1'};
  private static final int BOOT = 0;
  private static final int PRIMARY = 1;
  private static final int SUPPLEMENTARY = 2;
  private static final int PARTITION = 3;
  private static final int TERMINATOR = 255;
  private static final List<String> JOLIET = List.of("%/@", "%/C", "%/E");

  /**
   * One of a volume.
   *
   * @param sector counted from the image's begin
   * @param isPrimary whether it is one, else a supplementary or enhanced one
   * @param joliet whether its names are in UCS-2
   * @param octets the descriptor
   */
  record Descriptor(
      long sector, boolean isPrimary, boolean joliet, ImageVolume volume, Octets octets) {
    /** Whether another one tells of the same tree. */
    boolean isOf(ImageVolume other) {
      return volume.root().equals(other.root());
    }
  }

  /** Whether a set may begin at a sector, counted from the view's begin. */
  static boolean isAt(Medium view, long sector) throws IOException, IsoException {
    if ((sector + 1) * Volume.BLOCK > view.size()) {
      return false;
    }
    Octets octets = Octets.read(view, sector * Volume.BLOCK, Volume.BLOCK, "descriptor");
    return octets.number8(0) == PRIMARY && octets.has(1, STANDARD);
  }

  /**
   * Reads one.
   *
   * @param view the image from where the blocks count
   * @throws IsoException if it has what cannot be kept true
   */
  static VolumeSet read(Medium view, long shift, long first) throws IOException, IsoException {
    List<Descriptor> descriptors = new ArrayList<>();
    for (long sector = first; sector <= first + Limits.DESCRIPTORS; sector++) {
      Octets octets =
          Octets.read(
              view,
              sector * Volume.BLOCK,
              Volume.BLOCK,
              "volume descriptor " + (sector - first + 1));
      if (!octets.has(1, STANDARD)) {
        throw octets.wrong(1, "neither a volume descriptor nor the terminator");
      }
      switch (octets.number8(0)) {
        case PRIMARY -> descriptors.add(descriptor(view, octets, shift, sector, true, false));
        case SUPPLEMENTARY -> {
          boolean joliet = JOLIET.contains(octets.part(88, 3).latin());
          descriptors.add(descriptor(view, octets, shift, sector, false, joliet));
        }
        case TERMINATOR -> {
          return new VolumeSet(shift, first, List.copyOf(descriptors));
        }
        case BOOT -> {}
        case PARTITION ->
            throw octets.wrong(
                0, "a volume partition descriptor, of which nothing is known: it may go stale");
        default ->
            throw octets.wrong(0, "a volume descriptor of type %d".formatted(octets.number8(0)));
      }
    }
    throw new IsoException(
        new Place((first + shift) * Volume.BLOCK, "volume descriptors"), "no terminator");
  }

  private static Descriptor descriptor(
      Medium view, Octets octets, long shift, long sector, boolean isPrimary, boolean joliet)
      throws IOException, IsoException {
    return new Descriptor(
        sector + shift,
        isPrimary,
        joliet,
        DescriptorSet.volume(view, octets, sector, joliet),
        octets);
  }

  /** The one of the primary volume, or null. */
  @Nullable Descriptor primary() {
    return descriptors.stream().filter(Descriptor::isPrimary).findFirst().orElse(null);
  }
}
