package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.SortedMap;
import java.util.TreeMap;
import org.barestack.format.image.Content;
import org.jspecify.annotations.Nullable;

/** What is put onto an image, by path: the last one of a path counts. */
final class NewPaths {
  private final SortedMap<String, NewEntry> entries = new TreeMap<>();

  /** What a path shall be. */
  sealed interface NewEntry {
    /**
     * A file.
     *
     * @param executable whether a new one may be run by all
     */
    record File(Content content, boolean executable) implements NewEntry {}

    /** A symbolic link to a target. */
    record Link(String target) implements NewEntry {}

    /** A directory, which may be there already. */
    record Directory() implements NewEntry {}
  }

  /** Why that cannot be the path of something, or null. */
  static @Nullable String problem(String path) {
    if (path.getBytes(UTF_8).length > Limits.PATH) {
      return "has more than " + Limits.PATH + " octets";
    }
    String[] components = path.split("/", -1);
    if (components.length > Limits.DEPTH) {
      return "has more than " + Limits.DEPTH + " components";
    }
    for (String component : components) {
      if (component.isEmpty() || component.equals(".") || component.equals("..")) {
        return "has an empty component, '.' or '..'";
      }
      if (component.getBytes(UTF_8).length > Limits.NAME) {
        return "has a component of more than " + Limits.NAME + " octets";
      }
      if (component.chars().anyMatch(c -> Character.isISOControl(c) || c == '\ufffd')
          || !UTF_8.newEncoder().canEncode(component)) {
        return "has a character that no name may have";
      }
    }
    return null;
  }

  SortedMap<String, NewEntry> entries() {
    return entries;
  }

  void put(String path, NewEntry entry) {
    entries.put(path, entry);
  }

  /**
   * Puts all of a folder of this host, which is read now; contents are read later. Of permissions
   * only counts whether the owner may run a file, so that the same tree is the same image, whoever
   * checked it out.
   */
  void putAll(String below, Path tree) throws IOException, IsoException {
    if (!Files.isDirectory(tree)) {
      throw refused(below, tree, "is no folder");
    }
    Path folder = tree.toRealPath();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
                throws IOException {
              if (!path.equals(folder) || !below.isEmpty()) {
                put(path, new NewEntry.Directory());
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
                throws IOException {
              if (attributes.isSymbolicLink()) {
                put(path, new NewEntry.Link(target(path)));
              } else if (attributes.isRegularFile()) {
                put(
                    path,
                    new NewEntry.File(
                        Content.of(path, attributes.size()),
                        Files.getPosixFilePermissions(path)
                            .contains(PosixFilePermission.OWNER_EXECUTE)));
              } else {
                throw new Refused(
                    refused(on(path), path, "is neither file, folder nor symbolic link"));
              }
              return FileVisitResult.CONTINUE;
            }

            private String on(Path path) {
              String inside = folder.relativize(path).toString();
              return below.isEmpty() ? inside : inside.isEmpty() ? below : below + "/" + inside;
            }

            private void put(Path path, NewEntry entry) throws Refused {
              String on = on(path);
              String problem = problem(on);
              if (problem != null) {
                throw new Refused(refused(on, path, problem));
              }
              entries.put(on, entry);
            }

            // A link that leads out of the folder would lead elsewhere on the image.
            private String target(Path path) throws IOException {
              Path target = Files.readSymbolicLink(path);
              Path to = path.resolveSibling(target).normalize();
              if (target.isAbsolute() || !to.startsWith(folder)) {
                throw new Refused(
                    refused(
                        on(path),
                        path,
                        "is a symbolic link to %s, out of the folder; put what it leads to there"
                            .formatted(target)));
              }
              if (target.toString().getBytes(UTF_8).length > Limits.TARGET) {
                throw new Refused(refused(on(path), path, "is a link with too long a target"));
              }
              return target.toString();
            }
          });
    } catch (Refused e) {
      throw e.reason;
    }
  }

  private static IsoException refused(String on, Path path, String problem) {
    return new IsoException(new Place(0, "/" + on), path + " " + problem);
  }

  /** Carries the reason out of the walk. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    private final transient IsoException reason;

    Refused(IsoException reason) {
      super(reason);
      this.reason = reason;
    }
  }
}
