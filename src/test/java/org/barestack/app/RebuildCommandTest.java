package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootRequest;
import org.barestack.command.RebuildCommand;
import org.barestack.command.Root;
import org.barestack.journal.RestoreFiles;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Disk;
import org.barestack.model.Journal;
import org.barestack.model.MacAddress;
import org.barestack.model.MachineReport;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.RestoreFile;
import org.barestack.model.Role;
import org.barestack.model.Subject;
import org.barestack.secrets.SiteSecrets;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;
import org.barestack.testing.Command;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RebuildCommandTest {
  private static final NodeName MGMT1 = new NodeName("mgmt1");
  private static final String PERMIT = "permission to wipe";

  @TempDir static Path made;
  @TempDir Path site;
  private Path backup = Path.of("");

  @BeforeAll
  static void secrets() throws IOException {
    for (String name : List.of("ours", "theirs")) {
      Path folder = Files.createDirectory(made.resolve(name));
      Files.copy(Path.of("examples/minimal/site.yaml"), folder.resolve("site.yaml"));
      Barestack init =
          Barestack.run("secrets", "init", "-s", folder + "", "--identity", folder + "/identity");
      assertThat(init.status()).as(init.toString()).isZero();
    }
  }

  @BeforeEach
  void aSiteWithABackup() throws IOException {
    for (String name : List.of("site.yaml", "secrets.age", "secrets.pub.yaml", "identity")) {
      Files.copy(made.resolve("ours/" + name), site.resolve(name));
    }
    backup = backup("lab.cms", "ours", "the databases");
    claims("52:54:00:60:00:0a");
  }

  /** As the node makes it. */
  private Path backup(String name, String of, String text) throws IOException {
    Path folder = made.resolve(of);
    Path file = site.resolve(name);
    if (!(SiteSecrets.open(folder.resolve("secrets.age"), folder.resolve("identity"))
        instanceof SiteSecrets.Answer.Opened(SiteSecrets secrets))) {
      throw new AssertionError(of);
    }
    Path certificate = Files.writeString(site.resolve("b.pem"), secrets.trust().backup());
    Files.writeString(site.resolve("databases.sql"), text);
    Command.Result result =
        Command.of(
                "bash",
                "-euc",
                "set -o pipefail; cd \"$0\"; tar -c databases.sql | gzip | openssl cms -encrypt"
                    + " -binary -stream -aes-256-cbc -outform DER -out \"$1\" \"$2\"",
                site.toString(),
                file.toString(),
                certificate.toString())
            .run();
    assertThat(result.status()).as(result.all()).isZero();
    return file;
  }

  /** What a server writes down when a node claims a full disk. */
  private void claims(String mac) {
    if (!(SiteFile.load(site.resolve("site.yaml"), Set.of(Role.MANAGEMENT, Role.KVM_WORKER))
        instanceof SiteResult.Good good)) {
      throw new AssertionError("the site is bad");
    }
    try (Journal journal = journal()) {
      BootDesk desk = new BootDesk(good::site, journal, InstantSource.system(), new SecureRandom());
      BootAnswer answer =
          desk.boot(new BootRequest(new MacAddress(mac), "uefi", true, "uuid", "", ""));
      Disk disk =
          new Disk(
              "sda",
              100L << 30,
              "S3Z8NB0K123456",
              "",
              "",
              List.of(),
              false,
              false,
              false,
              false,
              List.of("xfs"),
              List.of());
      desk.claim(
          ((BootAnswer.Install) answer).install().token(),
          new MachineReport("uuid", "", "uefi", 0, 0, "", List.of(disk)));
    }
  }

  private SqliteJournal journal() {
    return SqliteJournal.open(site.resolve(".barestack/journal.db"));
  }

  private NodeState state() {
    try (Journal journal = journal()) {
      return NodeState.of(journal.events(new Subject.OfNode(MGMT1)));
    }
  }

  private RestoreFile handedOver() {
    NodeState.Restore restore = state().restore();
    if (restore == null) {
      throw new AssertionError("no order handed anything over");
    }
    return restore.file();
  }

  /** The files that are kept, whoever named them. */
  private List<Path> kept() throws IOException {
    Path folder = site.resolve(".barestack/restore");
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private Barestack run(String... words) {
    return Barestack.run(
        Stream.concat(Stream.of(words), Stream.of("--site", site + "")).toArray(String[]::new));
  }

  private Barestack rebuild(String... options) {
    List<String> words = new ArrayList<>(List.of("rebuild", "mgmt1", "--yes", "--later"));
    words.addAll(List.of("--identity", site + "/identity"));
    words.addAll(List.of(options));
    return run(words.toArray(String[]::new));
  }

  private Barestack restore(Path file) {
    return rebuild("--restore", file.toString());
  }

  @Test
  void theOrderNamesWhatWasKept() throws IOException {
    Barestack done = restore(backup);
    assertThat(done.err()).isEmpty();
    assertThat(done.status()).isZero();
    assertThat(state().wipe()).hasSize(1);
    String digest = Command.of("sha256sum", backup.toString()).run().output().substring(0, 64);
    assertThat(handedOver().detail())
        .isEqualTo(
            Map.of(
                "restore",
                "lab.cms",
                "restore.octets",
                Long.toString(Files.size(backup)),
                "restore.sha256",
                digest));
    Path kept = site.resolve(".barestack/restore/mgmt1/" + digest + ".cms");
    assertThat(kept()).containsExactly(kept);
    assertThat(kept).hasSameBinaryContentAs(backup);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");
    assertThat(done.out())
        .contains("everything on this disk of mgmt1 will be lost: ", "S3Z8NB0K123456")
        .contains(
            "it loads the backup lab.cms (" + Files.size(backup) + " octets, sha256 " + digest);
    assertThat(run("events", "mgmt1").out()).contains("to restore the backup lab.cms");
    assertThat(run("status", "--json").out()).contains("wipe, and a backup to restore");
  }

  @ParameterizedTest
  @CsvSource({
    "rebuild mgmt1 --yes --later",
    "reinstall mgmt1",
    "reinstall mgmt1 --wipe --yes",
    "forget mgmt1"
  })
  void anotherOrderDropsIt(String next) throws IOException {
    assertThat(restore(backup).status()).isZero();
    assertThat(run(next.split(" ", -1)).status()).isZero();
    assertThat(kept()).isEmpty();
    assertThat(state().restore()).isNull();
  }

  @Test
  void aNewerOneTakesItsPlaceAndTheSameStays() throws IOException {
    assertThat(restore(backup).status()).isZero();
    assertThat(restore(backup).status()).isZero();
    assertThat(kept()).hasSize(1);
    Path newer = backup("newer.cms", "ours", "more databases");
    assertThat(restore(newer).status()).isZero();
    assertThat(kept())
        .singleElement()
        .satisfies(one -> assertThat(one).hasSameBinaryContentAs(newer));
  }

  /** A crash between copy and order: the file is there, and no order names it. */
  @Test
  void aCopyWithoutAnOrderChangesNothing() throws IOException {
    assertThat(restore(backup).status()).isZero();
    NodeState before = state();
    RestoreFiles files = new RestoreFiles(site.resolve(".barestack/restore"));
    files.keep(MGMT1, backup("newer.cms", "ours", "more databases"));
    Files.writeString(site.resolve(".barestack/restore/mgmt1/.4711.new"), "half");
    assertThat(state()).isEqualTo(before);
    assertThat(files.find(MGMT1, handedOver())).isPresent();
    assertThat(restore(backup).status()).isZero();
    assertThat(kept())
        .singleElement()
        .satisfies(one -> assertThat(one).hasSameBinaryContentAs(backup));
  }

  @ParameterizedTest
  @ValueSource(strings = {"not there", "folder", "text", "theirs", "damaged", "cut", "unreadable"})
  void aFileThatCannotBeRestoredIsRefused(String what) throws IOException {
    Path file = site.resolve("bad.cms");
    byte[] octets = Files.readAllBytes(backup);
    String words =
        switch (what) {
          case "not there" -> "is not there";
          case "folder" -> {
            Files.createDirectory(file);
            yield "is no regular file";
          }
          case "text" -> {
            Files.writeString(file, "CREATE DATABASE cloud;");
            yield "is no backup of a management node";
          }
          case "theirs" -> {
            backup("bad.cms", "theirs", "x");
            yield "is not encrypted for the site's backup-key";
          }
          case "damaged" -> {
            octets[octets.length - 20] ^= 1;
            Files.write(file, octets);
            yield "is damaged";
          }
          case "cut" -> {
            Files.write(file, java.util.Arrays.copyOf(octets, octets.length - 30));
            yield "is cut off";
          }
          default -> {
            Files.createSymbolicLink(file, Path.of("/proc/self/mem"));
            yield "bad.cms";
          }
        };
    Barestack refused = restore(file);
    assertThat(refused.status()).as(refused.toString()).isEqualTo(2);
    assertThat(refused.err()).startsWith("barestack: " + file).contains(words).hasLineCount(1);
    assertThat(refused.err()).endsWith("nothing was ordered\n");
    assertThat(refused.out()).isEmpty();
    assertThat(kept()).isEmpty();
    assertThat(run("status").out()).doesNotContain(PERMIT);
  }

  @Test
  void withoutAnIdentityItIsLookedAtAllTheSame() throws IOException {
    Path nobody = Files.createDirectory(site.resolve("nobody"));
    String home = System.getProperty("user.home");
    System.setProperty("user.home", nobody.toString());
    try {
      Path theirs = backup("theirs.cms", "theirs", "x");
      Barestack done = run("rebuild", "mgmt1", "--yes", "--later", "--restore", theirs + "");
      assertThat(done.status()).as(done.toString()).isZero();
      assertThat(done.err())
          .startsWith("barestack: warning: whether the site's backup-key opens ")
          .contains("no identity is at " + nobody);
      Files.writeString(theirs, "no backup");
      assertThat(run("rebuild", "mgmt1", "--yes", "--later", "--restore", theirs + "").status())
          .isEqualTo(2);
    } finally {
      System.setProperty("user.home", home);
    }
    Barestack named = rebuild("--restore", backup + "", "--identity", nobody + "/none");
    assertThat(named.status()).isNotZero();
  }

  @Test
  void onlyTheManagementNodeRestores() throws IOException {
    claims("52:54:00:60:00:0b");
    Barestack refused = run("rebuild", "kvm1", "--yes", "--restore", backup.toString());
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("only a management node restores a backup");
    assertThat(run("rebuild", "kvm1", "--yes", "--later", "--force").status()).isZero();
    assertThat(kept()).isEmpty();
  }

  @Test
  void whereItCannotBeKeptNothingIsOrdered() throws IOException {
    Files.writeString(site.resolve(".barestack/restore"), "no folder");
    Barestack refused = restore(backup);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .contains(
            "lab.cms cannot be copied to " + site + "/.barestack/restore: ",
            "is no folder; move it away; nothing was ordered. If the disk is full, make room");
    assertThat(run("status").out()).doesNotContain(PERMIT);
  }

  /** A disk of 64 KiB, in a mount namespace of its own. */
  @Test
  void aFullDiskIsSaidAndNothingIsLeft() throws IOException {
    Files.createDirectories(site.resolve(".barestack/restore"));
    Files.write(backup, new byte[200_000]);
    Command.Result result =
        Command.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "bash",
                "-euc",
                "mount -t tmpfs -o size=64k none \"$0\"; status=0; \"$1\" -cp \"$2\""
                    + " org.barestack.app.RebuildCommandTest \"$0\" \"$3\" || status=$?; find"
                    + " \"$0\" -type f; exit $status",
                site.resolve(".barestack/restore").toString(),
                ProcessHandle.current().info().command().orElseThrow(),
                System.getProperty("java.class.path"),
                backup.toString())
            .run();
    assertThat(result.status()).as(result.all()).isEqualTo(7);
    assertThat(result.output()).isEqualTo("No space left on device\n");
  }

  /** The program that a full disk is tried with. */
  public static void main(String[] words) {
    try {
      new RestoreFiles(Path.of(words[0])).keep(MGMT1, Path.of(words[1]));
    } catch (IOException e) {
      System.out.println(e.getMessage());
      System.exit(7);
    }
  }

  @Test
  void nobodyIsAskedByAMachine() throws IOException {
    Barestack unasked =
        run("rebuild", "mgmt1", "--identity", site + "/identity", "--restore", backup + "");
    assertThat(unasked.status()).isEqualTo(1);
    assertThat(unasked.err()).contains("nobody is here to be asked; nothing was ordered");
    assertThat(kept()).isEmpty();
    assertThat(run("status").out()).doesNotContain(PERMIT);
  }

  /** The option {@code --now} is what is done anyway, and stays accepted. */
  @ParameterizedTest
  @ValueSource(strings = {"--now", "--force"})
  void theNodeIsRestartedAfterAllElse(String option) {
    CommandLine line =
        new CommandLine(new Root())
            .addSubcommand(
                new RebuildCommand(
                    List.of(
                        "bash",
                        "-c",
                        "cat >/dev/null; ls " + site + "/.barestack/restore/mgmt1; exit 0",
                        "ssh"),
                    (endpoint, authority, password) -> {
                      throw new AssertionError("CloudStack is not asked about its own node");
                    }));
    Barestack now =
        Barestack.run(
            line,
            Map.of(),
            "rebuild",
            "mgmt1",
            option,
            "--yes",
            "--identity",
            site + "/identity",
            "--restore",
            backup + "",
            "--site",
            site + "");
    assertThat(now.status()).as(now.toString()).isZero();
    assertThat(now.out())
        .contains("beginning now: ")
        .containsPattern("\nmgmt1: [0-9a-f]{64}[.]cms\n");
  }
}
