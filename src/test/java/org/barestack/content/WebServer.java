package org.barestack.content;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A web server over a folder, with ranges (RFC 9110 §14) and faults as a test orders them. */
final class WebServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-");

  private volatile Path folder = Path.of("");
  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Faults faults = (_, _) -> false;

  /** What goes wrong. */
  interface Faults {
    /** Answers in place of the server; false if it is to answer as usual. */
    boolean answer(HttpExchange exchange, String path) throws IOException;
  }

  WebServer() throws IOException {
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  WebServer serve(Path files) {
    folder = files;
    return this;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + path);
  }

  void faults(Faults ordered) {
    faults = ordered;
  }

  /** Method, path and range of each request, in order. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(1);
      String range = exchange.getRequestHeaders().getFirst("Range");
      requests.add(path + (range == null ? "" : " " + range));
      if (!faults.answer(exchange, path)) {
        send(exchange, folder.resolve(path), Long.MAX_VALUE);
      }
    }
  }

  static String etag(Path file) throws IOException {
    return "\"" + Files.getLastModifiedTime(file).toMillis() + "-" + Files.size(file) + "\"";
  }

  /** The file as asked for, or so many octets of it and then nothing more. */
  static void send(HttpExchange exchange, Path file, long most) throws IOException {
    if (!Files.isRegularFile(file)) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    byte[] octets = Files.readAllBytes(file);
    String etag = etag(file);
    exchange.getResponseHeaders().set("ETag", etag);
    @Nullable String range = exchange.getRequestHeaders().getFirst("Range");
    int from = 0;
    if (range != null && etag.equals(exchange.getRequestHeaders().getFirst("If-Range"))) {
      Matcher matcher = RANGE.matcher(range);
      if (matcher.matches()) {
        from = Integer.parseInt(matcher.group(1));
        exchange
            .getResponseHeaders()
            .set(
                "Content-Range", "bytes " + from + "-" + (octets.length - 1) + "/" + octets.length);
      }
    }
    exchange.sendResponseHeaders(from == 0 ? 200 : 206, octets.length - from);
    int length = (int) Math.min(most, octets.length - from);
    OutputStream out = exchange.getResponseBody();
    out.write(octets, from, length);
    out.flush();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
