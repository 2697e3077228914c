package org.barestack.format.fat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;

/** Names of eight characters and three, which each long name has beside it (§6.2, §7.3). */
final class ShortNames {
  private static final String ALSO_ALLOWED = "$%'-_@~`!(){}^#&";

  private ShortNames() {}

  /** What slots of a long name have of the short one (§7.2). */
  static int checksum(byte[] name) {
    int sum = 0;
    for (int i = 0; i < 11; i++) {
      sum = (((sum & 1) << 7) + (sum >> 1) + (name[i] & 0xff)) & 0xff;
    }
    return sum;
  }

  /** Whether a name can stand for itself: it is short, and has nothing in lower case. */
  static boolean isShort(String name) {
    return new String(plain(name), StandardCharsets.US_ASCII).equals(padded(name))
        && name.equals(name.toUpperCase(Locale.ROOT));
  }

  /** As it would be recorded, if it were a short one. */
  private static String padded(String name) {
    int dot = name.lastIndexOf('.');
    String base = dot < 0 ? name : name.substring(0, dot);
    String extension = dot < 0 ? "" : name.substring(dot + 1);
    if (dot == 0 || (dot > 0 && extension.isEmpty())) {
      return "";
    }
    return "%-8s%-3s".formatted(base, extension).toUpperCase(Locale.ROOT);
  }

  /**
   * A short name for a long one: itself in upper case if that is one, else its begin and a number.
   *
   * @param isTaken whether the directory has that one
   */
  static byte[] of(String name, Predicate<byte[]> isTaken) throws FatException {
    byte[] plain = plain(name);
    if (new String(plain, StandardCharsets.US_ASCII).equals(padded(name)) && !isTaken.test(plain)) {
      return plain;
    }
    for (int number = 1; number < 1_000_000; number++) {
      String tail = "~" + number;
      byte[] numbered = plain.clone();
      int end = 0;
      while (end < 8 - tail.length() && plain[end] != ' ') {
        end++;
      }
      Arrays.fill(numbered, end, 8, (byte) ' ');
      System.arraycopy(tail.getBytes(StandardCharsets.US_ASCII), 0, numbered, end, tail.length());
      if (!isTaken.test(numbered)) {
        return numbered;
      }
    }
    throw new FatException("name " + name, "there are a million names like this one");
  }

  private static byte[] plain(String name) {
    String cleaned = name.replace(" ", "").replaceFirst("^\\.+", "").toUpperCase(Locale.ROOT);
    int dot = cleaned.lastIndexOf('.');
    byte[] plain = new byte[11];
    Arrays.fill(plain, (byte) ' ');
    fill(plain, 0, 8, dot < 0 ? cleaned : cleaned.substring(0, dot));
    fill(plain, 8, 3, dot < 0 ? "" : cleaned.substring(dot + 1));
    if (plain[0] == ' ') {
      plain[0] = '_';
    }
    return plain;
  }

  private static void fill(byte[] into, int at, int most, String text) {
    int count = 0;
    for (int point : text.codePoints().filter(one -> one != '.').limit(most).toArray()) {
      boolean isAllowed =
          (point >= 'A' && point <= 'Z')
              || (point >= '0' && point <= '9')
              || ALSO_ALLOWED.indexOf(point) >= 0;
      into[at + count++] = (byte) (isAllowed ? point : '_');
    }
  }
}
