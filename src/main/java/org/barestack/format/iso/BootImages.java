package org.barestack.format.iso;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import org.barestack.format.image.Content;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.BootCatalog.BootEntry;
import org.jspecify.annotations.Nullable;

/**
 * What knows by number where boot images stand: El Torito's catalog, the MBR's boot code, and the
 * images themselves.
 */
final class BootImages {
  private static final int SECTOR = 512;

  /** Sectors of a block. */
  private static final int BLOCK = Volume.BLOCK / SECTOR;

  /** What an entry of the catalog can say: 16 bits. */
  private static final int MOST_SECTORS = 0xffff;

  /** Where isohybrid's and GRUB's boot code in the MBR have their number. */
  private static final int POINTER = 432;

  /** isolinux's and GRUB's table: the sector of the descriptor, its own, length, check sum. */
  private static final int INFO = 8;

  private static final int INFO_LENGTH = 56;
  private static final int DESCRIPTOR = 16;

  /** Where GRUB's boot image for CDs has the sector of what follows it (grub2-boot-info). */
  private static final int GRUB = 2548;

  /** Sectors of GRUB's image before that. */
  private static final int GRUB_SKIPS = 5;

  /** Boot images have some kilobytes; this much of a new one is read. */
  private static final long LONGEST = 64L << 20;

  private final Medium source;
  private final @Nullable BootCatalog catalog;

  BootImages(IsoImage image) throws IOException, IsoException {
    this.source = image.medium();
    this.catalog = image.bootCatalog().orElse(null);
  }

  @Nullable BootCatalog catalog() {
    return catalog;
  }

  /** What EFI firmware boots of a disc. */
  Optional<BootEntry> efi() {
    return catalog == null
        ? Optional.empty()
        : catalog.entries().stream()
            .filter(entry -> entry.platform() == BootCatalog.EFI && entry.bootable())
            .findFirst();
  }

  /**
   * Octets of what begins at a block, if neither a file nor a partition says it: what El Torito
   * says, or where that says nothing, the FAT file system itself (its BPB).
   */
  long length(BootEntry entry) throws IOException, IsoException {
    if (entry.sectors() > 1) {
      return (long) entry.sectors() * SECTOR;
    }
    Octets boot = Octets.read(source, entry.block() * Volume.BLOCK, SECTOR, "boot image");
    long sectors = boot.little16(19) == 0 ? boot.little32(32) : boot.little16(19);
    long length = sectors * boot.little16(11);
    long left = source.size() - entry.block() * Volume.BLOCK;
    return length > 0 && length <= left ? length : SECTOR;
  }

  /**
   * Writes the numbers of those that stand elsewhere now.
   *
   * @param moved files by the blocks where they stood
   * @param area where appended partitions are now
   */
  void write(Patches patches, Map<Long, NewFile> moved, SystemArea area)
      throws IOException, IsoException {
    if (catalog == null) {
      return;
    }
    for (BootEntry entry : catalog.entries()) {
      NewFile file = moved.get(entry.block());
      if (file != null) {
        change(patches, entry, file.block(), file.length());
      } else if (area.isAppended(entry.block())) {
        Extent now = area.moved(entry.block());
        change(patches, entry, now.block(), now.length());
      }
    }
  }

  private void change(Patches patches, BootEntry entry, long block, long length)
      throws IOException, IsoException {
    patches.put(entry.record() + 8, new Field().little32(block).octets());
    if (entry.platform() == BootCatalog.EFI && entry.sectors() > 1) {
      // UEFI 2.10 §13.3.2.1: with 0 or 1, the image goes up to the end, and its FAT says its own.
      long sectors = Math.ceilDiv(length, SECTOR);
      patches.put(
          entry.record() + 6,
          new Field().little16(sectors > MOST_SECTORS ? 0 : (int) sectors).octets());
    }
    Octets code = Octets.read(source, 0, SECTOR, "MBR");
    long pointer = code.little32(POINTER);
    for (long begin : new long[] {0, BLOCK}) {
      if (pointer == entry.block() * BLOCK + begin && code.little32(POINTER + 4) == 0) {
        patches.put(POINTER, new Field().little32(block * BLOCK + begin).octets());
      }
    }
  }

  /**
   * Writes into a new boot image what the old one at its place had: isolinux's table (which GRUB
   * has too) and GRUB's number.
   *
   * @param file whose place is known
   * @param old the block where the old one stood
   */
  void inform(NewFile file, long old) throws IOException, IsoException {
    if (catalog == null
        || catalog.entries().stream().noneMatch(entry -> entry.block() == old)
        || (old + 2) * Volume.BLOCK > source.size()) {
      return;
    }
    Octets head = Octets.read(source, old * Volume.BLOCK, Volume.BLOCK, "boot image");
    Octets next = Octets.read(source, (old + 1) * Volume.BLOCK, Volume.BLOCK, "boot image");
    boolean hasInfo = head.little32(INFO) == DESCRIPTOR && head.little32(INFO + 4) == old;
    boolean hasGrub = next.little32(GRUB - Volume.BLOCK) == old * BLOCK + GRUB_SKIPS;
    if (!hasInfo && !hasGrub) {
      return;
    }
    if (file.length() > LONGEST || file.length() < (hasGrub ? GRUB + 8 : INFO + INFO_LENGTH)) {
      throw new IsoException(
          new Place(old * Volume.BLOCK, "/" + file.path()),
          "a boot image of %d octets cannot take the place of this one".formatted(file.length()));
    }
    byte[] octets = Contents.octets(file.content(), source);
    ByteBuffer numbers = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    if (hasGrub) {
      numbers.putLong(GRUB, file.block() * BLOCK + GRUB_SKIPS);
    }
    if (hasInfo) {
      numbers.put(INFO, new byte[INFO_LENGTH]);
      numbers.putInt(INFO, DESCRIPTOR);
      numbers.putInt(INFO + 4, (int) file.block());
      numbers.putInt(INFO + 8, octets.length);
      numbers.putInt(INFO + 12, sum(octets));
    }
    file.content(Content.of(octets));
  }

  /** Of all words from octet 64 on; the last may be short. */
  private static int sum(byte[] octets) {
    int sum = 0;
    for (int at = INFO + INFO_LENGTH; at < octets.length; at++) {
      sum += (octets[at] & 0xff) << (8 * (at % 4));
    }
    return sum;
  }
}
