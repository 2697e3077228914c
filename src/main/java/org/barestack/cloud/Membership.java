package org.barestack.cloud;

import org.barestack.model.Node;
import org.barestack.model.Site;

/** Which workers CloudStack counts as its hosts. */
public interface Membership {
  /** What CloudStack says of a worker. */
  sealed interface Answer {
    /** It is no host of this cloud, so its disk is nobody's loss. */
    record NotCounted() implements Answer {}

    /**
     * It is a host of this cloud.
     *
     * @param state for people: {@code Up, Enabled, 3 virtual machines}
     */
    record Counted(String state) implements Answer {}

    /** Nobody could be asked. */
    record Unknown(Diagnosis why) implements Answer {}
  }

  /** Asks CloudStack about a worker. */
  Answer ask(Site site, Node worker);
}
