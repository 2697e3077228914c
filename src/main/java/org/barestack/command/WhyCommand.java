package org.barestack.command;

import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.status.Why;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack why NODE|MAC}. */
@Command(
    name = "why",
    description = {
      "Shows every decision that was taken for a machine, oldest first, with its reason.",
      "Of a machine that nobody has heard of it says what to check, and ends with 1."
    },
    footer = {"", "Examples:", "  barestack why kvm1", "  barestack why 52:54:00:00:00:99 --json"})
public final class WhyCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", description = "A node, or the MAC address of a machine.")
  private String machine = "";

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    Site site = options.load();
    Subject subject = SiteOptions.subject(site, machine);
    Print out = new Print(command);
    try (Journal journal = SqliteJournal.readOnly(options.journal())) {
      Why why = Why.of(site, subject, journal.since(0), Instant.now());
      boolean heard = !why.lines().isEmpty();
      List<String> checks = heard ? List.of() : Why.checks(site, subject);
      if (json) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(why.fields());
        fields.put("checks", checks);
        out.json(fields);
      } else if (heard) {
        out.text(why.text(ZoneId.systemDefault()));
      } else {
        out.line("nothing was heard of " + subject + " yet; check");
        checks.forEach(check -> out.line("- " + check));
      }
      return heard ? 0 : Failure.NOT_DONE;
    }
  }
}
