package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;

/**
 * Takes one worker out of CloudStack: maintenance, in which CloudStack moves its guests elsewhere,
 * then deletion. Each step begins with a look at what is there, so that it may be cut off anywhere
 * and run again.
 */
public final class HostRemoval {
  private final CloudApi api;
  private final Supplier<Rounds> patience;
  private final Consumer<String> tell;

  /**
   * @param patience for a host to reach maintenance, and to be gone
   * @param tell for people, what is being done
   */
  public HostRemoval(CloudApi api, Supplier<Rounds> patience, Consumer<String> tell) {
    this.api = api;
    this.patience = patience;
    this.tell = tell;
  }

  /** What CloudStack has of a worker. */
  public sealed interface Look {
    /** Nothing. */
    record NotCounted() implements Look {}

    /**
     * A host.
     *
     * @param state for people: {@code Up, Enabled}
     * @param guests names of the users' virtual machines on it
     * @param systemVms names of CloudStack's own on it
     * @param obstacle why it does not go without force; null if it does
     * @param foreign whether it belongs to another zone, so that it is not ours to remove
     */
    record Counted(
        String state,
        List<String> guests,
        List<String> systemVms,
        @Nullable Diagnosis obstacle,
        boolean foreign)
        implements Look {
      public Counted {
        guests = List.copyOf(guests);
        systemVms = List.copyOf(systemVms);
      }
    }
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** CloudStack does not count it any more. */
    record Gone() implements Outcome {}

    /** It still does. */
    record StillThere(Diagnosis why) implements Outcome {}
  }

  /**
   * Looks, and changes nothing.
   *
   * @throws CloudException if CloudStack could not be asked
   */
  public Look look(Site site, Node worker) {
    Optional<CloudHost> found = find(worker);
    if (found.isEmpty()) {
      return new Look.NotCounted();
    }
    CloudHost host = found.get();
    List<JsonNode> guests = guests(api, host);
    Diagnosis obstacle = obstacle(site, worker, host, guests);
    return new Look.Counted(
        host.standing(),
        guests.stream().map(HostRemoval::name).toList(),
        systemVms(host).stream().map(HostRemoval::name).toList(),
        obstacle,
        !host.zone().equals(site.zone().name()));
  }

  /**
   * Removes it, and waits until it is gone.
   *
   * @param force remove it also where its guests cannot be moved: CloudStack then stops them, or
   *     starts those with high availability elsewhere
   * @throws CloudException if CloudStack was not reached, or refused what it should not
   */
  public Outcome remove(Site site, Node worker, boolean force) {
    Rounds left = patience.get();
    boolean asked = false;
    while (true) {
      Optional<CloudHost> found = find(worker);
      if (found.isEmpty()) {
        return new Outcome.Gone();
      }
      CloudHost host = found.get();
      if (!host.zone().equals(site.zone().name())) {
        return new Outcome.StillThere(foreign(site, worker, host));
      }
      List<JsonNode> guests = guests(api, host);
      Diagnosis obstacle =
          asked ? failed(worker, host, guests) : obstacle(site, worker, host, guests);
      if (obstacle != null) {
        if (!force) {
          return new Outcome.StillThere(obstacle);
        }
        delete(host, true);
      } else if (isReady(host)) {
        delete(host, false);
      } else if (host.resourceState().equals("Disabled")) {
        // CloudStack has no way from Disabled to Maintenance, and nothing is on it.
        delete(host, true);
      } else if (isPreparing(host)) {
        if (!asked) {
          sendSystemVmsAway(site, host);
          asked = true;
        }
      } else {
        asked = prepare(host);
        if (asked) {
          sendSystemVmsAway(site, host);
        }
      }
      if (!left.again()) {
        return new Outcome.StillThere(
            new Diagnosis(
                worker.name() + " is still a host of CloudStack: " + host.standing(),
                "it takes longer than this command waits",
                "CloudStack goes on by itself; run this again in some minutes"));
      }
    }
  }

  /**
   * Asks for maintenance. The job of the call says nothing of how far that came.
   *
   * @return false if it must be asked again later
   */
  boolean prepare(CloudHost host) {
    try {
      api.call(Call.of("prepareHostForMaintenance", "id", host.id()));
    } catch (CloudException e) {
      if (!(e.fault() instanceof Fault.Refused(Call _, int _, String text))) {
        throw e;
      }
      boolean waits = text.contains("other servers attempting migrations");
      boolean onItsWay =
          CloudHost.list(api, Call.of("listHosts", "clusterid", host.clusterId())).stream()
              .filter(one -> one.id().equals(host.id()))
              .allMatch(one -> isPreparing(one) || isReady(one));
      // One host at a time in each cluster; or a run that was cut off has asked before.
      if (!waits && !onItsWay) {
        throw e;
      }
      return onItsWay;
    }
    tell.accept("host " + host.address() + ": going into maintenance");
    return true;
  }

  /**
   * Where workers reach no service of each other, nothing migrates. CloudStack's own virtual
   * machines need not: one that is destroyed comes back on another host.
   */
  private void sendSystemVmsAway(Site site, CloudHost host) {
    if (site.workers().isolation() == Site.Isolation.STRICT) {
      for (JsonNode systemVm : systemVms(host)) {
        change(
            Call.of("destroySystemVm", "id", systemVm.path("id").asText()),
            () ->
                systemVms(host).stream()
                    .noneMatch(one -> one.path("id").equals(systemVm.path("id"))));
        tell.accept(name(systemVm) + ": destroyed, CloudStack starts another one elsewhere");
      }
    }
  }

  /** Deletes it, by force if there is no other way. */
  void delete(CloudHost host, boolean forced) {
    Call call = Call.of("deleteHost", "id", host.id());
    change(
        forced ? call.with("forced", "true") : call,
        () ->
            CloudHost.list(api, Call.of("listHosts")).stream()
                .noneMatch(one -> one.id().equals(host.id())));
    tell.accept("host " + host.address() + ": deleted" + (forced ? ", by force" : ""));
  }

  /** What a run that was cut off has begun may be done between our look and our call. */
  private void change(Call call, BooleanSupplier isDone) {
    try {
      api.call(call);
    } catch (CloudException e) {
      if (!(e.fault() instanceof Fault.Refused) || !isDone.getAsBoolean()) {
        throw e;
      }
    }
  }

  /** Whether CloudStack deletes it without force. */
  static boolean isReady(CloudHost host) {
    return host.resourceState().equals("Maintenance") || host.resourceState().equals("Degraded");
  }

  static boolean isPreparing(CloudHost host) {
    return host.resourceState().equals("PrepareForMaintenance")
        || host.resourceState().equals("ErrorInPrepareForMaintenance");
  }

  private @Nullable Diagnosis obstacle(
      Site site, Node worker, CloudHost host, List<JsonNode> guests) {
    if (!host.zone().equals(site.zone().name())) {
      return foreign(site, worker, host);
    }
    if (isReady(host) && guests.isEmpty()) {
      return null;
    }
    if (!host.isUp()) {
      return new Diagnosis(
          worker.name() + " is " + host.state() + " to CloudStack" + on(guests),
          "a host that does not answer cannot be put into maintenance",
          "bring it up again, or --force: CloudStack then forgets it, starts virtual machines with"
              + " high availability on other hosts and counts the others as stopped");
    }
    if (guests.isEmpty()) {
      return null;
    }
    if (site.workers().isolation() == Site.Isolation.STRICT) {
      return cannotMove(
          worker,
          guests,
          "workers.isolation is strict, so there is no live migration",
          "set workers.isolation to migration");
    }
    boolean others =
        CloudHost.list(api, Call.of("listHosts", "clusterid", host.clusterId())).stream()
            .anyMatch(other -> !other.id().equals(host.id()) && other.takesGuests());
    if (!others) {
      return cannotMove(
          worker,
          guests,
          "no other host of " + host.cluster() + " is up and enabled",
          "bring another host up");
    }
    return host.resourceState().equals("Disabled")
        ? cannotMove(
            worker,
            guests,
            "it is disabled, and CloudStack puts no disabled host into maintenance",
            "enable it in CloudStack")
        : null;
  }

  private static Diagnosis cannotMove(
      Node worker, List<JsonNode> guests, String cause, String remedy) {
    return new Diagnosis(
        worker.name() + " runs virtual machines that cannot be moved: " + names(guests),
        cause,
        remedy
            + ", stop or move them in CloudStack, or --force: CloudStack then stops them, and"
            + " starts those with high availability on other hosts");
  }

  /** What CloudStack did not manage after it was asked. */
  private static @Nullable Diagnosis failed(Node worker, CloudHost host, List<JsonNode> guests) {
    if (!host.isUp() && !isReady(host)) {
      return new Diagnosis(
          worker.name() + " became " + host.state() + " on its way into maintenance" + on(guests),
          "its agent no longer answers CloudStack",
          "bring it up again and run this again, or --force");
    }
    boolean error =
        host.resourceState().equals("ErrorInMaintenance")
            || (host.resourceState().equals("ErrorInPrepareForMaintenance") && !guests.isEmpty());
    return error
        ? new Diagnosis(
            worker.name() + " is " + host.resourceState() + " to CloudStack" + on(guests),
            guests.isEmpty()
                ? "something on it could not be moved or stopped, such as a virtual router"
                : "CloudStack could not move them to other hosts",
            "stop or move what is on it in CloudStack and run this again, or --force")
        : null;
  }

  private static Diagnosis foreign(Site site, Node worker, CloudHost host) {
    return new Diagnosis(
        worker.name() + " (" + worker.address() + ") is a host of zone " + host.zone(),
        "the zone of this site is " + site.zone().name(),
        "give zone.name the name that it has in CloudStack, or remove the host there");
  }

  private Optional<CloudHost> find(Node worker) {
    return CloudHost.list(api, Call.of("listHosts")).stream()
        .filter(host -> host.is(worker))
        .findFirst();
  }

  static List<JsonNode> guests(CloudApi api, CloudHost host) {
    return CloudLists.list(
        api,
        Call.of("listVirtualMachines", "hostid", host.id(), "listall", "true"),
        "virtualmachine");
  }

  private List<JsonNode> systemVms(CloudHost host) {
    return CloudLists.list(api, Call.of("listSystemVms", "hostid", host.id()), "systemvm");
  }

  static String name(JsonNode machine) {
    return machine.path("name").asText("?");
  }

  static String names(List<JsonNode> machines) {
    return machines.stream().map(HostRemoval::name).sorted().collect(Collectors.joining(", "));
  }

  private static String on(List<JsonNode> guests) {
    return guests.isEmpty() ? "" : ", with the virtual machines " + names(guests);
  }
}
