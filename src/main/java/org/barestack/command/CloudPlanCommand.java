package org.barestack.command;

import java.util.concurrent.Callable;
import org.barestack.cloud.CloudApi;
import org.barestack.cloud.CloudException;
import org.barestack.cloud.CloudPlan;
import org.barestack.cloud.Diagnoses;
import org.barestack.cloud.Diagnosis;
import org.barestack.model.Site;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack cloud plan}. */
@Command(
    name = "plan",
    description = {
      "Compares the site with its cloud: what is missing, different or surplus. It only looks.",
      "Exit code: 0 the cloud is as the site wants it (surplus does not count), 3 it is not, 1 it"
          + " was not reached, 2 bad input."
    },
    footer = {"", "Example:", "  barestack cloud plan"})
public final class CloudPlanCommand implements Callable<Integer> {
  /** There is something to do. */
  static final int TO_DO = 3;

  @Mixin private final SiteOptions options = new SiteOptions();

  @Option(names = "--json", description = "For programs.")
  private boolean json;

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Mixin private final HypervisorOption hypervisor = new HypervisorOption();

  @Spec private CommandSpec command = CommandSpec.create();

  private final CloudDoor door;

  public CloudPlanCommand(CloudDoor door) {
    this.door = door;
  }

  @Override
  public Integer call() {
    Site site = options.load();
    CloudApi api = opened(cloud, options, site, door);
    CloudPlan plan;
    try {
      plan = CloudPlan.of(site, hypervisor.get(), api);
    } catch (CloudException e) {
      String manager = site.managementNode().name().text();
      throw Failure.notDone(
          Diagnoses.of(e.fault(), new Diagnoses.Context(manager, manager)).toString());
    }
    Print out = new Print(command);
    if (json) {
      out.json(plan.json());
    } else {
      out.text(plan.text());
    }
    return plan.isDone() ? 0 : TO_DO;
  }

  /** The site's CloudStack; without a password for it, that ends the command. */
  static CloudApi opened(CloudOptions cloud, SiteOptions options, Site site, CloudDoor door) {
    return switch (cloud.open(site, options.folder(), door)) {
      case CloudOptions.Opening.Open(CloudApi api) -> api;
      case CloudOptions.Opening.NotOpen(Diagnosis why) -> throw Failure.notDone(why.toString());
    };
  }
}
