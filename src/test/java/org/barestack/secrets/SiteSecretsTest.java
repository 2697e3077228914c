package org.barestack.secrets;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.barestack.model.Role;
import org.barestack.model.Secret;
import org.barestack.secrets.SecretsFile.Making;
import org.barestack.secrets.SiteSecrets.Answer;
import org.barestack.testing.Command;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteSecretsTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static Path made = Path.of("");

  @TempDir Path folder;

  private Path identity = Path.of("");
  private SecretsFile file = new SecretsFile(identity, identity);

  /** Made once: an RSA key takes a second. */
  @BeforeAll
  static void madeOnce(@TempDir Path first) throws IOException {
    Path identity = first.resolve("deep/identity");
    assertThat(new SecretsFile(first, identity).make(RANDOM, InstantSource.system()))
        .isEqualTo(new Making.Made(Identity.read(identity).recipient(), true));
    made = first;
  }

  @BeforeEach
  void copied() throws IOException {
    identity = folder.resolve("deep/identity");
    file = new SecretsFile(folder, identity);
    Files.copy(made.resolve("deep"), folder.resolve("deep"), COPY_ATTRIBUTES);
    for (String name : List.of("deep/identity", "secrets.age", "secrets.pub.yaml")) {
      Files.copy(made.resolve(name), folder.resolve(name), COPY_ATTRIBUTES);
    }
  }

  private Making make() throws IOException {
    return file.make(RANDOM, InstantSource.system());
  }

  private SiteSecrets opened() {
    return opened(file.open());
  }

  private static SiteSecrets opened(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Opened.class);
    return ((Answer.Opened) answer).secrets();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String run(String... words) {
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }

  private String decrypted() {
    return run("age", "-d", "-i", identity.toString(), file.age().toString());
  }

  private void encrypt(String text) throws IOException {
    String recipient = opened().recipients().getFirst();
    Path plain = write("plain", text);
    run("age", "-a", "-r", recipient, "-o", file.age().toString(), plain.toString());
    Files.delete(plain);
  }

  // What there is

  @Test
  void everyRoleGetsItsOwnAndNothingElse() {
    SiteSecrets secrets = opened();
    assertThat(secrets.of(Role.MANAGEMENT))
        .containsOnlyKeys(
            "database-root",
            "database-cloud",
            "database-key",
            "management-key",
            "admin-password",
            "manager-ssh-key",
            "backup-key");
    assertThat(secrets.of(Role.KVM_WORKER)).containsOnlyKeys("agent-keystore");
    assertThat(secrets.of(new Role("storage"))).isEmpty();
  }

  @Test
  void passwordsAreLongAndOfLettersAndDigitsAndNeverTheSame() throws IOException {
    List<String> passwords = new ArrayList<>();
    for (SecretName name : SecretName.values()) {
      if (!name.isKey()) {
        passwords.add(opened().value(name).value());
        file.change(secrets -> secrets.rotated(name, RANDOM, InstantSource.system()));
        passwords.add(opened().value(name).value());
      }
    }
    assertThat(passwords)
        .hasSize(12)
        .doesNotHaveDuplicates()
        .allMatch(one -> one.matches("[A-Za-z0-9]{32}"));
  }

  @Test
  void sshKeygenKnowsTheManagersKey() throws IOException {
    Secret key = opened().value(SecretName.MANAGER_SSH_KEY);
    Path secret = write("key", key.value());
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    assertThat(key.value()).startsWith("-----BEGIN EC PRIVATE KEY-----\n").endsWith("-----\n");
    assertThat(opened().trust().managerSshKey())
        .isEqualTo(
            run("ssh-keygen", "-y", "-f", secret.toString()).strip() + " cloudstack-management");
    assertThat(run("openssl", "ec", "-in", secret.toString(), "-check", "-noout").strip())
        .isEmpty();
  }

  @Test
  void aKeyOfSshKeygenIsTakenAndNoOther() throws IOException {
    run("ssh-keygen", "-q", "-t", "ecdsa", "-m", "PEM", "-N", "", "-f", folder + "/good");
    String good = Files.readString(folder.resolve("good"));
    SiteSecrets changed = opened().with(SecretName.MANAGER_SSH_KEY, good);
    assertThat(changed.trust().managerSshKey().split(" ", 3)[1])
        .isEqualTo(Files.readString(folder.resolve("good.pub")).split(" ", 3)[1]);
    List<String[]> others =
        List.of(
            new String[] {"-t", "ecdsa", "-b", "384", "-m", "PEM", "-N", ""},
            new String[] {"-t", "ecdsa", "-m", "PEM", "-N", "passphrase"},
            new String[] {"-t", "ecdsa", "-N", ""},
            new String[] {"-t", "rsa", "-m", "PEM", "-N", ""});
    for (int i = 0; i < others.size(); i++) {
      Path other = folder.resolve("other" + i);
      run(
          Stream.of(
                  Stream.of("ssh-keygen", "-q"),
                  Stream.of(others.get(i)),
                  Stream.of("-f", other.toString()))
              .flatMap(words -> words)
              .toArray(String[]::new));
      String text = Files.readString(other);
      assertThatExceptionOfType(IllegalArgumentException.class)
          .as("%s", (Object) others.get(i))
          .isThrownBy(() -> changed.with(SecretName.MANAGER_SSH_KEY, text));
    }
  }

  @Test
  void opensslEncryptsBackupsToItsCertificate() throws IOException {
    Path certificate = write("backup.pem", opened().trust().backup());
    Path key = write("backup.key", opened().value(SecretName.BACKUP_KEY).value());
    Path text = write("text", "what is backed up\n");
    Path backup = folder.resolve("backup.cms");
    run(
        "openssl",
        "cms",
        "-encrypt",
        "-aes256",
        "-binary",
        "-outform",
        "DER",
        "-in",
        text.toString(),
        "-out",
        backup.toString(),
        certificate.toString());
    assertThat(
            run(
                "openssl",
                "cms",
                "-decrypt",
                "-binary",
                "-inform",
                "DER",
                "-in",
                backup.toString(),
                "-inkey",
                key.toString()))
        .isEqualTo("what is backed up\n");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "abc'def",
        "abc def g",
        "abcdefg\\",
        "abc`defg",
        "abc:defg",
        "short",
        "\"\"",
        "päßwörter",
        "\"two\nlines\""
      })
  void aPasswordThatCloudStackCannotStandIsRefusedAndNotShown(String value) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> opened().with(SecretName.ADMIN_PASSWORD, value))
        .withMessage(
            "admin-password must be 8 to 64 letters and digits: CloudStack's scripts break on"
                + " anything else");
  }

  @ParameterizedTest
  @EnumSource
  void eachCanBeRenewedAlone(SecretName which) throws IOException {
    SiteSecrets before = opened();
    file.change(secrets -> secrets.rotated(which, RANDOM, InstantSource.system()));
    SiteSecrets after = opened();
    for (SecretName name : SecretName.values()) {
      assertThat(after.value(name).equals(before.value(name)))
          .as("%s", name)
          .isEqualTo(name != which);
    }
    assertThat(after.recipients()).isEqualTo(before.recipients());
    assertThat(file.isInStep(after)).isTrue();
  }

  @Test
  void nothingThatPrintsItShowsAValue() {
    SiteSecrets secrets = opened();
    assertThat(secrets.of(Role.KVM_WORKER)).hasToString("{agent-keystore=(secret)}");
    assertThat(secrets).hasToString("secrets for " + secrets.recipients());
    assertThat(file.open()).hasToString("Opened[secrets=" + secrets + "]");
  }

  // age

  @Test
  void theAgeProgramReadsWhatWeWrite() {
    assertThat(decrypted())
        .contains("\ndatabase-root: " + opened().value(SecretName.DATABASE_ROOT).value() + "\n")
        .contains("\nmanager-ssh-key: |\n  -----BEGIN EC PRIVATE KEY-----\n");
    assertThat(run("age-keygen", "-y", identity.toString()).strip())
        .isEqualTo(opened().recipients().getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-a", "--encrypt"})
  void weReadWhatTheAgeProgramWrites(String form) throws IOException {
    SiteSecrets before = opened();
    Path plain = write("plain", decrypted());
    run(
        "age",
        form,
        "-r",
        before.recipients().getFirst(),
        "-o",
        file.age().toString(),
        plain.toString());
    assertThat(opened()).isEqualTo(before);
  }

  @Test
  void anIdentityOfTheAgeProgramOpensWhatWasEncryptedForIt() throws IOException {
    Path other = folder.resolve("other");
    run("age-keygen", "-o", other.toString());
    String recipient = run("age-keygen", "-y", other.toString()).strip();
    assertThat(SiteSecrets.open(file.age(), other))
        .asInstanceOf(type(Answer.NotOpened.class))
        .satisfies(answer -> assertThat(answer.reason()).contains(recipient));
    file.change(
        secrets -> secrets.withRecipients(List.of(secrets.recipients().getFirst(), recipient)));
    assertThat(opened(SiteSecrets.open(file.age(), other))).isEqualTo(opened());
    // several keys in one file, as age itself reads them
    Path both = write("both", Files.readString(other) + Files.readString(identity));
    file.change(secrets -> secrets.withRecipients(List.of(secrets.recipients().getFirst())));
    assertThat(SiteSecrets.open(file.age(), other)).isInstanceOf(Answer.NotOpened.class);
    assertThat(opened(SiteSecrets.open(file.age(), both))).isEqualTo(opened());
  }

  // What is wrong

  @Test
  void withoutSecretsItSaysWhatMakesThem() {
    assertThat(SiteSecrets.open(folder.resolve("none"), identity))
        .isEqualTo(
            new Answer.NotThere(folder + "/none is not there; barestack secrets init makes it"));
  }

  static Stream<Arguments> identities() {
    return Stream.of(
        Arguments.of("", "no line in it begins with AGE-SECRET-KEY-1"),
        Arguments.of("something else\n", "it is no identity of age"),
        Arguments.of("AGE-SECRET-KEY-1QQQQ\n", "its key is cut or has a typing mistake"),
        Arguments.of("-----BEGIN OPENSSH PRIVATE KEY-----\n", "keys of plugins and of SSH are not"),
        Arguments.of("age-encryption.org/v1\n-> scrypt x\n", "it is encrypted itself"),
        Arguments.of("-----BEGIN AGE ENCRYPTED FILE-----\n", "it is encrypted itself"));
  }

  @ParameterizedTest
  @MethodSource("identities")
  void anIdentityThatIsNone(String text, String reason) throws IOException {
    Path bad = write("bad", text);
    assertThat(SiteSecrets.open(file.age(), bad))
        .asInstanceOf(type(Answer.NotOpened.class))
        .satisfies(answer -> {
          assertThat(answer.reason())
              .startsWith("the identity " + bad + " cannot be used: " + reason);
          assertThat(answer.remedy()).isNotEmpty();
        });
  }

  @Test
  void anIdentityThatIsNotThere() {
    assertThat(SiteSecrets.open(file.age(), folder.resolve("nowhere")))
        .asInstanceOf(type(Answer.NotOpened.class))
        .satisfies(answer -> {
          assertThat(answer.reason()).endsWith("is not at " + folder + "/nowhere");
          assertThat(answer.remedy()).contains("--identity FILE").contains("BARESTACK_IDENTITY");
          assertThat(answer.blames(file.age())).isFalse();
        });
  }

  @Test
  void everyCutOrChangedFileIsNotOpened() throws IOException {
    byte[] whole = Files.readAllBytes(file.age());
    for (int length = 0; length < whole.length - 1; length += 97) {
      Files.write(file.age(), java.util.Arrays.copyOf(whole, length));
      assertThat(file.open())
          .as("%d octets", length)
          .isEqualTo(
              new Answer.NotOpened(
                  file.age() + " is cut, damaged, or not written by age",
                  "take it from Git again"));
    }
    for (int at = 40; at < whole.length - 40; at += 211) {
      byte[] changed = whole.clone();
      changed[at] = (byte) (changed[at] == 'A' ? 'B' : 'A');
      Files.write(file.age(), changed);
      assertThat(file.open()).as("octet %d", at).isInstanceOf(Answer.NotOpened.class);
    }
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "database-root: | databse-root: | nothing is called databse-root",
        "database-root: | database-root | line 4 is not 'name: value'",
        "database-root: | admin-password: | line 8: admin-password is given twice",
        "recipients: | recipient: | recipients are missing",
        "recipients: age1 | recipients: age2 | it is no public key of age",
        "backup-key-certificate: | x-certificate: | backup-key-certificate is missing",
        "BEGIN EC PRIVATE | BEGIN PRIVATE | it is no",
      })
  void textThatWasSpoilt(String from, String to, String reason) throws IOException {
    String text = decrypted();
    assertThat(text).contains(from);
    encrypt(text.replace(from, to));
    assertThat(file.open())
        .asInstanceOf(type(Answer.NotOpened.class))
        .satisfies(answer -> {
          assertThat(answer.reason()).startsWith(file.age() + ", decrypted: ").contains(reason);
          assertThat(answer.blames(file.age())).isTrue();
        });
  }

  @Test
  void aSecretThatALaterReleaseAddsIsMissingUntilItIsMade() throws IOException {
    encrypt(decrypted().replaceFirst("(?m)^agent-keystore: .*\n", ""));
    assertThat(file.open())
        .isEqualTo(
            new Answer.NotOpened(
                file.age() + " has no agent-keystore",
                "barestack secrets rotate --missing makes it"));
    Answer other = file.change(secrets -> secrets.with(SecretName.ADMIN_PASSWORD, "aNewPassword1"));
    assertThat(other).isInstanceOf(Answer.NotOpened.class);
    file.change(secrets -> {
      assertThat(secrets.missing()).containsExactly(SecretName.AGENT_KEYSTORE);
      return secrets.rotated(SecretName.AGENT_KEYSTORE, RANDOM, InstantSource.system());
    });
    assertThat(opened().missing()).isEmpty();
  }

  // Two files, and who else writes them

  @Test
  void secretsAreNeverMadeOverOthers() throws IOException {
    byte[] before = Files.readAllBytes(file.age());
    assertThat(make())
        .asInstanceOf(type(Making.NotMade.class))
        .satisfies(answer -> assertThat(answer.message()).contains("is there already"));
    assertThat(file.age()).hasBinaryContent(before);
    Files.delete(file.age());
    assertThat(make())
        .asInstanceOf(type(Making.NotMade.class))
        .satisfies(answer -> assertThat(answer.message()).contains("take secrets.age from Git"));
    assertThat(file.age()).doesNotExist();
  }

  /** A program that was killed between its two writes leaves this. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void publicPartsThatAreOldOrMissingAreWrittenAnew(boolean missing) throws IOException {
    if (missing) {
      Files.delete(file.publicParts());
    } else {
      String old = Files.readString(file.publicParts());
      file.change(secrets -> secrets.rotated(SecretName.CA_KEY, RANDOM, InstantSource.system()));
      Files.writeString(file.publicParts(), old);
    }
    SiteSecrets secrets = opened();
    byte[] before = Files.readAllBytes(file.age());
    assertThat(file.isInStep(secrets)).isFalse();
    assertThat(make()).isEqualTo(new Making.Completed());
    assertThat(file.isInStep(secrets)).isTrue();
    assertThat(file.age()).as("Git shows no change").hasBinaryContent(before);
  }

  @Test
  void nothingHalfWrittenStays() throws IOException {
    file.change(
        secrets -> secrets.rotated(SecretName.DATABASE_ROOT, RANDOM, InstantSource.system()));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> file.change(secrets -> secrets.withRecipients(List.of())))
        .withMessage("nobody could open the secrets then");
    make();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(one -> one.getFileName().toString()))
          .containsExactlyInAnyOrder("deep", "secrets.age", "secrets.pub.yaml");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(identity)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(identity.getParent())))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.age())))
        .isEqualTo("rw-r--r--");
  }

  @Test
  void changesAtTheSameTimeAreAllKept() throws Exception {
    Map<SecretName, String> wanted =
        Map.of(
            SecretName.DATABASE_ROOT, "rootrootroot",
            SecretName.DATABASE_CLOUD, "cloudcloudcloud",
            SecretName.DATABASE_KEY, "keykeykeykey",
            SecretName.ADMIN_PASSWORD, "adminadminadmin");
    List<Thread> threads = new ArrayList<>();
    List<Answer> answers = java.util.Collections.synchronizedList(new ArrayList<>());
    wanted.forEach((name, value) ->
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    answers.add(file.change(secrets -> secrets.with(name, value)));
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                })));
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(answers).hasSize(4).allMatch(answer -> answer instanceof Answer.Opened);
    SiteSecrets secrets = opened();
    wanted.forEach((name, value) -> assertThat(secrets.value(name)).isEqualTo(new Secret(value)));
    assertThat(file.isInStep(secrets)).isTrue();
  }

  // The identity

  @Test
  void whichIdentityCounts() throws IOException {
    Path home = folder.resolve("home");
    Path credentials = Files.createDirectories(folder.resolve("credentials"));
    Map<String, String> environment =
        Map.of("BARESTACK_IDENTITY", "/variable", "CREDENTIALS_DIRECTORY", credentials.toString());
    Map<String, String> service = Map.of("CREDENTIALS_DIRECTORY", credentials.toString());
    assertThat(Identity.file(Path.of("/named"), environment, home)).isEqualTo(Path.of("/named"));
    assertThat(Identity.file(null, environment, home)).isEqualTo(Path.of("/variable"));
    assertThat(Identity.file(null, service, home))
        .isEqualTo(home.resolve(".config/barestack/identity"));
    Files.writeString(credentials.resolve("identity"), "");
    assertThat(Identity.file(null, service, home)).isEqualTo(credentials.resolve("identity"));
    assertThat(Identity.file(null, Map.of(), home))
        .isEqualTo(home.resolve(".config/barestack/identity"));
  }

  @Test
  void anIdentityThatIsThereIsUsed() throws IOException {
    byte[] before = Files.readAllBytes(identity);
    Files.delete(file.age());
    Files.delete(file.publicParts());
    assertThat(make()).isEqualTo(new Making.Made(Identity.read(identity).recipient(), false));
    assertThat(identity).hasBinaryContent(before);
    assertThat(new String(before, StandardCharsets.US_ASCII))
        .matches("# created: .*Z\n# public key: age1[a-z0-9]{58}\nAGE-SECRET-KEY-1[A-Z0-9]{58}\n");
  }
}
