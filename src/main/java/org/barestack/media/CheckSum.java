package org.barestack.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.content.Progress;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.jspecify.annotations.Nullable;

/**
 * The check sum that an installer's media check goes by (rd.live.check): an MD5 in the primary
 * volume descriptor's field for applications (ECMA-119 §8.4.32), over all but that field and the
 * last 15 sectors, and three digits of it as it stood at each of twenty places on the way. The same
 * octets as implantisomd5's of isomd5sum 1.2.
 */
public final class CheckSum {
  /** What {@link #check} found. */
  public sealed interface Found {
    /** The image is what it was when its check sum was taken. */
    record Pass() implements Found {}

    /**
     * It is not.
     *
     * @param before octets from the image's begin; among them is one that is wrong
     */
    record Fail(long before) implements Found {}

    /** It has none. */
    record None() implements Found {}
  }

  private static final int SECTOR = 2048;
  private static final int DESCRIPTORS = 16 * SECTOR;
  private static final int MOST_DESCRIPTORS = 64;
  private static final int PRIMARY = 1;
  private static final int TERMINATOR = 255;

  /** In the descriptor: the volume's size in sectors, big-endian. */
  private static final int SIZE = 84;

  private static final int FIELD = 883;
  private static final int FIELD_LENGTH = 512;
  private static final int SKIPPED = 15;
  private static final int FRAGMENTS = 20;
  private static final int DIGITS = 60;

  /** Octets after which implantisomd5 looks whether a fragment is over: part of the format. */
  private static final int STEP = 32_768;

  /** Octets that are read at once; a multiple of {@link #STEP}. */
  private static final int CHUNK = 1 << 20;

  private static final Pattern SUM = Pattern.compile("ISO MD5SUM = ([0-9a-f]{32})");
  private static final Pattern SKIP = Pattern.compile("SKIPSECTORS = ([0-9]{1,9});");
  private static final Pattern SUMS = Pattern.compile("FRAGMENT SUMS = ([0-9a-f]{60})");
  private static final Pattern COUNT = Pattern.compile("FRAGMENT COUNT = ([0-9]{1,2});");

  private final long field;
  private final String text;

  private CheckSum(long field, String text) {
    this.field = field;
    this.text = text;
  }

  /**
   * Where the primary volume descriptor's field is.
   *
   * @param offset of the field, octets from the image's begin
   * @param size octets of the volume; the image may have more
   */
  private record Place(long offset, long size, String text) {}

  /** Hears of each fragment, and says whether to go on. */
  private interface Fragments {
    boolean over(int fragment, byte[] digest);
  }

  /**
   * Reads an image once; what stands in its field counts for nothing.
   *
   * @throws MediumException if it has no primary volume, or is shorter than that
   */
  public static CheckSum of(Medium image, Progress progress) throws IOException {
    progress.begin("check sum", image.size());
    try {
      return of(image, progress::passed);
    } finally {
      progress.end();
    }
  }

  /**
   * The same.
   *
   * @param passed is told octets as they are read
   */
  static CheckSum of(Medium image, LongConsumer passed) throws IOException {
    Place place =
        place(image)
            .orElseThrow(() -> new MediumException("this is no ISO image: it has no volume"));
    if (place.size() > image.size()) {
      throw new MediumException(
          "the image has "
              + image.size()
              + " octets, and its volume "
              + place.size()
              + ": it is cut off; get it anew");
    }
    StringBuilder digits = new StringBuilder(DIGITS);
    byte[] sum =
        wholeSum(
            image,
            place,
            place.size() - SKIPPED * SECTOR,
            FRAGMENTS,
            (_, digest) -> {
              digits.append(digits(digest, DIGITS / FRAGMENTS));
              return true;
            },
            passed);
    return new CheckSum(
        place.offset(),
        "ISO MD5SUM = "
            + HexFormat.of().formatHex(sum)
            + ";SKIPSECTORS = "
            + SKIPPED
            + ";RHLISOSTATUS=0;FRAGMENT SUMS = "
            + digits
            + ";FRAGMENT COUNT = "
            + FRAGMENTS
            + ";THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!!");
  }

  private static Optional<Place> place(Medium image) throws IOException {
    byte[] descriptor = new byte[SECTOR];
    for (int i = 0; i < MOST_DESCRIPTORS; i++) {
      long at = DESCRIPTORS + (long) i * SECTOR;
      if (at + SECTOR > image.size()) {
        return Optional.empty();
      }
      image.read(at, descriptor, 0, SECTOR);
      int type = descriptor[0] & 0xff;
      if (type == TERMINATOR) {
        return Optional.empty();
      }
      if (type == PRIMARY) {
        long sectors = 0;
        for (int octet = 0; octet < 4; octet++) {
          sectors = (sectors << 8) | (descriptor[SIZE + octet] & 0xff);
        }
        return Optional.of(
            new Place(
                at + FIELD,
                sectors * SECTOR,
                new String(descriptor, FIELD, FIELD_LENGTH, StandardCharsets.ISO_8859_1)));
      }
    }
    return Optional.empty();
  }

  /**
   * MD5 over the first octets of an image; if it ends before, over what there is.
   *
   * @param fragments into how many and one the image is divided; none for no division
   * @return null if {@code heard} did not want to go on
   */
  private static byte @Nullable [] sum(
      Medium image, Place place, long total, int fragments, Fragments heard, LongConsumer passed)
      throws IOException {
    MessageDigest md5 = md5();
    byte[] chunk = new byte[CHUNK];
    long end = Math.min(total, image.size());
    int before = 0;
    for (long at = 0; at < end; at += CHUNK) {
      int length = (int) Math.min(CHUNK, end - at);
      image.read(at, chunk, 0, length);
      blank(chunk, at, length, place.offset());
      for (int from = 0; from < length; from += STEP) {
        md5.update(chunk, from, Math.min(STEP, length - from));
        // The fragment in which this step began: 2^44 octets at the most, so nothing overflows.
        int fragment = fragments == 0 ? 0 : (int) ((at + from) * (fragments + 1) / total);
        if (fragment != before) {
          before = fragment;
          if (!heard.over(fragment, digestSoFar(md5))) {
            return null;
          }
        }
      }
      passed.accept(length);
    }
    return md5.digest();
  }

  private static byte[] wholeSum(
      Medium image, Place place, long total, int fragments, Fragments heard, LongConsumer passed)
      throws IOException {
    byte[] sum = sum(image, place, total, fragments, heard, passed);
    if (sum == null) {
      throw new IllegalStateException("nobody stopped it");
    }
    return sum;
  }

  /** The field counts as spaces. */
  private static void blank(byte[] chunk, long at, int length, long field) {
    int from = Math.clamp(field - at, 0, length);
    int to = Math.clamp(field + FIELD_LENGTH - at, 0, length);
    Arrays.fill(chunk, from, to, (byte) ' ');
  }

  private static byte[] digestSoFar(MessageDigest md5) {
    try {
      return ((MessageDigest) md5.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("MD5 of the JDK can be cloned", e);
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  /** The first digit of each of the first octets, without leading zeros, as C's %x has it. */
  private static String digits(byte[] digest, int count) {
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < Math.min(count, digest.length); i++) {
      digits.append(Integer.toHexString(digest[i] & 0xff).charAt(0));
    }
    return digits.toString();
  }

  /** What the field is to hold, without the spaces behind it. */
  public String text() {
    return text;
  }

  /** Where the field is, octets from the image's begin. */
  long field() {
    return field;
  }

  /** The 512 octets of the field. */
  byte[] octets() {
    byte[] octets = new byte[FIELD_LENGTH];
    Arrays.fill(octets, (byte) ' ');
    byte[] written = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(written, 0, octets, 0, written.length);
    return octets;
  }

  /** The image of which this is the check sum, with it. */
  public Overlay in(Overlay image) {
    return image.with(field, octets());
  }

  /**
   * Reads an image, up to the first fragment that is wrong, as checkisomd5 does.
   *
   * <p>Of an image with fewer than twenty fragments (less than 0.7 MB) implantisomd5 writes what
   * checkisomd5 calls wrong; here too.
   */
  public static Found check(Medium image, Progress progress) throws IOException {
    Optional<Place> place = place(image);
    if (place.isEmpty()) {
      return new Found.None();
    }
    String text = place.get().text();
    Matcher wanted = SUM.matcher(text);
    Matcher skipped = SKIP.matcher(text);
    if (!wanted.find() || !skipped.find()) {
      return new Found.None();
    }
    Matcher sums = SUMS.matcher(text);
    Matcher count = COUNT.matcher(text);
    boolean divided = sums.find() && count.find();
    int fragments = divided ? Math.min(Integer.parseInt(count.group(1)), DIGITS) : 0;
    long total = place.get().size() - Long.parseLong(skipped.group(1)) * SECTOR;
    long[] read = new long[1];
    progress.begin("media check", Math.max(0, total));
    try {
      byte[] sum =
          sum(
              image,
              place.get(),
              total,
              fragments,
              (fragment, digest) -> {
                String known = sums.group(1);
                int digits = DIGITS / fragments;
                int from = (fragment - 1) * digits;
                return from + digits <= known.length()
                    && known.startsWith(digits(digest, digits), from);
              },
              length -> {
                read[0] += length;
                progress.passed(length);
              });
      if (sum == null) {
        return new Found.Fail(Math.min(image.size(), read[0] + CHUNK));
      }
      return HexFormat.of().formatHex(sum).equals(wanted.group(1))
          ? new Found.Pass()
          : new Found.Fail(Math.clamp(total, 0, image.size()));
    } finally {
      progress.end();
    }
  }
}
