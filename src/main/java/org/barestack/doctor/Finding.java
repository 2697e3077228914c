package org.barestack.doctor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.barestack.model.PlainText;

/**
 * What one look at the host has shown.
 *
 * @param check what was looked at, in a word
 * @param message what was seen
 * @param remedy what to do about it; empty if nothing
 */
public record Finding(Level level, String check, String message, String remedy) {
  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** It may do, or could not be seen. */
    WARNING,
    /** {@code serve} will not run, or machines will not install. */
    FAULT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Finding {
    message = PlainText.of(message);
    remedy = PlainText.of(remedy);
  }

  static Finding ok(String check, String message) {
    return new Finding(Level.OK, check, message, "");
  }

  static Finding warning(String check, String message, String remedy) {
    return new Finding(Level.WARNING, check, message, remedy);
  }

  static Finding fault(String check, String message, String remedy) {
    return new Finding(Level.FAULT, check, message, remedy);
  }

  Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("level", level.toString());
    fields.put("check", check);
    fields.put("message", message);
    fields.put("remedy", remedy);
    return fields;
  }
}
