package org.barestack.secrets;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands in {@code secrets.age}: the little of YAML that names with one line or a block of
 * lines need, so that a person can read it with age alone.
 *
 * <pre>
 * database-root: aValue
 * manager-ssh-key: |
 *   -----BEGIN EC PRIVATE KEY-----
 *   ...
 * </pre>
 */
final class SecretsText {
  private static final String HEAD =
      """
      # Secrets of a Barestack site. Change them with barestack secrets: it keeps secrets.pub.yaml,
      # which is made from this file, in step.
      """;

  private SecretsText() {}

  /** Each value is one line without line break, or lines that all end with one. */
  static String of(Map<String, String> values) {
    StringBuilder text = new StringBuilder(HEAD);
    values.forEach((name, value) -> {
      text.append(name).append(':');
      if (value.endsWith("\n")) {
        text.append(" |\n");
        value.lines().forEach(line -> text.append("  ").append(line).append('\n'));
      } else {
        text.append(' ').append(value).append('\n');
      }
    });
    return text.toString();
  }

  /**
   * The values by name, in the order of the text.
   *
   * @throws IllegalArgumentException if it cannot be read; the message names the line and shows
   *     nothing of it
   */
  static Map<String, String> parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>(text.lines().toList());
    for (int i = 0; i < lines.size(); i++) {
      int number = i + 1;
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(": ");
      String name = colon < 0 ? "" : line.substring(0, colon);
      if (!name.matches("[a-z][a-z-]*")) {
        throw new IllegalArgumentException("line " + number + " is not 'name: value'");
      }
      String value = line.substring(colon + 2).strip();
      if (value.equals("|")) {
        StringBuilder block = new StringBuilder();
        while (i + 1 < lines.size() && lines.get(i + 1).startsWith("  ")) {
          block.append(lines.get(++i).substring(2)).append('\n');
        }
        value = block.toString();
      }
      if (value.isEmpty()) {
        throw new IllegalArgumentException("line " + number + ": " + name + " is empty");
      }
      if (values.put(name, value) != null) {
        throw new IllegalArgumentException("line " + number + ": " + name + " is given twice");
      }
    }
    return values;
  }
}
