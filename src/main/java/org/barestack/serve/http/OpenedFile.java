package org.barestack.serve.http;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Set;

/**
 * A regular file, open to be sent.
 *
 * @param modified when its content last changed
 */
record OpenedFile(FileChannel channel, Instant modified) {
  /**
   * Opens a file folder by folder with openat(2) and O_NOFOLLOW, so that nobody who exchanges a
   * part of its path for a link, after it was looked at, leads us out of {@code folder}.
   *
   * @param file below that folder, without symbolic links
   * @throws IOException if there is no regular file any more, or a link on the way to it
   */
  static OpenedFile open(Path folder, Path file) throws IOException {
    try (DirectoryStream<Path> top = Files.newDirectoryStream(folder)) {
      return open((SecureDirectoryStream<Path>) top, folder.relativize(file), file);
    }
  }

  private static OpenedFile open(SecureDirectoryStream<Path> folder, Path rest, Path file)
      throws IOException {
    Path first = rest.getName(0);
    if (rest.getNameCount() > 1) {
      try (SecureDirectoryStream<Path> next =
          folder.newDirectoryStream(first, LinkOption.NOFOLLOW_LINKS)) {
        return open(next, rest.subpath(1, rest.getNameCount()), file);
      }
    }
    BasicFileAttributes attributes =
        folder
            .getFileAttributeView(first, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
    // To open a named pipe would wait for its writer.
    if (!attributes.isRegularFile()) {
      throw new IOException(file + " is no regular file any more");
    }
    var channel =
        folder.newByteChannel(first, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    return new OpenedFile((FileChannel) channel, attributes.lastModifiedTime().toInstant());
  }
}
