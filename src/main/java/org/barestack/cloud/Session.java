package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.cloud.Credentials.ApiKeys;
import org.barestack.model.Secret;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By which keys calls are signed. They come of a login, once: a session's key must go with each
 * call, and one call without it ends the session for all threads.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final int UNVERIFIED = 401;

  private final Transport transport;
  private final Answers answers;
  private final Mask mask;
  private final Credentials credentials;
  private final Deadlines deadlines;
  private final ReentrantLock one = new ReentrantLock();
  private volatile @Nullable Identity identity;

  Session(
      Transport transport,
      Answers answers,
      Mask mask,
      Credentials credentials,
      Deadlines deadlines) {
    this.transport = transport;
    this.answers = answers;
    this.mask = mask;
    this.credentials = credentials;
    this.deadlines = deadlines;
    if (credentials.keys() == null && !canLogIn()) {
      throw new IllegalArgumentException("a password or API keys are needed");
    }
    mask.hide(credentials.password());
    if (credentials.keys() != null) {
      identity = identity(credentials.keys());
    }
  }

  /**
   * What signs calls; told apart from a later one of the same keys by being another object.
   *
   * @param timed whether calls say until when they are good
   */
  record Identity(ApiKeys keys, boolean timed) {
    Identity untimed() {
      return new Identity(keys, false);
    }
  }

  /** Whether there is more than API keys that were given. */
  boolean canLogIn() {
    return !credentials.password().value().isEmpty();
  }

  /** The one in use; logs in if there is none, and waits for the server to be up. */
  Identity identity() {
    Identity known = identity;
    return known != null ? known : renewed(null);
  }

  /**
   * One in place of that, which the server does not take; other threads may have got it already.
   */
  @SuppressWarnings("ReferenceEquality") // a login may bring the same keys again
  Identity renewed(@Nullable Identity refused) {
    one.lock();
    try {
      Identity known = identity;
      if (known != null && known != refused) {
        return known;
      }
      awaitReady();
      Identity fresh = identity(keys());
      identity = fresh;
      return fresh;
    } finally {
      one.unlock();
    }
  }

  /** From now on this one, if nobody has another by now. */
  @SuppressWarnings("ReferenceEquality")
  void settle(Identity before, Identity better) {
    one.lock();
    try {
      if (identity == before) {
        identity = better;
      }
    } finally {
      one.unlock();
    }
  }

  /**
   * Waits until the server is up: refused, then 503, then 401 for a call without a login.
   *
   * @throws CloudException with what it answered last, when the time is over
   */
  void awaitReady() {
    Call probe = Call.of("listApis");
    Pauses pauses = new Pauses(Duration.ofMillis(100), Duration.ofSeconds(5), deadlines.ready());
    boolean told = false;
    while (true) {
      Fault fault = fault(probe);
      switch (fault) {
        case Fault.Refused _ -> {
          return;
        }
        case Fault.Unexpected _ -> throw new CloudException(fault);
        case Fault.Starting _, Fault.NotReached _ -> {
          if (!told && deadlines.ready().isPositive()) {
            LOG.info("{}; waiting", new CloudException(fault).getMessage());
            told = true;
          }
        }
      }
      try {
        if (!pauses.pause()) {
          throw new CloudException(fault);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CloudException(fault);
      }
    }
  }

  private Fault fault(Call probe) {
    try {
      answers.inside(probe, post(probe, Map.of(), ""));
      return new Fault.Unexpected(probe, "it answers without a login");
    } catch (CloudException e) {
      return e.fault() instanceof Fault.Refused(Call call, int code, String text)
              && code != UNVERIFIED
          ? new Fault.Unexpected(call, "HTTP " + code + " (" + text + ") where 401 was due")
          : e.fault();
    }
  }

  /** The user's keys: those that there are, since new ones would make them worthless at once. */
  private ApiKeys keys() {
    // for faults: what a call was, without its password
    Call login = Call.of("login", "username", credentials.user());
    Map<String, String> form = new TreeMap<>(login.parameters());
    form.put("password", credentials.password().value());
    form.put("domain", "/");
    Transport.Reply reply = post(login, form, "");
    JsonNode opened = answers.inside(login, reply);
    Secret key = new Secret(opened.path("sessionkey").asText(""));
    if (key.value().isEmpty()) {
      throw answers.unexpected(login, "a login without a sessionkey");
    }
    mask.hide(key);
    String cookies = cookies(reply.headers().allValues("Set-Cookie"));

    JsonNode user = user(key, cookies);
    Call ask = Call.of("getUserKeys", "id", user.path("id").asText());
    JsonNode kept = inSession(ask, key, cookies).path("userkeys");
    if (kept.has("apikeyaccess") && !kept.path("apikeyaccess").asBoolean(true)) {
      throw answers.unexpected(ask, "the API keys of " + credentials.user() + " are switched off");
    }
    if (!isPair(kept)) {
      Call make = Call.of("registerUserKeys", "id", user.path("id").asText());
      kept = inSession(make, key, cookies).path("userkeys");
      if (!isPair(kept)) {
        throw answers.unexpected(make, "no keys");
      }
    }
    return new ApiKeys(
        new Secret(kept.path("apikey").asText()), new Secret(kept.path("secretkey").asText()));
  }

  private JsonNode user(Secret key, String cookies) {
    Call call = Call.of("listUsers", "username", credentials.user());
    // accounts of other domains may have users of that name
    List<JsonNode> users =
        StreamSupport.stream(inSession(call, key, cookies).path("user").spliterator(), false)
            .filter(user -> user.path("username").asText().equals(credentials.user()))
            .filter(user -> user.path("domain").asText("ROOT").equals("ROOT"))
            .toList();
    if (users.size() != 1) {
      throw answers.unexpected(
          call, users.size() + " users " + credentials.user() + " in domain ROOT");
    }
    return users.getFirst();
  }

  private JsonNode inSession(Call call, Secret key, String cookies) {
    Map<String, String> form = new TreeMap<>(call.parameters());
    form.put("sessionkey", key.value());
    return answers.inside(call, post(call, form, cookies));
  }

  private Transport.Reply post(Call call, Map<String, String> parameters, String cookies) {
    Map<String, String> form = new TreeMap<>(parameters);
    form.put("command", call.command());
    form.put("response", "json");
    return transport.post(call, form, cookies, deadlines.of(call));
  }

  private static boolean isPair(JsonNode keys) {
    return !keys.path("apikey").asText("").isEmpty()
        && !keys.path("secretkey").asText("").isEmpty();
  }

  private Identity identity(ApiKeys keys) {
    mask.hide(keys.key());
    mask.hide(keys.secret());
    return new Identity(keys, true);
  }

  private static String cookies(List<String> set) {
    return set.stream().map(each -> each.split(";", 2)[0]).collect(Collectors.joining("; "));
  }
}
