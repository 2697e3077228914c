package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.Node;
import org.barestack.model.Node.LocalBoot;
import org.barestack.model.Site;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.barestack.testing.Sites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that is rendered, judged by the programs that are at home with it. */
class ArtefactsTest {
  private static final Renderer RENDERER = new Renderer(List.of());

  static Stream<Arguments> nodes() {
    return Stream.concat(Examples.names().stream().map(Examples::site), Stream.of(Sites.rack()))
        .flatMap(site -> site.nodes().stream().map(node -> Arguments.of(site, node)));
  }

  /** Something of every node, each text once. */
  private static <T> Set<T> ofEveryNode(BiFunction<Site, Node, Stream<T>> part) {
    return nodes()
        .map(Arguments::get)
        .flatMap(node -> part.apply((Site) node[0], (Node) node[1]))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  @Test
  void shellcheckFindsNothing(@TempDir Path folder) throws IOException {
    Set<String> scripts =
        ofEveryNode((site, node) ->
            all(site, node).entrySet().stream()
                .flatMap(text -> scripts(text.getKey(), text.getValue()).stream()));
    int count = 0;
    for (String script : scripts) {
      Files.writeString(folder.resolve(count++ + ".sh"), "#!/usr/bin/bash\n" + script);
    }
    Result result =
        Command.of(
                "bash",
                "-c",
                "printf '%s\\0' \"$0\"/*.sh | xargs -0 -n 8 -P 2 shellcheck",
                folder.toString())
            .run();
    assertThat(result.all()).isEqualTo("status 0\n");
    assertThat(count).isGreaterThan(100);
  }

  /** By GRUB's own parser; what it would make of a broken script on a machine is a prompt. */
  @Test
  void grubUnderstandsItsScripts(@TempDir Path folder) throws IOException {
    Set<String> scripts =
        ofEveryNode((site, node) ->
            all(site, node).entrySet().stream()
                .filter(text -> text.getKey().endsWith(".grub"))
                .map(Map.Entry::getValue));
    Stream.of(LocalBoot.CHAIN, LocalBoot.EXIT)
        .map(how -> RENDERER.grubLocalDisk(how, "its \"disk\" isn't $blank; {it} is (ext4)", 5))
        .forEach(scripts::add);
    for (String script : scripts) {
      Path file = Files.writeString(folder.resolve("grub.cfg"), script);
      assertThat(Command.of("grub-script-check", "-v", file.toString()).run().status())
          .as(script)
          .isZero();
      assertThat(script.stripTrailing())
          .as("it never ends at a prompt")
          .matches("(?s).*\n(exit 1|reboot)");
    }
    assertThat(scripts).hasSize(5);
  }

  private static List<String> scripts(String name, String text) {
    if (text.startsWith("#!/usr/bin/bash")) {
      return List.of(text);
    }
    return name.endsWith(".ks")
        ? Sections.of(text).sections().stream()
            .filter(section -> section.header().contains("--interpreter="))
            .map(section -> String.join("\n", section.body()) + "\n")
            .toList()
        : List.of();
  }

  /** nmcli reads a profile, changes one line, and writes all of it back. */
  @ParameterizedTest
  @MethodSource("nodes")
  void networkManagerReadsEveryProfile(Site site, Node node) {
    List<NodeFile> profiles =
        RENDERER.files(site, node).stream()
            .filter(file -> file.path().endsWith(".nmconnection"))
            .toList();
    assertThat(profiles).hasSameSizeAs(NetworkProfile.of(site, node));
    for (NodeFile profile : profiles) {
      Result result =
          Command.of(
                  "nmcli",
                  "--offline",
                  "connection",
                  "modify",
                  "connection.autoconnect-retries",
                  "3")
              .input(profile.text())
              .run();
      assertThat(result.errors()).as(profile.path()).isEmpty();
      assertThat(lines(result.output()))
          .as(profile.path())
          .contains("autoconnect-retries=3")
          .containsAll(lines(profile.text()).stream().filter(line -> !isDefault(line)).toList());
      assertThat(profile.mode()).isEqualTo("0600");
    }
  }

  private static List<String> lines(String profile) {
    return profile
        .lines()
        .map(line -> line.startsWith("mac-address") ? upper(line) : line)
        .toList();
  }

  private static String upper(String line) {
    return line.toUpperCase(java.util.Locale.ROOT);
  }

  /** NetworkManager leaves out what it would do anyway. */
  private static boolean isDefault(String line) {
    return line.equals("autoconnect=true") || line.equals("mtu=0");
  }

  @Test
  void sudoTakesTheDropIn(@TempDir Path folder) throws IOException {
    Set<NodeFile> files = filesOfEveryNode("/etc/sudoers.d/");
    assertThat(files).isNotEmpty();
    for (NodeFile file : files) {
      Path sudoers = Files.writeString(folder.resolve("sudoers"), file.text());
      Result result = Command.of("visudo", "--check", "--strict", "--file=" + sudoers).run();
      assertThat(result.all()).contains("status 0", "parsed OK");
      assertThat(file.mode()).isEqualTo("0440");
    }
  }

  @Test
  void systemdTakesTheUnits(@TempDir Path root) throws IOException {
    Set<NodeFile> files = filesOfEveryNode("/etc/systemd/system/");
    files.addAll(filesOfEveryNode("/usr/libexec/barestack/firstboot"));
    files.addAll(filesOfEveryNode("/usr/libexec/barestack/backup"));
    for (NodeFile file : files) {
      Path path = root.resolve(file.path().substring(1));
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.text());
      assertThat(path.toFile().setExecutable(file.mode().equals("0755"))).isTrue();
    }
    Path units = Files.createDirectories(root.resolve("usr/lib/systemd/system"));
    for (String target :
        List.of("sysinit", "basic", "shutdown", "network-online", "timers", "time-sync")) {
      Files.writeString(units.resolve(target + ".target"), "[Unit]\nDescription=" + target + "\n");
    }
    Path nft = Files.createDirectories(root.resolve("usr/sbin")).resolve("nft");
    assertThat(Files.createFile(nft).toFile().setExecutable(true)).isTrue();
    List<String> verify = new ArrayList<>(List.of("systemd-analyze", "--root=" + root, "verify"));
    filesOfEveryNode("/etc/systemd/system/")
        .forEach(file -> verify.add(file.path().substring(file.path().lastIndexOf('/') + 1)));
    assertThat(verify).contains("barestack-firstboot.service").doesNotHaveDuplicates();
    assertThat(Command.of(verify.toArray(String[]::new)).run().all()).isEqualTo("status 0\n");
  }

  @ParameterizedTest
  @MethodSource("nodes")
  void theServedKickstartHasNoDiskCommand(Site site, Node node) {
    Sections kickstart = Sections.of(artefact(site, node, "kickstart.ks"));
    Pattern disk =
        Pattern.compile(
            "(autopart|bootloader|clearpart|ignoredisk|logvol|mount|part|partition|raid|reqpart"
                + "|snapshot|volgroup|zerombr)(\\s.*)?");
    assertThat(kickstart.commands())
        .noneMatch(line -> disk.matcher(line).matches())
        .filteredOn(line -> line.startsWith("%include"))
        .containsExactly("%include /tmp/disk.ks");
  }

  @ParameterizedTest
  @MethodSource("nodes")
  void everyKickstartEndsTheInstallByItself(Site site, Node node) {
    assertThat(artefact(site, node, "kickstart.ks").lines())
        .contains("text --non-interactive", "reboot --eject");
    assertThat(artefact(site, node, "standalone.ks").lines())
        .contains("text --non-interactive", "poweroff")
        .noneMatch(line -> line.startsWith("url "));
  }

  @ParameterizedTest
  @MethodSource("nodes")
  void pathsAreAbsoluteAndUnique(Site site, Node node) {
    assertThat(RENDERER.files(site, node))
        .extracting(NodeFile::path)
        .doesNotHaveDuplicates()
        .allMatch(path -> path.matches("(/[A-Za-z0-9._-]+)+"));
  }

  private static String artefact(Site site, Node node, String name) {
    return Objects.requireNonNull(all(site, node).get(name));
  }

  private static Set<NodeFile> filesOfEveryNode(String folder) {
    return ofEveryNode((site, node) ->
        RENDERER.files(site, node).stream().filter(file -> file.path().startsWith(folder)));
  }

  private static Map<String, String> all(Site site, Node node) {
    Map<String, String> texts = new LinkedHashMap<>(RENDERER.artefacts(site, node));
    texts.putAll(RENDERER.media(site, node));
    return texts;
  }
}
