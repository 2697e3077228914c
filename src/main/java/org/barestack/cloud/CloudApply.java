package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.cloud.Part.Difference;
import org.barestack.cloud.Part.Fix;
import org.barestack.cloud.Part.Look;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Site;

/**
 * Makes what a site wants and its cloud lacks. It looks before each step, so it may be cut off
 * anywhere and run again; it deletes nothing.
 */
public final class CloudApply implements Cloud {
  /** addHost alone takes five minutes to fail; a job that takes longer than this is nobody's. */
  private static final Duration JOB = Duration.ofMinutes(10);

  /** Jobs of an apply that was cut off: what they make is not there yet, and soon will be. */
  private static final Set<String> OURS =
      Set.of(
          "CreatePhysicalNetworkCmd",
          "AddTrafficTypeCmd",
          "UpdatePhysicalNetworkCmd",
          "ConfigureVirtualRouterElementCmd",
          "ConfigureInternalLoadBalancerElementCmd",
          "UpdateNetworkServiceProviderCmd",
          "AddNetworkServiceProviderCmd",
          "ReconnectHostCmd");

  private final CloudApi api;
  private final Hypervisor hypervisor;
  private final int parallel;
  private final Patience patience;
  private final Consumer<String> progress;

  /**
   * @param parallel how many hosts are added at once, 1 or more
   * @param progress gets lines for people while it works, always in the same order
   */
  public CloudApply(
      CloudApi api,
      Hypervisor hypervisor,
      int parallel,
      Patience patience,
      Consumer<String> progress) {
    this.api = api;
    this.hypervisor = hypervisor;
    this.parallel = parallel;
    this.patience = patience;
    this.progress = progress;
  }

  @Override
  public Report apply(Site site, Set<NodeName> present) {
    return new Run(site, present, false).report();
  }

  /**
   * The same where the zone was there before: if it is gone, nothing is made. An empty cloud in its
   * place would hide what became of the other one.
   */
  public Report applyAgain(Site site, Set<NodeName> present) {
    return new Run(site, present, true).report();
  }

  /** Thrown where what comes next cannot be made either; the reason is among the faults. */
  private static final class Stopped extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private final class Run {
    private final Site site;
    private final Set<NodeName> present;
    private final boolean again;
    private final CloudDesign design;
    private final LivingCloud living = new LivingCloud(api);
    private final List<String> changes = new ArrayList<>();
    private final List<Diagnosis> faults = new ArrayList<>();
    private final List<String> waiting = new ArrayList<>();
    private final Map<NodeName, Diagnosis> failed = new HashMap<>();

    Run(Site site, Set<NodeName> present, boolean again) {
      this.site = site;
      this.present = present;
      this.again = again;
      this.design = new CloudDesign(site, hypervisor);
    }

    Report report() {
      try {
        awaitJobs();
        if (again && design.find().zone(living).isEmpty()) {
          fault(diagnosis(new Seen.ZoneGone(site.zone().name()), design.find().manager()));
          throw new Stopped();
        }
        walk();
        awaitRunning();
        return new Report(standings(), changes, faults, waiting);
      } catch (Stopped e) {
        return new Report(standingsOfStopped(), changes, faults, waiting);
      } catch (CloudException e) {
        faults.add(diagnosis(e));
        return new Report(standingsOfStopped(), changes, faults, waiting);
      }
    }

    // --- What an earlier apply left running ---

    private void awaitJobs() throws Stopped {
      List<JsonNode> jobs =
          living.list(Call.of("listAsyncJobs")).stream()
              .filter(job -> job.path("jobstatus").asInt() == 0)
              .filter(job -> OURS.contains(simpleName(text(job, "cmd"))))
              .toList();
      for (JsonNode job : jobs) {
        String name = simpleName(text(job, "cmd"));
        progress.accept("waiting for a job of an earlier run: " + name);
        Call query = Call.of("queryAsyncJobResult", "jobid", text(job, "jobid"));
        boolean ended = until(JOB, () -> api.call(query).path("jobstatus").asInt() != 0);
        if (!ended) {
          faults.add(
              new Diagnosis(
                  "job " + text(job, "jobid") + " (" + name + ") does not end",
                  "CloudStack is still at a step of an earlier apply",
                  "look at management-server.log on the management node, then apply again"));
          throw new Stopped();
        }
      }
      living.forget();
    }

    private static String simpleName(String className) {
      return className.substring(className.lastIndexOf('.') + 1);
    }

    // --- The walk ---

    private void walk() throws Stopped {
      List<Part> parts = design.parts(living);
      Set<String> needed = new HashSet<>(Set.of(site.zone().cluster()));
      parts.stream()
          .filter(part -> part.node() != null && present.contains(part.node()))
          .forEach(part -> needed.add(String.valueOf(part.cluster())));
      boolean hostsDone = false;
      for (Part part : parts) {
        if (part.node() != null) {
          if (!hostsDone) {
            hosts(parts.stream().filter(one -> one.node() != null).toList());
            hostsDone = true;
          }
        } else if (part.cluster() == null || needed.contains(part.cluster())) {
          step(part);
        }
      }
    }

    private void step(Part part) throws Stopped {
      if (part.look().apply(living) instanceof Look.Missing) {
        make(part);
      }
      if (part.look().apply(living) instanceof Look.There(List<Difference> differences)) {
        for (Difference difference : differences) {
          settle(part, difference);
        }
      }
    }

    private void make(Part part) throws Stopped {
      try {
        for (Call call : part.make().apply(living)) {
          living.change(call);
        }
        changed("made " + part + detail(part));
      } catch (CloudException e) {
        // A call of our own that was cut off may have ended in the meantime.
        if (e.fault() instanceof Fault.Refused && part.look().apply(living) instanceof Look.There) {
          return;
        }
        fault(diagnosis(e));
        throw new Stopped();
      }
    }

    private static String detail(Part part) {
      return part.detail().isEmpty() ? "" : " (" + part.detail() + ")";
    }

    private void settle(Part part, Difference difference) throws Stopped {
      switch (difference.fix()) {
        case Fix.Mend(List<Call> calls, String note) -> {
          try {
            for (Call call : calls) {
              living.change(call);
            }
          } catch (CloudException e) {
            fault(diagnosis(e));
            throw new Stopped();
          }
          changed(
              "set "
                  + part
                  + ": "
                  + difference.field()
                  + " "
                  + difference.wanted()
                  + (note.isEmpty() ? "" : "; " + note));
        }
        case Fix.Person(String cause, String remedy, boolean stops) -> {
          fault(new Diagnosis(part + ": " + difference, cause, remedy));
          if (stops) {
            throw new Stopped();
          }
        }
      }
    }

    private void changed(String what) {
      changes.add(what);
      progress.accept(what);
    }

    private void fault(Diagnosis diagnosis) {
      faults.add(diagnosis);
      progress.accept("failed: " + diagnosis.symptom());
    }

    // --- Hosts ---

    /** One call for a host; its outcome is a sentence, or why there is none. */
    private record Task(Part part, NodeName node, List<Call> calls, String done) {}

    private void hosts(List<Part> parts) {
      List<Task> first = new ArrayList<>();
      List<Task> others = new ArrayList<>();
      Set<String> begun = new HashSet<>();
      design.find().hosts(living).forEach(host -> begun.add(text(host, "clustername")));
      for (Part part : parts) {
        NodeName node = part.node();
        if (node == null) {
          continue;
        }
        switch (part.look().apply(living)) {
          case Look.Missing() -> {
            if (present.contains(node)) {
              Task task =
                  new Task(part, node, part.make().apply(living), "made " + part + detail(part));
              // The first host of a cluster decides what the others must be like.
              (begun.add(String.valueOf(part.cluster())) ? first : others).add(task);
            }
          }
          case Look.There(List<Difference> differences) -> {
            for (Difference difference : differences) {
              switch (difference.fix()) {
                case Fix.Mend(List<Call> calls, var _) ->
                    others.add(
                        new Task(
                            part,
                            node,
                            calls,
                            "reconnected " + part + ", which was " + difference.is()));
                case Fix.Person(String cause, String remedy, var _) -> {
                  Diagnosis why = new Diagnosis(part + ": " + difference, cause, remedy);
                  fault(why);
                  failed.put(node, why);
                }
              }
            }
          }
        }
      }
      run(first);
      run(others);
      living.forget();
    }

    /** Starts the tasks in their order, some at once, and reports them in that order too. */
    private void run(List<Task> tasks) {
      if (tasks.isEmpty()) {
        return;
      }
      progress.accept(
          (tasks.size() == 1 ? "1 host" : tasks.size() + " hosts")
              + " to add or reconnect, "
              + Math.min(parallel, tasks.size())
              + " at a time; each can take five minutes");
      ExecutorService workers =
          Executors.newFixedThreadPool(parallel, Thread.ofVirtual().name("host-", 0).factory());
      try {
        List<Future<Optional<CloudException>>> ends =
            tasks.stream().map(task -> workers.submit(() -> attempt(task))).toList();
        for (int i = 0; i < ends.size(); i++) {
          ended(tasks.get(i), outcome(ends.get(i)));
        }
      } finally {
        workers.shutdownNow();
      }
    }

    private Optional<CloudException> attempt(Task task) {
      try {
        task.calls().forEach(api::call);
        return Optional.empty();
      } catch (CloudException e) {
        return Optional.of(e);
      }
    }

    private static Optional<CloudException> outcome(Future<Optional<CloudException>> end) {
      try {
        return end.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("stopped while hosts were being added", e);
      }
    }

    private void ended(Task task, Optional<CloudException> exception) {
      if (exception.isEmpty()) {
        changed(task.done());
        return;
      }
      living.forget();
      // Refused, or not answered in time, and there all the same: an earlier call was quicker.
      if (task.part().look().apply(living) instanceof Look.There(List<Difference> differences)
          && differences.isEmpty()) {
        return;
      }
      Diagnosis why = diagnosis(new Seen.Failed(exception.get().fault()), task.node().text());
      Diagnosis ofNode =
          new Diagnosis(task.part() + ": " + why.symptom(), why.cause(), why.remedy());
      failed.put(task.node(), ofNode);
      fault(ofNode);
    }

    // --- The wait ---

    private void awaitRunning() {
      List<Awaited> last = new ArrayList<>();
      boolean settled =
          until(
              patience.deadline(),
              () -> {
                living.forget();
                List<Awaited> now =
                    Awaited.of(design, living).stream()
                        .filter(one -> failed.keySet().stream().noneMatch(one::isOf))
                        .toList();
                if (!now.equals(last)) {
                  now.forEach(one -> progress.accept("waiting: " + one.what()));
                }
                last.clear();
                last.addAll(now);
                return now.isEmpty() || !canCome(now);
              });
      last.forEach(one -> waiting.add(one.what()));
      if (!settled && patience.deadline().isPositive()) {
        last.forEach(one -> fault(diagnosis(one.seen(), one.node())));
      }
    }

    /** Without a host that is up or on its way no system VM starts, however long one waits. */
    private boolean canCome(List<Awaited> awaited) {
      return awaited.stream().anyMatch(one -> one.seen() instanceof Seen.HostNotUp)
          || design.find().hosts(living).stream()
              .anyMatch(host -> text(host, "state").equals("Up"));
    }

    // --- Standings ---

    private Map<NodeName, Standing> standings() {
      Map<NodeName, Standing> standings = new LinkedHashMap<>();
      for (Node node : site.nodes()) {
        if (present.contains(node.name())) {
          standings.put(node.name(), standing(node));
        }
      }
      return standings;
    }

    private Standing standing(Node node) {
      if (node.role().equals(Role.MANAGEMENT)) {
        return manager(node);
      }
      if (!node.role().equals(Role.KVM_WORKER)) {
        return new Standing.Up(); // nothing that CloudStack knows of
      }
      Diagnosis why = failed.get(node.name());
      if (why != null) {
        return new Standing.NotUp(why);
      }
      String state =
          design.find().host(living, node).map(host -> text(host, "state")).orElse("missing");
      return state.equals("Up")
          ? new Standing.Up()
          : new Standing.NotUp(diagnosis(Awaited.host(node, state).seen(), node.name().text()));
    }

    /** Its server runs, and what the site says of the zone is there. */
    private Standing manager(Node node) {
      if (living.list(Call.of("listManagementServers")).stream()
          .noneMatch(server -> text(server, "state").equals("Up"))) {
        return new Standing.NotUp(
            new Diagnosis(
                "CloudStack does not say that its management server is up",
                "it is starting or stopping",
                "systemctl status cloudstack-management on " + node.name()));
      }
      boolean enabled =
          design.find().zone(living).stream()
              .anyMatch(zone -> text(zone, "allocationstate").equals("Enabled"));
      return enabled
          ? new Standing.Up()
          : new Standing.NotUp(
              faults.isEmpty()
                  ? new Diagnosis(
                      "zone " + site.zone().name() + " is not enabled",
                      "not all that comes before is there",
                      "barestack cloud plan says what is missing")
                  : faults.getFirst());
    }

    private Diagnosis diagnosis(Seen seen, String node) {
      return Diagnoses.of(seen, new Diagnoses.Context(design.find().manager(), node));
    }

    private Diagnosis diagnosis(CloudException e) {
      return diagnosis(new Seen.Failed(e.fault()), design.find().manager());
    }

    /** The same as far as the cloud still answers; else the reason for which all stopped. */
    private Map<NodeName, Standing> standingsOfStopped() {
      try {
        return standings();
      } catch (CloudException e) {
        Map<NodeName, Standing> standings = new LinkedHashMap<>();
        present.forEach(name -> standings.put(name, new Standing.NotUp(faults.getLast())));
        return standings;
      }
    }

    // --- Waiting ---

    /** What is waited for. */
    private interface End {
      boolean reached();
    }

    private boolean until(Duration deadline, End end) {
      Rounds left = Rounds.of(patience.pause(), deadline).get();
      while (!end.reached()) {
        if (!left.again()) {
          return false;
        }
      }
      return true;
    }
  }
}
