package org.barestack.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.barestack.model.Site;
import org.barestack.site.SiteProblem;
import org.barestack.site.SiteProblem.Severity;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentCheckTest {
  @TempDir Path folder;

  @BeforeEach
  void aSite() {
    Examples.copy("minimal", folder);
  }

  /** What is said of the release; loaders are those of this host. */
  private List<SiteProblem> problems() throws IOException {
    Site site = Examples.read(folder);
    return ContentCheck.problems(site, folder.resolve("site.yaml"), folder.resolve("http-root"))
        .stream()
        .filter(problem -> problem.path().equals("rocky.release"))
        .toList();
  }

  private Path tree() throws IOException, NoSuchAlgorithmException {
    Site site = Examples.read(folder);
    Path tree = folder.resolve("http-root/releases").resolve(site.rocky().folder());
    Files.createDirectories(tree.resolve("images"));
    StringBuilder sums = new StringBuilder();
    for (String name : List.of("images/vmlinuz", "images/initrd.img", "images/install.img")) {
      byte[] octets = name.getBytes(StandardCharsets.UTF_8);
      Files.write(tree.resolve(name), octets);
      sums.append(name)
          .append(" = sha256:")
          .append(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets)))
          .append('\n');
    }
    Files.writeString(
        tree.resolve(".treeinfo"),
        """
        [general]
        version = %s
        arch = %s
        [images-%s]
        kernel = images/vmlinuz
        initrd = images/initrd.img
        [stage2]
        mainimage = images/install.img
        [checksums]
        %s\
        """
            .formatted(site.rocky().release(), site.rocky().arch(), site.rocky().arch(), sums));
    return tree;
  }

  @Test
  void aReleaseThatIsNotHereIsAWarning() throws IOException {
    assertThat(problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.severity()).isEqualTo(Severity.WARNING);
          assertThat(problem.message()).startsWith("there is no ").contains("releases/rocky-");
          assertThat(problem.remedy())
              .startsWith("Import it: barestack import Rocky-")
              .endsWith("on the host that serves; --offline leaves this out");
        });
  }

  @Test
  void aWholeOneIsGoodAndADamagedOneAnError() throws Exception {
    Path tree = tree();
    assertThat(problems()).isEmpty();
    Files.writeString(tree.resolve("images/initrd.img"), "something else");
    assertThat(problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.severity()).isEqualTo(Severity.ERROR);
          assertThat(problem.message()).contains("images/initrd.img is not what ");
        });
  }

  @Test
  void oneWithoutDigestsIsTaken() throws Exception {
    Path tree = tree();
    Path treeinfo = tree.resolve(".treeinfo");
    String text = Files.readString(treeinfo);
    Files.writeString(treeinfo, text.substring(0, text.indexOf("[checksums]")));
    Files.writeString(tree.resolve("images/vmlinuz"), "something else");
    assertThat(problems()).isEmpty();
  }

  @Test
  void whatIsServedElsewhereIsNotLookedFor() throws IOException {
    Path file = folder.resolve("site.yaml");
    Files.writeString(
        file,
        Files.readString(file) + "rocky: { release: \"9.7\", tree: http://192.0.2.1/rocky }\n");
    assertThat(problems()).isEmpty();
  }

  private List<SiteProblem> loaders() throws IOException {
    Site site = Examples.read(folder);
    return ContentCheck.problems(site, folder.resolve("site.yaml"), folder.resolve("http-root"))
        .stream()
        .filter(problem -> problem.message().contains("shimx64.efi"))
        .toList();
  }

  @Test
  void aNodeWithSecureBootNeedsLoadersOutOfItsRelease() throws Exception {
    assertThat(loaders()).isEmpty();
    Path file = folder.resolve("site.yaml");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("{ role: kvm-worker,", "{ role: kvm-worker, firmware: uefi-secure,"));
    assertThat(loaders())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.severity()).isEqualTo(Severity.WARNING);
          assertThat(problem.message())
              .startsWith("the loader shimx64.efi is not on this machine")
              .contains("/EFI/BOOT/BOOTX64.EFI", "with grubx64.efi and mmx64.efi beside it");
          assertThat(problem.remedy()).contains("dnf install shim-x64 grub2-efi-x64 (Rocky)");
        });
    Path boot = Files.createDirectories(tree().resolve("EFI/BOOT"));
    for (String name : List.of("BOOTX64.EFI", "grubx64.efi", "mmx64.efi")) {
      Files.writeString(boot.resolve(name), name);
    }
    assertThat(loaders())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.severity()).isEqualTo(Severity.NOTE);
          assertThat(problem.message()).contains("a build that loaders.yaml does not know");
        });
  }
}
