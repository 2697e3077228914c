package org.barestack.boot;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Subject;
import org.barestack.model.Token;

/**
 * Finds nodes by what the journal says of them. It holds nothing that the journal does not, and
 * reads only what came since it last looked. Asked from within a decision, it knows all that was
 * decided before, by other processes too.
 */
final class Index {
  /** Disks that report no world wide name may look the same in two machines. */
  private static final String UNIQUE = "wwn:";

  private final Journal journal;
  private final Map<String, NodeName> owners = new ConcurrentHashMap<>();
  private final Map<String, NodeName> holders = new HashMap<>();
  private final Map<NodeName, NodeState> states = new HashMap<>();
  private long upTo;

  Index(Journal journal) {
    this.journal = journal;
  }

  /** The node that an install was opened for under that token, be it long ago. */
  Optional<NodeName> owner(Token token) {
    String digest = token.digest();
    NodeName known = owners.get(digest);
    return known == null ? fresh(owners, digest) : Optional.of(known);
  }

  /** The node that was last allowed to write the disk of that identity, if it is unique. */
  Optional<NodeName> holder(String identity) {
    return fresh(holders, identity);
  }

  /** Where a node stands. */
  NodeState state(NodeName name) {
    return fresh(states, name).orElse(NodeState.NEW);
  }

  /**
   * One reads what is new for all that wait here: if each read for itself, a thousand requests at
   * once would each read what a thousand others wrote.
   */
  private synchronized <K, V> Optional<V> fresh(Map<K, V> map, K key) {
    for (NodeEvent event : journal.since(upTo)) {
      upTo = event.sequence();
      note(event);
    }
    return Optional.ofNullable(map.get(key));
  }

  private void note(NodeEvent event) {
    if (event.subject() instanceof Subject.OfNode(NodeName name)) {
      note(event, name);
    }
  }

  private void note(NodeEvent event, NodeName name) {
    states.put(name, states.getOrDefault(name, NodeState.NEW).after(event));
    switch (event.kind()) {
      case INSTALL_OPENED, IMAGE_SEEDED -> {
        String token = event.detail().getOrDefault("token", "");
        if (Token.isToken(token)) {
          owners.put(new Token(token).digest(), name);
        }
      }
      case CLAIM_GRANTED -> {
        holders.values().removeIf(name::equals);
        for (String disk : event.detail().getOrDefault("disks", "").split(",", -1)) {
          if (disk.startsWith(UNIQUE)) {
            holders.put(disk, name);
          }
        }
      }
      case FORGOTTEN -> holders.values().removeIf(name::equals);
      default -> {}
    }
  }
}
