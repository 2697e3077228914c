package org.barestack.cloud;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Answers each request with any octets whatever, one to a connection; so it can be every bad server
 * there is. It keeps what it was asked.
 */
final class RawServer implements AutoCloseable {
  private final ServerSocket socket;
  private final String scheme;
  private final Function<Asked, String> answer;
  private final CountDownLatch end;
  private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());

  /** A request: its first line and headers, and its form. */
  record Asked(String head, Map<String, String> form) {
    String get(String field) {
      return form.getOrDefault(field, "");
    }

    String command() {
      return get("command");
    }
  }

  private RawServer(
      ServerSocket socket, String scheme, Function<Asked, String> answer, CountDownLatch end) {
    this.end = end;
    this.socket = socket;
    this.scheme = scheme;
    this.answer = answer;
    Thread.ofVirtual().start(this::accept);
  }

  /** One without TLS. */
  static RawServer plain(Function<Asked, String> answer) {
    return plain(answer, new CountDownLatch(0));
  }

  /** The same, which keeps its connections open until the latch is open. */
  static RawServer plain(Function<Asked, String> answer, CountDownLatch end) {
    try {
      return new RawServer(
          new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "http", answer, end);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One with TLS. */
  static RawServer tls(SSLContext context, Function<Asked, String> answer) {
    try {
      return new RawServer(
          context
              .getServerSocketFactory()
              .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
          "https",
          answer,
          new CountDownLatch(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + socket.getLocalPort() + "/client/api");
  }

  /** All that it was asked so far, in order. */
  List<Asked> asked() {
    synchronized (asked) {
      return List.copyOf(asked);
    }
  }

  List<String> commands() {
    return asked().stream().map(Asked::command).toList();
  }

  /** A whole answer of HTTP. */
  static String http(int status, String type, String body) {
    return "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        .formatted(status, type, body.getBytes(UTF_8).length, body);
  }

  /** CloudStack's. */
  static String json(int status, String body) {
    return http(status, "application/json; charset=UTF-8", body);
  }

  /** What CloudStack says to whom it does not believe. */
  static String unverified() {
    return json(
        401,
        "{\"errorresponse\":{\"uuidList\":[],\"errorcode\":401,\"errortext\":\"unable to verify"
            + " user credentials and/or request signature\"}}");
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      Asked request = read(new BufferedInputStream(client.getInputStream()));
      if (request != null) {
        asked.add(request);
        client.getOutputStream().write(answer.apply(request).getBytes(UTF_8));
        client.getOutputStream().flush();
        end.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // a client that does not like us goes away in the middle
    }
  }

  private static @Nullable Asked read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int octet = in.read();
      if (octet < 0) {
        return null;
      }
      head.append((char) octet);
      if (head.charAt(0) == 0x16) {
        return new Asked("the hello of TLS", Map.of());
      }
    }
    int length =
        head.toString()
            .lines()
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
            .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
            .findFirst()
            .orElse(0);
    Map<String, String> form = new TreeMap<>();
    for (String field : new String(in.readNBytes(length), ISO_8859_1).split("&", -1)) {
      String[] parts = field.split("=", 2);
      if (parts.length == 2) {
        form.put(URLDecoder.decode(parts[0], UTF_8), URLDecoder.decode(parts[1], UTF_8));
      }
    }
    return new Asked(head.toString(), form);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
