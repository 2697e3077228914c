package org.barestack.site;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Checks a public key in OpenSSH's one-line form (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4). */
final class SshKey {
  /** Type, and how many fields the key has behind it. */
  private static final Map<String, Integer> FIELDS =
      Map.of(
          "ssh-ed25519", 1,
          "ssh-rsa", 2,
          "ecdsa-sha2-nistp256", 2,
          "ecdsa-sha2-nistp384", 2,
          "ecdsa-sha2-nistp521", 2,
          "sk-ssh-ed25519@openssh.com", 2,
          "sk-ecdsa-sha2-nistp256@openssh.com", 3);

  private static final String COPY_AGAIN = "copy the line of the .pub file again";

  private SshKey() {}

  /**
   * The key as written.
   *
   * @throws IllegalArgumentException with "what is wrong; what to do"
   */
  static String parse(String line) {
    String[] words = line.split(" ", 3);
    String type = words[0];
    Integer count = FIELDS.get(type);
    if (count == null) {
      throw new IllegalArgumentException(
          "the key type " + type + " is not taken; make one with ssh-keygen -t ed25519");
    }
    List<byte[]> fields = fields(words[1]);
    if (!new String(fields.getFirst(), StandardCharsets.US_ASCII).equals(type)) {
      throw new IllegalArgumentException(
          "the key inside is not of type " + type + "; " + COPY_AGAIN);
    }
    if (fields.size() != count + 1 || (type.endsWith("25519") && fields.get(1).length != 32)) {
      throw new IllegalArgumentException("the key is cut or damaged; " + COPY_AGAIN);
    }
    // Enterprise Linux 9 and 10 refuse shorter ones in their default crypto policy.
    if (type.equals("ssh-rsa") && fields.get(2).length < 2048 / 8) {
      throw new IllegalArgumentException(
          "an RSA key of less than 2048 bits, which Rocky refuses; make one with ssh-keygen -t"
              + " ed25519");
    }
    return line;
  }

  private static List<byte[]> fields(String base64) {
    try {
      ByteBuffer blob = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
      List<byte[]> fields = new ArrayList<>();
      do {
        int length = blob.getInt();
        if (length < 0 || length > blob.remaining()) {
          throw new BufferUnderflowException();
        }
        byte[] field = new byte[length];
        blob.get(field);
        fields.add(field);
      } while (blob.hasRemaining());
      return fields;
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw new IllegalArgumentException("the key is cut or damaged; " + COPY_AGAIN, e);
    }
  }
}
