package org.barestack.kickstart;

/** A release whose installer reads kickstarts. */
public enum Release {
  ROCKY_9("9"),
  ROCKY_10("10");

  private final String text;

  Release(String text) {
    this.text = text;
  }

  /** The major version. */
  @Override
  public String toString() {
    return text;
  }

  Grammar grammar() {
    return switch (this) {
      case ROCKY_9 -> Rocky9.GRAMMAR;
      case ROCKY_10 -> Rocky10.GRAMMAR;
    };
  }
}
