package org.barestack.serve.tftp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files below one directory, and nothing outside it: a symbolic link may lead anywhere inside.
 * A name that is not there as written is looked for without regard to case, since firmware and
 * loaders disagree about it (BOOTX64.EFI, bootx64.efi).
 */
public final class DirectoryFiles implements TftpFiles {
  private final Path root;

  /**
   * Serves the regular files below {@code root}.
   *
   * @throws IOException if the directory is not there
   */
  public DirectoryFiles(Path root) throws IOException {
    this.root = root.toRealPath();
  }

  @Override
  public Answer find(String name) throws IOException {
    try {
      Path file = locate(name).toRealPath();
      if (!file.startsWith(root)) {
        return new Answer.NotFound("the name leads out of the served directory");
      }
      return Files.isRegularFile(file)
          ? new Answer.Found(Content.open(file))
          : new Answer.NotFound("not a file");
    } catch (NoSuchFileException | NotDirectoryException _) {
      return new Answer.NotFound("no such file");
    }
  }

  private Path locate(String name) throws IOException {
    Path at = root;
    for (Path segment : Path.of(name)) {
      Path exact = at.resolve(segment);
      at = Files.exists(exact) ? exact : inOtherCase(at, segment.toString());
    }
    return at;
  }

  private static Path inOtherCase(Path directory, String segment) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> matches =
          entries.filter(e -> segment.equalsIgnoreCase(e.getFileName().toString())).toList();
      if (matches.size() != 1) {
        throw new NoSuchFileException(directory.resolve(segment).toString());
      }
      return matches.getFirst();
    }
  }
}
