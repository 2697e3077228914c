package org.barestack.command;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.render.Renderer;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteProblem;
import org.barestack.site.SiteResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options by which a command finds its site, and what it finds. */
final class SiteOptions {
  @Option(
      names = {"-s", "--site"},
      paramLabel = "PATH",
      description = "the site file, or the folder it is in (default: here, or here in sites/)")
  Path path = Path.of("");

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "where the journal is kept (default: .barestack beside the site file)")
  @Nullable Path state;

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec command;

  /** The site's file. */
  Path file() {
    if (Files.isRegularFile(path)) {
      return path.toAbsolutePath();
    }
    Path folder = path.toAbsolutePath();
    if (!Files.isDirectory(folder)) {
      throw Failure.badInput(path + ": there is no such file or folder");
    }
    List<Path> found = SiteFile.find(folder);
    return switch (found.size()) {
      case 1 -> found.getFirst();
      case 0 ->
          throw Failure.badInput(
              folder
                  + ": no site.yaml here and none in sites/*/; name one with --site, or begin with a"
                  + " copy of examples/minimal/site.yaml");
      default ->
          throw Failure.badInput(
              "several sites are here; choose one: "
                  + String.join(
                      ", ", found.stream().map(site -> "--site " + folder.relativize(site)).toList()));
    };
  }

  /** The templates for that site: its own folder first, then what the program brings. */
  Renderer renderer() {
    return Renderer.forSite(folder(file()));
  }

  /** The site; its problems are printed, and end the command if one is an error. */
  Site load() {
    Path file = file();
    return switch (SiteFile.load(file, renderer().roles())) {
      case SiteResult.Good(Site site, List<SiteProblem> warnings) -> site;
      case SiteResult.Bad(List<SiteProblem> problems) -> {
        PrintWriter err = err();
        problems.forEach(err::println);
        throw Failure.badInput(file + ": " + problems.size() + " problem(s); nothing was done");
      }
    };
  }

  /** The journal's file, which need not exist yet. */
  Path journal() {
    Path folder = state != null ? state : folder(file()).resolve(".barestack");
    return folder.resolve("journal.db");
  }

  /** The node of that name. */
  static Node node(Site site, String name) {
    Optional<Node> node =
        site.nodes().stream().filter(one -> one.name().text().equals(name)).findFirst();
    return node.orElseThrow(
        () ->
            Failure.badInput(
                "site "
                    + site.name()
                    + " has no node '"
                    + name
                    + "'; it has "
                    + String.join(
                        ", ", site.nodes().stream().map(Node::name).map(NodeName::text).toList())));
  }

  static Path folder(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent != null ? parent : Path.of("/");
  }

  private PrintWriter err() {
    if (command == null) {
      throw new IllegalStateException("picocli sets the command before it runs it");
    }
    return command.commandLine().getErr();
  }
}
