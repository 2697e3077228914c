package org.barestack.command;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.barestack.model.Site;
import org.barestack.secrets.SecretName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack secrets set NAME}. */
@Command(
    name = "set",
    description = {
      "Sets one secret to a value from standard input, or asks for it at a terminal.",
      "No node changes by that: it says what to do there."
    },
    footer = {"", "Example:", "  barestack secrets set admin-password < file"})
public final class SecretsSetCommand implements Callable<Integer> {
  /** Octets; the largest that is taken is a private key. */
  private static final int MAX_SIZE = 1 << 14;

  private final InputStream in;

  @Mixin private final SecretsOptions options = new SecretsOptions();

  @Parameters(paramLabel = "NAME", description = "One of those that secrets list shows.")
  private String name = "";

  @Spec private CommandSpec command = CommandSpec.create();

  /**
   * @param in where the value comes from, if nobody sits at a terminal
   */
  public SecretsSetCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    SecretName which = SecretNames.named(name);
    if (which.hasCertificate()) {
      throw Failure.badInput(
          which + " has a certificate, so it is made, not set: barestack secrets rotate " + which);
    }
    Site site = options.load();
    String value = which.isKey() ? key(piped()) : password(which);
    try {
      SecretsOptions.opened(options.secrets().change(secrets -> secrets.with(which, value)));
    } catch (IllegalArgumentException e) {
      throw Failure.badInput(
          "this value cannot be used: " + e.getMessage() + "; nothing was changed");
    }
    SecretsRotateCommand.tell(new Print(command), which, site);
    return 0;
  }

  private String password(SecretName which) throws IOException {
    Optional<Console> console = Print.console();
    String text =
        console.isPresent()
            ? new String(
                Optional.ofNullable(console.get().readPassword("%s: ", which)).orElse(new char[0]))
            : piped();
    return text.replaceFirst("\r?\n\\z", "");
  }

  /** Copied keys come with the line ends of other systems. */
  private static String key(String text) {
    return text.replace("\r\n", "\n").strip() + "\n";
  }

  private String piped() throws IOException {
    byte[] bytes = in.readNBytes(MAX_SIZE + 1);
    if (bytes.length > MAX_SIZE) {
      throw Failure.badInput("the value is longer than 16 KiB; nothing was changed");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
