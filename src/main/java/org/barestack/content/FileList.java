package org.barestack.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes and SHA-256 digests of files, in the form of Rocky Linux's {@code CHECKSUM}, which {@code
 * sha256sum -c} reads too: a comment {@code # FILE: 12 bytes}, then {@code SHA256 (FILE) = ...}.
 *
 * @param files by path
 */
record FileList(Map<String, One> files) {
  static final String FILE = Listing.OURS + "/CHECKSUM";

  private static final Pattern SIZE = Pattern.compile("# (.+): ([0-9]{1,18}) bytes");
  private static final Pattern DIGEST = Pattern.compile("SHA256 \\((.+)\\) = ([0-9a-fA-F]{64})");

  /**
   * A file.
   *
   * @param size octets; {@link Entry#UNTOLD}
   */
  record One(long size, String sha256) {}

  /** Reads lines of that form; others say nothing. */
  static FileList parse(String text) {
    Map<String, Long> sizes = new TreeMap<>();
    Map<String, One> files = new TreeMap<>();
    text.lines()
        .forEach(line -> {
          Matcher size = SIZE.matcher(line.strip());
          Matcher digest = DIGEST.matcher(line.strip());
          if (size.matches()) {
            sizes.put(size.group(1), Long.parseLong(size.group(2)));
          } else if (digest.matches()) {
            files.put(
                digest.group(1),
                new One(
                    sizes.getOrDefault(digest.group(1), Entry.UNTOLD),
                    Digest.sha256(digest.group(2)).hex()));
          }
        });
    return new FileList(files);
  }

  byte[] octets() {
    StringBuilder text = new StringBuilder();
    files.forEach((path, one) ->
        text.append("# ")
            .append(path)
            .append(": ")
            .append(one.size())
            .append(" bytes\nSHA256 (")
            .append(path)
            .append(") = ")
            .append(one.sha256())
            .append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  long size() {
    return files.values().stream().mapToLong(One::size).sum();
  }

  /**
   * Reads a file and compares.
   *
   * @param passed is told of octets as they are read
   * @return what is wrong with it; empty if nothing is
   */
  static Optional<String> fault(Path folder, String path, One one, LongConsumer passed)
      throws IOException {
    Path file = folder.resolve(path);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(path + " is missing");
    }
    if (Files.size(file) != one.size()) {
      return Optional.of(path + " has " + Files.size(file) + " octets, and had " + one.size());
    }
    return sha256(file, passed).equals(one.sha256())
        ? Optional.empty()
        : Optional.of(path + " is not what was imported");
  }

  /** The digest of a file's octets; a symbolic link is not followed. */
  static String sha256(Path file, LongConsumer passed) throws IOException {
    MessageDigest digest = Digest.counter(Digest.SHA256);
    try (InputStream in =
        Channels.newInputStream(
            Files.newByteChannel(
                file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
      byte[] buffer = new byte[1 << 18];
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        digest.update(buffer, 0, length);
        passed.accept(length);
      }
    }
    return Digest.hex(digest);
  }
}
