package org.barestack.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.barestack.cloud.Cloud;
import org.barestack.cloud.Cloud.Report;
import org.barestack.cloud.Cloud.Standing;
import org.barestack.cloud.CloudApi;
import org.barestack.cloud.CloudApply;
import org.barestack.cloud.Diagnosis;
import org.barestack.cloud.Patience;
import org.barestack.journal.SqliteJournal;
import org.barestack.journal.StateLock;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack cloud apply}. */
@Command(
    name = "apply",
    description = {
      "Makes what the site wants and its cloud lacks, and waits until it runs. It deletes nothing,"
          + " and may be cut off and repeated.",
      "Exit code: 0 all is there and runs, 1 something failed, does not run yet or needs a person,"
          + " 2 bad input."
    },
    footer = {
      "",
      "Examples:",
      "  barestack cloud apply",
      "  barestack cloud apply --no-wait --json"
    })
public final class CloudApplyCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Option(names = "--json", description = "The outcome for programs.")
  private boolean json;

  @Option(names = "--no-wait", description = "Do not wait for hosts and system VMs to run.")
  private boolean noWait;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "How many hosts are added at once (default: ${DEFAULT-VALUE}).")
  private int parallel = 8;

  @Option(
      names = "--node",
      paramLabel = "NODE",
      description = "Add only this worker as a host; repeatable (default: all that are missing).")
  private @Nullable List<String> nodes;

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Mixin private final HypervisorOption hypervisor = new HypervisorOption();

  @Spec private CommandSpec command = CommandSpec.create();

  private final CloudDoor door;
  private final Patience patience;

  public CloudApplyCommand(CloudDoor door) {
    this(door, Patience.USUAL);
  }

  /**
   * @param patience for what it has made to run
   */
  public CloudApplyCommand(CloudDoor door, Patience patience) {
    this.door = door;
    this.patience = patience;
  }

  @Override
  public Integer call() throws IOException {
    if (parallel < 1 || parallel > 64) {
      throw Failure.badInput("--parallel " + parallel + ": give a number from 1 to 64");
    }
    Site site = options.load();
    Set<NodeName> present = present(site);
    CloudApi api = CloudPlanCommand.opened(cloud, options, site, door);
    PrintWriter progress = command.commandLine().getErr();
    Cloud apply =
        new CloudApply(
            api,
            hypervisor.get(),
            parallel,
            noWait ? Patience.NONE : patience,
            line -> {
              progress.println(line);
              progress.flush();
            });
    Report report = applied(apply, site, present);
    Print out = new Print(command);
    if (json) {
      out.json(json(site, report));
    } else {
      out.text(text(site, report));
    }
    boolean arrived = report.waiting().isEmpty() || noWait;
    return report.faults().isEmpty() && arrived ? 0 : Failure.NOT_DONE;
  }

  /** Where there is no journal, nobody has ever given a permit. */
  private Report applied(Cloud apply, Site site, Set<NodeName> present) throws IOException {
    if (Files.notExists(options.journal())) {
      return apply.apply(site, present);
    }
    try (StateLock _ = options.cloudLock(command)) {
      return apply.apply(site, withoutPermit(present));
    }
  }

  /** A worker that may wipe its disk when it next boots must not become a host before. */
  private Set<NodeName> withoutPermit(Set<NodeName> present) {
    Set<NodeName> without = new LinkedHashSet<>();
    try (Journal journal = SqliteJournal.readOnly(options.journal())) {
      for (NodeName name : present) {
        NodeState state = NodeState.of(journal.events(new Subject.OfNode(name)));
        if (state.wipe().isEmpty()) {
          without.add(name);
        } else {
          command
              .commandLine()
              .getErr()
              .println(
                  name
                      + " is left out: it has a permit to wipe its disk, and installs when it next"
                      + " boots from the network (to take that back: barestack forget "
                      + name
                      + ")");
        }
      }
    }
    return without;
  }

  private Set<NodeName> present(Site site) {
    Set<NodeName> present = new LinkedHashSet<>();
    present.add(site.managementNode().name());
    if (nodes == null) {
      site.nodes().stream().map(Node::name).forEach(present::add);
    } else {
      nodes.forEach(name -> present.add(SiteOptions.node(site, name).name()));
    }
    return present;
  }

  private static String text(Site site, Report report) {
    StringBuilder text = new StringBuilder();
    for (Node node : site.nodes()) {
      Standing standing = report.nodes().get(node.name());
      if (standing != null) {
        text.append(node.name()).append(standing instanceof Standing.Up ? ": up\n" : ": not up\n");
      }
    }
    report.waiting().forEach(line -> text.append("not there yet: ").append(line).append('\n'));
    for (Diagnosis fault : report.faults()) {
      text.append("failed: ").append(fault.symptom()).append('\n');
      text.append("  cause:  ").append(fault.cause()).append('\n');
      text.append("  remedy: ").append(fault.remedy()).append('\n');
    }
    int changes = report.changes().size();
    return text.append(changes == 0 ? "nothing was changed" : SiteOptions.count(changes, "change"))
        .append('\n')
        .toString();
  }

  private static Map<String, Object> json(Site site, Report report) {
    Map<String, Object> nodes = new LinkedHashMap<>();
    for (Node node : site.nodes()) {
      Standing standing = report.nodes().get(node.name());
      if (standing instanceof Standing.Up) {
        nodes.put(node.name().text(), "up");
      } else if (standing instanceof Standing.NotUp(Diagnosis why)) {
        nodes.put(node.name().text(), json(why));
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("changes", report.changes());
    List<Object> faults = new ArrayList<>();
    report.faults().forEach(fault -> faults.add(json(fault)));
    json.put("faults", faults);
    json.put("waiting", report.waiting());
    json.put("nodes", nodes);
    return json;
  }

  private static Map<String, String> json(Diagnosis why) {
    Map<String, String> json = new LinkedHashMap<>();
    json.put("symptom", why.symptom());
    json.put("cause", why.cause());
    json.put("remedy", why.remedy());
    return json;
  }
}
