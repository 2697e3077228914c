package org.barestack.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.barestack.content.Manifest;
import org.barestack.content.ReleaseList;
import org.barestack.content.ReleaseList.Release;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Octets;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.status.EventText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack releases}. */
@Command(
    name = "releases",
    description = {
      "Lists the releases that are here: where each is from, what vouches for it, who installs it.",
      "With --verify all files are read again; ends with 1 if one is not what was imported."
    },
    footer = {
      "",
      "Examples:",
      "  barestack releases",
      "  barestack releases --verify",
      "  barestack releases --history"
    })
public final class ReleasesCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Mixin private final HttpRootOption httpRoot = new HttpRootOption();

  @Option(names = "--verify", description = "Read all files and compare them with their digests.")
  private boolean verify;

  @Option(
      names = "--history",
      description = "Print which releases were imported when, of all times.")
  private boolean history;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Print out = new Print(command);
    if (history) {
      return history(out);
    }
    @Nullable Site site = options.isThere() ? options.load() : null;
    Path folder = httpRoot.folder(site == null ? Path.of("").toAbsolutePath() : options.folder());
    List<Release> releases = ReleaseList.of(folder);
    Map<String, List<String>> faults = new LinkedHashMap<>();
    if (verify) {
      ProgressLine progress =
          new ProgressLine(
              command.commandLine().getErr(), Print.terminal(), Print.width(), System::nanoTime);
      for (Release release : releases) {
        faults.put(release.name(), ReleaseList.faults(release, progress));
      }
    }
    if (json) {
      out.json(
          releases.stream()
              .map(release -> fields(release, users(site, release), faults.get(release.name())))
              .toList());
    } else if (releases.isEmpty()) {
      out.line(
          "there are no releases in "
              + folder.resolve("releases")
              + "; barestack import brings one");
    } else {
      out.text(table(site, releases));
      if (site != null && releases.stream().allMatch(release -> users(site, release).isEmpty())) {
        out.line(
            site.rocky().tree() != null
                ? "the site installs from " + site.rocky().tree()
                : "the site installs " + site.rocky().folder() + ", which is not here");
      }
      releases.forEach(release ->
          faults
              .getOrDefault(release.name(), List.of())
              .forEach(fault -> out.line(release.name() + ": " + fault)));
    }
    boolean bad =
        releases.stream()
            .filter(release -> release.manifest() != null)
            .anyMatch(release -> !faults.getOrDefault(release.name(), List.of()).isEmpty());
    return bad ? Failure.NOT_DONE : 0;
  }

  private Integer history(Print out) {
    if (!options.isThere()) {
      throw Failure.badInput("--history is the journal's of a site, and no site is here");
    }
    try (Journal journal = SqliteJournal.readOnly(options.journal())) {
      var events = journal.events(Subject.SITE);
      if (json) {
        out.json(events.stream().map(EventText::fields).toList());
      } else if (events.isEmpty()) {
        out.line("no release was imported for this site yet");
      } else {
        events.forEach(event -> out.line(EventText.line(event, ZoneId.systemDefault())));
      }
      return 0;
    }
  }

  /** The nodes that install it. */
  private static List<String> users(@Nullable Site site, Release release) {
    return site != null
            && site.rocky().tree() == null
            && site.rocky().folder().equals(release.name())
        ? site.nodes().stream().map(Node::name).map(NodeName::text).toList()
        : List.of();
  }

  private static Map<String, @Nullable Object> fields(
      Release release, List<String> users, @Nullable List<String> faults) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("name", release.name());
    fields.put("folder", release.folder().toString());
    fields.put("nodes", users);
    fields.put("release", release.manifest());
    if (faults != null) {
      fields.put("faults", faults);
    }
    return fields;
  }

  private static String table(@Nullable Site site, List<Release> releases) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("RELEASE", "SIZE", "TRUST", "SHA-256", "IMPORTED", "NODES"));
    for (Release release : releases) {
      List<String> users = users(site, release);
      String nodes = users.isEmpty() ? "-" : String.join(" ", users);
      Manifest manifest = release.manifest();
      rows.add(
          manifest == null
              ? List.of(release.name(), "?", "by hand", "-", "-", nodes)
              : List.of(
                  release.name(),
                  Octets.words(manifest.content().octets()),
                  manifest.trust().level().toString(),
                  (manifest.source().sha256() == null
                          ? manifest.content().identity()
                          : manifest.source().sha256())
                      .substring(0, 16),
                  manifest.imported().substring(0, 10),
                  nodes));
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = rows.stream().mapToInt(one -> one.get(column).length()).max().orElse(0);
        line.append(String.format(Locale.ROOT, "%-" + width + "s  ", row.get(i)));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
