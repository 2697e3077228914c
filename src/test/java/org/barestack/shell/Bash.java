package org.barestack.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.testing.Command;

/** The judge: what {@code bash -n} says of scripts. */
final class Bash {
  private final List<String> options;

  /** In POSIX mode it is Rocky's sh. */
  Bash(Dialect dialect) {
    options = dialect == Dialect.SH ? List.of("--posix", "-n") : List.of("-n");
  }

  /**
   * Whether it refuses a script. For errors within {@code [[ ]]} its status is 0 all the same, so
   * what it prints counts; of a here-document without an end it only warns.
   */
  boolean refuses(Path script) {
    String[] words =
        Stream.of(Stream.of("bash"), options.stream(), Stream.of(script.toString()))
            .flatMap(part -> part)
            .toArray(String[]::new);
    Command.Result result = Command.of(words).with("LC_ALL", "C.UTF-8").run();
    return result.status() != 0
        || result.errors().lines().anyMatch(line -> !line.contains("warning:"));
  }

  /** The same of a text, by way of a file. */
  boolean refuses(Path folder, String text) {
    Path file = folder.resolve("script");
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return refuses(file);
  }

  /** All files below a folder, or that one file, that a sh or bash shebang begins. */
  static List<Path> scripts(Path folder, int depth) throws IOException {
    List<Path> scripts = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder, depth)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        if (Files.isRegularFile(file) && Files.isReadable(file) && isScript(file)) {
          scripts.add(file);
        }
      }
    }
    return scripts;
  }

  private static boolean isScript(Path file) throws IOException {
    if (file.toString().endsWith(".bash")) {
      return true;
    }
    byte[] first;
    try (var in = Files.newInputStream(file)) {
      first = in.readNBytes(100);
    }
    String line = new String(first, java.nio.charset.StandardCharsets.ISO_8859_1);
    return line.startsWith("#!") && Dialect.of(line) != Dialect.OTHER;
  }
}
