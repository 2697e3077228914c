package org.barestack.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.barestack.journal.InstallLogs;
import org.barestack.journal.InstallLogs.Install;
import org.barestack.journal.InstallLogs.LogFile;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeName;
import org.barestack.model.Subject;
import org.barestack.status.LogLines;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack logs NODE [FILE]}. */
@Command(
    name = "logs",
    description = {
      "Shows what a node sent of its failed or refused installs: which logs, and their errors.",
      "With FILE prints that log. They are plain files in .barestack/logs/NODE/INSTALL/."
    },
    footer = {"", "Examples:", "  barestack logs kvm1", "  barestack logs kvm1 anaconda.log"})
public final class LogsCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  /** Telling lines of one log. */
  private static final int TELLING = 5;

  private final OutputStream octets;

  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(index = "0", paramLabel = "NODE", description = "A node.")
  private String node = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "One of its logs.")
  private @Nullable String file;

  @Option(
      names = "--install",
      paramLabel = "ID",
      description = "Of which install (default: the last that left logs).")
  private @Nullable String install;

  @Option(names = "--raw", description = "Print FILE as it came, control characters and all.")
  private boolean raw;

  @Option(names = "--json", description = "Print which logs there are as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  /** The command; {@code --raw} writes to {@code octets}, all else to the usual output. */
  public LogsCommand(OutputStream octets) {
    this.octets = octets;
  }

  @Override
  public Integer call() throws IOException {
    if (file == null ? raw : json) {
      throw Failure.badInput(raw ? "--raw needs a FILE" : "--json lists logs; it takes no FILE");
    }
    NodeName name = SiteOptions.node(options.load(), node).name();
    List<Install> installs = new InstallLogs(options.logs()).of(name);
    if (install != null) {
      installs = List.of(chosen(installs, install));
    }
    Print out = new Print(command);
    if (file != null) {
      print(out, found(installs, file));
    } else if (json) {
      out.json(installs.stream().map(one -> fields(one, reason(name, one))).toList());
    } else if (installs.isEmpty()) {
      out.line(name + " has left no logs; a node sends them when its install fails or is refused");
    } else {
      out.text(front(name, installs.getFirst()) + table(installs));
    }
    return 0;
  }

  private Install chosen(List<Install> installs, String id) {
    return installs.stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(() ->
            Failure.badInput(
                "there are no logs of install '"
                    + id
                    + "' of "
                    + node
                    + "; there are "
                    + (installs.isEmpty()
                        ? "none at all"
                        : "those of "
                            + installs.stream()
                                .map(Install::id)
                                .collect(Collectors.joining(", ")))));
  }

  private LogFile found(List<Install> installs, String name) {
    if (installs.isEmpty()) {
      throw Failure.notDone(node + " has left no logs");
    }
    Install last = installs.getFirst();
    return last.files().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            Failure.badInput(
                "install "
                    + last.id()
                    + " of "
                    + node
                    + " left no log '"
                    + name
                    + "'; it left "
                    + last.files().stream().map(LogFile::name).collect(Collectors.joining(", "))));
  }

  private void print(Print out, LogFile log) throws IOException {
    if (raw) {
      Files.copy(log.path(), octets);
      octets.flush();
    } else {
      LogLines.plain(text(log)).forEach(out::line);
    }
  }

  /** What is no UTF-8 becomes a replacement character. */
  private static String text(LogFile log) throws IOException {
    return new String(Files.readAllBytes(log.path()), StandardCharsets.UTF_8);
  }

  /** How the install ended, as its node told; empty if it did not. */
  private String reason(NodeName name, Install which) {
    try (Journal journal = SqliteJournal.readOnly(options.journal())) {
      return journal.events(new Subject.OfNode(name)).stream()
          .filter(event -> event.install() != null && event.install().label().equals(which.id()))
          .filter(event ->
              switch (event.kind()) {
                case INSTALL_FAILED, CLAIM_REFUSED, STEP_FAILED, CONFIGURED -> true;
                default -> false;
              })
          .reduce((earlier, later) -> later)
          .map(LogsCommand::ending)
          .orElse("");
    }
  }

  private static String ending(NodeEvent event) {
    String reason = event.detail().getOrDefault("reason", "no reason given");
    return switch (event.kind()) {
      case CLAIM_REFUSED -> "refused: " + reason;
      case STEP_FAILED ->
          "failed in " + event.detail().getOrDefault("step", "a step") + ": " + reason;
      case CONFIGURED -> "came to its end; these logs are of earlier failures";
      default -> "failed: " + reason;
    };
  }

  private String front(NodeName name, Install last) throws IOException {
    StringBuilder front = new StringBuilder("install " + last.id() + " ");
    front.append(String.join("\n  ", LogLines.plain(reason(name, last)))).append('\n');
    for (LogFile log : last.files()) {
      List<String> lines = LogLines.telling(log.name(), text(log), TELLING);
      if (!lines.isEmpty()) {
        front.append('\n').append(log.name()).append(":\n");
        lines.forEach(line -> front.append("  ").append(line).append('\n'));
      }
    }
    return front.append('\n').toString();
  }

  private static String table(List<Install> installs) {
    StringBuilder table = new StringBuilder();
    table.append(String.format("%-12s  %-19s  %9s  %s%n", "INSTALL", "WHEN", "OCTETS", "FILE"));
    for (Install one : installs) {
      for (LogFile log : one.files()) {
        table.append(
            String.format(
                Locale.ROOT,
                "%-12s  %-19s  %9d  %s%n",
                one.id(),
                TIME.format(log.at().atZone(ZoneId.systemDefault())),
                log.octets(),
                log.name()));
      }
    }
    return table.toString();
  }

  private static Map<String, Object> fields(Install one, String reason) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("install", one.id());
    fields.put("reason", reason);
    fields.put(
        "files",
        one.files().stream()
            .map(log ->
                Map.of(
                    "name", log.name(),
                    "at", log.at().toString(),
                    "bytes", log.octets(),
                    "path", log.path().toString()))
            .toList());
    return fields;
  }
}
