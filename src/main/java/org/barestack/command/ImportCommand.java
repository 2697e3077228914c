package org.barestack.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.barestack.content.Importer;
import org.barestack.content.Importer.Imported;
import org.barestack.content.Manifest;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.Octets;
import org.barestack.model.Subject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack import SOURCE}. */
@Command(
    name = "import",
    description = {
      "Brings a release of Rocky Linux to where serve finds it, and verifies it.",
      "It is there whole or not at all; what breaks off goes on at the next run."
    },
    footer = {
      "",
      "Examples:",
      "  barestack import Rocky-10.1-x86_64-dvd1.iso",
      "  barestack import https://mirror.example/Rocky-9.7-x86_64-boot.iso --sha256 HEX"
    })
public final class ImportCommand implements Callable<Integer> {
  private static final Path SYSTEM_KEYS = Path.of("/etc/pki/rpm-gpg");

  @Mixin private final JournalOptions options = new JournalOptions();

  @Mixin private final HttpRootOption httpRoot = new HttpRootOption();

  @Parameters(paramLabel = "SOURCE", description = "An image, a folder with a tree, or a URL.")
  private String source = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Its folder (default: as sites look for it).")
  private @Nullable String name;

  @Option(
      names = "--sha256",
      paramLabel = "HEX",
      description = "You know it, of the image or .treeinfo.")
  private @Nullable String sha256;

  @Option(
      names = "--checksum",
      paramLabel = "FILE",
      description = "Digests (default: CHECKSUM beside it).")
  private @Nullable Path checksum;

  @Option(names = "--key", paramLabel = "FILE", description = "A key to trust besides Rocky's.")
  private List<Path> keys = new ArrayList<>();

  @Option(names = "--insecure-no-verify", description = "Take what nothing vouches for.")
  private boolean insecure;

  @Option(names = "--replace", description = "Put it in another one's place.")
  private boolean replace;

  @Option(names = "--keep-image", description = "Keep the image too, for media of nodes.")
  private boolean keepImage;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (name != null && !name.matches(Importer.NAME)) {
      throw Failure.badInput(
          "--name " + name + ": lower-case letters, digits, dots, hyphens; at most 64");
    }
    String digest = sha256 == null ? null : sha256.toLowerCase(Locale.ROOT);
    if (digest != null && !digest.matches("[0-9a-f]{64}")) {
      throw Failure.badInput("--sha256 takes the 64 hexadecimal digits of a SHA-256");
    }
    if (digest != null && checksum != null) {
      throw Failure.badInput("--sha256 and --checksum both name the digest; give one");
    }
    boolean site = options.isThere();
    Path folder = httpRoot.folder(site ? options.folder() : Path.of("").toAbsolutePath());
    Files.createDirectories(folder);
    Imported imported =
        Importer.run(
            new Importer.Order(
                source,
                folder,
                name,
                checksum,
                keys,
                SYSTEM_KEYS,
                digest,
                insecure,
                replace,
                keepImage),
            InstantSource.system(),
            new ProgressLine(
                command.commandLine().getErr(), Print.terminal(), Print.width(), System::nanoTime));
    if (imported.fresh() && site) {
      record(imported.manifest());
    }
    Print out = new Print(command);
    if (json) {
      out.json(fields(imported));
    } else {
      tell(out, imported, site);
    }
    return 0;
  }

  private void record(Manifest manifest) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("release", manifest.name());
    detail.put("source", manifest.source().from());
    detail.put("trust", manifest.trust().level().toString());
    if (manifest.trust().key() != null) {
      detail.put("key", manifest.trust().key());
    }
    if (manifest.source().sha256() != null) {
      detail.put("sha256", manifest.source().sha256());
    }
    if (!manifest.trust().unverified().isEmpty()) {
      detail.put("unverified", String.join("; ", manifest.trust().unverified()));
    }
    try (Journal journal = SqliteJournal.open(options.journal())) {
      journal.append(
          NodeEvent.of(Instant.now(), Subject.SITE, NodeEvent.Kind.RELEASE_IMPORTED, null, detail));
    }
  }

  private static Map<String, Object> fields(Imported imported) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("folder", imported.folder().toString());
    fields.put("fresh", imported.fresh());
    fields.put("remarks", imported.remarks());
    fields.put("release", imported.manifest());
    return fields;
  }

  private static void tell(Print out, Imported imported, boolean site) {
    Manifest manifest = imported.manifest();
    if (!imported.fresh()) {
      out.line(imported.folder() + " is there already, from " + manifest.source().from());
      imported.remarks().forEach(line -> out.line("  " + line));
      return;
    }
    out.line(
        imported.folder()
            + ": "
            + (manifest.family().isEmpty() ? "release" : manifest.family())
            + " "
            + manifest.version()
            + " "
            + manifest.arch()
            + ", "
            + SiteOptions.count(manifest.content().files(), "file")
            + ", "
            + Octets.words(manifest.content().octets()));
    manifest.trust().verified().forEach(line -> out.line("  verified: " + line));
    manifest.trust().unverified().forEach(line -> out.line("  NOT VERIFIED: " + line));
    imported.remarks().forEach(line -> out.line("  " + line));
    if (manifest.trust().level() == Manifest.Level.NONE) {
      out.line(
          "  imported with --insecure-no-verify; that is recorded in "
              + (site ? "the journal and in " : "")
              + ".barestack/release.json");
    }
  }
}
