package org.barestack.format.iso;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/** A sequence of fields in the recording formats of ECMA-119 §7 and §8; grows as it is written. */
final class Field {
  private static final DateTimeFormatter DIGITS =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmssSS", Locale.ROOT);

  private byte[] octets = new byte[0];

  byte[] octets() {
    return octets.clone();
  }

  int length() {
    return octets.length;
  }

  Field raw(byte... more) {
    int at = octets.length;
    octets = Arrays.copyOf(octets, at + more.length);
    System.arraycopy(more, 0, octets, at, more.length);
    return this;
  }

  Field zeros(int count) {
    return raw(new byte[count]);
  }

  /** §7.1.1: 8-bit number. */
  Field number8(int value) {
    return raw((byte) value);
  }

  /** §7.2.1: 16 bits, least significant octet first. */
  Field little16(int value) {
    return number8(value).number8(value >> 8);
  }

  /** §7.2.2: 16 bits, most significant octet first. */
  Field big16(int value) {
    return number8(value >> 8).number8(value);
  }

  /** §7.2.3: both orders. */
  Field both16(int value) {
    return little16(value).big16(value);
  }

  /** §7.3.1. */
  Field little32(long value) {
    return little16((int) value).little16((int) (value >> 16));
  }

  /** §7.3.2. */
  Field big32(long value) {
    return big16((int) (value >> 16)).big16((int) value);
  }

  /** §7.3.3: both orders. */
  Field both32(long value) {
    return little32(value).big32(value);
  }

  /**
   * Characters, filled up with spaces; in Joliet these have two octets.
   *
   * @throws IllegalArgumentException if they do not fit
   */
  Field text(String text, int length, Charset charset) {
    byte[] coded = text.getBytes(charset);
    if (coded.length > length) {
      throw new IllegalArgumentException("'" + text + "' is longer than " + length + " octets");
    }
    raw(coded);
    byte[] space = " ".getBytes(charset);
    int left = length - coded.length;
    for (; left >= space.length; left -= space.length) {
      raw(space);
    }
    return zeros(left);
  }

  /** §8.4.26.1: date and time as digits, in UTC. */
  Field digits(Instant date) {
    return raw(DIGITS.format(date.atZone(ZoneOffset.UTC)).getBytes(StandardCharsets.US_ASCII))
        .number8(0);
  }

  /** §8.4.26.1: not specified. */
  Field noDate() {
    return raw("0".repeat(16).getBytes(StandardCharsets.US_ASCII)).number8(0);
  }

  /** §9.1.5: date and time as numbers, in UTC; years from 1900 to 2155. */
  Field date(Instant date) {
    ZonedDateTime utc = date.atZone(ZoneOffset.UTC);
    return number8(utc.getYear() - 1900)
        .number8(utc.getMonthValue())
        .number8(utc.getDayOfMonth())
        .number8(utc.getHour())
        .number8(utc.getMinute())
        .number8(utc.getSecond())
        .number8(0);
  }

  /** Zeros up to a multiple. */
  Field padTo(int multiple) {
    return zeros((multiple - octets.length % multiple) % multiple);
  }
}
