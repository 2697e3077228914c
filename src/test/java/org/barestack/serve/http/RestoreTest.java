package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.barestack.journal.RestoreFiles;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.RestoreFile;
import org.barestack.model.Site;
import org.barestack.model.Token;
import org.barestack.render.Renderer;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.barestack.testing.Trusts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A backup that was handed over: the route by curl, and the step 54-restore against the real
 * server, in a mount namespace with a node's /etc, /usr/libexec and /var/lib.
 */
@Timeout(300)
class RestoreTest {
  private static final NodeName MGMT1 = new NodeName("mgmt1");

  @TempDir Path folder;
  private SecretBench bench;
  private Path file;
  private Path root;

  @BeforeEach
  void start() throws IOException {
    bench = new SecretBench(folder);
    byte[] content = new byte[3_000_000];
    new Random(3).nextBytes(content);
    file = Files.write(folder.resolve("lab-mgmt1.cms"), content);
    root = folder.resolve("node");
    for (String part : List.of("etc/barestack", "usr/libexec", "var/lib")) {
      Files.createDirectories(root.resolve(part));
    }
    Files.copy(bench.ca, root.resolve("etc/barestack/ca.pem"));
    Site site = Examples.site("lab");
    for (var one : new Renderer(List.of()).files(site, mgmt())) {
      if (one.path().matches("/usr/libexec/barestack/(management.bash|firstboot.d/54-restore)")) {
        Path path = root.resolve(one.path().substring(1));
        Files.createDirectories(path.getParent());
        Files.writeString(path, one.text().replace(site.secureUrl().toString(), bench.url("")));
      }
    }
  }

  private static org.barestack.model.Node mgmt() {
    return Examples.site("lab").managementNode();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private RestoreFile kept() throws IOException {
    return bench.bench.backups.keep(MGMT1, file);
  }

  private Path place(RestoreFile kept) {
    return folder.resolve("restore/mgmt1/" + kept.sha256() + ".cms");
  }

  private String url(Token token) {
    return bench.url("/install/" + token.secret() + "/restore");
  }

  /** The status; what came is in {@code got}. */
  private String curl(Token token, String... options) throws IOException {
    Files.deleteIfExists(folder.resolve("got"));
    return SecretBench.run(
            "curl",
            List.of(
                "--silent",
                "--noproxy",
                "*",
                "--cacert",
                bench.ca.toString(),
                "--output",
                folder + "/got"),
            java.util.stream.Stream.concat(
                    java.util.stream.Stream.of(options),
                    java.util.stream.Stream.of("--write-out", "%{http_code}", url(token)))
                .toArray(String[]::new))
        .output();
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("got"));
  }

  // the route

  @Test
  void goesToItsNodeAndIsRecorded() throws Exception {
    Token token = bench.installed("mgmt1", kept());
    assertThat(curl(token)).isEqualTo("200");
    assertThat(folder.resolve("got")).hasSameBinaryContentAs(file);
    assertThat(bench.bench.journal.await(event -> event.kind() == Kind.FETCHED).detail())
        .isEqualTo(Map.of("file", "restore.cms", "bytes", "3000000"));
    assertThat(curl(token, "--range", "10-19")).isEqualTo("206");
    assertThat(Files.size(folder.resolve("got"))).isEqualTo(10);
    assertThat(curl(token, "--request", "POST")).isEqualTo("405");
  }

  @Test
  void goesToNoOtherNode() throws IOException {
    kept();
    Token other = bench.installed("kvm1");
    Token token = bench.installed("mgmt1", kept());
    assertThat(curl(other)).isEqualTo("204");
    assertThat(curl(new Token("0".repeat(32)))).isEqualTo("404");
    assertThat(said()).isEqualTo("no install is open here\n");
    assertThat(curl(token)).isEqualTo("200");
  }

  @Test
  void onlyWhatTheOrderOfThisInstallNamed() throws IOException {
    RestoreFile kept = kept();
    assertThat(curl(bench.installed("mgmt1"))).isEqualTo("204");
    Token token = bench.installed("mgmt1", kept);
    // an order that is not finished: its file is there, and no event names it
    Files.writeString(file, "a newer one");
    bench.bench.backups.keep(MGMT1, file);
    assertThat(curl(token)).isEqualTo("200");
    assertThat(Files.size(folder.resolve("got"))).isEqualTo(3_000_000);
    // ordered anew, the old token opens nothing
    bench.bench.desk.reinstall(MGMT1, List.of(), kept);
    assertThat(curl(token)).isEqualTo("404");
  }

  @ParameterizedTest
  @ValueSource(strings = {"changed", "longer", "gone", "link to a folder"})
  void isNothingElseThanWhatWasHandedOver(String what) throws IOException {
    RestoreFile kept = kept();
    Token token = bench.installed("mgmt1", kept);
    Path place = place(kept);
    byte[] content = Files.readAllBytes(place);
    switch (what) {
      case "changed" -> {
        content[2_000_000]++;
        Files.write(place, content);
      }
      case "longer" -> Files.writeString(place, "x", java.nio.file.StandardOpenOption.APPEND);
      case "gone" -> Files.delete(place);
      default -> {
        Files.delete(place);
        Files.createSymbolicLink(place, folder);
      }
    }
    assertThat(curl(token)).isEqualTo("409");
    assertThat(said())
        .isEqualTo(
            "the backup lab-mgmt1.cms that was handed over is not there any more, or was changed;"
                + " hand it over anew: barestack rebuild mgmt1 --restore FILE\n");
  }

  @Test
  void isSpentWhenAllStepsAreDone() throws IOException {
    RestoreFile kept = kept();
    Token token = bench.installed("mgmt1", kept);
    bench.bench.desk.report(token, Kind.STEP_FINISHED, Map.of("step", "90-backup"));
    assertThat(curl(token)).isEqualTo("200");
    bench.bench.desk.report(token, Kind.CONFIGURED, Map.of());
    assertThat(curl(token)).isEqualTo("409");
    assertThat(said()).contains("is spent");
    bench.bench.desk.report(token, Kind.STEP_STARTED, Map.of("step", "54-restore"));
    assertThat(curl(token)).isEqualTo("409");
    assertThat(place(kept)).exists();
  }

  @Test
  void goesOnlyOverTls() throws IOException {
    Token token = bench.installed("mgmt1", kept());
    String plain = bench.plainUrl("/install/" + token.secret() + "/restore");
    assertThat(Command.of("curl", "--silent", "--noproxy", "*", plain).run().all())
        .isEqualTo("status 0\nbackups go only over TLS, by the port provisioning.https_port\n");
    assertThat(curl(token)).isEqualTo("200");
  }

  // the step

  private Result step(Token token) throws IOException {
    String plain = bench.plainUrl("");
    return step("base_url=" + plain + "\ninstall_url=" + plain + "/install/" + token.secret());
  }

  private Result step(String install) throws IOException {
    Files.writeString(root.resolve("etc/barestack/install"), install + "\n");
    return Command.of(
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "bash",
            "-euc",
            "for each in etc usr/libexec var/lib; do mount --bind \"$0/$each\" \"/$each\"; done;"
                + " exec bash /usr/libexec/barestack/firstboot.d/54-restore",
            root.toString())
        .run();
  }

  private Path got() {
    return root.resolve("var/lib/barestack/restore.cms");
  }

  private void nothingIsThere() {
    assertThat(got()).doesNotExist();
  }

  @Test
  void theStepTakesWhatIsThereOnce() throws IOException {
    Token token = bench.installed("mgmt1", kept());
    assertThat(step(token).all()).isEqualTo("status 0\n");
    assertThat(got()).hasSameBinaryContentAs(file);
    var modified = Files.getLastModifiedTime(got());
    assertThat(step(token).all()).isEqualTo("status 0\n");
    assertThat(Files.getLastModifiedTime(got())).isEqualTo(modified);
    // loaded, and run again
    Files.delete(got());
    Files.writeString(got().resolveSibling("restored"), "its digest");
    assertThat(step(token).all()).isEqualTo("status 0\n");
    nothingIsThere();
  }

  @Test
  void theStepGoesOnWhereNothingWasHandedOver() throws IOException {
    assertThat(step(bench.installed("mgmt1")).all()).isEqualTo("status 0\n");
    nothingIsThere();
    assertThat(got().resolveSibling("restore.cms.new")).doesNotExist();
    assertThat(step("install_url=").all()).isEqualTo("status 0\n");
    nothingIsThere();
  }

  @Test
  void theStepGoesOnWithNothingElse() throws IOException {
    refused(step(new Token("0".repeat(32))), "does not know this install any more", "by hand");
    RestoreFile kept = kept();
    Token token = bench.installed("mgmt1", kept);
    Files.delete(place(kept));
    refused(step(token), "answered 409", "hand it over anew: barestack rebuild mgmt1");
    kept();
    bench.bench.desk.report(token, Kind.CONFIGURED, Map.of());
    refused(step(token), "answered 409", "is spent");
    Path ca = root.resolve("etc/barestack/ca.pem");
    Files.writeString(ca, Trusts.example().ca());
    refused(step(token), "is not trusted", "made anew");
    Files.copy(bench.ca, ca, StandardCopyOption.REPLACE_EXISTING);
    assertThat(step(bench.installed("mgmt1", kept)).status()).isZero();
    assertThat(got()).hasSameBinaryContentAs(file);
    Files.delete(got());
    bench.server.close();
    refused(step(token), "did not say whether there is a backup");
  }

  private void refused(Result result, String... words) {
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.errors()).contains(words);
    nothingIsThere();
  }

  @Test
  void onlyTheManagementNodeHasThisStep() {
    for (var node : Examples.site("lab").nodes()) {
      assertThat(new Renderer(List.of()).files(Examples.site("lab"), node))
          .filteredOn(one -> one.text().contains("/restore\\\""))
          .hasSize(node.equals(mgmt()) ? 1 : 0);
    }
    assertThat(
            new RestoreFiles(folder.resolve("none"))
                .find(MGMT1, new RestoreFile("", 0, "0".repeat(64))))
        .isEmpty();
  }
}
