package org.barestack.site;

import java.util.Comparator;
import java.util.Locale;
import org.barestack.model.PlainText;

/**
 * One thing that is wrong or risky in a site file, or good to know.
 *
 * @param file as the caller named it
 * @param line from 1
 * @param column from 1, in characters
 * @param path the place in the document, {@code nodes.kvm2.nics.nic1} or {@code
 *     access.ssh_keys[0]}; empty for the whole file
 * @param message what is wrong
 * @param remedy what to do about it
 */
public record SiteProblem(
    Severity severity,
    String file,
    int line,
    int column,
    String path,
    String message,
    String remedy)
    implements Comparable<SiteProblem> {
  private static final Comparator<SiteProblem> ORDER =
      Comparator.comparing(SiteProblem::file)
          .thenComparingInt(SiteProblem::line)
          .thenComparingInt(SiteProblem::column)
          .thenComparing(SiteProblem::path)
          .thenComparing(SiteProblem::severity)
          .thenComparing(SiteProblem::message)
          .thenComparing(SiteProblem::remedy);

  /** Whether the site can be used all the same. */
  public enum Severity {
    /** It cannot. */
    ERROR,
    /** It can; the risk is named. */
    WARNING,
    /** It can, and nothing need be done: what is so on purpose, and not what one would expect. */
    NOTE
  }

  public SiteProblem {
    path = PlainText.escaped(path);
    message = PlainText.escaped(message);
    remedy = PlainText.escaped(remedy);
  }

  /** In the order of the file. */
  @Override
  public int compareTo(SiteProblem other) {
    return ORDER.compare(this, other);
  }

  /**
   * {@code site.yaml:12:5: error: nodes.kvm2.mac: what is wrong; what to do}, as compilers write
   * it.
   */
  @Override
  public String toString() {
    return "%s:%d:%d: %s: %s%s; %s"
        .formatted(
            file,
            line,
            column,
            severity.name().toLowerCase(Locale.ROOT),
            path.isEmpty() ? "" : path + ": ",
            message,
            remedy);
  }
}
