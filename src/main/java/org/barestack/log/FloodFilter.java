package org.barestack.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Lets each kind of line through 1000 times at once and once a second then, and says how many it
 * left out. Lines with the same words around their values are of one kind; there are as many as the
 * program has log statements, so this needs little memory. At 120 octets a line one kind fills the
 * disk by 10 MB a day at most.
 */
public final class FloodFilter extends TurboFilter {
  static final int BURST = 1000;
  private static final long SECOND = 1_000_000_000;

  private final LongSupplier nanos;
  private final ConcurrentMap<String, Kind> kinds = new ConcurrentHashMap<>();

  /** By the system's clock. */
  public FloodFilter() {
    this(System::nanoTime);
  }

  FloodFilter(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** What was heard of one kind of line. */
  private static final class Kind {
    private long left = BURST;
    private long asOf;
    private long leftOut;

    Kind(long now) {
      asOf = now;
    }

    /** How many were left out before this line; −1 if this one is, too. */
    synchronized long pass(long now) {
      long seconds = (now - asOf) / SECOND;
      left = Math.min(BURST, left + seconds);
      asOf += seconds * SECOND;
      if (left == 0) {
        leftOut++;
        return -1;
      }
      left--;
      long before = leftOut;
      leftOut = 0;
      return before;
    }
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] values,
      @Nullable Throwable fault) {
    if (format == null || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
      return FilterReply.NEUTRAL;
    }
    long leftOut =
        kinds.computeIfAbsent(format, _ -> new Kind(nanos.getAsLong())).pass(nanos.getAsLong());
    if (leftOut > 0) {
      logger.warn("{} lines like the next one were left out", leftOut);
    }
    return leftOut < 0 ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
