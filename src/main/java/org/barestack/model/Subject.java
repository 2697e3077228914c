package org.barestack.model;

/** Whom an event is about: a node of the site, or a machine that is none. */
public sealed interface Subject permits Subject.OfNode, Subject.OfStranger {
  /** A node of the site. */
  record OfNode(NodeName name) implements Subject {
    @Override
    public String toString() {
      return name.text();
    }
  }

  /** A machine that no site names. */
  record OfStranger(MacAddress mac) implements Subject {
    @Override
    public String toString() {
      return mac.text();
    }
  }

  /** Reads what its {@code toString} wrote: a node name never holds a colon. */
  static Subject parse(String text) {
    return text.indexOf(':') >= 0
        ? new OfStranger(new MacAddress(text))
        : new OfNode(new NodeName(text));
  }
}
