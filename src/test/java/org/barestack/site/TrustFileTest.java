package org.barestack.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.barestack.model.Role;
import org.barestack.model.Trust;
import org.barestack.testing.Trusts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** secrets.pub.yaml beside a site file. */
class TrustFileTest {
  private static final Set<Role> ROLES = Set.of(Role.MANAGEMENT, Role.KVM_WORKER);
  private static final String WRITE_ANEW =
      "take it from Git again, or let barestack secrets init write it anew from secrets.age";

  @TempDir Path folder;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void aSite() throws IOException {
    Files.copy(Path.of("examples/minimal/site.yaml"), folder.resolve("site.yaml"));
  }

  private SiteResult load() {
    return SiteFile.load(folder.resolve("site.yaml"), ROLES);
  }

  private Trust trust() {
    assertThat(load()).isInstanceOf(SiteResult.Good.class);
    return ((SiteResult.Good) load()).site().trust();
  }

  private Path file() {
    return folder.resolve("secrets.pub.yaml");
  }

  private List<String> errors(String text) throws IOException {
    Files.writeString(file(), text);
    assertThat(load()).isInstanceOf(SiteResult.Bad.class);
    return ((SiteResult.Bad) load())
        .problems().stream()
            .filter(problem -> problem.severity() == SiteProblem.Severity.ERROR)
            .map(problem -> problem.toString().replace(folder + "/", ""))
            .toList();
  }

  @Test
  void aSiteWithoutOneTrustsNobody() {
    assertThat(trust()).isEqualTo(Trust.NONE);
    assertThat(trust().isThere()).isFalse();
  }

  @Test
  void itIsReadAsItWasWritten() throws IOException {
    Files.copy(Trusts.FILE, file());
    assertThat(trust()).isEqualTo(Trusts.example());
    assertThat(trust().isThere()).isTrue();
    assertThat(trust().ca()).startsWith("-----BEGIN CERT").endsWith("-----\n");
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "recipients:    | recipient:       | 2:1: error: recipient: unknown key; did you mean"
            + " 'recipients'?",
        "- age1         | - age2           | 3:5: error: recipients[0]: 'age2",
        "ca: BAR        | cb: BAR          | 1:1: error: ca: missing; ANEW",
        "BEGIN CERT     | BEGIN XERT       | 4:1: error: ca: not one PEM certificate; ANEW",
        "manager_ssh    | manager-ssh      | manager-ssh_key: unknown key; did you mean"
            + " 'manager_ssh_key'?",
        "nistp256 AAAA  | nistp256 BBBB    | manager_ssh_key: the key is cut or damaged; copy the"
            + " line of the .pub file again",
        "nistp256 AAAA  | nistp256 ' AAAA  | manager_ssh_key: not a public key of OpenSSH in one"
            + " line; ANEW",
        "backup: BAR    | backup: x        | backup: not one PEM certificate; ANEW",
        "BEGIN CERT     | BEGIN PRIVATE KEY CERT | 4:1: error: ca: a private key, in the file for"
            + " public ones; take it out, and count it as known to whoever saw the file",
      })
  void whatIsWrongIsSaidWithItsPlace(String from, String to, String expected) throws IOException {
    String good = Files.readString(Trusts.FILE);
    String was = from.replace("BAR", "|");
    assertThat(good).contains(was);
    String bad = good.replace(was, to.replace("BAR", "|"));
    assertThat(errors(bad))
        .anySatisfy(error ->
            assertThat(error)
                .startsWith("secrets.pub.yaml:")
                .contains(expected.replace("ANEW", WRITE_ANEW)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'', the file is empty",
    "just text, the file is not a mapping of keys",
    "'a: 1\n---\nb: 2\n', a second document begins here"
  })
  void aFileThatIsNoSuchFile(String text, String message) throws IOException {
    assertThat(errors(text))
        .singleElement()
        .asString()
        .startsWith("secrets.pub.yaml:")
        .endsWith(message + "; " + WRITE_ANEW);
  }

  @Test
  void theBackupCertificateIsNoAuthority() throws IOException {
    String good = Files.readString(Trusts.FILE);
    Trust trust = Trusts.example();
    String swapped = good.replace(trust.ca().indent(2), trust.backup().indent(2));
    assertThat(errors(swapped))
        .containsExactly(
            "secrets.pub.yaml:4:1: error: ca: not the certificate of an authority; " + WRITE_ANEW);
  }

  @Test
  void aServerThatRunsTakesItsChanges() throws IOException {
    LiveSite live =
        new LiveSite(
            folder.resolve("site.yaml"),
            ROLES,
            ((SiteResult.Good) load()).site(),
            () -> now,
            result -> {});
    assertThat(live.get().trust()).isEqualTo(Trust.NONE);
    Files.copy(Trusts.FILE, file());
    later();
    assertThat(live.get().trust()).isEqualTo(Trusts.example());
    Files.delete(file());
    later();
    assertThat(live.get().trust())
        .as("git takes a file away before it puts the new one")
        .isEqualTo(Trusts.example());
    Files.writeString(
        file(), Files.readString(Trusts.FILE).replace("cloudstack-management", "renewed"));
    Files.setLastModifiedTime(file(), FileTime.from(now));
    later();
    assertThat(live.get().trust().managerSshKey()).endsWith(" renewed");
  }

  private void later() {
    now = now.plus(Duration.ofSeconds(1));
  }
}
