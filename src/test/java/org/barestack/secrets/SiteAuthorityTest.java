package org.barestack.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.barestack.model.Ipv4;
import org.barestack.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteAuthorityTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
  private static final Ipv4 LOOPBACK = Ipv4.parse("127.0.0.1");
  private static final SiteSecrets SECRETS =
      SiteSecrets.make(
          List.of("age1cmmxy6rtkp02fzuwtudqw8vfjp8r8hd232jkrst08ke4k8appqeqagr397"),
          RANDOM,
          () -> NOW);
  private static final SiteAuthority AUTHORITY = SECRETS.authority(RANDOM, () -> NOW);

  @TempDir Path folder;

  private static X509Certificate issued() {
    return AUTHORITY.issue(
        Keys.ec(RANDOM).getPublic(), "kvm1.lab.internal", "kvm1", Ipv4.parse("192.168.50.11"));
  }

  private static NodeKey derived(SiteAuthority authority, String... words) {
    return NodeKey.derived(
        authority,
        "kvm1.lab.internal",
        "kvm1",
        Ipv4.parse("192.168.50.11"),
        authority.derived(words));
  }

  /** Whatever the day: another clock, another random generator. */
  @Test
  void whatIsDerivedIsTheSameForTheSameWords() throws Exception {
    SiteAuthority later = SECRETS.authority(new SecureRandom(), () -> NOW.plusSeconds(99_999_999));
    NodeKey one = derived(AUTHORITY, "medium", "key", "lab", "kvm1", "1");
    NodeKey again = derived(later, "medium", "key", "lab", "kvm1", "1");
    assertThat(again.certificate()).isEqualTo(one.certificate());
    assertThat(again.key().value().equals(one.key().value())).isTrue();
    X509Certificate certificate = parse(one.certificate());
    certificate.verify(parse(AUTHORITY.certificate()).getPublicKey());
    assertThat(certificate.getNotBefore()).isEqualTo(parse(AUTHORITY.certificate()).getNotBefore());
    assertThat(certificate.getNotAfter()).isEqualTo(parse(AUTHORITY.certificate()).getNotAfter());
    for (String[] other :
        new String[][] {
          {"medium", "key", "lab", "kvm1", "2"},
          {"medium", "key", "lab", "kvm11", ""},
          {"medium", "key", "labkvm1", "", "1"}
        }) {
      NodeKey another = derived(AUTHORITY, other);
      assertThat(another.key().value().equals(one.key().value())).isFalse();
    }
    SiteAuthority stranger =
        SiteSecrets.make(List.of(), RANDOM, () -> NOW).authority(RANDOM, () -> NOW);
    assertThat(
            derived(stranger, "medium", "key", "lab", "kvm1", "1")
                .key()
                .value()
                .equals(one.key().value()))
        .isFalse();
  }

  /** Computed by Python's hmac and hashlib, by RFC 5869 and RFC 2104. */
  @Test
  void derivedOctetsAreHkdfAndACounter() {
    byte[] octets = new byte[40];
    DerivedRandom.of("secret".getBytes(StandardCharsets.US_ASCII), "a", "bc").nextBytes(octets);
    assertThat(HexFormat.of().formatHex(octets))
        .isEqualTo(
            "47bd5d1c79121b29c43933d8f51fbab5fc2836d3251366e38db9089094811ba9fd168f4fb8814fa6");
  }

  private static X509Certificate parse(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "as a server | -purpose sslserver                     | 0",
        "as a client | -purpose sslclient                     | 0",
        "fqdn        | -verify_hostname kvm1.lab.internal     | 0",
        "short name  | -verify_hostname kvm1                  | 0",
        "address     | -verify_ip 192.168.50.11               | 0",
        "strictly    | -x509_strict                           | 0",
        "another name| -verify_hostname kvm2                  | 2",
        "another address | -verify_ip 192.168.50.12           | 2",
        "as a signer | -purpose smimesign                     | 2",
      })
  void opensslTakesANodesCertificate(String name, String option, int status) throws IOException {
    Path ca = Files.writeString(folder.resolve("ca.pem"), AUTHORITY.certificate());
    Path node = Files.writeString(folder.resolve("node.crt"), SiteAuthority.pem(issued()));
    String[] words =
        Stream.of(
                Stream.of("openssl", "verify", "-CAfile", ca.toString()),
                Stream.of("-attime", Long.toString(NOW.getEpochSecond())),
                Stream.of(option.split(" ", -1)),
                Stream.of(node.toString()))
            .flatMap(part -> part)
            .toArray(String[]::new);
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(result.all()).isEqualTo(status);
  }

  @Test
  void aCertificateBeginsADayBackAndEndsWithTheAuthority() throws Exception {
    X509Certificate ca = parse(AUTHORITY.certificate());
    assertThat(ca.getNotBefore().toInstant()).isEqualTo("2026-11-21T20:00:00Z");
    assertThat(ca.getNotAfter().toInstant()).isEqualTo("2046-11-21T20:00:00Z");
    assertThat(ca.getBasicConstraints()).isZero();
    X509Certificate node = issued();
    assertThat(node.getNotBefore().toInstant()).isEqualTo("2026-11-21T20:00:00Z");
    assertThat(node.getNotAfter()).isEqualTo(ca.getNotAfter());
    assertThat(node.getBasicConstraints()).isEqualTo(-1);
    assertThat(node.getSerialNumber()).isPositive().isNotEqualTo(issued().getSerialNumber());
    assertThat(node.getSerialNumber().bitLength()).isLessThanOrEqualTo(159);
    node.verify(ca.getPublicKey());
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "Ed25519, 255"})
  void aKeyOfAnotherKindIsRefused(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    KeyPair pair = generator.generateKeyPair();
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> AUTHORITY.issue(pair.getPublic(), "a.b", "a", LOOPBACK))
        .withMessageContaining("elliptic one of 256 bits");
  }

  @Test
  void whoKnowsTheAuthorityKnowsTheServer() throws Exception {
    assertThat(greeting(SECRETS, AUTHORITY.certificate())).isEqualTo('!');
  }

  @Test
  void whoKnowsAnotherAuthorityDoesNot() {
    String other =
        SiteSecrets.make(SECRETS.recipients(), RANDOM, Instant::now).authority().certificate();
    assertThatExceptionOfType(SSLException.class).isThrownBy(() -> greeting(SECRETS, other));
  }

  /** One octet by TLS 1.3, from a server of that site to a client that knows one authority. */
  private static int greeting(SiteSecrets site, String known) throws Exception {
    SSLContext ours = site.authority().server(LOOPBACK);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", parse(known));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext theirs = SSLContext.getInstance("TLSv1.3");
    theirs.init(null, trust.getTrustManagers(), null);
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    try (SSLServerSocket server =
        (SSLServerSocket) ours.getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(() -> {
            try (var socket = server.accept()) {
              socket.getOutputStream().write('!');
            } catch (IOException e) {
              // the client hung up, which is for it to say
            }
          });
      try (SSLSocket client =
          (SSLSocket) theirs.getSocketFactory().createSocket(loopback, server.getLocalPort())) {
        SSLParameters parameters = client.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        client.setSSLParameters(parameters);
        return client.getInputStream().read();
      } finally {
        served.join();
      }
    }
  }
}
