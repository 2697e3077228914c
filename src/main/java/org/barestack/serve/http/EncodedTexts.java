package org.barestack.serve.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Texts as octets. Large ones that were lately asked for are kept: kickstarts are pinned, so each
 * is asked for again, and is the same string then.
 */
final class EncodedTexts {
  /** Characters from which on a text is kept. */
  private static final int LARGE = 16 * 1024;

  /** How many are kept; a kickstart has some 80 KB. */
  private static final int MOST = 64;

  private final SequencedMap<String, byte[]> recent = new LinkedHashMap<>();

  /** The text in UTF-8. */
  ByteBuffer of(String text) {
    return ByteBuffer.wrap(
            text.length() < LARGE ? text.getBytes(StandardCharsets.UTF_8) : kept(text))
        .asReadOnlyBuffer();
  }

  private byte[] kept(String text) {
    synchronized (recent) {
      byte[] known = recent.get(text);
      if (known != null) {
        return known;
      }
    }
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    synchronized (recent) {
      recent.put(text, octets);
      while (recent.size() > MOST) {
        recent.pollFirstEntry();
      }
    }
    return octets;
  }
}
