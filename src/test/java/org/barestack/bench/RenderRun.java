package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.barestack.kickstart.KickstartCheck;
import org.barestack.kickstart.Release;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.render.ExportedViews;
import org.barestack.render.Renderer;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;

/** Renders and checks the kickstarts of a site, in a JVM of its own. */
final class RenderRun {
  /** Kickstarts after which the most is compiled: at 26,000 a node still got somewhat cheaper. */
  private static final int WARM = 30_000;

  private RenderRun() {}

  /**
   * As {@code render.py} takes its words.
   *
   * @param words {@code compare FOLDER NODE...}, {@code cold FOLDER} or {@code warm FOLDER SECONDS}
   */
  public static void main(String[] words) throws IOException {
    Path folder = Path.of(words[1]);
    Site site = site(folder);
    switch (words[0]) {
      case "compare" -> write(site, folder, Arrays.asList(words).subList(2, words.length));
      case "cold" -> System.out.println(rate(site, 0));
      default -> {
        double seconds = Double.parseDouble(words[2]);
        // Until it is compiled, as in a server that has run for a while.
        for (int done = 0; seconds > 0 && done < WARM; done += site.nodes().size()) {
          pass(site);
        }
        System.out.println(rate(site, seconds));
      }
    }
  }

  static Site site(Path folder) {
    return switch (SiteFile.load(
        folder.resolve("site.yaml"), Renderer.forOnePass(List.of()).roles())) {
      case SiteResult.Good(Site site, var _) -> site;
      case SiteResult.Bad(var problems) -> throw new AssertionError(problems);
    };
  }

  /** Kickstarts a second, over whole passes that together take no less than that many seconds. */
  private static double rate(Site site, double seconds) {
    long begun = System.nanoTime();
    long done = 0;
    do {
      pass(site);
      done += site.nodes().size();
    } while (System.nanoTime() - begun < seconds * 1e9);
    return done / ((System.nanoTime() - begun) / 1e9);
  }

  /** All nodes once; nothing is kept from an earlier pass. */
  private static void pass(Site site) {
    Renderer renderer = Renderer.forOnePass(List.of());
    site.nodes().parallelStream()
        .forEach(node -> {
          Rendered rendered = Rendered.of(renderer, site, node);
          KickstartCheck.Result result =
              KickstartCheck.of(Release.ROCKY_9)
                  .including(Map.of("/tmp/disk.ks", rendered.disk()))
                  .check(rendered.kickstart());
          if (!result.isGood()) {
            throw new AssertionError(node.name() + ": " + result.findings());
          }
        });
  }

  /** Nodes in the middle of a pass. */
  private static void write(Site site, Path folder, List<String> names) throws IOException {
    Renderer renderer = Renderer.forOnePass(List.of());
    Path ours = Files.createDirectories(folder.resolve("ours"));
    for (Node node : site.nodes()) {
      Rendered rendered = Rendered.of(renderer, site, node);
      if (names.contains(node.name().text())) {
        Files.writeString(ours.resolve(node.name() + ".ks"), rendered.kickstart());
        Files.writeString(ours.resolve(node.name() + ".disk.ks"), rendered.disk());
      }
    }
  }

  private record Rendered(String kickstart, String disk) {
    static Rendered of(Renderer renderer, Site site, Node node) {
      var install = ExportedViews.install(site, node);
      return new Rendered(
          renderer.kickstart(site, node, install),
          renderer.diskFragment(site, node, install.id(), List.of(ExportedViews.disk())));
    }
  }
}
