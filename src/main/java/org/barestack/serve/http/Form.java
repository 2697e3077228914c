package org.barestack.serve.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The body that {@code curl --data-urlencode} sends: application/x-www-form-urlencoded. */
final class Form {
  static final String TYPE = "application/x-www-form-urlencoded";

  /** Octets of a whole form. A report of {@code MachineReport.MOST_DISKS} disks fits. */
  static final int LARGEST = 256 * 1024;

  /** Octets of one field as it is sent. */
  static final int LARGEST_FIELD = 64 * 1024;

  private Form() {}

  /**
   * Reads the fields, in their order.
   *
   * @throws BadRequest if there is none, one is too long or comes twice, or an escape is broken
   */
  static Map<String, String> parse(byte[] body) throws BadRequest {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
      if (pair.length() > LARGEST_FIELD) {
        throw new BadRequest(413, "a field is longer than " + LARGEST_FIELD + " octets");
      }
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String name = decode(pair.substring(0, equals));
        if (fields.put(name, decode(pair.substring(equals + 1))) != null) {
          throw new BadRequest(400, "the field " + LogText.of(name) + " comes twice");
        }
      }
    }
    if (fields.isEmpty()) {
      throw new BadRequest(400, "the form has no field");
    }
    return fields;
  }

  private static String decode(String text) throws BadRequest {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRequest(400, "the form has a broken escape: " + LogText.of(text));
    }
  }
}
