package org.barestack.command;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that a command leaves: whole or not at all, in the place of what was called so. */
final class NewFile {
  private NewFile() {}

  /** What goes into a file. */
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  static Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes it beside its place and moves it there when it is on the disk.
   *
   * @param mode like {@code rw-------}, from the first octet on
   */
  static void write(Path file, String mode, Content content) throws IOException {
    put(
        file,
        mode,
        content,
        fresh ->
            Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING));
  }

  /**
   * The same where nothing may be called so yet.
   *
   * @throws java.nio.file.FileAlreadyExistsException if something is; it stays as it is
   */
  static void create(Path file, String mode, Content content) throws IOException {
    // A second name for the fresh file: unlike a move, that never takes the place of another.
    put(
        file,
        mode,
        content,
        fresh -> {
          try {
            Files.createLink(file, fresh);
          } catch (FileAlreadyExistsException e) {
            throw e;
          } catch (FileSystemException | UnsupportedOperationException e) {
            Files.move(fresh, file); // a file system without hard links, FAT say
          }
        });
  }

  /** How the finished file comes to its place. */
  interface Placing {
    void place(Path fresh) throws IOException;
  }

  /** Writes it beside its place and lets it be put there when it is on the disk. */
  static void put(Path file, String mode, Content content, Placing placing) throws IOException {
    Path folder = file.toAbsolutePath().resolveSibling("");
    if (!Files.isDirectory(folder)) {
      throw Failure.badInput(folder + " is no folder; make it, or name another place");
    }
    Path fresh =
        Files.createTempFile(
            folder,
            ".barestack",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
        content.write(out);
        out.flush();
        channel.force(true);
      }
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(mode));
      placing.place(fresh);
      try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
        entry.force(true);
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
