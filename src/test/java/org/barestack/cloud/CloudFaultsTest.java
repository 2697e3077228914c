package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.cloud.Credentials.ApiKeys;
import org.barestack.cloud.RawServer.Asked;
import org.barestack.model.Ipv4;
import org.barestack.model.Secret;
import org.barestack.secrets.FreshSecrets;
import org.barestack.secrets.SiteAuthority;
import org.barestack.testing.Trusts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers may do other than CloudStack: each is a fault with clear words. */
class CloudFaultsTest {
  private static final Credentials KEYS =
      new Credentials(
          "admin",
          new Secret(""),
          new ApiKeys(new Secret("api-key-1"), new Secret("secret-key-1")));
  private static final Deadlines PATIENT =
      new Deadlines(
          Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(60), Map.of(), Duration.ZERO);
  private static final Call READ = Call.of("listZones");
  private static final Call CHANGE = Call.of("createZone", "name", "zone1");
  private static final Ipv4 LOOPBACK = Ipv4.parse("127.0.0.1");

  /**
   * A server and what is said of it.
   *
   * @param type of the fault
   * @param text its words, or a part of them; PORT is the server's
   */
  record Row(
      String name, Function<Asked, String> answer, Class<? extends Fault> type, String text) {
    Row(String name, String answer, Class<? extends Fault> type, String text) {
      this(name, _ -> answer, type, text);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Row> table() {
    return Stream.of(
        new Row(
            "a refusal under the command's own name",
            RawServer.json(
                431,
                "{\"createzoneresponse\":{\"uuidList\":[],\"errorcode\":431,\"cserrorcode\":4350,"
                    + "\"errortext\":\"A zone with that name already exists.\"}}"),
            Fault.Refused.class,
            "createZone: CloudStack says 431: A zone with that name already exists."),
        new Row(
            "a refusal under errorresponse",
            RawServer.json(530, "{\"errorresponse\":{\"errorcode\":530,\"errortext\":\"No.\"}}"),
            Fault.Refused.class,
            "createZone: CloudStack says 530: No."),
        new Row(
            "a refusal without a reason",
            RawServer.json(530, "{\"createzoneresponse\":{\"errorcode\":530}}"),
            Fault.Refused.class,
            "createZone: CloudStack says 530: (no reason given)"),
        new Row(
            "a refusal that repeats a secret and steers a terminal",
            RawServer.json(
                431,
                "{\"errorresponse\":{\"errorcode\":431,\"errortext\":\"bad"
                    + " secret-key-1\\u001b[2J\\nof api-key-1\"}}"),
            Fault.Refused.class,
            "createZone: CloudStack says 431: bad …?[2J of …"),
        new Row(
            "503 with a page of Jetty's",
            RawServer.http(503, "text/html", "<html>Service Unavailable</html>"),
            Fault.Starting.class,
            "createZone: CloudStack is starting (503)"),
        new Row(
            "503 with nothing",
            RawServer.http(503, "text/html", ""),
            Fault.Starting.class,
            "createZone: CloudStack is starting (503)"),
        new Row(
            "a proxy's page",
            RawServer.http(502, "text/html", "<html>\t<h1>Bad Gateway</h1>"),
            Fault.Unexpected.class,
            "createZone: that is no answer of CloudStack: HTTP 502, text/html: <html> <h1>Bad"
                + " Gateway</h1>"),
        new Row(
            "a page with 200",
            RawServer.http(200, "text/html", "<!DOCTYPE html>"),
            Fault.Unexpected.class,
            "createZone: that is no answer of CloudStack: HTTP 200, text/html: <!DOCTYPE html>"),
        new Row(
            "no body",
            RawServer.json(200, ""),
            Fault.Unexpected.class,
            "createZone: that is no answer of CloudStack: HTTP 200, with nothing in it"),
        new Row(
            "JSON that was cut off",
            RawServer.json(200, "{\"createzoneresponse\":{\"zone\":{\"id\":"),
            Fault.Unexpected.class,
            "createZone: that is no answer of CloudStack: HTTP 200, application/json;"
                + " charset=UTF-8: {\"createzoneresponse\":{\"zone\":{\"id\":"),
        new Row(
            "a body that was cut off",
            "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"createzoneresponse\"",
            Fault.NotReached.class,
            "; it may have been carried out all the same"),
        new Row(
            "JSON of another service",
            RawServer.json(200, "{\"status\":\"ok\"}"),
            Fault.Unexpected.class,
            "{\"status\":\"ok\"}"),
        new Row(
            "JSON that is no object",
            RawServer.json(200, "[1,2]"),
            Fault.Unexpected.class,
            "charset=UTF-8: [1,2]"),
        new Row(
            "an error status with a good body",
            RawServer.json(404, "{\"createzoneresponse\":{}}"),
            Fault.Unexpected.class,
            "createZone: that is no answer of CloudStack: HTTP 404 without an errorcode"),
        new Row(
            "a redirection",
            RawServer.http(302, "text/html", "")
                .replace("Connection", "Location: https://elsewhere/login?key=1\r\nConnection"),
            Fault.Unexpected.class,
            "createZone: that is no answer of CloudStack: HTTP 302, a redirection to"
                + " https://elsewhere/login"),
        new Row(
            "an answer without an end",
            _ -> RawServer.json(200, "x".repeat((32 << 20) + 1)),
            Fault.Unexpected.class,
            "127.0.0.1:PORT: an answer of more than 32 MiB"),
        new Row(
            "another protocol",
            "SSH-2.0-OpenSSH_9.9\r\n\r\n",
            Fault.Unexpected.class,
            "127.0.0.1:PORT: it does not speak HTTP"),
        new Row(
            "nothing, and the connection ends",
            "",
            Fault.NotReached.class,
            "; it may have been carried out all the same"));
  }

  @ParameterizedTest
  @MethodSource("table")
  void everyBadAnswerIsAFault(Row row) {
    try (RawServer server = RawServer.plain(row.answer());
        CloudClient client = client(server.uri(), null)) {
      CloudException thrown = fault(client, CHANGE);
      assertThat(thrown.fault()).isInstanceOf(row.type());
      assertThat(thrown)
          .message()
          .contains(row.text().replace("PORT", String.valueOf(server.uri().getPort())))
          .doesNotContain("api-key-1", "secret-key-1");
      assertThat(server.commands()).as("what changes is sent once").containsExactly("createZone");
    }
  }

  /** json.content.type is a setting of CloudStack's. */
  @ParameterizedTest
  @ValueSource(strings = {"text/javascript; charset=UTF-8", "text/html", "application/json"})
  void theContentTypeDoesNotMatter(String type) {
    try (RawServer server =
            RawServer.plain(_ -> RawServer.http(200, type, "{\"listzonesresponse\":{}}"));
        CloudClient client = client(server.uri(), null)) {
      assertThat(client.call(READ)).isEmpty();
    }
  }

  @Test
  void nobodyListens() {
    URI uri;
    try (RawServer server = RawServer.plain(_ -> "")) {
      uri = server.uri();
    }
    try (CloudClient client = client(uri, null)) {
      assertThat(fault(client, CHANGE))
          .hasMessage(
              "createZone: CloudStack was not reached: 127.0.0.1:%d: connection refused"
                  .formatted(uri.getPort()));
    }
  }

  @Test
  void aNameWithoutAnAddress() {
    try (CloudClient client = client(URI.create("http://mgmt1.invalid:8080/client/api"), null)) {
      assertThat(fault(client, CHANGE))
          .hasMessage(
              "createZone: CloudStack was not reached: mgmt1.invalid:8080: the name mgmt1.invalid"
                  + " has no address");
    }
  }

  @Test
  void noAnswerInTime() {
    CountDownLatch over = new CountDownLatch(1);
    Deadlines short1 =
        new Deadlines(
            Duration.ZERO,
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Map.of("createZone", Duration.ofMillis(1)),
            Duration.ZERO);
    try (RawServer server = RawServer.plain(_ -> waitFor(over));
        CloudClient client = new CloudClient(server.uri(), null, KEYS, short1)) {
      assertThat(fault(client, CHANGE))
          .hasMessageContaining("no answer in 0 s; it may have been carried out all the same");
    } finally {
      over.countDown();
    }
  }

  /** A header came, and then the body comes without an end, one octet now and then. */
  @Test
  void theDeadlineHoldsForTheBodyToo() {
    Deadlines short1 =
        new Deadlines(
            Duration.ZERO, Duration.ofSeconds(10), Duration.ofMillis(300), Map.of(), Duration.ZERO);
    CountDownLatch over = new CountDownLatch(1);
    try (RawServer server =
            RawServer.plain(_ -> "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", over);
        CloudClient client = new CloudClient(server.uri(), null, KEYS, short1)) {
      assertThat(fault(client, CHANGE)).hasMessageContaining("no answer in");
    } finally {
      over.countDown();
    }
  }

  private static String waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "";
  }

  @Test
  void aServerOfTheSiteIsBelieved() {
    SiteAuthority site = FreshSecrets.make().authority();
    try (RawServer server = tls(site.server(LOOPBACK));
        CloudClient client = client(server.uri(), certificate(site))) {
      assertThat(client.call(READ)).isEmpty();
    }
  }

  @Test
  void anotherAuthority() {
    SiteAuthority site = FreshSecrets.make().authority();
    SiteAuthority other = FreshSecrets.make().authority();
    try (RawServer server = tls(other.server(LOOPBACK));
        CloudClient client = client(server.uri(), certificate(site))) {
      assertThat(distrusted(client, server))
          .isEqualTo(
              "it shows a certificate of CN=Barestack, which an authority called like this site's"
                  + " signed, with another key: it belongs to another site, or to this one with"
                  + " another ca-key");
    }
  }

  @Test
  void anAuthorityThatNobodyKnows() {
    SiteAuthority other = FreshSecrets.make().authority();
    // the site trusts a certificate of another name
    X509Certificate site = CloudClient.authority(Trusts.example().backup());
    try (RawServer server = tls(other.server(LOOPBACK));
        CloudClient client = client(server.uri(), site)) {
      assertThat(distrusted(client, server))
          .isEqualTo(
              "it shows a certificate of CN=Barestack, signed by CN=Barestack site CA; the site's"
                  + " authority did not sign it");
    }
  }

  @Test
  void anotherName() {
    SiteAuthority site = FreshSecrets.make().authority();
    try (RawServer server = tls(site.server(Ipv4.parse("192.0.2.10")));
        CloudClient client = client(server.uri(), certificate(site))) {
      assertThat(distrusted(client, server))
          .isEqualTo(
              "it shows a certificate of CN=Barestack (192.0.2.10), which is not good for"
                  + " 127.0.0.1");
    }
  }

  @Test
  void aCertificateThatEnded() {
    SiteAuthority site =
        FreshSecrets.authority(InstantSource.fixed(Instant.parse("2000-01-01T00:00:00Z")));
    try (RawServer server = tls(site.server(LOOPBACK));
        CloudClient client = client(server.uri(), certificate(site))) {
      assertThat(distrusted(client, server))
          .isEqualTo(
              "its certificate, of CN=Barestack, ended on 2019-12-31T00:00:00Z, or the clock of"
                  + " this machine is ahead");
    }
  }

  @Test
  void aCertificateThatBeginsLater() {
    SiteAuthority site =
        FreshSecrets.authority(InstantSource.fixed(Instant.parse("2199-01-02T00:00:00Z")));
    try (RawServer server = tls(site.server(LOOPBACK));
        CloudClient client = client(server.uri(), certificate(site))) {
      assertThat(distrusted(client, server))
          .isEqualTo(
              "its certificate, of CN=Barestack, begins on 2199-01-01T00:00:00Z: the clock of this"
                  + " machine is behind");
    }
  }

  @Test
  void tlsWhereThereIsNone() {
    SiteAuthority site = FreshSecrets.make().authority();
    try (RawServer server = RawServer.plain(_ -> RawServer.http(400, "text/html", ""));
        CloudClient client =
            client(
                URI.create("https://127.0.0.1:" + server.uri().getPort() + "/client/api"),
                certificate(site))) {
      assertThat(fault(client, CHANGE)).hasMessageContaining("it does not speak TLS");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://192.0.2.1/client/api",
        "//192.0.2.1/client/api",
        "http://admin:password@192.0.2.1/client/api",
        "http://192.0.2.1/client/api?command=x",
        "https://192.0.2.1/client/api"
      })
  void anEndpointThatIsNone(String uri) {
    assertThatThrownBy(() -> client(URI.create(uri), null).close())
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("password");
  }

  private static CloudClient client(URI uri, @Nullable X509Certificate authority) {
    return new CloudClient(uri, authority, KEYS, PATIENT);
  }

  private static X509Certificate certificate(SiteAuthority authority) {
    return CloudClient.authority(authority.certificate());
  }

  private static RawServer tls(SSLContext context) {
    return RawServer.tls(context, _ -> RawServer.json(200, "{\"listzonesresponse\":{}}"));
  }

  /** Not waited for, not tried again: it would not become better. */
  private static String distrusted(CloudClient client, RawServer server) {
    CloudException thrown = fault(client, READ);
    assertThat(thrown.fault()).isInstanceOf(Fault.Unexpected.class);
    assertThat(server.asked()).isEmpty();
    String address = server.uri().getAuthority() + ": ";
    return String.valueOf(thrown.getMessage()).split(address, 2)[1];
  }

  private static CloudException fault(CloudClient client, Call call) {
    return catchThrowableOfType(CloudException.class, () -> client.call(call));
  }
}
