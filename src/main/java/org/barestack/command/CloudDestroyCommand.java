package org.barestack.command;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.barestack.cloud.CloudApi;
import org.barestack.cloud.CloudDestroy;
import org.barestack.cloud.CloudException;
import org.barestack.cloud.Diagnosis;
import org.barestack.cloud.HostMembership;
import org.barestack.cloud.Rounds;
import org.barestack.journal.StateLock;
import org.barestack.model.Site;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack cloud destroy}. */
@Command(
    name = "destroy",
    description = {
      "Deletes the site's zone from CloudStack, with all that is in it. Names it and asks.",
      "It may be repeated, as after a cut. No disk of a node is touched."
    },
    footer = {"", "Example:", "  barestack cloud destroy"})
public final class CloudDestroyCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Option(names = "--force", description = "Also destroy virtual machines of users.")
  private boolean force;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Spec private CommandSpec command = CommandSpec.create();

  private final CloudDoor door;
  private final Supplier<Rounds> patience;

  public CloudDestroyCommand(CloudDoor door) {
    this(door, WorkerTeardown.USUAL);
  }

  /**
   * @param patience for CloudStack to let go of what it has
   */
  public CloudDestroyCommand(CloudDoor door, Supplier<Rounds> patience) {
    this.door = door;
    this.patience = patience;
  }

  @Override
  public Integer call() throws IOException {
    Site site = options.load();
    Print out = new Print(command);
    CloudApi api =
        switch (cloud.open(site, options.folder(), door)) {
          case CloudOptions.Opening.Open open -> open.api();
          case CloudOptions.Opening.NotOpen(Diagnosis why) -> throw Failure.notDone(why.toString());
        };
    CloudDestroy destroy = new CloudDestroy(api, patience, out::line);
    try {
      Optional<CloudDestroy.Inventory> zone = destroy.look(site);
      name(out, site, zone);
      if (zone.isEmpty()) {
        return 0;
      }
      Optional<Diagnosis> objection = destroy.objection(site, force);
      if (objection.isPresent()) {
        throw Failure.notDone(objection.get() + "\nNothing was done");
      }
      if (!yes && !InstallOrder.asked("zone", site.zone().name())) {
        throw Failure.notDone("nothing was done");
      }
      try (StateLock _ = options.cloudLock(command)) {
        return switch (destroy.destroy(site, force)) {
          case CloudDestroy.Outcome.Gone _ -> 0;
          case CloudDestroy.Outcome.StillThere(Diagnosis why) -> throw Failure.notDone(left(why));
        };
      }
    } catch (CloudException e) {
      throw Failure.notDone(left(HostMembership.why(e, site, site.managementNode())));
    }
  }

  private static String left(Diagnosis why) {
    return why + "\nTo go on: barestack cloud destroy";
  }

  /** Says what will be deleted. */
  static void name(Print out, Site site, Optional<CloudDestroy.Inventory> zone) {
    if (zone.isEmpty()) {
      out.line("CloudStack has no zone " + site.zone().name());
    } else {
      out.line("of CloudStack will be deleted:");
      zone.get().lines().forEach(line -> out.line("  " + line));
    }
  }
}
