package org.barestack.testing.cloudstack;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CloudStack's refusal of a call. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  final int code;
  final @Nullable Integer detail;
  final String text;

  /** {@code uuidList}: ids by what they are. */
  final transient List<Map.Entry<String, String>> about;

  /**
   * A refusal.
   *
   * @param code HTTP status and {@code errorcode}
   * @param detail {@code cserrorcode}
   */
  Refusal(int code, @Nullable Integer detail, String text) {
    this(code, detail, text, List.of());
  }

  Refusal(int code, @Nullable Integer detail, String text, List<Map.Entry<String, String>> about) {
    super(text);
    this.about = about;
    this.code = code;
    this.detail = detail;
    this.text = text;
  }

  static Refusal parameter(String text) {
    return new Refusal(431, 4350, text);
  }

  /** What CloudStack calls a CloudRuntimeException. */
  static Refusal state(String text) {
    return new Refusal(530, 4250, text);
  }

  static Refusal internal(String text) {
    return new Refusal(530, 9999, text);
  }

  static Refusal denied(String text) {
    return new Refusal(531, 4365, text);
  }

  /** Of calls whose form is wrong. */
  static Refusal form(String text) {
    return new Refusal(431, 9999, text);
  }

  static Refusal invalid(String command, String parameter, String value) {
    return form(
        "Unable to execute API command "
            + command.toLowerCase(java.util.Locale.ROOT)
            + " due to invalid value. Invalid parameter "
            + parameter
            + " value="
            + value
            + " due to incorrect long value format, or entity does not exist or due to incorrect"
            + " parameter annotation for the field in api cmd class.");
  }

  static Refusal unauthorized() {
    return new Refusal(401, null, "unable to verify user credentials and/or request signature");
  }
}
