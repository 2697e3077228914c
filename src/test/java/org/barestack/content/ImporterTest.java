package org.barestack.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.barestack.content.Importer.Imported;
import org.barestack.model.Architecture;
import org.barestack.model.Site.Rocky;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.barestack.testing.SignedRpms;
import org.barestack.testing.SignedRpms.Packing;
import org.barestack.testing.SignedRpms.Signer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImporterTest {
  @TempDir private Path work = Path.of("");

  private Imports importing(Object source) {
    return new Imports(work, source);
  }

  private Path releases() {
    return Imports.httpRoot(work).resolve("releases");
  }

  /** Nothing is under a release's name, in words that fit. */
  private void refused(Imports imports, String... saying) throws IOException {
    assertThatThrownBy(imports::run)
        .isInstanceOf(ImportException.class)
        .hasMessageContainingAll(saying);
    if (Files.exists(releases())) {
      assertThat(new Releases(Imports.httpRoot(work)).list()).isEmpty();
    }
  }

  private static IsoReplica replica(int major, Media media) throws IOException {
    return switch (media) {
      case DVD -> Imports.dvd(major);
      case BOOT -> major == 9 ? IsoReplica.rocky9(media) : IsoReplica.rocky10(media);
      case MINIMAL -> Imports.minimal(major);
    };
  }

  // What comes

  @ParameterizedTest(name = "Rocky {0}, {1}")
  @CsvSource({"9, BOOT", "9, MINIMAL", "9, DVD", "10, BOOT", "10, MINIMAL", "10, DVD"})
  void anImageComesAsXorrisoReadsIt(int major, Media media) throws IOException {
    Path iso = replica(major, media).write(work);
    Imports.checksum(iso, Signer.RSA);

    Imported imported = importing(iso).key(Signer.RSA).run();

    String release = major == 9 ? "9.7" : "10.1";
    assertThat(imported.folder()).isEqualTo(releases().resolve("rocky-" + release + "-x86_64"));
    assertThat(Imports.digests(Imports.files(imported.folder())))
        .isEqualTo(Imports.digests(Imports.extracted(iso, work.resolve("extracted"))));
    assertThat(
            new Releases(Imports.httpRoot(work))
                .find(new Rocky(release, Architecture.X86_64, null)))
        .isInstanceOf(Releases.Answer.Found.class);
    Manifest manifest = imported.manifest();
    assertThat(manifest.trust().level()).isEqualTo(Manifest.Level.SIGNED);
    assertThat(manifest.trust().key()).isEqualTo(SignedRpms.fingerprint(Signer.RSA));
    assertThat(manifest.trust().unverified()).isEmpty();
    assertThat(manifest.trust().verified().getFirst())
        .contains(iso.getFileName().toString(), "CHECKSUM", SignedRpms.fingerprint(Signer.RSA));
    assertThat(manifest.source().label()).startsWith("Rocky-" + major);
    assertThat(manifest.loaders().stream().map(Manifest.Loader::file))
        .isEqualTo(
            media == Media.DVD ? List.of("ipxe-snponly-x86_64.efi", "undionly.kpxe") : List.of());
    assertThat(
            Command.of(
                    "bash",
                    "-c",
                    "cd \"$1\" && sha256sum --quiet --strict -c .barestack/CHECKSUM",
                    "bash",
                    imported.folder().toString())
                .run()
                .all())
        .isEqualTo("status 0\n");
    assertThat(ReleaseList.of(Imports.httpRoot(work)).getFirst().manifest()).isEqualTo(manifest);
    assertThat(leftOver()).isEmpty();
  }

  /** What lies in releases beside releases. */
  private List<String> leftOver() throws IOException {
    try (Stream<Path> all = Files.list(releases())) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(".") && !name.equals(".import.lock"))
          .toList();
    }
  }

  @Test
  void packagesAreVerifiedBesidesTheImage() throws IOException {
    Path iso = Imports.dvd(9).write(work);
    Imported imported = importing(iso).sha256(iso).key(Signer.RSA).run();
    assertThat(imported.manifest().trust().level()).isEqualTo(Manifest.Level.VOUCHED);
    assertThat(imported.manifest().trust().verified())
        .contains(
            "9 packages with their payloads, signed by RSA <RSA@example.org>, key "
                + SignedRpms.fingerprint(Signer.RSA));
    assertThat(Files.readString(imported.folder().resolve(".barestack/loaders/undionly.kpxe")))
        .isEqualTo("for BIOS\n");
  }

  @Test
  void packagesThatNobodyKnownSignedAreCoveredByTheImage() throws IOException {
    Path iso = Imports.dvd(9).write(work);
    Imported imported = importing(iso).sha256(iso).run();
    assertThat(imported.manifest().trust().unverified().getFirst())
        .startsWith("9 packages (AppStream/Packages/")
        .endsWith("the image's digest covers them");
  }

  // Trust

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "none         | nothing vouches for Rocky-9.7-x86_64-boot.iso | there is no CHECKSUM"
            + " beside",
        "unsigned     | is not signed, for there is no CHECKSUM.asc   | --sha256",
        "stranger     | signed by                                     | --key FILE",
        "expired      | a key that ended on                           | --insecure-no-verify",
        "other file   | names no SHA-256 of                           | --sha256",
      })
  void trustThatIsMissingIsRefusedUnlessItIsWaived(String case_, String why, String todo)
      throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    switch (case_) {
      case "unsigned" -> Files.write(work.resolve("CHECKSUM"), Imports.checksumOf(iso));
      case "stranger" -> Imports.checksum(iso, Signer.STRANGER);
      case "expired" -> Imports.checksum(iso, Signer.EXPIRED);
      case "other file" -> {
        Imports.checksum(iso, Signer.RSA);
        iso = Files.move(iso, work.resolve("Rocky-9.7-x86_64-dvd.iso"));
      }
      default -> {}
    }
    refused(importing(iso).key(Signer.RSA).key(Signer.EXPIRED), why, todo);
    assertThat(leftOver()).isEmpty();

    Imported waived = importing(iso).key(Signer.RSA).key(Signer.EXPIRED).insecure().run();
    assertThat(waived.manifest().trust().level()).isEqualTo(Manifest.Level.NONE);
    assertThat(waived.manifest().trust().unverified().getFirst()).contains(why);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "list changed      | is not of these octets       ",
        "no signature      | the signature cannot be read ",
        "image changed     | and should have              ",
        "image cut off     | is no whole image            ",
        "another image     | and should have              ",
        "unsigned, changed | and should have              ",
      })
  void whatIsWrongIsRefusedWhateverTheOptions(String case_, String why) throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Imports.checksum(iso, Signer.RSA);
    Path list = work.resolve("CHECKSUM");
    switch (case_) {
      case "list changed" ->
          Files.writeString(list, "# more\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
      case "no signature" ->
          Files.writeString(
              work.resolve("CHECKSUM.asc"),
              "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n");
      case "image changed" -> flip(iso, Files.size(iso) / 2);
      case "image cut off" -> {
        try (FileChannel channel = FileChannel.open(iso, StandardOpenOption.WRITE)) {
          channel.truncate(Files.size(iso) / 4);
        }
      }
      case "another image" ->
          Files.writeString(
              Files.write(iso, Files.readAllBytes(IsoReplica.rocky10(Media.BOOT).write(work))),
              "",
              StandardOpenOption.APPEND);
      default -> {
        Files.delete(work.resolve("CHECKSUM.asc"));
        flip(iso, Files.size(iso) / 2);
      }
    }
    refused(importing(iso).key(Signer.RSA).insecure(), why, "othing was imported");
    assertThat(leftOver()).isEmpty();
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile octets = new RandomAccessFile(file.toFile(), "rw")) {
      octets.seek(at);
      int was = octets.read();
      octets.seek(at);
      octets.write(was ^ 0x10);
    }
  }

  @Test
  void aDigestThatIsNamedIsHeld() throws IOException {
    Path iso = IsoReplica.rocky10(Media.BOOT).write(work);
    refused(importing(iso).sha256("0".repeat(64)).insecure(), "and should have 0000");
    Imported imported = importing(iso).sha256(iso).run();
    assertThat(imported.manifest().trust().verified().getFirst())
        .isEqualTo(iso.getFileName() + " has the SHA-256 that --sha256 names");
  }

  @Test
  void aListThatIsNamedIsTakenInPlaceOfThoseBeside() throws IOException {
    Path iso = IsoReplica.rocky10(Media.BOOT).write(work);
    Path elsewhere = Files.createDirectory(work.resolve("elsewhere"));
    Path list = Files.write(elsewhere.resolve("SUMS"), Imports.checksumOf(iso));
    refused(importing(iso).checksum(list).key(Signer.RSA), "SUMS is not signed");
    Files.write(
        elsewhere.resolve("SUMS.asc"), SignedRpms.detached(Files.readAllBytes(list), Signer.RSA));
    assertThat(importing(iso).checksum(list).key(Signer.RSA).run().manifest().trust().level())
        .isEqualTo(Manifest.Level.SIGNED);
  }

  @Test
  void whatTheTreeSaysOfItselfMustHoldEvenInAnImageThatIsVouchedFor() throws IOException {
    IsoReplica replica = IsoReplica.rocky9(Media.BOOT);
    String treeinfo =
        new String(
            Objects.requireNonNull(replica.files().get(".treeinfo")), StandardCharsets.UTF_8);
    Path iso =
        replica.with(".treeinfo", treeinfo).with("images/pxeboot/vmlinuz", "other").write(work);
    refused(
        importing(iso).sha256(iso).insecure(),
        "images/pxeboot/vmlinuz is not what the source itself says");
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void aPackageThatWasChangedIsRefusedEvenInAnImageThatIsVouchedFor(Packing packing)
      throws IOException {
    byte[] octets = Files.readAllBytes(SignedRpms.usual(packing));
    octets[octets.length - 1000] ^= 1;
    Path iso = Imports.dvd(9).with("BaseOS/Packages/a/a-1.0-1.el9.x86_64.rpm", octets).write(work);
    refused(
        importing(iso).sha256(iso).key(Signer.RSA).insecure(),
        "BaseOS/Packages/a/a-1.0-1.el9.x86_64.rpm is damaged",
        "no option takes it");
  }

  @Test
  void whatOnlyIsCalledAPackageIsSaidInAnImageAndRefusedInATree() throws IOException {
    IsoReplica replica = Imports.dvd(9).with("BaseOS/Packages/x.rpm", "no package");
    Path iso = replica.write(work);
    assertThat(importing(iso).sha256(iso).key(Signer.RSA).run().manifest().trust().unverified())
        .containsExactly(
            "1 package (BaseOS/Packages/x.rpm): cannot be read as a package; the image's digest"
                + " covers them");
    Staging.delete(releases());
    refused(importing(tree(replica)).key(Signer.RSA).insecure(), "x.rpm is damaged");
  }

  @Test
  void loadersThatAreNotOursAreNotTaken() throws IOException {
    Path tree = tree(IsoReplica.rocky9(Media.BOOT));
    for (String below : List.of("", "BaseOS/x86_64/os/")) {
      Path loaders = Files.createDirectories(tree.resolve(below + ".barestack/loaders"));
      Files.writeString(loaders.resolve("undionly.kpxe"), "evil");
    }
    Path folder = importing(tree).insecure().run().folder();
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.filter(path -> path.endsWith("undionly.kpxe"))).isEmpty();
    }
  }

  @Test
  void aTreeinfoThatVouchesForNoKernelIsNotEnough() throws IOException {
    Path tree = tree(IsoReplica.rocky9(Media.BOOT));
    Path file = tree.resolve(".treeinfo");
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst("(images/pxeboot/vmlinuz = )sha256:[0-9a-f]*", "$1md5:00"));
    refused(importing(tree).sha256(file), "has no SHA-256 of images/pxeboot/vmlinuz");
    assertThat(importing(tree).sha256(file).insecure().run().fresh()).isTrue();
  }

  // Trees in folders

  private Path tree(IsoReplica replica) throws IOException {
    return replica.tree(Files.createDirectory(work.resolve("tree")));
  }

  @Test
  void aFolderIsVerifiedByTheDigestOfItsTreeinfoAndBySignaturesOfPackages() throws IOException {
    Path tree = tree(Imports.dvd(9));
    refused(importing(tree).key(Signer.RSA), "nobody signs .treeinfo", "--sha256 DIGEST");
    refused(importing(tree).key(Signer.RSA).sha256("1".repeat(64)).insecure(), "not 1111");
    refused(importing(tree).sha256(tree.resolve(".treeinfo")), ".rpm: signed by", "--key FILE");

    Imported imported = importing(tree).key(Signer.RSA).sha256(tree.resolve(".treeinfo")).run();

    assertThat(Imports.digests(Imports.files(imported.folder())))
        .isEqualTo(Imports.digests(Imports.files(tree)));
    assertThat(imported.manifest().trust().level()).isEqualTo(Manifest.Level.VOUCHED);
    assertThat(imported.manifest().trust().unverified().getFirst())
        .contains("that no digest or signature names: .discinfo");
  }

  @Test
  void loadersOfATreeAreKnownBySignedPackages() throws IOException {
    byte[] shim = "shim".getBytes(StandardCharsets.UTF_8);
    Path rpm =
        SignedRpms.sign(
            SignedRpms.build(
                "shim-x64",
                Packing.GZIP,
                root -> {
                  for (String file : List.of("BOOT/BOOTX64.EFI", "rocky/shimx64.efi")) {
                    Path path = root.resolve("boot/efi/EFI").resolve(file);
                    Files.createDirectories(path.getParent());
                    Files.write(path, shim);
                  }
                }),
            Signer.RSA);
    Path tree =
        tree(
            Imports.dvd(9)
                .with("EFI/BOOT/BOOTX64.EFI", shim)
                .with("BaseOS/Packages/s/shim.rpm", Files.readAllBytes(rpm)));
    Imported imported = importing(tree).key(Signer.RSA).sha256(tree.resolve(".treeinfo")).run();
    assertThat(imported.manifest().trust().verified())
        .contains("EFI/BOOT/BOOTX64.EFI is that of shim-x64-1-1.el9.x86_64");
    assertThat(Files.readAllBytes(imported.folder().resolve(".barestack/loaders/shimx64.efi")))
        .isEqualTo(shim);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "BaseOS/x86_64/os"})
  void aMirrorKeepsItsRelativePaths(String named) throws IOException {
    Path mirror = Files.createDirectory(work.resolve("mirror"));
    Path os = Files.createDirectories(mirror.resolve("BaseOS/x86_64/os"));
    Path iso = IsoReplica.rocky9(Media.BOOT).tree(os);
    Files.writeString(
        iso.resolve(".treeinfo"),
        """

        [variant-AppStream]
        repository = ../../../AppStream/x86_64/os
        [variant-BaseOS]
        repository = .
        [variant-NFV]
        repository = ../../../NFV
        """,
        StandardOpenOption.APPEND);
    Path packages = Files.createDirectories(mirror.resolve("AppStream/x86_64/os/Packages"));
    Files.copy(SignedRpms.usual(Packing.XZ), packages.resolve("usual.rpm"));
    Files.writeString(mirror.resolve("other"), "no part of the tree\n");

    Imported imported =
        importing(mirror.resolve(named)).key(Signer.RSA).sha256(os.resolve(".treeinfo")).run();

    assertThat(imported.remarks()).containsExactly("NFV is not there, though .treeinfo names it");
    Files.delete(mirror.resolve("other"));
    assertThat(Imports.digests(Imports.files(imported.folder())))
        .isEqualTo(Imports.digests(Imports.files(mirror)));
    assertThat(
            new Releases(Imports.httpRoot(work)).find(new Rocky("9.7", Architecture.X86_64, null)))
        .isInstanceOf(Releases.Answer.Found.class);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "link, /etc/passwd, is a link out of the release",
    "link, ../../../../etc/passwd, is a link out of the release",
    "EFI/link, ../.., is a link out of the release",
    "link, link, is a link that leads in a circle",
    "link, images/nothing, which is not there",
    "link, images/install.img/x, which is not there",
  })
  void aLinkThatLeavesOrLeadsNowhereIsRefused(String path, String target, String why)
      throws IOException {
    Path tree = tree(IsoReplica.rocky9(Media.BOOT));
    Files.createSymbolicLink(tree.resolve(path), Path.of(target));
    refused(importing(tree).insecure(), "'" + path + "'", why);
  }

  @Test
  void aLinkThatStaysInsideStaysALink() throws IOException {
    Path tree = tree(IsoReplica.rocky9(Media.BOOT));
    Files.createSymbolicLink(tree.resolve("EFI/kernel"), Path.of("../images/pxeboot/vmlinuz"));
    Path link = importing(tree).insecure().run().folder().resolve("EFI/kernel");
    assertThat(Files.readSymbolicLink(link)).hasToString("../images/pxeboot/vmlinuz");
    assertThat(link.toRealPath()).startsWith(releases().toRealPath());
  }

  @Test
  void aPipeIsRefused() throws IOException {
    Path tree = tree(IsoReplica.rocky9(Media.BOOT));
    assertThat(Command.of("mkfifo", tree.resolve("pipe").toString()).run().status()).isZero();
    refused(importing(tree).insecure(), "pipe is a device, a pipe or a socket");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a path out of it  | kernel = images/  | kernel = ../images/ | a path outside of the",
        "an absolute path  | mainimage = images | mainimage = /images | a path outside of the",
        "no kernel         | kernel =          | colonel =           | has no kernel in",
        "not there         | install.img       | other.img           | which is not there",
        "no release        | version = 9.7     | version = ../../x   | names no release of Rocky",
        "another machine   | arch = x86_64     | arch = ../x         | names no release of Rocky",
      })
  void aTreeinfoThatLeadsAstrayIsRefused(String name, String from, String to, String why)
      throws IOException {
    Path tree = tree(IsoReplica.rocky9(Media.BOOT));
    Path file = tree.resolve(".treeinfo");
    Files.writeString(file, Files.readString(file).replace(from, to));
    refused(importing(tree).insecure(), why);
  }

  @Test
  void whatIsNoTreeIsRefused() throws IOException {
    Path empty = Files.createDirectory(work.resolve("empty"));
    refused(importing(empty), "is no install tree");
    refused(importing(work.resolve("nothing")), "there is no such file or folder");
    refused(importing("ftp://mirror.example/x.iso"), "it must be http or https");
    refused(importing("file:///etc/passwd"), "it must be http or https");
    refused(importing("https://me:secret@mirror.example/x.iso"), "https://mirror.example/x.iso");
    Path noise = Files.write(work.resolve("noise.iso"), new byte[100_000]);
    refused(importing(noise).insecure(), "is no whole image of a medium");
  }

  // Again, and others

  @Test
  void aSecondImportDoesNothing() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Imported first = importing(iso).sha256(iso).run();
    Path marked = Files.writeString(first.folder().resolve("mark"), "");
    Imported second = importing(iso).sha256(iso).run();
    assertThat(second.fresh()).isFalse();
    assertThat(second.manifest()).isEqualTo(first.manifest());
    assertThat(importing(iso).insecure().run().fresh()).isFalse();
    assertThat(marked).exists();
  }

  @Test
  void theImageIsKeptWhenThatIsAskedFor() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Path kept = Imports.httpRoot(work).resolve("media/rocky-9.7-x86_64.iso");
    importing(iso).sha256(iso).run();
    assertThat(kept).doesNotExist();
    Imported imported = importing(iso).sha256(iso).keepImage().run();
    assertThat(imported.fresh()).isFalse();
    assertThat(imported.remarks()).containsExactly("its image: " + kept);
    assertThat(kept).hasSameBinaryContentAs(iso);
    assertThat(Files.getLastModifiedTime(kept)).isEqualTo(Files.getLastModifiedTime(iso));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-r--r--");
    Object file = Files.readAttributes(kept, BasicFileAttributes.class).fileKey();
    assertThat(importing(iso).sha256(iso).keepImage().run().fresh()).isFalse();
    assertThat(Files.readAttributes(kept, BasicFileAttributes.class).fileKey())
        .as("not copied again")
        .isEqualTo(file);

    Path other = IsoReplica.rocky9(Media.BOOT).with("LICENSE", "Another.\n").write(work);
    Files.setLastModifiedTime(other, FileTime.fromMillis(1_000_000));
    importing(other).sha256(other).replace().keepImage().run();
    assertThat(kept).hasSameBinaryContentAs(other);
    assertThat(names(kept.resolveSibling(""))).containsExactly("rocky-9.7-x86_64.iso");
  }

  @Test
  void anImageThatIsNotWhatItShouldBeIsNotKept() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Imported imported = importing(iso).sha256(iso).run();
    assertThat(imported.fresh()).isTrue();
    String digest = Digest.sha256(Files.readAllBytes(iso));
    flip(iso, Files.size(iso) - 1);
    assertThatThrownBy(importing(iso).sha256(digest).keepImage()::run)
        .hasMessageContaining("and should have " + digest);
    assertThat(Imports.httpRoot(work).resolve("media")).doesNotExist();
    flip(iso, Files.size(iso) - 1);
    Imports changing =
        importing(iso)
            .sha256(iso)
            .keepImage()
            .progress(Imports.when("keeping", 1, () -> flip(iso, Files.size(iso) - 1)));
    assertThatThrownBy(changing::run).hasMessageContaining("changed while it was imported");
    assertThat(names(Imports.httpRoot(work).resolve("media"))).isEmpty();
  }

  @Test
  void onlyAnImageCanBeKept() throws IOException {
    Path tree = tree(IsoReplica.rocky9(Media.BOOT));
    assertThatThrownBy(importing(tree).insecure().keepImage()::run)
        .hasMessageContaining("is no image, so there is none to keep");
    assertThat(releases().resolve("rocky-9.7-x86_64")).doesNotExist();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }

  @Test
  void anotherOneOfTheSameNameComesOnlyByReplace() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Path folder = importing(iso).sha256(iso).run().folder();
    Path other = IsoReplica.rocky9(Media.BOOT).with("LICENSE", "Another.\n").write(work);
    assertThatThrownBy(importing(other).sha256(other)::run)
        .hasMessageContainingAll("is there already, and is another one", "--replace", "--name");
    assertThat(importing(other).sha256(other).name("other").run().folder().getFileName())
        .hasToString("other");
    assertThat(Files.readString(folder.resolve("LICENSE"))).isEqualTo("A licence.\n");
    assertThat(importing(other).sha256(other).replace().run().fresh()).isTrue();
    assertThat(Files.readString(folder.resolve("LICENSE"))).isEqualTo("Another.\n");
    assertThat(leftOver()).isEmpty();
  }

  @Test
  void whatWasPutThereByHandStays() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Path folder = Files.createDirectories(releases().resolve("rocky-9.7-x86_64"));
    assertThatThrownBy(importing(iso).sha256(iso)::run)
        .hasMessageContainingAll(folder.toString(), "was put there by hand", "--replace");
    assertThat(folder).isEmptyDirectory();
    assertThat(ReleaseList.of(Imports.httpRoot(work)).getFirst().manifest()).isNull();
  }

  @Test
  void anUnverifiedOneIsVerifiedByReplace() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    importing(iso).insecure().run();
    assertThatThrownBy(importing(iso).sha256(iso)::run)
        .hasMessageContainingAll("was imported unverified", "--replace");
    assertThat(importing(iso).sha256(iso).replace().run().manifest().trust().level())
        .isEqualTo(Manifest.Level.VOUCHED);
  }

  @Test
  void aReplacementThatWasKilledBetweenTwoRenamesIsMended() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Path folder = importing(iso).sha256(iso).run().folder();
    Files.move(folder, releases().resolve(".old-rocky-9.7-x86_64"));
    assertThat(importing(iso).sha256(iso).run().fresh()).isFalse();
    assertThat(folder.resolve(".treeinfo")).exists();
    assertThat(leftOver()).isEmpty();
  }

  @Test
  void twoAtATimeAreKeptApart() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Imports second = importing(iso).sha256(iso);
    importing(iso)
        .sha256(iso)
        .progress(
            Imports.when(
                "importing",
                1,
                () -> assertThatThrownBy(second::run).hasMessageContaining("is at work in")))
        .run();
  }

  // What breaks off

  @Test
  void aSourceThatVanishesIsGoneOnWithWhenItIsBack() throws IOException {
    Path tree = tree(Imports.dvd(9));
    Path gone = tree.resolve("BaseOS/Packages/d/d-1.0-1.el9.x86_64.rpm");
    Path away = work.resolve("away.rpm");
    Imports first =
        importing(tree)
            .insecure()
            .progress(Imports.when("importing", 1, () -> Files.move(gone, away)));
    refused(first, "cannot be read any more", "is not there", "run it again");
    Files.move(away, gone);
    Path staged = releases().resolve(".import-rocky-9.7-x86_64/images/install.img");
    Object inode = Files.getAttribute(staged, "unix:ino");

    Imported imported = importing(tree).insecure().run();

    assertThat(Imports.digests(Imports.files(imported.folder())))
        .isEqualTo(Imports.digests(Imports.files(tree)));
    assertThat(Files.getAttribute(imported.folder().resolve("images/install.img"), "unix:ino"))
        .as("not copied a second time")
        .isEqualTo(inode);
  }

  @Test
  void whatIsStagedIsNotBelievedBlindly() throws IOException {
    Path tree = tree(Imports.dvd(9));
    Path staging = releases().resolve(".import-rocky-9.7-x86_64");
    Imports first =
        importing(tree)
            .insecure()
            .progress(
                Imports.when(
                    "importing",
                    200_000,
                    () -> Files.delete(tree.resolve("BaseOS/Packages/d/d-1.0-1.el9.x86_64.rpm"))));
    refused(first, "cannot be read any more");
    Files.writeString(staging.resolve("LICENSE"), "A l1cence.\n");
    Files.delete(staging.resolve("media.repo"));
    Files.createSymbolicLink(staging.resolve("images/evil"), Path.of("/etc"));
    Files.writeString(staging.resolve("extra"), "");
    Files.delete(staging.resolve("EFI/BOOT/grub.cfg"));
    Files.createSymbolicLink(staging.resolve("EFI/BOOT/grub.cfg"), work.resolve("victim"));

    Imported imported = importing(tree).insecure().run();

    assertThat(Imports.digests(Imports.files(imported.folder())))
        .isEqualTo(Imports.digests(Imports.files(tree)));
    assertThat(Files.exists(imported.folder().resolve("images/evil"), LinkOption.NOFOLLOW_LINKS))
        .isFalse();
    assertThat(work.resolve("victim")).doesNotExist();
  }

  @Test
  void anImageThatChangesUnderwayIsRefused() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Imports imports =
        importing(iso)
            .sha256(iso)
            .progress(Imports.when("importing", 1, () -> flip(iso, Files.size(iso) - 1)));
    refused(imports, "changed while it was imported");
  }

  @Test
  void noRoomIsToldBeforeAnythingIsCopied() throws IOException {
    Path tree = tree(IsoReplica.rocky9(Media.BOOT));
    try (FileChannel huge =
        FileChannel.open(
            tree.resolve("huge"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      huge.position(1L << 43).write(java.nio.ByteBuffer.wrap(new byte[1])); // sparse
    }
    refused(importing(tree).insecure(), "takes 8192.0 GiB more", "are free", "--http-root");
  }

  // Afterwards

  @Test
  void damageIsFoundLater() throws IOException {
    Path iso = IsoReplica.rocky9(Media.BOOT).write(work);
    Path folder = importing(iso).sha256(iso).run().folder();
    ReleaseList.Release release = ReleaseList.of(Imports.httpRoot(work)).getFirst();
    assertThat(ReleaseList.faults(release, Imports.silent())).isEmpty();
    flip(folder.resolve("images/install.img"), 17);
    Files.delete(folder.resolve("LICENSE"));
    Files.writeString(folder.resolve("media.repo"), "longer", StandardOpenOption.APPEND);
    Files.writeString(folder.resolve("more"), "");
    assertThat(
            ReleaseList.faults(release, Imports.silent()).stream()
                .sorted(Comparator.naturalOrder()))
        .satisfiesExactly(
            fault -> assertThat(fault).isEqualTo("LICENSE is missing"),
            fault -> assertThat(fault).isEqualTo("images/install.img is not what was imported"),
            fault -> assertThat(fault).startsWith("media.repo has ").contains(" octets, and had "),
            fault -> assertThat(fault).isEqualTo("more was not there at the import"));
  }
}
