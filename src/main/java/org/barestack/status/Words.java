package org.barestack.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How figures are written for people. */
final class Words {
  private Words() {}

  /** Two units: {@code 45s}, {@code 12m 5s}, {@code 3h 20m}, {@code 2d 4h}; {@code -} for never. */
  static String age(@Nullable Instant then, Instant now) {
    if (then == null) {
      return "-";
    }
    Duration age = Duration.between(then, now);
    if (age.isNegative()) {
      return "0s";
    }
    if (age.toDays() > 0) {
      return age.toDays() + "d " + age.toHoursPart() + "h";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h " + age.toMinutesPart() + "m";
    }
    return age.toMinutes() > 0
        ? age.toMinutes() + "m " + age.toSecondsPart() + "s"
        : age.toSeconds() + "s";
  }

  /** Octets with a binary unit: {@code 812.4 MiB}. */
  static String size(long octets) {
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
