package org.barestack.command;

/** Ends a command with a message for people and an exit code. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Not done, with the reason. */
  public static final int NOT_DONE = 1;

  /** The command line or the site is wrong. */
  public static final int BAD_INPUT = 2;

  /** A fault of ours: EX_SOFTWARE of sysexits.h. */
  public static final int INTERNAL = 70;

  private final int exitCode;

  private Failure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What was asked could not be done. */
  public static Failure notDone(String message) {
    return new Failure(NOT_DONE, message);
  }

  /** What was given cannot be worked with. */
  public static Failure badInput(String message) {
    return new Failure(BAD_INPUT, message);
  }

  /** The exit code of the program. */
  public int exitCode() {
    return exitCode;
  }
}
