package org.barestack.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Texts that are kept in {@code src/test/resources} and compared to the letter. */
public final class Golden {
  private static final Path ROOT = Path.of("src/test/resources");

  private Golden() {}

  /**
   * Compares a whole folder: no file less, none more. {@code mvn test -Dgolden.update=true} writes
   * it anew; read the difference before you commit it.
   */
  public static void check(String folder, Map<String, String> actual) {
    Path root = ROOT.resolve(folder);
    try {
      if (Boolean.getBoolean("golden.update")) {
        write(root, actual);
      }
      assertThat(read(root))
          .as(root + " (mvn test -Dgolden.update=true writes it anew)")
          .isEqualTo(new TreeMap<>(actual));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> read(Path root) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    if (Files.exists(root)) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
          texts.put(root.relativize(file).toString(), Files.readString(file));
        }
      }
    }
    return texts;
  }

  private static void write(Path root, Map<String, String> texts) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> old = Files.walk(root)) {
        for (Path file : (Iterable<Path>) old.sorted(Comparator.reverseOrder())::iterator) {
          Files.delete(file);
        }
      }
    }
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Path file = root.resolve(text.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, text.getValue());
    }
  }
}
