package org.barestack.model;

/** Whom an event is about: a node of the site, a machine that is none, or the site itself. */
public sealed interface Subject permits Subject.OfNode, Subject.OfStranger, Subject.OfSite {
  /** The site itself. */
  Subject SITE = new OfSite();

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

  /** What no machine did: there is one, {@link #SITE}. */
  record OfSite() implements Subject {
    private static final String TEXT = "(site)";

    @Override
    public String toString() {
      return TEXT;
    }
  }

  /** Reads what its {@code toString} wrote: a node name never holds a colon or bracket. */
  static Subject parse(String text) {
    if (text.equals(OfSite.TEXT)) {
      return SITE;
    }
    return text.indexOf(':') >= 0
        ? new OfStranger(new MacAddress(text))
        : new OfNode(new NodeName(text));
  }
}
