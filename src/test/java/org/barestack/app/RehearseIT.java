package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.barestack.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code barestack rehearse} as somebody types it, beside the DHCP server that it starts. */
class RehearseIT {
  private static final String BARESTACK = Path.of("barestack").toAbsolutePath().toString();

  @TempDir private Path work = Path.of("");

  private Path site() throws IOException {
    Path folder = Files.createDirectories(work.resolve("site"));
    Path file = folder.resolve("site.yaml");
    String lab = Files.readString(Path.of("examples/lab/site.yaml"));
    Files.writeString(
        file,
        RehearsedSite.withMode(lab, "proxy").replaceFirst("(?m)^site: .*$", "site: rehearsed"));
    return folder;
  }

  @Test
  void aNodeComesAsFarAsItShall() throws Exception {
    Path site = site();
    RehearsedSite.barestack(site, "secrets", "init", "--identity=" + work.resolve("identity"));
    Command.Result result =
        Command.of(
                BARESTACK,
                "rehearse",
                "--site=" + site,
                "--identity=" + work.resolve("identity"),
                "--stand-in",
                "--until=configured",
                "--json",
                "kvm1")
            .run();
    assertThat(result.status()).as(result.all()).isZero();
    JsonNode node = JsonMapper.builder().build().readTree(result.output()).get(0);
    assertThat(node.path("node").asText()).isEqualTo("kvm1");
    assertThat(node.path("firmware").asText()).isEqualTo("uefi");
    assertThat(node.path("installer").asText()).isEqualTo("stand-in");
    assertThat(node.path("reached").asBoolean()).isTrue();
    assertThat(node.path("seconds").propertyStream().map(Map.Entry::getKey))
        .containsExactly(
            "booting", "claimed", "installing", "installed", "configuring", "configured");
    assertThat(Files.readString(Path.of("target/rehearse/rehearsed/dhcp.log")))
        .contains("DHCPOFFER");
  }

  @Test
  void whatCannotBeRehearsedIsSaidFirst() throws Exception {
    Path site = site();
    Command.Result configured =
        Command.of(BARESTACK, "rehearse", "--site=" + site, "--until=configured", "kvm1").run();
    assertThat(configured.status()).isEqualTo(2);
    assertThat(configured.all()).contains("barestack secrets init");
    Path file = site.resolve("site.yaml");
    Files.writeString(
        file, Files.readString(file).replaceFirst("(?m)^  dhcp: .*$", "  dhcp: \"off\""));
    Command.Result off =
        Command.of(BARESTACK, "rehearse", "--site=" + site, "--stand-in", "kvm1").run();
    assertThat(off.status()).as(off.all()).isEqualTo(1);
    assertThat(off.all()).contains("provisioning.dhcp: another server of yours answers DHCP");
  }
}
