package org.barestack.media;

import java.util.List;
import java.util.Optional;
import org.barestack.format.disk.MbrEntry;

/**
 * What an ISO image is, what of it boots how, and what then happens: ours or anybody's. {@link
 * Inspector} finds it out, {@link InspectionText} shows it. Texts are the image's own and may be
 * anything.
 *
 * @param size octets of the image
 * @param label of the volume; empty if there is none that can be read
 * @param release what it says it is, such as {@code Rocky Linux 9.7 x86_64}; empty if it does not
 * @param trees ways in which it tells its files, such as {@code Rock Ridge}
 * @param catalog what El Torito's catalog has
 * @param partitions of the MBR and the GPT, in force or not
 * @param hybrid what about these is unusual on purpose
 * @param efi file systems from which UEFI firmware boots
 * @param ways each way to boot, with what firmware starts and where its menu is
 * @param menus that are there, in force or not
 * @param kickstarts named by menus or found
 * @param checkSum what is known of the media check's sum
 * @param findings what is wrong, and what to do
 */
public record Inspection(
    long size,
    String label,
    String release,
    List<String> trees,
    List<CatalogEntry> catalog,
    List<Partition> partitions,
    List<String> hybrid,
    List<EfiSystem> efi,
    List<Way> ways,
    List<PlacedMenu> menus,
    List<Kickstart> kickstarts,
    CheckSumState checkSum,
    List<Finding> findings) {
  /**
   * An entry of El Torito's catalog.
   *
   * @param platform {@code BIOS}, {@code UEFI}, or its number
   * @param target the file that it is, or the partition, or where it lies
   * @param sector its first one, of 512 octets
   * @param sectors of 512 octets that are to be loaded
   */
  public record CatalogEntry(
      String platform, boolean bootable, String target, long sector, int sectors) {}

  /**
   * A partition.
   *
   * @param table {@code MBR} or {@code GPT}
   * @param type such as {@code EFI system}, or its number
   * @param start its first sector of 512 octets
   * @param note such as its name, or that it is active
   */
  public record Partition(
      String table, int number, String type, long start, long sectors, String note) {}

  /**
   * A FAT file system from which UEFI firmware boots.
   *
   * @param sector its first one, of 512 octets
   * @param length octets of its place
   * @param kind such as {@code FAT16}; empty if it cannot be read
   * @param files paths of all files
   */
  public record EfiSystem(
      long sector, long length, String kind, String label, long free, List<String> files) {}

  /**
   * A way to boot.
   *
   * @param firmware {@code BIOS} or {@code UEFI}
   * @param as {@code CD} or {@code disk}
   * @param starts what firmware starts; empty if nothing
   * @param menu {@link PlacedMenu#name()} of the menu that is then in force; empty if none is known
   */
  public record Way(String firmware, String as, String starts, String menu) {}

  /**
   * A menu and where it is.
   *
   * @param name its path, and on which EFI system it is if it is not in the tree
   * @param same names of others that have the same text
   */
  public record PlacedMenu(String name, BootMenu menu, List<String> same) {}

  /**
   * A kickstart.
   *
   * @param named as a menu has it; empty if no menu names it
   * @param path on the medium; empty if it is elsewhere
   */
  public record Kickstart(String named, String path, Found found) {
    /** Where it is. */
    public enum Found {
      HERE("here"),
      MISSING("missing"),
      ELSEWHERE("not on this medium");

      private final String words;

      Found(String words) {
        this.words = words;
      }

      @Override
      public String toString() {
        return words;
      }
    }
  }

  /** The media check's sum. */
  public enum CheckSumState {
    NONE("none"),
    UNVERIFIED("there, not verified; --check does"),
    GOOD("good"),
    WRONG("wrong");

    private final String words;

    CheckSumState(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * What is wrong.
   *
   * @param remedy what to do
   */
  public record Finding(String problem, String remedy) {}

  public Inspection {
    trees = List.copyOf(trees);
    catalog = List.copyOf(catalog);
    partitions = List.copyOf(partitions);
    hybrid = List.copyOf(hybrid);
    efi = List.copyOf(efi);
    ways = List.copyOf(ways);
    menus = List.copyOf(menus);
    kickstarts = List.copyOf(kickstarts);
    findings = List.copyOf(findings);
  }

  /** The menu of that name. */
  Optional<PlacedMenu> menu(String name) {
    return menus.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  /** What an MBR's number for a kind of partition means, as far as media have it. */
  static String type(int number) {
    return switch (number) {
      case 0 -> "whole image (0x00)";
      case MbrEntry.EFI -> "EFI system (0xef)";
      case MbrEntry.PROTECTIVE -> "GPT (0xee)";
      case 0x17 -> "whole image (0x17)";
      case 0x83 -> "Linux (0x83)";
      case 0xcd -> "ISO 9660 (0xcd)";
      default -> "%#04x".formatted(number);
    };
  }
}
