package org.barestack.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.barestack.model.Site;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack reinstall NODE}. */
@Command(
    name = "reinstall",
    description = {
      "Orders a new install of a node for its next boot from the network.",
      "Without --wipe it takes only a blank disk."
    },
    footer = {
      "",
      "Examples:",
      "  barestack reinstall kvm1",
      "  barestack reinstall kvm1 --wipe --now"
    })
public final class ReinstallCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", description = "A node of the site.")
  private String node = "";

  @Option(
      names = "--wipe",
      description = "Permit it to wipe its disk, once. Names the disk and asks.")
  private boolean wipe;

  @Option(names = "--now", description = "Restart it into the installer, by SSH. Only with --wipe.")
  private boolean now;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Option(
      names = "--force",
      description = {
        "Permit it also for a worker that CloudStack",
        "counts as a host, or may count."
      })
  private boolean force;

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Spec private CommandSpec command = CommandSpec.create();

  private final List<String> ssh;
  private final CloudDoor door;

  /**
   * @param ssh how the system's ssh program is called
   */
  public ReinstallCommand(List<String> ssh, CloudDoor door) {
    this.ssh = List.copyOf(ssh);
    this.door = door;
  }

  @Override
  public Integer call() {
    if (now && !wipe) {
      throw Failure.badInput(
          "a node that answers by SSH runs from its disk, so it is not blank: --now goes only with"
              + " --wipe");
    }
    Site site = options.load();
    PermitGuard guard = new PermitGuard(cloud, door, options.folder(), force);
    new InstallOrder(
            command,
            options,
            ssh,
            wipe ? InstallOrder.Wipe.YES : InstallOrder.Wipe.NO,
            now,
            yes,
            guard,
            null)
        .give(site, SiteOptions.node(site, node));
    return 0;
  }
}
