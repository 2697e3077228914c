package org.barestack.diff;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The system's git program, asked in one folder. Only commands that read are used; none of them
 * touches the working tree, the index or a reference.
 */
final class Git {
  /** Where a person's own configuration lies; every other GIT_ variable is left out. */
  private static final Set<String> KEPT =
      Set.of("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM");

  private final List<String> program;
  private final Path folder;

  /**
   * @param program how git is called
   * @param folder in which it runs
   */
  Git(List<String> program, Path folder) {
    this.program = List.copyOf(program);
    this.folder = folder;
  }

  /** Takes what git prints. */
  interface Reader<T> {
    T read(InputStream output) throws IOException;
  }

  /** What git answered. */
  sealed interface Answer<T> {
    /** It ended with status 0. */
    record Done<T>(T output) implements Answer<T> {}

    /**
     * It ended with another status.
     *
     * @param words what it said about that, on one line; may be empty
     */
    record Refused<T>(String words) implements Answer<T> {}
  }

  /** Git cannot be started. */
  static final class NotThere extends IOException {
    private static final long serialVersionUID = 1L;

    NotThere(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  Git in(Path other) {
    return new Git(program, other);
  }

  /** Runs it for a short text, without the line feed at its end. */
  Answer<String> text(String... arguments) throws IOException {
    return run(
        output -> {
          String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
          return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        },
        arguments);
  }

  /**
   * Runs it to its end.
   *
   * @throws NotThere if there is no such program
   * @throws IOException if the reader fails
   */
  <T> Answer<T> run(Reader<T> reader, String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(program.stream(), Stream.of(arguments)).toList())
            .directory(folder.toFile());
    clean(builder.environment());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new NotThere(e);
    }
    try {
      process.getOutputStream().close();
      CompletableFuture<String> errors = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              errors.complete(process.errorReader(StandardCharsets.UTF_8).readAllAsString());
            } catch (IOException | UncheckedIOException e) {
              errors.complete("");
            }
          });
      T output = reader.read(process.getInputStream());
      process.getInputStream().transferTo(OutputStream.nullOutputStream());
      return process.waitFor() == 0
          ? new Answer.Done<>(output)
          : new Answer.Refused<>(errors.join().strip().replaceAll("\\s*\n\\s*", "; "));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while git ran", e);
    } finally {
      process.destroy();
    }
  }

  /**
   * A hook of git's runs with variables that bind each git below it to one repository and index
   * (git-rev-parse(1), --local-env-vars). We ask for the repository of the site's folder.
   */
  private static void clean(Map<String, String> environment) {
    environment.keySet().removeIf(name -> name.startsWith("GIT_") && !KEPT.contains(name));
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("LC_ALL", "C.UTF-8");
  }
}
