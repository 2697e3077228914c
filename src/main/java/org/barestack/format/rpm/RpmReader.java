package org.barestack.format.rpm;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.barestack.format.rpm.PackagedFile.Kind;

/**
 * Reads one package from its beginning to its end, in one go and in little memory: its headers at
 * once, files of its payload when they are asked for.
 *
 * <p>The order that makes it trustworthy: {@link #open}, verify {@link RpmPackage#signatures} by
 * keys, then {@link #extract}. The signed header holds the digest of the payload and those of all
 * files, and what differs from them throws.
 */
public final class RpmReader implements Closeable {
  /** Of one symbolic link to the next, as Linux has it (path_resolution(7)). */
  private static final int MOST_LINKS = 40;

  private final InputStream in;
  private final Headers headers;
  private boolean read;

  private RpmReader(InputStream in, Headers headers) {
    this.in = in;
    this.headers = headers;
  }

  /** Where files go. */
  public interface Sink {
    /**
     * Takes the content of a file. It is true when its end has been reached, not before: what was
     * written until an exception came is to be thrown away.
     *
     * @param paths which of the paths that were asked for have this content: one, or several that
     *     are links to it
     * @param file the file itself
     * @param content so many octets as its size says; throws {@link RpmException} where they are
     *     not those of its digest. Need not be read to its end or closed.
     */
    void take(List<String> paths, PackagedFile file, InputStream content) throws IOException;
  }

  /**
   * Opens a package and reads its headers.
   *
   * @throws RpmException if it is none, or says what no package may say
   * @throws IOException if the file cannot be read
   */
  public static RpmReader open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return open(String.valueOf(file.getFileName()), in);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /**
   * The same from a stream, which {@link #close} closes.
   *
   * @param source its name, for messages
   */
  public static RpmReader open(String source, InputStream in) throws IOException {
    InputStream buffered = new BufferedInputStream(in, 1 << 16);
    return new RpmReader(buffered, Headers.read(source, buffered));
  }

  /** What the headers say. */
  public RpmPackage rpm() {
    return headers.rpm();
  }

  /**
   * Reads the payload, and holds it against the header's SHA-256 of it. Nothing is unpacked.
   *
   * @throws RpmException if it is another, or the header has no digest of it
   */
  public void verifyPayload() throws IOException {
    extract(List.of(), (_, _, _) -> {});
  }

  /**
   * Reads the payload once, and gives files of it to a sink as they come. It is unpacked as far as
   * needed, and read to its end: {@link RpmException} here means that nothing of it may be used.
   *
   * @param paths absolute, as in the header, of files or of links that lead to files of this
   *     package
   * @throws RpmException if the package has no such file, if a link leads out of it, if its payload
   *     is not the one that the header was made for or holds what the header does not list
   * @throws IOException if the file cannot be read, or what the sink threw
   * @throws IllegalStateException if the payload was read already
   */
  public void extract(Collection<String> paths, Sink sink) throws IOException {
    RpmPackage rpm = rpm();
    String place = rpm.source() + ", payload";
    String expected =
        rpm.payloadSha256()
            .orElseThrow(() ->
                new RpmException(
                    rpm.source() + ", main header",
                    "tag 5092: there is no SHA-256 of the payload; packages since 2017 have one"));
    if (!rpm.payloadFormat().equals("cpio")) {
      throw new RpmException(place, "is a '" + rpm.payloadFormat() + "'; cpio is read");
    }
    Map<Integer, List<String>> wanted = wanted(paths);
    if (read) {
      throw new IllegalStateException("the payload was read");
    }
    read = true;
    Payload payload = new Payload(in, place, mostOctets());
    if (!wanted.isEmpty()) {
      try (Unpacked unpacked = new Unpacked(payload, rpm.compressor(), place)) {
        extract(new Cpio(unpacked, place, headers), place, wanted, sink);
      }
    }
    String found = payload.sha256();
    if (!found.equals(expected)) {
      throw new RpmException(
          place, "has the SHA-256 %s, and %s by the header".formatted(found, expected));
    }
  }

  private void extract(Cpio archive, String place, Map<Integer, List<String>> wanted, Sink sink)
      throws IOException {
    Map<Integer, List<String>> left = new HashMap<>(wanted);
    while (!left.isEmpty()) {
      Cpio.Entry entry = archive.next();
      if (entry == null) {
        throw new RpmException(
            place, "the archive ends, and has no " + left.values().iterator().next().getFirst());
      }
      List<String> asked = left.remove(entry.number());
      if (asked == null) {
        archive.skip(entry.length());
        continue;
      }
      PackagedFile file = rpm().files().get(entry.number());
      FileContent content = new FileContent(archive, place, file, rpm().fileDigest());
      sink.take(asked, file, content);
      content.finish();
    }
  }

  /** The paths that are asked for, by the number of the file that holds the content of each. */
  private Map<Integer, List<String>> wanted(Collection<String> paths) throws RpmException {
    List<PackagedFile> files = rpm().files();
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < files.size(); i++) {
      numbers.put(files.get(i).path(), i);
    }
    Map<Integer, List<String>> wanted = new LinkedHashMap<>();
    for (String path : new LinkedHashSet<>(paths)) {
      int number = headers.contents().get(numberOf(path, numbers));
      wanted.computeIfAbsent(number, _ -> new ArrayList<>()).add(path);
    }
    return wanted;
  }

  private int numberOf(String asked, Map<String, Integer> numbers) throws RpmException {
    String path = asked;
    for (int links = 0; links <= MOST_LINKS; links++) {
      Integer number = numbers.get(path);
      if (number == null) {
        throw bad(
            path.equals(asked)
                ? "has no file '" + asked + "'"
                : "'%s' is a link that leads out of the package, to '%s'".formatted(asked, path));
      }
      PackagedFile file = rpm().files().get(number);
      if (file.ghost()) {
        throw bad("'" + path + "' is listed (%ghost), but not in the payload");
      }
      if (file.kind() == Kind.FILE) {
        return number;
      }
      if (file.kind() != Kind.LINK) {
        throw bad(
            "'%s' is a %s"
                .formatted(path, file.kind() == Kind.FOLDER ? "folder" : "device or pipe"));
      }
      path = target(asked, file);
    }
    throw bad("'" + asked + "' is a link that leads in a circle");
  }

  /** Where a link leads, by the names alone. */
  private String target(String asked, PackagedFile link) throws RpmException {
    Deque<String> parts = new ArrayDeque<>();
    String from = link.path().substring(0, link.path().lastIndexOf('/') + 1);
    String to = link.linkTo().startsWith("/") ? link.linkTo() : from + link.linkTo();
    for (String part : to.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.pollLast() == null) {
          throw bad(
              "'%s' is a link that leads out of the package, to '%s'"
                  .formatted(asked, link.linkTo()));
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  private RpmException bad(String problem) {
    return new RpmException(rpm().source() + ", main header", problem);
  }

  /**
   * Of a packed payload: what the archive of all listed files can have, and an eighth and a MiB for
   * a compressor that makes it no smaller.
   */
  private long mostOctets() {
    long archive = 1 << 20;
    for (PackagedFile file : rpm().files()) {
      archive += 512 + 4L * file.path().length() + 4L * file.linkTo().length();
      archive += file.kind() == Kind.FILE && !file.ghost() ? file.size() : 0;
    }
    return archive + archive / 8;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
