package org.barestack.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.barestack.model.Site;
import org.barestack.snippet.DhcpSnippet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack dhcp-snippet PROGRAM}. */
@Command(
    name = "dhcp-snippet",
    description = "Prints configuration for another DHCP server of the site.",
    footer = {"", "Example:", "  barestack dhcp-snippet kea"})
public final class DhcpSnippetCommand implements Callable<Integer> {
  /** The loaders of the site in that folder. */
  public interface SiteLoaders {
    DhcpSnippet.LoaderNames read(Path folder) throws IOException;
  }

  private final SiteLoaders loaders;

  @Mixin private final SiteOptions options = new SiteOptions();

  @Parameters(paramLabel = "PROGRAM", description = "dnsmasq, kea or isc.")
  private String program = "";

  @Spec private CommandSpec command = CommandSpec.create();

  public DhcpSnippetCommand(SiteLoaders loaders) {
    this.loaders = loaders;
  }

  @Override
  public Integer call() throws IOException {
    DhcpSnippet.Program chosen = program();
    Site site = options.load();
    if (site.provisioning().dhcp() == Site.DhcpMode.FULL) {
      throw Failure.notDone(
          "with provisioning.dhcp: full Barestack is the only DHCP server of its network; another"
              + " one is for proxy, port-4011 or off");
    }
    new Print(command).text(DhcpSnippet.of(chosen, site, loaders.read(options.folder())));
    return 0;
  }

  private DhcpSnippet.Program program() {
    try {
      return DhcpSnippet.Program.valueOf(program.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw Failure.badInput("'" + program + "' is not known here; there are dnsmasq, kea and isc");
    }
  }
}
