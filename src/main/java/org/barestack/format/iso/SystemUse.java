package org.barestack.format.iso;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Entries of a directory record's system use area: SUSP 1.10 and Rock Ridge (RRIP 1.10). */
final class SystemUse {
  private static final String IDENTIFIER = "RRIP_1991A";
  private static final String DESCRIPTOR =
      "THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS";
  private static final String SOURCE =
      "PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY"
          + " VOLUME DESCRIPTOR FOR CONTACT INFORMATION.";

  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;

  /** Octets of an entry behind its head and its flags. */
  private static final int LONGEST = 250;

  private static final int GOES_ON = 1;

  private SystemUse() {}

  private static byte[] entry(String signature, int version, byte[] data) {
    return new Field()
        .raw(ascii(signature))
        .number8(4 + data.length)
        .number8(version)
        .raw(data)
        .octets();
  }

  /** SP: sharing protocol in use; begins that of a root directory's first record. */
  static byte[] sharing() {
    return entry("SP", 1, new byte[] {(byte) 0xbe, (byte) 0xef, 0});
  }

  /** CE: goes on in another block. */
  static byte[] continuation(long block, int length) {
    return continuation(block, 0, length);
  }

  /** CE: goes on in another block, from an offset in it. */
  static byte[] continuation(long block, int offset, int length) {
    return entry("CE", 1, new Field().both32(block).both32(offset).both32(length).octets());
  }

  /** ER: that Rock Ridge is meant. Too long for a directory record. */
  static byte[] reference() {
    return entry(
        "ER",
        1,
        new Field()
            .number8(IDENTIFIER.length())
            .number8(DESCRIPTOR.length())
            .number8(SOURCE.length())
            .number8(1)
            .raw(ascii(IDENTIFIER + DESCRIPTOR + SOURCE))
            .octets());
  }

  /** PX: a directory's permissions and links; owner and group are root. */
  static byte[] directory(int mode) {
    return permissions(DIRECTORY | mode, 2);
  }

  /** PX of a regular file. */
  static byte[] regular(int mode) {
    return permissions(REGULAR | mode, 1);
  }

  private static byte[] permissions(int mode, int links) {
    return permissions(mode, links, 0);
  }

  /**
   * PX: type and permissions; owner and group are root.
   *
   * @param links names of the file, or 2 and one for each directory in a directory
   * @param serial the same for all names of a file, as RRIP 1.12 has it; 0 for RRIP 1.10's PX,
   *     which has none
   */
  static byte[] permissions(int mode, long links, long serial) {
    Field field = new Field().both32(mode).both32(links).both32(0).both32(0);
    return entry("PX", 1, (serial == 0 ? field : field.both32(serial)).octets());
  }

  /** TF: when it was modified, read, and its attributes changed, as xorriso writes it. */
  static byte[] dates(Instant date) {
    return entry("TF", 1, new Field().number8(0x0e).date(date).date(date).date(date).octets());
  }

  /** NM of a name of any length: as many entries as that takes. */
  static List<byte[]> names(String name) {
    byte[] coded = name.getBytes(StandardCharsets.UTF_8);
    List<byte[]> entries = new ArrayList<>();
    for (int at = 0; at < coded.length; at += LONGEST) {
      int end = Math.min(coded.length, at + LONGEST);
      entries.add(
          entry(
              "NM",
              1,
              new Field()
                  .number8(end < coded.length ? GOES_ON : 0)
                  .raw(Arrays.copyOfRange(coded, at, end))
                  .octets()));
    }
    return entries;
  }

  /** SL: a symbolic link's target, whose components are apart (RRIP 1.12 §4.1.3). */
  static List<byte[]> link(String target) {
    List<Field> areas = new ArrayList<>(List.of(new Field()));
    if (target.startsWith("/")) {
      areas.getLast().number8(8).number8(0);
    }
    for (String component : target.split("/", -1)) {
      switch (component) {
        case "" -> {}
        case "." -> components(areas, 2, new byte[0]);
        case ".." -> components(areas, 4, new byte[0]);
        default -> components(areas, 0, component.getBytes(StandardCharsets.UTF_8));
      }
    }
    List<byte[]> entries = new ArrayList<>();
    for (int i = 0; i < areas.size(); i++) {
      int flags = i < areas.size() - 1 ? GOES_ON : 0;
      entries.add(entry("SL", 1, new Field().number8(flags).raw(areas.get(i).octets()).octets()));
    }
    return entries;
  }

  private static void components(List<Field> areas, int flags, byte[] content) {
    int at = 0;
    do {
      if (areas.getLast().length() > LONGEST - 2 - Math.min(1, content.length)) {
        areas.add(new Field());
      }
      int end = Math.min(content.length, at + LONGEST - 2 - areas.getLast().length());
      areas
          .getLast()
          .number8(end < content.length ? flags | GOES_ON : flags)
          .number8(end - at)
          .raw(Arrays.copyOfRange(content, at, end));
      at = end;
    } while (at < content.length);
  }

  /** TF: when it was modified. */
  static byte[] modified(Instant date) {
    return entry("TF", 1, new Field().number8(2).date(date).octets());
  }

  /** NM: the name. */
  static byte[] name(String name) {
    return entry(
        "NM", 1, new Field().number8(0).raw(name.getBytes(StandardCharsets.UTF_8)).octets());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
