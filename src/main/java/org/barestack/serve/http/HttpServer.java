package org.barestack.serve.http;

import io.undertow.UndertowOptions;
import io.undertow.io.IoCallback;
import io.undertow.io.Receiver;
import io.undertow.io.Sender;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.barestack.boot.BootDesk;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.journal.InstallLogs;
import org.barestack.journal.RestoreFiles;
import org.barestack.media.ServedMedia;
import org.barestack.model.MacAddress;
import org.barestack.model.TooManyEventsException;
import org.barestack.serve.device.Descriptors;
import org.barestack.serve.device.OneInterface;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioExecutor;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.ssl.SslConnection;

/**
 * The HTTP server on one address. Routes run on virtual threads; forms and files are received and
 * sent by I/O threads, so that a slow client holds none.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

  /** RFC 9110 §5.6.7. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final int IO_THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

  /** A room of machines, each with two or three. One that waits costs a few kilobytes. */
  private static final long MOST_CONNECTIONS = 32_768;

  /** Descriptors that are for all else: DHCP, TFTP's transfers, the journal. */
  private static final long OTHER_DESCRIPTORS = 2048;

  private static final Duration PULSE = Duration.ofSeconds(2);
  private static final int LARGEST_HEADERS = 64 * 1024;
  private static final int MOST_INTERFACES = 32;
  private static final long STOP_SECONDS = 1;

  /** What a node that reports too much is told to wait; curl's --retry does. */
  private static final int WAIT_SECONDS = 30;

  /** What Undertow takes for itself. */
  private static final int BUFFER = 16 * 1024 - 20;

  /** Logs that are received at once: each is in memory until it is whole. */
  private static final int MOST_UPLOADS = 16;

  private static final String UPLOAD_TYPE = "application/octet-stream";

  private final Semaphore uploads = new Semaphore(MOST_UPLOADS);
  private final Routes routes;
  private final Patience patience;
  private final Hold hold;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Connections connections = new Connections();

  /** Sixteen a processor fill any network that it can fill. */
  private final Downloads downloads = new Downloads(16 * IO_THREADS);

  private final EncodedTexts texts = new EncodedTexts();
  private final XnioWorker worker;
  private final AcceptingChannel<? extends StreamConnection> listener;

  /** Over TLS; null where there are no secrets to hand out. */
  private final @Nullable AcceptingChannel<? extends StreamConnection> secureListener;

  /**
   * How long a client is waited for.
   *
   * @param headers until its headers are there
   * @param form until its form is there
   * @param idle between requests on one connection
   * @param stalled while it takes nothing of its answer
   * @param held how long a request waits for a fault of ours to pass; claim.sh waits 60 s
   * @param pause until a held request is tried again
   */
  record Patience(
      Duration headers,
      Duration form,
      Duration idle,
      Duration stalled,
      Duration held,
      Duration pause) {
    static final Patience USUAL =
        new Patience(
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofSeconds(50),
            Duration.ofSeconds(1));
  }

  private HttpServer(
      InetSocketAddress address, Routes routes, @Nullable SecretHandout secrets, Patience patience)
      throws IOException {
    this.routes = routes;
    this.patience = patience;
    this.hold = new Hold(patience.pause(), patience.held());
    OptionMap sockets =
        OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            .set(Options.REUSE_ADDRESSES, true)
            .set(Options.BACKLOG, 4096)
            .set(Options.WRITE_TIMEOUT, millis(patience.stalled()))
            .set(Options.CONNECTION_HIGH_WATER, mostConnections())
            .set(Options.CONNECTION_LOW_WATER, mostConnections())
            .getMap();
    HttpOpenListener http =
        new HttpOpenListener(
            new DefaultByteBufferPool(true, BUFFER, -1, 4),
            OptionMap.builder()
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, millis(patience.headers()))
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, millis(patience.idle()))
                .set(UndertowOptions.MAX_HEADER_SIZE, LARGEST_HEADERS)
                // For what has no body of interest; receive() sets the limits of those that have.
                .set(UndertowOptions.MAX_ENTITY_SIZE, 4L * Form.LARGEST)
                .getMap());
    http.setRootHandler(new HttpContinueReadHandler(this::receive));
    this.worker =
        Xnio.getInstance(Xnio.class.getClassLoader())
            .createWorker(
                OptionMap.builder()
                    .set(Options.WORKER_NAME, "http")
                    .set(Options.WORKER_IO_THREADS, IO_THREADS)
                    .set(Options.WORKER_TASK_CORE_THREADS, 1)
                    .set(Options.WORKER_TASK_MAX_THREADS, 1)
                    .getMap());
    @Nullable AcceptingChannel<? extends StreamConnection> plain = null;
    try {
      plain =
          listening(
              address,
              "http_port",
              () ->
                  worker.createStreamConnectionServer(
                      address,
                      ChannelListeners.openListenerAdapter(
                          (StreamConnection connection) -> admit(connection, http)),
                      sockets));
      this.listener = plain;
      this.secureListener = secrets == null ? null : secure(secrets, http, sockets);
    } catch (IOException e) {
      IoUtils.safeClose(plain);
      worker.shutdownNow();
      throw e;
    }
  }

  private AcceptingChannel<SslConnection> secure(
      SecretHandout secrets, HttpOpenListener http, OptionMap sockets) throws IOException {
    OptionMap options = OptionMap.builder().addAll(sockets).addAll(Tls.OPTIONS).getMap();
    return listening(
        secrets.address(),
        "https_port",
        () ->
            new UndertowXnioSsl(worker.getXnio(), options, Tls.context(secrets.keys()))
                .createSslConnectionServer(
                    worker,
                    secrets.address(),
                    ChannelListeners.openListenerAdapter(
                        (SslConnection connection) -> admit(connection, http)),
                    options));
  }

  /** Each may have a file open. Beyond that the kernel lets others wait until they are accepted. */
  private static int mostConnections() throws IOException {
    long descriptors = Descriptors.most(Path.of("/proc/self"));
    return (int) Math.clamp((descriptors - OTHER_DESCRIPTORS) / 2, 256, MOST_CONNECTIONS);
  }

  private interface Listening<T> {
    T start() throws IOException;
  }

  private static <T> T listening(InetSocketAddress address, String key, Listening<T> start)
      throws IOException {
    try {
      return start.start();
    } catch (BindException e) {
      throw explained(address, key, e);
    }
  }

  /** One address must not take the places of all others, so this is not left to Undertow. */
  private void admit(StreamConnection connection, HttpOpenListener http) {
    InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
    if (peer != null && connections.admit(peer.getAddress(), connection)) {
      http.handleEvent(connection);
    } else {
      IoUtils.safeClose(connection);
    }
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }

  /**
   * Starts to answer.
   *
   * @param address where to listen; port 0 for any free one
   * @param device the interface of that address, the only one that is heard
   * @param release looks for the tree that the site installs
   * @param logs keeps the logs that nodes send
   * @param backups those that operators handed over
   * @param media those that are served without being anywhere
   * @param secrets null if it hands out none, and does not listen for TLS
   * @throws IOException if it cannot listen there, or there is no {@code http-root}; says what to
   *     do
   */
  public static HttpServer start(
      InetSocketAddress address,
      String device,
      BootDesk desk,
      Texts texts,
      Loaders loaders,
      Path httpRoot,
      Supplier<Releases.Answer> release,
      InstallLogs logs,
      RestoreFiles backups,
      ServedMedia media,
      @Nullable SecretHandout secrets)
      throws IOException {
    return start(
        address,
        device,
        desk,
        texts,
        loaders,
        httpRoot,
        release,
        logs,
        backups,
        media,
        secrets,
        Patience.USUAL);
  }

  static HttpServer start(
      InetSocketAddress address,
      String device,
      BootDesk desk,
      Texts texts,
      Loaders loaders,
      Path httpRoot,
      Supplier<Releases.Answer> release,
      InstallLogs logs,
      RestoreFiles backups,
      ServedMedia media,
      @Nullable SecretHandout secrets,
      Patience patience)
      throws IOException {
    StaticTree tree = new StaticTree(httpRoot.toRealPath());
    Routes routes = new Routes(desk, texts, loaders, release, tree, logs, backups, media, secrets);
    HttpServer server = new HttpServer(address, routes, secrets, patience);
    try {
      for (var listener : server.listeners()) {
        OneInterface.hold(OneInterface.Kind.TCP, address(listener).getPort(), device);
      }
    } catch (IOException e) {
      server.close();
      throw e;
    }
    server.listeners().forEach(AcceptingChannel::resumeAccepts);
    server.threads.execute(server::pulse);
    log.info("HTTP on {}, {} only", server.address(), device);
    if (secrets != null) {
      log.info("secrets by TLS on {}, {} only", server.secureAddress(), device);
    }
    return server;
  }

  private static IOException explained(InetSocketAddress address, String key, BindException fault)
      throws IOException {
    String where = "cannot listen on " + address.getAddress().getHostAddress();
    String what = String.valueOf(fault.getMessage());
    if (!address.getAddress().isAnyLocalAddress()
        && NetworkInterface.getByInetAddress(address.getAddress()) == null) {
      return new IOException(
          where
              + ": this machine has no such address (ip -br address lists what it has); correct"
              + " provisioning.address in site.yaml",
          fault);
    }
    where += " port " + address.getPort();
    return what.contains("ermission")
        ? new IOException(
            where
                + ": "
                + what
                + ". Ports below 1024 need root or CAP_NET_BIND_SERVICE; or choose a higher"
                + " provisioning."
                + key
                + " in site.yaml",
            fault)
        : new IOException(
            where
                + ": "
                + what
                + ". Another program listens there (ss -ltnp 'sport = :"
                + address.getPort()
                + "' names it); stop it, or choose another provisioning."
                + key
                + " in site.yaml",
            fault);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address(listener);
  }

  /**
   * Where it listens for TLS.
   *
   * @throws IllegalStateException if it was started without secrets
   */
  public InetSocketAddress secureAddress() {
    if (secureListener == null) {
      throw new IllegalStateException("it was started without secrets");
    }
    return address(secureListener);
  }

  private static InetSocketAddress address(AcceptingChannel<?> channel) {
    return channel.getLocalAddress(InetSocketAddress.class);
  }

  private List<AcceptingChannel<? extends StreamConnection>> listeners() {
    return secureListener == null ? List.of(listener) : List.of(listener, secureListener);
  }

  Routes routes() {
    return routes;
  }

  /** Stops to listen and breaks what is under way; returns when no route runs any more. */
  @Override
  public void close() {
    if (worker.isShutdown()) {
      return; // the listener's thread is gone, so to close it again would wait for ever
    }
    listeners().forEach(IoUtils::safeClose);
    threads.shutdownNow();
    worker.shutdownNow();
    try {
      boolean ended =
          threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
              && worker.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        log.warn("HTTP: some request did not end within {} s", STOP_SECONDS);
      }
      connections.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until the server is closed. No timer of the I/O threads': it would hold up their own. */
  private void pulse() {
    try {
      while (true) {
        Thread.sleep(PULSE);
        downloads.pulse();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the form, if there is one, on the I/O thread. */
  private void receive(HttpServerExchange exchange) {
    exchange.addExchangeCompleteListener((ended, next) -> {
      if (log.isDebugEnabled()) {
        log.debug(
            "{} {} {}: {}, {} octets",
            ended.getSourceAddress(),
            ended.getRequestMethod(),
            LogText.of(ended.getRequestPath()),
            ended.getStatusCode(),
            ended.getResponseBytesSent());
      }
      next.proceed();
    });
    if (!exchange.getRequestMethod().equals(Methods.POST)) {
      exchange.dispatch(threads, (HttpHandler) asked -> answer(asked, new byte[0]));
      return;
    }
    boolean upload = isUpload(exchange);
    if (upload && !uploads.tryAcquire()) {
      send(exchange, Reply.line(503, "many logs come at once; try again"));
      return;
    }
    Runnable taken = upload ? once(uploads::release) : () -> {};
    int largest = upload ? InstallLogs.LARGEST : Form.LARGEST;
    XnioExecutor.Key deadline =
        exchange
            .getIoThread()
            .executeAfter(
                () -> {
                  IoUtils.safeClose(exchange.getConnection());
                  taken.run();
                },
                patience.form().toMillis(),
                TimeUnit.MILLISECONDS);
    // Beyond this Undertow breaks the connection; at the receiver's own limit it lets us answer.
    exchange.setMaxEntitySize(4L * largest);
    Receiver receiver = exchange.getRequestReceiver();
    receiver.setMaxBufferSize(largest);
    receiver.receiveFullBytes(
        (received, body) -> {
          deadline.remove();
          received.dispatch(
              threads,
              (HttpHandler)
                  asked -> {
                    try {
                      answer(asked, body);
                    } finally {
                      taken.run();
                    }
                  });
        },
        (broken, fault) -> {
          deadline.remove();
          taken.run();
          String what = upload ? "a log" : "a form";
          send(broken, Reply.line(413, what + " has at most " + largest + " octets"));
        });
  }

  private static Runnable once(Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (!done.getAndSet(true)) {
        action.run();
      }
    };
  }

  private boolean isUpload(HttpServerExchange exchange) {
    String method = exchange.getRequestMethod().toString();
    return routes.match(method, exchange.getRequestPath())
            instanceof Routes.Match.To(Route route, var captured)
        && route.upload();
  }

  private void answer(HttpServerExchange exchange, byte[] body) {
    Reply reply;
    try {
      reply = hold.answer(peer(exchange), () -> gone(exchange), () -> reply(exchange, body));
    } catch (BadRequest e) {
      reply = e.reply();
    } catch (TooManyEventsException e) {
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, WAIT_SECONDS);
      reply = Reply.line(429, String.valueOf(e.getMessage()));
    } catch (NotThere e) {
      log.error("{}", e.getMessage());
      reply = Reply.line(500, String.valueOf(e.getMessage()));
    } catch (Exception | StackOverflowError e) {
      reply = fault(exchange, e);
    }
    if (reply instanceof Reply.StoredFile || reply instanceof Reply.Image) {
      send(exchange, reply); // opening a file may take a while
    } else {
      // When another thread ends an exchange, Undertow 2.4.4's I/O thread may begin to read the
      // next request before the first is quite done, and turns in circles until it is: half of
      // the processors' time, measured.
      Reply ready = reply;
      exchange.dispatch(exchange.getIoThread(), (HttpHandler) asked -> send(asked, ready));
    }
  }

  private static String peer(HttpServerExchange exchange) {
    return exchange.getSourceAddress().getAddress().getHostAddress();
  }

  /**
   * Whether the client of a held request closed its end, or sent more than that one request. No
   * installer or firmware does the latter, so what it sent is not kept.
   */
  private static boolean gone(HttpServerExchange exchange) {
    AbstractServerConnection connection = (AbstractServerConnection) exchange.getConnection();
    try {
      if (connection.getOriginalSourceConduit().read(ByteBuffer.allocate(1)) == 0) {
        return false;
      }
    } catch (IOException e) {
      log.debug("a held request's client is gone", e);
    }
    IoUtils.safeClose(connection);
    return true;
  }

  private Reply reply(HttpServerExchange exchange, byte[] body) throws BadRequest, IOException {
    String method = exchange.getRequestMethod().toString();
    return switch (routes.match(method, exchange.getRequestPath())) {
      case Routes.Match.To(Route route, List<String> captured) ->
          route.action().answer(request(exchange, route, captured, body));
      case Routes.Match.Nothing() -> Reply.line(404, "there is nothing here");
      case Routes.Match.WrongMethod(String allowed) -> {
        exchange.getResponseHeaders().put(Headers.ALLOW, allowed);
        yield Reply.line(405, "only " + allowed + " is allowed here");
      }
    };
  }

  private static Request request(
      HttpServerExchange exchange, Route route, List<String> captured, byte[] body)
      throws BadRequest {
    Map<String, String> query = new HashMap<>();
    for (Map.Entry<String, Deque<String>> entry : exchange.getQueryParameters().entrySet()) {
      query.put(entry.getKey(), entry.getValue().getFirst());
    }
    boolean post = exchange.getRequestMethod().equals(Methods.POST);
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    String wanted = route.upload() ? UPLOAD_TYPE : Form.TYPE;
    if (post && (type == null || !type.startsWith(wanted))) {
      throw new BadRequest(
          415, "send " + (route.upload() ? "a log" : "the form") + " as " + wanted);
    }
    return new Request(
        captured,
        query,
        post && !route.upload() ? Form.parse(body) : Map.of(),
        new ByteArrayInputStream(body),
        interfaces(exchange),
        peer(exchange),
        tls(exchange));
  }

  /** By the connection: the scheme of a request is only what the client wrote. */
  private static @Nullable Tls tls(HttpServerExchange exchange) {
    SSLSession session = exchange.getConnection().getSslSession();
    return session == null ? null : Tls.of(session);
  }

  /** {@code X-RHN-Provisioning-MAC-0: enp0s2 52:54:00:aa:00:01}, and so on for all interfaces. */
  private static List<MacAddress> interfaces(HttpServerExchange exchange) {
    List<MacAddress> macs = new ArrayList<>();
    for (int i = 0; i < MOST_INTERFACES; i++) {
      String told =
          exchange
              .getRequestHeaders()
              .getFirst(HttpString.tryFromString("X-RHN-Provisioning-MAC-" + i));
      if (told == null) {
        break;
      }
      String mac = told.substring(told.lastIndexOf(' ') + 1);
      if (mac.matches("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")) {
        macs.add(new MacAddress(mac));
      }
    }
    return macs;
  }

  private void send(HttpServerExchange exchange, Reply reply) {
    // Nodes without NTP set their clocks by it, and what Undertow puts may be old: it keeps the
    // text
    // in a static field, which the thread of a server that was closed no longer renews.
    exchange.getResponseHeaders().put(Headers.DATE, DATE.format(Instant.now()));
    switch (reply) {
      case Reply.Done() -> {
        exchange.setStatusCode(204);
        exchange.endExchange();
      }
      case Reply.Nothing() -> {
        exchange.setStatusCode(200);
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, 0);
        exchange.endExchange();
      }
      case Reply.Redirect(URI location) -> {
        exchange.setStatusCode(302);
        exchange.getResponseHeaders().put(Headers.LOCATION, location.toASCIIString());
        exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, 0);
        exchange.endExchange();
      }
      case Reply.StoredFile stored -> {
        try {
          FileSender.send(
              exchange,
              downloads,
              stored,
              () -> tell(stored.sent(), exchange.getResponseContentLength()));
        } catch (IOException | RuntimeException e) {
          send(exchange, fault(exchange, e));
        }
      }
      case Reply.Image(ServedMedia.Lent medium) -> {
        try {
          FileSender.send(exchange, downloads, medium);
        } catch (IOException | RuntimeException e) {
          IoUtils.safeClose(medium);
          send(exchange, fault(exchange, e));
        }
      }
      // An installer takes an empty 200 for a kickstart and goes on without one.
      case Reply.Text(int status, String body, LongConsumer sent) when body.isBlank() ->
          send(exchange, fault(exchange, new IllegalStateException("an empty text")));
      case Reply.Text(int status, String body, LongConsumer sent) -> {
        ByteBuffer octets = texts.of(body);
        int length = octets.remaining();
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, length);
        if (exchange.getRequestMethod().equals(Methods.HEAD)) {
          exchange.endExchange();
        } else {
          boolean whole = status == 200;
          exchange.getResponseSender().send(octets, new Sent(whole ? sent : Reply.UNNOTED, length));
        }
      }
    }
  }

  private static Reply fault(HttpServerExchange exchange, Throwable fault) {
    log.error(
        "{} {} failed", exchange.getRequestMethod(), LogText.of(exchange.getRequestPath()), fault);
    return Reply.line(500, "Barestack failed; its log says why");
  }

  /** Notes what was sent, away from the I/O thread. */
  private void tell(LongConsumer sent, long octets) {
    if (sent.equals(Reply.UNNOTED)) {
      return;
    }
    try {
      threads.execute(() -> {
        try {
          sent.accept(octets);
        } catch (RuntimeException e) {
          log.warn("what was fetched cannot be noted", e);
        }
      });
    } catch (RejectedExecutionException e) {
      log.debug("what was fetched is not noted: the server stops");
    }
  }

  private final class Sent implements IoCallback {
    private final LongConsumer sent;
    private final long octets;

    Sent(LongConsumer sent, long octets) {
      this.sent = sent;
      this.octets = octets;
    }

    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
      tell(sent, octets);
      exchange.endExchange();
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException fault) {
      IoUtils.safeClose(exchange.getConnection());
    }
  }
}
