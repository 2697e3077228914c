package org.barestack.command;

import java.io.IOException;
import java.nio.file.Path;
import org.barestack.secrets.Identity;
import org.barestack.secrets.SecretsFile;
import org.barestack.secrets.SiteSecrets;
import org.barestack.secrets.SiteSecrets.Answer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** The options of a command that opens a site's secrets. */
final class SecretsOptions extends SiteOptions {
  @Mixin private final IdentityOption identity = new IdentityOption();

  /** Where the secrets are, or will be. */
  SecretsFile secrets() {
    return new SecretsFile(folder(), identity());
  }

  /** What opens them; the file need not exist. */
  Path identity() {
    return identity.file();
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
