package org.barestack.format.rpm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.barestack.format.rpm.PackagedFile.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The archive in a payload: cpio's "newc" (070701), or rpm's own 07070X, whose entries are numbers
 * of files in the header. Each entry must be one that the header lists, once, of the kind and size
 * that is said there; so no archive is longer than the header allows, and no name in it is ever
 * used.
 */
final class Cpio {
  private static final int NEWC = 110;
  private static final int STRIPPED = 14;
  private static final int LONGEST_NAME = 4096;
  private static final String TRAILER = "TRAILER!!!";

  private final InputStream in;
  private final String place;
  private final List<PackagedFile> files;
  private final List<Integer> contents;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final BitSet seen = new BitSet();
  private long offset;

  Cpio(InputStream in, String place, Headers headers) {
    this.in = in;
    this.place = place;
    this.files = headers.rpm().files();
    this.contents = headers.contents();
    for (int i = 0; i < files.size(); i++) {
      numbers.put(files.get(i).path(), i);
    }
  }

  /**
   * An entry of the archive, whose content is next in it.
   *
   * @param number of its file in the header
   * @param length octets of content
   */
  record Entry(int number, long length) {}

  /** The next entry, or null at the end. The one before must have been read or skipped. */
  @Nullable Entry next() throws IOException {
    pad();
    long start = offset;
    String magic = new String(octets(6), ISO_8859_1);
    return switch (magic) {
      case "070701" -> newc(start);
      case "07070X" -> stripped(start);
      default -> throw bad(start, "begins with '" + magic + "', not with 070701 or 07070X");
    };
  }

  private @Nullable Entry newc(long start) throws IOException {
    String fields = new String(octets(NEWC - 6), ISO_8859_1);
    long mode = hex(start, fields, 1);
    long length = hex(start, fields, 6);
    long nameLength = hex(start, fields, 11);
    if (nameLength < 1 || nameLength > LONGEST_NAME) {
      throw bad(start, "has a name of " + nameLength + " octets");
    }
    byte[] octets = octets((int) nameLength);
    String name = new String(octets, 0, octets.length - 1, UTF_8);
    if (octets[octets.length - 1] != 0 || name.indexOf('\0') >= 0) {
      throw bad(start, "has a zero inside of its name, or none at its end");
    }
    pad();
    if (name.equals(TRAILER)) {
      return null;
    }
    String path = path(start, name);
    Integer number = numbers.get(path);
    if (number == null) {
      throw bad(start, "'" + name + "' is not in the header's list of files");
    }
    Kind kind = Kind.of(mode);
    if (kind != files.get(number).kind()) {
      throw bad(
          start,
          "'%s' is a %s, and a %s in the header".formatted(name, kind, files.get(number).kind()));
    }
    if (length != length(number)) {
      throw bad(
          start,
          "'%s' has %d octets, and %d by the header".formatted(name, length, length(number)));
    }
    return entry(start, number);
  }

  private Entry stripped(long start) throws IOException {
    long number = hex(start, new String(octets(STRIPPED - 6), ISO_8859_1), 0);
    if (number >= files.size()) {
      throw bad(start, "is of file " + number + ", and the header lists " + files.size());
    }
    pad();
    return entry(start, (int) number);
  }

  private Entry entry(long start, int number) throws RpmException {
    PackagedFile file = files.get(number);
    if (file.ghost()) {
      throw bad(start, "'" + file.path() + "' should not be in the payload by the header (%ghost)");
    }
    if (seen.get(number)) {
      throw bad(start, "'" + file.path() + "' is there twice");
    }
    seen.set(number);
    return new Entry(number, length(number));
  }

  /** Octets of content that the entry of a file has. */
  private long length(int number) {
    PackagedFile file = files.get(number);
    return switch (file.kind()) {
      case FILE -> contents.get(number) == number ? file.size() : 0;
      case LINK -> file.linkTo().getBytes(UTF_8).length;
      case FOLDER, SPECIAL -> 0;
    };
  }

  private String path(long start, String name) throws RpmException {
    String path = name.startsWith("./") ? name.substring(1) : name;
    if (path.equals(".")) {
      return "/";
    }
    if (!path.startsWith("/")) {
      path = "/" + path;
    }
    for (String part : path.substring(1).split("/", -1)) {
      if (part.equals("..") || part.equals(".")) {
        throw bad(start, "'" + name + "' leads out of its folder");
      }
    }
    return path;
  }

  private long hex(long start, String fields, int number) throws RpmException {
    String field = fields.substring(number * 8, number * 8 + 8);
    for (int i = 0; i < 8; i++) {
      if (Character.digit(field.charAt(i), 16) < 0 || field.charAt(i) > 'f') {
        throw bad(start, "has '" + field + "' for a number");
      }
    }
    return Long.parseLong(field, 16);
  }

  private byte[] octets(int count) throws IOException {
    byte[] octets = Octets.exactly(in, count, at(offset));
    offset += count;
    return octets;
  }

  /** Up to the next octet whose number four divides. */
  private void pad() throws IOException {
    octets((int) (-offset & 3));
  }

  /** Reads content of the entry, as InputStream does. */
  int read(byte[] into, int from, int length) throws IOException {
    int read = in.read(into, from, length);
    if (read < 0) {
      throw new RpmException(at(offset), "the archive ends in the middle of a file");
    }
    offset += read;
    return read;
  }

  /** Leaves content out. */
  void skip(long count) throws IOException {
    byte[] buffer = new byte[(int) Math.min(count, 1 << 16)];
    for (long left = count; left > 0; ) {
      left -= read(buffer, 0, (int) Math.min(left, buffer.length));
    }
  }

  RpmException bad(long start, String problem) {
    return new RpmException(at(start), problem);
  }

  private String at(long where) {
    return place + ", octet " + where + " of the archive";
  }
}
