package org.barestack.command;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.barestack.content.Progress;
import org.barestack.model.Octets;

/**
 * How far something is: one line that is written anew on a terminal, a line for each tenth
 * elsewhere. It goes where messages go.
 */
final class ProgressLine implements Progress {
  /** Nanoseconds between two states of the line. */
  private static final long PAUSE = 200_000_000;

  /** Nanoseconds over which the rate is taken. */
  private static final long WINDOW = 5_000_000_000L;

  /** Octets that take long enough for lines of their own. */
  private static final long LONG = 1L << 30;

  private final PrintWriter err;
  private final boolean terminal;
  private final int width;
  private final LongSupplier nanos;
  private String what = "";
  private long total;
  private long octets;
  private long shown;
  private long windowFrom;
  private long windowOctets;
  private double rate;
  private long tenths;
  private boolean open;

  /**
   * Writes there.
   *
   * @param terminal whether that is one that can move its cursor
   * @param width of it, in characters
   * @param nanos a clock that does not jump
   */
  ProgressLine(PrintWriter err, boolean terminal, int width, LongSupplier nanos) {
    this.err = err;
    this.terminal = terminal;
    this.width = width;
    this.nanos = nanos;
  }

  @Override
  public void begin(String name, long whole) {
    end();
    what = name;
    total = whole;
    octets = 0;
    rate = 0;
    tenths = 0;
    shown = nanos.getAsLong() - PAUSE;
    windowFrom = nanos.getAsLong();
    windowOctets = 0;
    open = true;
    if (!terminal) {
      line(what + (total > 0 ? ", " + Octets.words(total) : ""));
    }
  }

  @Override
  public void passed(long more) {
    octets += more;
    long now = nanos.getAsLong();
    long spent = now - windowFrom;
    if (spent >= WINDOW) {
      rate = (octets - windowOctets) * 1e9 / spent;
      windowFrom = now;
      windowOctets = octets;
    } else if (rate == 0 && spent >= PAUSE) {
      rate = (octets - windowOctets) * 1e9 / spent;
    }
    if (terminal) {
      if (now - shown >= PAUSE) {
        shown = now;
        draw();
      }
    } else if (total >= LONG && octets * 10 / total > tenths && octets < total) {
      tenths = octets * 10 / total;
      line(what + ": " + tenths * 10 + " %");
    }
  }

  private void draw() {
    err.print("\r\033[K" + cut(text()));
    err.flush();
  }

  private String text() {
    StringBuilder text = new StringBuilder(what);
    if (total > 0) {
      long known = Math.min(octets, total);
      text.append(String.format(Locale.ROOT, "  %3d %%", known * 100 / total))
          .append("  ")
          .append(Octets.words(known))
          .append(" of ")
          .append(Octets.words(total));
    } else {
      text.append("  ").append(Octets.words(octets));
    }
    if (rate > 0) {
      text.append("  ").append(Octets.words((long) rate)).append("/s");
      if (total > octets) {
        long seconds = (long) ((total - octets) / rate);
        text.append(
            seconds >= 3600
                ? String.format(
                    Locale.ROOT,
                    "  %d:%02d:%02d left",
                    seconds / 3600,
                    seconds / 60 % 60,
                    seconds % 60)
                : String.format(Locale.ROOT, "  %d:%02d left", seconds / 60, seconds % 60));
      }
    }
    return text.toString();
  }

  /** A line that wraps cannot be written anew. */
  private String cut(String text) {
    return text.length() < width ? text : text.substring(0, Math.max(0, width - 1));
  }

  @Override
  public void end() {
    if (open && terminal) {
      err.print("\r\033[K");
      err.flush();
    }
    open = false;
  }

  private void line(String text) {
    err.println(text);
    err.flush();
  }
}
