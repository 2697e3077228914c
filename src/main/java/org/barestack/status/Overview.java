package org.barestack.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.barestack.cloud.Diagnoses;
import org.barestack.cloud.Seen;
import org.barestack.model.InstallId;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.status.Machines.CloudNews;
import org.barestack.status.Machines.Stranger;
import org.jspecify.annotations.Nullable;

/**
 * A site at one moment.
 *
 * @param nodes in the order of the site file
 * @param strangers machines that asked and are no nodes, by MAC address
 * @param cloud how the cloud stood when it was last told of; null if never since the management
 *     node was installed
 */
public record Overview(
    String site, Instant at, List<Row> nodes, List<Stranger> strangers, @Nullable CloudNews cloud) {
  /**
   * One node.
   *
   * @param mac the interface that boots
   * @param stuck whether nothing was heard for longer than its phase allows
   * @param frozen whether two keys asked for its secrets, so that nobody gets them
   * @param since when the phase began; null before the first event
   * @param install the current or last one; null before the first
   * @param next what a person should do about it; empty if nothing
   */
  public record Row(
      NodeName name,
      Role role,
      Ipv4 address,
      MacAddress mac,
      Phase phase,
      boolean stuck,
      boolean frozen,
      @Nullable Instant since,
      @Nullable Instant lastHeard,
      @Nullable InstallId install,
      String step,
      String reason,
      String next) {
    /** Its phase in a word, or {@code frozen} or {@code stuck}. */
    public String state() {
      return frozen ? "frozen" : stuck ? "stuck" : phase.toString();
    }

    boolean installed() {
      return switch (phase) {
        case INSTALLED, CONFIGURING, CONFIGURED, READY -> true;
        case ARMED, BOOTING, CLAIMED, INSTALLING, REFUSED, FAILED -> false;
      };
    }

    private Map<String, @Nullable Object> fields() {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("name", name.text());
      fields.put("role", role.name());
      fields.put("address", address.toString());
      fields.put("mac", mac.text());
      fields.put("phase", phase.toString());
      fields.put("stuck", stuck);
      fields.put("frozen", frozen);
      fields.put("since", iso(since));
      fields.put("last_heard", iso(lastHeard));
      fields.put("install", install == null ? null : install.label());
      fields.put("step", step);
      fields.put("reason", reason);
      fields.put("next", next);
      return fields;
    }
  }

  public Overview {
    nodes = List.copyOf(nodes);
    strangers = List.copyOf(strangers);
  }

  /** What is known of a site's nodes and of its strangers now. */
  public static Overview of(Site site, Machines machines, Instant now) {
    return new Overview(
        site.name(),
        now,
        site.nodes().stream().map(node -> row(site, node, machines, now)).toList(),
        machines.strangers().values().stream()
            .filter(stranger -> site.node(stranger.mac()).isEmpty())
            .toList(),
        cloud(site, machines));
  }

  private static @Nullable CloudNews cloud(Site site, Machines machines) {
    NodeName manager = site.managementNode().name();
    CloudNews news = machines.clouds().get(manager);
    NodeState state = state(machines, manager);
    return news != null
            && state.phase().isConfigured()
            && state.install() != null
            && state.install().id().equals(news.install())
        ? news
        : null;
  }

  private static NodeState state(Machines machines, NodeName node) {
    return machines.nodes().getOrDefault(node, NodeState.NEW);
  }

  private static Row row(Site site, Node node, Machines machines, Instant now) {
    NodeState state = state(machines, node.name());
    Phase manager = state(machines, site.managementNode().name()).phase();
    boolean early = state.phase() == Phase.CONFIGURED && !manager.isConfigured();
    boolean stuck = state.stuck(now);
    NodeState.Install install = state.install();
    return new Row(
        node.name(),
        node.role(),
        node.address(),
        node.bootMac(),
        state.phase(),
        stuck,
        state.frozen(),
        state.since(),
        state.lastHeard(),
        install == null ? null : install.id(),
        state.step(),
        early && !state.frozen()
            ? "all steps done; waits for " + site.managementNode().name() + ", which is " + manager
            : reason(state, stuck),
        state.frozen()
            ? unfreeze(node)
            : stuck ? unstick(site, node, state.phase()) : early ? "" : next(site, node, state));
  }

  /** An alarm stays until somebody acts, whatever the node reports meanwhile. */
  private static String reason(NodeState state, boolean stuck) {
    if (state.frozen()) {
      return "two keys asked for its secrets, so nobody gets them any more; it is "
          + state.phase()
          + ": "
          + state.reason();
    }
    return stuck ? "silent while " + state.phase() + ": " + state.reason() : state.reason();
  }

  private static String unfreeze(Node node) {
    return "two machines hold the token of its install, and one of them is not "
        + node.name()
        + ": see which address asked first (barestack events "
        + node.name()
        + "), find the other machine, change the secrets of the site if that one got them"
        + " (docs/security.md), then: barestack reinstall "
        + node.name()
        + " --wipe";
  }

  /** What to do about a node that is silent in a phase that has a deadline. */
  static String unstick(Site site, Node node, Phase phase) {
    String look =
        switch (phase) {
          case BOOTING -> "look at its console: it was told to install and claimed no disk";
          case CLAIMED, INSTALLING ->
              "look at its console; switched off and on, it goes on with the same install";
          case INSTALLED ->
              "look at its console: it should start from its own disk (docs/boot-modes.md), and"
                  + " then speak to us";
          default -> "log in and look: ssh " + site.access().user() + "@" + node.address();
        };
    return look + "; what it said last: barestack events " + node.name();
  }

  private static String next(Site site, Node node, NodeState state) {
    String again = "barestack reinstall " + node.name();
    NodeState.Install install = state.install();
    return switch (state.phase()) {
      case REFUSED ->
          "put right what it says (more in: barestack logs "
              + node.name()
              + "), then: "
              + again
              + (holdsData(state) ? "; or, if its disk may be wiped: " + again + " --wipe" : "");
      case FAILED ->
          "see why: barestack logs "
              + node.name()
              + "; then: "
              + again
              + (install != null && !install.disks().isEmpty() ? " --wipe" : "");
      default ->
          state
              .failure()
              .map(failure ->
                  Diagnoses.of(
                          new Seen.Step(state.step(), failure),
                          new Diagnoses.Context(
                              site.managementNode().name().text(), node.name().text()))
                      .remedy())
              .orElse(state.remedy());
    };
  }

  private static boolean holdsData(NodeState state) {
    return state.report() != null
        && state.report().disks().stream().anyMatch(disk -> !disk.medium() && !disk.blank());
  }

  /** What to do about a machine that is no node. */
  public static String next(Stranger stranger) {
    return "to make it a node: barestack adopt " + stranger.mac();
  }

  /** Nodes whose installer has finished. */
  public long installed() {
    return nodes.stream().filter(Row::installed).count();
  }

  /** In one line: how many are installed, and where the others stand. */
  public String headline() {
    Map<String, Integer> others = new LinkedHashMap<>();
    for (Phase phase : Phase.values()) {
      others.put(phase.toString(), 0);
    }
    for (Row row : nodes) {
      if (row.stuck() || row.frozen() || !row.installed()) {
        others.merge(row.state(), 1, Integer::sum);
      }
    }
    others.values().removeIf(count -> count == 0);
    List<String> parts = new ArrayList<>();
    parts.add(site + ": " + installed() + " of " + nodes.size() + " nodes installed");
    long ready = nodes.stream().filter(row -> row.state().equals("ready")).count();
    if (ready > 0) {
      parts.add(ready + " ready");
    }
    others.forEach((state, count) -> parts.add(count + " " + state));
    String unknown =
        switch (strangers.size()) {
          case 0 -> "";
          case 1 -> "; 1 unknown machine";
          default -> "; " + strangers.size() + " unknown machines";
        };
    return String.join(", ", parts) + unknown;
  }

  /** How the cloud stands, in one line; empty if nobody has told. */
  public String cloudLine() {
    if (cloud == null) {
      return "";
    }
    List<String> parts = new ArrayList<>();
    if (!cloud.waiting().isEmpty()) {
      parts.add("waits for " + cloud.waiting());
    }
    if (!cloud.faults().isEmpty()) {
      parts.add("FAULT: " + cloud.faults());
    }
    return "cloud: " + (parts.isEmpty() ? "as the site says" : String.join("; ", parts));
  }

  /** For programs: plain maps, lists, texts, numbers and booleans; instants in ISO 8601, UTC. */
  public Map<String, @Nullable Object> fields() {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("site", site);
    fields.put("at", iso(at));
    fields.put("installed", installed());
    fields.put("cloud", cloud == null ? null : fields(cloud));
    fields.put("nodes", nodes.stream().map(Row::fields).toList());
    fields.put("strangers", strangers.stream().map(Overview::fields).toList());
    return fields;
  }

  private static Map<String, @Nullable Object> fields(CloudNews cloud) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("at", iso(cloud.at()));
    fields.put("waiting", cloud.waiting());
    fields.put("faults", cloud.faults());
    return fields;
  }

  private static Map<String, @Nullable Object> fields(Stranger stranger) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("mac", stranger.mac().text());
    fields.put("uuid", stranger.uuid());
    fields.put("serial", stranger.serial());
    fields.put("product", stranger.product());
    fields.put("client", stranger.client());
    fields.put("last_seen", iso(stranger.lastSeen()));
    fields.put("next", next(stranger));
    return fields;
  }

  private static @Nullable String iso(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
