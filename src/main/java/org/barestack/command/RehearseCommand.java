package org.barestack.command;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.barestack.content.Releases;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.Phase;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.rehearse.Accelerator;
import org.barestack.rehearse.Firmware;
import org.barestack.rehearse.Rehearsal;
import org.barestack.rehearse.Rehearsal.Hardware;
import org.barestack.rehearse.Rehearsal.Neighbours;
import org.barestack.render.Renderer;
import org.barestack.status.EventText;
import org.barestack.status.InstallSummary;
import org.barestack.status.Machines;
import org.barestack.status.Overview;
import org.barestack.status.OverviewText;
import org.barestack.status.PhaseTimes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack rehearse}. */
@Command(
    name = "rehearse",
    description = {
      "Boots nodes as blank virtual machines, in a network of their own (needs root).",
      "They get what the real ones would get. Rocky's installer is that of the imported",
      "release, else a stand-in. Ends with 0 if all come as far as --until says."
    },
    footer = {
      "",
      "Examples:",
      "  sudo barestack rehearse kvm1 --firmware secure --until configured",
      "  sudo barestack rehearse --site examples/lab --json"
    })
public final class RehearseCommand implements Callable<Integer> {
  private static final Set<Phase> LOST = Set.of(Phase.REFUSED, Phase.FAILED);
  private static final long LOOK_MILLIS = 500;

  /** What Anaconda wants, with room for packages. */
  private static final int REAL_MEBIBYTES = 4096;

  /** How far a machine shall come. */
  enum Goal {
    /** The installer has finished. */
    INSTALLED,
    /** The steps of the first boot are done. */
    CONFIGURED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean reachedBy(Phase phase) {
      return phase.isConfigured()
          || (this == INSTALLED && (phase == Phase.INSTALLED || phase == Phase.CONFIGURING));
    }
  }

  /** What the machines start with, where the site shall not say it. */
  enum Boots {
    BIOS(Firmware.BIOS),
    UEFI(Firmware.UEFI),
    SECURE(Firmware.UEFI_SECURE),
    HTTP(Firmware.UEFI_HTTP);

    private final Firmware firmware;

    Boots(Firmware firmware) {
      this.firmware = firmware;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Mixin private final SecretsOptions options = new SecretsOptions();

  @Mixin private final HttpRootOption httpRoot = new HttpRootOption();

  @Parameters(
      paramLabel = "NODE",
      arity = "0..*",
      description = "Which nodes, at once (default: all).")
  private List<String> names = List.of();

  @Option(
      names = "--firmware",
      paramLabel = "KIND",
      description =
          "bios, uefi, secure (Secure Boot) or http (UEFI HTTP Boot); default: as the site says.")
  private @Nullable Boots boots;

  @Option(
      names = "--until",
      paramLabel = "PHASE",
      description = "installed or configured (default: ${DEFAULT-VALUE}).")
  private Goal goal = Goal.INSTALLED;

  @Option(names = "--stand-in", description = "Use the stand-in in any case.")
  private boolean standIn;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Give up then (default: 15; 120 with Rocky's).")
  private @Nullable Integer minutes;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  private final Path home = Path.of(System.getProperty("barestack.home", "")).toAbsolutePath();

  /**
   * What installs.
   *
   * @param standIn whether it only plays Rocky's installer
   */
  private record Installer(Path httpRoot, boolean standIn, String words) {}

  @Override
  public Integer call() throws IOException, InterruptedException, TimeoutException {
    Site site = options.load();
    List<Node> nodes =
        names.isEmpty()
            ? site.nodes()
            : names.stream().distinct().map(name -> SiteOptions.node(site, name)).toList();
    if (minutes != null && minutes < 1) {
      throw Failure.badInput("--minutes " + minutes + ": at least 1");
    }
    if (goal == Goal.CONFIGURED && !hasSecrets()) {
      throw Failure.badInput(
          "--until configured: the steps of the first boot fetch the site's secrets, and there are"
              + " none, or nothing here opens them: barestack secrets init");
    }
    Path work = home.resolve("target/rehearse").resolve(site.name());
    Files.createDirectories(work.resolveSibling(""));
    try (FileChannel lock =
            FileChannel.open(
                work.resolveSibling(site.name() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = lock.tryLock()) {
      if (held == null) {
        throw Failure.notDone(
            "another rehearsal of site " + site.name() + " runs; wait for it, or end it");
      }
      return rehearse(site, nodes, work);
    }
  }

  private int rehearse(Site site, List<Node> nodes, Path work)
      throws IOException, InterruptedException, TimeoutException {
    Installer installer = installer(site);
    say(installer.words());
    Renderer renderer = options.renderer();
    RenderedFolder.delete(work);
    Files.createDirectories(work);
    RenderedFolder.write(work.resolve("rendered"), site, renderer);
    List<String> serve = serve(work, installer);
    say("One network namespace; in it: " + String.join(" ", serve));
    Hardware hardware =
        new Hardware(
            node -> boots == null ? Rehearsal.firmware(node) : boots.firmware,
            installer.standIn() ? Hardware.USUAL.memoryMebibytes() : REAL_MEBIBYTES);
    try (Journal journal = SqliteJournal.readOnly(work.resolve("state/journal.db"));
        Rehearsal rehearsal =
            Rehearsal.open(
                site,
                serve,
                journal,
                work,
                Accelerator.choose(),
                Neighbours.of(site, work),
                hardware,
                nodes)) {
      // Ctrl-C ends the JVM without a way back through here.
      Thread atExit = Thread.ofPlatform().unstarted(() -> closeAfterInterrupt(rehearsal));
      Runtime.getRuntime().addShutdownHook(atExit);
      boolean reached = run(site, nodes, installer, hardware, journal, rehearsal, work);
      Runtime.getRuntime().removeShutdownHook(atExit);
      return reached ? 0 : Failure.NOT_DONE;
    }
  }

  private static void closeAfterInterrupt(Rehearsal rehearsal) {
    try {
      rehearsal.close();
    } catch (IOException e) {
      System.err.println("barestack: the rehearsal's network may be left over: " + e.getMessage());
    }
  }

  private List<String> serve(Path work, Installer installer) {
    List<String> line =
        new ArrayList<>(
            List.of(
                home.resolve("barestack").toString(),
                "serve",
                "--site=" + options.file().toAbsolutePath().normalize(),
                "--state=" + work.resolve("state"),
                "--http-root=" + installer.httpRoot().toAbsolutePath().normalize()));
    if (hasSecrets()) {
      line.add("--identity=" + options.identity().toAbsolutePath().normalize());
    } else {
      line.add("--no-secrets");
    }
    return line;
  }

  private boolean hasSecrets() {
    return Files.exists(options.secrets().age()) && Files.exists(options.identity());
  }

  /** The imported release, or else the stand-in, built where it is not built yet. */
  private Installer installer(Site site) throws IOException, InterruptedException {
    if (site.rocky().tree() != null) {
      throw Failure.badInput(
          "rocky.tree is on another server, which a network of its own cannot reach; import the"
              + " release (barestack import), and rehearse without rocky.tree in a copy of the"
              + " site");
    }
    Path imported = httpRoot.folder(options.folder());
    if (!standIn
        && new Releases(imported).find(site.rocky())
            instanceof Releases.Answer.Found(Releases.Tree tree)) {
      return new Installer(
          imported,
          tree.standIn(),
          tree.standIn()
              ? "A stand-in plays Rocky's installer: " + imported.resolve(tree.path())
              : "Rocky's own installer: " + imported.resolve(tree.path()));
    }
    say(
        "Rocky "
            + site.rocky().release()
            + " is not used here, so a stand-in plays its installer:");
    say("same requests, same scripts, a real disk, and no Rocky on it.");
    Path root = home.resolve("target/standin/http-root");
    List<String> build =
        List.of(
            home.resolve("src/standin/build.sh").toString(),
            root.resolve("releases").resolve(site.rocky().folder()).toString(),
            site.rocky().release());
    ProcessBuilder builder = new ProcessBuilder(build).inheritIO();
    if (json) {
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }
    if (builder.start().waitFor() != 0) {
      throw Failure.notDone(
          "the stand-in for Rocky " + site.rocky().release() + " could not be built");
    }
    return new Installer(root, true, "The stand-in: " + root);
  }

  private boolean run(
      Site site,
      List<Node> nodes,
      Installer installer,
      Hardware hardware,
      Journal journal,
      Rehearsal rehearsal,
      Path work)
      throws IOException, InterruptedException, TimeoutException {
    rehearsal.awaitServing(Duration.ofMinutes(2));
    Instant began = Instant.now();
    for (Node node : nodes) {
      rehearsal.machine(node.name()).start();
      say(
          "Power on: "
              + node.name()
              + ", "
              + words(hardware.firmware().apply(node))
              + ", blank disks");
    }
    int limit = minutes != null ? minutes : installer.standIn() ? 15 : 120;
    boolean reached = watch(site, nodes, journal, rehearsal, began.plus(Duration.ofMinutes(limit)));
    if (json) {
      new Print(command)
          .json(
              nodes.stream()
                  .map(node -> fields(node, installer, hardware, journal, began))
                  .toList());
      return reached;
    }
    summary(nodes, journal, rehearsal, work);
    for (Node node : nodes) {
      say(
          node.name()
              + ", "
              + words(hardware.firmware().apply(node))
              + ": "
              + PhaseTimes.of(events(journal, node), began).text());
    }
    say(
        (reached ? "All are " : "Not all are ")
            + goal
            + ", "
            + Duration.between(began, Instant.now()).toSeconds()
            + " s after they were switched on. "
            + (installer.standIn()
                ? "The stand-in played Rocky's installer."
                : "Rocky's own installer ran."));
    return reached;
  }

  private static String words(Firmware firmware) {
    return switch (firmware) {
      case BIOS -> "BIOS";
      case UEFI -> "UEFI";
      case UEFI_SECURE -> "UEFI with Secure Boot";
      case UEFI_HTTP -> "UEFI HTTP Boot";
    };
  }

  private Map<String, @Nullable Object> fields(
      Node node, Installer installer, Hardware hardware, Journal journal, Instant began) {
    PhaseTimes times = PhaseTimes.of(events(journal, node), began);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("node", node.name().text());
    fields.put("firmware", hardware.firmware().apply(node).name().toLowerCase(Locale.ROOT));
    fields.put("installer", installer.standIn() ? "stand-in" : "rocky");
    fields.put("reached", goal.reachedBy(times.last()));
    fields.put("phase", times.last().toString());
    fields.put("reason", times.reason());
    fields.put("seconds", times.seconds());
    return fields;
  }

  private static List<NodeEvent> events(Journal journal, Node node) {
    return journal.events(new Subject.OfNode(node.name()));
  }

  /** Shows what happens until all nodes are where they shall be, one is lost, or time is up. */
  private boolean watch(
      Site site, List<Node> nodes, Journal journal, Rehearsal rehearsal, Instant end)
      throws InterruptedException, IOException {
    Set<String> named = nodes.stream().map(node -> node.name().text()).collect(Collectors.toSet());
    boolean screen = Print.terminal() && !json;
    Machines machines = Machines.NONE;
    long seen = 0;
    while (Instant.now().isBefore(end)) {
      List<NodeEvent> events = journal.since(seen);
      machines = machines.after(events);
      seen = events.isEmpty() ? seen : events.getLast().sequence();
      Overview overview = Overview.of(site, machines, Instant.now());
      if (screen) {
        new Print(command)
            .text("\033[H\033[2J" + OverviewText.of(overview, Print.width(), Print.colour()));
      } else {
        events.stream()
            .filter(event -> event.kind() != Kind.FETCHED)
            .forEach(event -> say(EventText.line(event, ZoneId.systemDefault())));
      }
      List<Phase> phases =
          overview.nodes().stream()
              .filter(row -> named.contains(row.name().text()))
              .map(Overview.Row::phase)
              .toList();
      if (phases.stream().allMatch(goal::reachedBy)) {
        return true;
      }
      if (phases.stream().anyMatch(LOST::contains)) {
        return false;
      }
      if (!rehearsal.serving()) {
        throw Failure.notDone(
            "the server ended:\n" + Files.readString(rehearsal.serverLog()).stripTrailing());
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    return false;
  }

  private void summary(List<Node> nodes, Journal journal, Rehearsal rehearsal, Path work) {
    for (Node node : nodes) {
      say("");
      InstallSummary.of(events(journal, node))
          .forEach(install -> new Print(command).text(install.text()));
    }
    say("");
    say("rendered files   " + work.resolve("rendered"));
    say("journal          " + work.resolve("state/journal.db"));
    say("server's log     " + rehearsal.serverLog());
    for (Node node : nodes) {
      say("serial console   " + rehearsal.machine(node.name()).serialLog());
    }
    say("");
  }

  /** What people read, and what {@code --json} leaves out. */
  private void say(String line) {
    if (!json) {
      new Print(command).line(line);
    }
  }
}
