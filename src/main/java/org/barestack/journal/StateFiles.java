package org.barestack.journal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What is kept is its owner's alone. When root makes it, it gets the owner of the folder it is made
 * in, so that the owner of a site can read what a service of root's wrote.
 */
final class StateFiles {
  private StateFiles() {}

  private interface Maker {
    Path make(Path path, FileAttribute<?>... attributes) throws IOException;
  }

  /** Makes a folder with mode 0700; one that is there stays as it is. */
  static void makeFolder(Path folder) throws IOException {
    make(folder, Files::createDirectory, "rwx------");
  }

  /** Makes an empty file with mode 0600; one that is there stays as it is. */
  static void makeFile(Path file) throws IOException {
    make(file, Files::createFile, "rw-------");
  }

  private static void make(Path path, Maker maker, String mode) throws IOException {
    try {
      maker.make(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
    } catch (FileAlreadyExistsException e) {
      return; // another process was faster, and does the rest
    }
    PosixFileAttributeView made =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if ((int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS) == 0) {
      PosixFileAttributes folder =
          Files.readAttributes(path.resolveSibling(""), PosixFileAttributes.class);
      made.setGroup(folder.group());
      made.setOwner(folder.owner());
    }
  }
}
