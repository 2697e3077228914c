package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.cloud.Credentials.ApiKeys;
import org.barestack.cloud.RawServer.Asked;
import org.barestack.model.Secret;
import org.barestack.testing.SecretSearch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Login, keys, jobs, repetition: what goes over the wire, in which order. */
class CloudClientTest {
  private static final String PASSWORD = "Pa55word0fAdmin";
  private static final Credentials ADMIN = new Credentials("admin", new Secret(PASSWORD));
  private static final String LOGIN = "{\"loginresponse\":{\"sessionkey\":\"session-key-1\"}}";
  private static final String USERS =
      "{\"listusersresponse\":{\"count\":3,\"user\":["
          + "{\"id\":\"u0\",\"username\":\"admin2\",\"domain\":\"ROOT\"},"
          + "{\"id\":\"u1\",\"username\":\"admin\",\"domain\":\"ROOT\"},"
          + "{\"id\":\"u2\",\"username\":\"admin\",\"domain\":\"tenant\"}]}}";
  private static final Deadlines PATIENT =
      new Deadlines(
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Map.of(),
          Duration.ofSeconds(60));

  /** A management server with one user, as far as a client can tell. */
  private static final class Management {
    final Map<String, Function<Asked, String>> commands = new TreeMap<>();
    final AtomicInteger registered = new AtomicInteger();
    int generation;
    volatile boolean timesAreTooOld;

    Management(int generation) {
      this.generation = generation;
      commands.put("listZones", _ -> "{\"listzonesresponse\":{}}");
    }

    String answer(Asked asked) {
      return switch (asked.command()) {
        case "listApis" -> RawServer.unverified();
        case "login" ->
            asked.get("password").equals(PASSWORD) && asked.get("domain").equals("/")
                ? RawServer.json(200, LOGIN)
                    .replace(
                        "Connection:",
                        "Set-Cookie: JSESSIONID=jsession-id-1;Path=/client\r\nConnection:")
                : RawServer.json(
                    531,
                    "{\"loginresponse\":{\"errorcode\":531,\"errortext\":\"Failed to authenticate"
                        + " user admin in domain 1; please provide valid credentials\"}}");
        case "listUsers" -> inSession(asked, USERS);
        case "getUserKeys" -> inSession(asked, keys("getuserkeysresponse"));
        case "registerUserKeys" -> {
          registered.incrementAndGet();
          generation = generation + 1;
          yield inSession(asked, keys("registeruserkeysresponse"));
        }
        default -> signed(asked);
      };
    }

    private String keys(String name) {
      return generation == 0
          ? "{\"%s\":{\"userkeys\":{\"apikeyaccess\":true}}}".formatted(name)
          : "{\"%s\":{\"userkeys\":{\"apikey\":\"api-key-%d\",\"secretkey\":\"secret-key-%d\"}}}"
              .formatted(name, generation, generation);
    }

    private static String inSession(Asked asked, String body) {
      return asked.get("sessionkey").equals("session-key-1")
              && asked.head().contains("Cookie: JSESSIONID=jsession-id-1\r\n")
          ? RawServer.json(200, body)
          : RawServer.unverified();
    }

    private String signed(Asked asked) {
      Map<String, String> form = new TreeMap<>(asked.form());
      String signature = String.valueOf(form.remove("signature"));
      Secret key = new Secret("secret-key-" + generation);
      Function<Asked, String> command = commands.get(asked.command());
      if (command == null
          || !asked.get("apiKey").equals("api-key-" + generation)
          || !signature.equals(Signature.of(key, form))
          || (timesAreTooOld && form.containsKey("expires"))) {
        return RawServer.unverified();
      }
      String body = command.apply(asked);
      return body.startsWith("HTTP/") || body.isEmpty() ? body : RawServer.json(200, body);
    }
  }

  @Test
  void theFirstCallLogsInAndTakesTheKeysThatThereAre() {
    Management management = new Management(1);
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      assertThat(client.call(Call.of("listZones"))).isEmpty();
      assertThat(client.call(Call.of("listZones"))).isEmpty();
      assertThat(server.commands())
          .containsExactly(
              "listApis", "login", "listUsers", "getUserKeys", "listZones", "listZones");
      assertThat(server.asked().get(3).get("id")).isEqualTo("u1");
      assertThat(server.asked().get(4).form())
          .containsEntry("signatureVersion", "3")
          .hasEntrySatisfying(
              "expires",
              expires ->
                  assertThat(expires).matches("\\d{4}(-\\d\\d){2}T(\\d\\d:){2}\\d\\d\\+0000"));
      assertThat(server.asked())
          .as("nothing stands in a URL")
          .allSatisfy(
              asked -> assertThat(asked.head()).startsWith("POST /client/api HTTP/1.1\r\n"));
      assertThat(management.registered).hasValue(0);
    }
  }

  @Test
  void keysAreMadeOnlyWhereThereAreNone() {
    Management management = new Management(0);
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      client.call(Call.of("listZones"));
      assertThat(server.commands())
          .containsExactly(
              "listApis", "login", "listUsers", "getUserKeys", "registerUserKeys", "listZones");
    }
  }

  @Test
  void keysThatAreKnownNeedNoLogin() {
    Management management = new Management(1);
    Credentials known =
        new Credentials(
            "admin",
            new Secret(PASSWORD),
            new ApiKeys(new Secret("api-key-1"), new Secret("secret-key-1")));
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, known, PATIENT)) {
      client.call(Call.of("listZones"));
      assertThat(server.commands()).containsExactly("listZones");
    }
  }

  @Test
  void aServerThatStartsIsWaitedFor() {
    Management management = new Management(1);
    Queue<String> starting =
        new ConcurrentLinkedQueue<>(
            List.of("", RawServer.http(503, "text/html", "<html>"), RawServer.http(503, "x", "")));
    try (RawServer server =
            RawServer.plain(asked -> {
              String first = starting.poll();
              return first != null ? first : management.answer(asked);
            });
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      client.call(Call.of("listZones"));
      assertThat(server.commands())
          .startsWith("listApis", "listApis", "listApis", "listApis", "login");
    }
  }

  @Test
  void aServerThatNeverComesUpIsAFault() {
    try (RawServer server = RawServer.plain(_ -> RawServer.http(503, "text/html", "<html>"));
        CloudClient client =
            new CloudClient(server.uri(), null, ADMIN, PATIENT.ready(Duration.ofMillis(250)))) {
      assertThat(fault(client, Call.of("listZones")).fault()).isInstanceOf(Fault.Starting.class);
      assertThat(server.commands()).as("no password to it").containsOnly("listApis");
    }
  }

  @Test
  void aWrongPassword() {
    Credentials wrong = new Credentials("admin", new Secret("Wr0ngPassw0rd"));
    try (RawServer server = RawServer.plain(new Management(1)::answer);
        CloudClient client = new CloudClient(server.uri(), null, wrong, PATIENT)) {
      assertThat(fault(client, Call.of("listZones")))
          .hasMessage(
              "login: CloudStack says 531: Failed to authenticate user admin in domain 1; please"
                  + " provide valid credentials");
    }
  }

  @Test
  void keysThatSomebodyRotatedAreFetchedAnewOnce() {
    Management management = new Management(1);
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      client.call(Call.of("listZones"));
      management.generation = 2;
      client.call(Call.of("listZones"));
      assertThat(server.commands().subList(5, server.commands().size()))
          .containsExactly(
              "listZones", "listApis", "login", "listUsers", "getUserKeys", "listZones");
    }
  }

  @Test
  void anUnknownCommandIsRefusedAfterOneMoreLogin() {
    try (RawServer server = RawServer.plain(new Management(1)::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      assertThat(fault(client, Call.of("makeCoffee")))
          .hasMessage(
              "makeCoffee: CloudStack says 401: unable to verify user credentials and/or request"
                  + " signature");
      assertThat(server.commands()).filteredOn("login"::equals).hasSize(2);
    }
  }

  @Test
  void whereClocksDifferCallsGoWithoutATime() {
    Management management = new Management(1);
    management.timesAreTooOld = true;
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      client.call(Call.of("listZones"));
      int calls = server.asked().size();
      client.call(Call.of("listZones"));
      assertThat(server.asked()).as("it is remembered").hasSize(calls + 1);
      assertThat(server.asked().getLast().form()).doesNotContainKeys("expires", "signatureVersion");
    }
  }

  @Test
  void aDateThatIsToldNamesTheClocks() {
    String refusal =
        RawServer.unverified()
            .replace("Connection:", "Date: Tue, 01 Jan 2019 00:00:00 GMT\r\nConnection:");
    Credentials keys =
        new Credentials(
            "admin", new Secret(""), new ApiKeys(new Secret("api-key-1"), new Secret("x")));
    try (RawServer server = RawServer.plain(_ -> refusal);
        CloudClient client =
            new CloudClient(
                server.uri(),
                null,
                keys,
                PATIENT,
                InstantSource.fixed(Instant.parse("2019-01-01T02:00:30Z")))) {
      assertThat(fault(client, Call.of("listZones")))
          .hasMessageContaining("its clock is 120 min behind this machine's");
    }
  }

  @Test
  void aJobIsWaitedFor() {
    Management management = new Management(1);
    Queue<String> states =
        new ArrayDeque<>(
            List.of(
                "{\"jobstatus\":0}",
                "{\"jobstatus\":0}",
                "{\"jobstatus\":1,\"jobresult\":{\"physicalnetwork\":{\"id\":\"p1\"}}}"));
    management.commands.put(
        "createPhysicalNetwork",
        _ -> "{\"createphysicalnetworkresponse\":{\"id\":\"p1\",\"jobid\":\"job-1\"}}");
    management.commands.put(
        "queryAsyncJobResult",
        asked -> {
          assertThat(asked.get("jobid")).isEqualTo("job-1");
          return "{\"queryasyncjobresultresponse\":" + states.remove() + "}";
        });
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      assertThat(client.call(Call.of("createPhysicalNetwork")))
          .hasToString("{\"physicalnetwork\":{\"id\":\"p1\"}}");
      assertThat(states).isEmpty();
    }
  }

  @Test
  void aJobThatFailedIsARefusal() {
    Management management = new Management(1);
    management.commands.put(
        "updatePhysicalNetwork", _ -> "{\"updatephysicalnetworkresponse\":{\"jobid\":\"job-1\"}}");
    management.commands.put(
        "queryAsyncJobResult",
        _ ->
            "{\"queryasyncjobresultresponse\":{\"jobstatus\":2,\"jobresultcode\":530,\"jobresult\":{\"errorcode\":431,\"errortext\":\"Vnet"
                + " range has to be between 0 and 4095\"}}}");
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      assertThat(fault(client, Call.of("updatePhysicalNetwork", "id", "7")).fault())
          .isEqualTo(
              new Fault.Refused(
                  Call.of("updatePhysicalNetwork", "id", "7"),
                  431,
                  "Vnet range has to be between 0 and 4095"));
    }
  }

  @Test
  void aJobThatDoesNotEndGoesOnWithoutUs() {
    Management management = new Management(1);
    management.commands.put(
        "updatePhysicalNetwork", _ -> "{\"updatephysicalnetworkresponse\":{\"jobid\":\"job-1\"}}");
    management.commands.put(
        "queryAsyncJobResult", _ -> "{\"queryasyncjobresultresponse\":{\"jobstatus\":0}}");
    Deadlines none =
        new Deadlines(PATIENT.ready(), PATIENT.connect(), PATIENT.call(), Map.of(), Duration.ZERO);
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, none)) {
      assertThat(fault(client, Call.of("updatePhysicalNetwork", "id", "7")))
          .hasMessage(
              "updatePhysicalNetwork: CloudStack was not reached: not over after 0 min; its job"
                  + " job-1 goes on at the server");
    }
  }

  /**
   * The server is stopped while a call is under way: it starts again, and may have carried it out.
   */
  @ParameterizedTest
  @ValueSource(strings = {"listZones", "createZone"})
  void onlyACallThatReadsIsMadeAgain(String command) {
    Management management = new Management(1);
    Queue<String> answers =
        new ArrayDeque<>(List.of("", RawServer.http(503, "text/html", "<html>"), ""));
    management.commands.put(
        command, _ -> answers.isEmpty() ? "{\"xresponse\":{}}" : answers.remove());
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      if (command.equals("createZone")) {
        assertThat(fault(client, Call.of(command)).fault()).isInstanceOf(Fault.NotReached.class);
        assertThat(fault(client, Call.of(command)).fault()).isInstanceOf(Fault.Starting.class);
        assertThat(server.commands()).filteredOn(command::equals).hasSize(2);
      } else {
        assertThat(fault(client, Call.of(command)).fault()).isInstanceOf(Fault.NotReached.class);
        assertThat(server.commands()).filteredOn(command::equals).hasSize(3);
        assertThat(client.call(Call.of(command))).isEmpty();
      }
    }
  }

  @Test
  void twoHundredThreadsLogInOnceAndAreLetInByTurns() throws Exception {
    Management management = new Management(1);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch full = new CountDownLatch(16);
    management.commands.put(
        "listHosts",
        _ -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          full.countDown();
          try {
            // so that as many as may be are there at once
            full.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          now.decrementAndGet();
          return "{\"listhostsresponse\":{}}";
        });
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        calls.add(threads.submit(() -> client.call(Call.of("listHosts"))));
      }
      for (Future<?> call : calls) {
        call.get();
      }
      assertThat(server.commands()).filteredOn("login"::equals).hasSize(1);
      assertThat(server.commands()).filteredOn("listHosts"::equals).hasSize(200);
      assertThat(most).hasValue(16);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsShownHasNoSecrets() {
    Management management = new Management(1);
    management.commands.put(
        "updateUser",
        asked ->
            RawServer.json(
                431,
                "{\"updateuserresponse\":{\"errorcode\":431,\"errortext\":\"%s %s %s %s %s\"}}"
                    .formatted(
                        asked.get("password"),
                        PASSWORD,
                        "api-key-1",
                        "secret-key-1",
                        "session-key-1")));
    SecretSearch search =
        SecretSearch.of(
            Map.of(
                "password", PASSWORD,
                "new password", "N3wPassw0rd0fAdmin",
                "key", "api-key-1",
                "secret key", "secret-key-1",
                "session key", "session-key-1"));
    try (RawServer server = RawServer.plain(management::answer);
        CloudClient client = new CloudClient(server.uri(), null, ADMIN, PATIENT)) {
      CloudException thrown =
          fault(client, Call.of("updateUser", "id", "u1", "password", "N3wPassw0rd0fAdmin"));
      search.in("fault", thrown.fault().toString());
      search.in("message", String.valueOf(thrown.getMessage()));
      search.in("stack", Arrays.toString(thrown.getStackTrace()) + thrown.getCause());
      search.in("client", client.toString());
      search.in("credentials", ADMIN.toString());
    }
  }

  private static CloudException fault(CloudClient client, Call call) {
    return catchThrowableOfType(CloudException.class, () -> client.call(call));
  }
}
