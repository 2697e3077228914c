package org.barestack.storm;

/** A machine that does not come further. The message is the same for all that end alike. */
final class Lost extends Exception {
  private static final long serialVersionUID = 1;

  Lost(String reason) {
    super(reason, null, false, false);
  }
}
