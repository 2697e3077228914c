package org.barestack.cloud;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.barestack.model.NodeName;
import org.barestack.model.Site;

/** A site's cloud, for whoever keeps it as the site says. */
public interface Cloud {
  /** How a node stands in the cloud. */
  sealed interface Standing {
    /** CloudStack says that it is up. */
    record Up() implements Standing {}

    /** It is not, or not yet. */
    record NotUp(Diagnosis why) implements Standing {}
  }

  /**
   * What an apply came to.
   *
   * @param nodes of every node that was asked for, how it stands
   * @param changes what was made or set, in order, for people; empty if all was there
   * @param faults what went wrong, in order; empty if nothing did
   * @param waiting what is not there yet and takes its time, such as system VMs that start
   */
  record Report(
      Map<NodeName, Standing> nodes,
      List<String> changes,
      List<Diagnosis> faults,
      List<String> waiting) {
    public Report {
      nodes = Map.copyOf(nodes);
      changes = List.copyOf(changes);
      faults = List.copyOf(faults);
      waiting = List.copyOf(waiting);
    }
  }

  /**
   * Makes what the site says and the cloud lacks; what is there stays. It may be repeated, after
   * success and after a cut. It deletes nothing.
   *
   * @param present the nodes whose own steps are done; workers that are not among them are not
   *     added as hosts
   */
  Report apply(Site site, Set<NodeName> present);
}
