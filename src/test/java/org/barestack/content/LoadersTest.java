package org.barestack.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.barestack.content.Loaders.Answer.Found;
import org.barestack.content.Loaders.Answer.Missing;
import org.barestack.model.ClientKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LoadersTest {
  @TempDir Path site;

  /** A file of one loader, whose place is in the test's folder. */
  private Loaders ours(String known) {
    return Loaders.parse(
        "loaders.yaml",
        String.format(
            """
            undionly.kpxe:
              clients: [bios_pxe]
              files: [%1$s/none, %1$s/here]
              install: { Debian: apt-get install ipxe, Rocky: dnf install ipxe-bootimgs-x86 }
              known: { %2$s }
            """,
            site, known),
        List::of);
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void everyKindButIpxeHasALoader(ClientKind client) throws IOException {
    assertThat(Loaders.read(site, List::of).name(client, false).isEmpty()).isEqualTo(client.ipxe());
  }

  @Test
  void theFirstFileThatExistsIsFoundAndNamedByItsDigest() throws IOException {
    Files.writeString(site.resolve("here"), "abc");
    String abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    assertThat(ours(abc + ": release 1").find("undionly.kpxe"))
        .contains(new Found(site.resolve("here"), 3, abc, "release 1"));
    assertThat(ours("").find("undionly.kpxe"))
        .contains(new Found(site.resolve("here"), 3, abc, null));
    assertThat(ours("").find("other.kpxe")).isEmpty();
  }

  @Test
  void aMissingOneNamesTheWayToGetIt() throws IOException {
    assertThat(ours("").find("undionly.kpxe"))
        .containsInstanceOf(Missing.class)
        .get()
        .extracting(Object::toString)
        .asString()
        .contains(
            site + "/none or " + site + "/here",
            "apt-get install ipxe (Debian), or dnf install ipxe-bootimgs-x86 (Rocky)");
  }

  @Test
  void aSitesOwnFileReplacesOurs() throws IOException {
    Files.createDirectory(site.resolve("pxe"));
    Files.writeString(
        site.resolve("pxe/loaders.yaml"),
        "mine.efi: { clients: [UEFI_X64_PXE], files: [/none], install: {}, known: {} }");
    Loaders loaders = Loaders.read(site, List::of);

    assertThat(
            Arrays.stream(ClientKind.values())
                .map(client -> loaders.name(client, false))
                .flatMap(Optional::stream))
        .containsExactly("mine.efi");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "not YAML                 | a: [ | loaders.yaml",
        "nothing                  | '' | loaders.yaml",
        "a loader without content | a.efi: | a.efi says nothing",
        "a list missing           | a.efi: { clients: [], files: [], install: {} } | known",
        "an unknown kind          | a.efi: { clients: [toaster] } | toaster",
        "an unknown key           | a.efi: { clients: [], files: [], install: {}, known: {},"
            + " colour: red } | colour",
        "two for one kind         | { a: { clients: [bios_pxe], files: [], install: {}, known: {}"
            + " }, b: { clients: [bios_pxe], files: [], install: {}, known: {} } } | BIOS_PXE is"
            + " given both a and b",
      })
  void aWrongFileSaysWhatIsWrong(String name, String yaml, String complaint) {
    assertThatIllegalArgumentException()
        .as(name)
        .isThrownBy(() -> Loaders.parse("loaders.yaml", yaml, List::of))
        .withMessageContainingAll("loaders.yaml", complaint);
  }
}
