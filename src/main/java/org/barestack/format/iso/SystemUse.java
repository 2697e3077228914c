package org.barestack.format.iso;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

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
    return entry("CE", 1, new Field().both32(block).both32(0).both32(length).octets());
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
    return entry("PX", 1, new Field().both32(mode).both32(links).both32(0).both32(0).octets());
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
