package org.barestack.model;

import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.RandomAccess;

/**
 * A list of nodes that does not change and finds them by what machines ask with: servers look for
 * every packet, in sites of thousands of nodes.
 */
final class IndexedNodes extends AbstractList<Node> implements RandomAccess {
  private final List<Node> nodes;
  private final Map<NodeName, Node> names = new HashMap<>();
  private final Map<MacAddress, Node> macs = new HashMap<>();
  private final Map<Ipv4, Node> addresses = new HashMap<>();

  private IndexedNodes(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
    for (Node node : this.nodes) {
      names.putIfAbsent(node.name(), node);
      addresses.putIfAbsent(node.address(), node);
      node.nics().values().forEach(mac -> macs.putIfAbsent(mac, node));
    }
  }

  /** These nodes; the same list if it is such a one. */
  static IndexedNodes of(List<Node> nodes) {
    return nodes instanceof IndexedNodes indexed ? indexed : new IndexedNodes(nodes);
  }

  /** The first of that name. */
  Optional<Node> find(NodeName name) {
    return Optional.ofNullable(names.get(name));
  }

  /** The first with such an interface. */
  Optional<Node> find(MacAddress mac) {
    return Optional.ofNullable(macs.get(mac));
  }

  /** The first of that address. */
  Optional<Node> find(Ipv4 address) {
    return Optional.ofNullable(addresses.get(address));
  }

  @Override
  public Node get(int index) {
    return nodes.get(index);
  }

  @Override
  public int size() {
    return nodes.size();
  }
}
