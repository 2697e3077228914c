package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.secrets.SecretName;
import org.barestack.secrets.SiteSecrets;
import org.barestack.secrets.SiteSecrets.Answer;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The volume that build-iso writes, in the CD drive of an emulated machine whose kernel and
 * cloud-init know nothing of us. Needs root.
 */
class CidataIT {
  private static final Path BUILT = Path.of("target/noderoot");

  /** With both cores busy with other work, too, it took 85 s. */
  private static final int DEADLINE_MINUTES = 6;

  @TempDir private Path folder;

  /** It has no network card, so all that it becomes was in the volume. */
  @Test
  void aMachineWithoutAnyNetworkBecomesTheNode() throws Exception {
    script("src/noderoot/build.sh", BUILT.resolve("root"));
    script("src/noderoot/disk.sh", BUILT.resolve("root"), BUILT.resolve("disk"));
    Path iso = volume();
    Path disk = folder.resolve("disk.img");
    script("cp", "--sparse=always", "--reflink=auto", BUILT.resolve("disk/disk.img"), disk);

    String console = restarted(disk, iso);

    Path root = Files.createDirectory(folder.resolve("root"));
    Result read =
        Command.of(
                "debugfs",
                "-R",
                "rdump /etc /home /usr/libexec /var/lib/cloud /var/log " + root,
                disk.toString())
            .run();
    assertThat(read.status()).as(read.all()).isZero();
    // rdump makes only the last folder of a path
    Files.createDirectories(root.resolve("usr"));
    Files.createDirectories(root.resolve("var/lib"));
    Files.move(root.resolve("libexec"), root.resolve("usr/libexec"));
    Files.move(root.resolve("cloud"), root.resolve("var/lib/cloud"));

    Site site = Examples.read(folder);
    Node node = site.managementNode();
    assertThat(console).contains("DataSourceNoCloud [seed=/dev/sr0]");
    ByCloudInit.assertConfigured(root, site, node, "DataSourceNoCloud [seed=/dev/sr0]");
    assertSecrets(root.resolve("etc/barestack"), node);
    assertThat(root.resolve("etc/barestack/install")).content().contains("install_url=''\n");
    assertThat(root.resolve("etc/systemd/system/multi-user.target.wants"))
        .isDirectoryContaining("glob:**/barestack-firstboot.service");
  }

  private static void script(Object... words) {
    String[] command = Stream.of(words).map(Object::toString).toArray(String[]::new);
    // the first time a root is built, which takes longer than a Command may
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    try {
      assertThat(builder.start().waitFor()).as("%s", List.of(words)).isZero();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Path identity() {
    return folder.resolve("identity");
  }

  private Path volume() throws IOException {
    Examples.copy("minimal", folder);
    done("secrets", "init", "--identity", identity().toString());
    Path iso = folder.resolve("mgmt1.iso");
    done(
        "build-iso",
        "--kind=cidata",
        "--offline",
        "mgmt1",
        "--out=" + iso,
        "--identity=" + identity());
    return iso;
  }

  private void done(String... words) {
    Barestack run =
        Barestack.run(
            Stream.concat(Stream.of(words), Stream.of("--site", folder.toString()))
                .toArray(String[]::new));
    assertThat(run.status()).as(run.toString()).isZero();
  }

  /** Starts it and waits until it restarts by itself; answers what it said on its console. */
  private String restarted(Path disk, Path iso) throws Exception {
    Path console = folder.resolve("console.log");
    Path built = BUILT.resolve("disk");
    Process machine =
        new ProcessBuilder(
                "qemu-system-x86_64",
                "-accel",
                "tcg,thread=multi,tb-size=512",
                "-cpu",
                "qemu64,-svm",
                "-smp",
                "2",
                "-m",
                "1500",
                "-machine",
                "pc",
                "-nodefaults",
                "-display",
                "none",
                "-nic",
                "none",
                "-no-reboot", // it ends instead
                "-serial",
                "file:" + console,
                "-kernel",
                built.resolve("vmlinuz").toString(),
                "-initrd",
                built.resolve("initrd.gz").toString(),
                "-append",
                "console=ttyS0 quiet root=/dev/vda rw panic=-1 mitigations=off"
                    + " systemd.show_status=0",
                "-object",
                "rng-random,id=random,filename=/dev/urandom",
                "-device",
                "virtio-rng-pci,rng=random",
                "-drive",
                "file=" + disk + ",format=raw,if=virtio,cache=unsafe",
                "-drive",
                "file=" + iso + ",format=raw,media=cdrom,readonly=on")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("qemu.log").toFile())
            .start();
    try {
      boolean ended = machine.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES);
      String said = Files.readString(folder.resolve("qemu.log")) + Files.readString(console);
      assertThat(ended).as(said).isTrue();
      assertThat(machine.exitValue()).as(said).isZero();
      assertThat(said).doesNotContain("Kernel panic").contains("reboot: Restarting system");
      return said;
    } finally {
      machine.destroyForcibly().waitFor();
    }
  }

  private void assertSecrets(Path etc, Node node) throws IOException {
    SiteSecrets secrets =
        ((Answer.Opened) SiteSecrets.open(folder.resolve("secrets.age"), identity())).secrets();
    Path there = etc.resolve("secrets");
    assertThat(ByCloudInit.mode(there)).as("mode of the secrets' folder").isEqualTo("0700");
    try (Stream<Path> files = Files.list(there)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(secrets.of(node.role()).keySet())
          .contains("database-root", "admin-password")
          .doesNotContain("agent-keystore", "ca-key");
    }
    for (String name : secrets.of(node.role()).keySet()) {
      assertThat(there.resolve(name))
          .content()
          .isEqualTo(secrets.value(SecretName.named(name).orElseThrow()).value());
      assertThat(ByCloudInit.mode(there.resolve(name))).as(name).isEqualTo("0600");
    }
    for (String name : List.of("node.key", "node.crt", "install")) {
      assertThat(ByCloudInit.mode(etc.resolve(name))).as(name).isEqualTo("0600");
    }
  }
}
