package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DhcpSnippetCommandTest {
  @TempDir Path site;

  private Barestack run(String example, String program) throws IOException {
    Files.copy(Path.of("examples", example, "site.yaml"), site.resolve("site.yaml"));
    return Barestack.run("dhcp-snippet", program, "--site", site.toString());
  }

  @Test
  void printsOnlyWhatIsToBeSaved() throws IOException {
    Barestack printed = run("minimal", "dnsmasq");
    assertThat(printed.status()).isZero();
    assertThat(printed.err()).isEmpty();
    assertThat(printed.out())
        .startsWith("# Barestack, site tiny, dhcp: proxy. This server needs no boot option")
        .contains("dhcp-host=52:54:00:60:00:0b,set:barestack,192.168.60.11,kvm1\n")
        .doesNotContain("dhcp-boot");
  }

  @Test
  void inFullModeItSaysThatThereIsNoOtherServer() throws IOException {
    assertThat(run("lab", "kea"))
        .isEqualTo(
            new Barestack(
                1,
                "",
                "barestack: with provisioning.dhcp: full Barestack is the only DHCP server of its"
                    + " network; another one is for proxy, port-4011 or off\n"));
  }

  @Test
  void anUnknownProgramIsAnsweredWithThoseThereAre() throws IOException {
    assertThat(run("minimal", "bind"))
        .isEqualTo(
            new Barestack(
                2, "", "barestack: 'bind' is not known here; there are dnsmasq, kea and isc\n"));
  }
}
