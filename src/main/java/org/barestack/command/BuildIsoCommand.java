package org.barestack.command;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.content.Releases;
import org.barestack.format.image.Overlay;
import org.barestack.format.iso.FileSection;
import org.barestack.format.iso.IsoException;
import org.barestack.format.iso.IsoImage;
import org.barestack.format.iso.Volume;
import org.barestack.journal.SqliteJournal;
import org.barestack.media.BootMedium;
import org.barestack.media.Device;
import org.barestack.media.ImageDevice;
import org.barestack.media.ImageFile;
import org.barestack.media.InFlight;
import org.barestack.media.LinuxDevices;
import org.barestack.media.MediumException;
import org.barestack.media.OpenInstalls;
import org.barestack.media.RockyImage;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeState;
import org.barestack.model.Site;
import org.barestack.model.Token;
import org.barestack.render.Alone;
import org.barestack.render.FromMedium;
import org.barestack.render.MediumMenu;
import org.barestack.render.NodeFile;
import org.barestack.render.Renderer;
import org.barestack.render.Seed;
import org.barestack.secrets.SiteSecrets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack build-iso}. */
@Command(
    name = "build-iso",
    customSynopsis = {
      "barestack build-iso [NODE...|--role=ROLE|--all] --from=ROCKY.iso",
      "       (-o=FILE.iso|--write=DEVICE|--in-flight) [OPTIONS]"
    },
    description = {
      "Makes a medium that installs nodes: a stick, a CD, or a file for a controller."
    },
    footer = {
      "",
      "Examples:",
      "  barestack build-iso kvm1 --from Rocky-9.7-x86_64-dvd.iso -o kvm1.iso"
    })
public final class BuildIsoCommand implements Callable<Integer> {
  /** Kinds of media. */
  enum Kind {
    /** Boots and installs. */
    ISO,
    /** Beside Rocky's own medium: its installer finds the kickstart by the label. */
    OEMDRV,
    /** For cloud-init. */
    CIDATA;

    /** As the command line has it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Dates in a volume say nothing, so that the same seed is the same octets. */
  private static final Instant DATE = Instant.parse("2000-01-01T00:00:00Z");

  private static final ImageDevice WRITER = new ImageDevice(new LinuxDevices(Path.of("/")));

  private static final Pattern EDITION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** As the templates' filter for the kernel's command line has it. */
  private static final Pattern ARGUMENT = Pattern.compile("[!-~&&[^'\"\\\\]]+");

  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", arity = "0..*", description = "For these nodes.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--role", paramLabel = "ROLE", description = "For all nodes of that role.")
  private @Nullable String role;

  @Option(names = "--all", description = "For all nodes of the site.")
  private boolean all;

  @Option(
      names = "--kind",
      defaultValue = "iso",
      description = "What to make: ${COMPLETION-CANDIDATES}.")
  private Kind kind = Kind.ISO;

  @Option(names = "--from", paramLabel = "ROCKY.iso", description = "Rocky Linux's own image.")
  private @Nullable Path from;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE.iso",
      description = "Write it there, for its owner alone.")
  private @Nullable Path out;

  @Option(names = "--write", paramLabel = "DEVICE", description = "Onto a stick; asks before.")
  private @Nullable Path device;

  @Option(names = "--in-flight", description = "Build nothing: print where serve has it.")
  private boolean inFlight;

  @Option(names = "--offline", description = "The nodes will not reach Barestack: secrets inside.")
  private boolean offline;

  @Option(names = "--wipe", description = "Offline, permit it to wipe disks. Asks before.")
  private boolean wipe;

  @Option(
      names = "--edition",
      paramLabel = "WORD",
      description = "Offline: another word is another install (default: 1).")
  private @Nullable String edition;

  @Option(
      names = "--add-repo",
      paramLabel = "DIR",
      description = "Put that RPM repository on it, too.")
  private List<Path> added = new ArrayList<>();

  @Option(
      names = "--cmdline",
      paramLabel = "ARGS",
      description = "More for the kernel, in every entry.")
  private String arguments = "";

  @Option(names = "--volid", paramLabel = "LABEL", description = "Another label for the volume.")
  private @Nullable String label;

  @Option(names = "--no-md5", description = "Without a check sum, and the entry that checks it.")
  private boolean unchecked;

  @Option(names = "--reboot", description = "Restart at the end; else it powers off.")
  private boolean restarts;

  @Option(
      names = "--http-root",
      paramLabel = "DIR",
      description = "Where releases and images are kept.")
  private @Nullable Path httpRoot;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Option(names = "--force", description = "Permit it though CloudStack counts the node.")
  private boolean force;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Spec private CommandSpec command = CommandSpec.create();

  private final CloudDoor door;

  /**
   * @param door asked before a permit is given
   */
  public BuildIsoCommand(CloudDoor door) {
    this.door = door;
  }

  @Override
  public Integer call() throws IOException {
    fitTogether();
    Site site = options.load();
    List<Node> nodes = nodes(site);
    try {
      switch (kind) {
        case CIDATA -> cidata(site, nodes.getFirst(), asked(out, "-o FILE.iso"));
        case OEMDRV -> oemdrv(site, nodes.getFirst(), asked(out, "-o FILE.iso"));
        case ISO -> iso(site, nodes);
      }
    } catch (MediumException e) {
      throw Failure.notDone(String.valueOf(e.getMessage()));
    }
    return 0;
  }

  // What goes with what

  private void fitTogether() {
    int places = (out != null ? 1 : 0) + (device != null ? 1 : 0) + (inFlight ? 1 : 0);
    if (places != 1) {
      throw Failure.badInput("one place for it: -o FILE.iso, --write DEVICE, or --in-flight");
    }
    if (wipe && !offline) {
      throw Failure.badInput(
          "--wipe goes with --offline. A medium of nodes that reach Barestack wipes what an order"
              + " permits: barestack reinstall NODE --wipe, then this");
    }
    if (edition != null && (!offline || kind == Kind.CIDATA)) {
      throw Failure.badInput("--edition goes with --offline, on kinds iso and oemdrv");
    }
    if (edition != null && !EDITION.matcher(edition).matches()) {
      throw Failure.badInput("--edition " + edition + ": letters, digits, '.', '_' and '-'");
    }
    if (label != null && !label.matches(MediumMenu.LABEL)) {
      throw Failure.badInput(
          "--volid "
              + label
              + ": at most 32 letters, digits and # + . = @ _ -, since no boot"
              + " loader hands others on as they are");
    }
    if (kind != Kind.ISO && (!added.isEmpty() || device != null || inFlight || label != null)) {
      throw Failure.badInput(
          "--kind " + kind + " makes a file with -o, without --add-repo, --volid and --write");
    }
    if (inFlight
        && (offline
            || from != null
            || !added.isEmpty()
            || label != null
            || restarts
            || !arguments.isBlank())) {
      throw Failure.badInput(
          "--in-flight is served as it is, from http-root/media: no --from, --offline, --add-repo,"
              + " --volid, --reboot or --cmdline (kernel_args of the site file reach it)");
    }
    words()
        .forEach(word -> {
          if (!ARGUMENT.matcher(word).matches()) {
            throw Failure.badInput(
                "--cmdline: '"
                    + word
                    + "' has a quote, a backslash, or what is not ASCII; no boot"
                    + " loader hands it on as it is");
          }
        });
  }

  private List<String> words() {
    return Pattern.compile("\\s+")
        .splitAsStream(arguments.strip())
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static <T> T asked(@Nullable T given, String what) {
    if (given == null) {
      throw Failure.badInput("what is missing: " + what);
    }
    return given;
  }

  private List<Node> nodes(Site site) {
    int ways = (names.isEmpty() ? 0 : 1) + (role != null ? 1 : 0) + (all ? 1 : 0);
    if (ways != 1) {
      throw Failure.badInput("for whom: NODE..., --role ROLE, or --all");
    }
    List<Node> nodes =
        names.isEmpty()
            ? site.nodes().stream().filter(node -> all || node.role().name().equals(role)).toList()
            : names.stream().distinct().map(name -> SiteOptions.node(site, name)).toList();
    if (nodes.isEmpty()) {
      throw Failure.badInput(
          "site "
              + site.name()
              + " has no node of role '"
              + role
              + "'; it has "
              + site.nodes().stream()
                  .map(node -> node.role().name())
                  .distinct()
                  .collect(Collectors.joining(", ")));
    }
    if (nodes.size() > 1 && (kind != Kind.ISO || inFlight)) {
      throw Failure.badInput(
          (inFlight ? "--in-flight" : "--kind " + kind) + " is for one node at a time");
    }
    return nodes;
  }

  // A medium that boots

  /** What was made, for people and programs. */
  private record Made(
      List<BootMedium.Install> nodes,
      List<String> installs,
      String packages,
      List<String> secrets,
      @Nullable URI server) {}

  private void iso(Site site, List<Node> nodes) throws IOException {
    Path source = inFlight ? flightSource(site) : asked(from, "--from ROCKY.iso");
    RockyImage rocky = look(source);
    rocky
        .fits(site.rocky())
        .ifPresent(line -> command.commandLine().getErr().println("barestack: warning: " + line));
    Map<String, Path> repositories = repositories();
    if (out != null && Files.exists(out) && Files.isSameFile(out, source)) {
      throw Failure.badInput(out + " is the image that it is made of; name another place");
    }
    Renderer renderer = options.renderer();
    nodes.forEach(node -> renderer.artefacts(site, node)); // what cannot be rendered opens nothing
    // What cannot be made, or has no place to go to, opens nothing either: texts that nobody has.
    Overlay trial =
        medium(
                nodes.stream()
                    .map(node -> new BootMedium.Install(entry(node, wipe), "# none\n"))
                    .toList(),
                repositories)
            .over(source, rocky, site, renderer);
    Device agreed = device == null ? null : agreed(trial, device);
    Made made =
        offline
            ? alone(site, nodes, rocky, repositories, renderer)
            : open(site, nodes, rocky, repositories, renderer);
    BootMedium medium = medium(made.nodes(), repositories);
    if (inFlight) {
      print(site, made, rocky, "");
      return;
    }
    Overlay overlay = medium.over(source, rocky, site, renderer);
    carry(overlay, source, agreed);
    print(site, made, rocky, String.valueOf(out != null ? out : device));
  }

  private BootMedium medium(List<BootMedium.Install> installs, Map<String, Path> repositories) {
    return new BootMedium(
        installs, label == null ? "" : label, words(), repositories, !unchecked && !inFlight);
  }

  /** The device, as whoever was asked agreed to lose all that is on it. */
  private Device agreed(Overlay overlay, Path path) throws IOException {
    Device there = WRITER.check(overlay, path);
    command
        .commandLine()
        .getErr()
        .println("everything on this device will be lost: " + there.text());
    if (!yes && !InstallOrder.asked("device", path.toString())) {
      throw Failure.notDone("nothing was written");
    }
    return there;
  }

  private void carry(Overlay overlay, Path source, @Nullable Device agreed) throws IOException {
    ProgressLine progress =
        new ProgressLine(
            command.commandLine().getErr(), Print.terminal(), Print.width(), System::nanoTime);
    if (agreed != null) {
      WRITER.write(overlay, source, agreed, !unchecked, progress);
    } else {
      ImageFile.write(overlay, source, asked(out, "-o FILE.iso"), !unchecked, progress);
    }
  }

  /** The image that is served for a release. */
  private Path flightSource(Site site) {
    Path file = InFlight.source(HttpRootOption.folder(httpRoot, options.folder()), site.rocky());
    if (!Files.isRegularFile(file)) {
      throw Failure.notDone(
          file
              + " is not there: barestack import ROCKY.iso --keep-image puts it there; or put the"
              + " image of Rocky Linux "
              + site.rocky().release()
              + " there, or a link to it. Nothing was opened");
    }
    return file;
  }

  private static RockyImage look(Path source) throws IOException {
    if (!Files.isRegularFile(source)) {
      throw Failure.badInput(source + ": there is no such image");
    }
    try (IsoImage image = IsoImage.open(source)) {
      return RockyImage.of(image, source.toString());
    } catch (IsoException e) {
      throw Failure.badInput(
          source
              + " is no whole image of a medium ("
              + e.getMessage()
              + "). Compare its size and digest with its CHECKSUM");
    }
  }

  private Map<String, Path> repositories() throws MediumException {
    Map<String, Path> repositories = new TreeMap<>();
    for (Path folder : added) {
      String name = BootMedium.repository(folder);
      if (repositories.put(name, folder) != null) {
        throw Failure.badInput("two added repositories are called " + name + "; rename a folder");
      }
    }
    return repositories;
  }

  private Made open(
      Site site,
      List<Node> nodes,
      RockyImage rocky,
      Map<String, Path> repositories,
      Renderer renderer)
      throws IOException {
    FromMedium packages =
        new FromMedium(
            rocky.packages() ? null : tree(site, rocky.name() + " has no packages, and "),
            List.copyOf(repositories.keySet()),
            restarts);
    try (Journal journal = SqliteJournal.open(options.journal())) {
      BootDesk desk = new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom());
      List<String> refused =
          nodes.stream().flatMap(node -> desk.noMedium(node.name()).stream()).toList();
      if (!refused.isEmpty()) {
        throw Failure.notDone(String.join("\n", refused) + "\nNothing was opened or written");
      }
      OpenInstalls installs = new OpenInstalls(site, journal, renderer);
      List<BootMedium.Install> entries = new ArrayList<>();
      List<String> ids = new ArrayList<>();
      for (Node node : nodes) {
        OpenInstall open = opened(desk, node);
        entries.add(installs.of(node, open.install(), !open.state().wipe().isEmpty(), packages));
        ids.add(open.install().id().toString());
      }
      URI flight = inFlight ? flight(site, desk.state(nodes.getFirst().name())) : site.baseUrl();
      return new Made(
          entries,
          ids,
          packages.tree() == null ? "the medium" : packages.tree().toString(),
          List.of(),
          flight);
    }
  }

  private MediumMenu.Entry entry(Node node, boolean permit) {
    return new MediumMenu.Entry(node, offline, permit, restarts, Set.of());
  }

  private static OpenInstall opened(BootDesk desk, Node node) {
    return switch (desk.medium(node.name())) {
      case BootDesk.Opening.Open(OpenInstall install, boolean before) -> install;
      case BootDesk.Opening.NotOpen(String reason) -> throw Failure.notDone(reason);
    };
  }

  private static URI flight(Site site, NodeState state) {
    Token token =
        Optional.ofNullable(state.install())
            .orElseThrow(() -> Failure.notDone("the install was closed just now; run it again"))
            .token();
    return URI.create(site.baseUrl() + "/media/" + token.secret() + ".iso");
  }

  /** Where the site's nodes get their packages from by network. */
  private URI tree(Site site, String why) throws IOException {
    Path root = HttpRootOption.folder(httpRoot, options.folder());
    return switch (new Releases(root).find(site.rocky())) {
      case Releases.Answer.Elsewhere(URI elsewhere) -> elsewhere;
      case Releases.Answer.Found(Releases.Tree ours) -> ours.at(site.baseUrl());
      case Releases.Answer.Missing(String message) -> throw Failure.notDone(why + message);
    };
  }

  private Made alone(
      Site site,
      List<Node> nodes,
      RockyImage rocky,
      Map<String, Path> repositories,
      Renderer renderer) {
    if (!rocky.packages()) {
      throw Failure.badInput(
          rocky.name()
              + " has no packages, and offline there is no other place for them: take the minimal"
              + " or the dvd image of the same release");
    }
    SiteSecrets secrets = OfflineFiles.open(options.folder(), cloud.identity());
    permitted(site, nodes);
    FromMedium packages = new FromMedium(null, List.copyOf(repositories.keySet()), restarts);
    List<BootMedium.Install> entries = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    List<String> inside = new ArrayList<>();
    for (Node node : nodes) {
      Alone alone = alone(site, node, secrets, packages);
      entries.add(
          new BootMedium.Install(
              entry(node, wipe), renderer.standaloneKickstart(site, node, alone)));
      ids.add(alone.id().toString());
      alone.secrets().forEach(file -> inside.add(node.name() + ":" + file.path()));
    }
    return new Made(entries, ids, "the medium", inside, null);
  }

  /** The same for the same edition: install id and key follow from the site's authority. */
  private Alone alone(Site site, Node node, SiteSecrets secrets, FromMedium packages) {
    String word = edition == null ? "1" : edition;
    String name = node.name().text();
    InstallId id =
        InstallId.fresh(
            site.name(),
            node.name(),
            secrets.authority().derived("medium", "install", site.name(), name, word));
    SecureRandom random = secrets.authority().derived("medium", "key", site.name(), name, word);
    return new Alone(id, wipe, packages, OfflineFiles.derived(secrets, site, node, random));
  }

  /** Asks as an order to wipe does: it is one, for whoever starts a machine from that medium. */
  private void permitted(Site site, List<Node> nodes) {
    if (!wipe) {
      return;
    }
    PermitGuard guard = new PermitGuard(cloud, door, options.folder(), force);
    Print print = new Print(command);
    try (Journal journal = SqliteJournal.readOnly(options.journal())) {
      for (Node node : nodes) {
        List<String> costs = guard.look(site, node, journal);
        if (!json) {
          costs.forEach(print::line);
          print.line(
              "whoever starts a machine from this medium as "
                  + node.name()
                  + " loses everything on the disk that its rules mean: "
                  + node.os().stream().map(Object::toString).collect(Collectors.joining(", ")));
        }
        if (!yes && !InstallOrder.asked("node", node.name().text())) {
          throw Failure.notDone("nothing was written");
        }
        guard.clear(site, node, journal);
      }
    }
  }

  private void print(Site site, Made made, RockyImage rocky, String place) {
    Print print = new Print(command);
    if (json) {
      print.json(fields(site, made, rocky, place));
      return;
    }
    String whom =
        made.nodes().stream()
            .map(one -> one.entry().node().name().text())
            .collect(Collectors.joining(", "));
    String what = "Rocky Linux " + rocky.release() + " " + rocky.arch();
    if (inFlight) {
      print.line(
          "a medium of " + whom + " of site " + site.name() + ", " + what + ", is served at");
      print.line("  " + made.server());
    } else {
      print.line(place + ": " + what + " for " + whom + " of site " + site.name());
    }
    print.line("  starts by " + rocky.boots());
    for (int i = 0; i < made.nodes().size(); i++) {
      MediumMenu.Entry entry = made.nodes().get(i).entry();
      print.line(
          "  "
              + entry.node().name()
              + ": install "
              + made.installs().get(i)
              + ", "
              + permit(entry));
    }
    print.line("  packages come from " + made.packages());
    print.line(
        made.nodes().size() == 1
            ? "  it begins by itself 5 seconds after its menu shows"
            : "  its menu waits; on UEFI a machine that is recognised begins by itself after 10"
                + " seconds");
    if (!inFlight) {
      print.line(unchecked ? "  no check sum" : "  with a check sum, which its menu checks it by");
    }
    print.line(secret(made));
    print.line(next(made, place));
  }

  private static String permit(MediumMenu.Entry entry) {
    if (!entry.permit()) {
      return "writes only a blank disk";
    }
    return entry.offline()
        ? "WIPES the disk that its rules mean, whatever is on it"
        : "WIPES its disk, as ordered";
  }

  private String secret(Made made) {
    return offline
        ? "Whoever has it has these secrets: " + String.join(", ", made.secrets())
        : "Whoever has it can speak to Barestack as "
            + (made.nodes().size() == 1 ? "that node" : "those nodes")
            + ": keep it from others.";
  }

  private String next(Made made, String place) {
    if (inFlight) {
      return "Next: give that URL to the machine's controller as virtual media, or to its firmware"
          + " for HTTP boot; serve must run.";
    }
    String start =
        offline
            ? "start the machine from it; its report will be /var/log/barestack/install.txt on its"
                + " disk."
            : "start the machine from it, while barestack serve runs at "
                + made.server()
                + "; barestack watch shows it.";
    return device != null
        ? "Next: " + start
        : "Next: put it onto a stick (barestack build-iso ... --write DEVICE, or dd if="
            + place
            + " of=DEVICE bs=4M conv=fsync), and "
            + start;
  }

  private Map<String, Object> fields(Site site, Made made, RockyImage rocky, String place) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("site", site.name());
    if (!place.isEmpty()) {
      fields.put("file", place);
    }
    fields.put("release", rocky.release());
    fields.put("arch", rocky.arch());
    fields.put("bios", rocky.bios() == null ? "" : rocky.bios().toString());
    fields.put("packages", made.packages());
    fields.put("offline", offline);
    fields.put("check_sum", !unchecked && !inFlight);
    if (inFlight) {
      fields.put("url", String.valueOf(made.server()));
    }
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (int i = 0; i < made.nodes().size(); i++) {
      MediumMenu.Entry entry = made.nodes().get(i).entry();
      nodes.add(
          Map.of(
              "name", entry.node().name().text(),
              "install", made.installs().get(i),
              "permit", entry.permit()));
    }
    fields.put("nodes", nodes);
    fields.put("secrets", made.secrets());
    return fields;
  }

  // Volumes beside another medium

  private void oemdrv(Site site, Node node, Path file) throws IOException {
    Renderer renderer = options.renderer();
    renderer.artefacts(site, node); // what cannot be rendered opens nothing
    Print print = new Print(command);
    if (offline) {
      SiteSecrets secrets = OfflineFiles.open(options.folder(), cloud.identity());
      permitted(site, List.of(node));
      FromMedium packages = new FromMedium(null, List.of(), restarts);
      Alone alone = alone(site, node, secrets, packages);
      volume(file, "OEMDRV", Map.of("ks.cfg", renderer.standaloneKickstart(site, node, alone)));
      print.line(
          file
              + ": OEMDRV for "
              + node.name()
              + ", install "
              + alone.id()
              + ", "
              + permit(entry(node, wipe)));
      print.line(
          "Whoever has this file has these secrets: "
              + alone.secrets().stream().map(NodeFile::path).collect(Collectors.joining(", ")));
    } else {
      FromMedium packages = new FromMedium(tree(site, ""), List.of(), restarts);
      try (Journal journal = SqliteJournal.open(options.journal())) {
        BootDesk desk =
            new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom());
        OpenInstall open = opened(desk, node);
        BootMedium.Install install =
            new OpenInstalls(site, journal, renderer)
                .of(node, open.install(), !open.state().wipe().isEmpty(), packages);
        volume(file, "OEMDRV", Map.of("ks.cfg", install.kickstart()));
        print.line(
            file
                + ": OEMDRV for "
                + node.name()
                + ", install "
                + open.install().id()
                + ", "
                + permit(install.entry()));
      }
      print.line("Whoever has it can speak to Barestack as that node: keep it from others.");
    }
    print.line(
        "Next: attach it beside Rocky Linux's own medium and start that, with no inst.ks on its"
            + " command line. The installer finds it by its label.");
  }

  private void cidata(Site site, Node target, Path file) throws IOException {
    Renderer renderer = options.renderer();
    renderer.artefacts(site, target); // what cannot be rendered opens nothing
    Print print = new Print(command);
    if (offline) {
      SecureRandom random = new SecureRandom();
      InstallId id = InstallId.fresh(site.name(), target.name(), random);
      SiteSecrets opened = OfflineFiles.open(options.folder(), cloud.identity());
      List<NodeFile> secrets = OfflineFiles.fresh(opened, site, target, random);
      volume(file, "cidata", renderer.cloudInit(site, target, Seed.offline(id, secrets)));
      print.line(file + ": a cidata volume for " + target.name() + " without Barestack");
      print.line(
          "Whoever has this file has these secrets: "
              + String.join(", ", secrets.stream().map(NodeFile::path).toList()));
    } else {
      OpenInstall open = SeedCommand.open(options, site, target);
      Seed seed = Seed.served(open.install().id(), open.install().token(), site.baseUrl());
      volume(file, "cidata", renderer.cloudInit(site, target, seed));
      print.line(
          file + ": a cidata volume for " + target.name() + ", install " + open.install().id());
      print.line(
          "It holds the token of that install, by which the machine speaks to "
              + site.baseUrl()
              + ": keep it from others.");
    }
  }

  private static void volume(Path file, String label, Map<String, String> texts)
      throws IOException {
    List<FileSection> files = new ArrayList<>();
    texts.forEach((name, text) ->
        files.add(new FileSection(name, 0400, text.getBytes(StandardCharsets.UTF_8))));
    NewFile.write(file, "rw-------", new Volume(label, DATE, files)::write);
  }
}
