package org.barestack.serve.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.boot.BootRequest;
import org.barestack.boot.ClaimAnswer;
import org.barestack.boot.SecretAnswer;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.content.Releases.Tree;
import org.barestack.journal.InstallLogs;
import org.barestack.journal.RestoreFiles;
import org.barestack.media.MediumException;
import org.barestack.media.ServedMedia;
import org.barestack.model.Fingerprint;
import org.barestack.model.MacAddress;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.RestoreFile;
import org.barestack.model.Secret;
import org.barestack.model.Token;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that can be asked by HTTP. Knows no sockets. */
final class Routes {
  private static final Logger log = LoggerFactory.getLogger(Routes.class);

  private static final Set<String> READ = Set.of("GET", "HEAD");
  private static final Set<String> POST = Set.of("POST");

  /** A boot script is a decision that is written down, so it is not for HEAD. */
  private static final Set<String> DECIDE = Set.of("GET");

  /**
   * The GRUB of Fedora and what is made of it asks so for each file before it gets it, if it came
   * by HTTP Boot, and takes nothing that is refused (grub-core/net/efi/http.c).
   */
  private static final Set<String> HEAD = Set.of("HEAD");

  /** What GRUB's configuration is called, and what the names begin with that it tries before. */
  private static final String GRUB_CONFIG = "grub.cfg";

  /** What the name of a medium ends with. */
  private static final String MEDIUM = ".iso";

  /** Characters of a reported value that are kept. */
  private static final int LONGEST_VALUE = 4096;

  /** Characters of what firmware tells of its machine that are kept. */
  private static final int LONGEST_NAME = 256;

  private static final Map<String, Kind> EVENTS =
      Map.of(
          "progress", Kind.INSTALL_PROGRESS,
          "finished", Kind.INSTALL_FINISHED,
          "failed", Kind.INSTALL_FAILED,
          "logs-sent", Kind.LOGS_KEPT,
          "step-started", Kind.STEP_STARTED,
          "step-finished", Kind.STEP_FINISHED,
          "step-failed", Kind.STEP_FAILED,
          "configured", Kind.CONFIGURED);

  private final BootDesk desk;
  private final Texts texts;
  private final Loaders loaders;
  private final Supplier<Releases.Answer> release;
  private final StaticTree httpRoot;
  private final InstallLogs logs;
  private final RestoreFiles backups;
  private final ServedMedia media;
  private final @Nullable SecretHandout secrets;

  /** All of them are for nodes; nothing here changes what an operator decides. */
  final List<Route> table =
      List.of(
          Route.of("/boot.ipxe", READ, this::entry),
          Route.of("/boot/{}", DECIDE, this::boot),
          Route.of("/grub/{}", DECIDE, this::grub),
          Route.of(
              "/grub/{}", HEAD, request -> Reply.line(200, "what it is to do is decided by GET")),
          Route.of("/grub.cfg", READ, this::grubEntry),
          Route.of("/loaders/{}", READ, this::loader),
          Route.of("/EFI/{}/grub.cfg", READ, this::grubEntry),
          Route.of("/install/{}/kickstart", READ, this::kickstart),
          Route.of(
              "/install/{}/vmlinuz", READ, request -> image(request, "vmlinuz", Tree::vmlinuz)),
          Route.of(
              "/install/{}/initrd.img",
              READ,
              request -> image(request, "initrd.img", Tree::initrd)),
          Route.of("/install/{}/claim", POST, this::claim),
          Route.of("/install/{}/event", POST, this::event),
          Route.of("/cloud-init/{}/{}", READ, this::seed),
          Route.upload("/install/{}/log/{}", this::log),
          Route.of("/install/{}/restore", READ, this::restore),
          Route.of("/install/{}/secrets", POST, this::secrets),
          Route.of("/media/{}", READ, this::medium),
          Route.of("/releases/**", READ, request -> stored("releases", request)),
          Route.of("/repos/**", READ, request -> stored("repos", request)));

  /** What became of the path and method of a request. */
  sealed interface Match {
    record To(Route route, List<String> captured) implements Match {}

    record Nothing() implements Match {}

    /** The methods that the path allows, as the Allow header lists them. */
    record WrongMethod(String allowed) implements Match {}
  }

  Routes(
      BootDesk desk,
      Texts texts,
      Loaders loaders,
      Supplier<Releases.Answer> release,
      StaticTree httpRoot,
      InstallLogs logs,
      RestoreFiles backups,
      ServedMedia media,
      @Nullable SecretHandout secrets) {
    this.desk = desk;
    this.texts = texts;
    this.loaders = loaders;
    this.release = release;
    this.httpRoot = httpRoot;
    this.logs = logs;
    this.backups = backups;
    this.media = media;
    this.secrets = secrets;
  }

  /** Finds the route of a decoded path. */
  Match match(String method, String path) {
    Set<String> allowed = new TreeSet<>();
    Optional<List<String>> segments = StaticTree.segments(path);
    for (Route route : table) {
      Optional<List<String>> captured = segments.flatMap(route::match);
      if (captured.isPresent()) {
        if (route.methods().contains(method)) {
          return new Match.To(route, captured.get());
        }
        allowed.addAll(route.methods());
      }
    }
    return allowed.isEmpty()
        ? new Match.Nothing()
        : new Match.WrongMethod(String.join(", ", allowed));
  }

  private Reply entry(Request request) {
    return rendered("the entry script", texts::entry, Reply.UNNOTED);
  }

  private Reply boot(Request request) throws BadRequest {
    BootRequest machine = machine(request);
    BootAnswer answer = desk.boot(machine);
    String reason = LogText.of(answer.reason());
    return switch (answer) {
      case BootAnswer.Install install -> {
        log.info("{} at {}: install, {}", install.node().name(), request.peer(), reason);
        yield rendered(
            "the boot script of " + install.node().name(),
            () -> texts.install(install, machine),
            Reply.UNNOTED);
      }
      case BootAnswer.LocalDisk local -> {
        log.info("{} at {}: local disk, {}", machine.mac().text(), request.peer(), reason);
        yield rendered(
            "the boot script of " + machine.mac().text(),
            () -> texts.localDisk(local, machine),
            Reply.UNNOTED);
      }
    };
  }

  /** GRUB looks beside itself and at places that it was built with; all have the same one. */
  private Reply grubEntry(Request request) {
    return rendered("GRUB's configuration", texts::grubEntry, Reply.UNNOTED);
  }

  private Reply grub(Request request) throws BadRequest {
    String name = request.captured().getFirst();
    if (name.startsWith(GRUB_CONFIG)) {
      return grubEntry(request);
    }
    BootRequest machine;
    try {
      machine = BootRequest.byGrub(new MacAddress(name));
    } catch (IllegalArgumentException e) {
      throw BadRequest.of(e);
    }
    BootAnswer answer = desk.boot(machine);
    log.info(
        "{} at {}: {}, {}",
        answer instanceof BootAnswer.Install install ? install.node().name() : machine.mac(),
        request.peer(),
        answer instanceof BootAnswer.Install ? "install" : "local disk",
        LogText.of(answer.reason()));
    return rendered(
        "GRUB's script of " + machine.mac(), () -> texts.grub(answer, machine), Reply.UNNOTED);
  }

  private static BootRequest machine(Request request) throws BadRequest {
    Map<String, String> query = request.query();
    boolean uefi = name(query, "platform").equals("efi");
    String client = "iPXE on " + (uefi ? "UEFI" : "BIOS") + " " + name(query, "arch");
    try {
      return new BootRequest(
          new MacAddress(request.captured().getFirst()),
          client.strip(),
          uefi,
          name(query, "uuid").toLowerCase(Locale.ROOT),
          name(query, "serial"),
          name(query, "product"));
    } catch (IllegalArgumentException e) {
      throw BadRequest.of(e);
    }
  }

  private static String name(Map<String, String> query, String key) {
    return cut(query.getOrDefault(key, ""), LONGEST_NAME).replaceAll("\\p{Cc}", "?").strip();
  }

  private static String cut(String text, int longest) {
    return text.length() > longest ? text.substring(0, longest) : text;
  }

  private Reply loader(Request request) throws IOException {
    String name = request.captured().getFirst();
    if (name.startsWith(GRUB_CONFIG)) {
      return grubEntry(request);
    }
    Optional<Loaders.Answer> found = loaders.find(name);
    if (found.isEmpty()) {
      return Reply.line(404, "no loader has that name");
    }
    return switch (found.get()) {
      case Loaders.Answer.Found(Path file, var _) -> {
        Path real = file.toRealPath(); // distributions link to their loaders
        yield new Reply.StoredFile(real.resolveSibling(""), real, Reply.UNNOTED);
      }
      case Loaders.Answer.Missing(String message) -> throw new NotThere(message);
    };
  }

  private Reply kickstart(Request request) {
    return whileUnderway(
        request,
        (token, open) -> {
          log.info("{} at {}: kickstart", open.node().name(), request.peer());
          return rendered(
              "the kickstart of " + open.node().name(),
              () -> texts.kickstart(open),
              bytes -> desk.report(token, Kind.FETCHED, file("kickstart", bytes)));
        });
  }

  /**
   * cloud-init asks again and again for what it gets a 404 for, and holds the boot meanwhile. So
   * what a seed does not have is empty.
   */
  private Reply seed(Request request) {
    String name = request.captured().getLast();
    return with(
        request,
        desk::seeded,
        (token, open) -> {
          log.info("{} at {}: seed, {}", open.node().name(), request.peer(), LogText.of(name));
          Reply reply =
              rendered(
                  "the seed of " + open.node().name(),
                  () -> texts.seed(open).getOrDefault(name, ""),
                  bytes -> desk.report(token, Kind.FETCHED, file(name, bytes)));
          return reply instanceof Reply.Text(int status, String body, LongConsumer sent)
                  && body.isBlank()
              ? new Reply.Nothing()
              : reply;
        });
  }

  /** Firmware and service processors want a name that ends so. */
  private Reply medium(Request request) throws IOException {
    String name = request.captured().getFirst();
    String token = name.endsWith(MEDIUM) ? name.substring(0, name.length() - MEDIUM.length()) : "";
    if (!Token.isToken(token)) {
      return Reply.line(404, "there is nothing here");
    }
    try {
      return media
          .take(new Token(token))
          .<Reply>map(Reply.Image::new)
          .orElseGet(() -> Reply.line(404, "no install is open here"));
    } catch (ServedMedia.BusyException e) {
      return Reply.line(503, String.valueOf(e.getMessage()));
    } catch (MediumException e) {
      throw new NotThere(String.valueOf(e.getMessage()));
    }
  }

  private Reply image(Request request, String name, Function<Tree, Path> which) {
    return whileUnderway(
        request,
        (token, open) ->
            switch (release.get()) {
              case Releases.Answer.Found(Tree tree) -> {
                Path image = which.apply(tree);
                yield new Reply.StoredFile(
                    httpRoot.root(),
                    inHttpRoot(image),
                    bytes ->
                        desk.report(
                            token, Kind.FETCHED, file(image.getFileName().toString(), bytes)));
              }
              case Releases.Answer.Elsewhere(URI tree) ->
                  new Reply.Redirect(URI.create(withoutSlash(tree) + "/images/pxeboot/" + name));
              case Releases.Answer.Missing(String message) -> throw new NotThere(message);
            });
  }

  private Path inHttpRoot(Path image) {
    try {
      return httpRoot
          .inside(image)
          .orElseThrow(() ->
              new NotThere(
                  image
                      + " leads out of "
                      + httpRoot.root()
                      + ", or is no file: copy it there instead of a link"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withoutSlash(URI tree) {
    String text = tree.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private Reply claim(Request request) throws BadRequest {
    MachineReport report;
    try {
      report = MachineReport.parse(request.form());
    } catch (IllegalArgumentException e) {
      throw BadRequest.of(e);
    }
    Optional<Token> token = token(request);
    if (token.isEmpty()) {
      return Reply.line(404, "no install is open here");
    }
    ClaimAnswer answer = desk.claim(token.get(), report);
    String reason = LogText.of(answer.reason());
    return switch (answer) {
      case ClaimAnswer.Granted granted -> {
        String node = granted.node().name().text();
        log.info("{} at {}: claim granted, {}", node, request.peer(), reason);
        yield rendered(
            "the disk fragment of " + node, () -> texts.diskFragment(granted), Reply.UNNOTED);
      }
      // An installer tries again after any other status; this is an answer.
      case ClaimAnswer.Refused(String why) -> {
        log.info("{}: claim refused, {}", request.peer(), reason);
        yield Reply.line(409, why);
      }
      case ClaimAnswer.Installed(String label, String why) -> {
        log.info("{}: claim refused, {}", request.peer(), reason);
        yield Reply.line(409, why);
      }
    };
  }

  private Reply event(Request request) throws BadRequest {
    String named = request.form().getOrDefault("kind", "");
    Kind kind = EVENTS.get(named);
    if (kind == null) {
      throw new BadRequest(
          400,
          "kind is '" + LogText.of(named) + "'; it is one of " + new TreeSet<>(EVENTS.keySet()));
    }
    Map<String, String> detail = new HashMap<>();
    for (String key : List.of("step", "reason", "boot", "uptime")) {
      String value = cut(request.form().getOrDefault(key, ""), LONGEST_VALUE);
      if (!value.isEmpty()) {
        detail.put(key, value);
      }
    }
    return withInstall(
        request,
        (token, open) -> {
          log.info(
              "{} at {}: {} {}",
              open.node().name(),
              request.peer(),
              named,
              LogText.of(String.join(": ", detail.values())));
          desk.report(token, kind, kind == Kind.LOGS_KEPT ? kept(open) : detail);
          return new Reply.Done();
        });
  }

  /** A file that a node sends of its install; the event comes when it has sent all of them. */
  private Reply log(Request request) throws BadRequest {
    String name = request.captured().getLast();
    if (!name.matches(InstallLogs.NAME)) {
      throw new BadRequest(400, "a log is named " + InstallLogs.NAME);
    }
    return withInstall(
        request,
        (token, open) -> {
          NodeName node = open.node().name();
          return switch (logs.keep(
              node, open.install().id(), name, request.body().readAllBytes())) {
            case InstallLogs.Answer.Kept(long octets, List<String> dropped) -> {
              log.info(
                  "{} at {}: log {}, {} octets", node, request.peer(), LogText.of(name), octets);
              dropped.forEach(old -> log.info("{}: the logs of install {} are dropped", node, old));
              yield new Reply.Done();
            }
            case InstallLogs.Answer.TooMuch(String reason) -> notKept(request, node, 413, reason);
            case InstallLogs.Answer.Broken(String reason) -> notKept(request, node, 400, reason);
          };
        });
  }

  /**
   * The backup that the order of this install handed over. Only "nothing was handed over" is 204: a
   * node that took anything else for it would make an empty cloud in the place of the old one.
   * Nothing is removed here. The commands that give orders are the only ones that write there, so
   * that a server never takes away what an order of this very moment has just put there.
   */
  private Reply restore(Request request) {
    if (request.tls() == null) {
      return Reply.line(403, "backups go only over TLS, by the port provisioning.https_port");
    }
    return withInstall(
        request,
        (token, open) -> {
          NodeName node = open.node().name();
          NodeState.Restore restore = open.state().restore();
          if (restore == null) {
            return new Reply.Done();
          }
          RestoreFile file = restore.file();
          if (restore.spent()) {
            return notRestored(
                request,
                node,
                "the backup " + file.name() + " is spent: this install has reported its end");
          }
          Optional<Path> found = backups.find(node, file);
          if (found.isEmpty()) {
            return notRestored(
                request,
                node,
                "the backup "
                    + file.name()
                    + " that was handed over is not there any more, or was changed");
          }
          log.info("{} at {}: backup {}", node, request.peer(), LogText.of(file.name()));
          return new Reply.StoredFile(
              found.get().resolveSibling(""),
              found.get(),
              bytes -> desk.report(token, Kind.FETCHED, file("restore.cms", bytes)));
        });
  }

  private static Reply notRestored(Request request, NodeName node, String reason) {
    log.warn("{} at {}: {}", node, request.peer(), LogText.of(reason));
    return Reply.line(
        409, reason + "; hand it over anew: barestack rebuild " + node + " --restore FILE");
  }

  private static Reply notKept(Request request, NodeName node, int status, String reason) {
    String line = LogText.of(reason);
    log.warn("{} at {}: a log is not kept, {}", node, request.peer(), line);
    return Reply.line(status, line);
  }

  /** What there is of the install's logs, whatever the node says that it sent. */
  private Map<String, String> kept(OpenInstall open) {
    List<InstallLogs.LogFile> files =
        logs.of(open.node().name()).stream()
            .filter(one -> one.id().equals(open.install().id().label()))
            .flatMap(one -> one.files().stream())
            .toList();
    return Map.of(
        "files", Integer.toString(files.size()),
        "bytes", Long.toString(files.stream().mapToLong(InstallLogs.LogFile::octets).sum()));
  }

  /** Only over TLS, and only to who shows a key; nothing is bound by what comes otherwise. */
  private Reply secrets(Request request) {
    if (secrets == null) {
      return Reply.line(403, "this Barestack runs without secrets (serve --no-secrets)");
    }
    if (request.tls() == null) {
      return Reply.line(403, "secrets go only over TLS, by the port provisioning.https_port");
    }
    PublicKey key = request.tls().client();
    if (key == null) {
      return Reply.line(403, "secrets go only to who shows a certificate of its own key");
    }
    if (!Tls.isNodeKey(key)) {
      return Reply.line(403, "a node's key is an elliptic one of 256 bits");
    }
    Optional<Token> token = token(request);
    if (token.isEmpty()) {
      return Reply.line(404, "no install is open here");
    }
    SecretAnswer answer = secrets.desk().ask(token.get(), Fingerprint.of(key), request.peer());
    String reason = LogText.of(answer.reason());
    return switch (answer) {
      case SecretAnswer.Granted granted -> {
        log.info("{} at {}: secrets granted, {}", granted.node().name(), request.peer(), reason);
        yield new Reply.Text(200, lines(secrets.source().of(granted, key)), Reply.UNNOTED);
      }
      case SecretAnswer.Frozen(Node node, String why) -> {
        log.warn("ALARM: {}: {} asks for secrets: {}", node.name(), request.peer(), reason);
        yield Reply.line(403, why);
      }
      case SecretAnswer.Never(String why) -> refused(request, 403, why);
      case SecretAnswer.NotYet(String why) -> refused(request, 409, why);
      case SecretAnswer.NoInstall(String why) -> Reply.line(404, why);
    };
  }

  private static Reply refused(Request request, int status, String why) {
    log.info("{}: secrets refused, {}", request.peer(), LogText.of(why));
    return Reply.line(status, why);
  }

  /**
   * A name and its value a line; the last one tells how many there are, so that a cut one shows.
   */
  private static String lines(Map<String, Secret> values) {
    StringBuilder lines = new StringBuilder();
    values.forEach((name, secret) ->
        lines
            .append(name)
            .append(' ')
            .append(
                Base64.getEncoder().encodeToString(secret.value().getBytes(StandardCharsets.UTF_8)))
            .append('\n'));
    return lines.append("end ").append(values.size()).append('\n').toString();
  }

  private Reply stored(String tree, Request request) throws IOException {
    List<String> below = request.captured();
    Optional<Path> file = httpRoot.file(Stream.concat(Stream.of(tree), below.stream()).toList());
    if (file.isEmpty()) {
      return Reply.line(404, "there is no such file");
    }
    boolean installer = below.contains("images") || below.getLast().equals(".treeinfo");
    String name = String.join("/", below.subList(1, below.size()));
    return new Reply.StoredFile(
        httpRoot.root(),
        file.get(),
        tree.equals("releases") && installer
            ? bytes -> desk.fetched(request.interfaces(), file(name, bytes))
            : Reply.UNNOTED);
  }

  private interface InInstall {
    Reply answer(Token token, OpenInstall open);
  }

  /** One answer for every token that opens nothing, whatever the reason. */
  private Reply withInstall(Request request, InInstall then) {
    return with(request, desk::install, then);
  }

  private Reply whileUnderway(Request request, InInstall then) {
    return with(request, desk::underway, then);
  }

  private static Reply with(
      Request request, Function<Token, Optional<OpenInstall>> open, InInstall then) {
    return token(request)
        .flatMap(token -> open.apply(token).map(install -> then.answer(token, install)))
        .orElseGet(() -> Reply.line(404, "no install is open here"));
  }

  private static Optional<Token> token(Request request) {
    return Optional.of(request.captured().getFirst()).filter(Token::isToken).map(Token::new);
  }

  private static Reply rendered(String what, Supplier<String> text, LongConsumer sent) {
    try {
      return new Reply.Text(200, text.get(), sent);
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error("{} cannot be rendered", what, e);
      return Reply.line(500, what + " cannot be rendered; the log of Barestack says why");
    }
  }

  private static Map<String, String> file(String name, long bytes) {
    return Map.of("file", name, "bytes", Long.toString(bytes));
  }
}
