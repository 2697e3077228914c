package org.barestack.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says where releases are. */
final class HttpRootOption {
  @Option(
      names = "--http-root",
      paramLabel = "DIR",
      description =
          "Where releases/ and repos/ are (default: http-root beside the site file, else the"
              + " checkout's).")
  private @Nullable Path named;

  /** That folder; one that the command line names must be there. */
  Path folder(Path site) {
    return folder(named, site);
  }

  /** The same for an option of that name elsewhere. */
  static Path folder(@Nullable Path named, Path site) {
    if (named != null && !Files.isDirectory(named)) {
      throw Failure.badInput("--http-root " + named + ": there is no such folder");
    }
    Path beside = site.resolve("http-root");
    Path checkout = Path.of(System.getProperty("barestack.home", "."), "http-root");
    return Stream.of(named, beside, checkout)
        .filter(folder -> folder != null && Files.isDirectory(folder))
        .findFirst()
        .orElse(beside);
  }
}
