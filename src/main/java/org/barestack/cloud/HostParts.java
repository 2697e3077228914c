package org.barestack.cloud;

import static org.barestack.cloud.LivingCloud.text;
import static org.barestack.cloud.Part.differs;
import static org.barestack.cloud.Part.mended;
import static org.barestack.cloud.Part.there;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.cloud.Part.Difference;
import org.barestack.cloud.Part.Fix;
import org.barestack.cloud.Part.Look;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Site;

/** Clusters and the hosts in them. */
final class HostParts {
  /** States of a host in which only asking for a new connection helps. */
  private static final Set<String> LOST = Set.of("Down", "Disconnected", "Alert", "Error");

  private final Site site;
  private final CloudFinder find;

  HostParts(Site site, CloudFinder find) {
    this.site = site;
    this.find = find;
  }

  /** Whether a cluster is called as those that are made here. */
  boolean ours(String cluster) {
    String first = site.zone().cluster();
    return cluster.equals(first)
        || (cluster.startsWith(first + "-")
            && cluster.substring(first.length() + 1).matches("[0-9]+"));
  }

  Part cluster(String name) {
    return new Part(
        "cluster",
        name,
        find.hypervisor().toString(),
        name,
        null,
        living ->
            find.cluster(living, name)
                .<Look>map(found ->
                    there(
                        differs(
                            "hypervisortype",
                            text(found, "hypervisortype"),
                            find.hypervisor().toString(),
                            new Fix.Person(
                                "a cluster has one kind of hosts for good",
                                "say another name for zone.cluster in site.yaml",
                                true))))
                .orElseGet(Look.Missing::new),
        living ->
            List.of(
                Call.of(
                    "addCluster",
                    "zoneid",
                    find.zoneId(living),
                    "podid",
                    find.podId(living),
                    "clustername",
                    name,
                    "hypervisor",
                    find.hypervisor().toString(),
                    "clustertype",
                    "CloudManaged")));
  }

  Part host(Node node, String cluster) {
    return new Part(
        "host",
        node.name().text(),
        node.address() + " in " + cluster,
        cluster,
        node.name(),
        living ->
            find.host(living, node)
                .<Look>map(found -> there(differences(found)))
                .orElseGet(Look.Missing::new),
        living -> {
          Call add =
              Call.of(
                  "addHost",
                  "zoneid",
                  find.zoneId(living),
                  "podid",
                  find.podId(living),
                  "clusterid",
                  text(find.cluster(living, cluster).orElseThrow(), "id"),
                  "hypervisor",
                  find.hypervisor().toString(),
                  "username",
                  "root");
          // CloudStack tries its own key first, which is in every worker; simulated hosts have
          // none, and there a password must be given.
          return List.of(
              find.hypervisor() == Hypervisor.KVM
                  ? add.with("url", "http://" + node.address()).with("password", "")
                  : add.with("url", "http://sim/" + cluster + "/" + node.name())
                      .with("password", "simulated")
                      .with("hosttags", CloudHost.tag(node)));
        });
  }

  Stream<Difference> differences(JsonNode host) {
    String state = text(host, "state");
    return Stream.of(
            LOST.contains(state)
                ? mended(
                    "state",
                    state,
                    "Up",
                    Call.of("reconnectHost", "id", text(host, "id")),
                    "if it stays so: barestack teardown, then apply")
                : Stream.<Difference>empty(),
            differs(
                "zone",
                text(host, "zonename"),
                site.zone().name(),
                new Fix.Person(
                    "this address is a host of another zone",
                    "correct the worker's address in site.yaml, or take the host out of that zone",
                    false)))
        .flatMap(each -> each);
  }

  Assignment assignment(LivingCloud living) {
    Map<NodeName, String> already = new HashMap<>();
    Map<String, Integer> sizes = new HashMap<>();
    for (JsonNode host : find.hosts(living)) {
      if (find.isIn(living, host)) {
        sizes.merge(text(host, "clustername"), 1, Integer::sum);
      }
    }
    for (Node worker : find.workers()) {
      find.host(living, worker)
          .ifPresent(host -> already.put(worker.name(), text(host, "clustername")));
    }
    return Assignment.of(
        site.zone().cluster(), find.workers().stream().map(Node::name).toList(), already, sizes);
  }
}
