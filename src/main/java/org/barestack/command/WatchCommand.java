package org.barestack.command;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.Site;
import org.barestack.status.EventText;
import org.barestack.status.Machines;
import org.barestack.status.Overview;
import org.barestack.status.OverviewText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code barestack watch}. */
@Command(
    name = "watch",
    description = {
      "Shows where every node stands, live, until Ctrl-C.",
      "Where no terminal reads along, it prints each event as a line instead."
    },
    footer = {"", "Example:", "  barestack watch"})
public final class WatchCommand implements Callable<Integer> {
  private static final long PAUSE_MILLIS = 500;

  @Mixin private final JournalOptions options = new JournalOptions();

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Site site = options.load();
    Print out = new Print(command);
    boolean screen = Print.terminal();
    try (Journal journal = SqliteJournal.readOnly(options.journal())) {
      Machines machines = Machines.NONE;
      long seen = 0;
      while (true) {
        List<NodeEvent> events = journal.since(seen);
        machines = machines.after(events);
        seen = events.isEmpty() ? seen : events.getLast().sequence();
        if (screen) {
          Overview overview = Overview.of(site, machines, Instant.now());
          out.text("\033[H\033[2J" + OverviewText.of(overview, Print.width(), Print.colour()));
        } else {
          events.forEach(event -> out.line(EventText.line(event, ZoneId.systemDefault())));
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }
}
