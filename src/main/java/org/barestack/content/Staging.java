package org.barestack.content;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A release while it is put together, in a folder beside its place. A file counts as whole when its
 * line is in the progress log, which is written after the file is on the disk: so a process that is
 * killed, or a host that loses its power, leaves nothing that only looks whole.
 */
final class Staging implements Closeable {
  private static final Set<StandardOpenOption> FRESH =
      Set.of(
          StandardOpenOption.WRITE,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING);

  private final Path folder;
  private final Map<String, Done> done = new HashMap<>();
  private final FileChannel log;

  /**
   * A file that is whole.
   *
   * @param stamp its source's, when it was copied
   */
  record Done(String sha256, long size, String stamp) {}

  private Staging(Path folder, FileChannel log) {
    this.folder = folder;
    this.log = log;
  }

  /**
   * Goes on with what was begun of the same source; what was begun of another one is removed.
   *
   * @param identity of the source's content, one line
   */
  static Staging open(Path folder, String identity) throws IOException {
    String first = "source " + identity;
    Path progress = progress(folder);
    List<String> lines = lines(progress);
    if (lines.isEmpty() || !lines.getFirst().equals(first)) {
      delete(folder);
      makeFolder(folder);
      makeFolder(folder.resolve(Listing.OURS));
      lines = List.of();
    }
    FileChannel log =
        FileChannel.open(
            progress, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    Staging staging = new Staging(folder, log);
    long octets = 0;
    for (String line : lines) {
      octets += line.getBytes(StandardCharsets.UTF_8).length + 1;
      String[] words = line.split(" ", 4);
      if (words.length == 4 && words[1].matches("[0-9]{1,18}")) {
        staging.done.put(words[3], new Done(words[0], Long.parseLong(words[1]), words[2]));
      }
    }
    log.truncate(octets); // a line that was cut off
    log.position(octets);
    if (octets == 0) {
      staging.write(first);
    }
    return staging;
  }

  /** The progress log in a release; one that is left in a whole release counts for nothing. */
  static Path progress(Path folder) {
    return folder.resolve(Listing.OURS).resolve("progress");
  }

  /** Those that end; none where there is no file. */
  private static List<String> lines(Path progress) throws IOException {
    try {
      String text = Files.readString(progress, StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private void write(String line) throws IOException {
    ByteBuffer octets = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (octets.hasRemaining()) {
      log.write(octets);
    }
  }

  Path folder() {
    return folder;
  }

  /** How many octets are whole. */
  long octets() {
    return done.values().stream().mapToLong(Done::size).sum();
  }

  /** What is there of that file of the source; empty if it must be copied. */
  Optional<Done> done(Entry.File file) {
    Done one = done.get(file.path());
    return one != null
            && (file.size() == Entry.UNTOLD || file.size() == one.size())
            && one.stamp().equals(stamp(file))
            && Files.isRegularFile(folder.resolve(file.path()), LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(one)
        : Optional.empty();
  }

  private static String stamp(Entry.File file) {
    return file.stamp().isEmpty() ? "-" : file.stamp();
  }

  /**
   * Removes what no file, folder or link of the listing is called; a file that is not whole too.
   */
  void clear(Listing listing) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes)
              throws IOException {
            String path = folder.relativize(inner).toString();
            if (path.isEmpty()) {
              return FileVisitResult.CONTINUE;
            }
            if (path.equals(Listing.OURS)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            if (listing.file(path).isPresent() || !listing.has(path)) {
              delete(inner);
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Optional<Entry.File> entry = listing.file(folder.relativize(file).toString());
            if (entry.isEmpty() || done(entry.get()).isEmpty()) {
              Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** What octets go through on their way to the disk. */
  interface Tap {
    void pass(byte[] buffer, int length) throws IOException;
  }

  /**
   * Copies a file; it is on the disk when this returns, and whole when {@link #whole} was called.
   *
   * @param most octets that may come
   * @return octets that came
   */
  long copy(Entry.File file, InputStream in, long most, Tap tap) throws IOException {
    Path path = folder.resolve(file.path());
    Files.deleteIfExists(path);
    try (FileChannel out = create(path)) {
      byte[] buffer = new byte[1 << 18];
      long octets = 0;
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        octets += length;
        if (octets > most) {
          throw new ImportException(file.path() + " is longer than the " + most + " octets said");
        }
        tap.pass(buffer, length);
        ByteBuffer chunk = ByteBuffer.wrap(buffer, 0, length);
        while (chunk.hasRemaining()) {
          out.write(chunk);
        }
      }
      out.force(true);
      return octets;
    }
  }

  /** Readable for whoever serves it, whatever the umask: an install reads all of it anyway. */
  static FileChannel create(Path path) throws IOException {
    FileChannel out = FileChannel.open(path, FRESH);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    return out;
  }

  /** Notes that a file is whole. */
  void whole(Entry.File file, String sha256, long size) throws IOException {
    write(sha256 + " " + size + " " + stamp(file) + " " + file.path());
    done.put(file.path(), new Done(sha256, size, stamp(file)));
  }

  /** That it must be copied anew. */
  void drop(Entry.File file) throws IOException {
    done.remove(file.path());
    write("- 0 dropped " + file.path());
    Files.deleteIfExists(folder.resolve(file.path()));
  }

  void makeFolder(Entry.Folder entry) throws IOException {
    makeFolder(folder.resolve(entry.path()));
  }

  static void makeFolder(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(path);
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  void link(Entry.Link link) throws IOException {
    Path path = folder.resolve(link.path());
    Files.deleteIfExists(path);
    Files.createSymbolicLink(path, Path.of(link.target()));
  }

  /** Writes a file of our own below {@code .barestack}. */
  void own(String name, byte[] content) throws IOException {
    Path path = folder.resolve(Listing.OURS).resolve(name);
    for (Path up = path.getParent(); up != null && !up.equals(folder); up = up.getParent()) {
      if (!Files.isDirectory(up, LinkOption.NOFOLLOW_LINKS)) {
        makeFolder(up);
      }
    }
    try (FileChannel out = create(path)) {
      ByteBuffer octets = ByteBuffer.wrap(content);
      while (octets.hasRemaining()) {
        out.write(octets);
      }
      out.force(true);
    }
  }

  /** Brings all folders to the disk. */
  void seal() throws IOException {
    log.close();
    List<Path> folders = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path inner, @Nullable IOException fault)
              throws IOException {
            if (fault != null) {
              throw fault;
            }
            folders.add(inner);
            return FileVisitResult.CONTINUE;
          }
        });
    for (Path each : folders) {
      sync(each);
    }
  }

  /** Brings the names in a folder to the disk. */
  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Puts a folder or file to another name, where nothing is called so. */
  static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    sync(to.toAbsolutePath().resolveSibling(""));
  }

  /** Removes a folder with all in it, or a file; one that is not there is no fault. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
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
          public FileVisitResult postVisitDirectory(Path inner, @Nullable IOException fault)
              throws IOException {
            if (fault != null) {
              throw fault;
            }
            Files.delete(inner);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
