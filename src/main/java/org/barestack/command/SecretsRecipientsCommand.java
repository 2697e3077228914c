package org.barestack.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.barestack.secrets.SiteSecrets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack secrets recipients list|add|remove}. */
@Command(
    name = "recipients",
    synopsisSubcommandLabel = "COMMAND",
    description = "Shows who can open a site's secrets, and changes it.",
    footer = {"", "Example:", "  barestack secrets recipients list"})
public final class SecretsRecipientsCommand {
  @Spec private CommandSpec command = CommandSpec.create();

  @Command(
      name = "list",
      description = "Prints the public keys of those who can open them.",
      footer = {"", "Example:", "  barestack secrets recipients list"})
  int list(
      @Mixin SecretsOptions options,
      @Option(names = "--json", description = "Print them as JSON.") boolean json)
      throws IOException {
    Print out = new Print(command);
    List<String> recipients = options.open(command).recipients();
    if (json) {
      out.json(recipients);
    } else {
      recipients.forEach(out::line);
    }
    return 0;
  }

  @Command(
      name = "add",
      description = "Encrypts the secrets for one more public key.",
      footer = {"", "Example:", "  barestack secrets recipients add \"$(age-keygen -y key)\""})
  int add(
      @Mixin SecretsOptions options,
      @Parameters(paramLabel = "KEY", description = "age1..., as age-keygen -y prints it.")
          String key)
      throws IOException {
    change(
        options,
        recipients -> {
          if (recipients.contains(key)) {
            throw Failure.notDone(key + " can open the secrets already");
          }
          recipients.add(key);
        });
    new Print(command).line(key + " can open the secrets; commit secrets.age and secrets.pub.yaml");
    return 0;
  }

  @Command(
      name = "remove",
      description = "Encrypts the secrets for one public key less.",
      footer = {"", "Example:", "  barestack secrets recipients remove age1..."})
  int remove(
      @Mixin SecretsOptions options,
      @Parameters(paramLabel = "KEY", description = "One of those that list prints.") String key)
      throws IOException {
    change(
        options,
        recipients -> {
          if (!recipients.remove(key)) {
            throw Failure.badInput(
                key + " cannot open the secrets; those who can: " + String.join(", ", recipients));
          }
        });
    new Print(command)
        .line(
            key
                + " cannot open what is written from now on. It can open what Git had until now: if"
                + " its owner must not know the secrets, barestack secrets rotate --all");
    return 0;
  }

  private interface Edit {
    void apply(List<String> recipients);
  }

  private static SiteSecrets change(SecretsOptions options, Edit edit) throws IOException {
    try {
      return SecretsOptions.opened(
          options
              .secrets()
              .change(secrets -> {
                List<String> recipients = new ArrayList<>(secrets.recipients());
                edit.apply(recipients);
                return secrets.withRecipients(recipients);
              }));
    } catch (IllegalArgumentException e) {
      throw Failure.badInput(e.getMessage() + "; nothing was changed");
    }
  }
}
