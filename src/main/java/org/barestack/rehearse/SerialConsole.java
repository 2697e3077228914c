package org.barestack.rehearse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** What machines print on their serial port: kept in lines, for whoever waits for one. */
final class SerialConsole {
  /** Cursor movements and colours of firmware menus (ECMA-48, control sequences). */
  private static final Pattern CONTROL =
      Pattern.compile("\u001b(\\[[0-?]*[ -/]*[@-~]|[()].|[@-Z\\\\-_=>])");

  private static final int SHOWN_AT_FAILURE = 40;

  private final Consumer<String> live;
  private final List<String> lines = new ArrayList<>();
  private final int screenLines;
  private TextScreen screen;
  private int next;
  private String ended = "";

  /**
   * @param live gets each line as it comes, on the reading thread
   * @param screenLines of a terminal on the port
   */
  SerialConsole(Consumer<String> live, int screenLines) {
    this.live = live;
    this.screenLines = screenLines;
    screen = new TextScreen(screenLines);
  }

  /** Reads until the stream ends, and copies the bytes to {@code log} as they are. */
  void read(InputStream serial, OutputStream log) throws IOException {
    StringBuilder line = new StringBuilder();
    byte[] buffer = new byte[8192];
    for (int count = serial.read(buffer); count >= 0; count = serial.read(buffer)) {
      log.write(buffer, 0, count);
      show(buffer, count);
      for (char character :
          new String(buffer, 0, count, StandardCharsets.ISO_8859_1).toCharArray()) {
        if (character == '\n' || character == '\r') {
          add(line.toString());
          line.setLength(0);
        } else {
          line.append(character);
        }
      }
    }
    add(line.toString());
  }

  private synchronized void show(byte[] buffer, int count) {
    screen.show(buffer, count);
    notifyAll();
  }

  /** What a terminal on the port shows now. */
  synchronized String screen() {
    return screen.text();
  }

  private void add(String raw) {
    String line = CONTROL.matcher(raw).replaceAll("").stripTrailing();
    if (line.isEmpty()) {
      return;
    }
    live.accept(line);
    synchronized (this) {
      lines.add(line);
      notifyAll();
    }
  }

  /** From here on the machine runs: nobody waits for what it printed before. */
  synchronized void running() {
    next = lines.size();
    ended = "";
    screen = new TextScreen(screenLines);
  }

  /** From here on no line will come: {@code reason} tells a waiter why. */
  synchronized void ended(String reason) {
    ended = reason;
    notifyAll();
  }

  /**
   * The first line that {@code pattern} is found in, since the last power-on and after the one that
   * the last call returned.
   *
   * @throws TimeoutException if none comes within {@code limit}
   * @throws IOException if the machine ended before
   */
  synchronized String await(Pattern pattern, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      while (next < lines.size()) {
        String line = lines.get(next++);
        if (pattern.matcher(line).find()) {
          return line;
        }
      }
      if (!ended.isEmpty()) {
        throw new IOException(ended + " before '" + pattern + "' was seen" + tail());
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new TimeoutException(
            "'" + pattern + "' was not seen within " + limit.toSeconds() + " s" + tail());
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  /**
   * Waits until the screen shows what {@code pattern} finds, and returns it.
   *
   * @throws TimeoutException if it does not within {@code limit}; the message has the screen
   * @throws IOException if the machine ended before
   */
  synchronized String awaitScreen(Pattern pattern, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!pattern.matcher(screen.text()).find()) {
      if (!ended.isEmpty()) {
        throw new IOException(ended + " before the screen showed '" + pattern + "'" + tail());
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new TimeoutException(
            "the screen did not show '"
                + pattern
                + "' within "
                + limit.toSeconds()
                + " s but:\n"
                + screen.text());
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return screen.text();
  }

  private String tail() {
    List<String> last = lines.subList(Math.max(0, lines.size() - SHOWN_AT_FAILURE), lines.size());
    return "; its last lines:\n" + String.join("\n", last);
  }
}
