package org.barestack.content;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code .treeinfo} file: sections of keys, the INI form that productmd writes.
 *
 * @param sections keys and values by section
 */
record Treeinfo(Map<String, Map<String, String>> sections) {
  /** Reads the text; lines that are neither section, key nor comment say nothing. */
  static Treeinfo parse(String text) {
    Map<String, Map<String, String>> sections = new HashMap<>();
    Map<String, String> section = new HashMap<>();
    for (String raw : text.split("\\R", -1)) {
      String line = raw.strip();
      int equals = line.indexOf('=');
      if (line.startsWith("[") && line.endsWith("]")) {
        section =
            sections.computeIfAbsent(line.substring(1, line.length() - 1), name -> new HashMap<>());
      } else if (equals > 0 && !line.startsWith("#") && !line.startsWith(";")) {
        section.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return new Treeinfo(sections);
  }

  /** The value, if it is there and not empty. */
  Optional<String> value(String section, String key) {
    return Optional.ofNullable(sections.getOrDefault(section, Map.of()).get(key))
        .filter(value -> !value.isEmpty());
  }
}
