package org.barestack.secrets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file's next content, on disk beside it: it takes the place at once or never. When root makes
 * it, it gets the owner of its folder, so that the owner's Git can work with it.
 */
final class Replacement implements AutoCloseable {
  private final Path file;
  private final Path next;

  private Replacement(Path file, Path next) {
    this.file = file;
    this.next = next;
  }

  /**
   * Writes it, all the way to the disk.
   *
   * @param mode {@code rw-r--r--}
   */
  static Replacement of(Path file, String text, String mode) throws IOException {
    Path next =
        Files.createTempFile(file.resolveSibling(""), "." + file.getFileName() + ".", ".new");
    Replacement replacement = new Replacement(file, next);
    try (FileChannel out = FileChannel.open(next, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      replacement.giveToOwner(mode);
      out.force(true);
      return replacement;
    } catch (IOException | RuntimeException e) {
      try (replacement) {
        throw e;
      }
    }
  }

  private void giveToOwner(String mode) throws IOException {
    PosixFileAttributeView made =
        Files.getFileAttributeView(next, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    made.setPermissions(PosixFilePermissions.fromString(mode));
    if ((int) Files.getAttribute(next, "unix:uid", LinkOption.NOFOLLOW_LINKS) == 0) {
      PosixFileAttributes folder =
          Files.readAttributes(next.resolveSibling(""), PosixFileAttributes.class);
      made.setGroup(folder.group());
      made.setOwner(folder.owner());
    }
  }

  /** Takes the place of what is there. */
  void replace() throws IOException {
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    sync();
  }

  /**
   * Takes the place only if nothing is there.
   *
   * @throws java.nio.file.FileAlreadyExistsException if something is
   */
  void create() throws IOException {
    Files.createLink(file, next); // link(2) fails where rename(2) would replace
    sync();
  }

  /** Writes a new file, if there is none. */
  static void create(Path file, String text, String mode) throws IOException {
    try (Replacement replacement = of(file, text, mode)) {
      replacement.create();
    }
  }

  private void sync() throws IOException {
    try (FileChannel folder = FileChannel.open(file.resolveSibling(""), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(next);
  }
}
