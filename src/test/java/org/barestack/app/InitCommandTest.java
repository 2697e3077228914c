package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.barestack.command.InitCommand;
import org.barestack.command.Root;
import org.barestack.model.Ipv4;
import org.barestack.site.FactSource;
import org.barestack.site.HostFacts;
import org.barestack.site.HostFacts.Address;
import org.barestack.site.HostFacts.Found;
import org.barestack.site.HostFacts.Medium;
import org.barestack.site.HostFacts.Nic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code barestack init}, on a machine that is made up and on this one. */
class InitCommandTest {
  private static final HostFacts FACTS =
      new HostFacts(
          List.of(
              new Nic(
                  "eno1",
                  Medium.WIRED,
                  true,
                  List.of(new Address(Ipv4.parse("192.168.1.20"), 24)),
                  false,
                  true,
                  Ipv4.parse("192.168.1.1"))),
          new Found<>(List.of(Ipv4.parse("192.168.1.1")), "/etc/resolv.conf"),
          new Found<>("UTC", "/etc/localtime"),
          null);

  private static final String WARNINGS =
      """
      barestack: warning: no public SSH key was found in ~/.ssh; the one in the file is nobody's: REPLACE it, else nobody can log in to the nodes (ssh-keygen -t ed25519 makes one)
      barestack: warning: the nodes' MAC addresses are placeholders, which no machine has: REPLACE each by that of the NIC that boots
      """;

  @TempDir Path folder;

  private static Barestack init(FactSource host, String... arguments) {
    CommandLine line = new CommandLine(new Root()).addSubcommand(new InitCommand(host));
    return Barestack.run(
        line,
        Map.of(),
        Stream.concat(Stream.of("init"), Stream.of(arguments)).toArray(String[]::new));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .toList();
    }
  }

  @Test
  void aSiteIsBegunInANewFolder() throws IOException {
    Path site = folder.resolve("clouds/mycloud");
    assertThat(init(() -> FACTS, site.toString()))
        .isEqualTo(
            new Barestack(
                0,
                """
                %1$s/site.yaml is written, for eno1 (192.168.1.20/24), the only one that can serve
                Next:
                  cd %1$s
                  $EDITOR site.yaml            # look for REPLACE
                  barestack validate           # says what is still wrong or missing
                  barestack secrets init
                  git add -A && git commit     # git init before, if this is no repository
                  sudo barestack serve         # and switch the machines on
                """
                    .formatted(site),
                WARNINGS));
    assertThat(names()).containsExactly("clouds/mycloud/site.yaml");
    Barestack valid = Barestack.run("validate", "--offline", "--site", site.toString());
    assertThat(valid.status()).as(valid.toString()).isZero();
    assertThat(valid.out())
        .contains("nodes.kvm1.nics.nic1: 00:00:5e:00:53:0b is a placeholder, which no machine has")
        .endsWith("good, 2 nodes, 5 warnings\n");
  }

  @Test
  void whatIsThereIsLeftAsItIs() throws IOException {
    Path file = Files.writeString(folder.resolve("site.yaml"), "mine\n");
    Barestack refused =
        new Barestack(
            2,
            "",
            "barestack: "
                + file
                + " is there already and is left as it is; edit it, or name another folder."
                + " --stdout prints a new one\n");
    assertThat(init(() -> FACTS, folder.toString())).isEqualTo(refused);
    assertThat(file).hasContent("mine\n");

    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("nowhere"));
    assertThat(init(() -> FACTS, folder.toString())).isEqualTo(refused);
    assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).isTrue();

    Files.delete(file);
    FactSource slow =
        () -> {
          Files.writeString(file, "somebody was faster\n");
          return FACTS;
        };
    assertThat(init(slow, folder.toString())).isEqualTo(refused);
    assertThat(file).hasContent("somebody was faster\n");
    assertThat(names()).containsExactly("site.yaml");
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("mycloud"), "mine\n");
    assertThat(init(() -> FACTS, file.toString()))
        .isEqualTo(
            new Barestack(2, "", "barestack: " + file + " is no folder; name another one\n"));
  }

  @Test
  void itIsPrintedOnRequest() throws IOException {
    Files.writeString(folder.resolve("site.yaml"), "mine\n");
    Barestack printed = init(() -> FACTS, "--stdout", folder.toString());
    assertThat(printed.status()).isZero();
    assertThat(printed.out())
        .startsWith("# yaml-language-server: $schema=./site.schema.json\n")
        .contains("  interface: eno1 ")
        .doesNotContain("Next:");
    assertThat(printed.err()).isEqualTo(WARNINGS);
    assertThat(folder.resolve("site.yaml")).hasContent("mine\n");
  }

  @Test
  void anUnknownInterfaceIsAnsweredWithThoseThereAre() throws IOException {
    assertThat(init(() -> FACTS, "--interface", "eno2", folder.toString()))
        .isEqualTo(
            new Barestack(2, "", "barestack: this machine has no interface 'eno2'; it has eno1\n"));
    assertThat(names()).isEmpty();
  }

  @Test
  void onThisMachineItIsValidToo() {
    Path site = folder.resolve("here");
    Barestack written = Barestack.run("init", site.toString());
    assertThat(written.status()).as(written.toString()).isZero();
    Barestack valid = Barestack.run("validate", "--offline", "--site", site.toString());
    assertThat(valid.status()).as(valid.toString()).isZero();
  }
}
