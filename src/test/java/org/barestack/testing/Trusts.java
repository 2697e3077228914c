package org.barestack.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.barestack.model.Trust;

/** The public parts of secrets that nobody has any more. */
public final class Trusts {
  /** As {@code barestack secrets init} wrote it. */
  public static final Path FILE = Path.of("src/test/resources/secrets/secrets.pub.yaml");

  private static final String KEY = "[a-z_]+:.*";

  private Trusts() {}

  /** What stands in that file, read without our own reader. */
  public static Trust example() {
    List<String> lines;
    try {
      lines = Files.readAllLines(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String recipient = lines.get(lines.indexOf("recipients:") + 1).replace("  - ", "");
    String key =
        lines.stream()
            .filter(line -> line.startsWith("manager_ssh_key: "))
            .findFirst()
            .orElseThrow();
    return new Trust(
        List.of(recipient),
        block(lines, "ca: |"),
        key.substring(key.indexOf(' ') + 1),
        block(lines, "backup: |"));
  }

  private static String block(List<String> lines, String key) {
    return lines.subList(lines.indexOf(key) + 1, lines.size()).stream()
        .takeWhile(line -> !line.matches(KEY))
        .map(line -> line.substring(2) + "\n")
        .collect(Collectors.joining());
  }
}
