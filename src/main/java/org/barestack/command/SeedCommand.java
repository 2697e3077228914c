package org.barestack.command;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.Site;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack seed NODE}. */
@Command(
    name = "seed",
    description = {
      "Opens an install of a node whose disk holds an image of Rocky Linux, and says where"
          + " cloud-init finds its seed.",
      "From then on the node counts as installed. Asked again before it has reported, it says the"
          + " same."
    },
    footer = {"", "Example:", "  barestack seed kvm1"})
public final class SeedCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", description = "A node of the site.")
  private String node = "";

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    Site site = options.load();
    Node target = SiteOptions.node(site, node);
    options.renderer().artefacts(site, target); // what cannot be rendered opens nothing
    OpenInstall open = open(options, site, target);
    String url = site.baseUrl() + "/cloud-init/" + open.install().token().secret() + "/";
    // Before 23 cloud-init took a seed that it is told so for local, and did not wait for a
    // network.
    String source = "ds=nocloud;dsmode=net;s=" + url;
    Print out = new Print(command);
    out.line("install " + open.install().id() + " of " + target.name() + " is open for an image");
    out.line("seed:              " + url);
    out.line("kernel argument:   '" + source + "'");
    out.line("or SMBIOS serial:  " + source);
    out.line("The token in it is that machine's own: keep it from others.");
    return 0;
  }

  /** The install that an image takes part in; none opens for a node that has another one. */
  static OpenInstall open(JournalOptions options, Site site, Node target) {
    try (Journal journal = SqliteJournal.open(options.journal())) {
      BootDesk desk = new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom());
      return switch (desk.seed(target.name())) {
        case BootDesk.Seed.Open(OpenInstall install, boolean before) -> install;
        case BootDesk.Seed.NotOpen(String reason) -> throw Failure.notDone(reason);
      };
    }
  }
}
