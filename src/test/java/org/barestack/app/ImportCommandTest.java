package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.barestack.testing.Examples;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code barestack import} and {@code barestack releases}. */
class ImportCommandTest {
  @TempDir private Path folder = Path.of("");
  private Path iso = Path.of("");

  @BeforeEach
  void aSiteAndAnImage() throws IOException {
    Examples.copy("minimal", folder);
    Files.createDirectory(folder.resolve("http-root"));
    iso = IsoReplica.rocky9(Media.BOOT).write(folder);
  }

  private Barestack run(String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    line.add("--site=" + folder);
    return Barestack.run(line.toArray(String[]::new));
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JsonMapper.builder().build().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  @Test
  void anImportSaysWhatItRestsOnAndTheListHasIt() throws IOException {
    Barestack imported =
        run("import", iso.toString(), "--sha256=" + sha256(iso).toUpperCase(Locale.ROOT));
    assertThat(imported.status()).as(imported.toString()).isZero();
    assertThat(imported.out().replace(folder.toString(), "SITE"))
        .isEqualTo(
            """
            SITE/http-root/releases/rocky-9.7-x86_64: Rocky Linux 9.7 x86_64, 19 files, 87.1 KiB
              verified: Rocky-9.7-x86_64-boot.iso has the SHA-256 that --sha256 names
              verified: 5 files with the digests in .treeinfo
            """);
    assertThat(imported.err().replace(folder.toString(), "SITE"))
        .isEqualTo(
            """
            reading SITE/Rocky-9.7-x86_64-boot.iso, 1.0 MiB
            importing SITE/Rocky-9.7-x86_64-boot.iso, 87.1 KiB
            """);
    assertThat(run("import", iso.toString(), "--sha256=" + sha256(iso)).out())
        .endsWith("rocky-9.7-x86_64 is there already, from " + iso + "\n");

    Files.createDirectory(folder.resolve("http-root/releases/by-hand"));
    assertThat(
            run("releases")
                .out()
                .replaceAll("20[0-9]{2}-[01][0-9]-[0-3][0-9]", "2026-01-01")
                .lines())
        .containsExactly(
            "RELEASE           SIZE      TRUST    SHA-256           IMPORTED    NODES",
            "by-hand           ?         by hand  -                 -           -",
            "rocky-9.7-x86_64  87.1 KiB  vouched  "
                + sha256(iso).substring(0, 16)
                + "  2026-01-01  mgmt1 kvm1");
    JsonNode listed = json(run("releases", "--json").out());
    assertThat(listed.findValuesAsText("level")).containsExactly("vouched");
    assertThat(listed.get(1).get("nodes").get(1).asText()).isEqualTo("kvm1");
    assertThat(run("releases", "--history").out())
        .contains("(site)", "release imported: rocky-9.7-x86_64 from " + iso + ", trust: vouched");
  }

  @Test
  void verifyFindsWhatWasChanged() throws IOException {
    run("import", iso.toString(), "--sha256=" + sha256(iso));
    assertThat(run("releases", "--verify").status()).isZero();
    Files.writeString(
        folder.resolve("http-root/releases/rocky-9.7-x86_64/LICENSE"), "A licenze.\n");
    Barestack verified = run("releases", "--verify");
    assertThat(verified.status()).isEqualTo(1);
    assertThat(verified.out()).contains("rocky-9.7-x86_64: LICENSE is not what was imported\n");
    assertThat(json(run("releases", "--verify", "--json").out()).get(0).get("faults")).hasSize(1);
  }

  @Test
  void whatWasTakenUnverifiedIsRecorded() {
    Barestack refused = run("import", iso.toString());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .contains("nothing vouches for Rocky-9.7-x86_64-boot.iso", "rocky-linux/checksums");
    assertThat(folder.resolve("http-root/releases/rocky-9.7-x86_64")).doesNotExist();
    assertThat(folder.resolve(".barestack")).doesNotExist();

    Barestack taken = run("import", iso.toString(), "--insecure-no-verify", "--json");
    assertThat(taken.status()).isZero();
    JsonNode json = json(taken.out());
    assertThat(json.get("fresh").asBoolean()).isTrue();
    assertThat(json.get("release").get("trust").get("level").asText()).isEqualTo("none");
    assertThat(run("releases", "--history").out())
        .contains("trust: none", "NOT VERIFIED: nothing vouches for");
    JsonNode event = json(run("releases", "--history", "--json").out()).get(0);
    assertThat(event.get("kind").asText()).isEqualTo("release_imported");
    assertThat(run("status").out()).as("no machine has to do with it").doesNotContain("(site)");
  }

  @ParameterizedTest
  @CsvSource({
    "--name=../x, 'lower-case letters, digits'",
    "--name=.hidden, 'lower-case letters, digits'",
    "--sha256=12ab, '64 hexadecimal digits'",
    "--http-root=nowhere, there is no such folder",
    "--key=nowhere, there is no such file",
    "--checksum=nowhere, there is no such file",
  })
  void aWrongOptionIsNamed(String option, String why) {
    Barestack result = run("import", iso.toString(), option);
    assertThat(result.status()).isNotZero();
    assertThat(result.err()).contains(option.substring(0, option.indexOf('=')), why);
    assertThat(folder.resolve("http-root/releases/rocky-9.7-x86_64")).doesNotExist();
  }
}
