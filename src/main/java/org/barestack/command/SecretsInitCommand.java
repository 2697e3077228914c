package org.barestack.command;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.barestack.secrets.SecretsFile;
import org.barestack.secrets.SecretsFile.Making;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code barestack secrets init}. */
@Command(
    name = "init",
    description = {
      "Makes all secrets of a site, and the identity that opens them where there is none.",
      "Writes secrets.age and secrets.pub.yaml, and never over secrets that are there."
    },
    footer = {"", "Example:", "  barestack secrets init"})
public final class SecretsInitCommand implements Callable<Integer> {
  @Mixin private final SecretsOptions options = new SecretsOptions();

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    SecretsFile file = options.secrets();
    Print out = new Print(command);
    switch (file.make(new SecureRandom(), InstantSource.system())) {
      case Making.Made(String recipient, boolean identityToo) -> {
        if (identityToo) {
          out.line(
              file.identity()
                  + " is new: the identity that opens the secrets. Without it they are lost, and"
                  + " with it everybody can read them: keep a copy offline, and never in Git");
        }
        if (file.identity().toAbsolutePath().normalize().startsWith(options.folder())) {
          out.line(
              "the identity lies in the site's folder: see to it that it never comes into Git");
        }
        out.line(file.age() + " has new secrets, for " + recipient);
        out.line(file.publicParts() + " has their public parts; commit both files");
      }
      case Making.Completed() ->
          out.line(file.publicParts() + " was old or missing and is that of secrets.age now");
      case Making.NotMade(String message) -> throw Failure.notDone(message);
    }
    return 0;
  }
}
