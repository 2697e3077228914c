package org.barestack.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A Git repository that a test made: nobody's configuration counts, and its commits have a date.
 */
public final class Repository {
  private final Path folder;

  private Repository(Path folder) {
    this.folder = folder;
  }

  /** The one in a folder, which is not looked at yet. */
  public static Repository at(Path folder) {
    return new Repository(folder);
  }

  /** Makes one out of a folder; the branch is {@code main}. */
  public static Repository in(Path folder) {
    Repository repository = new Repository(folder);
    repository.git("init", "--quiet", "--initial-branch=main");
    return repository;
  }

  public Path folder() {
    return folder;
  }

  /** Runs git there, which must succeed; its output without the last line feed. */
  public String git(String... arguments) {
    String[] words =
        Stream.concat(Stream.of("git", "-C", folder.toString()), Stream.of(arguments))
            .toArray(String[]::new);
    Command.Result result =
        Command.of(words)
            .with("HOME", folder)
            .with("GIT_CONFIG_GLOBAL", "/dev/null")
            .with("GIT_CONFIG_SYSTEM", "/dev/null")
            .with("GIT_AUTHOR_NAME", "A Test")
            .with("GIT_AUTHOR_EMAIL", "test@example.com")
            .with("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
            .with("GIT_COMMITTER_NAME", "A Test")
            .with("GIT_COMMITTER_EMAIL", "test@example.com")
            .with("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
            .run();
    assertThat(result.status()).as(String.join(" ", words) + ": " + result.all()).isZero();
    return result.output().stripTrailing();
  }

  /** Commits all that is there. */
  public Repository commit(String message) {
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", message);
    return this;
  }

  /** Writes a file below the folder. */
  public Repository write(String name, String text) {
    Path file = folder.resolve(name);
    try {
      Files.createDirectories(file.resolveSibling(""));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }
}
