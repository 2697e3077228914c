package org.barestack.command;

import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.Subject;
import org.barestack.status.EventText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack events NODE}. */
@Command(
    name = "events",
    description = "Prints everything that happened to a node, oldest first.",
    footer = {"", "Examples:", "  barestack events kvm1", "  barestack events 52:54:00:00:00:99"})
public final class EventsCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", description = "A node, or the MAC address of a machine.")
  private String subject = "";

  @Option(names = "--json", description = "Print them as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    Subject whose = SiteOptions.subject(options.load(), subject);
    try (Journal journal = SqliteJournal.readOnly(options.journal())) {
      List<NodeEvent> events = journal.events(whose);
      Print out = new Print(command);
      if (json) {
        out.json(events.stream().map(EventText::fields).toList());
      } else if (events.isEmpty()) {
        out.line("nothing was heard of " + whose + " yet");
      } else {
        events.forEach(event -> out.line(EventText.line(event, ZoneId.systemDefault())));
      }
      return 0;
    }
  }
}
