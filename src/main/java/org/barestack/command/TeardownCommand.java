package org.barestack.command;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.barestack.cloud.Rounds;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack teardown NODE} and {@code barestack teardown --all}. */
@Command(
    name = "teardown",
    description = {
      "Takes a worker out of CloudStack, then permits it to wipe its disk.",
      "It installs anew when it next boots from the network. Names what will be lost",
      "and asks. It may be repeated, as after a cut."
    },
    footer = {"", "Examples:", "  barestack teardown kvm1", "  barestack teardown --all"})
public final class TeardownCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", arity = "0..1", description = "A worker of the site.")
  private @Nullable String node;

  @Option(
      names = "--all",
      description = {
        "The whole site: deletes the zone, then permits every",
        "node to wipe its disk, the management node last."
      })
  private boolean all;

  @Option(
      names = "--force",
      description = {
        "Also where CloudStack cannot move what runs on",
        "the worker, or cannot be asked; with --all also",
        "destroy virtual machines."
      })
  private boolean force;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Spec private CommandSpec command = CommandSpec.create();

  private final CloudDoor door;
  private final Supplier<Rounds> patience;

  public TeardownCommand(CloudDoor door) {
    this(door, WorkerTeardown.USUAL);
  }

  /**
   * @param patience for CloudStack to let go of what it has
   */
  public TeardownCommand(CloudDoor door, Supplier<Rounds> patience) {
    this.door = door;
    this.patience = patience;
  }

  @Override
  public Integer call() {
    if (all == (node != null)) {
      throw Failure.badInput("name a worker, or --all for the whole site");
    }
    Site site = options.load();
    PermitGuard guard = new PermitGuard(cloud, door, options.folder(), force);
    if (node == null) {
      new SiteTeardown(command, options, guard, patience, yes).run(site);
      return 0;
    }
    Node target = SiteOptions.node(site, node);
    if (target.role().equals(Role.MANAGEMENT)) {
      throw Failure.badInput(
          "%s is the management node, without which there is no cloud: barestack teardown --all takes the whole site down, barestack rebuild %s installs it anew"
              .formatted(target.name(), target.name()));
    }
    Clearance clearance =
        target.role().equals(Role.KVM_WORKER)
            ? new WorkerTeardown(guard, patience, new Print(command)::line)
            : guard;
    new InstallOrder(
            command, options, List.of(), InstallOrder.Wipe.IF_SEEN, false, yes, clearance, null)
        .give(site, target);
    return 0;
  }
}
