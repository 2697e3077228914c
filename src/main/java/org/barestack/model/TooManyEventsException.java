package org.barestack.model;

/** A machine reports more than the journal takes of one machine; nothing was recorded. */
public final class TooManyEventsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * That machine should wait.
   *
   * @param whom the machine that reports too much
   */
  public TooManyEventsException(Subject whom) {
    super(whom + " reports too much; wait a minute, then report again");
  }
}
