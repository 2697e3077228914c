package org.barestack.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.Site;
import org.barestack.model.Token;
import org.barestack.render.Renderer;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The step 30-secrets, run for real in a folder of its own against the real server. */
@Timeout(300)
class SecretsStepTest {
  private static final String STEP = "/usr/libexec/barestack/firstboot.d/30-secrets";

  /** What the step runs, in whose place a program stands that can cut the power. */
  private static final List<String> PROGRAMS =
      List.of("rm", "mkdir", "openssl", "sync", "mv", "curl", "base64", "find");

  @TempDir Path folder;
  private SecretBench bench;
  private Path bin;
  private Path commands;
  private Token token = new Token("0".repeat(32));

  @BeforeEach
  void start() throws IOException {
    bench = new SecretBench(folder);
    bin = Files.createDirectories(folder.resolve("bin"));
    commands = folder.resolve("commands");
    for (String program : PROGRAMS) {
      String real = Command.of("bash", "-c", "command -v " + program).run().output().strip();
      executable(
          bin.resolve(program),
          """
          #!/usr/bin/bash
          echo %1$s "$@" >>"$COMMANDS"
          count=$(wc -l <"$COMMANDS")
          if [[ $count == "${CUT_BEFORE:-}" ]]; then kill -9 0; fi
          %2$s "$@"
          status=$?
          if [[ $count == "${CUT_AFTER:-}" ]]; then kill -9 0; fi
          exit $status
          """
              .formatted(program, real));
    }
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** A machine that boots what its installer left. */
  private Path machine(String name, String node) throws IOException {
    token = bench.installed(node);
    Path root = folder.resolve(name);
    Path etc = Files.createDirectories(root.resolve("etc/barestack"));
    String plain = bench.plainUrl("");
    Files.writeString(
        etc.resolve("install"),
        "node=%s\nbase_url=%s\ninstall_url=%s/install/%s\n"
            .formatted(node, plain, plain, token.secret()));
    Files.copy(bench.ca, etc.resolve("ca.pem"));
    executable(root.resolve("step"), step(bench.server.secureAddress().getPort()));
    return root;
  }

  private String step(int port) {
    Site site = Examples.site("lab");
    Site.Provisioning at = site.provisioning();
    Site here =
        new Site(
            site.name(),
            site.time(),
            site.localization(),
            site.rocky(),
            site.cloudstack(),
            site.repositories(),
            new Site.Provisioning(
                at.networkInterface(),
                SecretBench.LOOPBACK,
                at.subnet(),
                at.httpPort(),
                port,
                at.dhcp(),
                at.pool(),
                at.discoveryControl(),
                at.strangers()),
            site.networks(),
            site.access(),
            site.workers(),
            site.storage(),
            site.zone(),
            site.backup(),
            site.nodes(),
            site.trust());
    return new Renderer(List.of())
        .files(here, here.managementNode()).stream()
            .filter(file -> file.path().equals(STEP))
            .findFirst()
            .orElseThrow()
            .text();
  }

  /** Runs it in a process group of its own, so that a power cut ends all of it. */
  private Result run(Path root, String... variables) throws IOException {
    Files.deleteIfExists(commands);
    Command command =
        Command.of("setsid", "--wait", root.resolve("step").toString())
            .with("BARESTACK_ROOT", root)
            .with("COMMANDS", commands)
            .with("PATH", bin + ":/usr/sbin:/usr/bin:/sbin:/bin");
    for (int i = 0; i < variables.length; i += 2) {
      command = command.with(variables[i], variables[i + 1]);
    }
    return command.run();
  }

  /** Every file with its mode, age and text. */
  private static Map<String, List<Object>> files(Path root) throws IOException {
    Map<String, List<Object>> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root.resolve("etc"))) {
      for (Path file : (Iterable<Path>) all::iterator) {
        files.put(
            root.relativize(file).toString(),
            List.of(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                Files.getLastModifiedTime(file),
                Files.isDirectory(file) ? "" : Files.readString(file)));
      }
    }
    return files;
  }

  /** All that a node of that name shall have, and nothing else. */
  private void check(Path root, String node) throws IOException {
    Path etc = root.resolve("etc/barestack");
    Map<String, String> wanted = new LinkedHashMap<>();
    bench.values(bench.node(node)).forEach((name, secret) -> wanted.put(name, secret.value()));
    Map<String, String> got = new LinkedHashMap<>();
    try (Stream<Path> all = Files.list(etc.resolve("secrets"))) {
      for (Path file : (Iterable<Path>) all::iterator) {
        got.put(file.getFileName().toString(), Files.readString(file));
        assertThat(mode(file)).isEqualTo("rw-------");
      }
    }
    assertThat(got).isEqualTo(wanted).isNotEmpty();
    assertThat(mode(etc.resolve("secrets"))).isEqualTo("rwx------");
    assertThat(mode(etc.resolve("node.key"))).isEqualTo("rw-------");
    assertThat(mode(etc.resolve("node.crt"))).isEqualTo("rw-------");
    assertThat(Files.readString(etc.resolve("node.key"))).startsWith("-----BEGIN PRIVATE KEY-----");
    SecretBench.run(
        "openssl", List.of("verify", "-CAfile", bench.ca + "", etc.resolve("node.crt") + ""));
    try (Stream<Path> all = Files.list(etc)) {
      assertThat(all.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("install", "ca.pem", "node.key", "node.crt", "secrets");
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /** Neither what it prints nor a command line of it shows a secret or the token. */
  private void checkSilence(String node, Result result) throws IOException {
    String shown = result.all() + (Files.exists(commands) ? Files.readString(commands) : "");
    bench
        .values(bench.node(node))
        .values()
        .forEach(secret ->
            assertThat(shown)
                .doesNotContain(secret.value())
                .doesNotContain(
                    Base64.getEncoder().encodeToString(secret.value().getBytes(UTF_8))));
    assertThat(shown).doesNotContain(token.secret());
  }

  @Test
  void onceAndTwice() throws IOException {
    Path root = machine("mgmt1", "mgmt1");
    Result first = run(root);
    assertThat(first.all()).isEqualTo("status 0\n");
    check(root, "mgmt1");
    checkSilence("mgmt1", first);
    Map<String, List<Object>> before = files(root);
    assertThat(run(root).all()).isEqualTo("status 0\n");
    assertThat(files(root)).isEqualTo(before);
    assertThat(bench.count("mgmt1", Kind.SECRETS_GRANTED)).isEqualTo(1);
  }

  /** The power goes before or after each program that it runs. */
  @Test
  void aPowerCutAnywhereIsNoDeadEnd() throws IOException {
    int cuts = 0;
    for (String when : List.of("CUT_BEFORE", "CUT_AFTER")) {
      boolean whole = false;
      for (int call = 1; !whole; call++) {
        Path root = machine(when + call, "kvm1");
        Result cut = run(root, when, Integer.toString(call));
        whole = cut.status() == 0;
        checkSilence("kvm1", cut);
        Path key = root.resolve("etc/barestack/node.key");
        String early = Files.exists(key) ? Files.readString(key) : "";
        Result again = run(root);
        assertThat(again.all()).as("%s %d", when, call).isEqualTo("status 0\n");
        check(root, "kvm1");
        assertThat(Files.readString(key)).startsWith(early);
        cuts += whole ? 0 : 1;
      }
    }
    assertThat(cuts).isGreaterThan(20);
    assertThat(bench.count("kvm1", Kind.SECRETS_FROZEN)).isZero();
  }

  @Test
  void anAnswerThatIsCutIsKnown() throws IOException {
    Path root = machine("kvm1", "kvm1");
    Path curl = bin.resolve("curl");
    String usual = Files.readString(curl);
    for (int octets : new int[] {1, 7, 40, 400}) {
      executable(
          curl,
          """
          #!/usr/bin/bash
          /usr/bin/curl "$@"
          truncate --size=-%d "$BARESTACK_ROOT/etc/barestack/secrets.new/answer"
          """
              .formatted(octets));
      Result cut = run(root);
      assertThat(cut.status()).as("without %d octets", octets).isEqualTo(1);
      assertThat(cut.errors()).contains("was cut off");
      assertThat(root.resolve("etc/barestack/secrets")).doesNotExist();
    }
    executable(curl, usual);
    assertThat(run(root).all()).isEqualTo("status 0\n");
    check(root, "kvm1");
  }

  @Test
  void eachRefusalIsInWords() throws IOException {
    Path root = machine("kvm1", "kvm1");
    Path etc = root.resolve("etc/barestack");
    Path thief = machine("thief", "kvm1");
    Files.copy(thief.resolve("etc/barestack/install"), etc.resolve("install"), REPLACE_EXISTING);
    assertThat(run(thief).status()).isZero();
    refused(
        root,
        "HTTP status 403",
        "is the second that asks in this install",
        "barestack reinstall kvm1 --wipe");
    refused(root, "two keys asked for the secrets of this install");
    bench.booting("kvm1");
    refused(root, "HTTP status 404", "no install is open here");

    executable(root.resolve("step"), step(1));
    refused(root, "https://127.0.0.1:1 does not answer", "--no-secrets");
    executable(root.resolve("step"), step(bench.server.address().getPort()));
    refused(root, "cannot be asked by TLS");

    bench.key("other", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
    executable(root.resolve("step"), step(bench.server.secureAddress().getPort()));
    Files.copy(folder.resolve("other.crt"), etc.resolve("ca.pem"), REPLACE_EXISTING);
    refused(root, "is not trusted", "made anew");
    Files.delete(etc.resolve("ca.pem"));
    refused(root, "the site had no secrets when this node was installed");
    Files.writeString(etc.resolve("install"), "node=kvm1\nbase_url=\ninstall_url=\n");
    refused(root, "its medium brought no secrets");
    assertThat(etc.resolve("secrets")).doesNotExist();
  }

  private void refused(Path root, String... words) throws IOException {
    Result result = run(root);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.all()).contains(words);
    checkSilence("kvm1", result);
  }

  @Test
  void withoutAServerWhatTheMediumBroughtIsEnough() throws IOException {
    Path root = machine("kvm1", "kvm1");
    assertThat(run(root).status()).isZero();
    Path install = root.resolve("etc/barestack/install");
    Files.writeString(install, "node=kvm1\nbase_url=\ninstall_url=\n");
    assertThat(run(root).all()).isEqualTo("status 0\n");
  }
}
