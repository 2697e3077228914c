package org.barestack.format.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.barestack.format.rpm.PackagedFile.Kind;

/**
 * Lead, signature header and main header of a package, made into records.
 *
 * @param rpm what they say
 * @param contents for each file, the one with whose entry in the payload its content comes: itself,
 *     or the last of its hard links
 */
record Headers(RpmPackage rpm, List<Integer> contents) {
  private static final int LEAD = 96;
  private static final byte[] LEAD_MAGIC = {(byte) 0xed, (byte) 0xab, (byte) 0xee, (byte) 0xdb};
  private static final int SIGNATURE_TYPE = 5;

  /**
   * Content that a package may declare. The largest of Rocky, debugging data of kernels, have some
   * 5 GiB.
   */
  private static final long MOST_CONTENT = 8L << 30;

  /** Octets of all paths, which repeat the names of folders. Real ones have some 10 MB. */
  private static final long MOST_PATHS = 64 << 20;

  /** PATH_MAX, as rpm bounds names in the payload. */
  private static final int LONGEST_PATH = 4096;

  /** Algorithms of file digests (RFC 4880 §9.4, and RFC 9580 §9.5 for SHA-3). */
  private static final Map<Long, String> DIGESTS =
      Map.of(
          8L, "SHA-256",
          9L, "SHA-384",
          10L, "SHA-512",
          11L, "SHA-224",
          12L, "SHA3-256",
          14L, "SHA3-512");

  private static final Map<String, Integer> DIGEST_OCTETS =
      Map.of(
          "SHA-224",
          28,
          "SHA-256",
          32,
          "SHA-384",
          48,
          "SHA-512",
          64,
          "SHA3-256",
          32,
          "SHA3-512",
          64);

  /** Reads all that comes before the payload, and not an octet of that. */
  static Headers read(String source, InputStream in) throws IOException {
    lead(source, in);
    Header signature = Header.read(source, Header.Kind.SIGNATURE, in);
    Octets.exactly(in, -signature.size() & 7, source + ", padding of the signature header");
    Header main = Header.read(source, Header.Kind.MAIN, in);
    if (main.has(Tag.SOURCE_PACKAGE) || !main.has(Tag.SOURCE_RPM)) {
      throw new RpmException(source, "is a source package; only binary ones are read");
    }
    String digest = digest(main);
    List<PackagedFile> files = files(main, digest);
    RpmPackage rpm =
        new RpmPackage(
            source,
            word(main, Tag.NAME),
            word(main, Tag.VERSION),
            word(main, Tag.RELEASE),
            word(main, Tag.ARCH),
            digest,
            String.valueOf(main.textOr(Tag.PAYLOAD_COMPRESSOR, "gzip")),
            String.valueOf(main.textOr(Tag.PAYLOAD_FORMAT, "cpio")),
            payloadDigest(main, Tag.PAYLOAD_SHA256),
            payloadDigest(main, Tag.PAYLOAD_SHA256_ALT),
            files,
            signatures(signature, main));
    return new Headers(rpm, contents(main, files));
  }

  /** Of the lead, rpm reads no more than this either. */
  private static void lead(String source, InputStream in) throws IOException {
    String place = source + ", lead";
    byte[] lead = Octets.exactly(in, LEAD, place);
    if (!Arrays.equals(LEAD_MAGIC, 0, 4, lead, 0, 4)) {
      throw new RpmException(source, "is no RPM package: it does not begin with edabeedb");
    }
    if (lead[4] < 3 || lead[4] > 4) {
      throw new RpmException(place, "is of format " + (lead[4] & 0xff) + "; 3 and 4 are read");
    }
    if (lead[78] != 0 || lead[79] != SIGNATURE_TYPE) {
      throw new RpmException(place, "has a type of signature that is not a header");
    }
  }

  private static HeaderSignatures signatures(Header signature, Header main) throws RpmException {
    List<byte[]> packets = new ArrayList<>();
    for (String text : signature.texts(Tag.OPENPGP)) {
      try {
        packets.add(Base64.getDecoder().decode(text));
      } catch (IllegalArgumentException e) {
        throw signature.bad(Tag.OPENPGP, "is not in base64");
      }
    }
    for (int tag : new int[] {Tag.RSA_HEADER, Tag.DSA_HEADER}) {
      byte[] packet = signature.octets(tag);
      if (packet != null) {
        packets.add(packet);
      }
    }
    boolean legacy = signature.has(Tag.PGP) || signature.has(Tag.GPG);
    return new HeaderSignatures(main.bytes(), packets, legacy);
  }

  /** A part of the package's name, which is also part of file names. */
  private static String word(Header main, int tag) throws RpmException {
    String word = main.text(tag);
    if (!word.matches("[A-Za-z0-9._+~^-]{1,255}")) {
      throw main.bad(tag, "'" + word + "' is no part of a package's name");
    }
    return word;
  }

  private static String digest(Header main) throws RpmException {
    long number = main.numberOr(Tag.FILE_DIGEST_ALGORITHM, 1);
    String digest = DIGESTS.get(number);
    if (digest == null) {
      if (!main.has(Tag.FILE_DIGESTS)) {
        return "SHA-256"; // nothing is digested by it
      }
      throw main.bad(
          Tag.FILE_DIGEST_ALGORITHM,
          "digests of files are by algorithm "
              + number
              + (number < 3 ? " (MD5 or SHA-1), which anybody can forge" : ", which is not known"));
    }
    return digest;
  }

  private static Optional<String> payloadDigest(Header main, int tag) throws RpmException {
    List<String> digests = main.texts(tag);
    if (digests.isEmpty()) {
      return Optional.empty();
    }
    long algorithm = main.numberOr(Tag.PAYLOAD_DIGEST_ALGORITHM, 8);
    if (algorithm != 8) {
      throw main.bad(Tag.PAYLOAD_DIGEST_ALGORITHM, "is " + algorithm + "; 8 (SHA-256) is read");
    }
    if (digests.size() != 1) {
      throw main.bad(tag, "has " + digests.size() + " digests of one payload");
    }
    return Optional.of(hex(main, tag, digests.getFirst(), "SHA-256"));
  }

  private static String hex(Header main, int tag, String digest, String algorithm)
      throws RpmException {
    if (!digest.matches("[0-9a-fA-F]+")
        || digest.length() != 2 * DIGEST_OCTETS.getOrDefault(algorithm, 0)) {
      throw main.bad(tag, "'" + digest + "' is no " + algorithm + " digest");
    }
    return digest.toLowerCase(Locale.ROOT);
  }

  private static List<PackagedFile> files(Header main, String algorithm) throws RpmException {
    List<String> names = main.texts(Tag.BASE_NAMES);
    List<String> folders = main.texts(Tag.DIR_NAMES);
    int count = names.size();
    long[] indexes = as(main, Tag.DIR_INDEXES, count);
    long[] modes = as(main, Tag.FILE_MODES, count);
    long[] flags = as(main, Tag.FILE_FLAGS, count);
    long[] sizes =
        as(main, main.has(Tag.LONG_FILE_SIZES) ? Tag.LONG_FILE_SIZES : Tag.FILE_SIZES, count);
    List<String> digests = sized(main, Tag.FILE_DIGESTS, count);
    List<String> links = sized(main, Tag.FILE_LINKTOS, count);
    List<PackagedFile> files = new ArrayList<>(count);
    Set<String> paths = new HashSet<>();
    long content = 0;
    long octets = 0;
    for (int i = 0; i < count; i++) {
      if (indexes[i] >= folders.size()) {
        throw main.bad(
            Tag.DIR_INDEXES,
            "file %d is in folder %d of %d".formatted(i, indexes[i], folders.size()));
      }
      String path = path(main, folders.get((int) indexes[i]), names.get(i));
      octets += path.length();
      if (octets > MOST_PATHS) {
        throw main.bad(
            Tag.DIR_NAMES, "paths have more than " + (MOST_PATHS >> 20) + " MiB together");
      }
      if (!paths.add(path)) {
        throw main.bad(Tag.BASE_NAMES, "'" + path + "' is there twice");
      }
      Kind kind = Kind.of(modes[i]);
      boolean ghost = (flags[i] & 1 << 6) != 0;
      boolean file = kind == Kind.FILE;
      if (file && !ghost) {
        content += Math.min(sizes[i], MOST_CONTENT + 1);
        if (content > MOST_CONTENT) {
          throw main.bad(
              Tag.FILE_SIZES, "files have more than " + (MOST_CONTENT >> 30) + " GiB together");
        }
      }
      String digest = file && !ghost ? hex(main, Tag.FILE_DIGESTS, digests.get(i), algorithm) : "";
      String link = kind == Kind.LINK ? links.get(i) : "";
      files.add(new PackagedFile(path, kind, sizes[i], digest, link, ghost));
    }
    return files;
  }

  /** A path that leads nowhere else than it says: absolute, and without "." and "..". */
  private static String path(Header main, String folder, String name) throws RpmException {
    String path = folder + name;
    boolean root = path.equals("/");
    if (!folder.startsWith("/")
        || !folder.endsWith("/")
        || name.indexOf('/') >= 0
        || path.length() > LONGEST_PATH) {
      throw main.bad(
          name.indexOf('/') >= 0 ? Tag.BASE_NAMES : Tag.DIR_NAMES, "'" + path + "' is no path");
    }
    for (String part : root ? new String[0] : path.substring(1).split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw main.bad(Tag.BASE_NAMES, "'" + path + "' leads somewhere else");
      }
    }
    return path;
  }

  /**
   * Hard links have the same device and inode; their content comes with the last of them, the
   * others are empty in the payload (rpmfilesBuildNLink and rpmfiArchiveHasContent in rpm).
   */
  private static List<Integer> contents(Header main, List<PackagedFile> files) throws RpmException {
    int count = files.size();
    boolean known = main.has(Tag.FILE_INODES) && main.has(Tag.FILE_DEVICES);
    long[] inodes = known ? as(main, Tag.FILE_INODES, count) : new long[count];
    long[] devices = known ? as(main, Tag.FILE_DEVICES, count) : new long[count];
    record Inode(long device, long number) {}
    Map<Inode, Integer> last = new HashMap<>();
    List<Integer> contents = new ArrayList<>(count);
    for (int i = count - 1; i >= 0; i--) {
      PackagedFile file = files.get(i);
      boolean linked = file.kind() == Kind.FILE && !file.ghost() && inodes[i] != 0;
      Integer with = linked ? last.putIfAbsent(new Inode(devices[i], inodes[i]), i) : null;
      if (with == null) {
        contents.add(i);
        continue;
      }
      PackagedFile content = files.get(with);
      if (content.size() != file.size() || !content.digest().equals(file.digest())) {
        throw main.bad(
            Tag.FILE_INODES,
            "'%s' and '%s' are one file, with two contents".formatted(file.path(), content.path()));
      }
      contents.add(with);
    }
    return List.copyOf(contents.reversed());
  }

  private static long[] as(Header main, int tag, int count) throws RpmException {
    long[] numbers = main.numbers(tag);
    if (numbers.length != count) {
      throw main.bad(tag, "is for " + numbers.length + " files, and there are " + count);
    }
    return numbers;
  }

  private static List<String> sized(Header main, int tag, int count) throws RpmException {
    List<String> texts = main.texts(tag);
    if (texts.size() != count) {
      throw main.bad(tag, "is for " + texts.size() + " files, and there are " + count);
    }
    return texts;
  }
}
