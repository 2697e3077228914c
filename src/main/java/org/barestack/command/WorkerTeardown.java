package org.barestack.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.barestack.cloud.CloudApi;
import org.barestack.cloud.CloudException;
import org.barestack.cloud.Diagnosis;
import org.barestack.cloud.HostMembership;
import org.barestack.cloud.HostRemoval;
import org.barestack.cloud.Rounds;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.Site;

/**
 * Takes a worker out of CloudStack before its permit.
 *
 * @param guard has the last word
 * @param patience for a host to be gone
 * @param tell for people, what is being done
 */
record WorkerTeardown(PermitGuard guard, Supplier<Rounds> patience, Consumer<String> tell)
    implements Clearance {
  /** Guests with much memory take their time to be moved. */
  static final Supplier<Rounds> USUAL = Rounds.of(Duration.ofSeconds(3), Duration.ofMinutes(30));

  @Override
  public List<String> look(Site site, Node node, Journal journal) {
    switch (guard.options().open(site, guard.folder(), guard.door())) {
      case CloudOptions.Opening.Open(CloudApi api) -> {
        try {
          return words(node, new HostRemoval(api, patience, tell).look(site, node));
        } catch (CloudException e) {
          return notAsked(site, node, journal, HostMembership.why(e, site, node));
        }
      }
      case CloudOptions.Opening.NotOpen(Diagnosis why) -> {
        return notAsked(site, node, journal, why);
      }
    }
  }

  private List<String> notAsked(Site site, Node node, Journal journal, Diagnosis why) {
    if (!guard.mayHaveCloud(site, journal)) {
      return List.of("there is no cloud that could count " + node.name() + " as a host");
    }
    if (!guard.force()) {
      throw Failure.notDone(
          "whether CloudStack counts %s as a host is not known: %s%nNothing was done. --force leaves CloudStack as it is"
              .formatted(node.name(), why));
    }
    return List.of(
        "whether CloudStack counts "
            + node.name()
            + " is not known ("
            + why
            + "); what it has of it stays");
  }

  private List<String> words(Node node, HostRemoval.Look look) {
    return switch (look) {
      case HostRemoval.Look.NotCounted _ -> List.of(node.name() + " is no host of CloudStack");
      case HostRemoval.Look.Counted counted -> {
        Diagnosis obstacle = counted.obstacle();
        if (obstacle != null && (counted.foreign() || !guard.force())) {
          throw Failure.notDone(obstacle + "\nNothing was done");
        }
        List<String> lines = new ArrayList<>();
        lines.add(
            node.name() + " is a host of CloudStack (" + counted.state() + ") and is removed");
        if (!counted.guests().isEmpty()) {
          lines.add(
              (obstacle == null
                      ? "CloudStack moves its virtual machines to other hosts: "
                      : "its virtual machines are stopped, or started on other hosts if they have"
                          + " high availability: ")
                  + String.join(", ", counted.guests()));
        }
        if (!counted.systemVms().isEmpty()) {
          lines.add(
              "CloudStack's own on it come back elsewhere: "
                  + String.join(", ", counted.systemVms()));
        }
        yield lines;
      }
    };
  }

  @Override
  public void clear(Site site, Node node, Journal journal) {
    if (guard.options().open(site, guard.folder(), guard.door())
        instanceof CloudOptions.Opening.Open(CloudApi api)) {
      try {
        HostRemoval removal = new HostRemoval(api, patience, tell);
        if (removal.remove(site, node, guard.force())
            instanceof HostRemoval.Outcome.StillThere(Diagnosis why)) {
          throw Failure.notDone(
              why + "\nNothing was ordered. To go on: barestack teardown " + node.name());
        }
      } catch (CloudException e) {
        if (!guard.force() && guard.mayHaveCloud(site, journal)) {
          throw Failure.notDone(
              "%s%nNothing was ordered. To go on: barestack teardown %s"
                  .formatted(HostMembership.why(e, site, node), node.name()));
        }
      }
    }
    guard.clear(site, node, journal);
  }
}
