package org.barestack.model;

import java.util.Locale;

/** Numbers of octets, for people. */
public final class Octets {
  private Octets() {}

  /** With a binary unit: {@code 812.4 MiB}. */
  public static String words(long octets) {
    double size = octets;
    String unit = "B";
    for (String next : new String[] {"KiB", "MiB", "GiB"}) {
      if (size >= 1024) {
        size /= 1024;
        unit = next;
      }
    }
    return String.format(Locale.ROOT, unit.equals("B") ? "%.0f %s" : "%.1f %s", size, unit);
  }
}
