package org.barestack.cloud;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.NodeName;

/**
 * Which cluster each worker is in or goes to.
 *
 * @param workers in site order
 */
record Assignment(Map<NodeName, String> workers) {
  /** CloudStack's documentation: 16 KVM hosts in a cluster at most. */
  static final int LARGEST = 16;

  Assignment {
    workers = Collections.unmodifiableMap(new LinkedHashMap<>(workers));
  }

  /** What the clusters are called: {@code cluster1}, {@code cluster1-2}, {@code cluster1-3}. */
  static Stream<String> names(String first) {
    return IntStream.iterate(1, i -> i + 1).mapToObj(i -> i == 1 ? first : first + "-" + i);
  }

  /**
   * Hosts stay where they are; each other worker, in site order, goes to the first cluster with
   * room.
   *
   * @param first name of the first cluster
   * @param workers of the site, in its order
   * @param living of those that are hosts, their cluster
   * @param sizes of each cluster that is there, how many hosts it has
   */
  static Assignment of(
      String first,
      List<NodeName> workers,
      Map<NodeName, String> living,
      Map<String, Integer> sizes) {
    Map<String, Integer> counted = new HashMap<>(sizes);
    Map<NodeName, String> assigned = new LinkedHashMap<>();
    for (NodeName worker : workers) {
      String cluster = living.get(worker);
      if (cluster == null) {
        cluster =
            names(first)
                .filter(name -> counted.getOrDefault(name, 0) < LARGEST)
                .findFirst()
                .orElseThrow();
        counted.merge(cluster, 1, Integer::sum);
      }
      assigned.put(worker, cluster);
    }
    return new Assignment(assigned);
  }

  /** The cluster of a worker. */
  String cluster(NodeName worker) {
    String cluster = workers.get(worker);
    if (cluster == null) {
      throw new IllegalArgumentException(worker + " is no worker of the site");
    }
    return cluster;
  }
}
