package org.barestack.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.barestack.secrets.SecretName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack secrets show NAME}. */
@Command(
    name = "show",
    description = "Prints the value of one secret, and a line break.",
    footer = {"", "Example:", "  barestack secrets show admin-password | xclip"})
public final class SecretsShowCommand implements Callable<Integer> {
  @Mixin private final SecretsOptions options = new SecretsOptions();

  @Parameters(paramLabel = "NAME", description = "One of those that secrets list shows.")
  private String name = "";

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    SecretName which = SecretNames.named(name);
    String value = options.open(command).value(which).value();
    if (Print.console().isPresent()) {
      command
          .commandLine()
          .getErr()
          .println("barestack: warning: a secret is on this screen now, and in its scrollback");
    }
    new Print(command).text(value.endsWith("\n") ? value : value + "\n");
    return 0;
  }
}
