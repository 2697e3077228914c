package org.barestack.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * One installation of one node, short enough to be a file-system label (XFS holds 12 characters).
 * Two labels tell of it: {@link #begun()} from the moment that its file system is made, {@link
 * #label()} once the system is whole. So a disk says by itself whether it holds something that
 * runs.
 *
 * @param label {@code bs}, four characters made from site and node name, six random ones; base 32
 *     in lower case
 */
public record InstallId(String label) {
  /** The form of a label, for scripts that look for one. */
  public static final String PATTERN = "bs[a-z2-7]{10}";

  private static final Pattern FORM = Pattern.compile(PATTERN);

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  public InstallId {
    if (!FORM.matcher(label).matches()) {
      throw new IllegalArgumentException("not an install id: '" + label + "'");
    }
  }

  /** The label of a file system whose install has not finished: {@code bi} and the same ten. */
  public String begun() {
    return "bi" + label.substring(2);
  }

  /** The install that a file-system label tells of; empty if it is no label of ours. */
  public static Optional<InstallId> ofLabel(String text) {
    return text.matches("b[is][a-z2-7]{10}")
        ? Optional.of(new InstallId("bs" + text.substring(2)))
        : Optional.empty();
  }

  /** A new one for that node. */
  public static InstallId fresh(String site, NodeName node, RandomGenerator random) {
    StringBuilder label = new StringBuilder("bs").append(owner(site, node));
    random.ints(6, 0, 32).forEach(digit -> label.append(ALPHABET.charAt(digit)));
    return new InstallId(label.toString());
  }

  /**
   * Whether a node of that name on that site made it. 20 bits decide, so that a disk whose journal
   * was lost still says to whom it belongs; a stranger's label agrees once in a million.
   */
  public boolean belongsTo(String site, NodeName node) {
    return label.startsWith(owner(site, node), 2);
  }

  /** The four characters that the labels of all installs of one node have in common. */
  public String owner() {
    return label.substring(2, 6);
  }

  private static String owner(String site, NodeName node) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((site + "/" + node).getBytes(StandardCharsets.UTF_8));
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 4; i++) {
        text.append(ALPHABET.charAt(digest[i] & 31));
      }
      return text.toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return label;
  }
}
