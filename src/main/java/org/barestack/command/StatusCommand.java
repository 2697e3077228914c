package org.barestack.command;

import java.time.Instant;
import java.util.concurrent.Callable;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.status.Machines;
import org.barestack.status.Overview;
import org.barestack.status.OverviewText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack status}. */
@Command(
    name = "status",
    description = "Shows where every node stands, why, and what to do.",
    footer = {"", "Examples:", "  barestack status", "  barestack status --json"})
public final class StatusCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    try (Journal journal = SqliteJournal.readOnly(options.journal())) {
      Machines machines = Machines.NONE.after(journal.since(0));
      Overview overview = Overview.of(options.load(), machines, Instant.now());
      Print out = new Print(command);
      if (json) {
        out.json(overview.fields());
      } else {
        out.text(OverviewText.of(overview, Print.width(), Print.colour()));
      }
      return 0;
    }
  }
}
