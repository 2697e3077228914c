package org.barestack.shell;

import java.util.Arrays;
import java.util.List;

/** Which language a script is in, as far as we know languages. */
public enum Dialect {
  /** GNU bash. */
  BASH,
  /** POSIX sh. On Rocky Linux that is bash in its POSIX mode, and it is parsed like that. */
  SH,
  /** Something else, such as Python: nothing is known of its syntax. */
  OTHER;

  /**
   * The language of an interpreter.
   *
   * @param interpreter a name, path or shebang: {@code bash}, {@code /bin/sh -e}, {@code
   *     #!/usr/bin/env bash}
   */
  public static Dialect of(String interpreter) {
    String line = interpreter.lines().findFirst().orElse("").strip();
    List<String> words =
        Arrays.stream((line.startsWith("#!") ? line.substring(2) : line).split("\\s+"))
            .map(word -> word.substring(word.lastIndexOf('/') + 1))
            .filter(word -> !word.isEmpty())
            .toList();
    boolean byEnv = !words.isEmpty() && words.getFirst().equals("env");
    return words.stream()
        .skip(byEnv ? 1 : 0)
        .filter(word -> !byEnv || (!word.startsWith("-") && !word.contains("=")))
        .findFirst()
        .map(Dialect::named)
        .orElse(OTHER);
  }

  /** What the script's own shebang says, or {@code otherwise} if it has none. */
  public static Dialect ofScript(String script, Dialect otherwise) {
    return script.startsWith("#!") ? of(script) : otherwise;
  }

  private static Dialect named(String program) {
    return switch (program) {
      case "bash" -> BASH;
      case "sh", "dash", "ash" -> SH;
      default -> OTHER;
    };
  }
}
