package org.barestack.model;

import java.util.regex.Pattern;

/**
 * A machine's name in the site file, and the first label of its host name.
 *
 * @param text a lower-case letter, then up to 62 letters, digits or inner hyphens (RFC 1123 §2.1)
 */
public record NodeName(String text) implements Comparable<NodeName> {
  /** The form, for messages and the JSON Schema. */
  public static final String PATTERN = "[a-z]([a-z0-9-]{0,61}[a-z0-9])?";

  private static final Pattern FORM = Pattern.compile(PATTERN);

  public NodeName {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not a node name (lower-case letters, digits, inner hyphens; 63 at most): '"
              + text
              + "'");
    }
  }

  @Override
  public int compareTo(NodeName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
