package org.barestack.format.iso;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Dates as they are recorded. What is none, such as zeros, is 1970: nothing depends on a date, so
 * none is worth a refusal.
 */
final class Dates {
  private static final int QUARTER = 15 * 60;

  /** 48 quarters of an hour west to 52 east (§9.1.5). */
  private static final int WEST = -48;

  private static final int EAST = 52;

  private Dates() {}

  /** §9.1.5: seven octets. */
  static Instant numbers(Octets octets, int at) throws IsoException {
    try {
      return instant(
          LocalDateTime.of(
              1900 + octets.number8(at),
              octets.number8(at + 1),
              octets.number8(at + 2),
              octets.number8(at + 3),
              octets.number8(at + 4),
              octets.number8(at + 5)),
          octets.signed8(at + 6));
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  /** §8.4.26.1: seventeen octets; hundredths of a second are left out. */
  static Instant digits(Octets octets, int at) throws IsoException {
    String digits = new String(octets.raw(at, 16), StandardCharsets.ISO_8859_1);
    int zone = octets.signed8(at + 16);
    if (!digits.matches("[0-9]{16}")) {
      return Instant.EPOCH;
    }
    try {
      return instant(
          LocalDateTime.of(
              Integer.parseInt(digits, 0, 4, 10),
              Integer.parseInt(digits, 4, 6, 10),
              Integer.parseInt(digits, 6, 8, 10),
              Integer.parseInt(digits, 8, 10, 10),
              Integer.parseInt(digits, 10, 12, 10),
              Integer.parseInt(digits, 12, 14, 10)),
          zone);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  private static Instant instant(LocalDateTime local, int zone) {
    // As Linux: an offset that no place has is none.
    int quarters = zone < WEST || zone > EAST ? 0 : zone;
    return local.toInstant(ZoneOffset.ofTotalSeconds(quarters * QUARTER));
  }
}
