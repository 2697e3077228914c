package org.barestack.testing.cloudstack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.barestack.cloud.Call;
import org.jspecify.annotations.Nullable;

/**
 * A management server for rehearsals: real HTTP or HTTPS, and behind it what CloudStack 4.22 was
 * measured to do, refusals and traps included. The measurements are those of {@code
 * transcript.jsonl} and {@code apis.json} beside it, taken from a 4.22 server with simulated hosts;
 * what only CloudStack's source says is marked so below.
 *
 * <ul>
 *   <li>Readiness: connection refused, 503, then 401 to calls without credentials.
 *   <li>401 alike for an unknown command, a wrong or expired signature and no session. A call with
 *       a session and without its {@code sessionkey} ends the session. registerUserKeys ends the
 *       old keys at once.
 *   <li>Strict, which CloudStack is not: a call that does not fit {@code apis.json} is refused and
 *       told by {@link #violations}. {@link #lenient} makes it as forgiving as CloudStack.
 *   <li>Jobs do their work at their end. Duplicates are taken where CloudStack takes them: physical
 *       networks, simulated hosts, image stores of the same place.
 *   <li>Names in lists match by substring. An empty list is an empty object. At most 500 entries a
 *       page.
 *   <li>The template is seeded for the clusters that are there when the zone's first image store is
 *       added; addImageStore says yes even if that failed.
 *   <li>System virtual machines come when the zone is enabled and has a host, both storages and the
 *       template, and come back when destroyed as long as it is.
 *   <li>Maintenance of the last host of a cluster stops its virtual machines, and a second host of
 *       a cluster is refused while one is on its way (by CloudStack's source); see {@link
 *       #lastHostKeeps}.
 * </ul>
 *
 * <p>What takes its time goes on when somebody looks, see {@link #stepsTakeLooks}; nothing sleeps.
 */
public final class CloudStackDouble implements AutoCloseable {
  /** What stands before CloudStack's doors. */
  public enum Readiness {
    REFUSED,
    STARTING,
    UP
  }

  /** What a server does that has more calls than it can serve. */
  public enum Overload {
    UNAVAILABLE,
    HANGS_UP
  }

  /**
   * A call that arrived.
   *
   * @param number from 1
   * @param call without what every call has: keys, signature, response
   * @param signed by keys, not by a session
   */
  public record Received(int number, Call call, boolean post, boolean signed) {}

  private static final Set<String> EVERY_CALL =
      Set.of(
          "command",
          "response",
          "apikey",
          "signature",
          "signatureversion",
          "expires",
          "sessionkey");

  private record Injected(Predicate<Call> which, Refusal refusal) {}

  private final Object lock = new Object();
  private final State state = new State();
  private final ApiList apis = new ApiList();
  private final Commands commands = new Commands();
  private final Progress progress;
  private final Accounts accounts;
  private final Settings settings;
  private final Hosts hosts;
  private final Storage storage;
  private final SystemVms systemVms;
  private final Jobs jobs;

  private final @Nullable SSLContext tls;
  private final InetSocketAddress address;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable HttpServer server;
  private int port;

  private final List<Received> calls = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final Map<Integer, Runnable> before = new HashMap<>();
  private final Map<Integer, Runnable> after = new HashMap<>();
  private final Set<Integer> cutBefore = new java.util.HashSet<>();
  private final Set<Integer> cutAfter = new java.util.HashSet<>();
  private final List<Injected> injected = new ArrayList<>();
  private Readiness readiness = Readiness.UP;
  private int unavailable;
  private boolean strict = true;
  private int limit = Integer.MAX_VALUE;
  private Overload overload = Overload.UNAVAILABLE;
  private int atOnce;
  private int peak;

  static {
    // Else every answer waits for the client's delayed acknowledgement.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private CloudStackDouble(
      InetSocketAddress address, @Nullable SSLContext tls, String password, InstantSource clock) {
    this.address = address;
    this.tls = tls;
    this.port = address.getPort();
    progress = new Progress(clock);
    accounts = new Accounts(state, commands, clock, password);
    settings = new Settings(state, commands, apis);
    new Zones(state, commands);
    new Networks(state, commands);
    new Ranges(state, commands);
    hosts = new Hosts(state, commands, settings, progress);
    storage = new Storage(state, commands, progress);
    systemVms = new SystemVms(state, commands, storage, progress);
    jobs = new Jobs(state, commands);
    settings.preset("host", address.getHostString(), "CSV", true);
  }

  /** One on a free port of 127.0.0.1, by HTTP, whose admin's password is {@code password}. */
  public static CloudStackDouble start() {
    return start(
        new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), null, "password");
  }

  /**
   * One that listens at once.
   *
   * @param address port 0 takes a free one
   * @param tls null for HTTP
   * @param password of {@code admin}
   */
  public static CloudStackDouble start(
      InetSocketAddress address, @Nullable SSLContext tls, String password) {
    return start(address, tls, password, InstantSource.system());
  }

  /**
   * What it needs for HTTPS.
   *
   * @param store PKCS#12, with a key and its certificates
   */
  public static SSLContext tls(Path store, String password) {
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, password.toCharArray());
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, password.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot be used for HTTPS: " + store, e);
    }
  }

  /** One with a clock of its own, by which signatures expire. */
  public static CloudStackDouble start(
      InetSocketAddress address, @Nullable SSLContext tls, String password, InstantSource clock) {
    CloudStackDouble made = new CloudStackDouble(address, tls, password, clock);
    made.listen();
    return made;
  }

  /** Where its API is: {@code http://127.0.0.1:PORT/client/api}. */
  public java.net.URI api() {
    return java.net.URI.create(
        (tls == null ? "http" : "https")
            + "://"
            + address.getHostString()
            + ":"
            + port
            + "/client/api");
  }

  public int port() {
    return port;
  }

  private void listen() {
    try {
      InetSocketAddress at = new InetSocketAddress(address.getAddress(), port);
      HttpServer made;
      if (tls == null) {
        made = HttpServer.create(at, 1024);
      } else {
        HttpsServer https = HttpsServer.create(at, 1024);
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        made = https;
      }
      made.createContext("/client/api", this::serve);
      made.setExecutor(threads);
      made.start();
      server = made;
      port = made.getAddress().getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void stopListening() {
    @Nullable HttpServer running = server;
    server = null;
    if (running != null) {
      running.stop(0);
    }
  }

  @Override
  public void close() {
    stopListening();
    threads.shutdownNow();
  }

  // Controls.

  /** From now on. */
  public void readiness(Readiness now) {
    synchronized (lock) {
      readiness = now;
      unavailable = 0;
    }
    if (now == Readiness.REFUSED) {
      stopListening();
    } else if (server == null) {
      listen();
    }
  }

  /** Answers the next calls by 503 and is up then. */
  public void unavailableFor(int count) {
    synchronized (lock) {
      readiness = Readiness.UP;
      unavailable = count;
    }
  }

  /** Takes what CloudStack would take, too. */
  public void lenient() {
    synchronized (lock) {
      strict = false;
    }
  }

  /** From now on, more calls at once than this are not served. */
  public void limit(int callsAtOnce, Overload what) {
    synchronized (lock) {
      limit = callsAtOnce;
      overload = what;
    }
  }

  /** The most calls that came at once, also those that were not served. */
  public int peak() {
    synchronized (lock) {
      return peak;
    }
  }

  /** How often a job is said to be pending before its end; 1 unless told. */
  public void jobsPend(int polls) {
    synchronized (lock) {
      jobs.polls = polls;
    }
  }

  /** After how many other calls a job ends that nobody asks for; 4 unless told. */
  public void jobsOutlast(int otherCalls) {
    synchronized (lock) {
      jobs.outlast = otherCalls;
    }
  }

  /** No job ends until {@link #releaseJobs}. */
  public void holdJobs() {
    synchronized (lock) {
      jobs.held = true;
    }
  }

  public void releaseJobs() {
    synchronized (lock) {
      jobs.held = false;
    }
  }

  /** Ends all jobs that are pending, as time does. */
  public void endJobs() {
    synchronized (lock) {
      jobs.endAll();
    }
  }

  /** Commands of the jobs that have not ended. */
  public List<String> pendingJobs() {
    synchronized (lock) {
      return jobs.pending();
    }
  }

  /**
   * How often system virtual machines, maintenance and downloads are looked at before they have got
   * on; 1 unless told.
   */
  public void stepsTakeLooks(int looks) {
    synchronized (lock) {
      progress.byLooks(looks);
    }
  }

  /** They get on by the clock. */
  public void stepsTake(Duration time) {
    synchronized (lock) {
      progress.byTime(time);
    }
  }

  /** They do not get on until {@link #releaseSteps}. */
  public void holdSteps() {
    synchronized (lock) {
      progress.hold();
    }
  }

  public void releaseSteps() {
    synchronized (lock) {
      progress.release();
    }
  }

  /** What happens when a KVM host of that address is added, or reconnected. */
  public void host(String address, HostBehaviour behaviour) {
    hosts.behaviours.put(address, behaviour);
  }

  /** What happens with KVM hosts of which nothing else is said. */
  public void hosts(HostBehaviour behaviour) {
    hosts.usual = behaviour;
  }

  /** The name that a KVM host of that address tells of itself. */
  public void hostName(String address, String name) {
    settings.hostNames.put(address, name);
  }

  /** Agents connect only if the setting {@code host} has this address. */
  public void agentsReachOnly(String address) {
    settings.reachable = address;
  }

  /** Sets a host's state: Up, Down, Disconnected, Alert. */
  public void hostState(String address, String to) {
    synchronized (lock) {
      hostAt(address).set("state", to);
    }
  }

  /** Sets a host's resource state, such as ErrorInMaintenance. */
  public void resourceState(String address, String to) {
    synchronized (lock) {
      hostAt(address).set("resourcestate", to);
    }
  }

  private Thing hostAt(String address) {
    return state.all(Kind.HOST).stream()
        .filter(host -> host.is("ipaddress", address))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no host has the address " + address));
  }

  /** A user's virtual machine runs there. */
  public void virtualMachine(String name, String hostAddress) {
    synchronized (lock) {
      hosts.putVm(hostAt(hostAddress), name);
    }
  }

  /** Where a virtual machine is: {@code Running HOST-ADDRESS}, or its state alone. */
  public String virtualMachine(String name) {
    synchronized (lock) {
      Thing vm =
          state.all(Kind.VIRTUAL_MACHINE).stream()
              .filter(each -> each.is("name", name))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("no virtual machine " + name));
      return vm.shown.has("hostid")
          ? vm.text("state") + " " + state.get(vm.text("hostid")).text("ipaddress")
          : vm.text("state");
    }
  }

  /** Virtual machines of a cluster's last host stay, and its maintenance ends in an error. */
  public void lastHostKeeps() {
    hosts.lastHostStops = false;
  }

  /** Maintenance passes through ErrorInPrepareForMaintenance on its way, as it may. */
  public void maintenanceStumbles() {
    hosts.stumbles = true;
  }

  /** The management server cannot mount from that NFS server, so nothing is seeded from it. */
  public void unmountable(String nfsServer) {
    storage.unmountable.add(nfsServer);
  }

  /** Seeds the template by hand, as {@code cloud-install-sys-tmplt} does. */
  public void seedTemplate(String zone, String hypervisor) {
    synchronized (lock) {
      Thing where = zone(zone);
      Thing store = state.all(Kind.IMAGE_STORE, "zoneid", where).getFirst();
      storage.seed(where, store, hypervisor);
    }
  }

  private Thing zone(String name) {
    return state.all(Kind.ZONE).stream()
        .filter(each -> each.is("name", name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no zone " + name));
  }

  /** Agents of that zone's system virtual machines never connect, although they run. */
  public void muteSystemVms(String zone) {
    synchronized (lock) {
      systemVms.mute.add(zone);
    }
  }

  /** A setting's value; adds the setting if there is none. */
  public void setting(String name, String value, String type, boolean dynamic) {
    synchronized (lock) {
      settings.preset(name, value, type, dynamic);
    }
  }

  public String setting(String name) {
    synchronized (lock) {
      return settings.value(name);
    }
  }

  /** Ends all sessions, as time does. */
  public void endSessions() {
    synchronized (lock) {
      accounts.endSessions();
    }
  }

  public int sessions() {
    synchronized (lock) {
      return accounts.sessions();
    }
  }

  /** Refuses the next call of that kind, once, as CloudStack does with that code and text. */
  public void refuseNext(Predicate<Call> which, int code, String text) {
    synchronized (lock) {
      injected.add(new Injected(which, new Refusal(code, 9999, text)));
    }
  }

  /** Runs before the n-th call from now is carried out; 1 is the next one. */
  public void beforeCall(int n, Runnable hook) {
    synchronized (lock) {
      before.put(calls.size() + n, hook);
    }
  }

  /** Runs when the n-th call from now was carried out and before it is answered. */
  public void afterCall(int n, Runnable hook) {
    synchronized (lock) {
      after.put(calls.size() + n, hook);
    }
  }

  /** Hangs up on the n-th call from now, without carrying it out. */
  public void cutBefore(int n) {
    synchronized (lock) {
      cutBefore.add(calls.size() + n);
    }
  }

  /** Carries out the n-th call from now and hangs up without an answer. */
  public void cutAfter(int n) {
    synchronized (lock) {
      cutAfter.add(calls.size() + n);
    }
  }

  /** All calls that arrived while it was up, in order. */
  public List<Received> calls() {
    synchronized (lock) {
      return List.copyOf(calls);
    }
  }

  /** Those that are to make something. */
  public List<Call> creating() {
    return calls().stream()
        .map(Received::call)
        .filter(call -> call.command().startsWith("create") || call.command().startsWith("add"))
        .toList();
  }

  /** Those that are to change something in the cloud, including those that make. */
  public List<Call> changing() {
    Set<String> own = Set.of("login", "logout", "registerUserKeys");
    return calls().stream()
        .map(Received::call)
        .filter(call -> !call.reads() && !own.contains(call.command()))
        .toList();
  }

  public void forgetCalls() {
    synchronized (lock) {
      calls.clear();
      before.clear();
      after.clear();
      cutBefore.clear();
      cutAfter.clear();
    }
  }

  /** What did not fit the list of calls, in order. */
  public List<String> violations() {
    synchronized (lock) {
      return List.copyOf(violations);
    }
  }

  /** How many there are of each kind. */
  public Map<Kind, Integer> counts() {
    synchronized (lock) {
      Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        counts.put(kind, state.all(kind).size());
      }
      return counts;
    }
  }

  public int count(Kind kind) {
    return counts().getOrDefault(kind, 0);
  }

  /**
   * All that is there, one thing a line, ids replaced by names, without what chance made; the same
   * text for clouds between which nobody would see a difference.
   */
  public String canonical() {
    synchronized (lock) {
      return state.canonical() + settings.canonical();
    }
  }

  // Serving.

  private record Reply(int status, String type, String body, Map<String, String> headers) {}

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> parameters = new TreeMap<>();
      byte[] form = exchange.getRequestBody().readAllBytes();
      @Nullable String query = exchange.getRequestURI().getRawQuery();
      parse(query == null ? "" : query, parameters);
      if (exchange.getRequestMethod().equals("POST")) {
        parse(new String(form, UTF_8), parameters);
      }
      @Nullable Reply reply = admitted(exchange, parameters);
      if (reply == null) {
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", reply.type);
      reply.headers.forEach(exchange.getResponseHeaders()::add);
      byte[] body = reply.body.getBytes(UTF_8);
      exchange.sendResponseHeaders(reply.status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void parse(String text, Map<String, String> into) {
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        into.put(
            URLDecoder.decode(pair.substring(0, equals), UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
  }

  private static Reply starting() {
    String page =
        "<html><head><title>Error 503 Service Unavailable</title></head><body><h2>HTTP ERROR 503"
            + " Service Unavailable</h2></body></html>\n";
    return new Reply(503, "text/html;charset=iso-8859-1", page, Map.of());
  }

  /** The answer; null hangs up. */
  private @Nullable Reply admitted(HttpExchange exchange, Map<String, String> parameters) {
    synchronized (lock) {
      if (readiness != Readiness.UP || unavailable-- > 0) {
        return starting();
      }
      unavailable = 0;
      atOnce++;
      peak = Math.max(peak, atOnce);
      if (atOnce > limit) {
        atOnce--;
        return overload == Overload.UNAVAILABLE ? starting() : null;
      }
    }
    try {
      return reply(exchange, parameters);
    } finally {
      synchronized (lock) {
        atOnce--;
      }
    }
  }

  private @Nullable Reply reply(HttpExchange exchange, Map<String, String> parameters) {
    boolean post = exchange.getRequestMethod().equals("POST");
    Call call = call(parameters);
    int number;
    @Nullable Runnable first;
    boolean cut;
    synchronized (lock) {
      number = calls.size() + 1;
      boolean signed =
          parameters.keySet().stream().anyMatch(name -> name.equalsIgnoreCase("apikey"));
      calls.add(new Received(number, call, post, signed));
      first = before.get(number);
      cut = cutBefore.contains(number);
    }
    if (first != null) {
      first.run();
    }
    if (cut) {
      return null;
    }
    Reply reply;
    @Nullable Runnable last;
    try {
      reply = carryOut(exchange, call, parameters, post);
    } catch (Refusal refusal) {
      reply = refused(call, refusal);
    } catch (RuntimeException e) {
      synchronized (lock) {
        violations.add(call.command() + ": the double broke: " + e);
      }
      throw e;
    }
    synchronized (lock) {
      last = after.get(number);
      cut = cutAfter.contains(number);
    }
    if (last != null) {
      last.run();
    }
    return cut ? null : reply;
  }

  private static Call call(Map<String, String> parameters) {
    Map<String, String> own = new TreeMap<>(parameters);
    own.keySet().removeIf(name -> EVERY_CALL.contains(name.toLowerCase(Locale.ROOT)));
    return new Call(parameters.getOrDefault("command", ""), own);
  }

  private Reply carryOut(
      HttpExchange exchange, Call call, Map<String, String> parameters, boolean post) {
    @Nullable String session = cookie(exchange, "JSESSIONID");
    synchronized (lock) {
      if (call.command().equals("login")) {
        return login(call, post);
      }
      if (call.command().equals("logout")) {
        accounts.logout(session);
        return json(200, call, Shapes.empty().put("description", "success"), Map.of());
      }
      accounts.check(session, parameters);
      check(call, parameters);
    }
    if (call.command().equals("addHost")) {
      await(hosts.behaviour(new Request(call, state)));
    }
    synchronized (lock) {
      if (!call.command().equals("queryAsyncJobResult")) {
        jobs.tick();
      }
      for (Injected each : List.copyOf(injected)) {
        if (each.which.test(call)) {
          injected.remove(each);
          throw each.refusal;
        }
      }
      Commands.@Nullable Handler handler = commands.get(call.command());
      if (handler == null) {
        violations.add(call.command() + ": the double does not play it");
        throw Refusal.state("the double does not play " + call.command());
      }
      Answer answer = handler.handle(new Request(apis.known(call), state));
      return json(
          200,
          call,
          switch (answer) {
            case Answer.Now(ObjectNode body) -> body;
            case Answer.Job job -> jobs.order(call, job);
          },
          Map.of());
    }
  }

  private Reply login(Call call, boolean post) {
    if (!post) {
      throw new Refusal(405, null, "Please use HTTP POST to authenticate using this API");
    }
    Accounts.Session session = accounts.login(call.parameters());
    return json(
        200,
        call,
        accounts.loggedIn(session),
        Map.of("Set-Cookie", "JSESSIONID=" + session.id() + "; Path=/client; HttpOnly"));
  }

  private void check(Call call, Map<String, String> parameters) {
    List<String> found = new ArrayList<>(apis.violations(call));
    if (!"json".equals(parameters.get("response"))) {
      found.add(call.command() + ": response is not json");
    }
    if (!apis.has(call.command())) {
      if (strict) {
        violations.addAll(found);
      }
      throw Refusal.unauthorized();
    }
    if (strict && !found.isEmpty()) {
      violations.addAll(found);
      throw Refusal.form("the double takes only what the list of calls has: " + found);
    }
    Request request = new Request(call, state);
    apis.missing(call).forEach(request::need);
    for (String name : apis.ids(call)) {
      String id = call.parameters().getOrDefault(name, "");
      if (!name.equals("jobid") && state.known(id) == null && !others().contains(id)) {
        throw Refusal.invalid(call.command(), name, id);
      }
    }
  }

  /** Ids of what the double keeps no things of. */
  private Set<String> others() {
    Thing user = state.all(Kind.USER).getFirst();
    return Set.of(user.text("domainid"), user.text("accountid"), user.text("roleid"));
  }

  private static void await(HostBehaviour behaviour) {
    switch (behaviour) {
      case HostBehaviour.JoinsAfter(Duration wait) -> {
        long end = System.nanoTime() + wait.toNanos();
        while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
          LockSupport.parkNanos(end - System.nanoTime());
        }
      }
      case HostBehaviour.JoinsWhen(var released) -> {
        try {
          released.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      default -> {}
    }
  }

  private static @Nullable String cookie(HttpExchange exchange, String name) {
    for (String header : exchange.getRequestHeaders().getOrDefault("Cookie", List.of())) {
      for (String cookie : header.split(";", -1)) {
        if (cookie.strip().startsWith(name + "=")) {
          return cookie.strip().substring(name.length() + 1).replace("\"", "");
        }
      }
    }
    return null;
  }

  private Reply refused(Call call, Refusal refusal) {
    ObjectNode body = Shapes.empty();
    ArrayNode about = body.putArray("uuidList");
    refusal.about.forEach(
        each -> about.addObject().put("uuid", each.getValue()).put("description", each.getKey()));
    body.put("errorcode", refusal.code);
    if (refusal.detail != null) {
      body.put("cserrorcode", refusal.detail);
    }
    body.put("errortext", refusal.text);
    return json(refusal.code, call, body, Map.of());
  }

  private Reply json(int status, Call call, ObjectNode body, Map<String, String> headers) {
    String name =
        apis.has(call.command())
            ? call.command().toLowerCase(Locale.ROOT) + "response"
            : "errorresponse";
    ObjectNode all = Shapes.empty();
    all.set(name, body);
    return new Reply(status, "application/json; charset=UTF-8", all.toString(), headers);
  }

  /**
   * Runs one by hand until it is stopped: {@code [--address A] [--port N] [--password P] [--step
   * SECONDS] [--keystore P12]}.
   */
  public static void main(String[] arguments) throws InterruptedException {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      options.put(arguments[i], arguments[i + 1]);
    }
    if (arguments.length % 2 != 0
        || !Set.of("--port", "--address", "--password", "--step", "--keystore")
            .containsAll(options.keySet())) {
      System.err.println(
          "usage: CloudStackDouble [--address A] [--port N] [--password P] [--step SECONDS]"
              + " [--keystore P12, password changeit]");
      System.exit(2);
    }
    @Nullable String keystore = options.get("--keystore");
    CloudStackDouble made =
        start(
            new InetSocketAddress(
                options.getOrDefault("--address", "127.0.0.1"),
                Integer.parseInt(options.getOrDefault("--port", "8080"))),
            keystore == null ? null : tls(Path.of(keystore), "changeit"),
            options.getOrDefault("--password", "password"));
    made.stepsTake(Duration.ofSeconds(Long.parseLong(options.getOrDefault("--step", "5"))));
    System.out.println("stand-in: plays CloudStack 4.22's API for rehearsals");
    System.out.println(made.api());
    Thread.currentThread().join();
  }
}
