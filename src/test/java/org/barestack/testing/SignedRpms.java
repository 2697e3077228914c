package org.barestack.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Real RPM packages, made by rpmbuild and signed by rpmsign with keys of gpg's. Keys and the usual
 * packages are made once in a run of tests, when they are first asked for.
 */
public final class SignedRpms {
  private static final Map<Signer, String> FINGERPRINTS = new EnumMap<>(Signer.class);
  private static final Map<Packing, Path> USUAL = new EnumMap<>(Packing.class);
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Path FOLDER = folder();
  private static final Path HOME = FOLDER.resolve("gnupg");

  private SignedRpms() {}

  /** How a payload is packed. */
  public enum Packing {
    /** As long ago. */
    GZIP("w9.gzdio"),
    /** As in Rocky 8. */
    XZ("w7.xzdio"),
    /** As in Rocky 9 and 10. */
    ZSTD("w19.zstdio"),
    /** As nobody does any more. */
    BZIP2("w9.bzdio"),
    /** Not at all. */
    NONE("w.ufdio");

    private final String macro;

    Packing(String macro) {
      this.macro = macro;
    }
  }

  /** Who signs, or what with. */
  public enum Signer {
    /** RSA of 3072 bits. */
    RSA("rsa3072", "never", ""),
    /** Ed25519. */
    ED25519("ed25519", "never", ""),
    /** Another one, whom nobody trusts. */
    STRANGER("ed25519", "never", ""),
    /** A key that was good in 2020 only, and then signed. */
    EXPIRED("ed25519", "1y", "20200101T000000!"),
    /** A key of the year 2020 that has no end. */
    OLD("ed25519", "never", "20200101T000000!"),
    /** RSA of 1024 bits. */
    SHORT("rsa1024", "never", "");

    private final String algorithm;
    private final String end;
    private final String time;

    Signer(String algorithm, String end, String time) {
      this.algorithm = algorithm;
      this.end = end;
      this.time = time;
    }

    private String user() {
      return name() + " <" + name() + "@example.org>";
    }

    /** When this one signs: as gpg's --faked-system-time wants it, and empty for now. */
    private String signs() {
      return time.replace("20200101", "20200601");
    }
  }

  /** What is in a package. */
  public interface Content {
    /** Puts files, folders and links into an empty folder. */
    void put(Path root) throws IOException;
  }

  /** Contents of the usual package, by path. */
  public static Map<String, byte[]> files() {
    byte[] loader = new byte[300_000];
    new Random(7).nextBytes(loader);
    return Map.of(
        "/boot/efi/EFI/BOOT/BOOTX64.EFI",
        loader,
        "/boot/efi/EFI/rocky/shimx64.efi",
        loader,
        "/usr/share/loader/empty",
        new byte[0],
        "/usr/share/loader/zeros",
        new byte[100_001],
        "/usr/share/loader/über name.txt",
        "text\n".getBytes(UTF_8));
  }

  /**
   * The usual package, signed by {@link Signer#RSA}: {@link #files}, and beside these in
   * /usr/share/loader the hard links "hard1" and "hard2" to one file, the links "inside" to
   * "empty", "outside" to /etc/passwd, "up" out of the root, "round" to itself, and the folder
   * "folder".
   */
  public static synchronized Path usual(Packing packing) {
    return USUAL.computeIfAbsent(
        packing, _ -> sign(build("loader", packing, SignedRpms::usualContent), Signer.RSA));
  }

  /** What the usual package is made of. */
  public static void usualContent(Path root) throws IOException {
    for (Map.Entry<String, byte[]> file : files().entrySet()) {
      Path path = root.resolve(file.getKey().substring(1));
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    Path folder = root.resolve("usr/share/loader");
    Files.createDirectory(folder.resolve("folder"));
    Files.writeString(folder.resolve("hard1"), "one file, two names\n");
    Files.createLink(folder.resolve("hard2"), folder.resolve("hard1"));
    Files.createSymbolicLink(folder.resolve("inside"), Path.of("../loader/empty"));
    Files.createSymbolicLink(folder.resolve("outside"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(folder.resolve("up"), Path.of("../../../../../etc/passwd"));
  }

  /**
   * A package that is not signed, 1-1.el9 for x86_64.
   *
   * @return its file, in a folder of its own
   */
  public static Path build(String name, Packing packing, Content content) {
    try {
      Path top = Files.createDirectory(FOLDER.resolve("build" + NUMBER.incrementAndGet()));
      Path root = Files.createDirectory(top.resolve("root"));
      content.put(root);
      List<String> listed = new ArrayList<>();
      try (Stream<Path> paths = Files.walk(root)) {
        for (Path path : paths.skip(1).sorted().toList()) {
          boolean folder = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
          boolean empty;
          try (Stream<Path> in = folder ? Files.list(path) : Stream.of(path)) {
            empty = folder && in.findAny().isEmpty();
          }
          if (!folder || empty) {
            listed.add((folder ? "%dir " : "") + "\"/" + root.relativize(path) + "\"");
          }
        }
      }
      Path spec = top.resolve(name + ".spec");
      Files.writeString(
          spec,
          """
          Name: %s
          Version: 1
          Release: 1.el9
          Summary: for tests
          License: none
          AutoReqProv: no
          %%description
          for tests
          %%install
          cp -a %s/. %%{buildroot}/
          %%files
          %s
          """
              .formatted(name, root, String.join("\n", listed)));
      ran(
          Command.of(
                  "rpmbuild",
                  "-bb",
                  "--target=x86_64-linux",
                  "--define=_topdir " + top,
                  "--define=_tmppath " + top,
                  "--define=_binary_payload " + packing.macro,
                  "--define=debug_package %{nil}",
                  "--define=_build_id_links none",
                  "--define=__os_install_post %{nil}",
                  "--define=_unpackaged_files_terminate_build 0",
                  spec.toString())
              .with("LC_ALL", "C.UTF-8"));
      return top.resolve("RPMS/x86_64/" + name + "-1-1.el9.x86_64.rpm");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Signs a package where it lies, by one key more. */
  public static Path sign(Path rpm, Signer signer) {
    return sign(rpm, signer, "");
  }

  /**
   * The same with other options of gpg's.
   *
   * @param options as in "--digest-algo SHA1"
   */
  public static Path sign(Path rpm, Signer signer, String options) {
    fingerprint(signer);
    String time = signer.signs().isEmpty() ? "" : " --faked-system-time " + signer.signs();
    ran(
        Command.of(
            "rpmsign",
            "--define=_gpg_name " + signer.user(),
            "--define=_gpg_path " + HOME,
            "--define=__gpg /usr/bin/gpg",
            "--define=_gpg_sign_cmd_extra_args --batch --pinentry-mode loopback --passphrase ''"
                + time
                + " "
                + options,
            "--addsign",
            rpm.toString()));
    return rpm;
  }

  /** A copy that others may change. */
  public static Path copy(Path rpm, Path into) {
    try {
      return Files.copy(rpm, into.resolve(rpm.getFileName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A detached, armored signature of a file, as in CHECKSUM.asc. */
  public static byte[] detached(byte[] file, Signer signer, String... options) {
    return signature(file, signer, "--detach-sign", options);
  }

  /** A text with its signature around it. */
  public static byte[] clearSigned(byte[] text, Signer signer, String... options) {
    return signature(text, signer, "--clear-sign", options);
  }

  private static byte[] signature(byte[] file, Signer signer, String how, String... options) {
    fingerprint(signer);
    try {
      Path in = FOLDER.resolve("in" + NUMBER.incrementAndGet());
      Path out = FOLDER.resolve("out" + NUMBER.get());
      Files.write(in, file);
      List<String> words = new ArrayList<>(List.of("--armor", "-u", signer.user()));
      if (!signer.signs().isEmpty()) {
        words.addAll(List.of("--faked-system-time", signer.signs()));
      }
      words.addAll(List.of(options));
      words.addAll(List.of("--output", out.toString(), how, in.toString()));
      gpg(words.toArray(String[]::new));
      return Files.readAllBytes(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A signer's public key, armored, as RPM-GPG-KEY files have it. */
  public static byte[] key(Signer signer) {
    fingerprint(signer);
    return gpg("--armor", "--export", signer.user()).getBytes(UTF_8);
  }

  /** Fingerprint of a signer's primary key, in upper-case hexadecimal. */
  public static synchronized String fingerprint(Signer signer) {
    String known = FINGERPRINTS.get(signer);
    if (known != null) {
      return known;
    }
    List<String> words = new ArrayList<>();
    if (!signer.time.isEmpty()) {
      words.addAll(List.of("--faked-system-time", signer.time));
    }
    words.addAll(List.of("--quick-gen-key", signer.user(), signer.algorithm, "sign", signer.end));
    gpg(words.toArray(String[]::new));
    String fingerprint =
        gpg("--with-colons", "--fingerprint", signer.user())
            .lines()
            .filter(line -> line.startsWith("fpr:"))
            .map(line -> line.split(":", -1)[9])
            .findFirst()
            .orElseThrow();
    FINGERPRINTS.put(signer, fingerprint);
    return fingerprint;
  }

  /** gpg's home folder of these tests. */
  public static Path gnupg() {
    return HOME;
  }

  /** gpg with the keys of these tests. Answers with its output. */
  public static String gpg(String... options) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "gpg",
                "--homedir",
                HOME.toString(),
                "--batch",
                "--yes",
                "--quiet",
                "--no-permission-warning",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                ""));
    words.addAll(List.of(options));
    return ran(Command.of(words.toArray(String[]::new))).output();
  }

  private static Command.Result ran(Command command) {
    Command.Result result = command.run();
    if (result.status() != 0) {
      throw new AssertionError(result.all());
    }
    return result;
  }

  /** In /tmp: the path of gpg-agent's socket may have no more than 107 octets. */
  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory(Path.of("/tmp"), "barestack-rpm");
      Path home = Files.createDirectory(folder.resolve("gnupg"));
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder, home)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void end(Path folder, Path home) {
    Command.of("gpgconf", "--homedir", home.toString(), "--kill", "all").run();
    Command.of("rm", "-rf", folder.toString()).run();
  }
}
