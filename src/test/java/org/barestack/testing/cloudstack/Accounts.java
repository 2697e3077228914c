package org.barestack.testing.cloudstack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Who may call: the admin's password, sessions, keys and signatures. */
final class Accounts {
  private static final DateTimeFormatter EXPIRES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssZ", Locale.ROOT);

  private final State state;
  private final InstantSource clock;
  private final Map<String, String> sessions = new HashMap<>();
  private final Thing admin;
  private String password;
  private @Nullable String apiKey;
  private @Nullable String secretKey;

  Accounts(State state, Commands commands, InstantSource clock, String password) {
    this.state = state;
    this.clock = clock;
    this.password = password;
    ObjectNode user = Shapes.of("user");
    admin = state.add(Kind.USER, "admin", user.path("id").asText(), user);
    commands.put("listUsers", this::list);
    commands.put("getUserKeys", this::getKeys);
    commands.put("registerUserKeys", this::registerKeys);
    commands.put("updateUser", this::update);
  }

  /** A new session. */
  record Session(String id, String key) {}

  /** Logs in, if the credentials are right. */
  Session login(Map<String, String> parameters) {
    String user = parameters.getOrDefault("username", "");
    String domain = parameters.getOrDefault("domain", "/");
    boolean root = domain.isEmpty() || domain.equals("/") || domain.equalsIgnoreCase("ROOT");
    if (!user.equals(admin.text("username"))
        || !password.equals(parameters.get("password"))
        || !root) {
      throw Refusal.denied(
          "Failed to authenticate user " + user + " in domain 1; please provide valid credentials");
    }
    Session session = new Session("node0" + state.freshId().replace("-", ""), state.freshId());
    sessions.put(session.id, session.key);
    return session;
  }

  ObjectNode loggedIn(Session session) {
    return Shapes.empty()
        .put("username", admin.text("username"))
        .put("userid", admin.id)
        .put("domainid", admin.text("domainid"))
        .put("timeout", 1800)
        .put("account", admin.text("account"))
        .put("firstname", admin.text("firstname"))
        .put("lastname", admin.text("lastname"))
        .put("type", "1")
        .put("registered", "false")
        .put("sessionkey", session.key)
        .put("is2faenabled", "false")
        .put("is2faverified", "true")
        .put("issuerfor2fa", "CloudStack");
  }

  void logout(@Nullable String session) {
    if (session != null) {
      sessions.remove(session);
    }
  }

  /** Ends all sessions, as time or a restart does. */
  void endSessions() {
    sessions.clear();
  }

  int sessions() {
    return sessions.size();
  }

  /**
   * Lets a call pass or refuses it.
   *
   * @param session the session's cookie
   * @param parameters all of the call
   */
  void check(@Nullable String session, Map<String, String> parameters) {
    @Nullable String key = session == null ? null : sessions.get(session);
    if (session != null && key != null) {
      if (!key.equals(parameters.get("sessionkey"))) {
        sessions.remove(session);
        throw new Refusal(401, null, "unable to verify user credentials");
      }
      return;
    }
    if (!signed(parameters)) {
      throw Refusal.unauthorized();
    }
  }

  private boolean signed(Map<String, String> parameters) {
    @Nullable String signature = null;
    @Nullable String caller = null;
    @Nullable String version = null;
    @Nullable String expires = null;
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> each : new TreeMap<>(parameters).entrySet()) {
      String name = each.getKey();
      if (name.equalsIgnoreCase("signature")) {
        signature = each.getValue();
        continue;
      }
      switch (name.toLowerCase(Locale.ROOT)) {
        case "apikey" -> caller = each.getValue();
        case "signatureversion" -> version = each.getValue();
        case "expires" -> expires = each.getValue();
        default -> {}
      }
      text.append(text.isEmpty() ? "" : "&")
          .append(name)
          .append('=')
          .append(URLEncoder.encode(each.getValue(), UTF_8).replace("+", "%20"));
    }
    @Nullable String secret = secretKey;
    if (signature == null || caller == null || secret == null || !caller.equals(apiKey)) {
      return false;
    }
    if ("3".equals(version) && !inTime(expires)) {
      return false;
    }
    return MessageDigest.isEqual(
        signature.getBytes(UTF_8),
        hmac(secret, text.toString().toLowerCase(Locale.ROOT)).getBytes(UTF_8));
  }

  private boolean inTime(@Nullable String expires) {
    if (expires == null) {
      return false;
    }
    try {
      return clock.instant().isBefore(OffsetDateTime.parse(expires, EXPIRES).toInstant());
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static String hmac(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA1"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer list(Request request) {
    String name = request.get("username");
    List<Thing> users =
        name == null || admin.matches("username", name) ? List.of(admin) : List.of();
    return Listing.page(request, Kind.USER.word, users.stream().map(this::shown).toList());
  }

  private ObjectNode shown(Thing user) {
    ObjectNode shown = user.shown.deepCopy();
    if (apiKey != null) {
      shown.put("apikey", apiKey);
    }
    return shown;
  }

  private Answer getKeys(Request request) {
    request.thing(Kind.USER, "id");
    ObjectNode keys = Shapes.empty();
    if (apiKey != null) {
      keys.put("apikey", apiKey).put("secretkey", secretKey);
    }
    keys.put("apikeyaccess", true);
    return new Answer.Now(Answer.of("userkeys", keys));
  }

  /** The old keys end at once. */
  private Answer registerKeys(Request request) {
    request.thing(Kind.USER, "id");
    apiKey = key();
    secretKey = key();
    ObjectNode keys = Shapes.empty().put("apikey", apiKey).put("secretkey", secretKey);
    return new Answer.Now(Answer.of("userkeys", keys));
  }

  private static String key() {
    return (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
  }

  /** Root's admin is not asked for the current password; a wrong one passes. */
  private Answer update(Request request) {
    request.thing(Kind.USER, "id");
    password = request.get("password", password);
    for (String field : List.of("firstname", "lastname")) {
      admin.set(field, request.get(field));
    }
    ObjectNode shown = shown(admin);
    shown.remove("apikeyaccess");
    return new Answer.Now(Answer.of(Kind.USER.word, shown));
  }
}
