package org.barestack.serve.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Files below a folder, and nothing else.
 *
 * @param root without symbolic links
 */
record StaticTree(Path root) {
  /** File names of trees and repositories are ASCII, so nothing else needs to be looked for. */
  private static final Pattern SEGMENT = Pattern.compile("[ -~&&[^/\\\\]]{1,255}");

  private static final int LONGEST_PATH = 2048;

  /**
   * The segments of a decoded path; empty segments count for nothing, since shim asks for {@code
   * /boot//grubx64.efi}.
   *
   * @return empty if a segment could mean anything but the name of a file
   */
  static Optional<List<String>> segments(String path) {
    if (path.length() > LONGEST_PATH) {
      return Optional.empty();
    }
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (segment.isEmpty()) {
        continue;
      }
      if (segment.equals(".") || segment.equals("..") || !SEGMENT.matcher(segment).matches()) {
        return Optional.empty();
      }
      segments.add(segment);
    }
    return Optional.of(segments);
  }

  /**
   * The regular file at that place, symbolic links resolved.
   *
   * @return empty if there is none, or a link leads out of the root
   * @throws IOException if that cannot be found out
   */
  Optional<Path> file(List<String> segments) throws IOException {
    Path path = root;
    for (String segment : segments) {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        return Optional.empty(); // no fault, as the kernel would have it: ENOTDIR
      }
      path = path.resolve(segment);
    }
    return inside(path);
  }

  /** The same for a path that was found elsewhere. */
  Optional<Path> inside(Path path) throws IOException {
    try {
      Path real = path.toRealPath();
      return Optional.of(real).filter(file -> file.startsWith(root) && Files.isRegularFile(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
