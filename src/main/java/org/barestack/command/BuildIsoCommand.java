package org.barestack.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.format.iso.FileSection;
import org.barestack.format.iso.Volume;
import org.barestack.model.InstallId;
import org.barestack.model.Node;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.render.NodeFile;
import org.barestack.render.Renderer;
import org.barestack.render.Seed;
import org.barestack.secrets.NodeKey;
import org.barestack.secrets.SiteSecrets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack build-iso --kind KIND NODE}. */
@Command(
    name = "build-iso",
    description = {
      "Writes a medium for a node.",
      "Kind cidata: a volume by which cloud-init configures a machine whose disk holds an image of"
          + " Rocky Linux. It does not boot."
    },
    footer = {"", "Example:", "  barestack build-iso --kind cidata kvm1 -o kvm1.iso"})
public final class BuildIsoCommand implements Callable<Integer> {
  /** Kinds of media. */
  enum Kind {
    CIDATA;

    /** As the command line has it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Dates in a volume say nothing, so that the same seed is the same octets. */
  private static final Instant DATE = Instant.parse("2000-01-01T00:00:00Z");

  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", description = "A node of the site.")
  private String node = "";

  @Option(names = "--kind", required = true, description = "What for: ${COMPLETION-CANDIDATES}.")
  private Kind kind = Kind.CIDATA;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE.iso",
      required = true,
      description = "The file to write, readable for its owner alone.")
  private Path out = Path.of("");

  @Option(
      names = "--offline",
      description =
          "The machine will not reach Barestack: its secrets go into the file, and it reports to"
              + " nobody.")
  private boolean offline;

  @Mixin private final IdentityOption identity = new IdentityOption();

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    switch (kind) {
      case CIDATA -> cidata();
    }
    return 0;
  }

  private void cidata() throws IOException {
    Site site = options.load();
    Node target = SiteOptions.node(site, node);
    Renderer renderer = options.renderer();
    renderer.artefacts(site, target); // what cannot be rendered opens nothing
    Print print = new Print(command);
    if (offline) {
      SecureRandom random = new SecureRandom();
      InstallId id = InstallId.fresh(site.name(), target.name(), random);
      List<NodeFile> secrets = secrets(site, target, random);
      write(renderer.cloudInit(site, target, Seed.offline(id, secrets)));
      print.line(out + ": a cidata volume for " + target.name() + " without Barestack");
      print.line(
          "Whoever has this file has these secrets: "
              + String.join(", ", secrets.stream().map(NodeFile::path).toList()));
    } else {
      OpenInstall open = SeedCommand.open(options, site, target);
      Seed seed = Seed.served(open.install().id(), open.install().token(), site.baseUrl());
      write(renderer.cloudInit(site, target, seed));
      print.line(
          out + ": a cidata volume for " + target.name() + ", install " + open.install().id());
      print.line(
          "It holds the token of that install, by which the machine speaks to "
              + site.baseUrl()
              + ": keep it from others.");
    }
  }

  private void write(Map<String, String> texts) throws IOException {
    List<FileSection> files = new ArrayList<>();
    texts.forEach((name, text) ->
        files.add(new FileSection(name, 0400, text.getBytes(StandardCharsets.UTF_8))));
    NewFile.write(out, "rw-------", new Volume("cidata", DATE, files)::write);
  }

  /** What the server would hand out, under the names that the steps of the first boot look for. */
  private List<NodeFile> secrets(Site site, Node target, SecureRandom random) {
    Path age = options.folder().resolve("secrets.age");
    Path file = identity.file();
    SiteSecrets opened =
        switch (SiteSecrets.open(age, file)) {
          case SiteSecrets.Answer.Opened(SiteSecrets secrets) -> secrets;
          case SiteSecrets.Answer.NotThere(String message) -> throw Failure.notDone(message);
          case SiteSecrets.Answer.NotOpened(String reason, String remedy) ->
              throw Failure.notDone(reason + "; " + remedy);
        };
    List<NodeFile> files = new ArrayList<>();
    for (Map.Entry<String, Secret> secret : opened.of(target.role()).entrySet()) {
      files.add(secret("secrets/" + secret.getKey(), secret.getValue().value()));
    }
    NodeKey key =
        NodeKey.make(
            opened.authority(), site.fqdn(target), target.name().text(), target.address(), random);
    files.add(secret("node.key", key.key().value()));
    files.add(secret("node.crt", key.certificate()));
    return files;
  }

  private static NodeFile secret(String name, String text) {
    return new NodeFile("/etc/barestack/" + name, "0600", text);
  }
}
