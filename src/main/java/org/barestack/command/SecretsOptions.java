package org.barestack.command;

import java.io.IOException;
import java.nio.file.Path;
import org.barestack.secrets.Identity;
import org.barestack.secrets.SecretsFile;
import org.barestack.secrets.SiteSecrets;
import org.barestack.secrets.SiteSecrets.Answer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of a command that opens a site's secrets. */
final class SecretsOptions extends SiteOptions {
  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description =
          "What opens secrets.age (default: $BARESTACK_IDENTITY, the systemd credential identity,"
              + " ~/.config/barestack/identity).")
  private @Nullable Path identity;

  /** Where the secrets are, or will be. */
  SecretsFile secrets() {
    return new SecretsFile(folder(), identity());
  }

  /** What opens them; the file need not exist. */
  Path identity() {
    return Identity.file(identity, System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** The opened secrets; if they cannot be opened, that ends the command. */
  SiteSecrets open(CommandSpec command) throws IOException {
    SecretsFile file = secrets();
    SiteSecrets secrets = opened(file.open());
    if (!file.isInStep(secrets)) {
      warn(
          command,
          file.publicParts()
              + " is missing or not that of secrets.age; barestack secrets init writes it anew");
    }
    if (Identity.isOpenToOthers(file.identity())) {
      warn(command, file.identity() + " can be read by others; chmod 600 " + file.identity());
    }
    return secrets;
  }

  /** What an answer holds; another one ends the command. */
  static SiteSecrets opened(Answer answer) {
    return switch (answer) {
      case Answer.Opened(SiteSecrets secrets) -> secrets;
      case Answer.NotThere(String message) -> throw Failure.notDone(message);
      case Answer.NotOpened(String reason, String remedy) ->
          throw Failure.notDone(reason + "; " + remedy);
    };
  }

  private static void warn(CommandSpec command, String text) {
    command.commandLine().getErr().println("barestack: warning: " + text);
  }
}
