package org.barestack.serve.http;

import java.util.regex.Pattern;
import org.barestack.model.PlainText;

/** Text from the network, made fit for a log line. */
final class LogText {
  private static final int LONGEST = 400;
  private static final Pattern TOKEN = Pattern.compile("([0-9a-f]{4})[0-9a-f]{28}");

  private LogText() {}

  /** Text that {@link PlainText} made plain, with tokens masked, and cut if it is long. */
  static String of(String text) {
    return TOKEN.matcher(PlainText.cut(PlainText.of(text), LONGEST)).replaceAll("$1…");
  }
}
