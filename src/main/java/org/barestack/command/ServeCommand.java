package org.barestack.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.barestack.model.Site;
import org.barestack.render.LiveRenderer;
import org.barestack.secrets.SiteSecrets;
import org.barestack.site.LiveSite;
import org.barestack.site.SiteResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code barestack serve}. */
@Command(
    name = "serve",
    description = {
      "Boots and installs a site's machines over the network, and brings their cloud up, until"
          + " Ctrl-C or SIGTERM.",
      "Needs root, or the capabilities CAP_NET_BIND_SERVICE and CAP_NET_RAW."
    },
    footer = {
      "",
      "Examples:",
      "  sudo barestack serve --identity ~/.config/barestack/identity",
      "  sudo barestack serve --no-secrets"
    })
public final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  private static final String REHEARSAL = ". A rehearsal can do without: serve --no-secrets";

  private final Server.Starter starter;

  @Mixin private final JournalOptions options = new JournalOptions();

  @Mixin private final HttpRootOption httpRoot = new HttpRootOption();

  @Mixin private final IdentityOption identity = new IdentityOption();

  @Option(
      names = "--no-secrets",
      description =
          "Hand out no secrets, for a rehearsal of installs: nodes stop at the step 30-secrets, and"
              + " no cloud comes up.")
  private boolean noSecrets;

  @Option(
      names = "--no-cloud",
      description = "Leave CloudStack alone: barestack cloud apply brings the zone up by hand.")
  private boolean noCloud;

  /** The command, which leaves the work to the server that {@code starter} starts. */
  public ServeCommand(Server.Starter starter) {
    this.starter = starter;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Site site = options.load();
    LiveSite live =
        new LiveSite(
            options.file(),
            options.renderer().roles(),
            site,
            InstantSource.system(),
            ServeCommand::tell);
    Server.Order order =
        new Server.Order(
            live,
            options.folder(),
            new LiveRenderer(List.of(options.folder())),
            options.journal(),
            httpRoot.folder(options.folder()),
            noSecrets ? null : secrets(site),
            !noCloud);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread atExit = Thread.ofPlatform().unstarted(() -> stop(asked, stopped));
    Server server = starter.start(order);
    try {
      Runtime.getRuntime().addShutdownHook(atExit);
      asked.await();
    } finally {
      server.close();
      stopped.countDown();
    }
    return 0;
  }

  private static void tell(SiteResult result) {
    switch (result) {
      case SiteResult.Good good ->
          LOG.info(
              "site {} was read again: {} nodes", good.site().name(), good.site().nodes().size());
      case SiteResult.Bad bad ->
          bad.problems()
              .forEach(problem -> LOG.error("the changed site is not taken: {}", problem));
    }
  }

  /** The JVM ends when its shutdown hooks have, so this one waits until all is closed. */
  private static void stop(CountDownLatch asked, CountDownLatch stopped) {
    asked.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private SiteSecrets secrets(Site site) {
    Path key = identity.file();
    SiteSecrets secrets =
        switch (SiteSecrets.open(options.folder().resolve("secrets.age"), key)) {
          case SiteSecrets.Answer.Opened(SiteSecrets opened) -> opened;
          case SiteSecrets.Answer.NotThere(String message) ->
              throw Failure.notDone(message + REHEARSAL);
          case SiteSecrets.Answer.NotOpened(String reason, String remedy) ->
              throw Failure.notDone(reason + "; " + remedy + REHEARSAL);
        };
    // Nodes know the authority by what stands there: with another one they would trust nobody.
    if (!secrets.trust().ca().equals(site.trust().ca())) {
      throw Failure.notDone(
          "secrets.pub.yaml in "
              + options.folder()
              + " is not that of secrets.age; barestack secrets init writes it anew");
    }
    return secrets;
  }
}
