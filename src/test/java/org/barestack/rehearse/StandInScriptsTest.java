package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of the stand-in that read text, run by bash without a machine. */
class StandInScriptsTest {
  @TempDir Path state;

  /** Runs {@code script} with the stand-in's functions, for the release 9.7. */
  private String bash(String script, String... arguments) throws IOException {
    String prologue =
        """
        STATE=%s RELEASE=9.7
        say() { echo "standin: $*"; }
        source src/standin/kickstart.bash
        source src/standin/storage.bash
        declare -A ARG
        source src/standin/medium.bash
        source src/standin/stage1.bash
        """
            .formatted(state);
    return Command.run(
        Stream.concat(Stream.of("bash", "-c", prologue + script, "test"), Stream.of(arguments))
            .toList());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "part / --size=1\t--grow     ~ <part></><--size=1><--grow>",
        "user --gecos=\"The \\\"A\\\" 'x'\" ~ <user><--gecos=The \"A\" 'x'>",
        "sshkey 'ssh #1' b#c # d     ~ <sshkey><ssh #1><b#c>",
        "a\\ b '' \\#                  ~ <a b><><#>",
        "# nothing                   ~ ``",
      })
  void wordsAreThoseOfShlex(String line, String words) throws IOException {
    assertThat(
            bash(
                "words_of \"$1\"; for word in \"${WORDS[@]}\"; do echo -n \"<$word>\"; done", line))
        .isEqualTo(words);
  }

  private String split(String mode, String... kickstart) throws IOException {
    Path file = Files.write(state.resolve("ks.cfg"), List.of(kickstart));
    return bash(
        "split_kickstart \"$1\" \"$2\" && cat $SECTIONS/commands && tail -n +1"
            + " $SECTIONS/*.{header,body} 2>/dev/null; true",
        file.toString(),
        mode);
  }

  @Test
  void sectionsAreApartFromCommands() throws IOException {
    String sections = state.resolve("sections").toString();
    assertThat(split("strict", "text", "%pre --erroronfail", "nosuchcommand", "%end", "", "reboot"))
        .isEqualTo(
            """
            1 text
            6 reboot
            ==> @/101.header <==
            %pre --erroronfail

            ==> @/101.body <==
            nosuchcommand
            """
                .replace("@", sections));
  }

  @Test
  void anIncludeTakesItsPlace() throws IOException {
    Path fragment = Files.writeString(state.resolve("disk.ks"), "zerombr\n");
    assertThat(split("strict", "text", "%include " + fragment, "reboot"))
        .isEqualTo("1 text\n2 zerombr\n3 reboot\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nosuchcommand", "rdp", "%nosuchsection", "%post", "%include /no/file"})
  void whatAnacondaDiesOfIsAnError(String line) throws IOException {
    assertThat(split("strict", "text", line)).startsWith("standin: kickstart error: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nosuchcommand", "%include /no/file"})
  void theFirstReadingIsLenient(String line) throws IOException {
    assertThat(split("lenient", "text", line)).startsWith("1 text\n");
  }

  /** In the kickstarts, a slash between blanks is a line's end. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "url --url=http://server/tree/ | http://server/tree/",
        "cdrom | cdrom",
        "harddrive --partition=LABEL=A\\\\x20B --dir=/os | hd:LABEL=A\\x20B:/os",
        "url --url=http://server/ / harddrive --partition sdb1 --dir os | hd:sdb1:os",
        "%pre / cdrom / %end / text | ''",
        "%include /tmp/x / cdrom | cdrom",
      })
  void theSourceIsTheKickstartsLast(String kickstart, String source) throws IOException {
    Path file = state.resolve("ks.cfg");
    Files.writeString(file, kickstart.replace(" / ", "\n") + "\n");
    String script = "sed \"s|/run/install/ks.cfg|$1|\" src/standin/stage1.bash >$STATE/it;";
    assertThat(bash(script + " source $STATE/it; kickstart_source", file.toString()).strip())
        .isEqualTo(source);
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource({
    "Minimal, Minimal, true",
    "AppStream, 'BaseOS,AppStream', true",
    ".,  , true",
    "Minimal, BaseOS, false",
    ", BaseOS, false"
  })
  void aMediumMustHaveItsPackages(String there, String named, boolean good) throws IOException {
    Path medium = Files.createDirectories(state.resolve("medium"));
    StringBuilder treeinfo = new StringBuilder("[general]\nname = Rocky Linux 9.7\n");
    if (named != null) {
      for (String name : named.split(",", -1)) {
        treeinfo.append("[variant-").append(name).append("]\nrepository = ").append(name);
        treeinfo.append('\n');
      }
    }
    Files.writeString(medium.resolve(".treeinfo"), treeinfo);
    if (there != null) {
      Path metadata = Files.createDirectories(medium.resolve(there).resolve("repodata"));
      Files.createFile(metadata.resolve("repomd.xml"));
    }
    split("strict", "text");
    assertThat(bash("REPO=$1; check_sources && echo good || echo \"$FAILURE\"", medium.toString()))
        .startsWith(good ? "good" : "Failed to set up the installation source: no repository on ");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"there, true", "missing, false"})
  void anAddedRepositoryMustBeThere(String name, boolean good) throws IOException {
    Path metadata = Files.createDirectories(state.resolve("there/repodata"));
    Files.createFile(metadata.resolve("repomd.xml"));
    split("strict", "repo --name=x --baseurl=file://" + state.resolve(name));
    assertThat(bash("REPO=http://server/; check_sources && echo good || echo \"$FAILURE\""))
        .startsWith(good ? "good" : "repo --name=x: there is no repodata/repomd.xml in file://");
  }

  /** A new step must be put among those that are played, or here. */
  @Test
  void everyStepIsEitherPlayedOrRuns() throws IOException {
    List<String> steps = new ArrayList<>();
    for (Path folder :
        List.of(
            Path.of("kickstart-templates/firstboot"),
            Path.of("kickstart-templates/roles/management/firstboot"),
            Path.of("kickstart-templates/roles/kvm-worker/firstboot"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .map(file -> file.getFileName().toString().replaceFirst("[.]sh.*", ""))
            .forEach(steps::add);
      }
    }
    List<String> played =
        Files.readAllLines(Path.of("src/standin/steps")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(played).isSorted().doesNotHaveDuplicates();
    assertThat(steps).containsAll(played);
    steps.removeAll(played);
    assertThat(steps).containsExactlyInAnyOrder("30-secrets", "35-site-packages");
  }

  @Test
  void aPlayedStepSaysSoByItsName() throws IOException {
    Path lib = Files.createDirectories(state.resolve("lib"));
    Files.writeString(lib.resolve("steps"), "# some\n20-network-up\n99-not-there\n");
    Path steps = Files.createDirectories(state.resolve("firstboot.d"));
    Files.writeString(steps.resolve("20-network-up"), "exit 1\n");
    Files.writeString(steps.resolve("30-secrets"), "exit 1\n");
    String play = "LIB=" + lib + "; source src/standin/installed.bash; play_steps " + steps + "; ";
    assertThat(bash(play + play + "ls " + steps + "; " + steps + "/20-network-up.standin"))
        .isEqualTo(
            """
            20-network-up.standin
            30-secrets
            stand-in: the step 20-network-up is not carried out here
            """);
    assertThat(steps.resolve("30-secrets")).hasContent("exit 1");
  }

  @ParameterizedTest(name = "{0} with {1} MiB free is {2}")
  @CsvSource({
    "100|| 200|grow|, 50, 100 250",
    "100|grow| 200|grow|, 50, 125 225",
    "100|grow|110 200|grow|, 50, 110 240",
    "100|grow|90, 50, 100",
  })
  void freeSpaceIsShared(String rows, int free, String sizes) throws IOException {
    assertThat(bash("tr ' ' '\\n' <<<\"$1\" | grow \"$2\" | xargs", rows, "" + free).strip())
        .isEqualTo(sizes);
  }
}
