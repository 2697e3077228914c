package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.model.Site;

/**
 * Deletes a site's zone with all that is in it, in the one order that CloudStack takes. Each kind
 * is looked for anew before it is deleted, so that it may be cut off anywhere and run again. Other
 * zones are not touched.
 */
public final class CloudDestroy {
  private final CloudApi api;
  private final Supplier<Rounds> patience;
  private final Consumer<String> tell;

  /**
   * @param patience for what takes its time: maintenance, the end of system VMs
   * @param tell for people, what is being done
   */
  public CloudDestroy(CloudApi api, Supplier<Rounds> patience, Consumer<String> tell) {
    this.api = api;
    this.patience = patience;
    this.tell = tell;
  }

  /**
   * What is in a zone, in the order in which it is deleted.
   *
   * @param lines for people, one for each kind of thing
   */
  public record Inventory(List<String> lines) {
    public Inventory {
      lines = List.copyOf(lines);
    }
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** The zone is gone. */
    record Gone() implements Outcome {}

    /** It is not, or not all of it. */
    record StillThere(Diagnosis why) implements Outcome {}
  }

  /** What a zone has things of. In the order of the constants they are deleted. */
  private enum Kind {
    MACHINE("virtual machine", "listVirtualMachines", "virtualmachine", "name"),
    SYSTEM_VM("system VM", "listSystemVms", "systemvm", "name"),
    NETWORK("guest network", "listNetworks", "network", "name"),
    POOL("primary storage", "listStoragePools", "storagepool", "name"),
    HOST("host", "listHosts", "host", "ipaddress"),
    CLUSTER("cluster", "listClusters", "cluster", "name"),
    POD("pod", "listPods", "pod", "name"),
    RANGE("range of addresses", "listVlanIpRanges", "vlaniprange", "startip"),
    IMAGE_STORE("secondary storage", "listImageStores", "imagestore", "name"),
    PHYSICAL_NETWORK("physical network", "listPhysicalNetworks", "physicalnetwork", "name");

    private final String words;
    private final String list;
    private final String element;
    private final String name;

    Kind(String words, String list, String element, String name) {
      this.words = words;
      this.list = list;
      this.element = element;
      this.name = name;
    }

    private String of(JsonNode thing) {
      return thing.path(name).asText(thing.path("id").asText());
    }
  }

  /**
   * Looks at the site's zone, and changes nothing.
   *
   * @return empty if CloudStack has no such zone
   * @throws CloudException if CloudStack could not be asked
   */
  public Optional<Inventory> look(Site site) {
    return zone(site)
        .map(zone -> {
          List<String> lines = new ArrayList<>();
          for (Kind kind : Kind.values()) {
            List<String> names = names(kind, zone);
            if (!names.isEmpty()) {
              lines.add(kind.words + ": " + String.join(", ", names));
            }
          }
          lines.add("zone: " + site.zone().name());
          return new Inventory(lines);
        });
  }

  /**
   * Deletes it.
   *
   * @param force also destroy the users' virtual machines, with their root disks
   * @throws CloudException if CloudStack was not reached, or refused something
   */
  public Outcome destroy(Site site, boolean force) {
    Optional<String> found = zone(site);
    if (found.isEmpty()) {
      return new Outcome.Gone();
    }
    String zone = found.get();
    Optional<Diagnosis> objection = objection(site, zone, force);
    if (objection.isPresent()) {
      return new Outcome.StillThere(objection.get());
    }
    // Else system VMs come back as soon as they are destroyed.
    change("zone " + site.zone().name() + ": disabled", disabled(zone));
    for (JsonNode machine : all(Kind.MACHINE, zone)) {
      if (machine.path("state").asText().equals("Expunging")) {
        continue; // it was destroyed before this run, and is not gone yet
      }
      delete(
          Kind.MACHINE,
          machine,
          zone,
          one("destroyVirtualMachine", machine).with("expunge", "true"));
    }
    for (JsonNode systemVm : all(Kind.SYSTEM_VM, zone)) {
      delete(Kind.SYSTEM_VM, systemVm, zone, one("destroySystemVm", systemVm));
    }
    for (Kind kind : List.of(Kind.MACHINE, Kind.SYSTEM_VM)) {
      Optional<Diagnosis> left = gone(kind, zone);
      if (left.isPresent()) {
        return new Outcome.StillThere(left.get());
      }
    }
    // With its virtual router, which runs on a host; so before the hosts.
    for (JsonNode network : all(Kind.NETWORK, zone)) {
      delete(Kind.NETWORK, network, zone, one("deleteNetwork", network));
    }
    return storage(zone)
        .or(() -> hosts(zone))
        .or(() -> rest(site, zone))
        .<Outcome>map(Outcome.StillThere::new)
        .orElseGet(Outcome.Gone::new);
  }

  private Optional<Diagnosis> rest(Site site, String zone) {
    for (JsonNode cluster : all(Kind.CLUSTER, zone)) {
      delete(Kind.CLUSTER, cluster, zone, one("deleteCluster", cluster));
    }
    for (JsonNode pod : all(Kind.POD, zone)) {
      delete(Kind.POD, pod, zone, one("deletePod", pod));
    }
    for (JsonNode range : all(Kind.RANGE, zone)) {
      delete(Kind.RANGE, range, zone, one("deleteVlanIpRange", range));
    }
    // CloudStack deletes it at once, whatever still needs it.
    for (Kind user : List.of(Kind.MACHINE, Kind.SYSTEM_VM, Kind.POOL, Kind.HOST)) {
      List<String> left = names(user, zone);
      if (!left.isEmpty()) {
        return Optional.of(
            new Diagnosis(
                "secondary storage is still needed by "
                    + user.words
                    + " "
                    + String.join(", ", left),
                "somebody added it while the zone was being deleted",
                "stop barestack serve and cloud apply, then run this again"));
      }
    }
    for (JsonNode store : all(Kind.IMAGE_STORE, zone)) {
      delete(Kind.IMAGE_STORE, store, zone, one("deleteImageStore", store));
    }
    for (JsonNode network : all(Kind.PHYSICAL_NETWORK, zone)) {
      delete(Kind.PHYSICAL_NETWORK, network, zone, one("deletePhysicalNetwork", network));
    }
    change("zone " + site.zone().name() + ": deleted", Call.of("deleteZone", "id", zone));
    return Optional.empty();
  }

  /**
   * Why it is not deleted, before anything is.
   *
   * @throws CloudException if CloudStack could not be asked
   */
  public Optional<Diagnosis> objection(Site site, boolean force) {
    return zone(site).flatMap(zone -> objection(site, zone, force));
  }

  private Optional<Diagnosis> objection(Site site, String zone, boolean force) {
    List<String> machines = names(Kind.MACHINE, zone);
    if (!machines.isEmpty() && !force) {
      return Optional.of(
          new Diagnosis(
              "zone "
                  + site.zone().name()
                  + " has virtual machines of users: "
                  + String.join(", ", machines),
              "they and their disks would be lost",
              "destroy them in CloudStack, or --force"));
    }
    // CloudStack keeps a store with somebody's templates, and deletes templates only while a
    // secondary storage VM runs: found out at the end, there would be no way back or on.
    List<String> templates = templates(zone);
    return templates.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Diagnosis(
                "zone "
                    + site.zone().name()
                    + " has templates of users: "
                    + String.join(", ", templates),
                "CloudStack does not give up a secondary storage that holds them",
                "delete them in CloudStack, while the zone runs, then run this again"));
  }

  /** Until none of them is there; they take some seconds to go. */
  private Optional<Diagnosis> gone(Kind kind, String zone) {
    Rounds left = patience.get();
    while (true) {
      List<String> names = names(kind, zone);
      if (names.isEmpty()) {
        return Optional.empty();
      }
      if (!left.again()) {
        return Optional.of(
            new Diagnosis(
                kind.words + " " + String.join(", ", names) + " is still there",
                "CloudStack has not finished with it",
                "run this again in some minutes; if it stays, see the log of the management"
                    + " server"));
      }
    }
  }

  private Optional<Diagnosis> storage(String zone) {
    Rounds left = patience.get();
    while (true) {
      List<JsonNode> pools = all(Kind.POOL, zone);
      if (pools.isEmpty()) {
        return Optional.empty();
      }
      for (JsonNode pool : pools) {
        switch (pool.path("state").asText()) {
          case "Maintenance" -> delete(Kind.POOL, pool, zone, one("deleteStoragePool", pool));
          case "PrepareForMaintenance" -> {}
          default -> maintain(pool, zone);
        }
      }
      if (!left.again()) {
        return Optional.of(
            new Diagnosis(
                "primary storage "
                    + String.join(", ", names(Kind.POOL, zone))
                    + " does not reach maintenance",
                "CloudStack has not finished with it",
                "run this again in some minutes"));
      }
    }
  }

  private void maintain(JsonNode pool, String zone) {
    try {
      change(
          Kind.POOL.words + " " + Kind.POOL.of(pool) + ": going into maintenance",
          one("enableStorageMaintenance", pool));
    } catch (CloudException e) {
      boolean onItsWay =
          all(Kind.POOL, zone).stream()
              .filter(one -> one.path("id").equals(pool.path("id")))
              .allMatch(one -> one.path("state").asText().endsWith("Maintenance"));
      if (!(e.fault() instanceof Fault.Refused) || !onItsWay) {
        throw e;
      }
    }
  }

  /**
   * One host of each cluster at a time, as CloudStack takes no more. Nothing runs on them any more,
   * so what does not reach maintenance is deleted by force.
   */
  private Optional<Diagnosis> hosts(String zone) {
    HostRemoval removal = new HostRemoval(api, patience, tell);
    Rounds left = patience.get();
    while (true) {
      List<CloudHost> hosts =
          CloudHost.list(api, Call.of("listHosts", "zoneid", zone)).stream()
              .sorted(Comparator.comparing(CloudHost::cluster).thenComparing(CloudHost::address))
              .toList();
      if (hosts.isEmpty()) {
        return Optional.empty();
      }
      boolean some = false;
      Set<String> busy = new HashSet<>();
      for (CloudHost host : hosts) {
        if (host.isUp() && host.resourceState().equals("PrepareForMaintenance")) {
          busy.add(host.clusterId());
        } else if (HostRemoval.isReady(host)) {
          removal.delete(host, false);
          some = true;
        } else if (!host.takesGuests()) {
          removal.delete(host, true);
          some = true;
        }
      }
      for (CloudHost host : hosts) {
        if (host.takesGuests() && busy.add(host.clusterId())) {
          removal.prepare(host);
        }
      }
      if (some) {
        left = patience.get();
      } else if (!left.again()) {
        return Optional.of(
            new Diagnosis(
                "hosts " + String.join(", ", names(Kind.HOST, zone)) + " do not reach maintenance",
                "CloudStack has not finished with them",
                "run this again in some minutes"));
      }
    }
  }

  private static Call disabled(String zone) {
    return Call.of("updateZone", "id", zone, "allocationstate", "Disabled");
  }

  private static Call one(String command, JsonNode thing) {
    return Call.of(command, "id", thing.path("id").asText());
  }

  /** A job of a run that was cut off may have done it between our look and our call. */
  private void delete(Kind kind, JsonNode thing, String zone, Call call) {
    try {
      api.call(call);
    } catch (CloudException e) {
      JsonNode id = thing.path("id");
      if (!(e.fault() instanceof Fault.Refused)
          || all(kind, zone).stream().anyMatch(one -> one.path("id").equals(id))) {
        throw e;
      }
    }
    tell.accept(kind.words + " " + kind.of(thing) + ": deleted");
  }

  private void change(String what, Call call) {
    api.call(call);
    tell.accept(what);
  }

  /** The one of exactly that name. */
  private Optional<String> zone(Site site) {
    return CloudLists.named(api, Call.of("listZones"), "zone", site.zone().name()).stream()
        .map(zone -> zone.path("id").asText())
        .findFirst();
  }

  private List<JsonNode> all(Kind kind, String zone) {
    Call call = Call.of(kind.list, "zoneid", zone);
    return switch (kind) {
      case MACHINE -> CloudLists.list(api, call.with("listall", "true"), kind.element);
      // The zone's own networks go with it, and there is no call that deletes them.
      case NETWORK ->
          CloudLists.list(api, call.with("listall", "true"), kind.element).stream()
              .filter(network -> network.path("traffictype").asText().equals("Guest"))
              .filter(network -> !network.path("issystem").asBoolean())
              .toList();
      case HOST -> CloudLists.list(api, call.with("type", "Routing"), kind.element);
      default -> CloudLists.list(api, call, kind.element);
    };
  }

  private List<String> names(Kind kind, String zone) {
    return all(kind, zone).stream().map(kind::of).sorted().toList();
  }

  private List<String> templates(String zone) {
    return CloudLists.list(
            api, Call.of("listTemplates", "templatefilter", "all", "zoneid", zone), "template")
        .stream()
        .filter(template -> template.path("templatetype").asText().equals("USER"))
        .map(template -> template.path("name").asText())
        .distinct()
        .sorted()
        .toList();
  }
}
