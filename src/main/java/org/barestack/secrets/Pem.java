package org.barestack.secrets;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Textual encoding of keys and certificates (RFC 7468). */
final class Pem {
  private static final Pattern FORM =
      Pattern.compile(
          "-----BEGIN ([A-Z0-9 ]+)-----\\R([A-Za-z0-9+/=\\s]+)-----END ([A-Z0-9 ]+)-----\\s*");

  private Pem() {}

  static String text(String label, byte[] der) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  /**
   * What is inside.
   *
   * @throws IllegalArgumentException if it is not one such block; the message shows nothing of it
   */
  static byte[] der(String label, String pem) {
    Matcher form = FORM.matcher(pem);
    if (!form.matches() || !form.group(1).equals(label) || !form.group(3).equals(label)) {
      throw new IllegalArgumentException("it is not one PEM block with BEGIN " + label);
    }
    try {
      return Base64.getMimeDecoder().decode(form.group(2));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("its PEM block is cut or damaged", e);
    }
  }
}
