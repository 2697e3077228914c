package org.barestack.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.barestack.doctor.Finding.Level;
import org.barestack.model.Ipv4;
import org.barestack.secrets.SecretsFile;
import org.barestack.testing.Examples;
import org.barestack.testing.Golden;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lab of the examples on a host that lacks one thing after the other. */
class DoctorTest {
  private static final Ipv4 OTHER = Ipv4.parse("192.168.50.1");

  @TempDir Path folder;

  @BeforeEach
  void aSiteThatCanBeServed() throws IOException {
    Examples.copy("lab", folder);
    new SecretsFile(folder, folder.resolve("identity"))
        .make(new SecureRandom(), InstantSource.system());
    for (String loader : List.of("undionly.kpxe", "snponly.efi")) {
      Files.writeString(folder.resolve(loader), loader);
    }
    loaders("undionly.kpxe", "snponly.efi");
    Path tree = Files.createDirectories(folder.resolve("http-root/releases/rocky-9.7-x86_64"));
    Files.createDirectories(tree.resolve("images"));
    for (String file : List.of("vmlinuz", "initrd.img", "install.img")) {
      Files.writeString(tree.resolve("images").resolve(file), file);
    }
    Files.writeString(
        tree.resolve(".treeinfo"),
        """
        [general]
        version = 9.7
        arch = x86_64
        family = Rocky Linux
        [images-x86_64]
        kernel = images/vmlinuz
        initrd = images/initrd.img
        [stage2]
        mainimage = images/install.img
        """);
  }

  private void loaders(String bios, String uefi) throws IOException {
    Files.createDirectories(folder.resolve("pxe"));
    Files.writeString(
        folder.resolve("pxe/loaders.yaml"),
        """
        undionly.kpxe:
          clients: [bios_pxe]
          files: [%1$s/%2$s]
          install: {Debian: apt-get install ipxe}
          known: {}
        snponly.efi:
          clients: [uefi_x64_pxe]
          files: [%1$s/%3$s]
          install: {Debian: apt-get install ipxe}
          known: {}
        """
            .formatted(folder, bios, uefi));
  }

  private void edit(String from, String to) {
    try {
      Path file = folder.resolve("site.yaml");
      String text = Files.readString(file);
      assertThat(text).containsPattern(from);
      Files.writeString(file, text.replaceAll(from, to));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void mode(String mode) {
    edit("dhcp: full .*", "dhcp: " + mode);
    edit("(?m)^  pool: .*\n", "");
  }

  private Report examine(FakeHost host, boolean offline) {
    return Doctor.examine(
        new Doctor.Order(
            Examples.read(folder),
            folder.resolve("site.yaml"),
            folder.resolve(".barestack"),
            folder.resolve("http-root"),
            folder.resolve("identity"),
            offline),
        host);
  }

  private String text(Consumer<FakeHost> change) {
    FakeHost host = new FakeHost();
    change.accept(host);
    return examine(host, false).text(false).replace(folder.toString(), "SITE");
  }

  private static void serve(FakeHost host, OptionalLong pid) {
    host.server = OptionalLong.of(4711);
    String program = pid.isPresent() ? "java" : "";
    host.listens("UDP 67", "0.0.0.0", pid, program);
    host.listens("UDP 4011", "0.0.0.0", pid, program);
    host.listens("UDP 69", "192.168.50.5", pid, program);
    host.listens("TCP 8080", "192.168.50.5", pid, program);
  }

  /** Only that which a change brings; the first one is whole. */
  @Test
  void goldens() throws Exception {
    Map<String, String> texts = new LinkedHashMap<>();
    String good = text(_ -> {});
    texts.put("good.txt", good);
    Map<String, Consumer<FakeHost>> changes = new LinkedHashMap<>();
    changes.put("no-interface", host -> host.link = null);
    changes.put("down", host -> host.link = new Host.Link(false, false, List.of()));
    changes.put("no-address", host -> host.link = new Host.Link(true, true, List.of(OTHER)));
    changes.put(
        "no-carrier",
        host -> host.link = new Host.Link(true, false, List.of(Ipv4.parse("192.168.50.5"))));
    changes.put("serve-as-root", host -> serve(host, OptionalLong.of(4711)));
    changes.put("serve-as-user", host -> serve(host, OptionalLong.empty()));
    changes.put(
        "ports",
        host -> {
          host.listens("UDP 67", "0.0.0.0", OptionalLong.of(812), "dnsmasq");
          host.listens("UDP 69", "::", OptionalLong.of(1), "systemd");
          host.listens("TCP 8080", "192.168.50.5", OptionalLong.empty(), "");
          host.listens("TCP 8443", "127.0.0.1", OptionalLong.of(99), "elsewhere");
        });
    changes.put("other-dhcp", host -> host.servers = Set.of(OTHER, Ipv4.parse("192.168.50.2")));
    changes.put("no-probe", host -> host.noProbe = "no right to listen on UDP port 68 of eno1");
    changes.put("little-space", host -> host.space = 500 * 1024 * 1024);
    changes.put("no-space", host -> host.space = 3 * 1024 * 1024);
    changes.put("clock-behind", host -> host.now = FakeHost.NOW.minusSeconds(7200));
    changes.put("clock-1970", host -> host.now = Instant.EPOCH);
    changes.put(
        "clock-alone",
        host -> host.synchronised = new Host.Synchronised(Optional.empty(), "nobody says so"));
    changes.put("descriptors", host -> host.descriptors = 1024);
    changes.put("neighbours", host -> host.neighbours = OptionalLong.of(64));
    changes.put("changed", host -> host.committed = Host.Committed.CHANGED);
    changes.put("never", host -> host.committed = Host.Committed.NEVER);
    changes.put("no-repository", host -> host.committed = Host.Committed.NO_REPOSITORY);
    changes.put("no-git", host -> host.noGit = "git is not installed");
    changes.forEach((name, change) -> texts.put(name + ".txt", more(good, text(change))));
    loaders("nowhere.kpxe", "snponly.efi");
    texts.put("no-loader.txt", more(good, text(_ -> {})));
    loaders("undionly.kpxe\n  colour: red\n  more: [", "snponly.efi");
    assertThat(text(_ -> {})).contains("fault    loaders", "correct that file");
    loaders("undionly.kpxe", "snponly.efi");
    edit("release: \"?9.7\"?", "release: \"9.6\"");
    texts.put("no-release.txt", more(good, text(_ -> {})));
    edit("release: \"9.6\"", "release: \"9.7\"");
    Path identity = folder.resolve("identity");
    Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString("rw-r--r--"));
    texts.put("open-identity.txt", more(good, text(_ -> {})));
    Files.delete(identity);
    texts.put("no-identity.txt", more(good, text(_ -> {})));
    Files.delete(folder.resolve("secrets.age"));
    texts.put("no-secrets.txt", more(good, text(_ -> {})));
    FakeHost host = new FakeHost();
    host.committed = Host.Committed.NEVER;
    texts.put(
        "report.json",
        (new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(examine(host, true).fields())
                + "\n")
            .replace(folder.toString(), "SITE"));
    Golden.check("org/barestack/doctor", texts);
  }

  /** The lines that another report does not have. */
  private static String more(String than, String text) {
    List<String> known = than.lines().toList();
    return String.join("\n", text.lines().filter(line -> !known.contains(line)).toList()) + "\n";
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource({
    "full, '', OK",
    "full, 192.168.50.1, FAULT",
    "proxy, '', WARNING",
    "proxy, 192.168.50.1, OK",
    "off, '', WARNING",
    "off, 192.168.50.1, OK",
    "port-4011, '', WARNING",
    "port-4011, 127.0.0.1, OK",
  })
  void whetherTheModeFitsTheOtherServers(String mode, String server, Level level) {
    if (!mode.equals("full")) {
      mode(mode);
    }
    FakeHost host = new FakeHost();
    if (mode.equals("port-4011")) {
      if (!server.isEmpty()) {
        host.listens("UDP 67", server, OptionalLong.of(812), "dnsmasq");
      }
    } else {
      host.servers = server.isEmpty() ? Set.of() : Set.of(Ipv4.parse(server));
    }
    Report report = examine(host, false);
    assertThat(report.findings())
        .filteredOn(one -> one.check().equals("dhcp"))
        .hasSize(1)
        .first()
        .returns(level, Finding::level)
        .matches(one -> one.remedy().isEmpty() == (level == Level.OK));
    assertThat(report.text(false))
        .contains(mode.equals("full") || mode.equals("proxy") ? "UDP 67" : "UDP 69");
  }

  @Test
  void aReleaseElsewhereIsAskedForUnlessOffline() {
    edit("(?m)^rocky:.*\n", "rocky:\n  tree: http://mirror.example/rocky/9.7/BaseOS/x86_64/os\n");
    FakeHost host = new FakeHost();
    assertThat(examine(host, false).text(false)).contains("/os/.treeinfo can be had");
    assertThat(host.asked)
        .containsExactly(URI.create("http://mirror.example/rocky/9.7/BaseOS/x86_64/os/.treeinfo"));
    assertThat(examine(host, true).text(false)).contains("was not asked (--offline)");
    assertThat(host.asked).hasSize(1);
    host.unreachable = "it answers 404";
    assertThat(examine(host, false).text(false))
        .contains("fault    release", "cannot be had: it answers 404", "rocky.tree");
  }

  @Test
  void colourIsAllThatColourAdds() {
    FakeHost host = new FakeHost();
    host.descriptors = 1;
    host.space = 1;
    Report report = examine(host, false);
    assertThat(report.good()).isFalse();
    assertThat(report.text(true)).contains("\033[31mfault", "\033[33mwarning", "\033[32mok");
    assertThat(report.text(true).replaceAll("\033\\[[0-9]+m", "")).isEqualTo(report.text(false));
  }

  /** What is not as it should be says what to do about it. */
  @Test
  void everyRemedyIsThere() {
    FakeHost host = new FakeHost();
    host.link = null;
    host.servers = Set.of(OTHER);
    host.space = 1;
    host.descriptors = 1;
    host.neighbours = OptionalLong.of(1);
    host.committed = Host.Committed.NEVER;
    host.synchronised = new Host.Synchronised(Optional.of(false), "chrony says no");
    serve(host, OptionalLong.of(1));
    Report report = examine(host, false);
    assertThat(report.findings())
        .allMatch(one -> one.remedy().isEmpty() == (one.level() == Level.OK))
        .filteredOn(one -> one.level() != Level.OK)
        .hasSizeGreaterThan(7);
  }
}
