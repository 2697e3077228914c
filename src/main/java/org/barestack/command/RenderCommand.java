package org.barestack.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.barestack.model.Site;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack render --out DIR}. */
@Command(
    name = "render",
    description = {
      "Writes everything that every node will get, one folder a node, for reading and for git"
          + " diff.",
      "What an earlier run wrote there is replaced; a folder that holds anything else is left"
          + " alone."
    },
    footer = {"", "Example:", "  barestack render --out rendered/"})
public final class RenderCommand implements Callable<Integer> {
  @Mixin private final SiteOptions options = new SiteOptions();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to write.")
  private Path out = Path.of("");

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Site site = options.load();
    int files = RenderedFolder.write(out, site, options.renderer());
    new Print(command)
        .line(
            SiteOptions.count(files, "file")
                + " for "
                + SiteOptions.count(site.nodes().size(), "node")
                + " in "
                + out);
    return 0;
  }
}
