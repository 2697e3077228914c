package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Phase;
import org.barestack.rehearse.VirtualMachine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A blank machine installs itself by PXE from a release that {@code barestack import} took out of
 * an image. The stand-in's tree is in that image, since Rocky's media are not part of this
 * repository.
 */
class ImportedInstallIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final NodeName NODE = new NodeName("kvm1");

  /** A release that no other test uses. */
  private static final String RELEASE = "9.8";

  private static final Path HTTP_ROOT = Path.of("target/standin/http-root").toAbsolutePath();

  @TempDir private Path work = Path.of("");

  @Test
  void aMachineBootsAndInstallsFromWhatWasImported() throws Exception {
    Path iso = image();
    String digest = RehearsedSite.run("sha256sum", iso.toString()).substring(0, 64);
    Files.createDirectories(HTTP_ROOT);
    assertThat(
            RehearsedSite.run(
                Path.of("barestack").toAbsolutePath().toString(),
                "import",
                iso.toString(),
                "--replace",
                "--sha256=" + digest,
                "--http-root=" + HTTP_ROOT))
        .contains("/releases/rocky-9.8-x86_64: ", "verified: standin.iso has the SHA-256");

    try (RehearsedSite site =
        new RehearsedSite(
            work,
            lab -> lab.replaceFirst("release: [\"']?9[.]7[\"']?", "release: \"" + RELEASE + "\""),
            _ -> {})) {
      site.awaitServing(LIMIT);
      try (VirtualMachine machine = site.rehearsal().machine(NODE)) {
        machine.start();
        site.rehearsal().await(NODE, state -> state.phase() == Phase.INSTALLED, LIMIT);
      }
      List<String> fetched =
          site.events(NODE).stream()
              .filter(event -> event.kind() == Kind.FETCHED)
              .map(ImportedInstallIT::file)
              .toList();
      assertThat(fetched).contains("vmlinuz", "initrd.img", ".treeinfo", "images/install.img");
    } finally {
      RehearsedSite.run("rm", "-rf", HTTP_ROOT + "/releases/rocky-" + RELEASE + "-x86_64");
    }
  }

  private Path image() throws IOException {
    Path tree = work.resolve("tree");
    RehearsedSite.run("src/standin/build.sh", tree.toString(), RELEASE);
    Path iso = work.resolve("standin.iso");
    RehearsedSite.run(
        "xorriso",
        "-as",
        "mkisofs",
        "-quiet",
        "-o",
        iso.toString(),
        "-V",
        "Stand-in-9-8",
        "-R",
        "-J",
        "-joliet-long",
        tree.toString());
    return iso;
  }

  private static String file(NodeEvent event) {
    return event.detail().getOrDefault("file", "");
  }
}
