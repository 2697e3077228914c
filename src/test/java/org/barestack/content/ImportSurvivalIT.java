package org.barestack.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code barestack import} as a process of its own: killed at random moments, and on a disk that is
 * full.
 */
class ImportSurvivalIT {
  private static final int KILLS = 12;
  private static final long LIMIT_SECONDS = 300;
  private static final String NAME = "rocky-9.7-x86_64";

  @TempDir private Path work = Path.of("");
  private Path iso = Path.of("");

  private static List<String> program(String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.barestack.app.Main"));
    words.addAll(List.of(arguments));
    return words;
  }

  private Process start(List<String> words) throws IOException {
    return new ProcessBuilder(words)
        .directory(work.toFile())
        .redirectErrorStream(true)
        .redirectOutput(work.resolve("output").toFile())
        .start();
  }

  private void succeeds(List<String> words) throws Exception {
    Process process = start(words);
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(work.resolve("output"))).isZero();
  }

  /** So many files that an import takes seconds: each is brought to the disk. */
  @BeforeEach
  void anImage() {
    IsoReplica replica = IsoReplica.rocky9(Media.BOOT);
    byte[] content = new byte[30_000];
    Random random = new Random(1);
    for (int i = 0; i < 1500; i++) {
      random.nextBytes(content);
      replica.with("extra/" + i / 100 + "/" + i, content);
    }
    iso = replica.write(work);
  }

  @Test
  void killedAtAnyMomentItArrivesAllTheSame() throws Exception {
    Map<String, String> wanted = Imports.digests(Imports.extracted(iso, work.resolve("extracted")));
    Path old = IsoReplica.rocky9(Media.BOOT).write(Files.createDirectory(work.resolve("old")));
    Map<String, String> before =
        Imports.digests(Imports.extracted(old, work.resolve("old-extracted")));
    long seed = System.nanoTime();
    System.out.println("ImportSurvivalIT: seed " + seed);
    Random random = new Random(seed);
    long began = System.nanoTime();
    succeeds(order("whole", iso));
    long whole = (System.nanoTime() - began) / 1_000_000;
    int caught = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      boolean replaces = kill % 3 == 2;
      String root = "root" + kill;
      if (replaces) {
        succeeds(order(root, old));
      }
      Path release = work.resolve(root).resolve("releases").resolve(NAME);
      Process process = start(order(root, iso));
      // Not before the JVM is up, which is a third of it or so.
      if (!process.waitFor(whole / 4 + random.nextLong(whole * 3 / 4), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        caught++;
      }
      if (Files.exists(release)) {
        assertThat(Imports.digests(Imports.files(release)))
            .as("seed %d, kill %d", seed, kill)
            .isIn(replaces ? List.of(before, wanted) : List.of(wanted));
      }
      succeeds(order(root, iso));
      assertThat(Imports.digests(Imports.files(release)))
          .as("seed %d, kill %d", seed, kill)
          .isEqualTo(wanted);
      succeeds(program("releases", "--verify", "--http-root", root));
      try (var all = Files.list(release.resolveSibling(""))) {
        assertThat(all.map(path -> path.getFileName().toString()))
            .containsExactlyInAnyOrder(NAME, ".import.lock");
      }
      Staging.delete(work.resolve(root));
    }
    assertThat(caught).as("seed %d", seed).isGreaterThanOrEqualTo(KILLS / 2);
  }

  private List<String> order(String root, Path image) throws IOException {
    Files.createDirectories(work.resolve(root));
    List<String> words =
        program(
            "import",
            image.toString(),
            "--http-root",
            root,
            "--sha256",
            Digest.sha256(Files.readAllBytes(image)));
    if (Files.exists(work.resolve(root).resolve("releases").resolve(NAME))
        || Files.exists(work.resolve(root).resolve("releases/.old-" + NAME))) {
      words.add("--replace");
    }
    return words;
  }

  /**
   * Sizes that a server does not tell beforehand, on a disk that turns out too small. Needs root.
   */
  @Test
  void onAFullDiskItStopsInWordsAndGoesOnWhenThereIsRoom() throws Exception {
    Path web = Files.createDirectories(work.resolve("web/os"));
    IsoReplica.rocky9(Media.BOOT)
        .with("images/install.img", new byte[30 << 20])
        .with("images/pxeboot/initrd.img", new byte[12 << 20])
        .tree(web);
    try (WebServer server = new WebServer().serve(work.resolve("web"))) {
      Path root = Files.createDirectory(work.resolve("small"));
      List<String> words =
          program(
              "import",
              server.uri("os/").toString(),
              "--insecure-no-verify",
              "--http-root",
              root.toString());
      String line = String.join(" ", words);
      Command.Result result =
          Command.of(
                  "unshare",
                  "--mount",
                  "bash",
                  "-c",
                  """
                  cd "$1"
                  mount -t tmpfs -o size=30m tmpfs "$2"
                  %1$s; echo "first $?"
                  ls -A "$2/releases"
                  mount -o remount,size=90m "$2"
                  %1$s; echo "second $?"
                  ls -A "$2/releases"
                  cd "$2/releases/%2$s" && sha256sum --quiet -c .barestack/CHECKSUM && echo whole
                  """
                      .formatted(line, NAME),
                  "bash",
                  work.toString(),
                  root.toString())
              .run();
      assertThat(result.errors()).contains("releases is full", "it goes on with what is whole");
      assertThat(result.output())
          .contains("first 1\n.import-" + NAME + "\n.import.lock\n", "second 0\n", "whole\n")
          .endsWith("whole\n");
      assertThat(server.requests().stream().filter(request -> request.endsWith("vmlinuz")))
          .as("what was whole is not fetched again")
          .hasSize(1);
    }
  }
}
