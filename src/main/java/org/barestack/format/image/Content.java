package org.barestack.format.image;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What a file on an image to be shall hold. */
public record Content(List<Run> runs) {
  public Content {
    runs = runs.stream().filter(run -> run.length() > 0).toList();
  }

  /** Those octets, which are copied. */
  public static Content of(byte[] octets) {
    return new Content(List.of(Run.Octets.of(octets.clone())));
  }

  /** A text, in UTF-8. */
  public static Content of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What a file of this host holds.
   *
   * @param length octets of it, as they are now
   */
  public static Content of(Path file, long length) {
    return new Content(List.of(new Run.OfFile(file, 0, length)));
  }

  /** Octets of it. */
  public long length() {
    return runs.stream().mapToLong(Run::length).sum();
  }
}
