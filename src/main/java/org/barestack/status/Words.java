package org.barestack.status;

import java.time.Duration;
import java.time.Instant;
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
}
