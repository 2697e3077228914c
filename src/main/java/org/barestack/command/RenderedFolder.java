package org.barestack.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.render.Renderer;

/** Everything that every node of a site will get, as files: one folder a node. */
final class RenderedFolder {
  /** Stands in a folder that we wrote, so that we may replace it. */
  private static final String MARK = ".rendered-by-barestack";

  private RenderedFolder() {}

  /**
   * Writes the folder whole or not at all.
   *
   * @return how many files it has
   * @throws Failure if the folder holds something that we did not write
   */
  static int write(Path folder, Site site, Renderer renderer) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    if (Files.exists(target) && !Files.exists(target.resolve(MARK)) && !isEmptyFolder(target)) {
      throw Failure.badInput(
          folder + " holds something that barestack did not write; name an empty or a new folder");
    }
    Path parent = target.resolveSibling("");
    Files.createDirectories(parent);
    Path fresh = Files.createTempDirectory(parent, ".barestack-render");
    try {
      int files = 0;
      for (Node node : site.nodes()) {
        for (var artefact : renderer.artefacts(site, node).entrySet()) {
          Path file = fresh.resolve(node.name().text()).resolve(artefact.getKey());
          Files.createDirectories(file.resolveSibling(""));
          Files.writeString(file, artefact.getValue());
          files++;
        }
      }
      Files.createFile(fresh.resolve(MARK));
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
      delete(target);
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      return files;
    } finally {
      delete(fresh);
    }
  }

  private static boolean isEmptyFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /** Removes a folder with all that is in it; none is fine. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(folder)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}
