package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.barestack.model.Node;
import org.barestack.model.NodeName;

/**
 * Something that comes up by itself, and has not yet.
 *
 * @param what for people: {@code host kvm1: Connecting}
 * @param node the worker that it is about; the management node's name if it is about none
 */
record Awaited(String what, Seen seen, String node) {
  /** Hosts, the system VM template, system VMs. Empty if all of it runs. */
  static List<Awaited> of(CloudDesign design, LivingCloud living) {
    List<Awaited> awaited = new ArrayList<>();
    for (Node worker : design.workers()) {
      design
          .host(living, worker)
          .map(host -> text(host, "state"))
          .filter(state -> !state.equals("Up"))
          .ifPresent(state -> awaited.add(host(worker, state)));
    }
    String manager = design.manager();
    Optional<JsonNode> template =
        design
            .inZone(
                living,
                Call.of(
                    "listTemplates",
                    "templatefilter",
                    "all",
                    "hypervisor",
                    design.hypervisor().toString()))
            .stream()
            .filter(one -> text(one, "templatetype").equals("SYSTEM"))
            .findFirst();
    boolean ready = template.filter(one -> one.path("isready").asBoolean()).isPresent();
    if (template.isEmpty()) {
      awaited.add(
          new Awaited("system VM template: not there", new Seen.TemplateMissing(), manager));
    } else if (!ready) {
      String status = text(template.get(), "status");
      awaited.add(
          new Awaited(
              "system VM template: " + (status.isEmpty() ? "not ready" : status),
              new Seen.TemplateNotReady(text(template.get(), "name"), status),
              manager));
    }
    Seen.Surroundings around =
        new Seen.Surroundings(
            design
                .zone(living)
                .filter(zone -> text(zone, "allocationstate").equals("Enabled"))
                .isPresent(),
            ready,
            design.primary(living).filter(pool -> text(pool, "state").equals("Up")).isPresent(),
            design.hosts(living).stream().anyMatch(host -> text(host, "state").equals("Up")));
    List<JsonNode> vms = design.inZone(living, Call.of("listSystemVms"));
    for (String type : List.of("secondarystoragevm", "consoleproxy")) {
      List<JsonNode> ofType =
          vms.stream().filter(vm -> text(vm, "systemvmtype").equals(type)).toList();
      if (ofType.isEmpty()) {
        awaited.add(
            new Awaited(
                type + ": not there",
                new Seen.SystemVmNotRunning(type, "missing", around),
                manager));
      } else if (ofType.stream().noneMatch(vm -> runs(design, vm))) {
        awaited.add(vm(type, ofType.getFirst(), around, manager));
      }
    }
    return awaited;
  }

  /** A worker's host in a state other than Up. */
  static Awaited host(Node worker, String state) {
    String name = worker.name().text();
    return new Awaited("host " + name + ": " + state, new Seen.HostNotUp(state), name);
  }

  /** Whether it is about that worker. */
  boolean isOf(NodeName worker) {
    return seen instanceof Seen.HostNotUp && node.equals(worker.text());
  }

  private static boolean runs(CloudDesign design, JsonNode vm) {
    String agent = text(vm, "agentstate");
    // The simulator's console proxy never has one.
    boolean up =
        agent.equals("Up") || (agent.isEmpty() && design.hypervisor() == Hypervisor.SIMULATOR);
    return text(vm, "state").equals("Running") && up;
  }

  private static Awaited vm(String type, JsonNode vm, Seen.Surroundings around, String manager) {
    String state = text(vm, "state");
    if (!state.equals("Running")) {
      return new Awaited(
          type + ": " + state,
          new Seen.SystemVmNotRunning(text(vm, "name"), state, around),
          manager);
    }
    String agent = text(vm, "agentstate").isEmpty() ? "not connected" : text(vm, "agentstate");
    return new Awaited(
        type + ": Running, its agent " + agent,
        new Seen.SystemVmAgentNotUp(text(vm, "name"), agent),
        manager);
  }
}
