package org.barestack.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Token;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Secrets by TLS, asked for with the real curl and keys of the real openssl. */
@Timeout(120)
class SecretHandoutTest {
  private static final String[] P256 = {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"};

  @TempDir Path folder;
  private SecretBench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new SecretBench(folder);
    bench.key("first", P256);
    bench.key("second", P256);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  /** Status and body, or curl's own exit status in place of the first. */
  private record Got(String status, String body) {}

  private Got curl(String url, String... more) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "curl",
                "--silent",
                "--noproxy",
                "*",
                "--max-time",
                "50",
                "--output",
                folder + "/body",
                "--write-out",
                "%{http_code}"));
    line.addAll(List.of(more));
    line.add(url);
    Files.deleteIfExists(folder.resolve("body"));
    Result result = Command.of(line.toArray(String[]::new)).run();
    return result.status() != 0
        ? new Got("curl " + result.status(), "")
        : new Got(result.output(), Files.readString(folder.resolve("body")));
  }

  private Got ask(String key, Token token) throws IOException {
    return askAt(bench.url(path(token)), key);
  }

  private Got askAt(String url, String key) throws IOException {
    return curl(
        url,
        "--data",
        "node=any",
        "--cacert",
        bench.ca.toString(),
        "--cert",
        folder + "/" + key + ".crt",
        "--key",
        folder + "/" + key + ".key");
  }

  private static String path(Token token) {
    return "/install/" + token.secret() + "/secrets";
  }

  private static Map<String, String> parse(String body) {
    List<String> lines = body.lines().toList();
    assertThat(lines.getLast()).isEqualTo("end " + (lines.size() - 1));
    Map<String, String> values = new HashMap<>();
    for (String line : lines.subList(0, lines.size() - 1)) {
      String[] both = line.split(" ", -1);
      assertThat(both).hasSize(2);
      values.put(both[0], new String(Base64.getDecoder().decode(both[1]), UTF_8));
    }
    return values;
  }

  static final List<String> NODES = SecretBench.NODES;

  @ParameterizedTest
  @FieldSource("NODES")
  void aNodeGetsTheSecretsOfItsRoleAndACertificate(String name) throws Exception {
    Got got = ask("first", bench.installed(name));
    assertThat(got.status()).isEqualTo("200");
    Map<String, String> values = parse(got.body());
    Path certificate = Files.writeString(folder.resolve("node.crt"), values.remove("certificate"));
    Map<String, String> wanted = new HashMap<>();
    bench.values(bench.node(name)).forEach((key, secret) -> wanted.put(key, secret.value()));
    assertThat(values).isEqualTo(wanted).isNotEmpty();
    for (String[] who :
        new String[][] {
          {"-verify_hostname", name},
          {"-verify_hostname", name + ".lab.example"},
          {"-verify_ip", bench.node(name).address().toString()}
        }) {
      assertThat(
              SecretBench.run(
                      "openssl",
                      List.of("verify", "-CAfile", bench.ca + ""),
                      who[0],
                      who[1],
                      certificate + "")
                  .output())
          .isEqualTo(certificate + ": OK\n");
    }
    assertThat(
            SecretBench.run(
                    "openssl", List.of("x509", "-noout", "-pubkey", "-in", certificate + ""))
                .output())
        .isEqualTo(
            SecretBench.run("openssl", List.of("pkey", "-pubout", "-in", folder + "/first.key"))
                .output());
  }

  @Test
  void theSameKeyGetsThemAgainAfterItsAnswerWasCut() throws Exception {
    Token token = bench.installed("kvm1");
    for (int octets : new int[] {0, 1, 40}) {
      cutAfter(token, octets);
    }
    Got got = ask("first", token);
    assertThat(got.status()).isEqualTo("200");
    parse(got.body());
    assertThat(bench.count("kvm1", Kind.SECRETS_GRANTED)).isEqualTo(4);
  }

  /** Asks with the first key, and is gone after so many octets of the answer. */
  private void cutAfter(Token token, int octets) throws Exception {
    Process client =
        Command.of(
                "openssl",
                "s_client",
                "-quiet",
                "-connect",
                "127.0.0.1:" + bench.server.secureAddress().getPort(),
                "-cert",
                folder + "/first.crt",
                "-key",
                folder + "/first.key")
            .start();
    long before = bench.count("kvm1", Kind.SECRETS_GRANTED);
    OutputStream out = client.getOutputStream();
    out.write(
        ("POST "
                + path(token)
                + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: 8\r\n\r\nnode=any")
            .getBytes(UTF_8));
    out.flush();
    if (octets > 0) {
      assertThat(client.getInputStream().readNBytes(octets)).hasSize(octets);
    } else {
      bench.bench.journal.await(event -> bench.count("kvm1", Kind.SECRETS_GRANTED) > before);
    }
    client.destroyForcibly();
    assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aSecondKeyFreezesBoth() throws IOException {
    Token token = bench.installed("kvm1");
    try (Requests.Log log = new Requests.Log()) {
      assertThat(ask("first", token).status()).isEqualTo("200");
      Got second = ask("second", token);
      assertThat(second.status()).isEqualTo("403");
      assertThat(second.body())
          .contains("is the second that asks", "barestack reinstall kvm1 --wipe");
      assertThat(log.lines()).anyMatch(line -> line.startsWith("ALARM: kvm1: 127.0.0.1 asks"));
      assertThat(ask("first", token).status()).isEqualTo("403");
      assertThat(ask("second", token).status()).isEqualTo("403");
    }
    assertThat(bench.count("kvm1", Kind.SECRETS_GRANTED)).isEqualTo(1);
    assertThat(bench.count("kvm1", Kind.SECRETS_FROZEN)).isEqualTo(1);
    assertThat(bench.bench.desk.state(new NodeName("kvm1")).frozen()).isTrue();
    assertThat(ask("second", bench.installed("kvm1")).status()).isEqualTo("200");
  }

  @Test
  void whenItIsReadyNobodyGetsThem() throws IOException {
    Token token = bench.installed("kvm1");
    assertThat(ask("first", token).status()).isEqualTo("200");
    bench.bench.desk.report(token, Kind.CONFIGURED, Map.of());
    bench.bench.desk.report(token, Kind.READY, Map.of());
    assertThat(ask("first", token))
        .returns("403", Got::status)
        .extracting(Got::body)
        .asString()
        .contains("is ready");
    assertThat(ask("second", token).status()).isEqualTo("403");
    assertThat(bench.count("kvm1", Kind.SECRETS_FROZEN)).isZero();
  }

  /** Nobody makes a node ready, or binds a key, by what a node may report. */
  @ParameterizedTest
  @CsvSource({
    "ready",
    "cloud-waits",
    "cloud-applied",
    "secrets-granted",
    "secrets-frozen",
    "READY",
    "SECRETS_GRANTED"
  })
  void noNodeReportsIt(String kind) throws IOException {
    Token token = bench.installed("kvm1");
    String url = bench.plainUrl("/install/" + token.secret() + "/event");
    assertThat(curl(url, "--data", "kind=" + kind + "&key=" + "a".repeat(64)).status())
        .isEqualTo("400");
    assertThat(ask("first", token).status()).isEqualTo("200");
  }

  @Test
  void withoutTlsNothingIsHandedOutAndNothingBound() throws IOException {
    Token token = bench.installed("kvm1");
    Got got = askAt(bench.plainUrl(path(token)), "second");
    assertThat(got.status()).isEqualTo("403");
    assertThat(got.body()).contains("secrets go only over TLS");
    // the scheme that a client writes into its request is not taken for TLS
    assertThat(
            curl(
                    bench.plainUrl("/"),
                    "--data",
                    "node=any",
                    "--request-target",
                    bench.url(path(token)))
                .status())
        .isNotEqualTo("200");
    assertThat(bench.count("kvm1", Kind.SECRETS_GRANTED)).isZero();
    assertThat(ask("first", token).status()).isEqualTo("200");
  }

  @Test
  void whoShowsNoKeyOrAnotherKindGetsNothing() throws IOException {
    Token token = bench.installed("kvm1");
    Got none = curl(bench.url(path(token)), "--data", "node=any", "--cacert", bench.ca.toString());
    assertThat(none.status()).isEqualTo("403");
    assertThat(none.body()).contains("a certificate of its own key");
    bench.key("rsa", "-algorithm", "RSA");
    assertThat(ask("rsa", token))
        .isEqualTo(new Got("403", "a node's key is an elliptic one of 256 bits\n"));
    assertThat(bench.count("kvm1", Kind.SECRETS_GRANTED)).isZero();
    assertThat(ask("first", token).status()).isEqualTo("200");
  }

  @Test
  void aTokenThatOpensNothingGetsNothing() throws IOException {
    Token old = bench.installed("kvm1");
    bench.booting("kvm1");
    assertThat(ask("first", old).status()).isEqualTo("404");
    assertThat(ask("first", new Token("0".repeat(32))).status()).isEqualTo("404");
    assertThat(askAt(bench.url("/install/none/secrets"), "first").status()).isEqualTo("404");
  }

  @Test
  void beforeTheInstallerHasFinishedThereAreNone() throws IOException {
    Got got = ask("first", bench.booting("kvm1"));
    assertThat(got.status()).isEqualTo("409");
    assertThat(got.body()).contains("it is booting");
    assertThat(bench.count("kvm1", Kind.SECRETS_GRANTED)).isZero();
  }

  /** 60: the certificate is not known. 35: no common version of TLS. */
  @Test
  void curlTrustsNobodyElseAndNoOldTlsIsSpoken() throws IOException {
    Token token = bench.installed("kvm1");
    String url = bench.url(path(token));
    assertThat(curl(url, "--data", "a=b", "--cacert", folder + "/second.crt").status())
        .isEqualTo("curl 60");
    String named = url.replace("127.0.0.1", "localhost");
    assertThat(curl(named, "--data", "a=b", "--cacert", bench.ca.toString()).status())
        .isEqualTo("curl 60");
    assertThat(curl(url, "--data", "a=b", "--insecure", "--tls-max", "1.2").status())
        .isEqualTo("curl 35");
    assertThat(bench.count("kvm1", Kind.SECRETS_GRANTED)).isZero();
  }

  @Test
  void whatElseNodesAskIsAnsweredByTlsToo() throws IOException {
    String ca = bench.ca.toString();
    assertThat(curl(bench.url("/boot.ipxe"), "--cacert", ca))
        .isEqualTo(new Got("200", "#!ipxe entry\n"));
    assertThat(curl(bench.url(path(bench.installed("kvm1"))), "--cacert", ca).status())
        .isEqualTo("405");
  }

  @Test
  void noSecretIsInLogOrJournal() throws IOException {
    Token token = bench.installed("mgmt1");
    List<String> lines;
    try (Requests.Log log = new Requests.Log()) {
      ask("first", token);
      ask("second", token);
      lines = log.lines();
    }
    assertThat(lines).hasSizeGreaterThan(1);
    String told = lines + bench.bench.journal.since(0).toString();
    bench
        .values(bench.node("mgmt1"))
        .forEach((name, secret) ->
            assertThat(told)
                .doesNotContain(secret.value())
                .doesNotContain(
                    Base64.getEncoder().encodeToString(secret.value().getBytes(UTF_8))));
    assertThat(told).doesNotContain(token.secret());
  }

  /** A connection that says nothing, or speaks no TLS, does not stay. */
  @ParameterizedTest
  @CsvSource({"''", "GET / HTTP/1.0"})
  void whoSpeaksNoTlsIsLetGo(String text) throws IOException {
    Duration soon = Duration.ofMillis(500);
    HttpServer.Patience patience =
        new HttpServer.Patience(soon, soon, soon, soon, soon, Duration.ofMillis(10));
    Path other = Files.createDirectory(folder.resolve("other"));
    try (SecretBench impatient = new SecretBench(other, patience);
        Socket socket =
            new Socket(
                InetAddress.getLoopbackAddress(), impatient.server.secureAddress().getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(text.getBytes(UTF_8));
      assertThat(socket.getInputStream().readAllBytes().length).isLessThan(100);
    }
  }
}
