package org.barestack.command;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.barestack.boot.BootDesk;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack forget NODE}. */
@Command(
    name = "forget",
    description = {
      "Drops what is known of a node or of an unknown machine; its events stay in the journal.",
      "A forgotten node installs again, but only on a blank disk."
    },
    footer = {"", "Example:", "  barestack forget kvm1"})
public final class ForgetCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", description = "A node, or the MAC address of a machine.")
  private String subject = "";

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    Site site = options.load();
    Subject whom = SiteOptions.subject(site, subject);
    try (Journal journal = SqliteJournal.open(options.journal())) {
      new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom()).forget(whom);
      if (whom instanceof Subject.OfNode(NodeName name)) {
        InstallOrder.dropOthers(command, options, name, null);
      }
      new Print(command).line(whom + " is forgotten");
      return 0;
    }
  }
}
