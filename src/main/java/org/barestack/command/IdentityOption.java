package org.barestack.command;

import java.nio.file.Path;
import org.barestack.secrets.Identity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says what opens a site's secrets. */
final class IdentityOption {
  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description = {
        "What opens secrets.age (default:",
        "$BARESTACK_IDENTITY, else the systemd credential",
        "identity, else ~/.config/barestack/identity)."
      })
  private @Nullable Path named;

  /** Whether the command line names one. */
  boolean isNamed() {
    return named != null;
  }

  /** The file; it need not exist. */
  Path file() {
    return Identity.file(named, System.getenv(), Path.of(System.getProperty("user.home", "/")));
  }
}
