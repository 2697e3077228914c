package org.barestack.cloud;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.barestack.model.Secret;

/**
 * How a call says whose it is: HMAC-SHA1 over its parameters, as CloudStack's ApiServer computes it
 * from what it received.
 */
final class Signature {
  private static final String ALGORITHM = "HmacSHA1";

  private Signature() {}

  /**
   * The signature, in base64; not yet encoded for a form.
   *
   * @param parameters all that are sent, decoded, but for the signature itself
   */
  static String of(Secret key, Map<String, String> parameters) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.value().getBytes(StandardCharsets.UTF_8), ALGORITHM));
      byte[] digest = mac.doFinal(signed(parameters).getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA1", e);
    }
  }

  /**
   * What is signed. Sorted before all becomes lower case; names as they are, {@code details[0].key}
   * too; values as URLEncoder has them, which encodes {@code ~} and leaves {@code *}, but for the
   * space.
   */
  static String signed(Map<String, String> parameters) {
    return new TreeMap<>(parameters)
        .entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()).replace("+", "%20"))
            .collect(Collectors.joining("&"))
            .toLowerCase(Locale.ROOT);
  }

  /** The body of a form with these fields. */
  static String form(Map<String, String> fields) {
    return new TreeMap<>(fields)
        .entrySet().stream()
            .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
