package org.barestack.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.barestack.model.Site;
import org.barestack.testing.Examples;

/** The smallest example with more workers. */
final class Workers {
  private Workers() {}

  /**
   * Writes it into a folder, and reads it.
   *
   * @param workers how many, called {@code kvm1} and so on
   */
  static Site site(Path folder, int workers) {
    Examples.copy("minimal", folder);
    Path file = folder.resolve("site.yaml");
    try {
      String text = Files.readString(file);
      String others =
          IntStream.rangeClosed(1, workers)
              .mapToObj(i ->
                  String.format(
                      Locale.ROOT,
                      "  kvm%d: { role: kvm-worker, address: 192.168.60.%d, nics: { nic1:"
                          + " \"52:54:01:60:00:%02x\" } }\n",
                      i,
                      10 + i,
                      i))
              .collect(Collectors.joining());
      Files.writeString(file, text.substring(0, text.indexOf("  kvm1:")) + others);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Examples.read(folder);
  }
}
