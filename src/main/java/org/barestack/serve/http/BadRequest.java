package org.barestack.serve.http;

/** A request that cannot be answered as it is; the message goes to the client. */
final class BadRequest extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String line;

  BadRequest(int status, String line) {
    super(line);
    this.status = status;
    this.line = line;
  }

  /** What could not be parsed. */
  static BadRequest of(IllegalArgumentException fault) {
    return new BadRequest(400, LogText.of(String.valueOf(fault.getMessage())));
  }

  Reply reply() {
    return Reply.line(status, line);
  }
}
