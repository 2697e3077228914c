package org.barestack.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of templates that is laid together, file by file, from the site's own folders and the
 * one in the program.
 */
final class TemplateFiles {
  private final String folder;
  private final List<Path> roots;
  private final @Nullable Map<String, Optional<String>> texts;
  private final @Nullable Map<String, SortedSet<String>> lists;

  /**
   * @param folder name of the folder in each root and on the class path
   * @param siteRoots directories that may hold a folder of that name; the first one wins
   * @param once whether each file is read once only, so that later changes are not seen
   */
  TemplateFiles(String folder, List<Path> siteRoots, boolean once) {
    this.folder = folder;
    this.texts = once ? new ConcurrentHashMap<>() : null;
    this.lists = once ? new ConcurrentHashMap<>() : null;
    List<Path> all = new ArrayList<>();
    siteRoots.forEach(root -> all.add(root.resolve(folder)));
    all.add(onClassPath(folder));
    this.roots = List.copyOf(all);
  }

  private static Path onClassPath(String folder) {
    URL url = TemplateFiles.class.getResource("/" + folder);
    if (url == null) {
      throw new IllegalStateException("the program was built without its folder " + folder);
    }
    try {
      URI uri = url.toURI();
      if (uri.getScheme().equals("jar")) {
        try {
          FileSystems.newFileSystem(uri, Map.of());
        } catch (FileSystemAlreadyExistsException e) {
          // another instance opened it; it stays open as long as the program runs
        }
      }
      return Path.of(uri);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of a file as people see it. */
  String title(String name) {
    return folder + "/" + name;
  }

  /**
   * The text of a file.
   *
   * @throws TemplateException if the name leads out of the folder, or the file is not UTF-8
   */
  Optional<String> read(String name) {
    return texts == null ? readNow(name) : texts.computeIfAbsent(name, this::readNow);
  }

  private Optional<String> readNow(String name) {
    Path relative = Path.of(name);
    if (relative.isAbsolute()
        || relative.startsWith("..")
        || !relative.normalize().toString().equals(name)) {
      throw new TemplateException(
          title(name), 0, "a template's name may not lead out of " + folder);
    }
    for (Path root : roots) {
      Path file = root.resolve(name);
      try {
        if (Files.isRegularFile(file)) {
          if (!file.toRealPath().startsWith(root.toRealPath())) {
            throw new TemplateException(title(name), 0, "a link that leads out of " + root);
          }
          return Optional.of(Files.readString(file));
        }
      } catch (CharacterCodingException e) {
        throw new TemplateException(title(name), 0, "not UTF-8: " + file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Optional.empty();
  }

  /** Names of all files below a sub-folder, relative to it, over all roots. */
  SortedSet<String> list(String subfolder) {
    return lists == null ? listNow(subfolder) : lists.computeIfAbsent(subfolder, this::listNow);
  }

  private SortedSet<String> listNow(String subfolder) {
    SortedSet<String> names = new TreeSet<>();
    for (Path root : roots) {
      Path directory = root.resolve(subfolder);
      if (Files.isDirectory(directory)) {
        try (Stream<Path> files = Files.walk(directory)) {
          files
              .filter(Files::isRegularFile)
              .forEach(file -> names.add(directory.relativize(file).toString()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return Collections.unmodifiableSortedSet(names);
  }
}
