package org.barestack.format.iso;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.barestack.format.image.Medium;

/**
 * What firmware may boot from an image (El Torito 1.0, "Booting Catalog").
 *
 * @param sector of the catalog itself
 * @param identifier who made it; mostly empty
 * @param entries the default one, then those of the sections
 */
public record BootCatalog(long sector, String identifier, List<BootEntry> entries) {
  /** Platforms (the second is UEFI 2.10 §13.3.2.1's). */
  public static final int X86 = 0;

  public static final int EFI = 0xef;

  private static final int RECORD = 32;
  private static final int BOOT_SECTOR = 512;

  private static final int BOOTABLE = 0x88;
  private static final int SECTION = 0x90;
  private static final int LAST_SECTION = 0x91;
  private static final int EXTENSION = 0x44;
  private static final int GOES_ON = 0x20;

  /**
   * An image that firmware may boot.
   *
   * @param record its place in the catalog: octets from the image's begin
   * @param platform such as {@link #X86} or {@link #EFI}
   * @param bootable whether it may
   * @param medium 0 for no emulation, else what it emulates
   * @param sectors of 512 octets that are loaded; for EFI mostly those of a FAT file system, but 0
   *     or 1 where its own size counts
   * @param block the logical block where it begins
   */
  public record BootEntry(
      long record, int platform, boolean bootable, int medium, int sectors, long block) {}

  public BootCatalog {
    entries = List.copyOf(entries);
  }

  /** Reads one, which may have no more than a sector of records, as firmware reads no more. */
  static BootCatalog read(Medium medium, long sector) throws IOException, IsoException {
    Octets octets = Octets.read(medium, sector * Volume.BLOCK, Volume.BLOCK, "boot catalog");
    validate(octets.part(0, RECORD));
    int platform = octets.number8(1);
    List<BootEntry> entries = new ArrayList<>();
    entries.add(entry(octets.part(RECORD, RECORD), platform, medium.size()));
    int at = 2 * RECORD;
    boolean isLast = false;
    while (!isLast && isSection(octets, at)) {
      isLast = octets.number8(at) == LAST_SECTION;
      at = section(octets, at, entries, medium.size());
    }
    return new BootCatalog(sector, identifier(octets.part(4, 24)), entries);
  }

  private static boolean isSection(Octets octets, int at) throws IsoException {
    return at < octets.length()
        && (octets.number8(at) == SECTION || octets.number8(at) == LAST_SECTION);
  }

  /** Adds what a section has; returns where the next record is. */
  private static int section(Octets octets, int header, List<BootEntry> entries, long imageSize)
      throws IsoException {
    int platform = octets.number8(header + 1);
    int count = octets.little16(header + 2);
    int at = header + RECORD;
    for (int i = 0; i < count; i++) {
      Octets record = octets.part(at, RECORD);
      entries.add(entry(record, platform, imageSize));
      at += RECORD;
      boolean goesOn = (record.number8(1) & GOES_ON) != 0;
      while (goesOn) {
        Octets extension = octets.part(at, RECORD);
        if (extension.number8(0) != EXTENSION) {
          throw extension.wrong(0, "an entry that goes on, and does not");
        }
        goesOn = (extension.number8(1) & GOES_ON) != 0;
        at += RECORD;
      }
    }
    return at;
  }

  private static void validate(Octets entry) throws IsoException {
    if (entry.number8(0) != 1 || entry.number8(30) != 0x55 || entry.number8(31) != 0xaa) {
      throw entry.wrong(0, "no boot catalog: it does not begin with a validation entry");
    }
    int sum = 0;
    for (int at = 0; at < RECORD; at += 2) {
      sum += entry.little16(at);
    }
    if ((sum & 0xffff) != 0) {
      throw entry.wrong(28, "the validation entry's checksum is wrong");
    }
  }

  private static BootEntry entry(Octets octets, int platform, long imageSize) throws IsoException {
    int indicator = octets.number8(0);
    if (indicator != BOOTABLE && indicator != 0) {
      throw octets.wrong(0, "%#x is no boot indicator".formatted(indicator));
    }
    long block = octets.little32(8);
    int sectors = octets.little16(6);
    if (block * Volume.BLOCK + (long) sectors * BOOT_SECTOR > imageSize) {
      throw octets.wrong(
          8,
          "%d sectors of %d octets from block %d on lie behind the image's end at %d octets"
              .formatted(sectors, BOOT_SECTOR, block, imageSize));
    }
    return new BootEntry(
        octets.offset(), platform, indicator == BOOTABLE, octets.number8(1) & 0xf, sectors, block);
  }

  private static String identifier(Octets octets) {
    String text = octets.latin();
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).stripTrailing();
  }
}
