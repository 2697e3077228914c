package org.barestack.status;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.barestack.model.InstallId;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Subject;
import org.jspecify.annotations.Nullable;

/**
 * What a journal adds up to, for every machine in it. Whoever looks again folds only what came
 * since.
 *
 * @param clouds how the cloud behind a management node stood when it was last told of
 */
public record Machines(
    Map<NodeName, NodeState> nodes,
    Map<MacAddress, Stranger> strangers,
    Map<NodeName, CloudNews> clouds) {
  /** Before the first event. */
  public static final Machines NONE = new Machines(Map.of(), Map.of(), Map.of());

  /**
   * How a cloud stood after what was last done to it.
   *
   * @param install of the management node at that time
   * @param waiting what takes its time, for people; empty if nothing
   * @param faults what went wrong, with what to do; empty if nothing
   */
  public record CloudNews(@Nullable InstallId install, Instant at, String waiting, String faults) {
    private static CloudNews of(NodeEvent event) {
      Map<String, String> detail = event.detail();
      return new CloudNews(
          event.install(),
          event.at(),
          detail.getOrDefault("waiting", ""),
          detail.getOrDefault("faults", ""));
    }
  }

  /**
   * A machine that asked for something and that no site names. What it did not tell is empty.
   *
   * @param client what asked, of its firmware or loader
   */
  public record Stranger(
      MacAddress mac, String uuid, String serial, String product, String client, Instant lastSeen) {
    private Stranger(MacAddress mac) {
      this(mac, "", "", "", "", Instant.EPOCH);
    }

    private Stranger after(NodeEvent event) {
      return new Stranger(
          mac,
          told(event, "uuid", uuid),
          told(event, "serial", serial),
          told(event, "product", product),
          told(event, "client", client),
          event.at());
    }

    /** An empty word does not replace what is known. */
    private static String told(NodeEvent event, String key, String known) {
      String told = event.detail().getOrDefault(key, "");
      return told.isEmpty() ? known : told;
    }
  }

  public Machines {
    nodes = Collections.unmodifiableMap(new TreeMap<>(nodes));
    strangers = Collections.unmodifiableMap(new TreeMap<>(strangers));
    clouds = Map.copyOf(clouds);
  }

  /** With more events, oldest first. */
  public Machines after(List<NodeEvent> events) {
    Map<NodeName, NodeState> nodes = new TreeMap<>(this.nodes);
    Map<MacAddress, Stranger> strangers = new TreeMap<>(this.strangers);
    Map<NodeName, CloudNews> clouds = new TreeMap<>(this.clouds);
    for (NodeEvent event : events) {
      switch (event.subject()) {
        case Subject.OfNode(NodeName name) -> {
          nodes.put(name, nodes.getOrDefault(name, NodeState.NEW).after(event));
          if (event.kind() == Kind.CLOUD_APPLIED) {
            clouds.put(name, CloudNews.of(event));
          }
        }
        case Subject.OfStranger(MacAddress mac) -> {
          if (event.kind() == Kind.FORGOTTEN) {
            strangers.remove(mac);
          } else {
            strangers.put(mac, strangers.getOrDefault(mac, new Stranger(mac)).after(event));
          }
        }
        case Subject.OfSite _ -> {} // no machine
      }
    }
    return new Machines(nodes, strangers, clouds);
  }
}
