package org.barestack.verify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;

/**
 * ASCII armor (RFC 9580 §6.2). Its checksum is not looked at, which that RFC allows: what is inside
 * is checked by better means.
 */
final class Armor {
  private Armor() {}

  /**
   * The packets of a file: of each armored block with that title, or all of it where it is binary.
   *
   * @param title as in "PGP SIGNATURE"
   * @throws IOException if a block has no end, or is not in base64; its message says so
   */
  static List<byte[]> blocks(byte[] octets, String title) throws IOException {
    if (octets.length == 0) {
      return List.of();
    }
    if (octets[0] < 0) { // bit 7, which every packet begins with and no text here has
      return List.of(octets);
    }
    List<byte[]> blocks = new ArrayList<>();
    Iterator<String> lines = new String(octets, ISO_8859_1).lines().iterator();
    while (lines.hasNext()) {
      if (lines.next().stripTrailing().equals("-----BEGIN " + title + "-----")) {
        blocks.add(block(lines, "-----END " + title + "-----"));
      }
    }
    return blocks;
  }

  private static byte[] block(Iterator<String> lines, String end) throws IOException {
    StringBuilder base64 = new StringBuilder();
    boolean headers = true;
    while (lines.hasNext()) {
      String line = lines.next().stripTrailing();
      if (line.equals(end)) {
        try {
          return Base64.getDecoder().decode(base64.toString());
        } catch (IllegalArgumentException e) {
          throw new IOException("an armored block is not in base64", e);
        }
      }
      if (headers) {
        headers = line.contains(": ");
        if (headers || line.isEmpty()) {
          continue;
        }
      }
      if (!line.startsWith("=")) {
        base64.append(line);
      }
    }
    throw new IOException("an armored block has no " + end);
  }
}
