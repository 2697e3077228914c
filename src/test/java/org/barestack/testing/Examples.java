package org.barestack.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.model.Site;
import org.barestack.render.Renderer;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;

/** The sites in {@code examples}, read and rendered the way the program does it. */
public final class Examples {
  private static final Path FOLDER = Path.of("examples");

  private Examples() {}

  /** All of them. */
  public static List<String> names() {
    return Stream.of(FOLDER.toFile().listFiles())
        .filter(file -> file.toPath().resolve("site.yaml").toFile().exists())
        .map(file -> file.getName())
        .sorted()
        .toList();
  }

  public static Site site(String name) {
    return read(FOLDER.resolve(name));
  }

  /** Puts one of them, with all its files, into an empty folder. */
  public static void copy(String name, Path folder) {
    Path from = FOLDER.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        Path to = folder.resolve(from.relativize(file).toString());
        Files.createDirectories(to.resolveSibling(""));
        Files.copy(file, to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The good site of a folder, with what it adds to the templates. */
  public static Site read(Path folder) {
    return switch (load(folder)) {
      case SiteResult.Good(Site site, var _) -> site;
      case SiteResult.Bad(var problems) -> throw new AssertionError(problems);
    };
  }

  public static SiteResult load(Path folder) {
    return SiteFile.load(folder.resolve("site.yaml"), renderer(folder).roles());
  }

  public static Renderer renderer(Path folder) {
    return new Renderer(List.of(folder));
  }
}
