package org.barestack.status;

import java.util.List;
import java.util.regex.Pattern;
import org.barestack.model.PlainText;

/** Logs that machines sent, for a person at a terminal. */
public final class LogLines {
  /** Anaconda writes {@code 12:04:05,123 ERR storage: ...}; Python and programs say it in words. */
  private static final Pattern ERROR =
      Pattern.compile(
          " (ERR|CRT|ERROR|CRITICAL)[ :]|Traceback|^\\S*(Error|Exception):"
              + " |\\b(error|fatal|failed):",
          Pattern.CASE_INSENSITIVE);

  /** What scripts print has no levels: their last lines say best why they ended. */
  private static final Pattern SCRIPT = Pattern.compile("(barestack|ks|firstboot)-.*");

  /** The installer's command line has the secret of its install in a URL. */
  private static final Pattern TOKEN = Pattern.compile("(/install/[0-9a-f]{4})[0-9a-f]{28}");

  private LogLines() {}

  /** Lines that cannot steer a terminal, without what ended them, and with tokens masked. */
  public static List<String> plain(String log) {
    return TOKEN
        .matcher(log)
        .replaceAll("$1…")
        .lines()
        .map(line -> PlainText.of(line).stripTrailing())
        .toList();
  }

  /**
   * The last lines of a log that tell of errors, oldest first; of a script's log without any, its
   * last lines.
   *
   * @param name the log's file
   * @param most how many lines
   */
  public static List<String> telling(String name, String log, int most) {
    List<String> lines = plain(log).stream().filter(line -> !line.isBlank()).toList();
    List<String> errors = lines.stream().filter(line -> ERROR.matcher(line).find()).toList();
    List<String> telling = errors.isEmpty() && SCRIPT.matcher(name).matches() ? lines : errors;
    return telling.subList(Math.max(0, telling.size() - most), telling.size());
  }
}
