package org.barestack.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.barestack.cloud.Rounds;
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
      "Installs a node anew over what is on its disk, now, by SSH.",
      "A worker is taken out of CloudStack first, as barestack teardown does.",
      "With --restore the management node comes back with its databases and keys."
    },
    footer = {
      "",
      "Examples:",
      "  barestack rebuild kvm1",
      "  barestack rebuild mgmt1 --restore lab-mgmt1.cms"
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

  @Option(
      names = "--later",
      description = {
        "Leave the restart to you: it installs when it",
        "next boots from the network."
      })
  private boolean later;

  @Option(names = "--now", hidden = true, description = "What is done anyway.")
  private boolean now;

  @Option(
      names = "--force",
      description = {
        "Also where CloudStack cannot move what runs on",
        "the worker, or cannot be asked."
      })
  private boolean force;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Spec private CommandSpec command = CommandSpec.create();

  private final List<String> ssh;
  private final CloudDoor door;
  private final Supplier<Rounds> patience;

  /**
   * @param ssh how the system's ssh program is called
   */
  public RebuildCommand(List<String> ssh, CloudDoor door) {
    this(ssh, door, WorkerTeardown.USUAL);
  }

  /**
   * @param patience for CloudStack to let go of a worker
   */
  public RebuildCommand(List<String> ssh, CloudDoor door, Supplier<Rounds> patience) {
    this.ssh = List.copyOf(ssh);
    this.door = door;
    this.patience = patience;
  }

  @Override
  public Integer call() {
    if (now && later) {
      throw Failure.badInput("--now and --later contradict each other");
    }
    Site site = options.load();
    Node target = SiteOptions.node(site, node);
    if (backup != null) {
      check(target, backup);
    }
    PermitGuard guard = new PermitGuard(cloud, door, options.folder(), force);
    Clearance clearance =
        target.role().equals(Role.KVM_WORKER)
            ? new WorkerTeardown(guard, patience, new Print(command)::line)
            : guard;
    new InstallOrder(command, options, ssh, InstallOrder.Wipe.YES, !later, yes, clearance, backup)
        .give(site, target);
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
    Path key = cloud.identity().file();
    if (!cloud.identity().isNamed() && !Files.exists(key)) {
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
