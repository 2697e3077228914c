package org.barestack.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.Phase;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.rehearse.Accelerator;
import org.barestack.rehearse.Rehearsal;
import org.barestack.render.Renderer;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;
import org.barestack.status.EventText;
import org.barestack.status.InstallSummary;
import org.barestack.status.Machines;
import org.barestack.status.Overview;
import org.barestack.status.OverviewText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack demo}. */
@Command(
    name = "demo",
    description = {
      "Installs examples/lab on two blank virtual machines, in a network of its own (needs root).",
      "A stand-in plays Rocky's installer, which is not part of Barestack."
    },
    footer = {"", "Example:", "  sudo barestack demo --minutes 30"})
public final class DemoCommand implements Callable<Integer> {
  private static final Set<Phase> DONE =
      EnumSet.of(Phase.INSTALLED, Phase.CONFIGURING, Phase.CONFIGURED, Phase.READY);
  private static final Set<Phase> LOST = EnumSet.of(Phase.REFUSED, Phase.FAILED);
  private static final long LOOK_MILLIS = 500;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Give up after so long (default: ${DEFAULT-VALUE}).")
  private long minutes = 15;

  @Spec private CommandSpec command = CommandSpec.create();

  private final Path home = Path.of(System.getProperty("barestack.home", "")).toAbsolutePath();
  private final Path work = home.resolve("target/demo");
  private final Path httpRoot = home.resolve("target/standin/http-root");

  @Override
  public Integer call() throws IOException, InterruptedException, TimeoutException {
    Print out = new Print(command);
    Renderer renderer = new Renderer(List.of());
    Path file = home.resolve("examples/lab/site.yaml");
    if (!(SiteFile.load(file, renderer.roles()) instanceof SiteResult.Good(Site site, var _))) {
      throw Failure.notDone(file + " has errors: barestack validate --site " + file);
    }
    buildStandIn(out, site);
    RenderedFolder.delete(work);
    Files.createDirectories(work);
    RenderedFolder.write(work.resolve("rendered"), site, renderer);
    Path state = work.resolve("state");
    List<String> serve =
        List.of(
            home.resolve("barestack").toString(),
            "serve",
            "--no-secrets",
            "--site",
            file.toString(),
            "--state",
            state.toString(),
            "--http-root",
            httpRoot.toString());
    out.line("One network namespace; in it: " + String.join(" ", serve));
    Instant began = Instant.now();
    try (Journal journal = SqliteJournal.readOnly(state.resolve("journal.db"));
        Rehearsal rehearsal =
            Rehearsal.open(site, serve, journal, work, Accelerator.choose(), lab -> {})) {
      // Ctrl-C ends the JVM without a way back through here.
      Thread atExit = Thread.ofPlatform().unstarted(() -> closeAfterInterrupt(rehearsal));
      Runtime.getRuntime().addShutdownHook(atExit);
      boolean installed = install(out, site, journal, rehearsal, began);
      Runtime.getRuntime().removeShutdownHook(atExit);
      return installed ? 0 : Failure.NOT_DONE;
    }
  }

  private static void closeAfterInterrupt(Rehearsal rehearsal) {
    try {
      rehearsal.close();
    } catch (IOException e) {
      System.err.println("barestack: the demo's network may be left over: " + e.getMessage());
    }
  }

  private boolean install(Print out, Site site, Journal journal, Rehearsal rehearsal, Instant began)
      throws IOException, InterruptedException, TimeoutException {
    rehearsal.awaitServing(Duration.ofMinutes(2));
    for (Node node : site.nodes()) {
      rehearsal.machine(node.name()).start();
      out.line("Power on: " + node.name() + ", " + node.firmware() + ", a blank disk");
    }
    boolean installed = watch(out, site, journal, began.plus(Duration.ofMinutes(minutes)));
    summary(out, site, journal, rehearsal);
    out.line(
        (installed ? "All nodes are installed, " : "Not all nodes are installed, ")
            + Duration.between(began, Instant.now()).toSeconds()
            + " s after the server was started. The stand-in played Rocky's installer.");
    return installed;
  }

  private void buildStandIn(Print out, Site site) throws IOException, InterruptedException {
    out.line(
        "Rocky's installer is not part of Barestack. A stand-in plays it: same requests, same");
    out.line("scripts, a real disk, and no Rocky on it. Building it where it is not built yet ...");
    String release = site.rocky().release();
    Process build =
        new ProcessBuilder(
                home.resolve("src/standin/build.sh").toString(),
                httpRoot.resolve("releases").resolve(site.rocky().folder()).toString(),
                release)
            .inheritIO()
            .start();
    if (build.waitFor() != 0) {
      throw Failure.notDone("the stand-in for Rocky " + release + " could not be built");
    }
  }

  /** Shows what happens until all nodes are done, one is lost, or time is up. */
  private static boolean watch(Print out, Site site, Journal journal, Instant end)
      throws InterruptedException {
    boolean screen = Print.terminal();
    Machines machines = Machines.NONE;
    long seen = 0;
    while (Instant.now().isBefore(end)) {
      List<NodeEvent> events = journal.since(seen);
      machines = machines.after(events);
      seen = events.isEmpty() ? seen : events.getLast().sequence();
      Overview overview = Overview.of(site, machines, Instant.now());
      if (screen) {
        out.text("\033[H\033[2J" + OverviewText.of(overview, Print.width(), Print.colour()));
      } else {
        events.stream()
            .filter(event -> event.kind() != Kind.FETCHED)
            .forEach(event -> out.line(EventText.line(event, ZoneId.systemDefault())));
      }
      if (overview.nodes().stream().allMatch(row -> DONE.contains(row.phase()))) {
        return true;
      }
      if (overview.nodes().stream().anyMatch(row -> LOST.contains(row.phase()))) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    return false;
  }

  private void summary(Print out, Site site, Journal journal, Rehearsal rehearsal) {
    for (Node node : site.nodes()) {
      out.line("");
      InstallSummary.of(journal.events(new Subject.OfNode(node.name())))
          .forEach(install -> out.text(install.text()));
    }
    out.line("");
    out.line("rendered files   " + work.resolve("rendered"));
    out.line("journal          " + work.resolve("state/journal.db"));
    out.line("server's log     " + rehearsal.serverLog());
    for (Node node : site.nodes()) {
      out.line("serial console   " + rehearsal.machine(node.name()).serialLog());
    }
    out.line("");
  }
}
