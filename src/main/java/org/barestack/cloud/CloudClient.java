package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.cloud.Session.Identity;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CloudStack's API by HTTP. Any number of threads may call; so many calls are under way at once,
 * and the others wait.
 *
 * <p>The first call waits until the server is up, logs in and gets the user's keys, by which all
 * calls are signed. A call that reads is made again after a fault that may pass; one that changes
 * something is not, as it may have been carried out.
 */
public final class CloudClient implements CloudApi, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CloudClient.class);
  private static final int UNVERIFIED = 401;
  private static final int TRIES = 3;

  /** How long a signed call is good. */
  private static final Duration GOOD = Duration.ofMinutes(10);

  private static final DateTimeFormatter EXPIRES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssZ", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final URI endpoint;
  private final Deadlines deadlines;
  private final InstantSource clock;
  private final Mask mask;
  private final Transport transport;
  private final Answers answers;
  private final Session session;
  private final Jobs jobs;

  /**
   * A client of one management server.
   *
   * @param endpoint {@code https://192.0.2.10:8443/client/api}
   * @param authority the only one whose servers are believed; null only for http
   * @throws IllegalArgumentException if the endpoint is none
   */
  public CloudClient(
      URI endpoint,
      @Nullable X509Certificate authority,
      Credentials credentials,
      Deadlines deadlines) {
    this(endpoint, authority, credentials, deadlines, InstantSource.system());
  }

  CloudClient(
      URI endpoint,
      @Nullable X509Certificate authority,
      Credentials credentials,
      Deadlines deadlines,
      InstantSource clock) {
    check(endpoint, authority);
    this.mask = new Mask();
    this.endpoint = endpoint;
    this.deadlines = deadlines;
    this.clock = clock;
    this.transport = new Transport(endpoint, authority, deadlines.connect());
    this.answers = new Answers(mask);
    this.session = new Session(transport, answers, mask, credentials, deadlines);
    this.jobs = new Jobs(this, answers, deadlines.job());
  }

  private static void check(URI endpoint, @Nullable X509Certificate authority) {
    String scheme = String.valueOf(endpoint.getScheme());
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(
          "CloudStack's API is at an http or https URL, not " + scheme);
    }
    if (endpoint.getHost() == null
        || endpoint.getRawUserInfo() != null
        || endpoint.getRawQuery() != null
        || endpoint.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "CloudStack's API is at a URL like https://192.0.2.10:8443/client/api, with nothing"
              + " before the host and nothing behind the path");
    }
    if (scheme.equals("https") && authority == null) {
      throw new IllegalArgumentException("https needs the certificate of the site's authority");
    }
  }

  /** Where a site's management node serves the API by TLS; a firstboot step of it says so, too. */
  public static URI endpoint(Site site) {
    return URI.create("https://" + site.managementNode().address() + ":8443/client/api");
  }

  /** Reads the certificate of an authority (PEM). */
  public static X509Certificate authority(String pem) {
    return SiteTrust.read(pem);
  }

  /**
   * Waits until the server is up, as the first call does.
   *
   * @throws CloudException with what it answered last, when the time for that is over
   */
  public void awaitReady() {
    session.awaitReady();
  }

  @Override
  public JsonNode call(Call call) {
    JsonNode answer = call.reads() ? repeated(call) : signed(call);
    JsonNode job = answer.path("jobid");
    return call.reads() || !job.isTextual() ? answer : jobs.result(call, job.asText());
  }

  /** A call that changes nothing. */
  private JsonNode repeated(Call call) {
    Pauses pauses = new Pauses(Duration.ofMillis(200), Duration.ofSeconds(2), deadlines.of(call));
    for (int tries = 1; ; tries++) {
      try {
        return signed(call);
      } catch (CloudException e) {
        boolean passing =
            e.fault() instanceof Fault.Starting || e.fault() instanceof Fault.NotReached;
        if (!passing || tries == TRIES || !paused(pauses)) {
          throw e;
        }
        if (e.fault() instanceof Fault.Starting) {
          session.awaitReady();
        }
      }
    }
  }

  private static boolean paused(Pauses pauses) {
    try {
      return !Thread.currentThread().isInterrupted() && pauses.pause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What the server did not believe it did not carry out, so such a call may be made again. */
  private JsonNode signed(Call call) {
    Identity first = session.identity();
    try {
      return send(call, first);
    } catch (CloudException e) {
      if (!isUnverified(e)) {
        throw e;
      }
    }
    // Somebody may have made new keys, which ends the old ones at once.
    Identity second = session.canLogIn() ? session.renewed(first) : first;
    if (!second.equals(first)) {
      try {
        return send(call, second);
      } catch (CloudException e) {
        if (!isUnverified(e) || !second.timed()) {
          throw e;
        }
      }
    }
    // The keys are the server's own. Unless the command is unknown, the clocks differ: 401 is the
    // answer to all of that, and CloudStack tells no time.
    JsonNode answer = send(call, second.untimed());
    LOG.warn(
        "the clocks of this machine and of {} differ by more than {} minutes: calls go without a"
            + " time until which they are good; see chronyc tracking on both",
        endpoint.getAuthority(),
        GOOD.toMinutes());
    session.settle(second, second.untimed());
    return answer;
  }

  private static boolean isUnverified(CloudException thrown) {
    return thrown.fault() instanceof Fault.Refused(Call _, int code, String _)
        && code == UNVERIFIED;
  }

  private JsonNode send(Call call, Identity identity) {
    call.secrets().forEach(mask::hide);
    Map<String, String> form = new TreeMap<>(call.parameters());
    form.put("command", call.command());
    form.put("response", "json");
    form.put("apiKey", identity.keys().key().value());
    if (identity.timed()) {
      form.put("signatureVersion", "3");
      form.put("expires", EXPIRES.format(clock.instant().plus(GOOD)));
    }
    form.put("signature", Signature.of(identity.keys().secret(), form));
    long begin = System.nanoTime();
    Transport.Reply reply = transport.post(call, form, "", deadlines.of(call));
    LOG.debug(
        "{}: HTTP {} after {} ms",
        call.command(),
        reply.status(),
        Duration.ofNanos(System.nanoTime() - begin).toMillis());
    try {
      return answers.inside(call, reply);
    } catch (CloudException e) {
      throw isUnverified(e) ? withClocks(e, reply) : e;
    }
  }

  /** CloudStack sends no date; a proxy before it may. */
  private CloudException withClocks(CloudException thrown, Transport.Reply reply) {
    String date = reply.headers().firstValue("Date").orElse("");
    if (!(thrown.fault() instanceof Fault.Refused(Call call, int code, String text))
        || date.isEmpty()) {
      return thrown;
    }
    try {
      Instant theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration ahead = Duration.between(clock.instant(), theirs);
      if (ahead.abs().compareTo(GOOD) < 0) {
        return thrown;
      }
      return new CloudException(
          new Fault.Refused(
              call,
              code,
              "%s; its clock is %d min %s this machine's"
                  .formatted(
                      text, ahead.abs().toMinutes(), ahead.isNegative() ? "behind" : "ahead of")));
    } catch (DateTimeParseException e) {
      return thrown;
    }
  }

  @Override
  public void close() {
    transport.close();
  }

  @Override
  public String toString() {
    return "CloudStack at " + endpoint;
  }
}
