package org.barestack.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.render.Renderer;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteProblem;
import org.barestack.site.SiteResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a command finds its site, and what it finds. */
class SiteOptions {
  @Option(
      names = {"-s", "--site"},
      paramLabel = "PATH",
      description = "The site file, or the folder it is in (default: here, or here in sites/*/).")
  private Path path = Path.of("");

  private @Nullable Path found;

  /** Whether there is a site, for commands that do without; one that is named must be there. */
  boolean isThere() {
    try {
      return found != null || !path.toString().isEmpty() || !SiteFile.find(path).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The site's file. */
  Path file() {
    if (found == null) {
      found = find();
    }
    return found;
  }

  private Path find() {
    if (Files.isRegularFile(path)) {
      return path;
    }
    if (!Files.isDirectory(path.toAbsolutePath())) {
      throw Failure.badInput(path + ": there is no such file or folder");
    }
    List<Path> files;
    try {
      files = SiteFile.find(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return switch (files.size()) {
      case 1 -> files.getFirst();
      case 0 ->
          throw Failure.badInput(
              path.toAbsolutePath()
                  + ": no site.yaml here and none in sites/*/; name one with --site, or begin one"
                  + " with barestack init");
      default ->
          throw Failure.badInput(
              "there are several sites here; choose one: "
                  + files.stream().map(file -> "--site " + file).collect(Collectors.joining(", ")));
    };
  }

  /** The folder of the site. */
  Path folder() {
    return file().toAbsolutePath().resolveSibling("").normalize();
  }

  /** The templates for that site: its own folder first, then what the program brings. */
  Renderer renderer() {
    return new Renderer(List.of(folder()));
  }

  /** The same for a command that goes over all nodes once. */
  Renderer rendererForOnePass() {
    return Renderer.forOnePass(List.of(folder()));
  }

  /** The site; if it has errors, they end the command. */
  Site load() {
    return switch (SiteFile.load(file(), renderer().roles())) {
      case SiteResult.Good good -> good.site();
      case SiteResult.Bad(List<SiteProblem> problems) ->
          throw Failure.badInput(
              problems.stream().map(SiteProblem::toString).collect(Collectors.joining("\n"))
                  + "\n"
                  + file()
                  + ": "
                  + count(problems.size(), "problem")
                  + "; nothing was done");
    };
  }

  /** The node of that name. */
  static Node node(Site site, String name) {
    return site.nodes().stream()
        .filter(node -> node.name().text().equals(name))
        .findFirst()
        .orElseThrow(() ->
            Failure.badInput(
                "site "
                    + site.name()
                    + " has no node '"
                    + name
                    + "'; it has "
                    + site.nodes().stream()
                        .map(Node::name)
                        .map(NodeName::text)
                        .collect(Collectors.joining(", "))));
  }

  /** A node of the site by its name, or any other machine by its MAC address. */
  static Subject subject(Site site, String text) {
    if (text.indexOf(':') < 0) {
      return new Subject.OfNode(node(site, text).name());
    }
    MacAddress mac;
    try {
      mac = new MacAddress(text);
    } catch (IllegalArgumentException e) {
      throw Failure.badInput(e.getMessage() + ", and no node's name has a colon");
    }
    return site.node(mac)
        .<Subject>map(node -> new Subject.OfNode(node.name()))
        .orElseGet(() -> new Subject.OfStranger(mac));
  }

  static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
