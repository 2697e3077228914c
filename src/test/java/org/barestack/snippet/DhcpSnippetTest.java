package org.barestack.snippet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.barestack.model.ClientKind;
import org.barestack.model.Site;
import org.barestack.testing.Examples;
import org.barestack.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DhcpSnippetTest {
  @TempDir Path folder;

  private Site site(String example, String dhcp) throws IOException {
    String text =
        Files.readString(Path.of("examples", example, "site.yaml"))
            .replaceAll("(?m)^  (pool|dhcp): .*\n", "")
            .replace("provisioning:\n", "provisioning:\n  dhcp: " + dhcp + "\n");
    Files.writeString(folder.resolve("site.yaml"), text);
    return Examples.read(folder);
  }

  private static Optional<String> loader(ClientKind kind, boolean secure) {
    return Optional.of(
        kind == ClientKind.BIOS_PXE ? "undionly.kpxe" : secure ? "shimx64.efi" : "snponly.efi");
  }

  @Test
  void everyModeForEveryProgram() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    for (String dhcp : new String[] {"off", "port-4011", "proxy"}) {
      for (DhcpSnippet.Program program : DhcpSnippet.Program.values()) {
        texts.put(
            dhcp + "/" + program,
            DhcpSnippet.of(program, site("lab", dhcp), DhcpSnippetTest::loader));
      }
    }
    Golden.check("snippet", texts);
  }

  /** Just kvm1 has Secure Boot, or just mgmt1 has not. */
  @Test
  void nodesThatAreOtherThanUnknownMachinesHaveRulesOfTheirOwn() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    for (String dhcp : new String[] {"off", "port-4011"}) {
      for (DhcpSnippet.Program program : DhcpSnippet.Program.values()) {
        site("lab", dhcp);
        edit("(?m)^( *)role: kvm-worker$", "$0\n$1firmware: uefi-secure");
        texts.put(
            "one/" + dhcp + "/" + program,
            DhcpSnippet.of(program, Examples.read(folder), DhcpSnippetTest::loader));
      }
    }
    site("lab", "off");
    edit("(?m)^defaults:$", "defaults:\n  firmware: uefi-secure");
    texts.put(
        "default/DNSMASQ",
        DhcpSnippet.of(
            DhcpSnippet.Program.DNSMASQ, Examples.read(folder), DhcpSnippetTest::loader));
    Golden.check("snippet-secure", texts);
  }

  private void edit(String pattern, String text) throws IOException {
    Path file = folder.resolve("site.yaml");
    String before = Files.readString(file);
    String after = before.replaceFirst(pattern, text);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(file, after);
  }

  @Test
  void inFullModeThereIsNoOtherServer() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            DhcpSnippet.of(DhcpSnippet.Program.KEA, Examples.site("lab"), DhcpSnippetTest::loader));
  }
}
