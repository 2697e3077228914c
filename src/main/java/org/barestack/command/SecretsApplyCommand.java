package org.barestack.command;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeState;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.secrets.SecretName;
import org.barestack.secrets.SecretsFile;
import org.barestack.secrets.SiteSecrets;
import org.barestack.ssh.NodeShell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack secrets apply NAME}. */
@Command(
    name = "apply",
    description = {
      "Gives the management node that runs the present value of a secret, by SSH.",
      "It may be repeated, as after a failure."
    },
    footer = {"", "Example:", "  barestack secrets apply admin-password"})
public final class SecretsApplyCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Mixin private final IdentityOption identity = new IdentityOption();

  @Parameters(
      paramLabel = "NAME",
      description = "database-root, database-cloud, admin-password or backup-key.")
  private String name = "";

  @Spec private CommandSpec command = CommandSpec.create();

  private final List<String> ssh;

  /**
   * @param ssh how the system's ssh program is called
   */
  public SecretsApplyCommand(List<String> ssh) {
    this.ssh = List.copyOf(ssh);
  }

  @Override
  public Integer call() throws IOException {
    SecretName which = SecretNames.named(name);
    Site site = options.load();
    Node node = site.managementNode();
    Set<String> applicable = options.renderer().applicable(node);
    if (!applicable.contains(which.toString())) {
      throw Failure.badInput(
          which
              + " cannot be given to a node that runs ("
              + String.join(", ", applicable)
              + " can); barestack secrets rotate says what its new value means");
    }
    SiteSecrets secrets =
        SecretsOptions.opened(new SecretsFile(options.folder(), identity.file()).open());
    Secret value = secrets.value(which);
    String script =
        options.renderer().applyScript(site.with(secrets.trust()), node, which.toString(), value);
    String hostKeyName = hostKeyName(node);
    NodeShell shell = new NodeShell(ssh, options.journal().resolveSibling("known_hosts"));
    return switch (shell.run(node.address(), site.access().user(), hostKeyName, script)) {
      case NodeShell.Result.Done(String output) -> {
        new Print(command).line(node.name() + ": " + output);
        yield 0;
      }
      case NodeShell.Result.Failed(String reason) ->
          throw Failure.notDone(
              "%s on %s is as it was, or half way: %s%nTo go on: barestack secrets apply %s"
                  .formatted(which, node.name(), reason, which));
    };
  }

  private String hostKeyName(Node node) {
    try (Journal journal = SqliteJournal.open(options.journal())) {
      return InstallOrder.hostKeyName(
          node.name(), NodeState.of(journal.events(new Subject.OfNode(node.name()))));
    }
  }
}
