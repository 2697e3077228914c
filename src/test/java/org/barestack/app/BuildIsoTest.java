package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.boot.BootDesk;
import org.barestack.format.fat.FatImage;
import org.barestack.format.image.Medium;
import org.barestack.format.image.OverlayMedium;
import org.barestack.format.iso.Extent;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoImage;
import org.barestack.format.iso.Remaster;
import org.barestack.journal.SqliteJournal;
import org.barestack.media.InFlight;
import org.barestack.media.MediumPlan;
import org.barestack.model.Journal;
import org.barestack.model.Site;
import org.barestack.model.Token;
import org.barestack.render.LiveRenderer;
import org.barestack.testing.Command;
import org.barestack.testing.Examples;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code build-iso} of kinds iso and oemdrv, on replicas of Rocky's media. */
class BuildIsoTest {
  private static final String EFI_MENU = "EFI/BOOT/grub.cfg";

  @TempDir private static Path sources;
  private static Path dvd9 = Path.of("");
  private static Path boot9 = Path.of("");
  private static Path dvd10 = Path.of("");

  @TempDir private Path folder;
  private Path site = Path.of("");
  private Path out = Path.of("");

  @BeforeAll
  static void replicas() throws IOException {
    byte[] partition = efiPartition();
    dvd9 = IsoReplica.rocky9(Media.DVD).efiPartition(partition).write(sources);
    boot9 = IsoReplica.rocky9(Media.BOOT).efiPartition(partition).write(sources);
    dvd10 = IsoReplica.rocky10(Media.DVD).efiPartition(partition).write(sources);
  }

  /** As mkefiboot makes it: a FAT file system with shim, GRUB and its menu. */
  private static byte[] efiPartition() throws IOException {
    Path image = sources.resolve("efiboot.img");
    Path menu = Files.writeString(sources.resolve("grub.cfg"), "# Rocky's own\n");
    for (List<String> words :
        List.of(
            List.of("mkfs.fat", "-C", "-n", "ANACONDA", image.toString(), "2048"),
            List.of("mmd", "-i", image.toString(), "::EFI", "::EFI/BOOT"),
            List.of("mcopy", "-i", image.toString(), menu.toString(), "::EFI/BOOT/grub.cfg"),
            List.of("mcopy", "-i", image.toString(), menu.toString(), "::EFI/BOOT/BOOTX64.EFI"))) {
      Command.Result made = Command.of(words.toArray(String[]::new)).run();
      assertThat(made.status()).as(made.all()).isZero();
    }
    return Files.readAllBytes(image);
  }

  @BeforeEach
  void aSite() throws IOException {
    site = Files.createDirectory(folder.resolve("site"));
    Examples.copy("minimal", site);
    out = folder.resolve("out.iso");
    release("9.7");
  }

  private void release(String release) throws IOException {
    Files.writeString(
        site.resolve("site.yaml"),
        "rocky:\n  release: \"%s\"\n%s"
            .formatted(release, Files.readString(Path.of("examples/minimal/site.yaml"))));
  }

  private Barestack run(Object... words) {
    return Barestack.run(
        Stream.concat(Stream.of(words).map(Object::toString), Stream.of("--site", site.toString()))
            .toArray(String[]::new));
  }

  private Barestack build(Object... words) {
    return run(Stream.concat(Stream.of("build-iso", "-o", out), Stream.of(words)).toArray());
  }

  private void refused(Barestack result, int status, String reason) {
    assertThat(result.status()).as(result.toString()).isEqualTo(status);
    assertThat(result.err()).contains(reason);
    assertThat(out).doesNotExist();
  }

  private void secrets() {
    Barestack init = run("secrets", "init", "--identity", site.resolve("identity"));
    assertThat(init.status()).as(init.err()).isZero();
  }

  private static String text(Path iso, String path) throws Exception {
    try (IsoImage image = IsoImage.open(iso)) {
      IsoFile file = (IsoFile) image.entry(path).orElseThrow();
      return new String(image.read(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static boolean has(Path iso, String path) throws Exception {
    try (IsoImage image = IsoImage.open(iso)) {
      return image.entry(path).isPresent();
    }
  }

  private static String efiMenu(Path iso) throws Exception {
    try (IsoImage image = IsoImage.open(iso)) {
      Extent partition = Remaster.of(image).efiPartition().orElseThrow();
      byte[] all = Files.readAllBytes(iso);
      FatImage fat = FatImage.read(Medium.of(all), partition.offset(), partition.length());
      return new String(fat.content(EFI_MENU), StandardCharsets.UTF_8);
    }
  }

  private String token() throws IOException {
    return Command.of(
            "sqlite3",
            site.resolve(".barestack/journal.db").toString(),
            "SELECT text FROM pin LIMIT 1")
        .run()
        .output()
        .replaceFirst("(?s).*/install/([0-9a-f]{32}).*", "$1");
  }

  @Test
  void aMediumOfOneNodeThatReachesBarestack() throws Exception {
    Barestack built = build("kvm1", "--from", dvd9);
    assertThat(built.status()).as(built.toString()).isZero();
    assertThat(built.err().lines()).noneMatch(line -> line.contains("warning"));
    assertThat(built.out())
        .startsWith(out + ": Rocky Linux 9.7 x86_64 for kvm1 of site tiny\n")
        .contains("BIOS (isolinux) and UEFI", "writes only a blank disk", "the medium\n")
        .contains("keep it from others", "Next: ");
    String kickstart = text(out, "barestack/kvm1.ks");
    assertThat(kickstart).contains("\ncdrom\n", "\npoweroff\n", "%include /tmp/disk.ks");
    assertThat(built.out()).doesNotContain(token());
    assertThat(kickstart).contains("/install/" + token());
    assertThat(text(out, "isolinux/isolinux.cfg")).contains("default kvm1\n");
    assertThat(text(out, EFI_MENU)).contains("set default=kvm1\n").isEqualTo(efiMenu(out));
    assertThat(run("events", "kvm1").out()).contains("opened for a medium");
    assertThat(run("status").out()).contains("a medium was made for it");
    assertThat(Command.of("checkisomd5", out.toString()).run().status()).isZero();

    byte[] first = Files.readAllBytes(out);
    assertThat(build("kvm1", "--from", dvd9).status()).isZero();
    assertThat(out).hasBinaryContent(first);
  }

  @Test
  void rocky10HasGrubOnBiosToo() throws Exception {
    release("10.1");
    assertThat(build("kvm1", "--from", dvd10, "--volid", "LAB-1").status()).isZero();
    String menu = text(out, EFI_MENU);
    assertThat(menu)
        .contains("-l LAB-1\n", "inst.stage2=hd:LABEL=LAB-1 ")
        .isEqualTo(text(out, "boot/grub2/grub.cfg"))
        .isEqualTo(efiMenu(out));
    try (IsoImage image = IsoImage.open(out)) {
      assertThat(image.label()).isEqualTo("LAB-1");
    }
  }

  @Test
  void severalNodesAreAMenu() throws Exception {
    assertThat(build("--all", "--from", dvd9, "--no-md5", "--cmdline", "quiet ip=eth0:dhcp").out())
        .contains("mgmt1: install bs", "kvm1: install bs", "its menu waits", "no check sum");
    assertThat(has(out, "barestack/mgmt1.ks") && has(out, "barestack/kvm1.ks")).isTrue();
    assertThat(efiMenu(out))
        .contains("set timeout=-1\n", " quiet ip=eth0:dhcp; then")
        .doesNotContain(" ip=dhcp ", "rd.live.check");
  }

  @Test
  void anOrderToWipeShowsInTheMenu() throws Exception {
    Barestack seeded = run("seed", "kvm1");
    assertThat(seeded.status()).isZero();
    refused(build("kvm1", "--from", dvd9), 1, "barestack reinstall kvm1, then this again");
    refused(
        build("kvm1", "--from", dvd9, "--wipe"), 2, "barestack reinstall NODE --wipe, then this");
    run("reinstall", "kvm1");
    assertThat(build("kvm1", "--from", dvd9).out()).contains("writes only a blank disk");
  }

  @Test
  void aBootImageTakesPackagesFromTheSitesTree() throws Exception {
    refused(build("kvm1", "--from", boot9, "--http-root", sources), 1, "has no packages, and ");
    assertThat(run("events", "kvm1").out()).contains("nothing was heard");
    Path file = site.resolve("site.yaml");
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst("release: .*\n", "$0  tree: http://mirror.example/9.7/os\n"));
    assertThat(build("kvm1", "--from", boot9).out())
        .contains("packages come from http://mirror.example/9.7/os");
    assertThat(text(out, "barestack/kvm1.ks")).contains("url --url=http://mirror.example/9.7/os");
  }

  @Test
  void offlineIsTheSameForTheSameEdition() throws Exception {
    secrets();
    String identity = "--identity=" + site.resolve("identity");
    Barestack built = build("kvm1", "--offline", "--from", dvd9, identity);
    assertThat(built.status()).as(built.toString()).isZero();
    assertThat(built.out())
        .contains("Whoever has it has these secrets: kvm1:/etc/barestack/secrets/agent-keystore");
    assertThat(text(out, "barestack/kvm1.ks"))
        .contains("permit=''\n", "put 0600 /etc/barestack/node.key", "\ncdrom\n")
        .doesNotContain("http://192.168.60.5");
    assertThat(text(out, "barestack/ca.pem")).contains("BEGIN CERTIFICATE");
    assertThat(efiMenu(out)).doesNotContain("rd.neednet");
    assertThat(site.resolve(".barestack/journal.db")).doesNotExist();

    byte[] first = Files.readAllBytes(out);
    build("kvm1", "--offline", "--from", dvd9, identity);
    assertThat(out).hasBinaryContent(first);
    build("kvm1", "--offline", "--from", dvd9, identity, "--edition", "2");
    assertThat(Files.readAllBytes(out)).isNotEqualTo(first);
  }

  @Test
  void aPermitIsAskedForAndSaid() throws Exception {
    secrets();
    Object[] words = {
      "kvm1",
      "--offline",
      "--wipe",
      "--from",
      dvd9,
      "--identity=" + site.resolve("identity"),
      "--force"
    };
    refused(build(words), 1, "nobody is here to be asked");
    Barestack built = build(Stream.concat(Stream.of(words), Stream.of("--yes")).toArray());
    assertThat(built.status()).as(built.toString()).isZero();
    assertThat(built.out()).contains("WIPES the disk that its rules mean, whatever is on it");
    assertThat(text(out, "barestack/kvm1.ks")).contains("permit=wipe\n");
    assertThat(text(out, "isolinux/isolinux.cfg"))
        .contains("WIPES the disk that its rules mean, whatever is on it\n");
  }

  @Test
  void addedRepositoriesAreOnIt() throws Exception {
    secrets();
    Path added = folder.resolve("cloudstack");
    Files.createDirectories(added.resolve("repodata"));
    Object[] words = {
      "kvm1",
      "--offline",
      "--from",
      dvd9,
      "--identity=" + site.resolve("identity"),
      "--add-repo",
      added
    };
    refused(build(words), 1, "createrepo_c " + added);
    Files.writeString(added.resolve("repodata/repomd.xml"), "<repomd/>");
    Files.writeString(added.resolve("a.rpm"), "a");
    Barestack built = build(words);
    assertThat(built.status()).as(built.toString()).isZero();
    assertThat(text(out, "barestack/repos/cloudstack/a.rpm")).isEqualTo("a");
    assertThat(text(out, "barestack/kvm1.ks"))
        .contains("baseurl=file:///run/install/repo/barestack/repos/cloudstack");
  }

  @Test
  void oemdrvIsFoundByItsLabel() throws Exception {
    secrets();
    Barestack built =
        build("kvm1", "--kind=oemdrv", "--offline", "--identity=" + site.resolve("identity"));
    assertThat(built.status()).as(built.toString()).isZero();
    assertThat(built.out()).contains("OEMDRV for kvm1", "no inst.ks");
    try (IsoImage image = IsoImage.open(out)) {
      assertThat(image.label()).isEqualTo("OEMDRV");
    }
    assertThat(text(out, "ks.cfg")).contains("permit=''\n");
  }

  @Test
  void inFlightSaysWhere() throws Exception {
    Path httpRoot = folder.resolve("http-root");
    Path root = Files.createDirectories(httpRoot.resolve("media"));
    Object[] words = {"build-iso", "kvm1", "--in-flight", "--http-root", httpRoot};
    Barestack missing = run(words);
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err()).contains(root + "/rocky-9.7-x86_64.iso is not there");
    Files.createSymbolicLink(root.resolve("rocky-9.7-x86_64.iso"), dvd9);
    Barestack served = run(words);
    assertThat(served.status()).as(served.toString()).isZero();
    assertThat(served.out()).contains("/media/" + token() + ".iso\n");
    JsonNode json =
        JsonMapper.builder()
            .build()
            .readTree(run(Stream.concat(Stream.of(words), Stream.of("--json")).toArray()).out());
    assertThat(json.path("url").asText()).endsWith("/media/" + token() + ".iso");
    assertThat(json.path("nodes")).hasSize(1);
    assertThat(build("kvm1", "--from", dvd9, "--no-md5").status()).isZero();
    assertThat(inFlight(httpRoot)).isEqualTo(Files.readAllBytes(out));
  }

  /** What would be served of kvm1's medium. */
  private byte[] inFlight(Path root) throws Exception {
    Site read = Examples.read(site);
    try (Journal journal = SqliteJournal.open(site.resolve(".barestack/journal.db"))) {
      BootDesk desk = new BootDesk(() -> read, journal, InstantSource.system(), new SecureRandom());
      InFlight shelf =
          new InFlight(
              token ->
                  desk.underway(token)
                      .map(open -> new InFlight.Open(read, open.node(), open.install(), false)),
              journal,
              new LiveRenderer(List.of(site)),
              root,
              () -> URI.create("http://192.0.2.1/not-asked-for"));
      assertThat(shelf.plan(new Token("0".repeat(32)))).isEmpty();
      MediumPlan plan = shelf.plan(new Token(token())).orElseThrow();
      assertThat(shelf.plan(new Token(token())).orElseThrow().state()).isEqualTo(plan.state());
      byte[] source = Files.readAllBytes(plan.source());
      try (OverlayMedium medium = OverlayMedium.open(plan.making().make(), Medium.of(source))) {
        byte[] all = new byte[Math.toIntExact(medium.size())];
        medium.read(0, all, 0, all.length);
        return all;
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kvm1                                | what is missing: --from",
        "--from DVD9                         | for whom: NODE..., --role ROLE, or --all",
        "kvm1 --all --from DVD9              | for whom",
        "kvm9 --from DVD9                    | has no node 'kvm9'",
        "--role nobody --from DVD9           | no node of role 'nobody'; it has management",
        "kvm1 --from DVD9 --write /dev/null  | one place for it",
        "kvm1 --from DVD9 --in-flight        | one place for it",
        "kvm1 --from DVD9 --edition 2        | --edition goes with --offline",
        "kvm1 --from DVD9 --volid A:B        | no boot loader",
        "kvm1 --from DVD9 --cmdline a'b      | no boot loader hands it on",
        "kvm1 --from /nowhere.iso            | there is no such image",
        "kvm1 --from SITE/site.yaml          | is no whole image of a medium",
        "kvm1 --offline --from BOOT9         | take the minimal or the dvd image",
        "kvm1 mgmt1 --kind oemdrv            | is for one node at a time"
      })
  void whatCannotBeDoneIsSaid(String words, String reason) {
    refused(
        build(
            (Object[])
                words
                    .strip()
                    .replace("DVD9", dvd9.toString())
                    .replace("BOOT9", boot9.toString())
                    .replace("SITE", site.toString())
                    .split(" +", -1)),
        2,
        reason.strip());
  }

  @Test
  void theReleaseMustFit() throws Exception {
    refused(build("kvm1", "--from", dvd10), 1, "is Rocky Linux 10.1 for x86_64, and the site");
    release("9.6");
    Barestack built = build("kvm1", "--from", dvd9);
    assertThat(built.status()).isZero();
    assertThat(built.err()).contains("warning: ", "is Rocky Linux 9.7, and the site installs 9.6");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dvd", "link"})
  void itIsNeverWrittenOverItsSource(String which) throws IOException {
    out = folder.resolve("copy.iso");
    Files.copy(dvd9, out);
    byte[] before = Files.readAllBytes(out);
    Path from = which.equals("dvd") ? out : Files.createLink(folder.resolve("link.iso"), out);
    Barestack result = build("kvm1", "--from", from);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("is the image that it is made of");
    assertThat(out).hasBinaryContent(before);
  }
}
