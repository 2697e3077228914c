package org.barestack.format.iso;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.barestack.format.iso.IsoEntry.IsoDirectory;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoEntry.IsoLink;
import org.barestack.testing.Command;

/**
 * What comes out of an image, to be compared.
 *
 * @param content of a file, its digest; of a link, its target
 */
record Extracted(String kind, String mode, Instant modified, String content) {
  /** By the reader. */
  static Map<String, Extracted> byUs(Path iso) throws IOException, IsoException {
    Map<String, Extracted> all = new TreeMap<>();
    try (IsoImage image = IsoImage.open(iso)) {
      for (IsoEntry entry : image.entries()) {
        all.put(
            entry.path(),
            switch (entry) {
              case IsoDirectory one -> of("directory", one.mode(), one.modified(), "");
              case IsoFile one -> {
                try (InputStream in = image.read(one)) {
                  yield of("file", one.mode(), one.modified(), digest(in));
                }
              }
              case IsoLink one -> link(one.target());
            });
      }
    }
    return all;
  }

  /** By xorriso, into a folder that is not there yet. */
  static Map<String, Extracted> byXorriso(Path iso, Path folder) throws IOException {
    Command.Result result =
        Command.of(
                "xorriso",
                "-osirrox",
                "on",
                "-indev",
                iso.toString(),
                "-extract",
                "/",
                folder.toString())
            .with("LC_ALL", "C.UTF-8")
            .run();
    if (result.status() != 0) {
      throw new AssertionError(result.all());
    }
    return found(folder);
  }

  private static Map<String, Extracted> found(Path folder) throws IOException {
    Map<String, Extracted> all = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.filter(path -> !path.equals(folder)).toList()) {
        all.put(folder.relativize(path).toString(), one(path));
      }
    }
    return all;
  }

  private static Extracted one(Path path) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    Instant modified = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
    if (Files.isSymbolicLink(path)) {
      return link(Files.readSymbolicLink(path).toString());
    }
    if (Files.isDirectory(path)) {
      return of("directory", mode, modified, "");
    }
    try (InputStream in = Files.newInputStream(path)) {
      return of("file", mode, modified, digest(in));
    }
  }

  /** xorriso sets no date of a link, and Linux no mode. */
  private static Extracted link(String target) {
    return of("link", 0777, Instant.EPOCH, target);
  }

  /** What is not the same in both, for a message that can be read. */
  static Map<String, String> differences(Map<String, Extracted> one, Map<String, Extracted> other) {
    Map<String, String> all = new TreeMap<>();
    for (String path : Stream.concat(one.keySet().stream(), other.keySet().stream()).toList()) {
      if (!Objects.equals(one.get(path), other.get(path))) {
        all.put(path, one.get(path) + " and " + other.get(path));
      }
    }
    return all;
  }

  private static Extracted of(String kind, int mode, Instant modified, String content) {
    return new Extracted(kind, Integer.toOctalString(mode), modified, content);
  }

  private static String digest(InputStream in) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] part = new byte[5000];
      long length = 0;
      for (int count = in.read(part); count >= 0; count = in.read(part)) {
        digest.update(part, 0, count);
        length += count;
      }
      return length + " octets, " + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
