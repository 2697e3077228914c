package org.barestack.format.fat;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * An entry of a directory (§6), in one slot of 32 octets and those before it that have its long
 * name (§7).
 *
 * @param name the long name, or the short one as Linux shows it
 * @param shortName eight characters and three, in upper case, such as "GRUB.CFG"
 * @param from the first slot that belongs to it, in octets from the directory's begin
 * @param at its own
 * @param attributes such as {@link #DIRECTORY}
 * @param cluster where its chain begins; 0 for none
 * @param length octets of a file; means nothing for others
 * @param date two numbers of 16 bits, date and time of the last change (§6.6), date first
 */
record Slot(
    String name,
    String shortName,
    int from,
    int at,
    int attributes,
    int cluster,
    long length,
    int date) {
  static final int LENGTH = 32;
  static final int DIRECTORY = 0x10;
  static final int VOLUME = 0x08;
  static final int LONG = 0x0f;
  static final int FREE = 0xe5;

  /** What octets above 127 of short names are for Linux, if it is not told another. */
  static final Charset CODE_PAGE = Charset.forName("IBM437");

  /** Units of a long name in one slot, and where they stand. */
  static final int UNITS = 13;

  static final int[] UNITS_AT = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

  /** All of a directory, with the volume's label, without "." and "..". */
  static List<Slot> all(byte[] directory, FatType type) {
    List<Slot> slots = new ArrayList<>();
    LongName longName = new LongName();
    for (int at = 0; at + LENGTH <= directory.length; at += LENGTH) {
      int first = directory[at] & 0xff;
      int attributes = directory[at + 11] & 0x3f;
      if (first == 0) {
        break;
      }
      if (first == FREE) {
        longName.clear();
      } else if (attributes == LONG) {
        longName.add(directory, at);
      } else {
        Slot slot = read(directory, at, longName, type);
        longName.clear();
        if (!slot.shortName.equals(".") && !slot.shortName.equals("..")) {
          slots.add(slot);
        }
      }
    }
    return slots;
  }

  private static Slot read(byte[] directory, int at, LongName longName, FatType type) {
    byte[] name = Arrays.copyOfRange(directory, at, at + 11);
    String found = longName.of(ShortNames.checksum(name));
    int attributes = directory[at + 11] & 0xff;
    int high = type == FatType.FAT32 ? Little.get16(directory, at + 20) : 0;
    return new Slot(
        found.isEmpty() ? shown(name, directory[at + 12]) : found,
        shown(name, (byte) 0),
        found.isEmpty() ? at : longName.from,
        at,
        attributes,
        ((high << 16) | Little.get16(directory, at + 26)) & 0x0fff_ffff,
        Little.get32(directory, at + 28),
        (Little.get16(directory, at + 24) << 16) | Little.get16(directory, at + 22));
  }

  /**
   * The short name as text.
   *
   * @param flags 0x08 and 0x10: base and extension are shown in lower case, as Windows NT began it
   */
  private static String shown(byte[] name, byte flags) {
    byte[] octets = name.clone();
    if (octets[0] == 5) {
      octets[0] = (byte) FREE;
    }
    String base = text(octets, 0, 8);
    String extension = text(octets, 8, 3);
    base = (flags & 0x08) != 0 ? base.toLowerCase(Locale.ROOT) : base;
    extension = (flags & 0x10) != 0 ? extension.toLowerCase(Locale.ROOT) : extension;
    return extension.isEmpty() ? base : base + "." + extension;
  }

  /** To the first zero, as Linux takes it: mtools fills some extensions up with them. */
  private static String text(byte[] octets, int from, int length) {
    String text = new String(octets, from, length, CODE_PAGE);
    int end = text.indexOf(0);
    return (end < 0 ? text : text.substring(0, end)).stripTrailing();
  }

  boolean isDirectory() {
    return (attributes & DIRECTORY) != 0;
  }

  boolean isVolume() {
    return (attributes & VOLUME) != 0;
  }

  /** Whether it is called so; FAT takes upper and lower case as the same. */
  boolean isCalled(String other) {
    return name.equalsIgnoreCase(other) || shortName.equalsIgnoreCase(other);
  }

  /** Gathers the parts of a long name, which stand before the entry, last part first. */
  private static final class LongName {
    private int from;
    private int next;
    private int sum;
    private String units = "";

    void clear() {
      next = -1;
      units = "";
    }

    void add(byte[] directory, int at) {
      int order = directory[at] & 0xff;
      int number = order & 0x3f;
      if ((order & 0x40) != 0 && number >= 1 && number <= 20) {
        from = at;
        sum = directory[at + 13] & 0xff;
        units = "";
      } else if (number == 0 || number != next || sum != (directory[at + 13] & 0xff)) {
        clear();
        return;
      }
      next = number - 1;
      StringBuilder part = new StringBuilder();
      for (int place : UNITS_AT) {
        part.append((char) Little.get16(directory, at + place));
      }
      units = part + units;
    }

    /** The name, or nothing if it is not whole or belongs to another entry. */
    String of(int checksum) {
      if (next != 0 || sum != checksum) {
        return "";
      }
      int end = units.indexOf(0);
      return end < 0 ? units : units.substring(0, end);
    }
  }
}
