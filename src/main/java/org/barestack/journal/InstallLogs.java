package org.barestack.journal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.barestack.model.InstallId;
import org.barestack.model.NodeName;
import org.jspecify.annotations.Nullable;

/**
 * The logs that nodes sent of their installs: plain files {@code NODE/INSTALL/NAME} beside the
 * journal, made for grep. A file is there whole or not at all. Whoever installs can write what he
 * likes into them, so sizes and numbers have limits, and what prints them must not trust them.
 *
 * <p>Every method throws {@link UncheckedIOException} when the storage fails.
 */
public final class InstallLogs {
  /** The form of a file's name: nothing that leads elsewhere, or hides. */
  public static final String NAME = "[a-z0-9][a-z0-9.-]{0,63}";

  /** Octets of one file, unpacked. */
  public static final int LARGEST = 2 << 20;

  /** Octets, and files, of one install. */
  static final long MOST_OCTETS = 16L << 20;

  static final int MOST_FILES = 64;

  /** Installs of one node whose logs stay. */
  static final int MOST_INSTALLS = 5;

  private final Path root;

  /** Logs in that folder, which need not be there yet. */
  public InstallLogs(Path root) {
    this.root = root;
  }

  /** What came of a file that was sent. */
  public sealed interface Answer {
    /**
     * It is kept.
     *
     * @param octets its size, unpacked
     * @param dropped installs of the same node whose logs went, since there are newer ones
     */
    record Kept(long octets, List<String> dropped) implements Answer {}

    /** It, or all of its install's logs, would be too large. */
    record TooMuch(String reason) implements Answer {}

    /** What was sent is not a whole file. */
    record Broken(String reason) implements Answer {}
  }

  /**
   * A log.
   *
   * @param at when it came
   * @param octets its size
   */
  public record LogFile(String name, Instant at, long octets, Path path) {}

  /**
   * The logs of one install.
   *
   * @param id the install's
   * @param files by name, at least one
   */
  public record Install(String id, List<LogFile> files) {
    /** When the last file came. */
    public Instant at() {
      return files.stream().map(LogFile::at).max(Comparator.naturalOrder()).orElseThrow();
    }

    /** Octets of all files. */
    public long octets() {
      return files.stream().mapToLong(LogFile::octets).sum();
    }
  }

  /**
   * Keeps a file; one of the same name is replaced.
   *
   * @param name must match {@link #NAME}
   * @param sent its octets as they are, or in gzip
   */
  public Answer keep(NodeName node, InstallId install, String name, byte[] sent) {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException("not the name of a log: '" + name + "'");
    }
    Path file = root.resolve(node.text()).resolve(install.label()).resolve(name);
    byte[] log = sent;
    if (isGzip(sent)) {
      try (InputStream packed = new GZIPInputStream(new ByteArrayInputStream(sent))) {
        log = packed.readNBytes(LARGEST + 1); // a gzip of a few KiB unpacks to any size
      } catch (IOException e) {
        return new Answer.Broken(name + " is no whole gzip: " + e.getMessage());
      }
    }
    if (log.length > LARGEST) {
      return new Answer.TooMuch("a log has at most " + LARGEST + " octets");
    }
    try {
      return put(file, log);
    } catch (IOException e) {
      throw new UncheckedIOException("the log " + file + " cannot be kept", e);
    }
  }

  /** By its magic number (RFC 1952 §2.3.1). */
  private static boolean isGzip(byte[] octets) {
    return octets.length > 1 && octets[0] == 0x1f && octets[1] == (byte) 0x8b;
  }

  private synchronized Answer put(Path file, byte[] log) throws IOException {
    Path folder = file.resolveSibling("");
    Path node = folder.resolveSibling("");
    List<LogFile> others = files(folder).stream().filter(one -> !one.path().equals(file)).toList();
    if (others.size() >= MOST_FILES) {
      return new Answer.TooMuch("an install has at most " + MOST_FILES + " logs");
    }
    if (new Install("", others).octets() + log.length > MOST_OCTETS) {
      return new Answer.TooMuch("the logs of an install have at most " + MOST_OCTETS + " octets");
    }
    for (Path each : List.of(root, node, folder)) {
      StateFiles.makeFolder(each);
    }
    for (Path each : List.of(node, folder)) {
      if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
        // A service of root's would write for the owner of the site wherever that link leads.
        throw new IOException(each + " is no folder; move it away");
      }
    }
    Path unfinished = folder.resolve("." + file.getFileName() + ".new");
    try {
      StateFiles.makeFile(unfinished);
      Files.write(unfinished, log, StandardOpenOption.TRUNCATE_EXISTING, LinkOption.NOFOLLOW_LINKS);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    return new Answer.Kept(log.length, dropOld(node));
  }

  private static List<String> dropOld(Path node) throws IOException {
    List<String> dropped = new ArrayList<>();
    for (Install old : installs(node).stream().skip(MOST_INSTALLS).toList()) {
      delete(node.resolve(old.id()));
      dropped.add(old.id());
    }
    return dropped;
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException fault)
              throws IOException {
            if (fault != null) {
              throw fault;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The installs of a node of which there are logs, newest first. */
  public List<Install> of(NodeName node) {
    try {
      return installs(root.resolve(node.text()));
    } catch (IOException e) {
      throw new UncheckedIOException("the logs in " + root + " cannot be read", e);
    }
  }

  private static List<Install> installs(Path node) throws IOException {
    List<Install> installs = new ArrayList<>();
    for (Path folder : entries(node)) {
      List<LogFile> files = files(folder);
      if (folder.getFileName().toString().matches(InstallId.PATTERN) && !files.isEmpty()) {
        installs.add(new Install(folder.getFileName().toString(), files));
      }
    }
    installs.sort(Comparator.comparing(Install::at).reversed());
    return installs;
  }

  private static List<LogFile> files(Path install) throws IOException {
    List<LogFile> files = new ArrayList<>();
    for (Path path : entries(install)) {
      String name = path.getFileName().toString();
      if (name.matches(NAME) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        Instant at = Files.getLastModifiedTime(path).toInstant();
        files.add(new LogFile(name, at, Files.size(path), path));
      }
    }
    return files;
  }

  /** By name; of a folder that is not there, none. */
  private static List<Path> entries(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
