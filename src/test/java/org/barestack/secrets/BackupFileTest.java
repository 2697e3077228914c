package org.barestack.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.barestack.secrets.BackupFile.Answer;
import org.barestack.testing.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups as the node makes them, by openssl. */
class BackupFileTest {
  private static final SiteSecrets OURS = FreshSecrets.make();
  private static final SiteSecrets THEIRS = FreshSecrets.make();
  private static final String NONE = "is no backup of a management node (CMS EnvelopedData, DER)";

  @TempDir Path folder;
  private Path packed;

  @BeforeEach
  void content() throws IOException {
    byte[] noise = new byte[200_000];
    new Random(5).nextBytes(noise);
    Files.write(folder.resolve("databases.sql"), noise);
    packed = folder.resolve("packed");
    must("tar", "-czf", packed.toString(), "-C", folder.toString(), "databases.sql");
  }

  private static void must(String... words) {
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(result.all()).isZero();
  }

  private Path encrypted(Path content, List<String> options, SiteSecrets... sites)
      throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of("openssl", "cms", "-encrypt", "-binary", "-aes-256-cbc", "-in", content + ""));
    words.addAll(options);
    Path made = folder.resolve("made.cms");
    words.addAll(List.of("-out", made.toString()));
    for (int i = 0; i < sites.length; i++) {
      words.add(
          Files.writeString(folder.resolve(i + ".pem"), sites[i].trust().backup()).toString());
    }
    must(words.toArray(String[]::new));
    return made;
  }

  private Path backup(SiteSecrets... sites) throws IOException {
    return encrypted(packed, List.of("-stream", "-outform", "DER"), sites);
  }

  @Test
  void ofThisSiteIsGood() throws IOException {
    assertThat(BackupFile.look(backup(OURS))).isEqualTo(new Answer.Good());
    assertThat(BackupFile.open(backup(OURS), OURS)).isEqualTo(new Answer.Good());
    assertThat(BackupFile.open(backup(THEIRS, OURS), OURS)).isEqualTo(new Answer.Good());
    Path definite = encrypted(packed, List.of("-outform", "DER"), OURS);
    assertThat(BackupFile.open(definite, OURS)).isEqualTo(new Answer.Good());
  }

  @Test
  void ofAnotherSiteIsNot() throws IOException {
    assertThat(BackupFile.look(backup(THEIRS))).isEqualTo(new Answer.Good());
    bad(BackupFile.open(backup(THEIRS), OURS), "is not encrypted for the site's backup-key");
  }

  @Test
  void whatIsDamagedInsideIsNot() throws IOException {
    byte[] octets = Files.readAllBytes(backup(OURS));
    octets[octets.length / 2] ^= 1;
    Path damaged = Files.write(folder.resolve("damaged.cms"), octets);
    assertThat(BackupFile.look(damaged)).isEqualTo(new Answer.Good());
    bad(BackupFile.open(damaged, OURS), "is damaged: what is inside does not unpack");
  }

  @Test
  void whatIsCutOffIsNot() throws IOException {
    for (String form : List.of("-stream", "-binary")) {
      byte[] octets = Files.readAllBytes(encrypted(packed, List.of(form, "-outform", "DER"), OURS));
      Path cut = folder.resolve("cut.cms");
      for (int length : new int[] {0, 1, 2, 5, 30, 300, 700, octets.length / 2}) {
        Files.write(cut, Arrays.copyOf(octets, length));
        assertThat(BackupFile.look(cut)).as("%s %d", form, length).isInstanceOf(Answer.Bad.class);
      }
      for (int less = 1; less < 40; less++) {
        Files.write(cut, Arrays.copyOf(octets, octets.length - less));
        assertThat(BackupFile.look(cut)).as("%s -%d", form, less).isInstanceOf(Answer.Bad.class);
        assertThat(BackupFile.open(cut, OURS)).isInstanceOf(Answer.Bad.class);
      }
    }
  }

  @Test
  void whatIsNoneIsSaidToBeNone() throws IOException {
    bad(BackupFile.look(packed), NONE);
    bad(BackupFile.look(Files.write(folder.resolve("empty"), new byte[0])), NONE);
    bad(BackupFile.look(encrypted(packed, List.of("-outform", "PEM"), OURS)), "is text (PEM)");
    Path certificate = folder.resolve("c.der");
    Path pem = Files.writeString(folder.resolve("c.pem"), OURS.trust().backup());
    must("openssl", "x509", "-in", pem + "", "-outform", "DER", "-out", certificate + "");
    bad(BackupFile.look(certificate), NONE);
    Path data = folder.resolve("data.der");
    must(
        "openssl", "cms", "-data_create", "-in", packed + "", "-outform", "DER", "-out", data + "");
    bad(BackupFile.look(data), NONE);
    assertThatThrownBy(() -> BackupFile.look(folder.resolve("not there")))
        .isInstanceOf(NoSuchFileException.class);
    Path plain = encrypted(pem, List.of("-outform", "DER"), OURS);
    assertThat(BackupFile.open(plain, OURS)).isInstanceOf(Answer.Bad.class);
  }

  private static void bad(Answer answer, String reason) {
    assertThat(answer).isInstanceOf(Answer.Bad.class);
    assertThat(((Answer.Bad) answer).reason()).startsWith(reason);
  }
}
