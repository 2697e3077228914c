package org.barestack.content;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The keys at hand, and what they say of signatures. */
final class Signatures {
  /**
   * Takes what keys there are.
   *
   * @param named files that hold keys that are trusted because they were named
   * @param found files in which a key may be; it counts if its fingerprint is a trusted one
   */
  static Signatures of(Map<String, byte[]> named, Map<String, byte[]> found) throws IOException {
    throw new IOException();
  }

  Verdict detached(byte[] data, byte[] signature) throws IOException {
    throw new IOException();
  }

  Verdict rpm(Path file, String place) throws IOException {
    throw new IOException();
  }
}
