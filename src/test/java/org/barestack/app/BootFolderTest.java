package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.boot.BootRequest;
import org.barestack.boot.ClaimAnswer;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.serve.http.Texts;
import org.barestack.serve.tftp.Content;
import org.barestack.serve.tftp.TftpFiles.Answer;
import org.barestack.testing.Examples;
import org.barestack.testing.InMemoryJournal;
import org.barestack.wire.tftp.TftpName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is served by TFTP under which name. */
class BootFolderTest {
  private static final Site LAB = Examples.site("lab");
  private static final NodeName KVM1 = new NodeName("kvm1");
  private static final String MAC = "52:54:00:50:00:0b";

  @TempDir private Path folder = Path.of("");
  private final InMemoryJournal journal = new InMemoryJournal();
  private final BootDesk desk =
      new BootDesk(() -> LAB, journal, InstantSource.fixed(Instant.EPOCH), new Random(7));
  private Releases.Answer release = new Releases.Answer.Missing("none");
  private BootFolder served = new BootFolder(desk, new Named(), noLoaders(), () -> release, folder);

  private static Loaders noLoaders() {
    try {
      return Loaders.read(Path.of("examples/lab"), List::of);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void aRelease() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("EFI/BOOT"));
    for (String name : List.of("BOOTX64.EFI", "grubx64.efi", "mmx64.efi")) {
      Files.writeString(tree.resolve(name), "release's " + name);
    }
    Files.writeString(folder.resolve("vmlinuz"), "the kernel");
    Files.writeString(folder.resolve("initrd.img"), "the initrd");
    release =
        new Releases.Answer.Found(
            new Releases.Tree(
                "releases/x",
                "9.7",
                "x86_64",
                true,
                folder.resolve("vmlinuz"),
                folder.resolve("initrd.img"),
                folder.resolve("install.img")));
    Loaders loaders = Loaders.read(Path.of("examples/lab"), () -> List.of(folder));
    served = new BootFolder(desk, new Named(), loaders, () -> release, folder);
  }

  private String get(String name) throws IOException {
    return switch (served.find(TftpName.normalise(name))) {
      case Answer.Found(Content content) -> {
        try (content) {
          ByteBuffer octets = ByteBuffer.allocate((int) content.size());
          content.read(0, octets);
          yield new String(octets.array(), StandardCharsets.UTF_8);
        }
      }
      case Answer.NotFound(String reason) -> "not found: " + reason;
      case Answer.Absent() -> "absent";
    };
  }

  private List<Kind> kinds() {
    return journal.since(0).stream().map(NodeEvent::kind).toList();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          shimx64.efi                    | release's BOOTX64.EFI
          /grubx64.efi                   | release's grubx64.efi
          boot//grubx64.efi              | release's grubx64.efi
          \\EFI\\BOOT\\grubx64.efi       | release's grubx64.efi
          /EFI/rocky/mmx64.efi           | release's mmx64.efi
          grub.cfg                       | entry
          /grub/grub.cfg                 | entry
          /grub/x86_64-efi/grub.cfg      | entry
          /EFI/BOOT/grub.cfg             | entry
          /EFI/rocky/grub.cfg            | entry
          s/grub.cfg-01-52-54-00-50-00-0b | entry
          /grub.cfg-44332211-5566-7788-99aa-bbccddeeff00 | entry
          /EFI/BOOT/grub.cfg-C0A8320B    | entry
          grub.cfg-C0                    | entry
          revocations.efi                | absent
          /EFI/BOOT/revocations_sbat.efi | absent
          shim_certificate_0.efi         | absent
          mmaa64.efi                     | absent
          /grub/x86_64-efi/command.lst   | absent
          /grub/x86_64-efi/http.mod      | absent
          pxelinux.0                     | not found: another DHCP server names that file; take its boot files (options 66 and 67) away
          grub/x                         | not found: no loader is called so
          x/52:54:00:50:00:0b            | not found: no loader is called so
          install/x/vmlinuz              | not found: no install is open here
          install/00000000000000000000000000000000/vmlinuz | not found: no install is open here
          """)
  void whatNoDecisionIsMadeFor(String name, String expected) throws IOException {
    assertThat(get(name)).isEqualTo(expected);
    assertThat(kinds()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {MAC, "52-54-00-50-00-0b", "52:54:00:50:00:0B"})
  void aMachinesOwnScriptIsADecisionThatIsWrittenDown(String mac) throws IOException {
    assertThat(get("/grub/" + mac)).isEqualTo("install kvm1 by GRUB on UEFI at " + MAC);
    assertThat(kinds()).containsExactly(Kind.INSTALL_OPENED, Kind.INSTALL_OFFERED);
  }

  @Test
  void whoIsNoNodeIsSentToItsDisk() throws IOException {
    assertThat(get("grub/52:54:00:77:00:01"))
        .isEqualTo("local disk: 52:54:00:77:00:01 is no node of site lab");
    assertThat(kinds()).containsExactly(Kind.STRANGER_SEEN);
  }

  @Test
  void anInstallsTokenOpensItsKernelWhileItIsUnderWay() throws IOException {
    get("grub/" + MAC);
    var install = Objects.requireNonNull(desk.state(KVM1).install());
    String path = "install/" + install.token().secret() + "/";
    assertThat(get(path + "vmlinuz")).isEqualTo("the kernel");
    assertThat(get("/" + path + "initrd.img")).isEqualTo("the initrd");
    assertThat(get(path + "kickstart")).isEqualTo("not found: an install has no such file");
    Path kernel = folder.resolve("vmlinuz");
    Files.delete(kernel);
    Files.createSymbolicLink(kernel, Path.of("/etc/hostname"));
    assertThat(get(path + "vmlinuz"))
        .isEqualTo("not found: the release's vmlinuz is a link out of http-root");
    release = new Releases.Answer.Missing("it is gone");
    assertThat(get(path + "vmlinuz")).isEqualTo("not found: the release is not on this server");
    desk.report(install.token(), Kind.INSTALL_FAILED, Map.of("reason", "x"));
    assertThat(get(path + "vmlinuz")).isEqualTo("not found: no install is open here");
  }

  @Test
  void whatTheJournalTellsOfAnInstallHasNoToken() {
    assertThat(BootFolder.title("install/abcd…/vmlinuz")).isEqualTo("vmlinuz");
    assertThat(BootFolder.title("EFI/BOOT/grubx64.efi")).isEqualTo("EFI/BOOT/grubx64.efi");
  }

  @ParameterizedTest
  @CsvSource({
    "grub/52:54:00:50:00:0b, true",
    "EFI/BOOT/grub.cfg-01-52-54-00-50-00-0b, true",
    "grubx64.efi, false",
    "install/abcd…/vmlinuz, false",
  })
  void ofScriptsTheJournalHasTheDecisionAlone(String file, boolean text) {
    assertThat(BootFolder.isText(file)).isEqualTo(text);
  }

  @Test
  void aLoaderThatIsNotHereSaysWhoKnowsMore() throws IOException {
    Files.delete(folder.resolve("EFI/BOOT/grubx64.efi"));
    assertThat(get("shimx64.efi"))
        .isEqualTo(
            "not found: that loader is not on this server; barestack doctor says how to get it");
    assertThat(get("mmx64.efi")).isEqualTo("absent");
  }

  /** Texts that say what they are. */
  private static final class Named implements Texts {
    @Override
    public String grubEntry() {
      return "entry";
    }

    @Override
    public String grub(BootAnswer answer, BootRequest request) {
      return switch (answer) {
        case BootAnswer.Install install ->
            "install " + install.node().name() + " by " + request.client() + " at " + request.mac();
        case BootAnswer.LocalDisk local -> "local disk: " + local.reason();
      };
    }

    @Override
    public String entry() {
      throw new AssertionError("iPXE's");
    }

    @Override
    public String install(BootAnswer.Install answer, BootRequest request) {
      throw new AssertionError("iPXE's");
    }

    @Override
    public String localDisk(BootAnswer.LocalDisk answer, BootRequest request) {
      throw new AssertionError("iPXE's");
    }

    @Override
    public String kickstart(OpenInstall install) {
      throw new AssertionError("the installer's");
    }

    @Override
    public Map<String, String> seed(OpenInstall install) {
      throw new AssertionError("cloud-init's");
    }

    @Override
    public String diskFragment(ClaimAnswer.Granted granted) {
      throw new AssertionError("the installer's");
    }
  }
}
