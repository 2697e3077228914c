package org.barestack.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.secrets.BackupFile;
import org.barestack.secrets.SiteSecrets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack rebuild NODE}. */
@Command(
    name = "rebuild",
    description = {
      "Orders a new install of a node over what is on its disk, as reinstall --wipe does.",
      "With --restore the management node comes back with its databases and keys."
    })
public final class RebuildCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", description = "A node of the site.")
  private String node = "";

  @Option(
      names = "--restore",
      paramLabel = "FILE",
      description = {"A backup that the management node shall load."})
  private @Nullable Path backup;

  @Option(names = "--now", description = "Restart it into the installer, by SSH.")
  private boolean now;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Mixin private final IdentityOption identity = new IdentityOption();

  @Spec private CommandSpec command = CommandSpec.create();

  private final List<String> ssh;

  /**
   * @param ssh how the system's ssh program is called
   */
  public RebuildCommand(List<String> ssh) {
    this.ssh = List.copyOf(ssh);
  }

  @Override
  public Integer call() {
    Site site = options.load();
    Node target = SiteOptions.node(site, node);
    if (backup != null) {
      check(target, backup);
    }
    new InstallOrder(command, options, ssh, true, now, yes, backup).give(site, target);
    return 0;
  }

  private void check(Node target, Path file) {
    if (!target.role().equals(Role.MANAGEMENT)) {
      throw Failure.badInput(
          target.name()
              + " has role "
              + target.role()
              + ": only a management node restores a backup; nothing was ordered");
    }
    if (!Files.isRegularFile(file)) {
      throw Failure.badInput(
          file
              + (Files.exists(file) ? " is no regular file" : " is not there")
              + "; nothing was ordered");
    }
    try {
      if (looked(file) instanceof BackupFile.Answer.Bad(String reason)) {
        throw Failure.badInput(file + " " + reason + "; nothing was ordered");
      }
    } catch (IOException e) {
      throw Failure.badInput(file + " cannot be read (" + e + "); nothing was ordered");
    }
  }

  /** Whoever has no identity at hand can order all the same: the node checks it again. */
  private BackupFile.Answer looked(Path file) throws IOException {
    Path key = identity.file();
    if (!identity.isNamed() && !Files.exists(key)) {
      command
          .commandLine()
          .getErr()
          .println(
              "barestack: warning: whether the site's backup-key opens "
                  + file
                  + " is not known here: no identity is at "
                  + key);
      return BackupFile.look(file);
    }
    SiteSecrets secrets =
        SecretsOptions.opened(SiteSecrets.open(options.folder().resolve("secrets.age"), key));
    return BackupFile.open(file, secrets);
  }
}
