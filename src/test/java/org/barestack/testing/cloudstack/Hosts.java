package org.barestack.testing.cloudstack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Clusters, hosts and what runs on them. */
final class Hosts {
  private static final String KVM_NOT_THERE = "This machine does not have KVM enabled.";

  private static final List<String> MAINTENANCE =
      List.of("Maintenance", "PrepareForMaintenance", "ErrorInPrepareForMaintenance");

  private final State state;
  private final Settings settings;
  private final Progress progress;
  final Map<String, HostBehaviour> behaviours = new ConcurrentHashMap<>();
  volatile HostBehaviour usual = new HostBehaviour.Joins();
  volatile boolean lastHostStops = true;
  volatile boolean stumbles;

  Hosts(State state, Commands commands, Settings settings, Progress progress) {
    this.state = state;
    this.settings = settings;
    this.progress = progress;
    commands.put("addCluster", this::addCluster);
    commands.list("listClusters", Kind.CLUSTER);
    commands.put("deleteCluster", this::deleteCluster);
    commands.put("addHost", this::addHost);
    commands.put("listHosts", this::list);
    commands.put("updateHost", this::updateHost);
    commands.put("deleteHost", this::deleteHost);
    commands.put("prepareHostForMaintenance", this::prepare);
    commands.put("cancelHostMaintenance", this::cancel);
    commands.put("reconnectHost", this::reconnect);
    commands.put(
        "listVirtualMachines",
        request ->
            Listing.of(request, Kind.VIRTUAL_MACHINE.word, state.all(Kind.VIRTUAL_MACHINE), false));
    commands.put("destroyVirtualMachine", this::destroyVm);
  }

  private Answer addCluster(Request request) {
    Thing zone = request.thing(Kind.ZONE, "zoneid");
    Thing pod = request.thing(Kind.POD, "podid");
    String name = request.need("clustername");
    String hypervisor = request.need("hypervisor");
    if (!List.of("KVM", "Simulator", "XenServer", "VMware").contains(hypervisor)) {
      throw Refusal.parameter(
          "Unable to resolve " + hypervisor + " to a supported hypervisor type");
    }
    if (!List.of("CloudManaged", "ExternalManaged").contains(request.need("clustertype"))) {
      throw Refusal.parameter(
          "Unable to resolve " + request.need("clustertype") + " to a supported cluster type");
    }
    if (!pod.is("zoneid", zone)) {
      throw Refusal.parameter("Pod %s doesn't belong to the zone %s".formatted(pod.id, zone.id));
    }
    if (state.all(Kind.CLUSTER, "podid", pod).stream()
        .anyMatch(each -> each.matches("name", name))) {
      state.number(Kind.CLUSTER);
      throw new Refusal(
          530,
          4250,
          "Unable to create cluster " + name + " in pod and data center with specified ids",
          List.of(Map.entry("podId", pod.id), Map.entry("dcId", zone.id)));
    }
    Thing cluster = state.add(Kind.CLUSTER, zone.label + "/" + name, Shapes.of("cluster"));
    Zones.put(cluster.shown, zone);
    cluster.set("name", name);
    cluster.set("podid", pod.id);
    cluster.set("podname", pod.text("name"));
    cluster.set("hypervisortype", hypervisor);
    cluster.set("arch", request.get("arch", "x86_64"));
    return Listing.page(
        new Request(org.barestack.cloud.Call.of("addCluster"), state),
        Kind.CLUSTER.word,
        List.of(cluster.shown.deepCopy()));
  }

  private Answer deleteCluster(Request request) {
    Thing cluster = request.target(Kind.CLUSTER, id -> "Cluster with id " + id + " does not exist");
    String not = "Cluster: " + cluster.number + " cannot be removed. Cluster still has ";
    if (!state.all(Kind.HOST, "clusterid", cluster).isEmpty()) {
      throw Refusal.state(not + "hosts");
    }
    if (!state.all(Kind.STORAGE_POOL, "clusterid", cluster).isEmpty()) {
      throw Refusal.state(not + "storage pools");
    }
    state.remove(cluster);
    return new Answer.Now(Answer.success());
  }

  /** What a host is going to do, which may take its time; asked outside of the lock. */
  HostBehaviour behaviour(Request request) {
    String url = request.get("url", "");
    if (!"KVM".equals(request.get("hypervisor")) || !url.startsWith("http://")) {
      return new HostBehaviour.Joins();
    }
    return behaviours.getOrDefault(url.substring("http://".length()), usual);
  }

  private Answer addHost(Request request) {
    Thing zone = request.thing(Kind.ZONE, "zoneid");
    Thing pod = request.thing(Kind.POD, "podid");
    Thing cluster =
        request.has("clusterid") ? request.thing(Kind.CLUSTER, "clusterid") : byName(request, pod);
    String url = request.need("url");
    String hypervisor = request.need("hypervisor");
    if (!cluster.is("hypervisortype", hypervisor)) {
      throw Refusal.parameter(
          "The cluster's hypervisor is %s, not %s"
              .formatted(cluster.text("hypervisortype"), hypervisor));
    }
    URI uri = uri(url);
    if (request.get("username", "").isEmpty()) {
      throw Refusal.parameter("Username need to be provided.");
    }
    if (!request.has("password") && !hypervisor.equals("KVM")) {
      throw Refusal.parameter("Password need to be provided.");
    }
    if (!"http".equals(uri.getScheme())) {
      throw notFound(url);
    }
    Thing host =
        hypervisor.equals("KVM")
            ? addKvm(request, uri, zone, pod, cluster)
            : addSimulated(uri, zone, pod, cluster);
    host.set("hypervisor", hypervisor);
    tag(host, request);
    return Listing.page(
        new Request(org.barestack.cloud.Call.of("addHost"), state),
        Kind.HOST.word,
        List.of(host.shown.deepCopy()));
  }

  private Thing byName(Request request, Thing pod) {
    String name = request.need("clustername");
    return state.all(Kind.CLUSTER, "podid", pod).stream()
        .filter(cluster -> cluster.is("name", name))
        .findFirst()
        .orElseThrow(() -> Refusal.parameter("Unable to find cluster " + name));
  }

  private static URI uri(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw Refusal.parameter(url + " is not a valid uri");
    }
    if (uri.getScheme() == null) {
      throw Refusal.parameter(
          "uri.scheme is null " + url + ", add nfs:// (or cifs://) as a prefix");
    }
    return uri;
  }

  private static Refusal notFound(String url) {
    return Refusal.internal("Unable to add the host: Cannot find the server resources at " + url);
  }

  private Thing addSimulated(URI uri, Thing zone, Thing pod, Thing cluster) {
    Thing host = host(zone, pod, cluster, cluster.label + " " + uri.getPath());
    host.hidden.put("madeup", "yes");
    host.set("name", "SimulatedAgent." + state.freshId());
    host.set(
        "ipaddress",
        Address.text(
            Address.network(pod.text("gateway"), pod.text("netmask")) + 10 + host.number % 200));
    host.set("hypervisorversion", host.text("version"));
    return host;
  }

  private Thing addKvm(Request request, URI uri, Thing zone, Thing pod, Thing cluster) {
    String address = uri.getHost() == null ? "" : uri.getHost();
    String about =
        ("Could not add host at [%s] with zone [%s], pod [HostPod"
                + " {\"id\":%d,\"name\":\"%s\",\"uuid\":\"%s\"}] and cluster [Cluster {id: \"%d\","
                + " name: \"%s\", uuid: \"%s\"}] due to: [")
            .formatted(
                uri,
                Zones.text(zone),
                pod.number,
                pod.text("name"),
                pod.id,
                cluster.number,
                cluster.text("name"),
                cluster.id);
    String guid = UUID.nameUUIDFromBytes(address.getBytes(UTF_8)) + "-LibvirtComputingResource";
    Optional<Thing> same =
        state.all(Kind.HOST).stream()
            .filter(host -> guid.equals(host.hidden.get("guid")))
            .findFirst();
    switch (same.isPresent() ? new HostBehaviour.AlreadyInDatabase() : behaviour(request)) {
      case HostBehaviour.Unreachable() ->
          throw setup(
              about,
              "java.io.IOException",
              "There was a problem while connecting to " + address + ":22");
      case HostBehaviour.KeyRefused() -> {
        if (request.get("password", "").isEmpty()) {
          throw Refusal.internal(about + "Authentication error with ssh private key].");
        }
      }
      case HostBehaviour.PasswordRefused() ->
          throw setup(about, "java.io.IOException", "Password authentication failed.");
      case HostBehaviour.NoKvm() -> throw Refusal.internal(about + KVM_NOT_THERE + "].");
      case HostBehaviour.NoAgent() -> throw notFound(uri.toString());
      case HostBehaviour.AlreadyInDatabase() ->
          throw setup(
              about,
              "com.cloud.utils.exception.CloudRuntimeException",
              "Skipping host %s because %s is already in the database for resource %s with ID %s"
                  .formatted(address, guid, guid, same.map(host -> host.id).orElse("")));
      default -> {}
    }
    if (!settings.agentsReachIt()) {
      throw notFound(uri.toString());
    }
    Thing host = host(zone, pod, cluster, cluster.label + "/" + address);
    host.hidden.put("guid", guid);
    host.set("name", settings.hostName(address));
    host.set("ipaddress", address);
    host.shown.remove("hypervisorversion");
    return host;
  }

  private static Refusal setup(String about, String type, String text) {
    return Refusal.internal(
        about + " can't setup agent, due to " + type + ": " + text + " - " + text + "].");
  }

  private Thing host(Thing zone, Thing pod, Thing cluster, String label) {
    Thing manager = state.all(Kind.MANAGEMENT_SERVER).getFirst();
    Thing host = state.add(Kind.HOST, label, Shapes.of("host"));
    Zones.put(host.shown, zone);
    host.set("podid", pod.id);
    host.set("podname", pod.text("name"));
    host.set("clusterid", cluster.id);
    host.set("clustername", cluster.text("name"));
    host.set("arch", cluster.text("arch"));
    host.shown.remove("istagarule");
    host.set("managementserverid", manager.id);
    host.set("managementservername", manager.text("name"));
    return host;
  }

  /** Hosts that are up and take work, of a cluster. */
  static List<Thing> ready(State state, String field, Thing of) {
    return state.all(Kind.HOST, field, of).stream()
        .filter(host -> host.is("state", "Up") && host.is("resourcestate", "Enabled"))
        .toList();
  }

  private Answer list(Request request) {
    state.all(Kind.HOST).forEach(this::advance);
    List<Thing> all = new ArrayList<>(state.all(Kind.HOST));
    state.all(Kind.SYSTEM_VM).stream()
        .flatMap(vm -> SystemVms.agent(vm).stream())
        .forEach(all::add);
    return Listing.of(request, Kind.HOST.word, all, false);
  }

  /**
   * A host on its way into maintenance goes on when somebody looks. CloudStack's order: as long as
   * something runs on it, to ErrorInPrepareForMaintenance, and when all tries have failed to
   * ErrorInMaintenance; else to Maintenance.
   */
  private void advance(Thing host) {
    String at = host.text("resourcestate");
    boolean errors = at.equals("ErrorInPrepareForMaintenance");
    if ((!errors && !at.equals("PrepareForMaintenance")) || !progress.due(host)) {
      return;
    }
    if (running(host).isEmpty() && (errors || !stumbles)) {
      host.set("resourcestate", "Maintenance");
    } else {
      host.set("resourcestate", errors ? "ErrorInMaintenance" : "ErrorInPrepareForMaintenance");
    }
  }

  private List<Thing> running(Thing host) {
    return state.all(Kind.VIRTUAL_MACHINE, "hostid", host).stream()
        .filter(vm -> vm.is("state", "Running"))
        .toList();
  }

  private Answer updateHost(Request request) {
    Thing host = request.target(Kind.HOST, Hosts::gone);
    String allocation = request.get("allocationstate");
    if (allocation != null) {
      if (!List.of("Enable", "Disable").contains(allocation)) {
        throw Refusal.parameter(
            "Invalid allocation state: " + allocation + ", only permit enable/disable");
      }
      host.set("resourcestate", allocation + "d");
    }
    tag(host, request);
    return Answer.now(host);
  }

  private static void tag(Thing host, Request request) {
    String tags = request.get("hosttags");
    if (tags != null) {
      host.shown.put("hosttags", tags).put("explicithosttags", tags).put("istagarule", false);
    }
  }

  private static String gone(long number) {
    return "Host with id " + number + " doesn't exist";
  }

  private Answer deleteHost(Request request) {
    Thing host = request.target(Kind.HOST, Hosts::gone);
    boolean forced = request.flag("forced");
    if (!forced && !host.is("resourcestate", "Maintenance")) {
      throw Refusal.state(
          "Host with UUID [%s] is not in maintenance mode and no forced deletion was requested."
              .formatted(host.id));
    }
    for (Thing vm : running(host)) {
      vm.set("state", "Stopped");
      vm.shown.remove(List.of("hostid", "hostname"));
    }
    state.all(Kind.SYSTEM_VM, "hostid", host).forEach(state::remove);
    state.remove(host);
    return new Answer.Now(Answer.success());
  }

  private Answer prepare(Request request) {
    Thing host =
        request.target(
            Kind.HOST,
            id -> "Unable to find host with ID: " + id + ". Please specify a valid host ID.");
    return Answer.job(
        host,
        () -> {
          String at = host.text("resourcestate");
          if (MAINTENANCE.contains(at)) {
            throw Refusal.state(
                "Host is already in state "
                    + at
                    + ". Cannot recall for maintenance until resolved.");
          }
          Thing cluster = state.get(host.text("clusterid"));
          boolean others =
              state.all(Kind.HOST, "clusterid", cluster).stream()
                  .anyMatch(other ->
                      !other.equals(host)
                          && (other.is("resourcestate", "PrepareForMaintenance")
                              || other.is("resourcestate", "ErrorInPrepareForMaintenance")));
          if (others) {
            throw Refusal.state(
                "There are other servers attempting migrations for maintenance. Found hosts in"
                    + " PrepareForMaintenance OR ErrorInPrepareForMaintenance STATUS in cluster "
                    + cluster.number);
          }
          host.set("resourcestate", "PrepareForMaintenance");
          progress.start(host);
          empty(host, ready(state, "clusterid", cluster));
          ObjectNode shown = host.shown.deepCopy();
          shown.setAll(Shapes.of("hostlater"));
          // A quirk of this call: the job is named inside of its own result.
          shown.put("jobid", host.hidden.getOrDefault("jobid", "")).put("jobstatus", 0);
          return Answer.of(Kind.HOST.word, shown);
        });
  }

  /** Moves virtual machines away; of the last host it stops them, as CloudStack does. */
  private void empty(Thing host, List<Thing> others) {
    for (Thing vm : state.all(Kind.SYSTEM_VM, "hostid", host)) {
      if (others.isEmpty()) {
        state.remove(vm);
      } else {
        vm.set("hostid", others.getFirst().id);
        vm.set("hostname", others.getFirst().text("name"));
      }
    }
    for (Thing vm : running(host)) {
      if (!others.isEmpty()) {
        vm.set("hostid", others.getFirst().id);
        vm.set("hostname", others.getFirst().text("name"));
      } else if (lastHostStops) {
        vm.set("state", "Stopped");
        vm.shown.remove(List.of("hostid", "hostname"));
      }
    }
  }

  private Answer cancel(Request request) {
    Thing host = request.target(Kind.HOST, Hosts::gone);
    return Answer.job(
        host,
        () -> {
          if (host.is("resourcestate", "Enabled")) {
            throw Refusal.parameter(
                "Cannot perform cancelMaintenance when resource state is Enabled, hostId = "
                    + host.number);
          }
          host.set("resourcestate", "Enabled");
          return Answer.of(host);
        });
  }

  private Answer reconnect(Request request) {
    Thing host = request.target(Kind.HOST, Hosts::gone);
    return Answer.job(
        host,
        () -> {
          HostBehaviour behaviour = behaviours.getOrDefault(host.text("ipaddress"), usual);
          boolean comes =
              switch (behaviour) {
                case HostBehaviour.Unreachable(), HostBehaviour.NoAgent() -> false;
                default -> true;
              };
          if (!comes) {
            throw Refusal.state("Failed to reconnect host");
          }
          host.set("state", "Up");
          return Answer.of(host);
        });
  }

  Thing putVm(Thing host, String name) {
    ObjectNode shown = Shapes.empty();
    shown.put("id", "").put("name", name).put("displayname", name).put("account", "admin");
    shown.put("zoneid", host.text("zoneid")).put("zonename", host.text("zonename"));
    shown.put("state", "Running").put("hostid", host.id).put("hostname", host.text("name"));
    shown.put("hypervisor", host.text("hypervisor"));
    return state.add(Kind.VIRTUAL_MACHINE, name, shown);
  }

  private Answer destroyVm(Request request) {
    Thing vm =
        request.target(
            Kind.VIRTUAL_MACHINE, id -> "unable to find a virtual machine with id " + id);
    return Answer.job(
        vm,
        () -> {
          @Nullable String expunge = request.get("expunge");
          vm.set("state", "true".equals(expunge) ? "Expunging" : "Destroyed");
          vm.shown.remove(List.of("hostid", "hostname"));
          if ("true".equals(expunge)) {
            state.remove(vm);
          }
          return Answer.of(vm);
        });
  }
}
