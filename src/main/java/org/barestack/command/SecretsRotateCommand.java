package org.barestack.command;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.barestack.model.Site;
import org.barestack.secrets.Rotation;
import org.barestack.secrets.SecretName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack secrets rotate NAME}. */
@Command(
    name = "rotate",
    description = {
      "Makes a new value for one secret, or for all.",
      "No node changes by that: it says what to do there."
    },
    footer = {"", "Example:", "  barestack secrets rotate admin-password"})
public final class SecretsRotateCommand implements Callable<Integer> {
  @Mixin private final SecretsOptions options = new SecretsOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "One of those that secrets list shows.")
  private @Nullable String name;

  @Option(names = "--all", description = "All of them.")
  private boolean all;

  @Option(names = "--missing", description = "Those that secrets.age does not have yet.")
  private boolean missing;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (Stream.of(name != null, all, missing).filter(chosen -> chosen).count() != 1) {
      throw Failure.badInput("name one secret, or say --all, or --missing");
    }
    List<SecretName> which =
        new ArrayList<>(
            name != null ? List.of(SecretNames.named(name)) : List.of(SecretName.values()));
    Site site = options.load();
    SecureRandom random = new SecureRandom();
    SecretsOptions.opened(
        options
            .secrets()
            .change(secrets -> {
              if (missing) {
                which.retainAll(secrets.missing());
              }
              for (SecretName one : which) {
                secrets = secrets.rotated(one, random, InstantSource.system());
              }
              return secrets;
            }));
    Print out = new Print(command);
    if (which.isEmpty()) {
      out.line("none is missing");
    } else if (missing) {
      which.forEach(one -> out.line(one + " is new; nodes get it when they are installed"));
    } else {
      which.forEach(one -> tell(out, one, site));
    }
    return 0;
  }

  /** What a new value means for nodes that have the old one. */
  static void tell(Print out, SecretName which, Site site) {
    out.line(
        which
            + " has a new value; nodes installed from now on get it. Git still has the old one."
            + " To go back: git checkout secrets.age secrets.pub.yaml");
    Rotation.afterwards(which, site).forEach(out::line);
  }
}
