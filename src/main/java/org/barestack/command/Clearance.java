package org.barestack.command;

import java.util.List;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.Site;

/** What stands before an order that permits to wipe a disk. */
interface Clearance {
  /** For nodes of which nobody but their own disk knows. */
  Clearance NONE =
      new Clearance() {
        @Override
        public List<String> look(Site site, Node node, Journal journal) {
          return List.of();
        }

        @Override
        public void clear(Site site, Node node, Journal journal) {}
      };

  /**
   * Looks, before anything is asked, written or changed.
   *
   * @return for people, what else the order costs
   * @throws Failure if the permit must not be given
   */
  List<String> look(Site site, Node node, Journal journal);

  /**
   * Clears the way, after the operator's yes. When it returns, the permit may be written.
   *
   * @throws Failure if the permit must not be given
   */
  void clear(Site site, Node node, Journal journal);
}
