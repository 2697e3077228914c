package org.barestack.serve.http;

import java.util.regex.Pattern;

/** Text from the network, made fit for a log line. */
final class LogText {
  private static final int LONGEST = 400;
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
  private static final Pattern TOKEN = Pattern.compile("([0-9a-f]{4})[0-9a-f]{28}");

  private LogText() {}

  /** Control and format characters become {@code ?}, tokens are masked, long text is cut. */
  static String of(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return TOKEN.matcher(CONTROL.matcher(cut).replaceAll("?")).replaceAll("$1…");
  }
}
