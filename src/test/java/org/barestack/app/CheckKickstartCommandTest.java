package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckKickstartCommandTest {
  private static final String GOOD =
      """
      url --url=http://192.0.2.1/tree
      rootpw --lock
      sshkey --username=root "ssh-ed25519 AAAA me"
      reboot
      """;

  @TempDir Path folder;

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void aGoodOneIsGood() throws IOException {
    Barestack run = Barestack.run("check-kickstart", "--release", "9", file("ks.cfg", GOOD));
    assertThat(run.out()).isEqualTo("1 kickstart for release 9: good\n");
    assertThat(run.status()).isZero();
  }

  @Test
  void findingsStandAsCompilersWriteThem() throws IOException {
    String one = file("one.ks", GOOD + "auth --enableshadow\n");
    String two = file("two.ks", GOOD + "\nfoo\033[31m\n");
    Barestack run = Barestack.run("check-kickstart", "-r", "10", one, two);
    assertThat(run.out().replace(folder + "/", ""))
        .isEqualTo(
            """
            one.ks:5:1: error: auth was removed and is refused; write authselect in its place [removed-command]
            two.ks:6:1: error: there is no command foo?[31m in release 10; correct its name, or leave it out [unknown-command]
            2 kickstarts for release 10: 2 errors, 0 warnings
            """);
    assertThat(run.status()).isEqualTo(1);
    assertThat(Barestack.run("check-kickstart", "-r", "9", one).status()).isZero();
  }

  @Test
  void forPrograms() throws IOException {
    Barestack run =
        Barestack.run("check-kickstart", "-r", "9", "--json", file("ks", GOOD + "part /\n"));
    JsonNode finding = JsonMapper.builder().build().readTree(run.out()).get(0);
    assertThat(finding.get("line").asInt()).isEqualTo(5);
    assertThat(finding.get("column").asInt()).isEqualTo(1);
    assertThat(finding.get("severity").asText()).isEqualTo("error");
    assertThat(finding.get("rule").asText()).isEqualTo("part-size");
    assertThat(finding.get("file").asText()).endsWith("/ks");
    assertThat(finding.get("remedy").asText()).startsWith("add --size");
  }

  @Test
  void whatIsNoKickstart() throws IOException {
    Path binary = Files.write(folder.resolve("binary"), new byte[] {'a', '\n', 'b', (byte) 0xff});
    Barestack run = Barestack.run("check-kickstart", "-r", "9", binary.toString());
    assertThat(run.out())
        .contains("binary:2:2: error: it is not UTF-8; save it as UTF-8 [not-text]");
    assertThat(run.status()).isEqualTo(1);
    assertThat(Barestack.run("check-kickstart", "-r", "9", file("empty", "")).out())
        .contains("empty:1:1: error: the file is empty; write commands into it");
  }

  @Test
  void mistakesOnTheCommandLine() throws IOException {
    Barestack missing = Barestack.run("check-kickstart", "-r", "9", folder + "/none");
    assertThat(missing.err()).contains("/none: there is no such file");
    assertThat(missing.status()).isEqualTo(2);
    Barestack directory = Barestack.run("check-kickstart", "-r", "9", folder.toString());
    assertThat(directory.err()).contains("is a folder; name the kickstarts in it");
    assertThat(directory.status()).isEqualTo(2);
    Barestack release = Barestack.run("check-kickstart", "-r", "8", file("ks", GOOD));
    assertThat(release.err()).contains("--release 8: there is a table for 9 and 10");
    assertThat(release.status()).isEqualTo(2);
    assertThat(Barestack.run("check-kickstart", file("ks", GOOD)).status()).isEqualTo(2);
  }
}
