package org.barestack.command;

import java.util.concurrent.Callable;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.render.Renderer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack render-kickstart NODE}. */
@Command(
    name = "render-kickstart",
    description = {
      "Prints the kickstart that a node will be served.",
      "It has no disk command: the installer claims its disk first. Install id and token are"
          + " examples; each install gets its own."
    },
    footer = {
      "",
      "Examples:",
      "  barestack render-kickstart kvm1",
      "  barestack render-kickstart kvm1 --medium",
      "  barestack render-kickstart kvm1 --standalone > kvm1.ks"
    })
public final class RenderKickstartCommand implements Callable<Integer> {
  @Mixin private final SiteOptions options = new SiteOptions();

  @Parameters(paramLabel = "NODE", description = "A node of the site.")
  private String node = "";

  @Option(
      names = "--standalone",
      description =
          "One file for other servers and media: the disk part is inside, behind a look at the"
              + " machine by the same rules. It reports to nobody and powers off at the end.")
  private boolean standalone;

  @Option(
      names = "--medium",
      description = "As it is on a medium (build-iso) of a node that reaches Barestack.")
  private boolean medium;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    Site site = options.load();
    Node one = SiteOptions.node(site, node);
    if (standalone && medium) {
      throw Failure.badInput("--standalone or --medium: one of them");
    }
    Renderer renderer = options.renderer();
    new Print(command)
        .text(
            medium
                ? renderer.media(site, one).getOrDefault("medium.ks", "")
                : standalone
                    ? renderer.sampleStandaloneKickstart(site, one)
                    : renderer.sampleKickstart(site, one));
    return 0;
  }
}
