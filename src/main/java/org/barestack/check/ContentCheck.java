package org.barestack.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.model.Site;
import org.barestack.site.SiteProblem;
import org.barestack.site.SiteProblem.Severity;

/**
 * Whether what machines download lies on this host. It need not: who validates a site may be
 * another host than the one that serves it. What lies here and is damaged is an error.
 */
public final class ContentCheck {
  private final Site site;
  private final Path file;
  private final List<SiteProblem> problems = new ArrayList<>();

  private ContentCheck(Site site, Path file) {
    this.site = site;
    this.file = file;
  }

  /**
   * Looks.
   *
   * @param file the site's, as the caller named it
   * @param httpRoot the folder with releases/
   * @throws IOException if something is there and cannot be read
   */
  public static List<SiteProblem> problems(Site site, Path file, Path httpRoot) throws IOException {
    ContentCheck check = new ContentCheck(site, file);
    Releases releases = new Releases(httpRoot);
    check.loaders(releases);
    check.release(releases);
    return List.copyOf(check.problems);
  }

  private void loaders(Releases releases) throws IOException {
    Loaders loaders;
    try {
      loaders =
          Loaders.read(
              file.toAbsolutePath().resolveSibling(""), () -> releases.roots(site.rocky()));
    } catch (IllegalArgumentException e) {
      add(Severity.ERROR, "", String.valueOf(e.getMessage()), "correct that file");
      return;
    }
    for (var loader : loaders.find(site).entrySet()) {
      switch (loader.getValue()) {
        case Loaders.Answer.Missing(String message) -> missing("", message);
        case Loaders.Answer.Found found -> known(loader.getKey(), found);
      }
    }
  }

  private void known(String name, Loaders.Answer.Found found) throws IOException {
    Loaders.Identity identity = found.identity();
    if (identity.knownAs() == null) {
      add(
          Severity.NOTE,
          "",
          "loader "
              + name
              + " is a build that loaders.yaml does not know: "
              + found.file()
              + ", sha256 "
              + identity.sha256(),
          "fine if it is yours; add its digest to pxe/loaders.yaml to be told when it changes");
    }
  }

  private void release(Releases releases) throws IOException {
    switch (releases.find(site.rocky())) {
      case Releases.Answer.Missing(String message) -> missing("rocky.release", message);
      case Releases.Answer.Elsewhere _ -> {}
      case Releases.Answer.Found(Releases.Tree tree) -> {
        Optional<String> damage = releases.damage(tree);
        damage.ifPresent(
            what -> add(Severity.ERROR, "rocky.release", what, "copy the tree anew, from the DVD"));
      }
    }
  }

  /** The message's last sentences say what to do. */
  private void missing(String path, String message) {
    int end = message.indexOf(". ");
    add(
        Severity.WARNING,
        path,
        end < 0 ? message : message.substring(0, end),
        (end < 0
                ? "see docs/boot-modes.md"
                : message.substring(end + 2).replaceFirst("^To get it: ", ""))
            + ", on the host that serves; --offline leaves this out");
  }

  private void add(Severity severity, String path, String message, String remedy) {
    problems.add(new SiteProblem(severity, file.toString(), 1, 1, path, message, remedy));
  }
}
