package org.barestack.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.barestack.model.Architecture;

/** A mounted medium, or the part of a mirror that belongs to one tree. */
final class FolderSource implements Source {
  private final Path named;
  private final Path base;
  private final String root;
  private final List<String> parts;
  private final List<String> remarks = new ArrayList<>();

  private FolderSource(Path named, Path base, String root, Treeinfo info) throws IOException {
    this.named = named;
    this.base = base;
    this.root = root;
    Set<String> wanted = new LinkedHashSet<>();
    if (root.isEmpty()) {
      wanted.add("");
    } else {
      wanted.add(root.substring(0, root.length() - 1));
    }
    for (String repository : info.repositories()) {
      String path = TreeLayout.below(named.toString(), root, repository);
      if (!Files.isDirectory(base.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        remarks.add(path + " is not there, though .treeinfo names it");
      } else if (wanted.stream().noneMatch(part -> part.isEmpty() || inside(path, part))) {
        wanted.removeIf(part -> inside(part, path));
        wanted.add(path);
      }
    }
    this.parts = List.copyOf(wanted);
  }

  private static boolean inside(String path, String folder) {
    return path.equals(folder) || path.startsWith(folder + "/");
  }

  /**
   * Looks where the tree is: in the folder itself, or in {@code BaseOS/ARCH/os}.
   *
   * @throws ImportException if there is none, or there are two
   */
  static FolderSource open(Path folder) throws IOException {
    Path real = folder.toRealPath();
    if (Files.isRegularFile(real.resolve(Treeinfo.NAME), LinkOption.NOFOLLOW_LINKS)) {
      Treeinfo info = Treeinfo.read(folder.toString(), real.resolve(Treeinfo.NAME));
      String root = TreeLayout.root(folder.toString(), real.toString(), info);
      Path base = real;
      for (int up = TreeLayout.depth(root); up > 0; up--) {
        base = base.resolve("..").normalize();
      }
      return new FolderSource(folder, base, root, info);
    }
    List<String> mirrored =
        Stream.of(Architecture.values())
            .map(arch -> "BaseOS/" + arch + "/os/")
            .filter(root -> Files.isRegularFile(real.resolve(root + Treeinfo.NAME)))
            .toList();
    return switch (mirrored.size()) {
      case 1 -> {
        String root = mirrored.getFirst();
        Treeinfo info = Treeinfo.read(folder.toString(), real.resolve(root + Treeinfo.NAME));
        yield new FolderSource(folder, real, root, info);
      }
      case 0 ->
          throw new ImportException(
              folder
                  + " is no install tree: neither it nor BaseOS/ARCH/os in it has a .treeinfo (a"
                  + " dot file: was it left out by cp or a shell pattern?)");
      default ->
          throw new ImportException(
              folder + " has trees of several machines; name one: " + folder + "/" + mirrored);
    };
  }

  @Override
  public String name() {
    return named.toString();
  }

  @Override
  public String kind() {
    return "folder";
  }

  @Override
  public String root() {
    return root;
  }

  @Override
  public List<String> remarks() {
    return List.copyOf(remarks);
  }

  @Override
  public Collection<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String part : parts) {
      Files.walkFileTree(
          base.resolve(part),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              String path = base.relativize(folder).toString();
              if (folder.endsWith(Listing.OURS)) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              if (!path.isEmpty()) {
                entries.add(new Entry.Folder(path));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              entries.add(entry(file, attributes));
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return entries;
  }

  private Entry entry(Path file, BasicFileAttributes attributes) throws IOException {
    String path = base.relativize(file).toString();
    if (attributes.isSymbolicLink()) {
      return new Entry.Link(path, Files.readSymbolicLink(file).toString());
    }
    if (!attributes.isRegularFile()) {
      throw new ImportException(
          file + " is a device, a pipe or a socket; no release has one. Nothing was imported");
    }
    String stamp = Long.toString(attributes.lastModifiedTime().to(TimeUnit.MICROSECONDS));
    return new Entry.File(path, attributes.size(), stamp, null);
  }

  @Override
  public InputStream open(Entry.File file) throws IOException {
    Path path = base.resolve(file.path());
    // What became a link since it was listed is not followed.
    return Channels.newInputStream(
        Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
  }
}
