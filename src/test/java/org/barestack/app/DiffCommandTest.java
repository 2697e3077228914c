package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.barestack.command.DiffCommand;
import org.barestack.command.Root;
import org.barestack.testing.Command;
import org.barestack.testing.Golden;
import org.barestack.testing.Repository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code barestack diff}, with a real git on real repositories. */
class DiffCommandTest {
  private static final String MOTD = "kickstart-templates/files/etc/motd";
  private static final String KVM2 =
      """
        kvm2:
          role: kvm-worker
          address: 192.168.60.12
          nics: { nic1: "52:54:00:60:00:0c" }
      """;

  @TempDir Path temporary;
  private Path folder = Path.of("");
  private String site = "";
  private Repository repository = Repository.at(folder);

  @BeforeEach
  void aSiteInGit() throws IOException {
    folder = Files.createDirectory(temporary.toRealPath().resolve("mycloud"));
    site = Files.readString(Path.of("examples/minimal/site.yaml")).stripTrailing() + "\n" + KVM2;
    repository =
        Repository.in(folder).write("site.yaml", site).write(MOTD, "welcome\n").commit("first");
  }

  @AfterEach
  void nothingStaysBehind() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("barestack-diff"));
    }
  }

  private Barestack diff(String... arguments) {
    return Barestack.run(
        Stream.concat(
                Stream.of("diff", "--site", folder.resolve("site.yaml").toString()),
                Stream.of(arguments))
            .toArray(String[]::new));
  }

  private void edit(String from, String to) {
    String edited = site.replace(from, to);
    assertThat(edited).isNotEqualTo(site);
    repository.write("site.yaml", edited);
  }

  /** As a golden text, without what differs from run to run. */
  private String text(Barestack run) {
    return (run.out() + run.err() + "exit code " + run.status() + "\n")
        .replace(temporary.toString(), "/home/me")
        .replaceAll("\\b[0-9a-f]{40}\\b", "COMMIT");
  }

  // What is shown.

  @Test
  void differencesAreShown() throws IOException {
    Map<String, String> shown = new TreeMap<>();
    shown.put("none.txt", text(diff()));
    repository.write(MOTD, "welcome to größe\n");
    shown.put("whole.txt", text(diff()));
    shown.put("one-node.txt", text(diff("--node", "kvm1")));
    shown.put("stat.txt", text(diff("--stat")));
    shown.put("stat-each.txt", text(diff("--stat", "--each")));
    Barestack json = diff("--json", "--node", "kvm2");
    JsonNode fields = JsonMapper.builder().build().readTree(json.out());
    assertThat(fields.at("/before/commit").asText()).isEqualTo(repository.git("rev-parse", "HEAD"));
    assertThat(fields.at("/after/commit").isNull()).isTrue();
    assertThat(fields.at("/nodes/0/reinstall").asText()).isEqualTo("barestack rebuild kvm2");
    shown.put("one-node.json", text(json));
    Golden.check("org/barestack/app/diff/shown", shown);
    assertThat(shown.values()).noneMatch(text -> text.contains("\033"));
  }

  @Test
  void hunksAreAPatchOfWhatRenderWrites() throws IOException {
    Path out = temporary.resolve("rendered");
    render(out);
    repository.write(MOTD, "welcome\nto\nmany\nlines").write(MOTD + "2", "new\n");
    edit("52:54:00:60:00:0c", "52:54:00:60:00:0d");
    String patch = diff("--each").out();
    Command.Result applied =
        Command.of("git", "-C", out.toString(), "apply", "--whitespace=nowarn", "-")
            .with("GIT_CEILING_DIRECTORIES", temporary.toRealPath())
            .with("GIT_CONFIG_GLOBAL", "/dev/null")
            .input(patch)
            .run();
    assertThat(applied.status()).as(applied.all()).isZero();
    Path now = temporary.resolve("now");
    render(now);
    assertThat(files(out)).isEqualTo(files(now));
  }

  private void render(Path out) {
    Barestack run = Barestack.run("render", "--site", folder.toString(), "--out", out.toString());
    assertThat(run.status()).as(run.toString()).isZero();
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        texts.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return texts;
  }

  // What follows from it.

  /** A change, and what is said of it. */
  private record Change(String name, Runnable make) {}

  private List<Change> changes() {
    return List.of(
        new Change("a comment", () -> edit("site: ", "# a comment\nsite: ")),
        new Change("a new worker", () -> repository.write("site.yaml", site + third())),
        new Change("a worker that is gone", () -> edit(KVM2, "")),
        new Change("another name for a worker", () -> edit("  kvm2:", "  kvm9:")),
        new Change(
            "another role",
            () -> {
              for (String file : List.of("system", "packages", "volumes")) {
                repository.write("kickstart-templates/roles/gateway/" + file + ".ks.j2", "");
              }
              edit(
                  "kvm2:\n    role: kvm-worker",
                  "kvm2:\n    links: { mgmt: { ports: [nic1] } }\n    role: gateway");
            }),
        new Change("another disk", () -> edit(KVM2, KVM2 + "    disks: { os: { min: 200G } }\n")),
        new Change("another interface", () -> edit("52:54:00:60:00:0c", "52:54:00:60:00:0d")),
        new Change("another address", () -> edit("192.168.60.12", "192.168.60.13")),
        new Change(
            "another address of the manager", () -> edit("192.168.60.10,", "192.168.60.14,")),
        new Change(
            "a management controller",
            () -> edit(KVM2, KVM2 + "    bmc: { redfish: \"https://192.168.60.99\" }\n")),
        new Change("a kernel argument", () -> edit(KVM2, KVM2 + "    kernel_args: [quiet]\n")),
        new Change(
            "another range for guests",
            () -> edit("range: 192.168.60.100", "range: 192.168.60.101")),
        new Change("VLANs of guests", () -> repository.write("site.yaml", guests())),
        new Change("a zone", () -> repository.write("site.yaml", site + "zone: { name: east }\n")),
        new Change(
            "how DHCP is answered",
            () -> edit("  address: 192.168.60.5\n", "  address: 192.168.60.5\n  dhcp: off\n")),
        new Change(
            "who logs in from where", () -> edit("access:\n", "access:\n  from: [10.8.0.0/16]\n")),
        new Change(
            "how a node goes to its disk",
            () -> repository.write("pxe/local.ipxe.j2", "#!ipxe\nexit\n")),
        new Change(
            "how the installer starts",
            () -> repository.write("pxe/install.ipxe.j2", "#!ipxe\nboot\n")),
        new Change("which loaders there are", () -> repository.write("pxe/loaders.yaml", "{}\n")),
        new Change(
            "what cloud-init says besides",
            () ->
                repository.write(
                    "kickstart-templates/cloud-init/vendor-data.j2", "#cloud-config\n{}\n")),
        new Change(
            "what sends a node to the installer",
            () -> repository.write("kickstart-templates/reinstall.sh.j2", "#!/bin/bash\n")),
        new Change("secrets", () -> repository.write("secrets.age", "age-encryption.org/v1\n")),
        new Change("a file that nobody reads", () -> repository.write("README.md", "my cloud\n")));
  }

  private static String third() {
    return KVM2.replace("kvm2", "kvm3").replace(".12", ".13").replace(":0c", ":0e");
  }

  private String guests() {
    return site.replace("  public:\n", "  guest: { vlans: 300-399 }\n  public:\n");
  }

  @Test
  void whatFollowsIsSaid() throws IOException {
    Map<String, String> said = new TreeMap<>();
    for (Change change : changes()) {
      change.make().run();
      said.put(change.name().replace(' ', '-') + ".txt", text(diff("--stat")));
      repository.git("checkout", "--quiet", ".");
      repository.git("clean", "--quiet", "-d", "--force");
    }
    Golden.check("org/barestack/app/diff/said", said);
  }

  // What goes wrong.

  private record Mistake(String name, List<String> arguments, Runnable make) {
    Mistake(String name, String argument, Runnable make) {
      this(name, List.of(argument), make);
    }
  }

  private List<Mistake> mistakes() {
    Runnable nothing = () -> {};
    return List.of(
        new Mistake("no such revision", "HEAD~7", nothing),
        new Mistake("no such branch", "größe", nothing),
        new Mistake("a range", "HEAD~1..HEAD", nothing),
        new Mistake("a range of three dots", "main...other", nothing),
        new Mistake("an option", List.of("--", "--output=/tmp/x"), nothing),
        new Mistake("a hyphen", List.of("--", "-"), nothing),
        new Mistake("no word", "", nothing),
        new Mistake("a line feed", "HEAD\n--all", nothing),
        new Mistake("no commit", "HEAD:site.yaml", nothing),
        new Mistake("three revisions", List.of("HEAD", "HEAD", "HEAD"), nothing),
        new Mistake("an unknown node", List.of("--node", "kvm7"), nothing),
        new Mistake(
            "a site that is not valid now",
            "HEAD",
            () -> edit("role: management", "role: manager")),
        new Mistake(
            "a site that was not valid",
            "HEAD~1",
            () -> {
              edit("role: management", "role: manager");
              repository.commit("bad");
              repository.write("site.yaml", site).commit("good");
            }),
        new Mistake(
            "public parts that were not valid",
            "HEAD~1",
            () -> {
              repository.write("secrets.pub.yaml", "recipients: []\n").commit("bad");
              repository.git("rm", "--quiet", "secrets.pub.yaml");
              repository.commit("good");
            }),
        new Mistake(
            "a template that was not valid",
            "HEAD~1",
            () -> {
              repository.write(MOTD + ".j2", "{{ nobody|plain }}\n");
              repository.git("rm", "--quiet", MOTD);
              repository.commit("bad");
              repository.git("rm", "--quiet", MOTD + ".j2");
              repository.write(MOTD, "welcome\n").commit("good");
            }),
        new Mistake(
            "a template that is not valid now",
            "HEAD",
            () -> {
              repository.git("rm", "--quiet", MOTD);
              repository.write(MOTD + ".j2", "{{ nobody|plain }}\n");
            }),
        new Mistake(
            "a script that was not there",
            "HEAD~1",
            () -> {
              edit(KVM2, KVM2 + "    scripts: [{ order: 45, file: scripts/own.sh }]\n");
              repository.commit("bad");
              repository.write("scripts/own.sh", "#!/bin/sh\n").commit("good");
            }),
        new Mistake(
            "a script by a link to elsewhere",
            "HEAD~1",
            () -> {
              edit(KVM2, KVM2 + "    scripts: [{ order: 45, file: scripts/own.sh }]\n");
              link("scripts/own.sh", "/usr/local/own.sh");
              repository.commit("bad");
              delete("scripts/own.sh");
              repository.write("scripts/own.sh", "#!/bin/sh\n").commit("good");
            }),
        new Mistake(
            "templates by a link to elsewhere",
            "HEAD~1",
            () -> {
              repository.git("rm", "--quiet", "-r", "kickstart-templates");
              link("kickstart-templates", "../../elsewhere");
              repository.commit("bad");
              delete("kickstart-templates");
              repository.write(MOTD, "welcome\n").commit("good");
            }),
        new Mistake(
            "templates in a submodule",
            "HEAD",
            () -> {
              String head = repository.git("rev-parse", "HEAD");
              repository.git("rm", "--quiet", "-r", "kickstart-templates");
              repository.git(
                  "update-index",
                  "--add",
                  "--cacheinfo",
                  "160000," + head + ",kickstart-templates");
              repository.git("commit", "--quiet", "--message", "submodule");
            }),
        new Mistake(
            "a template that archives leave out",
            "HEAD",
            () -> repository.write(".gitattributes", MOTD + " export-ignore\n").commit("ignore")),
        new Mistake(
            "a site that is not in Git",
            "HEAD",
            () -> {
              repository.git("rm", "--quiet", "--cached", "site.yaml");
              repository.git("commit", "--quiet", "--message", "gone");
            }),
        new Mistake(
            "a site that came later",
            "HEAD~1",
            () -> {
              repository.git("rm", "--quiet", "--cached", "site.yaml");
              repository.git("commit", "--quiet", "--message", "gone");
              repository.commit("back");
            }),
        new Mistake(
            "a site that was renamed",
            "HEAD~1",
            () -> {
              Repository other = repository.write("sites/lab/site.yaml", site).commit("more");
              other.git("mv", "site.yaml", "other.yaml");
              other.commit("away");
              other.git("mv", "other.yaml", "site.yaml");
              other.commit("back");
            }));
  }

  private void link(String name, String target) {
    Path link = folder.resolve(name);
    try {
      Files.createDirectories(link.resolveSibling(""));
      Files.createSymbolicLink(link, Path.of(target));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void delete(String name) {
    try {
      Files.delete(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatGoesWrongIsSaid() throws IOException {
    String head = repository.git("rev-parse", "HEAD");
    Map<String, String> said = new TreeMap<>();
    for (Mistake mistake : mistakes()) {
      mistake.make().run();
      Barestack run = diff(mistake.arguments().toArray(String[]::new));
      assertThat(run.status()).as(mistake.name()).isEqualTo(2);
      assertThat(run.out()).as(mistake.name()).isEmpty();
      said.put(mistake.name().replace(' ', '-') + ".txt", text(run));
      repository.git("reset", "--quiet", "--hard", head);
      repository.git("clean", "--quiet", "-d", "--force");
    }
    said.put("no-git.txt", text(withGit(temporary.resolve("nowhere/git").toString())));
    repository.git("checkout", "--quiet", "--orphan", "empty");
    said.put("no-commit-yet.txt", text(diff()));
    Path bare = temporary.resolve("bare.git");
    repository.git("clone", "--quiet", "--bare", folder.toString(), bare.toString());
    Files.writeString(bare.resolve("site.yaml"), site);
    said.put("bare.txt", text(Barestack.run("diff", "--site", bare.toString())));
    Path shallow = temporary.resolve("shallow");
    repository.git("checkout", "--quiet", "--force", "main");
    repository.commit("second");
    repository.git("clone", "--quiet", "--depth=1", "file://" + folder, shallow.toString());
    said.put("shallow.txt", text(Barestack.run("diff", "--site", shallow.toString(), "HEAD~1")));
    Path alone = Files.createDirectory(temporary.resolve("alone"));
    Files.writeString(alone.resolve("site.yaml"), site);
    said.put("no-repository.txt", text(Barestack.run("diff", "--site", alone.toString())));
    Golden.check("org/barestack/app/diff/wrong", said);
  }

  private Barestack withGit(String program) {
    return Barestack.run(
        new CommandLine(new Root()).addSubcommand(new DiffCommand(List.of(program))),
        Map.of(),
        "diff",
        "--site",
        folder.toString());
  }

  // Git is only asked.

  @Test
  void workingTreeAndIndexStayAsTheyAre() throws IOException {
    repository.write(MOTD, "staged\n");
    repository.git("add", "--all");
    repository.write(MOTD, "welcome to all\n").write("untracked", "x\n");
    String status = repository.git("status", "--porcelain");
    byte[] index = Files.readAllBytes(folder.resolve(".git/index"));
    Map<String, String> ours = state();
    assertThat(diff().status()).isEqualTo(1);
    assertThat(diff("--stat", "HEAD").status()).isEqualTo(1);
    assertThat(diff("HEAD", "main").status()).isZero();
    assertThat(folder.resolve(".git/index")).hasBinaryContent(index);
    assertThat(state()).isEqualTo(ours);
    assertThat(repository.git("status", "--porcelain")).isEqualTo(status);
  }

  /** Every file of the repository, .git too, with its time. */
  private Map<String, String> state() throws IOException {
    Map<String, String> state = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        state.put(file.toString(), Files.getLastModifiedTime(file).toString());
      }
    }
    return state;
  }

  @Test
  void aHooksVariablesDoNotLeadElsewhere() {
    repository.write(MOTD, "welcome to all\n");
    List<String> words =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.barestack.app.Main",
                "diff",
                "--stat",
                "--site",
                folder.toString()));
    Command.Result run =
        Command.of(words.toArray(String[]::new))
            .with("GIT_DIR", temporary.resolve("nowhere"))
            .with("GIT_WORK_TREE", "/")
            .with("GIT_INDEX_FILE", temporary.resolve("index"))
            .with("GIT_LITERAL_PATHSPECS", "1")
            .with("GIT_TRACE", "1")
            .run();
    assertThat(run.status()).as(run.all()).isEqualTo(1);
    assertThat(run.output()).contains("mgmt1, kvm1, kvm2  kickstart.ks");
    assertThat(temporary.resolve("index")).doesNotExist();
  }

  @Test
  void nothingStaysWhenItIsEndedFromOutside() throws IOException, InterruptedException {
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    Path tmp = Files.createDirectory(temporary.resolve("tmp"));
    Path ready = pipe("ready");
    Path hold = pipe("hold");
    Path git = bin.resolve("git");
    Files.writeString(
        git,
        """
        #!/bin/bash
        if [[ $1 == archive ]]; then
          echo there >"$READY"
          exec cat "$HOLD"
        fi
        PATH=${PATH#*:} exec git "$@"
        """);
    Files.setPosixFilePermissions(git, PosixFilePermissions.fromString("rwxr-xr-x"));
    Process run =
        Command.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Djava.io.tmpdir=" + tmp,
                "-cp",
                System.getProperty("java.class.path"),
                "org.barestack.app.Main",
                "diff",
                "--site",
                folder.toString())
            .with("PATH", bin + ":" + System.getenv("PATH"))
            .with("READY", ready)
            .with("HOLD", hold)
            .start();
    try {
      assertThat(Command.of("timeout", "50", "cat", ready.toString()).run().output())
          .isEqualTo("there\n");
      assertThat(names(tmp)).hasSize(1).allMatch(name -> name.startsWith("barestack-diff"));
      run.destroy();
      assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(names(tmp)).isEmpty();
    } finally {
      run.destroyForcibly();
      Command.of("timeout", "5", "bash", "-c", ": <>" + hold).run(); // git's stand-in ends
    }
  }

  private Path pipe(String name) {
    Path pipe = temporary.resolve(name);
    assertThat(Command.of("mkfifo", pipe.toString()).run().status()).isZero();
    return pipe;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  // Where the old side comes from.

  @Test
  void everyNameThatGitKnowsWillDo() {
    repository.git("tag", "--annotate", "--message", "one", "v1");
    repository.git("branch", "größe/ä");
    repository.write(MOTD, "welcome to all\n").commit("second: a motd");
    for (String name :
        List.of("HEAD~1", "HEAD^", "v1", "größe/ä", ":/first", "v1^{commit}", "main@{0}~1")) {
      assertThat(diff(name).status()).as(name).isEqualTo(1);
    }
    for (String name : List.of("HEAD", "main", "@", ":/motd")) {
      assertThat(diff(name).status()).as(name).isZero();
    }
    assertThat(diff("v1", "main").out())
        .contains("-welcome\n+welcome to all\n")
        .endsWith(" between v1 and main; 3 would have to be reinstalled for all of it\n");
    assertThat(diff("main", "v1").out()).contains("-welcome to all\n+welcome\n");
  }

  @Test
  void aSiteInASubfolderIsComparedWithItself() throws IOException {
    Path over = Files.createDirectory(temporary.toRealPath().resolve("all sites"));
    Repository all = Repository.in(over);
    for (String name : List.of("ost", "größe")) {
      all.write("sites/" + name + "/site.yaml", site);
      Files.createSymbolicLink(
          over.resolve("sites/" + name + "/kickstart-templates"),
          Path.of("../../common/kickstart-templates"));
    }
    all.write("common/" + MOTD, "welcome\n")
        .write("sites/größe/http-root/releases/large", "x".repeat(100_000))
        .commit("first");
    all.write("common/" + MOTD, "welcome to all\n");
    for (String name : List.of("ost", "größe")) {
      Barestack run = Barestack.run("diff", "--site", over + "/sites/" + name);
      assertThat(run.err()).isEmpty();
      assertThat(run.out()).contains("-welcome\n+welcome to all\n");
      assertThat(run.status()).isEqualTo(1);
    }
    all.commit("second");
    Files.delete(over.resolve("sites/ost/kickstart-templates"));
    assertThat(Barestack.run("diff", "--site", over + "/sites/ost", "--stat").out())
        .contains("files/etc/motd        +0  -1  reinstall");
    all.write("sites/größe/site.yaml", site.replace("role: management", "role: manager"))
        .commit("bad")
        .write("sites/größe/site.yaml", site)
        .commit("good");
    assertThat(Barestack.run("diff", "--site", over + "/sites/größe", "HEAD~1").err())
        .startsWith("barestack: HEAD~1:sites/größe/site.yaml:16:12: error: nodes.mgmt1.role: ");
  }

  @Test
  void lineEndsAreThoseOfAWorkingTree() throws IOException {
    repository
        .write(".gitattributes", "*.yaml text eol=crlf\n" + MOTD + " text eol=crlf\n")
        .commit("attributes");
    Files.delete(folder.resolve(MOTD));
    Files.delete(folder.resolve("site.yaml"));
    repository.git("checkout", "--quiet", "--", MOTD, "site.yaml");
    assertThat(folder.resolve(MOTD)).hasContent("welcome\r\n");
    assertThat(text(diff()))
        .isEqualTo("no difference between HEAD and the working tree (3 nodes)\nexit code 0\n");
    repository.write(MOTD, "welcome\n");
    assertThat(diff("--node=kvm1").err())
        .startsWith(
            "barestack: HEAD: /etc/motd:1:1: nodes.kvm1: line 1 of the text holds a control");
  }

  @Test
  void gitPutsNoWordsOfItsOwnIntoFiles() {
    repository
        .write(".gitattributes", MOTD + " export-subst\n")
        .write(MOTD, "welcome $Format:%H$\n")
        .commit("attributes");
    assertThat(diff().status()).isZero();
  }

  @Test
  void aNodeOfTheOldSideAloneCanBeAskedFor() {
    edit(KVM2, "");
    assertThat(diff("--node", "kvm2").out()).startsWith("kvm2 is gone (kvm-worker, 192.168.60.12)");
    assertThat(diff("--node", "kvm1", "--node", "mgmt1").out()).doesNotContain("kvm2 is gone");
  }
}
