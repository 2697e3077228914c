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
import org.barestack.testing.Examples;
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

    Found known = (Found) ours(abc + ": release 1").find("undionly.kpxe").orElseThrow();
    Found unknown = (Found) ours("").find("undionly.kpxe").orElseThrow();

    assertThat(known.file()).isEqualTo(site.resolve("here")).isEqualTo(unknown.file());
    assertThat(known.identity()).isEqualTo(new Loaders.Identity(3, abc, "release 1"));
    assertThat(unknown.identity()).isEqualTo(new Loaders.Identity(3, abc, null));
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
        "a list missing           | a.efi: { clients: [], files: [/a], install: {} } | no known",
        "an unknown kind          | a.efi: { clients: [toaster] } | toaster",
        "an unknown key           | a.efi: { clients: [], files: [], install: {}, known: {},"
            + " colour: red } | colour",
        "files and sets          | a: { clients: [], files: [], sets: [], install: {}, known: {} }"
            + " | a: it has both",
        "no place                | a: { clients: [], files: [], install: {}, known: {} } | lies"
            + " nowhere",
        "out of the release      | a: { clients: [], files: [x/../../y], install: {}, known: {} } |"
            + " leads out",
        "a set without it        | a: { clients: [], sets: [{b: /b}], install: {}, known: {} } |"
            + " has a in it",
        "sets of other files     | a: { clients: [], sets: [{a: /a, b: /b}, {a: /a}], install: {},"
            + " known: {} } | the same names",
        "a file of two loaders   | { a: { clients: [], sets: [{a: /a, c: /c}], install: {}, known:"
            + " {} }, c: { clients: [], files: [/c], install: {}, known: {} } } | c is a file of"
            + " both",
        "two for one kind         | { a: { clients: [bios_pxe], files: [/a], install: {}, known: {}"
            + " }, b: { clients: [bios_pxe], files: [/b], install: {}, known: {} } } | BIOS_PXE is"
            + " given both a and b",
      })
  void aWrongFileSaysWhatIsWrong(String name, String yaml, String complaint) {
    assertThatIllegalArgumentException()
        .as(name)
        .isThrownBy(() -> Loaders.parse("loaders.yaml", yaml, List::of))
        .withMessageContainingAll("loaders.yaml", complaint);
  }

  private void put(String... files) throws IOException {
    for (String file : files) {
      Path path = site.resolve(file);
      Files.createDirectories(path.resolveSibling(""));
      Files.writeString(path, file);
    }
  }

  /** The release's folder, and in it the tree of a mirror. */
  private Loaders pair() {
    List<Path> release = List.of(site.resolve("release"), site.resolve("release/BaseOS/x86_64/os"));
    return Loaders.parse(
        "loaders.yaml",
        String.format(
            """
            shimx64.efi:
              clients: [uefi_x64_pxe]
              secure: true
              sets:
                - { shimx64.efi: EFI/BOOT/BOOTX64.EFI, grubx64.efi: EFI/BOOT/grubx64.efi }
                - { shimx64.efi: .barestack/loaders/shimx64.efi, grubx64.efi: .barestack/loaders/grubx64.efi }
                - { shimx64.efi: %1$s/host/shim, grubx64.efi: %1$s/host/grub }
              install: { Rocky: dnf install shim-x64 }
              known: {}
            """,
            site),
        () -> release);
  }

  private String place(Loaders loaders, String name) throws IOException {
    return loaders.find(name).orElseThrow() instanceof Found found
        ? site.relativize(found.file()).toString()
        : "missing";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the release   | release/EFI/BOOT/BOOTX64.EFI release/EFI/BOOT/grubx64.efi host/shim host/grub | release/EFI/BOOT/BOOTX64.EFI | release/EFI/BOOT/grubx64.efi
          a mirror      | release/BaseOS/x86_64/os/EFI/BOOT/BOOTX64.EFI release/BaseOS/x86_64/os/EFI/BOOT/grubx64.efi host/shim host/grub | release/BaseOS/x86_64/os/EFI/BOOT/BOOTX64.EFI | release/BaseOS/x86_64/os/EFI/BOOT/grubx64.efi
          its packages  | release/.barestack/loaders/shimx64.efi release/.barestack/loaders/grubx64.efi | release/.barestack/loaders/shimx64.efi | release/.barestack/loaders/grubx64.efi
          never of two  | release/EFI/BOOT/BOOTX64.EFI release/.barestack/loaders/grubx64.efi host/shim host/grub | host/shim | host/grub
          half of one   | release/EFI/BOOT/BOOTX64.EFI release/.barestack/loaders/grubx64.efi host/shim | missing | missing
          """)
  void filesThatBelongTogetherComeFromOnePlace(String name, String files, String shim, String grub)
      throws IOException {
    put(files.split(" ", -1));
    assertThat(place(pair(), "shimx64.efi")).as(name).isEqualTo(shim);
    assertThat(place(pair(), "grubx64.efi")).as(name).isEqualTo(grub);
  }

  @Test
  void noLinkOfAReleaseLeadsOutOfIt() throws IOException {
    put("release/EFI/BOOT/BOOTX64.EFI", "host/shim", "host/grub");
    Files.createSymbolicLink(
        site.resolve("release/EFI/BOOT/grubx64.efi"), site.resolve("host/grub"));
    assertThat(place(pair(), "shimx64.efi")).isEqualTo("host/shim");
  }

  @Test
  void aMissingSetNamesAllItsPlacesAndFiles() throws IOException {
    assertThat(pair().find("grubx64.efi").orElseThrow().toString())
        .contains(
            "the loader shimx64.efi is not on this machine, not at "
                + site
                + "/release/EFI/BOOT/BOOTX64.EFI or "
                + site
                + "/release/.barestack/loaders/shimx64.efi or "
                + site
                + "/host/shim, with grubx64.efi beside it. To get it: dnf install shim-x64"
                + " (Rocky)");
  }

  @ParameterizedTest(name = "strangers {0}, kvm1 {1}, {2}")
  @CsvSource({
    "uefi, uefi, x86_64, undionly.kpxe snponly.efi",
    "uefi, uefi-secure, x86_64, undionly.kpxe snponly.efi shimx64.efi",
    "uefi-secure, uefi, x86_64, undionly.kpxe snponly.efi shimx64.efi",
    "uefi, uefi, aarch64, snponly-arm64.efi",
    "uefi, uefi-secure, aarch64, snponly-arm64.efi shimaa64.efi",
  })
  void onlyWhatTheSitesMachinesNeedIsLookedFor(
      String strangers, String kvm1, String arch, String names) throws IOException {
    String lab = Files.readString(Path.of("examples/lab/site.yaml"));
    Files.writeString(
        site.resolve("site.yaml"),
        lab.replace("defaults:\n", "defaults:\n  firmware: " + strangers + "\n")
            .replace("  release: \"9.7\"", "  arch: " + arch + "\n  release: \"9.7\"")
            .replaceFirst("(?m)^    address: 192.168.50.11.*$", "$0\n    firmware: " + kvm1));
    // none of ours lies here, so that each is told by its own name
    assertThat(
            Loaders.read(site, () -> List.of(site.resolve("release")))
                .find(Examples.read(site))
                .keySet())
        .containsExactlyInAnyOrder(names.split(" ", -1));
  }

  @ParameterizedTest(name = "{0}, secure {1}")
  @CsvSource({
    "BIOS_PXE, true, undionly.kpxe",
    "UEFI_X64_PXE, false, snponly.efi",
    "UEFI_X64_PXE, true, shimx64.efi",
    "UEFI_X64_HTTP, true, shimx64.efi",
    "UEFI_ARM64_PXE, true, shimaa64.efi",
    "UEFI_ARM64_HTTP, true, shimaa64.efi",
  })
  void eachKindHasItsOwn(ClientKind kind, boolean secure, String name) throws IOException {
    assertThat(Loaders.read(site, List::of).name(kind, secure)).contains(name);
  }
}
