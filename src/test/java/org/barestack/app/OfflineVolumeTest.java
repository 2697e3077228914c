package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.barestack.secrets.SecretName;
import org.barestack.secrets.SiteSecrets;
import org.barestack.secrets.SiteSecrets.Answer;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.barestack.testing.SecretSearch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code build-iso --kind cidata --offline}, read by isoinfo and by what a node then runs. */
class OfflineVolumeTest {
  private static final String STEP = "/usr/libexec/barestack/firstboot.d/30-secrets";

  @TempDir private static Path site;
  private static Map<String, String> secrets = Map.of();

  @TempDir private Path folder;

  @BeforeAll
  static void aSiteWithSecrets() {
    Examples.copy("minimal", site);
    Barestack init = Barestack.run("secrets", "init", "-s", site + "", "--identity", identity());
    assertThat(init.status()).as(init.err()).isZero();
    SiteSecrets opened =
        ((Answer.Opened) SiteSecrets.open(site.resolve("secrets.age"), Path.of(identity())))
            .secrets();
    secrets = new HashMap<>();
    for (var name : SecretName.values()) {
      secrets.put(name.toString(), opened.value(name).value());
    }
  }

  private static String identity() {
    return site.resolve("identity").toString();
  }

  private Path iso() {
    return folder.resolve("node.iso");
  }

  private Barestack build(String node, String identity) {
    return Barestack.run(
        "build-iso",
        "--kind=cidata",
        "--offline",
        node,
        "--out=" + iso(),
        "--site=" + site,
        "--identity=" + identity);
  }

  private String inside(String name) {
    Result result = Command.of("isoinfo", "-R", "-i", iso().toString(), "-x", "/" + name).run();
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }

  /** Puts the files as cloud-init would. */
  private Path machine() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    for (JsonNode file : new YAMLMapper().readTree(inside("user-data")).path("write_files")) {
      Path there = root.resolve(file.path("path").asText().substring(1));
      Files.createDirectories(there.resolveSibling(""));
      Files.writeString(there, file.path("content").asText());
      Files.setAttribute(
          there, "unix:mode", Integer.parseInt(file.path("permissions").asText(), 8));
    }
    return root;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mgmt1 | database-root database-cloud database-key management-key admin-password"
            + " manager-ssh-key backup-key | 192.168.60.10",
        "kvm1 | agent-keystore | 192.168.60.11"
      })
  void theSecretsOfTheRoleAreInsideAndNoOthers(String node, String names, String address)
      throws IOException {
    List<String> own = List.of(names.split(" "));
    Barestack built = build(node, identity());

    assertThat(built.status()).as(built.toString()).isZero();
    assertThat(built.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith(iso() + ": a cidata volume for " + node),
            line ->
                assertThat(line)
                    .startsWith("Whoever has this file has these secrets: ")
                    .contains(own.stream().map(name -> "/etc/barestack/secrets/" + name).toList())
                    .endsWith("/etc/barestack/node.key, /etc/barestack/node.crt"));
    SecretSearch.of(secrets).in("what build-iso prints", built.out() + built.err());
    assertThat(ByCloudInit.mode(iso())).isEqualTo("0600");
    assertThat(inside("user-data")).doesNotContain("/install/", "http://192.168.60.5");
    assertThat(inside("meta-data")).contains("instance-id: \"bs", node + ".");
    try (Stream<Path> files = Files.walk(site)) {
      assertThat(files).as("no install is opened").noneMatch(file -> file.endsWith("journal.db"));
    }

    Path etc = machine().resolve("etc/barestack");
    try (Stream<Path> files = Files.list(etc.resolve("secrets"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(own);
    }
    for (String name : own) {
      Path file = etc.resolve("secrets").resolve(name);
      assertThat(Files.readString(file).equals(secrets.get(name))).as(name).isTrue();
      assertThat(ByCloudInit.mode(file)).as(name).isEqualTo("0600");
    }
    assertThat(ByCloudInit.mode(etc.resolve("node.key"))).isEqualTo("0600");
    Map<String, String> others = new HashMap<>(secrets);
    others.keySet().removeAll(own);
    SecretSearch.of(others).in(iso().toString(), Files.readAllBytes(iso()));
    Result trusted =
        Command.of(
                "openssl",
                "verify",
                "-CAfile",
                etc.resolve("ca.pem").toString(),
                "-verify_ip",
                address,
                etc.resolve("node.crt").toString())
            .run();
    assertThat(trusted.status()).as(trusted.all()).isZero();
    assertThat(openssl("pkey", "-pubout", "-in", etc.resolve("node.key")))
        .isEqualTo(openssl("x509", "-noout", "-pubkey", "-in", etc.resolve("node.crt")));
  }

  private static String openssl(Object... words) {
    Result result =
        Command.of(
                Stream.concat(Stream.of("openssl"), Stream.of(words).map(Object::toString))
                    .toArray(String[]::new))
            .run();
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }

  /** It may run rm and nothing else, so it asks nobody. */
  @Test
  void theStepForSecretsIsContentWithWhatIsThere() throws IOException {
    build("mgmt1", identity());
    Path root = machine();
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("rm"), Path.of("/usr/bin/rm"));
    Map<Path, FileTime> before = times(root);

    assertThat(step(root, bin).all()).isEqualTo("status 0\n");
    assertThat(times(root)).isEqualTo(before);

    Files.delete(root.resolve("etc/barestack/node.crt"));
    Result lacking = step(root, bin);
    assertThat(lacking.status()).isEqualTo(1);
    assertThat(lacking.errors())
        .contains("installed without a server", "node.key and node.crt must be there");
  }

  private static Result step(Path root, Path bin) {
    return Command.of("/usr/bin/bash", root + STEP)
        .with("BARESTACK_ROOT", root)
        .with("PATH", bin)
        .run();
  }

  private static Map<Path, FileTime> times(Path root) throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  @Test
  void whoCannotOpenTheSecretsGetsNoVolume() throws IOException {
    String other = folder.resolve("other").toString();
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Examples.copy("minimal", elsewhere);
    Barestack.run("secrets", "init", "-s", elsewhere + "", "--identity", other);

    Barestack refused = build("mgmt1", other);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains(site + "/secrets.age");
    assertThat(iso()).doesNotExist();
  }
}
