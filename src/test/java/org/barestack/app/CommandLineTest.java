package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootRequest;
import org.barestack.command.LogsCommand;
import org.barestack.command.ReinstallCommand;
import org.barestack.command.Root;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.MacAddress;
import org.barestack.model.MachineReport;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Subject;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;
import org.barestack.testing.Command;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
  @TempDir Path site;

  private static String seedUrl(Barestack result) {
    assertThat(result.status()).as(result.toString()).isZero();
    return result
        .out()
        .lines()
        .filter(line -> line.startsWith("seed:"))
        .map(line -> line.substring("seed:".length()).strip())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSeedIsTheSameUntilItsEnd() {
    String first = seedUrl(run("seed", "kvm1"));
    assertThat(first).matches("http://[0-9.]+:8080/cloud-init/[0-9a-f]{32}/");
    assertThat(seedUrl(run("seed", "kvm1"))).isEqualTo(first);
    assertThat(run("events", "kvm1").out())
        .contains("opened for an image")
        .doesNotContain(first.substring(first.length() - 20, first.length() - 1));
    run("reinstall", "kvm1");
    assertThat(seedUrl(run("seed", "kvm1"))).isNotEqualTo(first);
  }

  @Test
  void aVolumeForCloudInitHoldsTheSeed() throws IOException {
    Path iso = site.resolve("kvm1.iso");
    Barestack result = run("build-iso", "--kind", "cidata", "kvm1", "-o", iso.toString());
    assertThat(result.status()).as(result.toString()).isZero();
    String token = seedUrl(run("seed", "kvm1")).replaceAll(".*/cloud-init/|/$", "");
    assertThat(result.out()).doesNotContain(token);
    assertThat(Command.of("bsdtar", "-x", "-O", "-f", iso.toString(), "user-data").run().output())
        .startsWith("#cloud-config")
        .contains("/install/" + token);
    assertThat(Command.of("stat", "--format=%a", iso.toString()).run().output()).isEqualTo("600\n");
    byte[] first = Files.readAllBytes(iso);
    run("build-iso", "--kind", "cidata", "kvm1", "-o", iso.toString());
    assertThat(iso).hasBinaryContent(first);
  }

  @Test
  void withoutSecretsThereIsNoOfflineVolume() {
    Path iso = site.resolve("kvm1.iso");
    Barestack result = run("build-iso", "--kind=cidata", "--offline", "kvm1", "-o", iso.toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("secrets.age is not there");
    assertThat(iso).doesNotExist();
    assertThat(run("build-iso", "kvm1", "-o", iso.toString()).status()).isEqualTo(2);
    assertThat(run("build-iso", "--kind=usb", "kvm1", "-o", iso.toString()).err())
        .contains("cidata");
  }

  @Test
  void cloudInitsFilesAreWritten() {
    assertThat(run("render-cloud-init", "kvm1").out())
        .contains("# ---- user-data\n#cloud-config", "# ---- network-config");
    Path out = site.resolve("seed");
    assertThat(run("render-cloud-init", "kvm1", "--out", out.toString()).status()).isZero();
    assertThat(out.resolve("meta-data")).content().contains("instance-id: \"bs");
  }

  @BeforeEach
  void aSite() throws IOException {
    Files.copy(Path.of("examples/minimal/site.yaml"), site.resolve("site.yaml"));
  }

  /** Runs a command on the site. */
  private Barestack run(String... arguments) {
    return Barestack.run(
        Stream.concat(Stream.of(arguments), Stream.of("--site", site.toString()))
            .toArray(String[]::new));
  }

  private void edit(String from, String to) throws IOException {
    Path file = site.resolve("site.yaml");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  private void template(String name, String text) throws IOException {
    Path file = site.resolve("kickstart-templates").resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  private static JsonNode json(String text) throws IOException {
    return JsonMapper.builder().build().readTree(text);
  }

  private List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  // The command line itself.

  static Stream<Arguments> commands() {
    return Commands.all().getSubcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .map(spec -> Arguments.of(spec.name(), spec.usageMessage().description()[0]));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("commands")
  void everyCommandHasAShortHelp(String command, String purpose) {
    Barestack help = Barestack.run(command, "--help");
    assertThat(help.status()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).startsWith("Usage: barestack " + command + " ");
    assertThat(help.out().lines())
        // Media are many things: to hide what can be said of them would help nobody.
        .hasSizeBetween(3, command.equals("build-iso") ? 44 : 26)
        .allMatch(line -> line.length() <= 80, "fits into 80 columns");
    assertThat(purpose).matches("[A-Z][a-z]+s .*\\.");
    assertThat(words(help.out())).contains(words(purpose));
    assertThat(words(Barestack.run("--help").out())).contains(words(command + " " + purpose));
  }

  /** Without the line breaks and the columns of a help text. */
  private static String words(String text) {
    return text.replaceAll("\\s+", " ");
  }

  @Test
  void withoutArgumentsItPrintsItsHelp() {
    Barestack alone = Barestack.run();
    assertThat(alone).isEqualTo(new Barestack(2, "", Barestack.run("--help").out()));
  }

  @Test
  void itHasAVersion() {
    assertThat(Barestack.run("--version").out()).startsWith("barestack ");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          valdate                | no such command: valdate           | Did you mean: barestack validate | barestack
          --jsn                  | Unknown option: '--jsn'            |                                  | barestack
          validate --jsn         | Unknown option: '--jsn'            | Possible solutions: --json       | barestack validate
          validate here          | too much: here                     |                                  | barestack validate
          render                 | Missing required option: '--out=DIR' |                                | barestack render
          events                 | Missing required parameter: 'NODE' |                                  | barestack events
          schema --site x        | Unknown options: '--site', 'x'     |                                  | barestack schema
          rehearse --minutes soon | Invalid value for option '--minutes': 'soon' is not an int |         | barestack rehearse
          """)
  void aWrongCommandLineIsToldShortly(
      String line, String message, @Nullable String hint, String command) {
    Barestack wrong = Barestack.run(line.split(" ", -1));
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.out()).isEmpty();
    assertThat(wrong.err())
        .startsWith("barestack: " + message + "\n")
        .contains(hint == null ? "" : hint)
        .endsWith("\n" + command + " --help says what it takes\n");
    assertThat(wrong.err().lines()).hasSizeLessThanOrEqualTo(3);
  }

  // Which site.

  @ParameterizedTest
  @ValueSource(strings = {"validate", "status", "watch", "serve"})
  void whereNoSiteIsItSaysWhatToDo(String command) throws IOException {
    Files.delete(site.resolve("site.yaml"));
    assertThat(run(command))
        .isEqualTo(
            new Barestack(
                2,
                "",
                "barestack: "
                    + site
                    + ": no site.yaml here and none in sites/*/; name one with --site, or begin one"
                    + " with barestack init\n"));
  }

  @Test
  void whereSeveralSitesAreItNamesThem() throws IOException {
    for (String name : List.of("east", "west")) {
      Path folder = Files.createDirectories(site.resolve("sites").resolve(name));
      Files.copy(site.resolve("site.yaml"), folder.resolve("site.yaml"));
    }
    Files.delete(site.resolve("site.yaml"));
    Barestack several = run("validate", "--offline");
    assertThat(several.status()).isEqualTo(2);
    assertThat(several.err())
        .isEqualTo(
            "barestack: there are several sites here; choose one: --site %1$s/sites/east/site.yaml,"
                    .formatted(site)
                + " --site %1$s/sites/west/site.yaml\n".formatted(site));
    assertThat(Barestack.run("validate", "-s", site + "/sites/west").status()).isZero();
  }

  @Test
  void aSiteThatIsNotThereIsNotSought() {
    assertThat(Barestack.run("status", "--site", site + "/nowhere"))
        .isEqualTo(
            new Barestack(
                2, "", "barestack: " + site + "/nowhere: there is no such file or folder\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "render-kickstart kvm1",
        "render --out rendered",
        "serve",
        "status",
        "watch",
        "events kvm1",
        "reinstall kvm1",
        "forget kvm1"
      })
  void aBadSiteEndsEveryCommandWithAllItsProblems(String line) throws IOException {
    edit("192.168.60.11", "192.168.60.10");
    edit("interface:", "inter:");
    Barestack bad = run(line.split(" ", -1));
    assertThat(bad.status()).isEqualTo(2);
    assertThat(bad.out()).isEmpty();
    assertThat(bad.err())
        .contains(site + "/site.yaml:4:3: error: provisioning.inter:")
        .contains("192.168.60.10 is already")
        .endsWith("problems; nothing was done\n");
    assertThat(names(site)).containsExactly("site.yaml");
  }

  // validate, schema

  @Test
  void aGoodSiteIsSaidToBeGood() {
    Barestack good = run("validate", "--offline");
    assertThat(good.status()).isZero();
    assertThat(good.out()).endsWith(site + "/site.yaml: good, 2 nodes, 3 warnings\n");
    assertThat(good.out().lines()).filteredOn(line -> line.contains("warning: ")).hasSize(3);
    assertThat(good.err()).isEmpty();
  }

  @Test
  void whatIsNotAsOneWouldExpectIsNoted() throws IOException {
    assertThat(run("validate", "--offline").out())
        .contains("note: access.from: none, so only the management node and Barestack reach the")
        .contains("note: role management: SELinux does not confine CloudStack's server, 8080 stays")
        .contains("note: role kvm-worker: SELinux is permissive, no firewalld but a table of");
    assertThat(json(run("validate", "--offline", "--json").out()))
        .filteredOn(one -> one.get("severity").asText().equals("note"))
        .hasSize(3);
    edit("access:\n", "access:\n  from: [10.8.0.0/16]\n");
    assertThat(run("validate", "--offline").out()).doesNotContain("access.from");
  }

  @Test
  void everyDeviationOfARoleHasItsReasonInTheDocumentation() throws IOException {
    String page = Files.readString(Path.of("docs/security.md"));
    for (String role : List.of("kvm-worker", "management")) {
      Path file = Path.of("kickstart-templates/roles", role, "deviations");
      assertThat(Files.readAllLines(file))
          .allSatisfy(
              line -> assertThat(page).as(role).contains("| `" + role + "`: " + line + " |"));
    }
  }

  @Test
  void aBadSiteIsSaidToBeBad() throws IOException {
    edit("role: kvm-worker", "role: kvm-wroker");
    Barestack bad = run("validate", "--offline");
    assertThat(bad.status()).isEqualTo(1);
    assertThat(bad.out())
        .contains(site + "/site.yaml:17:")
        .contains("nodes.kvm1.role: ")
        .contains("kvm-worker")
        .endsWith(site + "/site.yaml: 1 error, 2 warnings\n");
  }

  @Test
  void problemsAreJsonForMachines() throws IOException {
    assertThat(json(run("validate", "--offline", "--json").out()))
        .filteredOn(one -> one.get("severity").asText().equals("warning"))
        .hasSize(3);
    edit("interface:", "inter:");
    Barestack bad = run("validate", "--offline", "--json");
    assertThat(bad.status()).isEqualTo(1);
    assertThat(json(bad.out()))
        .anySatisfy(one -> {
          assertThat(one.get("severity").asText()).isEqualTo("error");
          assertThat(one.get("file").asText()).isEqualTo(site + "/site.yaml");
          assertThat(one.get("line").asInt()).isEqualTo(4);
          assertThat(one.get("column").asInt()).isEqualTo(3);
          assertThat(one.get("path").asText()).isEqualTo("provisioning.inter");
          assertThat(one.get("message").asText()).isNotEmpty();
          assertThat(one.get("remedy").asText()).isNotEmpty();
        });
  }

  @Test
  void aBrokenTemplateOfTheSiteIsNamedWithFileAndLine() throws IOException {
    template("firstboot/50-own.sh.j2", "#!/bin/sh\necho {{ nde.name|sh }}\necho {{ node.name }}\n");
    String file = site + "/kickstart-templates/firstboot/50-own.sh.j2";
    Barestack broken = run("validate", "--offline");
    assertThat(broken.status()).isEqualTo(1);
    assertThat(broken.out())
        .containsSubsequence(
            file + ":2:1: error: nodes.mgmt1: ",
            "'nde' is not defined",
            file + ":3:1: error: ",
            "{{ node.name }}")
        .contains("2 errors");
    for (String[] line :
        new String[][] {{"render-kickstart", "kvm1"}, {"render", "--out", site + "/rendered"}}) {
      Barestack render = run(line);
      assertThat(render.status()).isEqualTo(2);
      assertThat(render.out()).isEmpty();
      assertThat(render.err())
          .contains("kickstart-templates/firstboot/50-own.sh.j2:2: ")
          .doesNotContain("BARESTACK_TRACE");
    }
    assertThat(names(site)).containsExactly("kickstart-templates", "site.yaml");
  }

  @Test
  void theSchemaIsTheFile() throws IOException {
    String file =
        Files.readString(Path.of("src/main/resources/org/barestack/site/site.schema.json"));
    assertThat(Barestack.run("schema")).isEqualTo(new Barestack(0, file.strip() + "\n", ""));
  }

  // render

  @Test
  void aKickstartIsPrinted() {
    Barestack served = run("render-kickstart", "kvm1");
    assertThat(served.status()).isZero();
    assertThat(served.out())
        .contains("kvm1")
        .contains("%include /tmp/disk.ks")
        .doesNotContain("clearpart");
    Barestack standalone = run("render-kickstart", "--standalone", "kvm1");
    assertThat(standalone.status()).isZero();
    assertThat(standalone.out()).contains("clearpart").contains("\npoweroff\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"render-kickstart", "events", "reinstall", "forget"})
  void anUnknownNodeIsAnsweredWithThoseThereAre(String command) {
    assertThat(run(command, "kvm9"))
        .isEqualTo(
            new Barestack(2, "", "barestack: site tiny has no node 'kvm9'; it has mgmt1, kvm1\n"));
  }

  @Test
  void everythingIsRenderedIntoAFolder() throws IOException {
    Path out = site.resolve("deep/rendered");
    Barestack first = run("render", "--out", out.toString());
    assertThat(first.status()).isZero();
    assertThat(first.out()).matches("[0-9]+ files for 2 nodes in " + out + "\n");
    assertThat(names(out)).containsExactly(".rendered-by-barestack", "kvm1", "mgmt1");
    assertThat(out.resolve("kvm1/kickstart.ks")).hasContent(run("render-kickstart", "kvm1").out());

    edit("  kvm1:", "  kvm2:");
    assertThat(run("render", "--out", out.toString())).isEqualTo(first);
    assertThat(names(out)).containsExactly(".rendered-by-barestack", "kvm2", "mgmt1");

    template("firstboot/50-own.sh.j2", "{{ nothing|sh }}\n");
    assertThat(run("render", "--out", out.toString()).status()).isEqualTo(2);
    assertThat(names(out)).containsExactly(".rendered-by-barestack", "kvm2", "mgmt1");
    assertThat(names(out.resolveSibling(""))).containsExactly("rendered");
  }

  @Test
  void aFolderOfOthersIsLeftAlone() throws IOException {
    assertThat(run("render", "--out", site.toString()))
        .isEqualTo(
            new Barestack(
                2,
                "",
                "barestack: "
                    + site
                    + " holds something that barestack did not write; name an empty or a new"
                    + " folder\n"));
    assertThat(names(site)).containsExactly("site.yaml");
    Path empty = Files.createDirectory(site.resolve("empty"));
    assertThat(run("render", "--out", empty.toString()).status()).isZero();
  }

  // The journal.

  @Test
  void beforeAnythingHappened() throws IOException {
    Barestack status = run("status");
    assertThat(status.status()).isZero();
    assertThat(status.out())
        .startsWith("tiny: 0 of 2 nodes installed, 2 armed\n")
        .contains("kvm1")
        .contains("never seen");
    assertThat(json(run("status", "--json").out()).get("nodes")).hasSize(2);
    assertThat(run("events", "kvm1"))
        .isEqualTo(new Barestack(0, "nothing was heard of kvm1 yet\n", ""));
    assertThat(json(run("events", "kvm1", "--json").out())).isEmpty();
    assertThat(names(site)).as("reading makes no journal").containsExactly("site.yaml");
  }

  @Test
  void aReinstallIsOrderedAndForgotten() throws IOException {
    Barestack ordered = run("reinstall", "kvm1");
    assertThat(ordered)
        .isEqualTo(
            new Barestack(
                0,
                """
                kvm1 installs again when it next boots from the network, on a blank disk only; --wipe permits it to go over what is there
                Restart it (if it runs: ssh admin@192.168.60.11 sudo systemctl reboot)
                """,
                ""));
    assertThat(run("status").out()).contains("reinstall ordered");
    assertThat(run("forget", "kvm1")).isEqualTo(new Barestack(0, "kvm1 is forgotten\n", ""));
    assertThat(run("events", "kvm1").out().lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith("reinstall ordered"),
            line -> assertThat(line).endsWith("forgotten by an operator"));
    assertThat(json(run("events", "kvm1", "--json").out())).hasSize(2);
  }

  @Test
  void aNodeThatWasNeverSeenHasNoDiskToWipe() {
    Barestack wipe = run("reinstall", "kvm1", "--wipe", "--yes");
    assertThat(wipe.status()).isEqualTo(1);
    assertThat(wipe.out()).isEmpty();
    assertThat(wipe.err())
        .startsWith("barestack: nobody has seen the disks of kvm1 yet")
        .hasLineCount(1);
  }

  @Test
  void wipingIsAskedForOrNotDone() {
    claims("52:54:00:60:00:0b", usedDisk());
    assertThat(run("status").out()).contains("refused").contains("barestack reinstall kvm1");
    Barestack unasked = run("reinstall", "kvm1", "--wipe");
    assertThat(unasked.status()).isEqualTo(1);
    assertThat(unasked.out()).startsWith("everything on this disk of kvm1 will be lost: ");
    assertThat(unasked.err())
        .isEqualTo("barestack: nobody is here to be asked; nothing was ordered. --yes answers\n");
    assertThat(run("status").out()).doesNotContain("permission to wipe");

    Barestack wiped = run("reinstall", "kvm1", "--wipe", "--yes");
    assertThat(wiped.status()).isZero();
    assertThat(wiped.out()).contains("over ").contains("S3Z8NB0K123456");
    assertThat(run("status").out()).contains("permission to wipe");
  }

  // reinstall --now

  /** With a program in the place of ssh. */
  private Barestack reinstallNow(String ssh, String... options) {
    CommandLine line =
        new CommandLine(new Root())
            .addSubcommand(
                new ReinstallCommand(
                    List.of("bash", "-c", ssh, "ssh"),
                    (endpoint, authority, password) -> {
                      throw new AssertionError("a site without secrets has no CloudStack");
                    }));
    return Barestack.run(
        line,
        Map.of(),
        Stream.concat(
                Stream.of("reinstall", "kvm1", "--now", "--site", site.toString()),
                Stream.of(options))
            .toArray(String[]::new));
  }

  private static Disk usedDisk() {
    return new Disk(
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
  }

  @Test
  void aNodeIsRestartedAfterTheOrder() throws IOException {
    claims("52:54:00:60:00:0b", usedDisk());
    Barestack now =
        reinstallNow(
            "printf '%s ' \"$@\" >" + site + "/called; cat >" + site + "/script; echo restarting",
            "--wipe",
            "--yes");
    assertThat(now.err()).isEmpty();
    assertThat(now.status()).isZero();
    assertThat(now.out())
        .contains("everything on this disk of kvm1 will be lost, beginning now: ")
        .endsWith("\nkvm1: restarting\n");
    assertThat(run("status").out()).contains("permission to wipe");
    assertThat(Files.readString(site.resolve("called")))
        .containsPattern("HostKeyAlias=kvm1[.]bs[a-z2-7]{10} -l admin 192[.]168[.]60[.]11 sudo -n")
        .contains(site + "/.barestack/known_hosts");
    assertThat(Files.readString(site.resolve("script"))).contains("52:54:00:60:00:0b");
  }

  @Test
  void anOrderStandsWhereTheNodeCannotBeRestarted() throws IOException {
    edit("\nnodes:\n", "\ndefaults: { boot_order: disk-first }\nnodes:\n");
    claims("52:54:00:60:00:0b", usedDisk());
    Barestack failed = reinstallNow("echo No route to host; exit 255", "--wipe", "--yes");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err())
        .isEqualTo(
            """
            barestack: kvm1 was not restarted: No route to host
            The order stands. Start it from the network once, by its boot menu or its management \
            controller (if it runs: ssh admin@192.168.60.11, sudo efibootmgr --bootnext NUMBER, \
            sudo systemctl reboot); to take it back: barestack forget kvm1
            """);
    assertThat(run("status").out()).contains("permission to wipe");
    assertThat(run("forget", "kvm1").status()).isZero();
    assertThat(run("status").out()).doesNotContain("permission to wipe");
  }

  @Test
  void withoutAPermitNothingIsRestarted() {
    Barestack refused = reinstallNow("echo called >" + site + "/called");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("--now goes only with --wipe");
    assertThat(reinstallNow("echo called >" + site + "/called", "--wipe", "--yes").status())
        .isEqualTo(1);
    assertThat(site.resolve("called")).doesNotExist();
    assertThat(run("events", "kvm1").out()).doesNotContain("reinstall ordered");
  }

  /** What a server writes down when a node asks what to boot, and then claims this full disk. */
  private void claims(String mac, Disk disk) {
    assertThat(SiteFile.load(site.resolve("site.yaml"), Set.of(Role.MANAGEMENT, Role.KVM_WORKER)))
        .isInstanceOfSatisfying(
            SiteResult.Good.class,
            good -> {
              try (Journal journal = SqliteJournal.open(site.resolve(".barestack/journal.db"))) {
                BootDesk desk =
                    new BootDesk(good::site, journal, InstantSource.system(), new SecureRandom());
                BootAnswer answer =
                    desk.boot(new BootRequest(new MacAddress(mac), "uefi", true, "uuid", "", ""));
                assertThat(answer).isInstanceOf(BootAnswer.Install.class);
                desk.claim(
                    ((BootAnswer.Install) answer).install().token(),
                    new MachineReport("uuid", "", "uefi", 0, 0, "", List.of(disk)));
              }
            });
  }

  private void log(String install, String name, String text) throws IOException {
    Path folder = Files.createDirectories(site.resolve(".barestack/logs/kvm1/" + install));
    Files.writeString(folder.resolve(name), text);
    Files.setLastModifiedTime(
        folder.resolve(name),
        FileTime.from(Instant.parse("2026-01-0" + text.charAt(0) + "T00:00:00Z")));
  }

  @Test
  void aNodeWithoutLogsHasNone() {
    assertThat(run("logs", "kvm1"))
        .isEqualTo(
            new Barestack(
                0,
                "kvm1 has left no logs; a node sends them when its install fails or is refused\n",
                ""));
    assertThat(run("logs", "kvm1", "--json").out()).isEqualTo("[ ]\n");
    assertThat(run("logs", "kvm1", "anaconda.log").status()).isEqualTo(1);
  }

  @Test
  void logsAreListedWithWhatTheyTell() throws IOException {
    InstallId last = new InstallId("bsaaaa222222");
    log("bsaaaa333333", "anaconda.log", "1 ERR of an earlier install\n");
    log(last.label(), "anaconda.log", "2 INF fine\n2 ERR no \033[2Jspace\n");
    log(last.label(), "barestack-post.log", "2\nthe mirror is gone\n");
    try (var journal = SqliteJournal.open(site.resolve(".barestack/journal.db"))) {
      journal.append(
          NodeEvent.of(
              Instant.now(),
              new Subject.OfNode(new NodeName("kvm1")),
              NodeEvent.Kind.INSTALL_FAILED,
              last,
              Map.of("reason", "%post ended with\nstatus 1")));
    }
    Barestack logs = run("logs", "kvm1");
    assertThat(logs.err()).isEmpty();
    assertThat(logs.out().replaceAll("2026-01-0(.) ..:..:..", "DAY $1"))
        .isEqualTo(
            """
            install bsaaaa222222 failed: %post ended with
              status 1

            anaconda.log:
              2 ERR no ?[2Jspace

            barestack-post.log:
              2
              the mirror is gone

            INSTALL       WHEN                    OCTETS  FILE
            bsaaaa222222  DAY 2         30  anaconda.log
            bsaaaa222222  DAY 2         21  barestack-post.log
            bsaaaa333333  DAY 1         28  anaconda.log
            """);
    assertThat(run("logs", "kvm1", "--install", "bsaaaa333333").out())
        .contains("of an earlier install")
        .doesNotContain("bsaaaa222222");
    assertThat(json(run("logs", "kvm1", "--json").out()).findValuesAsText("install"))
        .containsExactly("bsaaaa222222", "bsaaaa333333");
  }

  @Test
  void aLogIsPrinted() throws IOException {
    log("bsaaaa333333", "anaconda.log", "1 earlier\n");
    log("bsaaaa222222", "anaconda.log", "2 \033[2Jlast\n");
    assertThat(run("logs", "kvm1", "anaconda.log").out()).isEqualTo("2 ?[2Jlast\n");
    assertThat(run("logs", "kvm1", "anaconda.log", "--install", "bsaaaa333333").out())
        .isEqualTo("1 earlier\n");
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    CommandLine raw = new CommandLine(new LogsCommand(octets));
    assertThat(raw.execute("kvm1", "anaconda.log", "--raw", "--site=" + site)).isZero();
    assertThat(octets.toString(StandardCharsets.UTF_8)).isEqualTo("2 \033[2Jlast\n");
  }

  @ParameterizedTest
  @CsvSource({
    "nothing.log, it left anaconda.log",
    "../../journal.db, it left anaconda.log",
    "--install=bsaaaa444444, there are those of bsaaaa222222",
    "--raw, --raw needs a FILE",
    "anaconda.log --json, it takes no FILE",
  })
  void whatLogsCannotShowIsSaid(String arguments, String complaint) throws IOException {
    log("bsaaaa222222", "anaconda.log", "1\n");
    Barestack logs =
        run(
            Stream.of("logs kvm1 " + arguments)
                .flatMap(line -> Stream.of(line.split(" ", -1)))
                .toArray(String[]::new));
    assertThat(logs.status()).isEqualTo(2);
    assertThat(logs.err()).contains(complaint).hasLineCount(1);
  }

  @Test
  void macAddressesAreSubjects() {
    try (var journal = SqliteJournal.open(site.resolve(".barestack/journal.db"))) {
      journal.append(
          NodeEvent.of(
              Instant.now(),
              new Subject.OfStranger(new MacAddress("52:54:00:60:00:77")),
              NodeEvent.Kind.STRANGER_SEEN,
              null,
              Map.of()));
    }
    assertThat(run("events", "52:54:00:60:00:77").out()).contains("52:54:00:60:00:77");
    assertThat(run("forget", "52:54:00:60:00:77").out())
        .isEqualTo("52:54:00:60:00:77 is forgotten\n");
    assertThat(run("events", "52:54:00:60:00:0B").out())
        .as("a node's own")
        .isEqualTo("nothing was heard of kvm1 yet\n");
    Barestack bad = run("events", "52:54");
    assertThat(bad.status()).isEqualTo(2);
    assertThat(bad.err()).contains("'52:54'").hasLineCount(1);
  }

  @Test
  void theJournalMayBeElsewhere() throws IOException {
    Path state = site.resolve("elsewhere");
    assertThat(run("reinstall", "kvm1", "--state", state.toString()).status()).isZero();
    assertThat(names(state)).contains("journal.db");
    assertThat(run("events", "kvm1", "--state", state.toString()).out())
        .contains("reinstall ordered");
    assertThat(names(site)).doesNotContain(".barestack");
  }

  @Test
  void aJournalThatIsNoneIsOneLine() throws IOException {
    Path file = Files.createDirectories(site.resolve(".barestack")).resolve("journal.db");
    Files.writeString(file, "not a database, but long enough to be read as one: " + "x".repeat(99));
    Barestack broken = run("status");
    assertThat(broken.status()).isEqualTo(1);
    assertThat(broken.err()).startsWith("barestack: ").contains(file.toString()).hasLineCount(1);
  }

  // serve, and faults

  @Test
  void anHttpRootThatIsNotThereIsNotMade() {
    Path root = site.resolve("nowhere");
    assertThat(run("serve", "--http-root", root.toString()))
        .isEqualTo(
            new Barestack(2, "", "barestack: --http-root " + root + ": there is no such folder\n"));
    assertThat(root).doesNotExist();
  }

  @Test
  void withoutSecretsItDoesNotServe() throws IOException {
    Path root = Files.createDirectories(site.resolve("http-root"));
    Barestack none = run("serve", "--http-root", root.toString());
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err())
        .contains(
            "secrets.age is not there; barestack secrets init makes it", "serve --no-secrets");
    Files.writeString(site.resolve("secrets.age"), "age-encryption.org/v1\n");
    Barestack closed = run("serve", "--identity", site.resolve("nowhere") + "");
    assertThat(closed.status()).isEqualTo(1);
    assertThat(closed.err()).contains("is not at " + site.resolve("nowhere"), "serve --no-secrets");
  }

  /** A command that fails in a way that nobody thought of. */
  @CommandLine.Command(name = "faulty")
  private record Faulty(Throwable fault) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      if (fault instanceof Error error) {
        throw error;
      }
      throw (Exception) fault;
    }
  }

  static Stream<Arguments> faults() {
    String ours = " (a fault of ours; BARESTACK_TRACE=1 shows where)";
    return Stream.of(
        Arguments.of(
            new IllegalStateException("boom"), 70, "java.lang.IllegalStateException: boom" + ours),
        Arguments.of(new NullPointerException(), 70, "java.lang.NullPointerException" + ours),
        Arguments.of(new StackOverflowError(), 70, "java.lang.StackOverflowError" + ours),
        Arguments.of(new IOException("the disk is full"), 1, "the disk is full"),
        Arguments.of(new AccessDeniedException("/a/file"), 1, "/a/file: permission denied"),
        Arguments.of(
            new UncheckedIOException(new NoSuchFileException("/a/file")),
            1,
            "/a/file: there is no such file or folder"),
        Arguments.of(
            new UncheckedIOException("/a/file: odd", new IOException()), 1, "/a/file: odd"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsOneLine(Throwable fault, int status, String line) {
    CommandLine program = Commands.all().addSubcommand(new Faulty(fault));
    assertThat(Barestack.run(program, Map.of(), "faulty"))
        .isEqualTo(new Barestack(status, "", "barestack: " + line + "\n"));
    assertThat(Barestack.run(program, Map.of("BARESTACK_TRACE", "1"), "faulty").err())
        .startsWith(fault + "\n\tat ")
        .endsWith("barestack: " + line + "\n");
  }
}
