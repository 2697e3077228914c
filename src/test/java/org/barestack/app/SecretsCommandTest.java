package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.barestack.command.Root;
import org.barestack.command.SecretsCommand;
import org.barestack.command.SecretsSetCommand;
import org.barestack.secrets.SecretName;
import org.barestack.secrets.SiteSecrets;
import org.barestack.secrets.SiteSecrets.Answer;
import org.barestack.testing.Examples;
import org.barestack.testing.SecretSearch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

class SecretsCommandTest {
  private static Path made = Path.of("");

  @TempDir Path site;

  /** Made once: an RSA key takes a second. */
  @BeforeAll
  static void madeOnce(@TempDir Path first) throws IOException {
    Files.copy(Path.of("examples/lab/site.yaml"), first.resolve("site.yaml"));
    made = first;
    Path identity = first.resolve("identity");
    Barestack init =
        Barestack.run("secrets", "init", "--site", first + "", "--identity", identity.toString());
    assertThat(init.status()).as(init.err()).isZero();
    assertThat(init.out().lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).startsWith(identity + " is new").contains("copy offline"),
            line -> assertThat(line).contains("never comes into Git"),
            line -> assertThat(line).startsWith(first + "/secrets.age has new secrets"),
            line -> assertThat(line).endsWith("commit both files"));
  }

  @BeforeEach
  void copied() throws IOException {
    for (String name : List.of("site.yaml", "identity", "secrets.age", "secrets.pub.yaml")) {
      Files.copy(made.resolve(name), site.resolve(name));
    }
  }

  private Path identity() {
    return site.resolve("identity");
  }

  private Path age() {
    return site.resolve("secrets.age");
  }

  private String[] withSite(String... words) {
    return Stream.concat(
            Stream.of(words),
            Stream.of("--site", site.toString(), "--identity", identity().toString()))
        .toArray(String[]::new);
  }

  private Barestack secrets(String... words) {
    return Barestack.run(
        withSite(Stream.concat(Stream.of("secrets"), Stream.of(words)).toArray(String[]::new)));
  }

  private Barestack set(String name, String value) {
    var in = new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    CommandLine line =
        new CommandLine(new Root())
            .addSubcommand(
                new CommandLine(new SecretsCommand()).addSubcommand(new SecretsSetCommand(in)));
    return Barestack.run(line, Map.of(), withSite("secrets", "set", name));
  }

  private SiteSecrets opened() {
    assertThat(SiteSecrets.open(age(), identity())).isInstanceOf(Answer.Opened.class);
    return ((Answer.Opened) SiteSecrets.open(age(), identity())).secrets();
  }

  private String value(SecretName name) {
    return opened().value(name).value();
  }

  private static JsonNode json(String text) throws IOException {
    return JsonMapper.builder().build().readTree(text);
  }

  // list, show, set, rotate, recipients

  @Test
  void theListSaysWhoGetsWhat() throws IOException {
    Barestack list = secrets("list");
    assertThat(list.status()).isZero();
    assertThat(list.out())
        .startsWith("NAME              NODES       WHAT FOR\n")
        .contains("database-cloud    management  CloudStack's user of MariaDB\n")
        .contains("agent-keystore    kvm-worker  keystore of CloudStack's agents\n")
        .contains("ca-key            none        ");
    assertThat(json(secrets("list", "--json").out()))
        .hasSize(SecretName.values().length)
        .anySatisfy(one -> {
          assertThat(one.get("name").asText()).isEqualTo("agent-keystore");
          assertThat(one.get("role").asText()).isEqualTo("kvm-worker");
          assertThat(one.get("purpose").asText()).isEqualTo("keystore of CloudStack's agents");
        });
  }

  @Test
  void oneValueIsShown() {
    assertThat(secrets("show", "database-root"))
        .isEqualTo(new Barestack(0, value(SecretName.DATABASE_ROOT) + "\n", ""));
    assertThat(secrets("show", "backup-key").out())
        .isEqualTo(value(SecretName.BACKUP_KEY))
        .endsWith("-----END PRIVATE KEY-----\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"show", "set", "rotate"})
  void anUnknownNameIsAnsweredWithThoseThereAre(String command) {
    Barestack wrong = secrets(command, "database-rot");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err())
        .startsWith("barestack: no secret is called 'database-rot'; there are database-root, ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"newPassword1", "newPassword1\n", "newPassword1\r\n"})
  void aValueIsSetFromStandardInput(String input) {
    Barestack set = set("admin-password", input);
    assertThat(set.status()).as(set.err()).isZero();
    assertThat(set.out())
        .startsWith("admin-password has a new value")
        .contains(
            "The old one opens CloudStack until it has the new one:\n  barestack secrets apply")
        .doesNotContain("newPassword1");
    assertThat(value(SecretName.ADMIN_PASSWORD)).isEqualTo("newPassword1");
  }

  @Test
  void aValueThatCannotBeUsedIsNeitherSetNorShown() throws IOException {
    byte[] before = Files.readAllBytes(age());
    Barestack refused = set("admin-password", "it's mine alone");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .contains("8 to 64 letters and digits")
        .endsWith("; nothing was changed\n")
        .doesNotContain("mine alone");
    assertThat(set("manager-ssh-key", "no key").err()).contains("BEGIN EC PRIVATE KEY");
    assertThat(set("ca-key", "whatever").err())
        .isEqualTo(
            "barestack: ca-key has a certificate, so it is made, not set: barestack secrets rotate"
                + " ca-key\n");
    assertThat(set("admin-password", "x".repeat(20_000)).err()).contains("longer than 16 KiB");
    assertThat(age()).hasBinaryContent(before);
  }

  @ParameterizedTest
  @MethodSource("org.barestack.secrets.SecretName#values")
  void whatIsRotatedIsSaidWithWhatToDo(SecretName name) {
    String before = value(name);
    Barestack rotated = secrets("rotate", name.toString());
    assertThat(rotated.status()).as(rotated.err()).isZero();
    assertThat(rotated.out())
        .startsWith(name + " has a new value; ")
        .contains("To go back: git checkout secrets.age secrets.pub.yaml\n");
    assertThat(rotated.out().lines()).hasSizeGreaterThan(2);
    assertThat(value(name)).isNotEqualTo(before);
    SecretSearch.of(Map.of("old " + name, before, "new " + name, value(name)))
        .in("what rotate prints", rotated.out() + rotated.err());
    if (name == SecretName.DATABASE_CLOUD) {
      assertThat(rotated.out()).contains("\n  barestack secrets apply database-cloud\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "init",
        "list",
        "show",
        "set",
        "rotate",
        "recipients",
        "recipients list",
        "recipients add",
        "recipients remove"
      })
  void eachHasAShortHelp(String command) {
    Barestack help = Barestack.run(("secrets " + command + " --help").split(" ", -1));
    assertThat(help.status()).isZero();
    assertThat(help.out()).startsWith("Usage: barestack secrets " + command + " ");
    assertThat(help.out().lines()).hasSizeBetween(3, 20).allMatch(line -> line.length() <= 80);
    if (!command.equals("recipients")) {
      assertThat(help.out()).contains("identity, else ~/.config/barestack/identity).");
    }
  }

  @Test
  void rotateNeedsToKnowWhat() {
    for (String[] words :
        new String[][] {
          {"rotate"}, {"rotate", "--all", "ca-key"}, {"rotate", "--all", "--missing"}
        }) {
      assertThat(secrets(words))
          .isEqualTo(
              new Barestack(2, "", "barestack: name one secret, or say --all, or --missing\n"));
    }
    assertThat(secrets("rotate", "--missing").out()).isEqualTo("none is missing\n");
    SiteSecrets before = opened();
    assertThat(secrets("rotate", "--all").status()).isZero();
    for (SecretName name : SecretName.values()) {
      assertThat(value(name)).as("%s", name).isNotEqualTo(before.value(name).value());
    }
  }

  @Test
  void recipientsComeAndGo() throws IOException {
    Path other = site.resolve("sites-of-others/other");
    Path elsewhere = Files.createDirectories(site.resolve("elsewhere"));
    Files.copy(site.resolve("site.yaml"), elsewhere.resolve("site.yaml"));
    assertThat(
            Barestack.run("secrets", "init", "--site", elsewhere + "", "--identity", other + "")
                .status())
        .isZero();
    String key =
        Files.readString(elsewhere.resolve("secrets.pub.yaml"))
            .replaceAll("(?s).*- (age1[a-z0-9]+)\n.*", "$1");
    String own = secrets("recipients", "list").out();
    assertThat(secrets("recipients", "add", key).status()).isZero();
    assertThat(secrets("recipients", "list").out()).isEqualTo(own + key + "\n");
    assertThat(json(secrets("recipients", "list", "--json").out())).hasSize(2);
    assertThat(site.resolve("secrets.pub.yaml")).content().contains("  - " + key + "\n");
    assertThat(secrets("recipients", "add", key).err()).contains("already");
    assertThat(SiteSecrets.open(age(), other)).isInstanceOf(Answer.Opened.class);
    Barestack removed = secrets("recipients", "remove", key);
    assertThat(removed.status()).isZero();
    assertThat(removed.out()).contains("rotate --all");
    assertThat(SiteSecrets.open(age(), other)).isInstanceOf(Answer.NotOpened.class);
    assertThat(secrets("recipients", "remove", key).status()).isEqualTo(2);
    assertThat(secrets("recipients", "remove", own.strip()).err())
        .isEqualTo("barestack: nobody could open the secrets then; nothing was changed\n");
    assertThat(secrets("recipients", "add", "age1nobody").status()).isEqualTo(2);
  }

  /** Several processes, each with a change of its own to the same file. */
  @Test
  void commandsAtTheSameTimeLoseNothing() throws Exception {
    SiteSecrets before = opened();
    List<SecretName> names =
        List.of(SecretName.DATABASE_ROOT, SecretName.ADMIN_PASSWORD, SecretName.AGENT_KEYSTORE);
    List<Process> processes = new ArrayList<>();
    for (SecretName name : names) {
      List<String> words =
          new ArrayList<>(
              List.of(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  "org.barestack.app.Main"));
      words.addAll(Arrays.asList(withSite("secrets", "rotate", name.toString())));
      processes.add(
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(site.resolve(name + ".out").toFile())
              .start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isZero();
    }
    for (SecretName name : SecretName.values()) {
      assertThat(value(name).equals(before.value(name).value()))
          .as("%s is as it was", name)
          .isEqualTo(!names.contains(name));
    }
  }

  // validate

  @Test
  void validateLooksWhetherBothFilesBelongTogether() throws IOException {
    String good = "site.yaml: good, 2 nodes, 2 warnings\n";
    assertThat(Barestack.run(withSite("validate", "--offline")).out()).endsWith(good);
    String publicParts = Files.readString(site.resolve("secrets.pub.yaml"));

    secrets("rotate", "ca-key");
    Files.writeString(site.resolve("secrets.pub.yaml"), publicParts);
    Barestack apart = Barestack.run(withSite("validate", "--offline"));
    assertThat(apart.status()).isEqualTo(1);
    assertThat(apart.out())
        .contains(
            site + "/secrets.pub.yaml:1:1: error: not that of " + age() + "; take both from one");
    assertThat(secrets("list").err()).contains("warning: " + site + "/secrets.pub.yaml is missing");
    assertThat(Barestack.run("validate", "-s", site + "", "--identity", "/nowhere").status())
        .as("without the identity nobody can know")
        .isZero();
    assertThat(secrets("init").out())
        .isEqualTo(site + "/secrets.pub.yaml was old or missing and is that of secrets.age now\n");
    assertThat(Barestack.run(withSite("validate", "--offline")).out()).endsWith(good);

    Files.delete(site.resolve("secrets.pub.yaml"));
    assertThat(Barestack.run(withSite("validate", "--offline")).out())
        .contains("missing beside " + age());
    Files.writeString(site.resolve("secrets.pub.yaml"), publicParts);
    Files.writeString(age(), "cut");
    Barestack cut = Barestack.run(withSite("validate", "--json"));
    assertThat(cut.status()).isEqualTo(1);
    assertThat(json(cut.out()))
        .anySatisfy(one -> {
          assertThat(one.get("severity").asText()).isEqualTo("error");
          assertThat(one.get("file").asText()).isEqualTo(age().toString());
          assertThat(one.get("remedy").asText()).isEqualTo("take it from Git again");
        });
    Files.delete(age());
    assertThat(Barestack.run(withSite("validate", "--offline")).status()).isEqualTo(1);
    Files.writeString(site.resolve("secrets.pub.yaml"), publicParts.replace("ca:", "cA:"));
    assertThat(Barestack.run(withSite("validate", "--offline")).out())
        .contains("/secrets.pub.yaml:4:1: error: cA: unknown key; did you mean 'ca'?");
  }

  @Test
  void validateWarnsOfASiteWithoutSecrets() throws IOException {
    Files.delete(age());
    Files.delete(site.resolve("secrets.pub.yaml"));
    Barestack without = Barestack.run(withSite("validate", "--offline"));
    assertThat(without.status()).isZero();
    assertThat(without.out())
        .contains(age() + ":1:1: warning: missing, so that no node gets")
        .contains("; barestack secrets init makes them\n");
  }

  // Where no secret may be

  /** Every place to which a secret could go astray. */
  @ParameterizedTest
  @ValueSource(strings = {"lab", "rack"})
  void noSecretIsAnywhere(String example, @TempDir Path folder) throws IOException {
    Logger logger = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level usual = logger.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.TRACE);
    List<Barestack> runs = new ArrayList<>();
    Map<String, String> trace = Map.of("BARESTACK_TRACE", "1");
    String key = folder.resolve("identity").toString();
    Path at = Files.createDirectory(folder.resolve("site"));
    try {
      Examples.copy(example, at);
      runs.add(Barestack.run("secrets", "init", "--site", at + "", "--identity", key));
      SiteSecrets secrets =
          ((Answer.Opened) SiteSecrets.open(at.resolve("secrets.age"), Path.of(key))).secrets();
      for (String line :
          List.of(
              "validate",
              "validate --json",
              "secrets list",
              "secrets list --json",
              "secrets recipients list",
              "secrets init",
              "secrets show no-such-secret",
              "secrets rotate no-such-secret",
              "secrets recipients add age1wrong",
              "secrets recipients remove age1wrong")) {
        runs.add(run(trace, line, at, key));
      }
      runs.add(
          Barestack.run("render", "--site", at + "", "--out", folder.resolve("rendered") + ""));
      runs.add(Barestack.run("status", "--site", at + "", "--json"));
      runs.addAll(broken(trace, at, folder, key));
      SecretSearch search = SecretSearch.of(everything(secrets, Path.of(key)));
      search.inFiles(at);
      search.inFiles(folder.resolve("rendered"));
      for (int i = 0; i < runs.size(); i++) {
        search.in("output " + i, runs.get(i).out());
        search.in("errors " + i, runs.get(i).err());
      }
      log.list.forEach(event -> search.in("the log", event.getFormattedMessage() + event));
      search.in("toString", secrets.toString() + secrets.authority() + secrets.trust());
      for (SecretName name : SecretName.values()) {
        search.in("toString", name + secrets.value(name).toString());
      }
      // And it does find them where they are.
      Barestack shown = run(trace, "secrets show database-root", at, key);
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(() -> search.in("what show prints", shown.out()))
          .withMessageContaining("database-root stands in what show prints");
    } finally {
      logger.setLevel(usual);
      logger.detachAppender(log);
    }
    assertThat(folder.resolve("rendered")).isDirectoryRecursivelyContaining("glob:**/ca.pem");
  }

  private static Barestack run(Map<String, String> environment, String line, Path at, String key) {
    return Barestack.run(
        Commands.all(),
        environment,
        (line + " --site " + at + " --identity " + key).split(" ", -1));
  }

  /** Inputs that are not as they should be, with stack traces of what is then thrown. */
  private static List<Barestack> broken(Map<String, String> trace, Path at, Path folder, String key)
      throws IOException {
    List<Barestack> runs = new ArrayList<>();
    String stranger = folder.resolve("stranger").toString();
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.copy(at.resolve("site.yaml"), elsewhere.resolve("site.yaml"));
    runs.add(Barestack.run("secrets", "init", "--site", elsewhere + "", "--identity", stranger));
    runs.add(run(trace, "secrets list", at, stranger));
    runs.add(run(trace, "validate", at, stranger));
    String cutKey = folder.resolve("cut").toString();
    Files.writeString(
        Path.of(cutKey), Files.readString(Path.of(key)).replaceFirst(".\\n\\z", "\n"));
    runs.add(run(trace, "secrets list", at, cutKey));
    Path age = at.resolve("secrets.age");
    byte[] whole = Files.readAllBytes(age);
    for (int length : List.of(0, 30, 300, whole.length / 2, whole.length - 40)) {
      Files.write(age, Arrays.copyOf(whole, length));
      runs.add(run(trace, "secrets list", at, key));
      runs.add(run(trace, "secrets show ca-key", at, key));
      runs.add(run(trace, "secrets rotate --all", at, key));
      runs.add(run(trace, "validate --json", at, key));
    }
    Files.write(age, whole);
    assertThat(runs.subList(1, runs.size()))
        .allMatch(run -> run.status() != 0 || run.out().contains("warning"));
    return runs;
  }

  private static Map<String, String> everything(SiteSecrets secrets, Path identity)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    for (SecretName name : SecretName.values()) {
      all.put(name.toString(), secrets.value(name).value());
    }
    all.put("identity", Files.readAllLines(identity).getLast());
    return all;
  }
}
