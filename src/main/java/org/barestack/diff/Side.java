package org.barestack.diff;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.Site;
import org.barestack.render.Renderer;
import org.barestack.render.TemplateProblem;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteProblem.Severity;
import org.barestack.site.SiteResult;

/**
 * A site with its templates, as one of two that are compared.
 *
 * @param title for people: a revision, or "the working tree"
 * @param folder of the site
 * @param named how a message about this side names its files
 */
public record Side(
    String title, Path folder, Site site, Renderer renderer, UnaryOperator<String> named) {
  private static final String WORKING_TREE = "the working tree";

  /** What came of reading one. */
  public sealed interface Loading {
    /** It can be compared. */
    record Loaded(Side side) implements Loading {}

    /**
     * It cannot.
     *
     * @param problems a line each, with file and line as the revision has them
     */
    record Bad(List<String> problems) implements Loading {
      public Bad {
        problems = List.copyOf(problems);
      }
    }
  }

  /** The site of the working tree. */
  public static Side workingTree(Path folder, Site site, Renderer renderer) {
    return new Side(WORKING_TREE, folder, site, renderer, text -> text);
  }

  /** The site of a revision. */
  public static Loading of(Checkout checkout) {
    Renderer renderer = Renderer.forOnePass(List.of(checkout.siteFolder()));
    return switch (SiteFile.load(checkout.file(), renderer.roles())) {
      case SiteResult.Good(Site site, var _) ->
          new Loading.Loaded(
              new Side(
                  checkout.revision(), checkout.siteFolder(), site, renderer, checkout::named));
      case SiteResult.Bad(var problems) ->
          new Loading.Bad(
              Stream.concat(
                      problems.stream()
                          .filter(problem -> problem.severity() == Severity.ERROR)
                          .map(problem -> checkout.named(problem.toString())),
                      checkout.leftOut().stream())
                  .toList());
    };
  }

  /** A template's problem, with the file where this side has it. */
  String problem(String node, TemplateProblem problem) {
    Path own = folder.resolve(problem.file());
    String file =
        own.startsWith(folder) && Files.exists(own)
            ? named.apply(own.toString())
            : (title.equals(WORKING_TREE) ? "" : title + ": ") + problem.file();
    return file
        + ":"
        + Math.max(1, problem.line())
        + ":1: nodes."
        + node
        + ": "
        + named.apply(problem.message())
        + "; correct the template, or the value it was given";
  }

  /** Whether both are rendered from the same, so that nothing can differ. */
  boolean rendersLike(Side other) {
    try {
      return site.equals(other.site)
          && sameFiles(other, "kickstart-templates")
          && sameFiles(other, "pxe");
    } catch (IOException | UncheckedIOException e) {
      return false; // links in a circle, say: who renders them says what is wrong
    }
  }

  private boolean sameFiles(Side other, String name) throws IOException {
    Map<String, byte[]> ours = files(folder.resolve(name));
    Map<String, byte[]> theirs = files(other.folder.resolve(name));
    return ours.keySet().equals(theirs.keySet())
        && ours.entrySet().stream()
            .allMatch(file -> Arrays.equals(file.getValue(), theirs.get(file.getKey())));
  }

  private static Map<String, byte[]> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Map.of();
    }
    try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return files
          .filter(Files::isRegularFile)
          .collect(Collectors.toMap(file -> folder.relativize(file).toString(), Side::bytes));
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The octets of a file of the site's folder; none if it is not there. */
  byte[] octets(String name) {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? bytes(file) : new byte[0];
  }
}
