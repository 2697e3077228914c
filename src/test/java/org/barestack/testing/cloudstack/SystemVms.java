package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The system virtual machines of a zone. They are started as soon as the zone is enabled and has a
 * host, both storages and the template, and come back as long as it is.
 */
final class SystemVms {
  private static final String STORAGE = "secondarystoragevm";
  private static final String CONSOLE = "consoleproxy";

  private final State state;
  private final Storage storage;
  private final Progress progress;

  /** Zones, by name, whose secondary storage machine's agent never connects. */
  final Set<String> mute = new HashSet<>();

  SystemVms(State state, Commands commands, Storage storage, Progress progress) {
    this.state = state;
    this.storage = storage;
    this.progress = progress;
    commands.put(
        "listSystemVms",
        request -> {
          advance();
          return Listing.of(request, Kind.SYSTEM_VM.word, state.all(Kind.SYSTEM_VM), false);
        });
    commands.put("destroySystemVm", this::destroy);
  }

  /** What CloudStack does by itself every half minute; here, when somebody looks. */
  void advance() {
    for (Thing zone : state.all(Kind.ZONE)) {
      List<Thing> there = state.all(Kind.SYSTEM_VM, "zoneid", zone);
      for (String type : List.of(STORAGE, CONSOLE)) {
        Optional<Thing> vm =
            there.stream().filter(each -> each.is("systemvmtype", type)).findFirst();
        if (vm.isEmpty()) {
          start(zone, type);
        } else if (vm.get().is("state", "Starting") && progress.due(vm.get())) {
          run(zone, vm.get());
        }
      }
    }
  }

  private void start(Thing zone, String type) {
    List<Thing> hosts = Hosts.ready(state, "zoneid", zone);
    Optional<Thing> pool =
        state.all(Kind.STORAGE_POOL, "zoneid", zone).stream()
            .filter(each -> each.is("state", "Up"))
            .findFirst();
    if (!Zones.enabled(zone)
        || hosts.isEmpty()
        || pool.isEmpty()
        || state.all(Kind.IMAGE_STORE, "zoneid", zone).isEmpty()) {
      return;
    }
    Thing host = hosts.get(type.equals(CONSOLE) ? hosts.size() - 1 : 0);
    Optional<Thing> template =
        state.all(Kind.TEMPLATE, "zoneid", zone).stream()
            .filter(each -> each.is("templatetype", "SYSTEM"))
            .filter(each -> each.is("hypervisor", host.text("hypervisor")))
            .filter(each -> each.shown.path("isready").asBoolean())
            .findFirst();
    @Nullable Thing range = addresses(zone);
    if (template.isEmpty() || range == null || free(zone, range) == null) {
      return;
    }
    ObjectNode shown = Shapes.of(type);
    shown.remove(
        List.of(
            "gateway",
            "privateip",
            "privatemacaddress",
            "privatenetmask",
            "linklocalip",
            "linklocalmacaddress",
            "linklocalnetmask",
            "publicip",
            "publicmacaddress",
            "publicnetmask",
            "agentstate",
            "version",
            "activeviewersessions"));
    Thing vm = state.add(Kind.SYSTEM_VM, zone.label + "/" + type, shown);
    Zones.put(shown, zone);
    vm.set("name", (type.equals(STORAGE) ? "s-" : "v-") + vm.number + "-VM");
    vm.hidden.put("madeup", "yes");
    vm.hidden.put("pool", pool.get().id);
    vm.set("dns1", zone.text("dns1"));
    vm.set("dns2", zone.shown.has("dns2") ? zone.text("dns2") : null);
    vm.set("podid", host.text("podid"));
    vm.set("podname", host.text("podname"));
    vm.set("hostid", host.id);
    vm.set("hostname", host.text("name"));
    vm.set("hypervisor", host.text("hypervisor"));
    vm.set("arch", host.text("arch"));
    vm.hidden.put("template", template.get().id);
    vm.set("templateid", template.get().text("id"));
    vm.set("templatename", template.get().text("name"));
    vm.set("state", "Starting");
    progress.start(vm);
  }

  /** The range of which system virtual machines take their public, or guest, addresses. */
  private @Nullable Thing addresses(Thing zone) {
    return state.all(Kind.VLAN_RANGE, "zoneid", zone).stream().findFirst().orElse(null);
  }

  private @Nullable String free(Thing zone, Thing range) {
    Set<String> used = new HashSet<>();
    state.all(Kind.SYSTEM_VM, "zoneid", zone).forEach(vm -> used.add(vm.text("publicip")));
    long last = Address.number(range.text("endip"));
    for (long each = Address.number(range.text("startip")); each <= last; each++) {
      if (!used.contains(Address.text(each))) {
        return Address.text(each);
      }
    }
    return null;
  }

  private void run(Thing zone, Thing vm) {
    @Nullable Thing range = addresses(zone);
    @Nullable String address = range == null ? null : free(zone, range);
    if (range == null || address == null) {
      return;
    }
    Thing pod = state.get(vm.text("podid"));
    ObjectNode shape = Shapes.of(vm.text("systemvmtype"));
    for (String field :
        List.of(
            "privatemacaddress",
            "linklocalip",
            "linklocalmacaddress",
            "linklocalnetmask",
            "publicmacaddress")) {
      vm.set(field, shape.path(field).asText());
    }
    vm.set("gateway", range.text("gateway"));
    vm.set("publicip", address);
    vm.set("publicnetmask", range.text("netmask"));
    vm.set(
        "privateip",
        Address.text(Address.number(pod.shown.path("endip").path(0).asText()) - vm.number % 9));
    vm.set("privatenetmask", pod.text("netmask"));
    vm.set("state", "Running");
    storage.copied(
        state.get(vm.hidden.getOrDefault("template", "")),
        state.get(vm.hidden.getOrDefault("pool", "")));
    boolean storageVm = vm.is("systemvmtype", STORAGE);
    if (!storageVm) {
      vm.shown.put("activeviewersessions", 0);
    }
    // The simulator's console proxy never had an agent state; real ones have.
    if ((storageVm || !vm.is("hypervisor", "Simulator")) && !mute.contains(zone.text("name"))) {
      vm.set("agentstate", "Up");
      vm.set("version", Shapes.node("version").asText());
      vm.hidden.put("agent", state.freshId());
      if (storageVm) {
        storage.fetchBuiltin(zone, vm.text("hypervisor"));
      }
    }
  }

  /**
   * The host that the agent of a system virtual machine is to listHosts, unless it asks by type.
   */
  static Optional<Thing> agent(Thing vm) {
    String id = vm.hidden.get("agent");
    if (id == null) {
      return Optional.empty();
    }
    ObjectNode shown = Shapes.of("host");
    for (String field :
        List.of(
            "zoneid", "zonename", "podid", "podname", "name", "hypervisor", "version", "arch")) {
      shown.put(field, vm.text(field));
    }
    shown
        .put("type", vm.is("systemvmtype", STORAGE) ? "SecondaryStorageVM" : "ConsoleProxy")
        .put("ipaddress", vm.text("privateip"))
        .remove(
            List.of("clusterid", "clustername", "clustertype", "hypervisorversion", "istagarule"));
    return Optional.of(new Thing(Kind.HOST, 0, id, vm.label, shown));
  }

  private Answer destroy(Request request) {
    Thing vm =
        request.target(
            Kind.SYSTEM_VM, id -> "unable to find a system virtual machine with id " + id);
    return Answer.job(
        vm,
        () -> {
          ObjectNode shown = vm.shown.deepCopy();
          shown.remove(
              List.of(
                  "gateway",
                  "privateip",
                  "privatemacaddress",
                  "privatenetmask",
                  "linklocalip",
                  "linklocalmacaddress",
                  "linklocalnetmask",
                  "publicip",
                  "publicmacaddress",
                  "publicnetmask",
                  "agentstate",
                  "version",
                  "activeviewersessions"));
          state.remove(vm);
          return Answer.of(Kind.SYSTEM_VM.word, shown);
        });
  }
}
