package org.barestack.serve.http;

import org.barestack.model.PlainText;
import org.barestack.model.Token;

/** Text from the network, made fit for a log line. */
final class LogText {
  private static final int LONGEST = 400;

  private LogText() {}

  /** Text that {@link PlainText} made plain, with tokens masked, and cut if it is long. */
  static String of(String text) {
    return Token.masked(PlainText.cut(PlainText.of(text), LONGEST));
  }
}
