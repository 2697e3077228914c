package org.barestack.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.barestack.content.Importer.Imported;
import org.barestack.content.Importer.Order;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.SignedRpms;
import org.barestack.testing.SignedRpms.Packing;
import org.barestack.testing.SignedRpms.Signer;
import org.jspecify.annotations.Nullable;

/** One import, as a test wants it; by default of what {@link Signer#RSA} signed. */
final class Imports {
  static final Http.Patience SOON =
      new Http.Patience(Duration.ofSeconds(20), 3, Duration.ofMillis(1));

  private final Path work;
  private String source;
  private @Nullable String name;
  private @Nullable Path checksum;
  private @Nullable String sha256;
  private final List<Path> keys = new ArrayList<>();
  private boolean insecure;
  private boolean replace;
  private boolean keepImage;
  private Progress progress = silent();

  Imports(Path work, Object source) {
    this.work = work;
    this.source = source.toString();
  }

  /** Where releases go. */
  static Path httpRoot(Path work) {
    return work.resolve("http-root");
  }

  Imports key(Signer signer) {
    try {
      keys.add(Files.write(work.resolve(signer + ".asc"), SignedRpms.key(signer)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  Imports name(String folder) {
    name = folder;
    return this;
  }

  Imports checksum(Path file) {
    checksum = file;
    return this;
  }

  Imports sha256(String hex) {
    sha256 = hex;
    return this;
  }

  /** The digest of that file. */
  Imports sha256(Path file) throws IOException {
    return sha256(Digest.sha256(Files.readAllBytes(file)));
  }

  Imports insecure() {
    insecure = true;
    return this;
  }

  Imports replace() {
    replace = true;
    return this;
  }

  Imports keepImage() {
    keepImage = true;
    return this;
  }

  Imports progress(Progress told) {
    progress = told;
    return this;
  }

  Imported run() throws IOException {
    return Importer.run(
        new Order(
            source,
            httpRoot(work),
            name,
            checksum,
            keys,
            work.resolve("no-system-keys"),
            sha256,
            insecure,
            replace,
            keepImage),
        SOON,
        InstantSource.system(),
        progress);
  }

  static Progress silent() {
    return when("", 0, () -> {});
  }

  /** Something that an action does. */
  interface Action {
    void run() throws IOException;
  }

  /** Does something, once, when so many octets of what is called so have passed. */
  static Progress when(String begun, long octets, Action action) {
    return new Progress() {
      private boolean counting;
      private boolean done;
      private long passed;

      @Override
      public void begin(String what, long whole) {
        counting = what.startsWith(begun);
        passed(0);
      }

      @Override
      public void passed(long more) {
        passed += counting ? more : 0;
        if (counting && !done && passed >= octets) {
          done = true;
          try {
            action.run();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        }
      }

      @Override
      public void end() {
        counting = false;
      }
    };
  }

  /** A DVD whose packages are real ones, signed by {@link Signer#RSA}. */
  static IsoReplica dvd(int major) throws IOException {
    return packed(major, IsoReplica.Media.DVD)
        .with(
            "AppStream/Packages/i/ipxe-bootimgs-x86-1-1.el9.x86_64.rpm",
            Files.readAllBytes(ipxe()));
  }

  /** A minimal image whose packages are real ones, too. */
  static IsoReplica minimal(int major) throws IOException {
    return packed(major, IsoReplica.Media.MINIMAL);
  }

  private static IsoReplica packed(int major, IsoReplica.Media media) throws IOException {
    IsoReplica replica = major == 9 ? IsoReplica.rocky9(media) : IsoReplica.rocky10(media);
    byte[] usual = Files.readAllBytes(SignedRpms.usual(Packing.ZSTD));
    for (String path : List.copyOf(replica.files().keySet())) {
      if (path.endsWith(".rpm")) {
        replica.with(path, usual);
      }
    }
    return replica;
  }

  private static @Nullable Path ipxe;

  static synchronized Path ipxe() {
    Path made = ipxe;
    if (made == null) {
      made =
          SignedRpms.sign(
              SignedRpms.build(
                  "ipxe-bootimgs-x86",
                  Packing.XZ,
                  root -> {
                    Path folder = Files.createDirectories(root.resolve("usr/share/ipxe"));
                    Files.writeString(folder.resolve("undionly.kpxe"), "for BIOS\n");
                    Files.writeString(folder.resolve("ipxe-snponly-x86_64.efi"), "for UEFI\n");
                    Files.writeString(folder.resolve("ipxe.iso"), "not wanted\n");
                  }),
              Signer.RSA);
      ipxe = made;
    }
    return made;
  }

  /** Writes CHECKSUM beside an image, and CHECKSUM.asc. */
  static void checksum(Path iso, Signer signer) throws IOException {
    byte[] list = checksumOf(iso);
    Files.write(iso.resolveSibling("CHECKSUM"), list);
    Files.write(iso.resolveSibling("CHECKSUM.asc"), SignedRpms.detached(list, signer));
  }

  static byte[] checksumOf(Path iso) throws IOException {
    return "# %1$s: %2$d bytes\nSHA256 (%1$s) = %3$s\n"
        .formatted(iso.getFileName(), Files.size(iso), Digest.sha256(Files.readAllBytes(iso)))
        .getBytes(UTF_8);
  }

  /** What xorriso takes out of an image, by path. */
  static Map<String, byte[]> extracted(Path iso, Path into) throws IOException {
    Command.Result result =
        Command.of("xorriso", "-osirrox", "on", "-indev", iso + "", "-extract", "/", into + "")
            .run();
    if (result.status() != 0) {
      throw new AssertionError(result.all());
    }
    return files(into);
  }

  /** All files of a folder but our own, by path. */
  static Map<String, byte[]> files(Path folder) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String path = folder.relativize(file).toString();
        if (!path.startsWith(Listing.OURS)) {
          files.put(path, Files.readAllBytes(file));
        }
      }
    }
    return files;
  }

  /** Digests instead of octets, which a failed comparison can print. */
  static Map<String, String> digests(Map<String, byte[]> files) {
    Map<String, String> digests = new TreeMap<>();
    files.forEach((path, octets) -> digests.put(path, Digest.sha256(octets)));
    return digests;
  }
}
